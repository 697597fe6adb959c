//! The rows of `export`. The schemas `export-candidates`, `export-events` and `export-findings` describe them.

use std::fmt;

use serde_json::{Value, json};

use crate::cli::overview::{Age, Story, Told, is_about};
use crate::cli::signed::Signed;
use crate::escape;
use crate::response::{Answer, PartAnswer};
use crate::time::Time;
use crate::words::names::{
    EXPORT_CANDIDATES_VERSION, EXPORT_EVENTS_VERSION, EXPORT_FINDINGS_VERSION,
};
use crate::words::{AcceptanceField, DISABLE, Decision, ExportColumn, LedgerKey, What, Why};

/// The columns that say where and when a row was made. Every row has them.
pub(super) struct Keys<'a> {
    pub(super) repo: &'a str,
    /// `None` outside git.
    pub(super) commit: Option<&'a str>,
    pub(super) as_of: &'a Time,
}

/// One row: its columns in their order.
pub(super) struct Row(Vec<(String, Value)>);

impl fmt::Display for Row {
    /// Writes the row as one line of JSON that is safe on a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let start = if index == 0 { '{' } else { ',' };
            let value = escape::for_json(&value.to_string());
            write!(f, "{start}{}:{value}", Value::from(name.as_str()))?;
        }
        f.write_str("}")
    }
}

impl Keys<'_> {
    /// Starts a row, and adds columns to it.
    fn row<'c>(
        &self,
        version: &str,
        story: &Story,
        columns: impl IntoIterator<Item = (&'c str, Value)>,
    ) -> Row {
        let keys = [
            (LedgerKey::SchemaVersion.as_str(), json!(version)),
            ("repo", json!(self.repo)),
            ("surface_id", json!(story.surface.surface_id())),
            ("commit", json!(self.commit)),
            ("as_of", in_utc(Some(self.as_of))),
        ];
        let columns = keys.into_iter().chain(columns);
        Row(columns.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Where a surface stands. `is_verified` says whether the whole repository passes `verify`.
    pub(super) fn candidate(&self, story: &Story, is_verified: bool) -> Row {
        let descriptor =
            |field| json!(story.surface.descriptor(field).and_then(crate::json::Json::as_str));
        let last = |what| story.told.iter().rfind(|told| told.what == what).map(|told| &told.at);
        // When a file changed is not known.
        let since = story.since().filter(|_| story.why != Why::SurfaceChanged);
        let age = since.map(|since| Age::between(since, self.as_of).days());
        let mut problems: Vec<_> =
            story.findings.iter().map(|finding| finding.problem().as_str()).collect();
        problems.sort_unstable();
        problems.dedup();
        let decision = story.decision.as_ref();
        let Row(mut columns) = self.row(
            EXPORT_CANDIDATES_VERSION,
            story,
            [
                ("lane", json!(story.lane)),
                ("waiting_on", json!(story.waiting_on().map(|who| who.to_string()))),
                ("why", json!(story.why.to_string())),
                ("kind", descriptor(AcceptanceField::ConfigKind)),
                ("tier", json!(story.tier())),
                ("path", descriptor(AcceptanceField::RepoSourcePath)),
                ("write_capable_surface", json!(story.surface.is_write_capable())),
                ("requires_live_evidence", json!(story.surface.requires_live_evidence())),
                ("owner", json!(story.owner)),
                ("received", json!(story.is_received)),
                ("accepted", json!(story.is_accepted())),
                ("responded_at", in_utc(story.last_answer.as_ref())),
                ("recorded_at", in_utc(last(What::Answered))),
                ("reviewed_at", in_utc(decision.map(|decision| &decision.reviewed_at))),
                ("valid_until", in_utc(story.valid_until.as_ref())),
                ("since", in_utc(since)),
                ("age_days", json!(age)),
                ("findings", json!(story.findings.len())),
                ("problems", json!(problems)),
                ("hints", json!(story.hints.len())),
                ("failed_checks", json!(story.failed_checks())),
                ("journal_faults", json!(story.faults.len())),
                ("verified", json!(is_verified)),
            ],
        );
        columns.extend(ExportColumn::all().map(|column| (column.name(), answered(story, column))));
        Row(columns)
    }

    /// What happened to a surface, the oldest first.
    pub(super) fn events<'s>(&'s self, story: &'s Story) -> impl Iterator<Item = Row> + 's {
        story.told.iter().map(|told| {
            self.row(
                EXPORT_EVENTS_VERSION,
                story,
                [
                    ("sequence", json!(told.sequence)),
                    ("event", json!(told.what.to_string())),
                    ("recorded_at", in_utc(Some(&told.at))),
                    ("lane", json!(told.lane)),
                    ("who", json!(told.who)),
                    ("valid_until", in_utc(told.valid_until.as_ref())),
                    ("signed", json!(matches!(told.signed, Signed::Valid { .. }))),
                    ("withdrawn", json!(told.is_withdrawn)),
                    ("findings", json!(told.findings.len())),
                    ("hints", json!(told.hints)),
                ],
            )
        })
    }

    /// The findings of every answer, as they were recorded.
    pub(super) fn findings<'s>(&'s self, story: &'s Story) -> impl Iterator<Item = Row> + 's {
        let latest = story.told.iter().rfind(|told| told.what == What::Answered);
        let latest = latest.and_then(|told| told.sequence);
        story.told.iter().flat_map(move |told: &Told| {
            told.findings.iter().map(move |finding| {
                let characters = finding.characters();
                self.row(
                    EXPORT_FINDINGS_VERSION,
                    story,
                    [
                        ("sequence", json!(told.sequence)),
                        ("recorded_at", in_utc(Some(&told.at))),
                        ("of_latest_answer", json!(told.sequence == latest)),
                        ("problem", json!(finding.problem())),
                        ("check", json!(finding.check())),
                        ("lane", json!(finding.lane())),
                        ("field", json!(finding.field())),
                        ("start", json!(characters.as_ref().map(|range| range.start))),
                        ("end", json!(characters.as_ref().map(|range| range.end))),
                    ],
                )
            })
        })
    }
}

/// Times are in UTC and in whole seconds, so that they sort as texts, too.
fn in_utc(time: Option<&Time>) -> Value {
    let in_seconds = |time: &Time| {
        let text = time.in_utc().to_string();
        text.split_once('.').map(|(seconds, _)| format!("{seconds}Z")).unwrap_or(text)
    };
    json!(time.map(in_seconds))
}

/// The most characters of a name in a row. A longer text is prose.
const MAX_NAME: usize = 60;

/// The value of a column that comes from the answer. It is null if the field is not answered or does not apply, or if
/// triage has a finding against it.
fn answered(story: &Story, column: ExportColumn) -> Value {
    let answer = |field| {
        let is_found = story.findings.iter().any(|finding| is_about(finding, field));
        let answers = story.answers.as_ref().filter(|_| !is_found);
        answers.and_then(|answers| answers.answer(field))
    };
    match column {
        ExportColumn::Decision(field) => match answer(field) {
            Some(Answer::Text(word)) => json!(word.parse::<Decision>().ok()),
            _ => Value::Null,
        },
        ExportColumn::Name(field) => match answer(field) {
            // The way to switch a change off is prose.
            Some(Answer::Text(name))
                if !name.starts_with(DISABLE) && name.chars().nth(MAX_NAME).is_none() =>
            {
                json!(name)
            }
            Some(Answer::Ref(reference)) => json!(reference.to_string()),
            _ => Value::Null,
        },
        ExportColumn::Ref(field) => match answer(field) {
            Some(Answer::Ref(reference)) => json!(reference.to_string()),
            _ => Value::Null,
        },
        ExportColumn::Refs(field) => match answer(field) {
            Some(Answer::Refs(references)) => references.iter().map(ToString::to_string).collect(),
            _ => json!([]),
        },
        ExportColumn::PartRef(field, name) => match answer(field) {
            Some(Answer::Parts(parts)) => {
                let part = parts.iter().find_map(|(part, answer)| match answer {
                    PartAnswer::Ref(reference) if part.name == name => Some(reference.to_string()),
                    _ => None,
                });
                json!(part)
            }
            _ => Value::Null,
        },
    }
}
