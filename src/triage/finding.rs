//! A finding: one problem at one place of an answer, with its message and next step.

use std::ops::Range;

use crate::words::{
    AcceptanceField, AnswerForm, FIELDS, Lane, NOT_APPLICABLE, PartForm, Problem, ReferenceUse,
    ResponseKey, ReviewerCheck, grounds,
};

/// One problem that triage found in an answer. It never contains the text that it matched.
///
/// ```
/// use acceptance_ledger::{Candidate, Held, Problem, Received, ResponseDocument};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("prometheus_rules:prometheus/alert.rules").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("looks-fine.json"));
/// let Received::Held(Held::FalseGreenSupplementRequired(candidate)) = received else { panic!() };
/// let mut findings = candidate.findings().iter();
/// let finding = findings.find(|finding| finding.problem() == Problem::RouteOnlyHealth).unwrap();
/// assert_eq!(finding.field(), "/false_green_risk_review/health_rests_on");
/// assert!(finding.message().contains("receipt"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) problem: Problem,
    pub(super) check: ReviewerCheck,
    pub(super) field: String,
    pub(super) characters: Option<Range<usize>>,
    /// Whether the field accepts `not_applicable:` with a reason.
    pub(super) is_excusable: bool,
}

impl Finding {
    /// Returns what is wrong.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// Returns the JSON pointer of the field with the problem, such as `/decision_reason`. It is empty for the document as
    /// a whole. An unknown field is shown by its position, such as `/#3`, because its name may be the secret.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the half-open range of characters (Unicode scalars) in the field's text, if there is one.
    #[must_use]
    pub fn characters(&self) -> Option<Range<usize>> {
        self.characters.clone()
    }

    /// Returns the reviewer check that the finding counts against.
    #[must_use]
    pub const fn check(&self) -> ReviewerCheck {
        self.check
    }

    /// Returns the lane of an answer that has only this finding.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.problem.lane_against(self.check)
    }

    /// Returns what is wrong and what to do next, in English.
    #[must_use]
    pub fn message(&self) -> String {
        format!("{} {}", self.problem.english(), self.next_step())
    }

    /// Returns whether the field accepts `not_applicable:` with a reason.
    #[must_use]
    pub const fn is_excusable(&self) -> bool {
        self.is_excusable
    }

    /// Returns what to do next, in English.
    #[must_use]
    pub fn next_step(&self) -> String {
        let (field, part) = self.place();
        let form = part.map(|part| part.form);
        match (self.problem, field) {
            (Problem::WrongType, _) if self.field == ResponseKey::RespondedAt.pointer() => {
                "Write a time with its offset, as `date -Iseconds` prints it.".to_owned()
            }
            (Problem::WrongType, _) if self.field.contains("/health_rests_on") => {
                format!("Write one or more of {}. no_health_claimed must be the only item.", grounds())
            }
            (Problem::WrongType, _) if self.field == format!("/{NOT_APPLICABLE}/{FIELDS}") => {
                "Write a list of field names.".to_owned()
            }
            (Problem::WrongType, _) if self.field.starts_with(&format!("/{NOT_APPLICABLE}/{FIELDS}/")) => {
                "This field has another answer in the document. Keep one of the two.".to_owned()
            }
            (Problem::WrongType | Problem::PartMissing, _)
                if matches!(form, Some(PartForm::Entries { .. })) && self.is_in_an_entry() =>
            {
                "Give what and owner in each entry of the list.".to_owned()
            }
            (Problem::WrongType | Problem::PartMissing, _)
                if matches!(form, Some(PartForm::Entries { .. })) =>
            {
                "Write clear, or a list of what you found.".to_owned()
            }
            (Problem::WrongType, Some(field)) if !parts_of(field).is_empty() => {
                let names: Vec<_> = parts_of(field).iter().map(|part| part.name).collect();
                format!("Give the answer in parts: {}.", names.join(", "))
            }
            (Problem::WrongRefKind, Some(field)) => {
                let needed = reference_use(field, form);
                // The configuration that runs may be exactly this file, so there its own digest is accepted.
                let own =
                    if needed == ReferenceUse::Digest { "" } else { ", but not the digest of the file itself" };
                format!("Give {}{own}.", needed.kinds())
            }
            (Problem::NotARef, Some(field)) => {
                format!("Give a ref: {}.", reference_use(field, form).kinds())
            }
            (Problem::WrongType, Some(field)) => {
                let form = field.form().map_or_else(String::new, AnswerForm::english);
                format!("Give one answer: {form}.")
            }
            (Problem::SilenceWithoutOwner, _) => match form {
                Some(PartForm::Entries { until: Some(until) }) if until.may_be_by_design() => {
                    "Give what, owner and until: a date, a time, or by_design if it is meant to stay.".to_owned()
                }
                _ => "Give what, owner and until: a date or a time.".to_owned(),
            },
            (Problem::SaysNothing, _) if part.is_some() => {
                "Say it in two words or more, or in four Chinese characters.".to_owned()
            }
            (Problem::PartMissing, _) if form == Some(PartForm::Grounds) => {
                "Write what a claim of health rests on. Write no_health_claimed only if nobody relies on the surface.".to_owned()
            }
            (Problem::PartMissing, _) if form == Some(PartForm::StopCondition) => {
                "Say when to stop. Every plan needs this part.".to_owned()
            }
            (Problem::PartMissing, _) => match part {
                Some(part) => format!("Give {}.", part.english()),
                None => self.problem.next_step().to_owned(),
            },
            (problem, Some(field)) if problem == field.problem_if_missing() => {
                let answer = if parts_of(field).is_empty() {
                    format!("Give {}", field.form().map_or_else(String::new, AnswerForm::english))
                } else {
                    let names: Vec<_> = parts_of(field).iter().map(|part| part.name).collect();
                    format!("Answer the parts: {}", names.join(", "))
                };
                if self.is_excusable {
                    format!("{answer}. Or write `not_applicable: <reason>`.")
                } else {
                    format!("{answer}; `not_applicable` is not accepted here.")
                }
            }
            (problem, _) if self.is_excusable => {
                // The usual step of a missing field says that `not_applicable` is not accepted, which is wrong here.
                let step = if problem == Problem::FieldMissing { "Answer it." } else { problem.next_step() };
                format!("{step} Or write `not_applicable: <reason>`.")
            }
            (problem, _) => problem.next_step().to_owned(),
        }
    }

    /// Returns whether the finding is in an entry of a review's list: the third step of its pointer is an index.
    fn is_in_an_entry(&self) -> bool {
        self.field.split('/').nth(3).is_some_and(|step| step.parse::<usize>().is_ok())
    }

    /// Returns the field and the part that the finding is in, if there are any.
    fn place(&self) -> (Option<AcceptanceField>, Option<&'static crate::words::AnswerPart>) {
        let mut steps = self.field.split('/').skip(1);
        let field = steps.next().and_then(|name| name.parse::<AcceptanceField>().ok());
        let part = field.and_then(AcceptanceField::form).zip(steps.next());
        (field, part.and_then(|(form, name)| form.part(name)))
    }
}

/// Returns the parts of a field; empty if it has none.
fn parts_of(field: AcceptanceField) -> &'static [crate::words::AnswerPart] {
    field.form().map_or(&[], AnswerForm::parts)
}

/// Returns what a ref in this field or part must show.
fn reference_use(field: AcceptanceField, part: Option<PartForm>) -> ReferenceUse {
    match (part, field.form()) {
        (Some(PartForm::Ref(needed)), _)
        | (_, Some(AnswerForm::Ref(needed) | AnswerForm::Refs(needed))) => needed,
        _ => ReferenceUse::Any,
    }
}

impl Finding {
    /// Makes a finding at the JSON pointer `field`. `check_of_field` is the check of that field, if it has one.
    pub(crate) fn new(
        problem: Problem,
        check_of_field: Option<ReviewerCheck>,
        field: String,
        characters: Option<Range<usize>>,
    ) -> Self {
        let check = problem.check(check_of_field);
        Self { problem, check, field, characters, is_excusable: false }
    }

    /// Returns the finding with another `is_excusable`.
    pub(crate) fn excusable(self, is_excusable: bool) -> Self {
        Self { is_excusable, ..self }
    }

    /// Makes a finding without a place, for the abstract tests.
    #[cfg(test)]
    pub(crate) fn of(problem: Problem, field: Option<AcceptanceField>) -> Self {
        Self::new(problem, field.and_then(AcceptanceField::check), String::new(), None)
    }
}
