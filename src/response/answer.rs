use std::fmt;

use crate::words::{AcceptanceField, AnswerPart, BY_DESIGN, CLEAR, HealthGround, NOT_APPLICABLE};

use super::{EvidenceRef, MaintenanceWindow};

/// The answer to one field, read once.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answer, Answers};
///
/// fn who_reloads(answers: &Answers) -> Option<&str> {
///     match answers.answer(AcceptanceField::ReloadOwner)? {
///         Answer::Text(name) => Some(name),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// There is none to give, and why.
    NotApplicable(String),
    /// A decision, a scope, a name or a text.
    Text(String),
    /// A ref.
    Ref(EvidenceRef),
    /// A list of refs.
    Refs(Vec<EvidenceRef>),
    /// A window.
    Window(MaintenanceWindow),
    /// Those of its parts that are answered, in the order of the field's form.
    Parts(Vec<(&'static AnswerPart, PartAnswer)>),
}

/// The answer to one part.
///
/// ```
/// use acceptance_ledger::PartAnswer;
///
/// assert_eq!(PartAnswer::Clear.to_string(), "clear");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartAnswer {
    /// It does not apply, and why.
    NotApplicable(String),
    /// A text.
    Text(String),
    /// A ref.
    Ref(EvidenceRef),
    /// Somebody looked, and found nothing.
    Clear,
    /// What was found.
    Entries(Vec<FoundEntry>),
    /// What a claim of health rests on.
    Grounds(Vec<HealthGround>),
}

/// One thing that a review found.
///
/// ```
/// use acceptance_ledger::FoundEntry;
///
/// fn is_owned(entry: &FoundEntry) -> bool {
///     entry.owner.is_some()
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundEntry {
    /// What was found.
    pub what: Option<String>,
    /// Who takes care of it.
    pub owner: Option<String>,
    /// Until when it hides alerts.
    pub until: Option<EntryEnd>,
}

/// Until when something hides alerts.
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
    /// To the end of a day, as in `2026-11-28`.
    Date(String),
    /// To a time.
    Time(crate::time::Time),
    /// For good: it is meant so.
    ByDesign,
}

impl EntryEnd {
    /// Whether it was over before a time: what hides nothing any more is not active.
    pub(crate) fn is_over_at(&self, time: &crate::time::Time) -> bool {
        match self {
            Self::ByDesign => false,
            Self::Time(end) => end.is_before(time),
            // The day that the time names, wherever that is.
            Self::Date(date) => {
                time.as_str().get(..date.len()).is_some_and(|today| date.as_str() < today)
            }
        }
    }

    /// Reads a date, a time or `by_design`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == BY_DESIGN {
            return Some(Self::ByDesign);
        }
        if let Ok(time) = text.parse() {
            return Some(Self::Time(time));
        }
        // A date is one whose midnight is a time.
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

/// As the ledger shows it: what is there, with slashes between.
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
    /// The answer as the ledger shows it: a line, or several for a list.
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

    /// The answer to a part.
    pub(crate) fn part(&self, name: &str) -> Option<&PartAnswer> {
        let Self::Parts(parts) = self else { return None };
        parts.iter().find(|(part, _)| part.name == name).map(|(_, answer)| answer)
    }

    /// What a claim of health rests on.
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

/// A text in one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl super::Answers {
    /// The answer to `field`, in its parts; `None` where there is none, or where only its line in a ledger was read.
    #[must_use]
    pub fn answer(&self, field: AcceptanceField) -> Option<&Answer> {
        self.typed.get(&field)
    }

    /// Takes the answer to a field.
    pub(crate) fn give(&mut self, field: AcceptanceField, answer: Answer) {
        let mut shown = answer.shown();
        if field == AcceptanceField::RedactedEvidenceRefs {
            self.evidence_refs = shown;
        } else {
            let line = shown.pop().unwrap_or_default();
            self.texts.insert(field, line);
        }
        self.typed.insert(field, answer);
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
