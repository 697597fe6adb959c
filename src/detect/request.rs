//! Requests to act: a cue and a blocked action in one clause, in English or Traditional Chinese.

use regex::Regex;

use crate::words::Problem;

use super::Match;
use super::fold::Folded;
use super::rule::compile;

/// Who or what is urged.
const CUES: &str = r"(?:^|[^a-z])(?:please|pls|plz|kindly|go ahead|feel free|you (?:may|can|could|should|must|have to|need to)|(?:can|could|would|will) (?:you|someone|somebody|anyone|ops|sre|the team)|(?:i|we) (?:hereby )?(?:authori[sz]e|approve|permit|allow|ask|want|need|request|instruct|would like) (?:you|ops|sre|the team|someone|that|an?|the|to)|(?:is|are|be) (?:authori[sz]ed|approved|cleared|permitted|allowed) to|(?:permission|approval|authori[sz]ation|clearance|ok|okay|green light) (?:is |was )?(?:given |granted )?(?:to|for you to)|proceed (?:with|to)|let's|let us|make sure (?:to|you)|be sure to|don't forget to|remember to|just|now|immediately|asap|right away|at once|need(?:s)? (?:you )?to|has to be|must be|should be|needs? to be)(?:[^a-z]|$)|請|麻煩|煩請|拜託|幫忙|幫我|協助|直接|授權|同意(?:你|您|貴|貴方|即可)?|准許|允許|可以(?:現在|直接|立即|馬上)?|立即|馬上|立刻|即刻|盡快|儘快|儘速|盡速|現在就|務必|需要你|勞煩|放行";

/// Blocked actions, in the form that asks for them.
const ACTIONS: &str = r"(?:^|[^a-z-])(?:(?:re-?load|re-?start|re-?deploy|deploy|roll ?out|hot-?reload|bounce|kubectl|ssh|scale (?:up|down)|fail ?over)(?:ing)?(?:[^a-z-]|$)|(?:apply|import|push|publish|upload|merge|ship|roll back|revert)(?:ing)? (?:[^\s.,;]+ ){0,5}?(?:dashboard|rule|rules|config|configuration|change|changes|manifest|patch|route|template|policy|fix|branch|it)(?:[^a-z]|$)|(?:change|update|modify|switch|edit|adjust|point|move|re-?route|replace|add|remove|delete|set|enable|disable|turn (?:on|off)|rotate)(?:ing)? (?:[^\s.,;]+ ){0,5}?(?:receivers?|routes?|routing|webhooks?|silences?|mutes?|inhibit(?:ion)?|remote[ _]?write|polic(?:y|ies)|configs?|configuration|exporters?|alerts?|rules?|dashboards?|notifications?|channels?|keys?|button|collectors?)(?:[^a-z]|$)|(?:create|extend|expire|open|lift|clear)(?:ing)? (?:[^\s.,;]+ ){0,4}?(?:silences?|mutes?|gates?|ports?|windows?)(?:[^a-z]|$)|silence (?:[^\s.,;]+ ){0,4}?(?:alerts?|it|them|this|rules?)(?:[^a-z]|$)|(?:mute|snooze|ack(?:nowledge)?) (?:[^\s.,;]+ ){0,4}?(?:alerts?|notifications?|it|them)(?:[^a-z]|$)|(?:send|post|resend|broadcast|dispatch)(?:ing)? (?:[^\s.,;]+ ){0,5}?(?:telegram|messages?|notifications?|alerts?|slack|webhook|emails?|ping)(?:[^a-z]|$)|(?:fire|trigger|raise|inject|simulate)(?:ing)? (?:[^\s.,;]+ ){0,5}?(?:alerts?|notifications?|smoke|incident|watchdog)(?:[^a-z]|$)|(?:run|execute|start|perform|kick off|launch|do)(?:ning|ing)? (?:[^\s.,;]+ ){0,5}?(?:smoke|smoke test|scan|commands?|scripts?|playbooks?|jobs?|deploy(?:ment)?|reload|restart|migrations?|pipelines?)(?:[^a-z]|$)|(?:log ?in|connect) (?:[^\s.,;]+ ){0,3}?(?:to|into) (?:[^\s.,;]+ ){0,3}?(?:host|server|node|machine|box|production)|scan (?:[^\s.,;]+ ){0,3}?(?:hosts?|servers?|network|ports?|services?)|write (?:[^\s.,;]+ ){0,4}?(?:production|prod|host|server|disk)|open (?:[^\s.,;]+ ){0,3}?gate|(?:collect|paste|share|give|show|read)(?:ing)? (?:[^\s.,;]+ ){0,4}?(?:secrets?|passwords?|credentials?|tokens?)|mark (?:[^\s.,;]+ ){0,5}?(?:accepted|healthy|green|approved|resolved))|re-?load|重新載入|重新加載|重載|熱載入|重啟|重新啟動|重開|部署|佈署|布署|上版|上線|發布|發佈|套用|(?:改|修改|變更|切換|調整|更新|更換|換|新增|移除|刪除|停用|啟用|關閉|開啟|加|設定)[^。;\n]{0,14}?(?:路由|接收端|接收器|接收者|receiver|route|靜默|silence|webhook|通知|頻道|規則|設定檔|組態|政策|remote[ _]?write|exporter|儀表板|dashboard|告警)|(?:發送|傳送|寄送|送出|送|發|推播|補發|重送)[^。;\n]{0,12}?(?:telegram|tg|訊息|通知|告警|測試|webhook|slack)|(?:觸發|打|發出|製造|模擬|fire)[^。;\n]{0,10}?(?:告警|alert|警報|smoke)|(?:執行|跑|進行|做|啟動)[^。;\n]{0,10}?(?:smoke|煙霧|腳本|指令|掃描|kubectl|playbook|部署|重啟|遷移|演練)|(?:打開|開啟|開放|解除|放行)[^。;\n]{0,8}?(?:gate|閘|閘門|權限|限制)|(?:建立|延長|加|設|下|解除)[^。;\n]{0,8}?(?:silence|靜默|靜音|抑制)|靜音|(?:登入|連進|連線到|進)[^。;\n]{0,8}?(?:主機|機器|伺服器|節點)|掃描|寫入[^。;\n]{0,8}?(?:主機|production|正式|生產)|回滾|ssh\s*(?:進|到|登入|上)|(?:標記|標成|改成|設為)[^。;\n]{0,10}?(?:已接受|accepted|健康|healthy|通過)";

/// What denies an action that follows it.
const NEGATIONS: &str = r"(?:^|[^a-z])(?:no|not|never|without|nobody|neither|nor|cannot|can't|don't|doesn't|didn't|won't|isn't|wasn't|shouldn't|before any|any|forbid(?:s|den)?|prohibit(?:s|ed)?|refuse[sd]?|avoid(?:s|ed)?|instead of|rather than)(?:[^a-z]|$)";

/// The same in Chinese, where a negation stands close to what it denies.
const CHINESE_NEGATIONS: &str =
    r"勿|不|無需|毋需|毋須|無須|無任何|未|沒有|沒|從未|禁止|避免|而非|並非";

/// How many characters before an action a negation speaks of it.
const NEGATION_REACH: usize = 24;
const CHINESE_NEGATION_REACH: usize = 7;

#[derive(Debug)]
pub(crate) struct Requests {
    cue: Option<Regex>,
    action: Option<Regex>,
    negations: [(Option<Regex>, usize); 2],
    /// A clause that tells what was done or what would be.
    report: Option<Regex>,
    /// What urges although it stands behind the action.
    urgency: Option<Regex>,
}

impl Requests {
    pub(crate) fn new() -> Self {
        Self {
            cue: compile(CUES),
            action: compile(ACTIONS),
            negations: [
                (compile(NEGATIONS), NEGATION_REACH),
                (compile(CHINESE_NEGATIONS), CHINESE_NEGATION_REACH),
            ],
            report: compile(
                r"已(?:經)?(?:於|在|由|完成|執行|重|部|套|送|發|改|更|切)|(?:was|were|has been|have been|had been|got) (?:[a-z]+ )?(?:re-?loaded|restarted|deployed|applied|sent|fired|changed|updated|created|expired|executed|run)|(?:re-?loaded|restarted|deployed) (?:at|by|on|under|in)|完成後|若|如果|如需|假如|一旦|would|if |once |after |when |only after|until",
            ),
            urgency: compile(
                r"(?:^|[^a-z])(?:now|immediately|asap|right away|at once|today|tonight|first thing)(?:[^a-z]|$)|立即|馬上|立刻|即刻|盡快|儘快|儘速|一下|即可",
            ),
        }
    }

    /// Each clause that asks for a blocked action.
    pub(crate) fn find(&self, folded: &Folded) -> Vec<Match> {
        let (Some(cue), Some(action)) = (&self.cue, &self.action) else { return Vec::new() };
        let text = folded.as_str();
        let mut matches = Vec::new();
        for (start, clause) in clauses(text) {
            let Some(asked) =
                action.find_iter(clause).find(|asked| !self.is_denied(clause, asked.start()))
            else {
                continue;
            };
            let before =
                clause.get(..clause.ceil_char_boundary(asked.start() + 1)).unwrap_or(clause);
            let is_cued = cue.find_iter(before).any(|cue| !self.is_denied(clause, cue.start()));
            let is_urged = is_imperative(clause.get(..asked.start()).unwrap_or_default())
                && self.urgency.as_ref().is_some_and(|urgency| urgency.is_match(clause));
            let is_report = self.report.as_ref().is_some_and(|report| report.is_match(clause))
                && !is_direct(clause);
            if (is_cued || is_urged) && !is_report {
                let bytes = start + asked.start()..start + asked.end();
                matches.push((Problem::RequestToAct, folded.origin(&bytes)));
            }
        }
        matches
    }

    /// Whether a negation just before `at` speaks of what stands there.
    fn is_denied(&self, clause: &str, at: usize) -> bool {
        let until = clause.get(..clause.ceil_char_boundary(at + 1)).unwrap_or(clause);
        self.negations.iter().any(|(negation, reach)| {
            let from = until.char_indices().rev().nth(*reach).map_or(0, |(from, _)| from);
            let before = until.get(from..).unwrap_or_default();
            negation.as_ref().is_some_and(|negation| negation.is_match(before))
        })
    }
}

/// Whether an action at the end of `before` opens the sentence.
fn is_imperative(before: &str) -> bool {
    before.chars().filter(|character| character.is_alphanumeric()).count() == 0
}

/// Whether the clause speaks to somebody.
fn is_direct(clause: &str) -> bool {
    let lower = clause.to_lowercase();
    [
        "please",
        "go ahead",
        "you may",
        "can you",
        "could you",
        "請",
        "麻煩",
        "幫忙",
        "幫我",
        "授權你",
        "拜託",
    ]
    .iter()
    .any(|cue| lower.contains(cue))
}

/// The clauses of a text with the offset of each.
fn clauses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive(|character| {
        matches!(character, '。' | ';' | '!' | '?' | '\n' | '！' | '？')
    })
    .flat_map(|sentence| sentence.split_inclusive(". "))
    .map(move |clause| {
        let at = start;
        start += clause.len();
        (at, clause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(text: &str) -> bool {
        !Requests::new().find(&Folded::new(text)).is_empty()
    }

    #[test]
    fn a_cue_and_an_action_in_one_clause_are_a_request() {
        let wrong: Vec<_> = [
            "please reload",
            "Please reload Prometheus after you read this.",
            "Go ahead and restart Alertmanager.",
            "You may now change the receiver route to the new channel.",
            "Could you send a Telegram test message?",
            "We authorize you to silence the alert.",
            "Reload Prometheus now.",
            "請重新載入 Prometheus",
            "麻煩幫忙重啟 alertmanager",
            "確認無誤，請直接套用規則",
            "授權你們變更 receiver 路由",
            "可以直接發送 Telegram 測試訊息",
            "請 reload",
            "幫忙跑一下 smoke",
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
            "The route sends to the on-call channel.",
            "Nobody may reload Prometheus on the strength of this.",
            "未執行 kubectl，也未發送 Telegram",
        ]
        .into_iter()
        .filter(|text| asks(text))
        .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
