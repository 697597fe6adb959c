//! Classes of words, so that the model learns `please <verb> the <object>` once and not for each verb.
//!
//! A word that is in no list still counts with its letters. So a list needs only what is common, and a word in the
//! wrong list does little harm: the weights are learned with the lists as they are. After a change of a list, the model
//! must be trained again.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word is for a request. The number of a class is a part of the trained model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// A verb that changes something, as a request has it: `reload`, 重啟.
    Act = 1,
    /// The same verb with `-ing`.
    Acting,
    /// The same verb in the past.
    Acted,
    /// The same verb in the third person.
    Acts,
    /// A part of monitoring: `receiver`, 告警.
    Object,
    /// Who is addressed.
    You,
    /// Who writes.
    We,
    /// Somebody or something else.
    They,
    /// A negation.
    Not,
    /// A polite word, a permission, a wish.
    Polite,
    /// A day or a time of haste.
    When,
    /// A word that urges or lessens: 直接, 一下.
    Urge,
    /// A sign of the past: 已.
    Done,
}

/// English verbs that change something, in the form of a request. The other forms are derived.
const VERBS: &str = "reload restart reboot redeploy deploy apply rollback revert roll bounce kick recycle kill stop \
    start enable disable silence mute unmute snooze expire extend delete remove drop purge wipe change switch swap \
    replace move point repoint reroute update upgrade downgrade bump set flip rotate push merge ship release publish \
    promote upload import install patch fire send mail email resend trigger test smoke run rerun execute ssh login scan probe \
    sync scale drain cut lift clear close open turn shut flush page ping notify post broadcast provision reprovision \
    edit modify adjust tweak raise lower mark treat count consider accept approve sign give share hand dm paste \
    forward show grab fetch pull copy dump export unlock grant reset re-enable unsilence activate deactivate migrate \
    failover fix bring put take throw hook wire connect log jump hop make do get add create write fill load reapply \
    relaunch launch kickstart restore reinstate resume pause bin ditch nuke quiet shush ack acknowledge suppress";

/// Forms of verbs that the rules of [`forms`] do not derive.
const IRREGULAR: [(Class, &str); 3] = [
    (Class::Acted, "sent ran gave given took taken wrote written made done did got brought"),
    (Class::Acting, "bouncing"),
    (Class::Act, "redeployment deployment rollout cutover switchover removal"),
];

const ENGLISH: [(Class, &str); 7] = [
    (
        Class::Object,
        "prometheus alertmanager grafana signoz sentry otel collector collectors exporter exporters langfuse gatus loki \
         tempo thanos mimir kuma telegram slack discord teams receiver receivers route routes routing webhook webhooks \
         silences rule rules rulefile alert alerts alarm alarms dashboard dashboards panel panels config configuration \
         token tokens password passwords dsn secret secrets key keys credential credentials bot channel production prod \
         staging host hosts box node nodes server servers cluster pod pods container containers service services file \
         files stack job jobs agent agents ruler template templates policy notification notifications message messages \
         pr branch chart manifest",
    ),
    (
        Class::You,
        "you your yours yourself yourselves y'all ya u ops sre sres on-call oncall team folks guys somebody someone \
         anyone anybody whoever infra platform",
    ),
    (Class::We, "we i our my us me ours mine myself ourselves we'll i'll we'd i'd"),
    (Class::Not, "not no never nobody none without cannot can't nor neither nothing dont"),
    (Class::Polite, "please pls plz kindly thanks thx cheers ta"),
    (Class::They, "he she they them his her their it its this that these those"),
    (
        Class::When,
        "now asap today tonight tomorrow immediately friday monday tuesday wednesday thursday saturday sunday eod cob",
    ),
];

/// Words whose place in a sentence matters, so that they stay as they are.
const FUNCTION_WORDS: &str = "a an the to of in on at by for with from and or but if when once then before after as \
    is are was were be been being am will would can could should shall may might must need needs needed have has had \
    having let lets let's so just go ahead feel free welcome up down out off over back again how why what who which \
    where there here ok okay fine good right all any some one each every until till unless because while since want \
    wants wanted like wish hope ask asks asked asking tell told think know see check read note wait leave keep help \
    mind time ready allowed allow permission green light sign-off blessing approved authorised authorized responsible \
    todo action item required requested request due";

const CHINESE: [(Class, &str); 9] = [
    (
        Class::Act,
        "重新載入 重新啟動 重載 重啟 重開 熱載入 載入 部署 佈署 上版 上線 套用 套上去 套上 回滾 退版 還原 切換 切過去 切到 \
         切回 切 換成 換掉 更換 替換 改成 改掉 修改 變更 調整 調高 調低 調 更新 升級 關閉 關掉 關 開啟 打開 停用 停掉 停 啟用 \
         啟動 靜音 靜默 消音 延長 解除 刪除 刪掉 刪 移除 拿掉 發送 發一則 發 推上去 推送 推 合併 合進去 發布 釋出 觸發 打一則 \
         打 跑 執行 登入 連進去 連線 進去 掃描 掃 送出 送 傳 寄 給 私訊 貼 提供 匯入 匯出 視同 視為 核准 准予 同意 放行 開通 \
         開放 指到 指向 轉到 轉 掛上 掛 新增 加上 加 建立 設定 設 下架 下掉 清掉 清除 清空 重跑 重送 補送 補發",
    ),
    (
        Class::Object,
        "設定檔 規則 告警 通知 路由 接收端 收件 儀表板 面板 看板 主機 機器 伺服器 節點 叢集 服務 容器 正式環境 正式機 正式 權杖 \
         金鑰 密碼 帳密 帳號 憑證 檔案 頻道 群組 機器人",
    ),
    (
        Class::You,
        "你們 你 您 妳 貴單位 貴公司 貴司 貴處 貴組 貴 各單位 各位 大家 值班人員 值班同仁 值班 維運 維運組 維運團隊 工程師 同仁 \
         廠商 平台組 誰 哪位",
    ),
    (Class::We, "我們 我 本單位 本組 本人 本公司 本處 本科 敝 咱"),
    (
        Class::Not,
        "不 沒 未 別 勿 無 非 尚未 沒有 不用 不必 不需 無須 切勿 請勿 不要 不得 禁止 毋須",
    ),
    (
        Class::Polite,
        "請 麻煩 煩請 惠請 敬請 懇請 拜託 再請 勞煩 有勞 幫忙 幫我 幫 協助 祈請 務請 擬請 希望 盼 可以 可 能 能否 可否 能不能 \
         可不可以 是否 方便 記得",
    ),
    (
        Class::Urge,
        "直接 立刻 立即 馬上 趕快 趕緊 盡快 儘速 現在 今天 今晚 明天 即可 就好 就行 吧 了 一下 務必 先 再",
    ),
    (Class::Done, "已 已經 過 完成 曾"),
    (Class::They, "他們 他 她 這 那 此"),
];

/// What a word counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Class(Class),
    /// The word itself.
    Itself,
}

static WORDS: LazyLock<HashMap<String, Kind>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for word in FUNCTION_WORDS.split_whitespace() {
        words.insert(word.to_owned(), Kind::Itself);
    }
    for verb in VERBS.split_whitespace() {
        for (form, class) in forms(verb) {
            words.insert(form, Kind::Class(class));
        }
    }
    for (class, list) in IRREGULAR.iter().chain(&ENGLISH) {
        for word in list.split_whitespace() {
            words.insert(word.to_owned(), Kind::Class(*class));
        }
    }
    words
});

/// The Chinese words by their first character, longer words first.
static BY_FIRST_CHARACTER: LazyLock<HashMap<char, Vec<(&'static str, Class)>>> =
    LazyLock::new(|| {
        let mut words: HashMap<char, Vec<(&str, Class)>> = HashMap::new();
        for (class, list) in &CHINESE {
            for word in list.split_whitespace() {
                if let Some(first) = word.chars().next() {
                    words.entry(first).or_default().push((word, *class));
                }
            }
        }
        for list in words.values_mut() {
            list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
        words
    });

/// Returns what a word in small Latin letters counts as, or `None` if no list has it.
pub(super) fn latin(word: &str) -> Option<Kind> {
    WORDS.get(word).copied().or_else(|| word.ends_with("n't").then_some(Kind::Class(Class::Not)))
}

/// Returns the longest Chinese word of the lists that `text` begins with, as its length in bytes, and its class.
pub(super) fn chinese(text: &str) -> Option<(usize, Class)> {
    let words = BY_FIRST_CHARACTER.get(&text.chars().next()?)?;
    words.iter().find(|(word, _)| text.starts_with(word)).map(|(word, class)| (word.len(), *class))
}

/// The forms of a regular verb, some of which do not exist (`runned`): they do no harm.
fn forms(verb: &str) -> Vec<(String, Class)> {
    let mut forms = vec![(verb.to_owned(), Class::Act)];
    let mut add = |stem: &str, end: &str, class| forms.push((format!("{stem}{end}"), class));
    if let Some(stem) = verb.strip_suffix('e') {
        add(stem, "ing", Class::Acting);
        add(verb, "d", Class::Acted);
    } else {
        add(verb, "ing", Class::Acting);
        add(verb, "ed", Class::Acted);
        let last = verb.get(verb.len() - 1..).unwrap_or_default();
        add(verb, &format!("{last}ing"), Class::Acting);
        add(verb, &format!("{last}ed"), Class::Acted);
    }
    if let Some(stem) = verb.strip_suffix('y') {
        add(stem, "ied", Class::Acted);
        add(stem, "ies", Class::Acts);
    }
    let sibilant = ["sh", "ch", "ss"].iter().any(|end| verb.ends_with(end));
    add(verb, if sibilant { "es" } else { "s" }, Class::Acts);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_known_in_each_form() {
        for (word, class) in [
            ("reload", Class::Act),
            ("reloading", Class::Acting),
            ("bouncing", Class::Acting),
            ("dropped", Class::Acted),
            ("applied", Class::Acted),
            ("pushes", Class::Acts),
            ("sent", Class::Acted),
            ("you", Class::You),
            ("isn't", Class::Not),
        ] {
            assert_eq!(latin(word), Some(Kind::Class(class)), "{word}");
        }
        assert_eq!(latin("the"), Some(Kind::Itself));
        assert_eq!(latin("weather"), None);
    }

    #[test]
    fn the_longest_chinese_word_counts() {
        assert_eq!(chinese("請勿重啟"), Some(("請勿".len(), Class::Not)));
        assert_eq!(chinese("重新啟動它"), Some(("重新啟動".len(), Class::Act)));
        assert_eq!(chinese("天氣"), None);
    }
}
