//! The texts of the documents to fill in: the owner's form and the reviewer's draft.
//!
//! This module is below triage, because triage must know which comments are printed here. It examines every other comment.

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
#[cfg(feature = "cli")]
pub(crate) use wrap::{WIDTH, width};
pub(crate) use wrap::{comment, wrapped};

/// Returns how many blanks an owner has to fill in for a surface while the decision is not known.
#[cfg(feature = "cli")]
pub(crate) fn count_blanks(surface: &Surface) -> usize {
    lines(surface, None, &Carried::default()).iter().map(|line| line.blank.count()).sum()
}

/// Returns all comments that the form of a surface prints for a decision.
pub(crate) fn printed_lines(surface: &Surface, decision: Option<Decision>) -> BTreeSet<String> {
    let lines = lines(surface, decision, &Carried::default());
    let above = lines.iter().flat_map(|line| line.comments.iter());
    // Only the default schema path counts as printed. A comment with another path is examined as text.
    let header = header(surface, &format!("./{RESPONSE_SCHEMA_FILE}"));
    header.iter().chain(above).map(|comment| comment.trim().to_owned()).collect()
}
