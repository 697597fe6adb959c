use std::ops::Range;

#[cfg(test)]
use crate::words::AcceptanceField;
use crate::words::{Lane, Problem, ReviewerCheck};

/// One thing that triage found against an answer. It never holds what it matched.
///
/// ```
/// use acceptance_ledger::{Candidate, Quarantined};
///
/// fn explain(candidate: &Candidate<Quarantined>) {
///     for finding in candidate.findings() {
///         println!("{}: {}", finding.field(), finding.message());
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) problem: Problem,
    pub(super) check: ReviewerCheck,
    pub(super) field: String,
    pub(super) characters: Option<Range<usize>>,
    /// Whether `not_applicable:` with a reason would be an answer here.
    pub(super) is_excusable: bool,
}

impl Finding {
    /// What is wrong.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// The JSON pointer of the field that it is wrong in, as in `/decision_reason`; a field that a response
    /// does not have is shown by its position, as in `/#3`; empty for the document at large.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The half-open range of characters (Unicode scalars) of the field's text, where there is one.
    #[must_use]
    pub fn characters(&self) -> Option<Range<usize>> {
        self.characters.clone()
    }

    /// The reviewer check that it counts against.
    #[must_use]
    pub const fn check(&self) -> ReviewerCheck {
        self.check
    }

    /// The lane that it alone would put the answer in.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        self.problem.lane()
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn message(&self) -> String {
        format!("{} {}", self.problem.english(), self.next_step())
    }

    /// What to do about it, in one English sentence.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self.problem {
            Problem::WrongType if self.field == "/responded_at" => {
                "Write a time with an offset, as in 2026-11-20T10:00:00+08:00."
            }
            Problem::FieldMissing if self.is_excusable => {
                "Answer it, or write `not_applicable: <reason>`."
            }
            problem => problem.next_step(),
        }
    }
}

impl Finding {
    /// A finding in a `field` whose own check is `of_field`.
    pub(crate) fn new(
        problem: Problem,
        of_field: Option<ReviewerCheck>,
        field: String,
        characters: Option<Range<usize>>,
    ) -> Self {
        Self { problem, check: problem.check(of_field), field, characters, is_excusable: false }
    }

    /// A finding of the abstract tests, in no place.
    #[cfg(test)]
    pub(crate) fn of(problem: Problem, field: Option<AcceptanceField>) -> Self {
        Self::new(problem, field.and_then(AcceptanceField::check), String::new(), None)
    }
}
