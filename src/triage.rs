//! What an answer is worth, before a person has judged it.

use crate::response::OwnerResponse;
use crate::words::{AcceptanceField, Lane, Problem, ReviewerCheck};

/// One thing that triage found against an answer. It never holds what it matched.
///
/// ```
/// use acceptance_ledger::{Candidate, Quarantined};
///
/// fn explain(candidate: &Candidate<Quarantined>) {
///     for finding in candidate.findings() {
///         println!("{}: {}", finding.check(), finding.problem().english());
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) problem: Problem,
    pub(crate) field: Option<AcceptanceField>,
}

impl Finding {
    /// What is wrong.
    #[must_use]
    pub const fn problem(self) -> Problem {
        self.problem
    }

    /// The answer field that it is wrong in; `None` for the document at large.
    #[must_use]
    pub const fn field(self) -> Option<AcceptanceField> {
        self.field
    }

    /// The reviewer check that it counts against.
    #[must_use]
    pub fn check(self) -> ReviewerCheck {
        self.problem.check(self.field)
    }

    /// The lane that it alone would put the answer in.
    #[must_use]
    pub const fn lane(self) -> Lane {
        self.problem.lane()
    }
}

/// An answer with everything that was found against it. Only the core makes one.
///
/// ```
/// use acceptance_ledger::{Candidate, Received, Triage, WaitingOwnerResponse};
///
/// fn take_in(candidate: Candidate<WaitingOwnerResponse>, triage: Triage) -> &'static str {
///     match candidate.receive(triage) {
///         Received::ReadyForReview(_) => "somebody has to judge it",
///         Received::Quarantined(_) | Received::ExecutionRejected(_) => "nothing of it is kept",
///         _ => "the owner has to say more",
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an answer that is triaged has to be received"]
pub struct Triage {
    pub(crate) response: OwnerResponse,
    pub(crate) findings: Vec<Finding>,
}

impl Triage {
    /// The strictest lane among the findings, or ready where there are none.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.findings
            .iter()
            .map(|finding| finding.lane())
            .max_by_key(|lane| lane.strictness())
            .unwrap_or(Lane::ReadyForMonitoringReview)
    }
}
