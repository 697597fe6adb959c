use std::ops::Range;

use crate::words::ReviewerCheck;

/// Something that is probably to be said of an answer, and not surely. It holds nothing back: a reviewer looks.
///
/// ```
/// use acceptance_ledger::{Answered, Candidate};
///
/// fn count<S: Answered>(candidate: &Candidate<S>) -> usize {
///     candidate.response().hints().len()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub(crate) check: ReviewerCheck,
    pub(crate) field: String,
    pub(crate) characters: Option<Range<usize>>,
}

impl Hint {
    /// The reviewer check that it concerns.
    #[must_use]
    pub const fn check(&self) -> ReviewerCheck {
        self.check
    }

    /// The JSON pointer of the text.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The half-open range of characters (Unicode scalars) of the text, where there is one.
    #[must_use]
    pub fn characters(&self) -> Option<Range<usize>> {
        self.characters.clone()
    }

    /// What to look for, in a few English words.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self.check {
            ReviewerCheck::AlertChainHealthNotRouteOnly => "may claim health; is it shown?",
            ReviewerCheck::IncidentContextPresent => {
                "may speak of a recovery; is the incident named?"
            }
            ReviewerCheck::NoRuntimeRequest => "may ask for an action",
            _ => "may speak against this check",
        }
    }
}
