//! What a text claims: that a service is healthy, or that it came back.

use super::fold::Folded;
use crate::pattern::Pattern;

/// A route that answers, a container or dashboard that is up, a page that opens.
static HEALTH: Pattern = Pattern::new(&[
    concat!(
        r"(?:route|endpoint|url|page|site|homepage|health ?check|healthz|api|grafana|prometheus|alertmanager|",
        r"curl|http|probe|status)[^.。;\n]{0,40}?(?:(?:return(?:s|ed|ing)?|give[sn]?|gave|answer(?:s|ed)?|",
        r"respond(?:s|ed)?|show(?:s|ed)?|got|is|was|with)[^.。;\n]{0,16}?|\s)(?:http[ /]?)?(?-u:\b)(?:200|2xx)",
        r"(?-u:\b)",
    ),
    r"(?-u:\b)(?:http[ /]?)?200 ?ok(?-u:\b)",
    concat!(
        r"(?:containers?|pods?|service|process|instance|prometheus|alertmanager|grafana|dashboards?|ui|",
        r"panels?|targets?)[^.。;\n]{0,24}?(?:is|are|was|were|shows?|looks?|stays?|all)[^.。;\n]{0,16}?",
        r"(?:(?-u:\b)up(?-u:\b)|running|green|visible|healthy|reachable|fine|ok(?-u:\b)|available|accessible|",
        r"loading|opens?)",
    ),
    r"(?:containers?|pods?|dashboards?|route|ui) up(?-u:\b)",
    r"(?:page|dashboard|ui|site)s?[^.。;\n]{0,12}?(?:opens?|loads?|can be opened|renders?|is visible)",
    r"everything (?:is|looks) (?:fine|green|ok|healthy)",
    r"all green",
    r"(?:回|回傳|回應|返回|是|得到|顯示)[^。;\n]{0,6}?200",
    r"200[^。;\n]{0,4}(?:正常|ok|回應)",
    r"(?:容器|pod|服務|儀表板|dashboard|面板|監控)[^。;\n]{0,10}?(?:都|皆|均|是)?\s?(?:正常|在跑|運行中|running|up(?-u:\b)|綠燈|全綠|健康|活著|啟動)",
    r"(?:網頁|頁面|網站|畫面|ui|介面|dashboard|儀表板|grafana)[^。;\n]{0,10}?(?:打得開|打開正常|開得起來|可以開|可開啟|能開|看得到|看的到|可見|可以看到|正常顯示|開啟正常)",
    r"全部?綠燈",
    r"一切正常",
    r"看起來(?:都)?正常",
]);

/// A service that came back.
static RECOVERY: Pattern = Pattern::new(&[
    concat!(
        r"(?:service|alert(?:s|ing)?|it|everything|system|prometheus|alertmanager|route|site|grafana|",
        r"monitoring|chain|incident|notifications?|we|has|have|had|is|was|are|were|been|fully|now)\s+",
        r"(?:[a-z]+ ){0,3}?(?:recovered|restored|back to normal|back up|back online|came back|come back|",
        r"working again|operational again)",
    ),
    r"(?:recovered|restored) (?:at|by|on|after|since|now)",
    r"service (?:recovery|restoration)",
    r"back to normal",
    r"已(?:經)?(?:全部|完全|陸續|自動)?(?:恢復|復原|回復)",
    r"恢復(?:了)?(?:正常|服務|運作)",
    r"(?:服務|系統|告警|監控)(?:已|都|均)?(?:恢復|回復|復原)",
    r"回復正常",
]);

/// A denial of what is claimed near it.
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

/// Whether the text takes for health what merely answers. A denied claim is none.
pub(crate) fn claims_health(folded: &Folded) -> bool {
    // What a sign proves is often denied behind a comma.
    is_claimed(folded, &HEALTH, &[])
}

/// Whether the text says that a service came back.
pub(crate) fn claims_recovery(folded: &Folded) -> bool {
    /// Without one of these there is no such claim, and nothing to take apart.
    const WORDS: [&str; 6] = ["recover", "restor", "back", "again", "復", "回復"];
    WORDS.iter().any(|word| folded.lower().contains(word))
        && is_claimed(folded, &RECOVERY, &[',', '、', '('])
}

/// What says that all is well, although it denies something.
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

/// Whether the claim is made, and not denied, in one of the clauses that `ends` end.
fn is_claimed(folded: &Folded, claim: &Pattern, ends: &[char]) -> bool {
    let clauses = folded
        .lower()
        .split(['。', ';', '\n', '!', '?'])
        .flat_map(|sentence| sentence.split(". "))
        .flat_map(|sentence| sentence.split(ends));
    clauses.into_iter().any(|clause| {
        claim.find(clause).is_some_and(|claimed| {
            let clause = from_the_claim(clause, claimed.start());
            // Nothing being wrong is no denial.
            let clause = NO_PROBLEM
                .iter()
                .fold(clause.to_owned(), |clause, no_problem| clause.replace(no_problem, ""));
            !DENIAL.is_match(&clause)
        })
    })
}

/// The sentence from the clause of the claim on. What a Chinese sentence denies before, it denies of
/// something else: 沒有 stale, dashboard 正常.
fn from_the_claim(sentence: &str, claim: usize) -> &str {
    if sentence.is_ascii() {
        return sentence;
    }
    let before = sentence.get(..claim).unwrap_or_default();
    let comma = before.char_indices().rev().find(|(_, character)| matches!(character, ',' | '、'));
    let start = comma.map_or(0, |(at, comma)| at + comma.len_utf8());
    sentence.get(start..).unwrap_or(sentence)
}

/// The projects that share the monitoring.
const SHARED_PROJECTS: [&str; 6] =
    ["awooop", "iwooos", "agent-bounty", "stockplatform", "公開網站", "public website"];

/// The shared projects that a text names, of those that `own` texts do not.
pub(crate) fn names_shared_project(text: &Folded, own: &str) -> bool {
    let text = text.lower();
    let own = own.to_lowercase();
    SHARED_PROJECTS.iter().any(|project| text.contains(project) && !own.contains(project))
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

    #[test]
    fn a_shared_project_that_the_surface_does_not_name_is_told() {
        let text = Folded::new("也影響 StockPlatform 與公開網站");
        assert!(names_shared_project(&text, "AwoooP"));
        assert!(!names_shared_project(&text, "stockplatform 公開網站"));
    }
}
