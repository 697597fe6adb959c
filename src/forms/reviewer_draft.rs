//! The fixed comments of every reviewer's draft, and the instruction above each check in both languages.
//!
//! The check of a record skips a comment that equals one of these exactly, and examines every other comment. If a text
//! changes here, the same comment in an older draft is examined.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::words::ReviewerCheck;

use super::wrap::comment;

pub(crate) const ADVICE: [&str; 2] = [
    "This draft repeats nothing of the answer, because a record stays when an answer is withdrawn. Do not write a secret or a quotation into it.",
    "這裡不重複回覆內容：回覆可能被撤回，審查紀錄不會。",
];
pub(crate) const NEXT: &str = "Then:  acceptance-ledger review THIS_FILE";
pub(crate) const WHO: &str = "You; person or automation. You are not the responder.";
pub(crate) const WHO_CHINESE: &str = "審查者不得是回覆者。";
pub(crate) const WHEN: &str = "Like `date -Iseconds`.";
pub(crate) const UNTIL: [&str; 2] = [
    "Only to accept: the end of the acceptance, at most 366 days after reviewed_at.",
    "接受時必填：有效期限，最長 366 天。",
];
pub(crate) const WHY: [&str; 2] = [
    "The reason in one sentence, and a ref to where this decision is kept.",
    "理由；以及這個決定存放處的 ref。",
];
pub(crate) const VERDICTS: [&str; 2] = [
    "One verdict for each check. To accept, give a verdict to every check. To hold, fail at least one check of that lane and leave the others blank.",
    "接受要全部填；擱置至少一項 fail，沒看的留白。",
];
pub(crate) const NO_LIVE_SYSTEM: &str = "The owner says that no live system reads the file: confirm_not_deployed. Every field without an answer counts as not applicable. Check that this is true.";
pub(crate) const NOTHING_KEPT: &str = "Nothing of the answer is kept, because triage found something that must not be stored. A check can only fail.";
pub(crate) const LINES: &str =
    "Read the answer in this file. The line numbers below are its lines:";

/// All fixed comments, line by line, as a draft prints them.
static PRINTED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    // A bare `#` is the empty line of a comment.
    let mut lines = BTreeSet::from(["#".to_owned()]);
    let texts = [
        ADVICE[0],
        ADVICE[1],
        NEXT,
        WHO,
        WHO_CHINESE,
        WHEN,
        UNTIL[0],
        UNTIL[1],
        WHY[0],
        WHY[1],
        VERDICTS[0],
        VERDICTS[1],
        NO_LIVE_SYSTEM,
        NOTHING_KEPT,
        LINES,
    ];
    for text in texts {
        lines.extend(comment("# ", text));
    }
    for check in ReviewerCheck::ALL {
        lines.extend(instruction(*check).into_iter().map(|line| line.trim().to_owned()));
    }
    lines
});

/// Returns whether a comment of a record is a fixed comment of the draft. Every other comment is examined as text.
pub(crate) fn is_printed_in_a_draft(line: &str) -> bool {
    PRINTED.contains(line)
}

/// Returns the comment lines that explain a check, in both languages.
pub(crate) fn instruction(check: ReviewerCheck) -> Vec<String> {
    let mut lines = comment("  # ", check.english());
    lines.extend(comment("  # ", check.instruction()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::limits::MAX_ACCEPTANCE_DAYS;

    #[test]
    fn the_draft_names_the_limit_of_an_acceptance() {
        let limit = MAX_ACCEPTANCE_DAYS.to_string();
        assert!(UNTIL.iter().all(|text| text.contains(&limit)));
    }
}
