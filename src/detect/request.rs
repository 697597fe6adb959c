//! Finds requests to act: words that ask somebody, and a blocked action in the same clause, in English or
//! Traditional Chinese.
//!
//! A cue addresses or urges somebody ([`ADDRESSES`], [`URGES`]). An action is a verb that is blocked by itself
//! ([`ACTIONS`]), or a verb of change ([`CHANGES`]) whose object is a part of monitoring ([`OBJECTS`]).
//! Three things are not requests: an action that is denied, a report of what was done, and a cue to read or check
//! something ([`HARMLESS`]). In every list, a line of ASCII matches whole words only. A line with Chinese matches
//! anywhere, because Chinese has no spaces between words.

use std::ops::Range;

use crate::cut;
use crate::words::Problem;

use super::fold::Folded;
use super::{Match, TextKind};
use crate::pattern::{Pattern, Words};

/// Phrases that address a person. A clause with such a phrase and an action asks that person to act.
const ADDRESSES: Words = &[
    // Polite words.
    r"(?:please|pls|plz|kindly|thx|thanks in advance|do (?:me|us) a favou?r)",
    // Permission to act.
    r"(?:go ahead|feel free|be my guest|(?:give|gave) it a|you(?:'re| are)? (?:free|clear|good|ok|okay|welcome) to)",
    // Second person with a modal verb, or a name for the readers.
    r"you (?:may|can|could|should|must|have to|need to|guys|folks)",
    // Questions that ask: `could you`, `can someone`, `may I ask`.
    concat!(
        r"(?:can|could|would|will|may) (?:you|someone|somebody|anyone|ops|sre|i ask|i get|we get|we have|",
        r"whoever|one of you|the [a-z-]+ ?(?:team|on-?call)?|on-?call)",
    ),
    // A wish or an authorization in the first person.
    concat!(
        r"(?:i|we)(?:'d| would|'m| am|'re| are)? (?:hereby |also |now )?(?:authori[sz](?:e|ing)|approv(?:e|",
        r"ing)|permit(?:ting)?|allow(?:ing)?|ask(?:ing)?|want|need|request(?:ing)?|instruct(?:ing)?|like|",
        r"happy for|fine with|ok with|okay with|appreciate it if) (?:you|ops|sre|the|someone|somebody|that|",
        r"an?|to|it|if)",
    ),
    // Indirect requests: `would be great`, `any chance`, `mind silencing`.
    concat!(
        r"(?:would|'d) (?:be (?:great|nice|good|lovely|kind)|appreciate|love)|(?:much |really |greatly |",
        r"highly )?appreciated if|(?:be |most )?grateful|so kind|any chance|mind (?:if|[a-z]+ing)",
    ),
    // `Ask the night shift to ...` at the start of a clause. In the middle of one it is a report (`we never asked`).
    r"^\s*(?:[a-z]+, )?(?:ask|tell|have|get) (?:(?:the|an?|our|your) )?[a-z0-9'-]+(?: [a-z0-9'-]+){0,3}? to",
    // Words of a task list.
    concat!(
        r"(?:get|have) (?:someone|somebody|ops|sre|the on-?call|the team) to|time to|action (?:needed|",
        r"required|item)s?|to-?do for|on your (?:side|end)|request(?:ing|:)|wanted:",
    ),
    // Permission: in the third person, in the passive voice, and as a noun.
    concat!(
        r"(?:hereby )?(?:authori[sz]es|approves|grants|permits|consents to|orders|instructs|directs)|hereby ",
        r"(?:authori[sz]e|approve|grant|permit|order|instruct)|approved by me",
    ),
    concat!(
        r"(?:you|ops|sre|team|on-?call|they|is|are|be|been|hereby) (?:are |is |have been |hereby )?",
        r"(?:authori[sz]ed|approved|cleared|permitted|allowed) (?:to|for)",
    ),
    concat!(
        r"(?:you|ops|they) (?:have|'ve|got) (?:our|my|the|a) (?:full |formal )?(?:go|ok|okay|blessing|",
        r"approval|permission|consent|green ?light|sign-?off)(?:-?ahead)?|(?:permission|approval|",
        r"authori[sz]ation|clearance|go-?ahead|thumbs up|sign-?off|consent|ok|okay|green ?light|blessing)",
        r"(?: is| was)?(?: hereby)?(?: given| granted)?,? (?:to|for (?:you|ops|the|an?))",
    ),
    // Other phrases that permit an action, leave it to the reader, or begin it.
    r"(?:green-?light|no objection|good to go|all yours|over to you|your turn)",
    r"proceed (?:with|to)|(?:let's|let us)|let me know (?:when|once) you",
    r"(?:make sure (?:to|you)|be sure to|don't forget to|remember to|someone (?:should|needs|must|has)|somebody (?:should|needs|must|has))",
    // In Chinese, in this order: polite words, help, permission, wishes, questions.
    r"請(?:你|您|各位|值班|貴|代|協助|幫|直接|立即|馬上|盡|儘|先|於|在|今|現|務|依|把|將|求)?|麻煩|煩請|拜託|懇請|敬請|惠請|惠予|勞煩|有勞",
    r"幫(?:忙|我|我們|個忙|手)|協助|代為|順便|順手|(?:你|您|貴|大家)們?(?:可以|可|就|先|直接|去|來)",
    r"授權|同意(?:你|您|貴|各|由|即|立|直|執|進)|核准|准許|准予|允許|批准|放行|儘管|尽管",
    r"希望(?:你|您|貴|能|可以|盡|儘|今|明)|盼|祈請|務請|想請|需請|要請|記得|別忘|要求(?:你|您|貴|值班|立)|交辦|有空(?:的話)?|可以的話",
    r"可否|能否|能不能|可不可以|是否可以|方便(?:的話)?|吧(?:[,。!;\s]|$)",
];

/// Words that urge an action but address no person. They are weaker than an address: a report with such a word is not
/// a request.
const URGES: Words = &[
    // Words of haste.
    r"(?:just|now|immediately|asap|a\.s\.a\.p|right away|right now|at once|today|tonight|first thing|quickly|urgently)",
    // What has to be done, without a person who has to do it.
    r"(?:needs?|has|have|ought) to(?: be)?|(?:must|should|shall) (?:also )?(?:be|now)|needs? (?:an?|another) ",
    // Both in Chinese.
    r"直接|立即|馬上|立刻|即刻|盡快|儘快|儘速|盡速|趕快|趕緊|現在就|務必|需要你|應立即|即可|就好|一下|可以(?:現在|直接|立即|馬上|動手|開始|先)|可以[^,。;]{0,24}了|動手",
];

/// Phrases that look like a cue but ask for no action: to read, check or wait, or a report that somebody asked.
/// A cue that begins inside such a phrase does not count.
const HARMLESS: Words = &[
    // A polite word before a verb of reading or waiting.
    concat!(
        r"(?:please|pls|kindly|you (?:can|may|should)|feel free to) (?:also )?(?:find|see|refer|note|check|",
        r"review|read|look|consult|contact|ask|reach|let|advise|confirm|compare|verify|be |do not|don't|never|",
        r"avoid|refrain|keep|wait|ignore|disregard|bear|remember|excuse|accept|forgive)",
    ),
    // A cue that is reported as past or refused, and Chinese words that only contain 請 (申請, 邀請).
    concat!(
        r"已(?:經)?(?:請|麻煩|授權|同意|核准|協助)|(?:不|未|沒有?|拒絕|婉拒|無權|無法)(?:會|能|得|可|予|再)?(?:直接|請|協助|代為|授權|同意|核准|允許)|",
        r"(?:asked|asking|told|requested) (?:us|them|someone|for|you)|申請|邀請|請假|請購",
    ),
    // A question or a proposal of another person that is reported. 請問 asks the reader and is not harmless.
    r"(?:^|[^請])問(?:過|說|我們|大家)?(?:能不能|可不可以|可否|能否|是否可以|方便)|提議(?:我們|說)?(?:順便|順手|直接)",
    // 請 before a verb of reading, checking or waiting, or before a prohibition.
    r"請(?:參|見|看|查|詳|留意|注意|洽|勿|別|不|問|放心|確認|以|依|至|到|對照|比對|閱|諒|稍|等|找|聯絡|聯繫|向|再確認|自行(?:參|查|比))",
];

/// Blocked actions that need no object. The English verbs are in the form of a request: `reload` or `reloading`.
const ACTIONS: Words = &[
    // Changes of a running system, and ways into one.
    concat!(
        r"(?:re-?load|re-?start|re-?boot|re-?deploy|deploy|un-?deploy|(?:re-?)?deployment|roll ?out|",
        r"roll ?back|hot-?reload|bounce|kubectl|ssh|scale|fail ?over|kick|recycle|sighup|hup|power-?cycle)",
        r"(?:ing|es)?|bouncing|scaling|recycling",
    ),
    // To take something for proof, or for an approval.
    r"(?:treat|count|consider|regard|mark|take) [^,.;]{1,64}? (?:as|for) (?:an? |the |our )?(?:proof|healthy|approved|accepted|green)",
    // The same verbs in Chinese. The two English ones also match inside a word here, as in `reloaded`.
    r"re-?load|re-?start|重新?載入|重新?加載|重載|熱載入|重啟|重新啟動|重開機?|重跑|部署|佈署|布署|上版|上線|套用|回滾|退版|掃描|靜音",
    // A change as a noun, such as `receiver change`.
    concat!(
        r"(?:receivers?|routes?|routing|webhook|remote[ _]write|silence|policy|config(?:uration)?|",
        r"notification|exporter|rules?|dashboard)(?: [a-z]+)? (?:change|update|switch|swap|rollout|deployment|",
        r"deploy|removal|migration|cutover)",
    ),
    // A silence in Chinese, only if the next word makes it a verb. Then ways into a host.
    r"靜默(?:一下|掉|這|該|那|它|告警|\s*[a-z]{3})|ssh\s*(?:進|到|登入|上)|kubectl|(?:登入|登進|連進|連到|連線到|進)[^。;\n]{0,8}?(?:主機|機器|伺服器|節點|正式)",
];

/// Verbs that change something. They are common words, so they count only with an object that is a part of monitoring:
/// `please change the alert rule` is a request, `please change the meeting` is not.
const CHANGES: Words = &[
    // Verbs with their endings. `[bnpt]?ing` is for a doubled consonant (`running`). Verbs that lose an `e` before
    // `ing` are listed at the end.
    concat!(
        r"(?:apply|import|push|publish|upload|merge|ship|revert|change|update|modify|switch|edit|adjust|tweak|",
        r"point|move|re-?point|re-?route|route|reroute|swap|replace|add|remove|drop|delete|purge|wipe|clear|",
        r"clean up|set|enable|disable|turn (?:on|off)|flip|rotate|create|extend|expire|open|unlock|lift|put|",
        r"silence|mute|unmute|snooze|suppress|inhibit|ack|acknowledge|resolve|send|post|resend|re-send|",
        r"broadcast|dispatch|ping|page|notify|fire|trigger|raise|inject|simulate|run|re-?run|execute|start|",
        r"stop|kill|perform|kick off|launch|do|log ?in|connect|hop|jump|scan|probe|nmap|write|collect|paste|",
        r"dm|share|hand|give|show|read|mark|flag|bump|install|wire|hook|roll|grab|fetch|pull|copy|dump|export|",
        r"retrieve|extract)(?:[bnpt]?ing|ed|d|s)?|(?:merg|chang|updat|rout|rerout|replac|remov|delet|purg|wip|",
        r"enabl|disabl|rotat|creat|expir|silenc|mut|unmut|snooz|acknowledg|resolv|pag|fir|rais|simulat|execut|",
        r"writ|past|shar|giv|mov)ing",
    ),
    concat!(
        r"改|修改|變更|切換|切|切到|調整|調|更新|更換|換|轉|指|指向|新增|移除|拿掉|刪除|刪|停用|啟用|關閉|關|關掉|開啟|打開|開|加|設定|設|發布|發佈|發送|傳送|寄送|寄|送出|",
        r"送|發|推播|推|補發|重送|觸發|打|敲|發出|製造|模擬|fire|send|執行|跑|進行|做|啟動|開放|解除|建立|延長|下|掛|標記|標|標成|寫入|寫|匯入|貼|給|收集|提供|合併|",
        r"撈|抓|取出|複製|匯出|mute|silence|ack|apply",
    ),
];

/// The parts of monitoring that a verb of change may have as its object.
const OBJECTS: Words = &[
    // `[a-z]+_[a-z_]+` at the end is any name with an underscore, as metrics and keys of a configuration have.
    concat!(
        r"(?:receivers?|routes?|routing|webhooks?|silences?|mutes?|inhibit(?:ion)?s?|remote[ _]?write|",
        r"polic(?:y|ies)|configs?|configuration|exporters?|alerts?|alarms?|rules?|dashboards?|panels?|",
        r"notifications?|channels?|buttons?|collectors?|manifests?|templates?|gates?|telegram|slack|messages?|",
        r"smoke|smoke test|scan|playbooks?|scripts?|commands?|jobs?|hosts?|servers?|nodes?|box|boxes|prod|",
        r"production|secrets?|passwords?|credentials?|tokens?|dsn|accepted|healthy|approved|green|watchdog|",
        r"prometheus|alertmanager|grafana|sentry|signoz|langfuse|otel|thresholds?|datasources?|scrape|",
        r"targets?|incident|pager|subnet|ports?|cidr|[a-z]+_[a-z_]+)",
    ),
    r"路由|接收端|接收器|接收者|接收人|靜默|靜音|抑制|通知|頻道|群組|規則|設定檔?|組態|政策|儀表板|面板|告警|警報|訊息|腳本|指令|掃描|主機|機器|伺服器|節點|正式環境|正式機|生產|閘門?|權限|密碼|金鑰|憑證|帳密|按鈕|已接受|健康|通過|門檻|閾值|演練|測試告警|測試",
];

/// Pronouns for a part of monitoring that the text named before: `The alert rule is noisy. Please change it.`
const PRONOUNS: Words = &["(?:it|them|this|that|these|those|one)"];

/// Chinese questions that name a thing and its denial, such as 能不能. The 不 in them denies nothing.
const QUESTIONS: Words = &["能不能|可不可以|要不要|是不是|行不行|好不好|會不會|有沒有"];

/// English words that deny an action after them.
const NEGATIONS: Words = &[concat!(
    r"(?:no|not|never|without|nobody|no-?one|none|neither|nor|cannot|can't|don't|doesn't|didn't|won't|",
    r"isn't|aren't|wasn't|weren't|shouldn't|wouldn't|mustn't|haven't|hasn't|any|forbid(?:s|den)?|forbade|",
    r"prohibit(?:s|ed)?|refuse[sd]?|refusing|avoid(?:s|ed|ing)?|instead of|rather than|decline[sd]?|",
    r"declining|denie[sd]|rejected|unable|stop|stopped|nothing)",
)];

/// Chinese words that deny an action after them. 不過 (but) and 別的 (other) are not denials.
const CHINESE_NEGATIONS: Words = &[
    r"勿|不(?:[^過]|$)|別(?:[^的]|$)|無需|毋需|毋須|無須|無任何|無法|未|沒有?|從未|禁止|避免|而非|並非|拒絕|婉拒|嚴禁|免",
];

/// Signs that a clause is a report: it says what was done, who does it, or what would happen. Such a clause is a
/// request only if it addresses a person.
const REPORTS: Words = &[
    // Chinese marks of the past.
    r"已(?:經|於|在|由|完成|執行|重|部|套|送|發|改|更|切|獲|被|將|把)?|曾經?|(?:完|過|好)了|了(?:一次|兩次|三次)|剛(?:剛|才)?|昨[天日晚]|前天|上週|上周|上個?月",
    // A question or a proposal of another person.
    r"(?:^|[^請])問(?:過|說|我們|大家)?(?:能不能|可不可以|可否|能否|是否可以)|提議",
    // Conditions and times.
    r"若|如果|如需|假如|倘|萬一|一旦|之後|以後|才(?:會|能|可)|前(?:先|要|須|需)|時(?:要|須|需|會|才)",
    // Responsibilities and rules.
    r"由[^,。;]{1,16}(?:負責|執行|處理|操作|統一|進行)|負責|歸[^,。;]{1,10}管|只有[^,。;]{1,16}(?:能|可|有)|流程|規定|政策(?:是|規)|一律|(?:誰|何人|哪(?:個|位))|權限(?:在|屬|歸)|屬於|工作|窗口(?:是|為|固定)",
    // The same in English: the passive voice, verbs in the past, then conditions, times and responsibilities.
    concat!(
        r"(?:was|were|has|have|had|got|been|is|are|gets|being)(?: [a-z]+ly| already| all| been)? ",
        r"(?:re-?loaded|restarted|deployed|applied|sent|fired|changed|updated|created|expired|executed|run|",
        r"done|made|rolled|silenced|removed|added|handled|owned|performed|triggered|muted|moved|switched|",
        r"replaced|rotated|requested|asked|declined|restricted|reserved|limited|covered|scheduled|planned)",
    ),
    r"(?:re-?loaded|restarted|deployed|asked|requested|declined|refused|wanted|offered|suggested|told|said)",
    concat!(
        r"(?:would|if|once|after|when|whenever|only|until|unless|before|during|whoever|who|which|policy|",
        r"process|procedure|owns|owned|responsible|belongs?|access|rights|ability|allowed only|",
        r"has to go through|goes through|requires?)",
    ),
];

/// How many characters before an action an English negation still denies it. Several words may be between the two:
/// `does not authorize a reload`.
const NEGATION_REACH: usize = 28;
/// The same for Chinese, where a negation is close to what it denies.
const CHINESE_NEGATION_REACH: usize = 7;

/// How many bytes after an English verb its object may be. A part of monitoring farther away is not its object.
const OBJECT_REACH: usize = 64;

/// Where a part of monitoring is named: anywhere in the text, and in this sentence.
#[derive(Clone, Copy, Debug)]
struct Named {
    in_text: bool,
    in_sentence: bool,
}

/// The patterns that find requests.
#[derive(Debug)]
pub(crate) struct Requests {
    address: Pattern,
    urge: Pattern,
    harmless: Pattern,
    action: Pattern,
    change: Pattern,
    object: Pattern,
    pronoun: Pattern,
    question: Pattern,
    negations: [(Pattern, usize); 2],
    report: Pattern,
}

impl Requests {
    pub(crate) const fn new() -> Self {
        Self {
            address: Pattern::of_words(ADDRESSES),
            urge: Pattern::of_words(URGES),
            harmless: Pattern::of_words(HARMLESS),
            action: Pattern::of_words(ACTIONS),
            change: Pattern::of_words(CHANGES),
            object: Pattern::of_words(OBJECTS),
            pronoun: Pattern::of_words(PRONOUNS),
            question: Pattern::of_words(QUESTIONS),
            negations: [
                (Pattern::of_words(NEGATIONS), NEGATION_REACH),
                (Pattern::of_words(CHINESE_NEGATIONS), CHINESE_NEGATION_REACH),
            ],
            report: Pattern::of_words(REPORTS),
        }
    }

    #[cfg(test)]
    pub(super) fn compile(&self) {
        // Destructured, so that the compiler reports a field that is forgotten here.
        let Self {
            address,
            urge,
            harmless,
            action,
            change,
            object,
            pronoun,
            question,
            negations: [(english, _), (chinese, _)],
            report,
        } = self;
        for pattern in [
            address, urge, harmless, action, change, object, pronoun, question, english, chinese,
            report,
        ] {
            pattern.compile();
        }
    }

    /// Returns the blocked action of each clause that asks for one.
    ///
    /// In prose, an address is enough. Without one, a clause asks only if it urges somebody, or if an earlier clause of
    /// the sentence addressed somebody, and if it is not a report. In a plan, a clause has to address and urge, and
    /// must not be a report: a plan names actions for later.
    pub(crate) fn find(&self, folded: &Folded, kind: TextKind) -> Vec<Match> {
        let text = folded.lower();
        if !self.address.is_match(text) && !self.urge.is_match(text) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let names_object = self.names_object(folded.as_str(), text);
        for (start, sentence) in sentences(text) {
            let mut was_addressed = false;
            let original = folded.as_str().get(start..start + sentence.len()).unwrap_or_default();
            let in_sentence = names_object && self.names_object(original, sentence);
            let named = Named { in_text: names_object, in_sentence };
            for (offset, clause) in clauses(sentence) {
                let is_addressed = self.has_cue(&self.address, clause);
                let is_urged = self.has_cue(&self.urge, clause);
                let as_written = original.get(offset..offset + clause.len()).unwrap_or_default();
                // An address without an action carries over to the next clauses: `please, when you can, reload`.
                let Some(action) = self.action_in(clause, as_written, named) else {
                    was_addressed |= is_addressed;
                    continue;
                };
                let is_report = self.report.is_match(clause);
                let is_asked = match kind {
                    TextKind::Plan => is_addressed && is_urged && !is_report,
                    TextKind::Prose => is_addressed || ((was_addressed || is_urged) && !is_report),
                };
                if is_asked {
                    let start = start + offset;
                    let bytes = start + action.start..start + action.end;
                    found.push((Problem::RequestToAct, folded.origin(&bytes)));
                }
            }
        }
        found
    }

    /// Whether a text names a part of monitoring, or an alert such as `HostHighCpuLoad`.
    fn names_object(&self, original: &str, lower: &str) -> bool {
        self.object.is_match(lower)
            || original.split(|c: char| !c.is_ascii_alphanumeric()).any(is_alert_name)
    }

    /// Returns the first blocked action that a clause names and does not deny.
    fn action_in(&self, clause: &str, as_written: &str, named: Named) -> Option<Range<usize>> {
        let is_action = |place: &Range<usize>| {
            !is_part_of_a_name(clause, place) && !self.is_denied(clause, place.start)
        };
        let is_change = |place: &Range<usize>| {
            named.in_text && is_action(place) && self.has_object(as_written, place, named)
        };
        let action = self.action.places(clause).find(is_action);
        action.or_else(|| self.change.places(clause).find(is_change))
    }

    /// Whether the object of `verb` is a part of monitoring. A Chinese verb may have its object before it, so the whole
    /// sentence counts there. An English verb may have a pronoun directly after it.
    fn has_object(&self, clause: &str, verb: &Range<usize>, named: Named) -> bool {
        if !clause.is_ascii() && named.in_sentence {
            return true;
        }
        let end = cut::floor(clause, verb.end + OBJECT_REACH);
        let behind = clause.get(verb.end..end).unwrap_or_default();
        let lower = behind.to_ascii_lowercase();
        let pronoun = self.pronoun.places(&lower).next();
        self.names_object(behind, &lower) || pronoun.is_some_and(|pronoun| pronoun.start <= 1)
    }

    /// Whether the clause contains one of `words` that is neither denied nor harmless.
    fn has_cue(&self, words: &Pattern, clause: &str) -> bool {
        words.places(clause).any(|place| {
            let mut harmless = self.harmless.places(clause);
            !harmless.any(|other| other.contains(&place.start))
                && !self.is_denied(clause, place.start)
        })
    }

    /// Whether a negation shortly before `at` denies the word at `at`.
    fn is_denied(&self, clause: &str, at: usize) -> bool {
        let until = clause.get(..at).unwrap_or_default();
        self.negations.iter().any(|(negation, reach)| {
            let from = until.char_indices().rev().nth(*reach).map_or(0, |(from, _)| from);
            let near = until.get(from..).unwrap_or_default();
            // The 不 in 能不能 belongs to a question and denies nothing.
            let is_part_of_question = |denial: &Range<usize>| {
                self.question.places(near).any(|question| question.contains(&denial.start))
            };
            negation.places(near).any(|denial| !is_part_of_question(&denial))
        })
    }
}

/// Whether a word is written like the name of an alert: two or more capitals, each with a small letter after it.
/// `Prometheus` and `CPU` are not.
fn is_alert_name(word: &str) -> bool {
    let starts = word.as_bytes().windows(2);
    starts.filter(|pair| matches!(pair, [b'A'..=b'Z', b'a'..=b'z'])).count() >= 2
}

/// Whether an English word is only a part of a longer name, as `reload` in `node-reload.yml`.
fn is_part_of_a_name(clause: &str, place: &Range<usize>) -> bool {
    let before = clause.get(..place.start).and_then(|before| before.chars().next_back());
    let mut after = clause.get(place.end..).unwrap_or_default().chars();
    let joins =
        |character: Option<char>| character.is_some_and(|character| "-_/=".contains(character));
    let next = after.next();
    joins(before)
        || before == Some('.')
        || joins(next)
        || (next == Some('.') && after.next().is_some_and(|next| next.is_ascii_alphanumeric()))
}

/// Returns the sentences of a text, each with its offset in bytes.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |character| matches!(character, '。' | ';' | '!' | '?' | '\n' | '！' | '？');
    let parts = text.split_inclusive(ends).flat_map(|part| part.split_inclusive(". "));
    with_offsets(parts)
}

/// Returns the clauses of a sentence, each with its offset in bytes.
fn clauses(sentence: &str) -> impl Iterator<Item = (usize, &str)> {
    with_offsets(sentence.split_inclusive([',', '、', ':', '(', ')', '—']))
}

/// Adds to each part its offset in bytes. The parts must follow each other without a gap.
fn with_offsets<'t>(
    parts: impl Iterator<Item = &'t str>,
) -> impl Iterator<Item = (usize, &'t str)> {
    let mut start = 0;
    parts.map(move |part| {
        let at = start;
        start += part.len();
        (at, part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_asked_for_where_its_object_is_near() {
        let requests = Requests::new();
        let is_asked = |text: &str| !requests.find(&Folded::new(text), TextKind::Prose).is_empty();
        for text in ["Please change the alert rule.", "The alert rule is noisy. Please change it."]
        {
            assert!(is_asked(text), "{text}");
        }
        let far = format!("Please change {}alert rule.", "the very long word ".repeat(20));
        for text in [
            "Please change the meeting.",
            "Please change the meeting, the alert rule is fine.",
            "The alert rule is fine. Please change the meeting.",
            "Please do not change the alert rule.",
            &far,
        ] {
            assert!(!is_asked(text), "{text}");
        }
    }

    #[test]
    fn an_alert_is_told_by_its_capitals() {
        let names = ["HostHighCpuLoad", "HostDown", "Prometheus", "CPU", "host", "aLeRt"];
        assert_eq!(names.map(is_alert_name), [true, true, false, false, false, true]);
    }

    #[test]
    fn sentences_and_clauses_know_where_they_begin() {
        let text = "one. two; three, four";
        let found: Vec<_> = sentences(text).collect();
        assert_eq!(found, [(0, "one. "), (5, "two;"), (9, " three, four")]);
        assert_eq!(clauses("a, b:c").collect::<Vec<_>>(), [(0, "a,"), (2, " b:"), (5, "c")]);
    }

    fn asks(text: &str) -> bool {
        !Requests::new().find(&Folded::new(text), TextKind::Prose).is_empty()
    }

    #[test]
    fn a_cue_and_an_action_in_one_clause_are_a_request() {
        let wrong: Vec<_> = [
            "please reload",
            "Please reload Prometheus after you read this.",
            "Go ahead and restart Alertmanager.",
            "You may now change the receiver route to the new channel.",
            "Could you send a Telegram test message?",
            "Would you mind silencing DiskFull on host-b till Monday?",
            "Ask the night shift to fire a live test alert.",
            "Please just treat the 200 as proof that the chain is healthy.",
            "We authorize you to silence the alert.",
            "Reload Prometheus now.",
            "請重新載入 Prometheus",
            "麻煩幫忙重啟 alertmanager",
            "確認無誤，請直接套用規則",
            "授權你們變更 receiver 路由",
            "可以直接發送 Telegram 測試訊息",
            "請 reload",
            "幫忙跑一下 smoke",
            "直接 reload 吧，不用等",
            "能不能幫忙觸發一次 Watchdog 告警",
        ]
        .into_iter()
        .filter(|text| !asks(text))
        .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn reports_negations_and_questions_of_fact_are_none() {
        let wrong: Vec<_> = [
            "reloaded at 10:00 under CHG-7",
            "已重新載入",
            "no reload was run",
            "請勿 reload",
            "不需重啟",
            "The rules were reloaded by the owner on Monday.",
            "This answer does not authorize a reload.",
            "本回覆不授權任何重新載入",
            "Please note that no silence was created.",
            "請確認 receiver owner 是否為平台組",
            "已於 10:00 由值班重新載入，結果見 ticket",
            "Please see the ticket for the receipt.",
            "We never asked the night shift to fire a live test alert.",
            "A 200 is not to be treated as proof of health.",
            "The route sends to the on-call channel.",
            "Nobody may reload Prometheus on the strength of this.",
            "未執行 kubectl，也未發送 Telegram",
            "主管問能不能直接重啟了事，我的回覆是不行",
            "有同事提議順便把 webhook 換掉，被我們擋下來了",
        ]
        .into_iter()
        .filter(|text| asks(text))
        .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
