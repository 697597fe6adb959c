//! Plain denials: `do not reload`, 不代表. Their language is closed, so a list is more certain than the model. A sentence
//! with one of them is never certain. It may still be probable, so that a reviewer sees it.

use super::{Target, features};

/// Words that deny that a sign of life means anything.
const NO_PROOF: [&str; 26] = [
    "不代表",
    "不等於",
    "不採計",
    "不算數",
    "不算證據",
    "不足以",
    "不能證明",
    "無法證明",
    "兩回事",
    "兩碼子事",
    "不表示",
    "不是證據",
    "不當證據",
    "does not mean",
    "doesn't mean",
    "do not mean",
    "proves nothing",
    "prove nothing",
    "tells us nothing",
    "not evidence",
    "no evidence",
    "no proof",
    "not a proof",
    "not taken for",
    "does not count",
    "doesn't count",
];

/// Words that deny that something came back.
const NOT_BACK: [&str; 11] = [
    "尚未恢復",
    "還沒恢復",
    "未恢復",
    "沒有恢復",
    "還沒好",
    "尚未復原",
    "not recovered",
    "not yet recovered",
    "not back",
    "not been restored",
    "not yet been restored",
];

/// Returns whether a sentence in small letters plainly denies the target.
pub(super) fn denies(target: Target, sentence: &str) -> bool {
    match target {
        Target::Request => features::forbids_its_last_act(sentence),
        Target::Health => NO_PROOF.iter().any(|denial| sentence.contains(denial)),
        Target::Recovery => NOT_BACK.iter().any(|denial| sentence.contains(denial)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_denial_is_one_and_that_of_something_else_is_none() {
        for (target, sentence, is_denied) in [
            (Target::Request, "請勿 reload", true),
            (Target::Request, "do not restart it", true),
            (Target::Request, "不需重啟", true),
            (Target::Request, "please reload it", false),
            (Target::Request, "do not wait, restart it", false),
            (Target::Request, "do not restart it, reload it", false),
            (Target::Health, "網頁打得開,不代表告警會送到", true),
            (Target::Health, "沒有紅字,告警正常", false),
            (Target::Recovery, "服務尚未恢復", true),
            (Target::Recovery, "已恢復,沒有再發生", false),
        ] {
            assert_eq!(denies(target, sentence), is_denied, "{sentence}");
        }
    }
}
