//! Hints for the reviewer, and their messages.

use std::ops::Range;

use crate::words::ReviewerCheck;

/// A possible problem of an answer that only a person can judge. It holds nothing back: a reviewer looks at it.
///
/// ```
/// use acceptance_ledger::{Candidate, Received, ResponseDocument};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// let Received::ReadyForReview(candidate) = received else { panic!() };
/// assert!(candidate.response().hints().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub(crate) check: ReviewerCheck,
    pub(crate) field: String,
    pub(crate) characters: Option<Range<usize>>,
}

impl Hint {
    /// Returns the reviewer check that the hint belongs to.
    #[must_use]
    pub const fn check(&self) -> ReviewerCheck {
        self.check
    }

    /// Returns the JSON pointer of the text.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the half-open range of characters (Unicode scalars) in the text. `None` if the hint is about the whole
    /// text.
    #[must_use]
    pub fn characters(&self) -> Option<Range<usize>> {
        self.characters.clone()
    }

    /// Returns what to look for, in a few English words.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self.check {
            ReviewerCheck::AlertChainHealthNotRouteOnly => {
                "this text may claim that alerting is healthy; check that the answer gives a proof"
            }
            ReviewerCheck::IncidentContextPresent => {
                "this text may claim a recovery; check that the answer names the incident"
            }
            ReviewerCheck::NoRuntimeRequest => "this text may ask for an action",
            _ => "this text may contradict the check",
        }
    }
}
