//! The fixed comments of every reviewer's draft.
//!
//! The check of a record skips a comment that equals one of these exactly, and examines every other comment. If a text
//! changes here, the same comment in an older draft is examined.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::words::ReviewerCheck;

use super::wrap::comment;

pub(crate) const ADVICE: [&str; 2] = [
    "Nothing of the answer is repeated here, since a record stays where an answer may be withdrawn. Write no secret and no quotation into it.",
    "這裡不重複回覆內容：回覆可能被撤回，審查紀錄不會。",
];
pub(crate) const NEXT: &str = "Then:  acceptance-ledger review THIS_FILE";
pub(crate) const WHO: &str = "You; person or automation. You are not the responder.";
pub(crate) const WHO_CHINESE: &str = "審查者不得是回覆者。";
pub(crate) const WHEN: &str = "Like `date -Iseconds`.";
pub(crate) const UNTIL: [&str; 2] = [
    "Only to accept: until when it holds, at most 366 days after reviewed_at.",
    "接受時必填：有效期限，最長 366 天。",
];
pub(crate) const WHY: [&str; 2] = [
    "Why, in a sentence; and where this decision is kept, as a ref.",
    "理由；以及這個決定存放處的 ref。",
];
pub(crate) const VERDICTS: [&str; 2] = [
    "One verdict a check. To accept, all of them. To hold, at least one fail of that lane; what you did not judge stays blank.",
    "接受要全部填；擱置至少一項 fail，沒看的留白。",
];
pub(crate) const NO_LIVE_SYSTEM: &str = "The owner says that no live system reads the file: confirm_not_deployed. Everything that is not answered counts as not applicable. Is it so?";
pub(crate) const NOTHING_KEPT: &str =
    "Nothing of the answer is kept: triage found what no journal may hold. A check can only fail.";
pub(crate) const LINES: &str = "Read it beside this file; the lines below are its lines:";

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
