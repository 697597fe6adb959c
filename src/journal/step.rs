//! The next step of a surface: what is written for it.

use std::collections::BTreeSet;

use crate::candidate::AnyCandidate;
use crate::digest::Original;

use super::event::DocumentName;

/// A step that is allowed: the line to append to the surface's events, what to store before and to delete after
/// it, and the candidate as it then stands.
///
/// ```
/// use acceptance_ledger::Step;
///
/// fn describe(step: &Step) -> String {
///     format!("{} bytes, then {}", step.line().len(), step.candidate().lane())
/// }
/// ```
#[derive(Debug, PartialEq)]
#[must_use = "a step is taken once its line is stored"]
pub struct Step {
    pub(super) candidate: AnyCandidate,
    pub(super) line: String,
    pub(super) stores: Option<(DocumentName, Original)>,
    pub(super) withdraws: Option<DocumentName>,
    /// How many bytes of the events stay, and which documents.
    pub(super) whole_bytes: usize,
    pub(super) kept: BTreeSet<DocumentName>,
}

impl Step {
    /// The candidate after the step.
    pub const fn candidate(&self) -> &AnyCandidate {
        &self.candidate
    }

    /// The candidate after the step.
    pub fn into_candidate(self) -> AnyCandidate {
        self.candidate
    }

    /// The line to append, with its line break.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The document that is stored before the line is, byte for byte; `None` where nothing of it is kept.
    #[must_use]
    pub fn stores(&self) -> Option<(DocumentName, &[u8])> {
        self.stores.as_ref().map(|(name, original)| (*name, original.bytes()))
    }

    /// The answer that is deleted after the line is stored: a reviewer quarantined or rejected it.
    #[must_use]
    pub const fn withdraws(&self) -> Option<DocumentName> {
        self.withdraws
    }
}
