//! Answers with their structure: texts, refs, windows, and fields in named parts.

use std::fmt;
use std::sync::Arc;

use crate::words::{AcceptanceField, AnswerPart, BY_DESIGN, CLEAR, HealthGround, NOT_APPLICABLE};

use super::{EvidenceRef, MaintenanceWindow};

/// The answer to one field, already parsed.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answer, Candidate, Received, ResponseDocument};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// let Received::ReadyForReview(candidate) = received else { panic!() };
/// let answer = candidate.response().answers().answer(AcceptanceField::ReloadOwner);
/// assert!(matches!(answer, Some(Answer::Text(_))));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The field does not apply. The text is the reason.
    NotApplicable(String),
    /// A decision, a scope, a name or a text.
    Text(String),
    /// A ref.
    Ref(EvidenceRef),
    /// A list of refs.
    Refs(Vec<EvidenceRef>),
    /// A window.
    Window(MaintenanceWindow),
    /// The parts that are answered, in the order of the field's form.
    Parts(Vec<(&'static AnswerPart, PartAnswer)>),
}

/// The answer to one part of a field.
///
/// ```
/// use acceptance_ledger::PartAnswer;
///
/// assert_eq!(PartAnswer::Clear.to_string(), "clear");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartAnswer {
    /// The part does not apply. The text is the reason.
    NotApplicable(String),
    /// A text.
    Text(String),
    /// A ref.
    Ref(EvidenceRef),
    /// The owner looked and found nothing.
    Clear,
    /// What was found.
    Entries(Vec<FoundEntry>),
    /// What a claim of health rests on.
    Grounds(Vec<HealthGround>),
}

/// One thing that a review found.
///
/// ```
/// use acceptance_ledger::{EntryEnd, FoundEntry};
///
/// let entry = FoundEntry {
///     what: Some("DiskFull on db-2".to_owned()),
///     owner: Some("@on-call".to_owned()),
///     until: Some(EntryEnd::ByDesign),
/// };
/// assert_eq!(entry.owner.as_deref(), Some("@on-call"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundEntry {
    /// What was found.
    pub what: Option<String>,
    /// Who takes care of it.
    pub owner: Option<String>,
    /// Until when it hides alerts. `None` if the part does not ask for it, or the owner left it blank.
    pub until: Option<EntryEnd>,
}

/// The time until which something hides alerts.
///
/// ```
/// use acceptance_ledger::EntryEnd;
///
/// assert_eq!(EntryEnd::read("2026-11-28").unwrap().to_string(), "2026-11-28");
/// assert_eq!(EntryEnd::read("by_design"), Some(EntryEnd::ByDesign));
/// assert_eq!(EntryEnd::read("next week"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryEnd {
    /// Until the end of a day, as in `2026-11-28`.
    Date(String),
    /// Until a time.
    Time(crate::time::Time),
    /// Without an end, on purpose.
    ByDesign,
}

impl EntryEnd {
    /// Whether the end is before `time`. An entry that is over hides nothing, so it is not active.
    pub(crate) fn is_over_at(&self, time: &crate::time::Time) -> bool {
        match self {
            Self::ByDesign => false,
            Self::Time(end) => end.is_before(time),
            // A date has no offset, so it is compared with the date that `time` is written with.
            Self::Date(date) => {
                time.as_str().get(..date.len()).is_some_and(|today| date.as_str() < today)
            }
        }
    }

    /// Parses a date, a time or `by_design`. Returns `None` for any other text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == BY_DESIGN {
            return Some(Self::ByDesign);
        }
        if let Ok(time) = text.parse() {
            return Some(Self::Time(time));
        }
        // A text is a valid date if it gives a valid time when midnight is added.
        let is_date = text.len() == "2026-11-28".len()
            && format!("{text}T00:00:00Z").parse::<crate::time::Time>().is_ok();
        is_date.then(|| Self::Date(text.to_owned()))
    }
}

impl fmt::Display for EntryEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => f.write_str(date),
            Self::Time(time) => time.fmt(f),
            Self::ByDesign => f.write_str(BY_DESIGN),
        }
    }
}

/// Shows the entry as the ledger does: the fields that are present, with slashes between them.
impl fmt::Display for FoundEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = self.until.as_ref().map(EntryEnd::to_string);
        let shown = [self.what.as_deref(), self.owner.as_deref(), until.as_deref()];
        let shown: Vec<_> = shown.into_iter().flatten().map(one_line).collect();
        f.write_str(&shown.join(" / "))
    }
}

impl fmt::Display for PartAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable(reason) => write!(f, "{NOT_APPLICABLE}: {}", one_line(reason)),
            Self::Text(text) => f.write_str(&one_line(text)),
            Self::Ref(reference) => reference.fmt(f),
            Self::Clear => f.write_str(CLEAR),
            Self::Entries(entries) => {
                let shown: Vec<_> = entries.iter().map(FoundEntry::to_string).collect();
                f.write_str(&shown.join(" | "))
            }
            Self::Grounds(grounds) => {
                let shown: Vec<_> = grounds.iter().map(|ground| ground.as_str()).collect();
                f.write_str(&shown.join(", "))
            }
        }
    }
}

impl Answer {
    /// Returns the answer as the ledger shows it: one line, or one per ref for a list.
    pub(crate) fn shown(&self) -> Vec<String> {
        match self {
            Self::NotApplicable(reason) => vec![format!("{NOT_APPLICABLE}: {}", reason.trim())],
            Self::Text(text) => vec![text.clone()],
            Self::Ref(reference) => vec![reference.to_string()],
            Self::Refs(refs) => refs.iter().map(EvidenceRef::to_string).collect(),
            Self::Window(window) => vec![window.to_string()],
            Self::Parts(parts) => {
                let parts: Vec<_> =
                    parts.iter().map(|(part, answer)| format!("{}: {answer}", part.name)).collect();
                vec![parts.join("; ")]
            }
        }
    }

    /// Returns the answer to a part.
    pub(crate) fn part(&self, name: &str) -> Option<&PartAnswer> {
        let Self::Parts(parts) = self else { return None };
        parts.iter().find(|(part, _)| part.name == name).map(|(_, answer)| answer)
    }

    /// Returns what a claim of health rests on. Empty if the answer has no such part.
    pub(crate) fn grounds(&self) -> &[HealthGround] {
        let Self::Parts(parts) = self else { return &[] };
        parts
            .iter()
            .find_map(|(_, answer)| match answer {
                PartAnswer::Grounds(grounds) => Some(grounds.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }
}

/// Returns a text in one line, with single spaces. A line of the ledger must not contain line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl super::Answers {
    /// Returns the answer to `field` with its structure. `None` if the field is blank, or if the answers were read
    /// from a ledger, which has only their lines.
    #[must_use]
    pub fn answer(&self, field: AcceptanceField) -> Option<&Answer> {
        self.given.typed.get(&field)
    }

    /// Records the answer to a field, with the line that the ledger shows.
    pub(crate) fn insert(&mut self, field: AcceptanceField, answer: Answer) {
        let mut shown = answer.shown();
        let given = Arc::make_mut(&mut self.given);
        if field == AcceptanceField::RedactedEvidenceRefs {
            given.evidence_refs = shown;
        } else {
            let line = shown.pop().unwrap_or_default();
            given.texts.insert(field, line);
        }
        given.typed.insert(field, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_date_a_time_or_by_design() {
        for text in ["2026-11-28", " 2026-11-28 ", "2026-11-28T10:00:00+08:00", "by_design"] {
            assert_eq!(
                EntryEnd::read(text).map(|end| end.to_string()),
                Some(text.trim().to_owned())
            );
        }
        for text in [
            "",
            "next week!",
            "2026-13-28",
            "2026-11-2",
            "26-11-28",
            "2026-11-28T10:00",
            "By Design",
        ] {
            assert_eq!(EntryEnd::read(text), None, "{text}");
        }
    }

    #[test]
    fn an_end_is_over_on_the_day_behind_it_and_by_design_never() {
        let answered = "2026-11-20T01:00:00+08:00".parse().unwrap();
        for (end, is_over) in [
            ("2026-11-19", true),
            ("2026-11-20", false),
            ("2026-11-21", false),
            ("2026-11-19T16:59:59Z", true),
            ("2026-11-19T17:00:00Z", false),
            ("by_design", false),
        ] {
            assert_eq!(EntryEnd::read(end).unwrap().is_over_at(&answered), is_over, "{end}");
        }
    }

    #[test]
    fn an_answer_in_parts_is_one_line() {
        let Some(form) = AcceptanceField::StaleAlertReview.form() else { panic!("it has parts") };
        let entry = |what: &str, owner: Option<&str>| FoundEntry {
            what: Some(what.to_owned()),
            owner: owner.map(str::to_owned),
            until: None,
        };
        let found =
            PartAnswer::Entries(vec![entry("one\n  alert", Some("Ada")), entry("two", None)]);
        let answers = [PartAnswer::Clear, found, PartAnswer::NotApplicable("no source".to_owned())];
        let answer = Answer::Parts(form.parts().iter().zip(answers).collect());
        assert_eq!(
            answer.shown(),
            [
                "stale: clear; pending: one alert / Ada | two; resolved_not_cleared: not_applicable: no source"
            ]
        );
        assert_eq!(answer.part("stale"), Some(&PartAnswer::Clear));
        assert_eq!(answer.part("source_stopped"), None);
        let grounds = PartAnswer::Grounds(vec![HealthGround::Metrics, HealthGround::UiVisible]);
        assert_eq!(grounds.to_string(), "metrics, ui_visible");
    }
}
