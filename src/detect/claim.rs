//! Finds claims in a text: a service is healthy, or a service came back.
//!
//! A route that answers is not proof that alerts arrive (a false green). A service that came back needs the context of
//! its incident. The patterns read English and Chinese, and a claim that is denied does not count.

use super::fold::Folded;
use crate::pattern::Pattern;

/// Signs that something merely answers: a route, a container, a dashboard, a page.
///
/// Gaps such as `[^.。;\n]{0,40}?` do not leave the sentence, and are short, so that the subject and the sign belong
/// together. `(?-u:\b)` is the ASCII word boundary: a Chinese character may be directly beside the word.
static HEALTH: Pattern = Pattern::new(&[
    // A route or an endpoint that returns 200. `12 rules in 200 lines` has no such subject and is not a hit.
    concat!(
        r"(?:route|endpoint|url|page|site|homepage|health ?check|healthz|api|grafana|prometheus|alertmanager|",
        r"curl|http|probe|status)[^.。;\n]{0,40}?(?:(?:return(?:s|ed|ing)?|give[sn]?|gave|answer(?:s|ed)?|",
        r"respond(?:s|ed)?|show(?:s|ed)?|got|is|was|with)[^.。;\n]{0,16}?|\s)(?:http[ /]?)?(?-u:\b)(?:200|2xx)",
        r"(?-u:\b)",
    ),
    // The status line of HTTP itself.
    r"(?-u:\b)(?:http[ /]?)?200 ?ok(?-u:\b)",
    // A container, a service or a dashboard that is up, green, visible and the like.
    concat!(
        r"(?:containers?|pods?|service|process|instance|prometheus|alertmanager|grafana|dashboards?|ui|",
        r"panels?|targets?)[^.。;\n]{0,24}?(?:is|are|was|were|shows?|looks?|stays?|all)[^.。;\n]{0,16}?",
        r"(?:(?-u:\b)up(?-u:\b)|running|green|visible|healthy|reachable|fine|ok(?-u:\b)|available|accessible|",
        r"loading|opens?)",
    ),
    // The same without a verb, as in `container up 三十天了`.
    r"(?:containers?|pods?|dashboards?|route|ui) up(?-u:\b)",
    // A page that opens.
    r"(?:page|dashboard|ui|site)s?[^.。;\n]{0,12}?(?:opens?|loads?|can be opened|renders?|is visible)",
    // General claims that name no sign at all.
    r"everything (?:is|looks) (?:fine|green|ok|healthy)",
    r"all green",
    // The same signs in Chinese: a 200, a container or a dashboard that is fine, a page that opens, a general claim.
    r"(?:回|回傳|回應|返回|是|得到|顯示)[^。;\n]{0,6}?200",
    r"200[^。;\n]{0,4}(?:正常|ok|回應)",
    r"(?:容器|pod|服務|儀表板|dashboard|面板|監控)[^。;\n]{0,10}?(?:都|皆|均|是)?\s?(?:正常|在跑|運行中|running|up(?-u:\b)|綠燈|全綠|健康|活著|啟動)",
    r"(?:網頁|頁面|網站|畫面|ui|介面|dashboard|儀表板|grafana)[^。;\n]{0,10}?(?:打得開|打開正常|開得起來|可以開|可開啟|能開|看得到|看的到|可見|可以看到|正常顯示|開啟正常)",
    r"全部?綠燈",
    r"一切正常",
    r"看起來(?:都)?正常",
]);

/// A statement that a service, an alert or the monitoring came back.
static RECOVERY: Pattern = Pattern::new(&[
    // A subject or an auxiliary verb, at most three words before. `Recovery is owned by ops` has none and is not a hit.
    concat!(
        r"(?:service|alert(?:s|ing)?|it|everything|system|prometheus|alertmanager|route|site|grafana|",
        r"monitoring|chain|incident|notifications?|we|has|have|had|is|was|are|were|been|fully|now)\s+",
        r"(?:[a-z]+ ){0,3}?(?:recovered|restored|back to normal|back up|back online|came back|come back|",
        r"working again|operational again)",
    ),
    // No subject, but a time or a cause after the word.
    r"(?:recovered|restored) (?:at|by|on|after|since|now)",
    r"service (?:recovery|restoration)",
    r"back to normal",
    // In Chinese, 已 or a subject marks a recovery that has happened. 尚未恢復 has neither.
    r"已(?:經)?(?:全部|完全|陸續|自動)?(?:恢復|復原|回復)",
    r"恢復(?:了)?(?:正常|服務|運作)",
    r"(?:服務|系統|告警|監控)(?:已|都|均)?(?:恢復|回復|復原)",
    r"回復正常",
]);

/// A denial near a claim: `A route that returns 200 is not taken for health` claims nothing.
///
/// The list also has words that make a sign count for less, such as `alone`, `rely` and 僅憑 (only by).
static DENIAL: Pattern = Pattern::new(&[
    concat!(
        r"(?:^|[^a-z])(?:not|no|never|nobody|no-?one|isn't|wasn't|doesn't|don't|cannot|can't|neither|nor|",
        r"without|instead of|rather than|does not|is not|alone|only because|not just|mere(?:ly)?|insufficient|",
        r"proves nothing|prove nothing|rely|relying|based on)(?:[^a-z]|$)",
    ),
    r"不(?:是|代表|等於|能|可|得|足|算|以|應|再|僅|只)",
    r"未",
    r"沒有",
    r"沒",
    r"非",
    r"無法",
    r"並非",
    r"避免",
    r"不把",
    r"不以",
    r"僅憑",
    r"單憑",
    r"而非",
]);

#[cfg(test)]
pub(super) fn compile_patterns() {
    for pattern in [&HEALTH, &RECOVERY, &DENIAL] {
        pattern.compile();
    }
}

/// Whether the text takes a sign that something merely answers for health. A denied claim does not count.
pub(crate) fn claims_health(folded: &Folded) -> bool {
    // A sentence is not split at commas here. The denial often comes after one: 網頁打得開，不代表告警會送到.
    is_claimed(folded, &HEALTH, &[])
}

/// Whether the text says that a service came back. A denied claim does not count.
pub(crate) fn claims_recovery(folded: &Folded) -> bool {
    /// Every claim of a recovery contains one of these. Without one, the text need not be split into clauses.
    const WORDS: [&str; 6] = ["recover", "restor", "back", "again", "復", "回復"];
    WORDS.iter().any(|word| folded.lower().contains(word))
        && is_claimed(folded, &RECOVERY, &[',', '、', '('])
}

/// Phrases that contain a denial but say that all is well. They must not cancel a claim, so they are removed first.
const NO_PROBLEM: [&str; 9] = [
    "沒有問題",
    "沒問題",
    "沒有任何問題",
    "沒有異常",
    "無異常",
    "沒什麼",
    "no problem",
    "no issue",
    "not a problem",
];

/// Whether one clause makes the claim and does not deny it. `ends` are the characters that end a clause, beside the
/// ends of a sentence.
fn is_claimed(folded: &Folded, claim: &Pattern, ends: &[char]) -> bool {
    let clauses = folded
        .lower()
        .split(['。', ';', '\n', '!', '?'])
        .flat_map(|sentence| sentence.split(". "))
        .flat_map(|sentence| sentence.split(ends));
    clauses.into_iter().any(|clause| {
        claim.find(clause).is_some_and(|claimed| {
            let clause = from_the_claim(clause, claimed.start());
            let clause = NO_PROBLEM
                .iter()
                .fold(clause.to_owned(), |clause, no_problem| clause.replace(no_problem, ""));
            !DENIAL.is_match(&clause)
        })
    })
}

/// Returns the sentence from the clause of the claim on. In Chinese, a denial in an earlier clause denies something
/// else: 沒有 stale, dashboard 正常 still claims that the dashboard is fine.
fn from_the_claim(sentence: &str, claim: usize) -> &str {
    if sentence.is_ascii() {
        return sentence;
    }
    let before = sentence.get(..claim).unwrap_or_default();
    let comma = before.char_indices().rev().find(|(_, character)| matches!(character, ',' | '、'));
    let start = comma.map_or(0, |(at, comma)| at + comma.len_utf8());
    sentence.get(start..).unwrap_or(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_sentence_is_read_from_the_clause_of_its_claim() {
        let sentence = "沒有 stale、dashboard 正常";
        assert_eq!(from_the_claim(sentence, sentence.len()), "dashboard 正常");
        assert_eq!(from_the_claim("no stale, all is up", 15), "no stale, all is up");
    }

    #[test]
    fn health_that_merely_answers_is_a_claim_unless_it_is_denied() {
        for text in [
            "The route returned 200, so alerting is healthy.",
            "All containers are up.",
            "Grafana dashboard is green",
            "網頁打得開，告警正常",
            "UI 看得到",
            "health endpoint 回 200",
            "HTTP 200 OK",
            "網頁打得開，監控就是好的，沒什麼好審",
            "container up 三十天了",
            "沒有 stale，dashboard 是 up 的，所以告警鏈路正常",
        ] {
            assert!(claims_health(&Folded::new(text)), "{text}");
        }
        for text in [
            "A route that returns 200 is not taken for health.",
            "不以 route 200 判定，另查 receipt",
            "網頁打得開，不代表告警會送到",
            "Nobody should conclude anything from \"Grafana is up\".",
            "Rule, state, receiver and receipt were checked.",
            "12 rules in 200 lines",
        ] {
            assert!(!claims_health(&Folded::new(text)), "{text}");
        }
    }

    #[test]
    fn recovery_is_a_claim_unless_it_is_denied() {
        for text in [
            "The service has recovered.",
            "Everything is back to normal",
            "服務已恢復",
            "已恢復正常",
            "alerts were restored at 10:00",
        ] {
            assert!(claims_recovery(&Folded::new(text)), "{text}");
        }
        for text in ["The service has not recovered.", "服務尚未恢復", "Recovery is owned by ops."]
        {
            assert!(!claims_recovery(&Folded::new(text)), "{text}");
        }
    }
}
