use std::ops::Range;

use crate::words::{
    AcceptanceField, AnswerForm, FIELDS, Lane, NOT_APPLICABLE, PartForm, Problem, ReferenceUse,
    ResponseKey, ReviewerCheck, grounds,
};

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
    pub fn lane(&self) -> Lane {
        self.problem.lane_against(self.check)
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn message(&self) -> String {
        format!("{} {}", self.problem.english(), self.next_step())
    }

    /// Whether `not_applicable:` with a reason would be an answer here.
    #[must_use]
    pub const fn is_excusable(&self) -> bool {
        self.is_excusable
    }

    /// What to do about it, in one English sentence.
    #[must_use]
    pub fn next_step(&self) -> String {
        let (field, part) = self.place();
        let form = part.map(|part| part.form);
        match (self.problem, field) {
            (Problem::WrongType, _) if self.field == ResponseKey::RespondedAt.pointer() => {
                "Write a time with its offset, as `date -Iseconds` prints it.".to_owned()
            }
            (Problem::WrongType, _) if self.field.contains("/health_rests_on") => {
                format!("Write one or more of {}; the last one stands alone.", grounds())
            }
            (Problem::WrongType, _) if self.field.starts_with(&format!("/{NOT_APPLICABLE}/{FIELDS}")) => {
                "It has an answer of its own. Keep one of the two.".to_owned()
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
                format!("Answer in its parts: {}.", names.join(", "))
            }
            (Problem::WrongRefKind, Some(field)) => {
                let of = reference_use(field, form);
                // What runs may be the very file.
                let own = if of == ReferenceUse::Digest { "" } else { ", but not of the file itself" };
                format!("Give {}{own}.", of.kinds())
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
                    "Give what, owner and until: a date, a time, or by_design for what is meant to stay.".to_owned()
                }
                _ => "Give what, owner and until: a date or a time.".to_owned(),
            },
            (Problem::SaysNothing, _) if part.is_some() => {
                "Say it in two words or more, or in four Chinese characters.".to_owned()
            }
            (Problem::PartMissing, _) if form == Some(PartForm::Grounds) => {
                "Write what a claim of health rests on; no_health_claimed only where nobody relies on the surface.".to_owned()
            }
            (Problem::PartMissing, _) if form == Some(PartForm::StopCondition) => {
                "Say when to stop; this applies to every plan.".to_owned()
            }
            (Problem::PartMissing, _) => match part {
                Some(part) => format!("Give {}.", part.english()),
                None => self.problem.next_step().to_owned(),
            },
            (problem, Some(field)) if problem == field.problem_where_missing() => {
                let answer = if parts_of(field).is_empty() {
                    format!("Give {}", field.form().map_or_else(String::new, AnswerForm::english))
                } else {
                    let names: Vec<_> = parts_of(field).iter().map(|part| part.name).collect();
                    format!("Answer its parts: {}", names.join(", "))
                };
                if self.is_excusable {
                    format!("{answer}. Or write `not_applicable: <reason>`.")
                } else {
                    format!("{answer}; `not_applicable` is no answer here.")
                }
            }
            (problem, _) if self.is_excusable => {
                let step = if problem == Problem::FieldMissing { "Answer it." } else { problem.next_step() };
                format!("{step} Or write `not_applicable: <reason>`.")
            }
            (problem, _) => problem.next_step().to_owned(),
        }
    }

    /// Whether it is in one of the things that a review lists.
    fn is_in_an_entry(&self) -> bool {
        self.field.split('/').nth(3).is_some_and(|step| step.parse::<usize>().is_ok())
    }

    /// The field and the part that it is in, where it is in one.
    fn place(&self) -> (Option<AcceptanceField>, Option<&'static crate::words::AnswerPart>) {
        let mut steps = self.field.split('/').skip(1);
        let field = steps.next().and_then(|name| name.parse::<AcceptanceField>().ok());
        let part = field.and_then(AcceptanceField::form).zip(steps.next());
        (field, part.and_then(|(form, name)| form.part(name)))
    }
}

fn parts_of(field: AcceptanceField) -> &'static [crate::words::AnswerPart] {
    field.form().map_or(&[], AnswerForm::parts)
}

fn reference_use(field: AcceptanceField, part: Option<PartForm>) -> ReferenceUse {
    match (part, field.form()) {
        (Some(PartForm::Ref(of)), _) | (_, Some(AnswerForm::Ref(of) | AnswerForm::Refs(of))) => of,
        _ => ReferenceUse::Any,
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

    /// The finding, with whether `not_applicable:` would be an answer.
    pub(crate) fn excusable(self, is_excusable: bool) -> Self {
        Self { is_excusable, ..self }
    }

    /// A finding of the abstract tests, in no place.
    #[cfg(test)]
    pub(crate) fn of(problem: Problem, field: Option<AcceptanceField>) -> Self {
        Self::new(problem, field.and_then(AcceptanceField::check), String::new(), None)
    }
}
