//! What the documents to fill in say: the form of an owner and the draft of a reviewer.
//!
//! It is below triage: triage examines each comment that was not printed here.

mod carried;
mod owner_form;
mod reviewer_draft;
mod wrap;

use std::collections::BTreeSet;

use crate::inputs::Surface;
use crate::words::Decision;
use crate::words::names::RESPONSE_SCHEMA_FILE;

pub(crate) use carried::Carried;
#[cfg(feature = "cli")]
pub(crate) use owner_form::section_of;
pub(crate) use owner_form::{Blank, FormLine, header, lines};
pub(crate) use reviewer_draft::{
    ADVICE, LINES, NEXT, NO_LIVE_SYSTEM, NOTHING_KEPT, UNTIL, VERDICTS, WHEN, WHO, WHO_CHINESE,
    WHY, instruction, is_printed_in_a_draft,
};
pub(crate) use wrap::comment;
#[cfg(feature = "cli")]
pub(crate) use wrap::{WIDTH, width, wrapped};

/// How many blanks an owner has to fill in for a surface, as long as nobody knows the decision.
#[cfg(feature = "cli")]
pub(crate) fn count_blanks(surface: &Surface) -> usize {
    lines(surface, None, &Carried::default()).iter().map(|line| line.blank.count()).sum()
}

/// The comments of a surface's form.
pub(crate) fn printed_lines(surface: &Surface, decision: Option<Decision>) -> BTreeSet<String> {
    let lines = lines(surface, decision, &Carried::default());
    let above = lines.iter().flat_map(|line| line.comments.iter());
    // Another schema's name is examined as a text.
    let header = header(surface, &format!("./{RESPONSE_SCHEMA_FILE}"));
    header.iter().chain(above).map(|comment| comment.trim().to_owned()).collect()
}
