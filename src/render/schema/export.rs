//! The JSON Schemas of the rows that `export` prints, and of the lines that `triage --ndjson` prints.

use serde_json::{Value, json};
use strum::VariantArray as _;

use crate::json::with;
use crate::words::names::{
    EXPORT_CANDIDATES_VERSION, EXPORT_EVENTS_VERSION, EXPORT_FINDINGS_VERSION, TRIAGE_LINE_VERSION,
};
use crate::words::{Decision, ExportColumn, What};

use super::outputs::{
    check, closed, count, finding, hint, lane, list, or_null, problem, text, time, titled, version,
    waiting_on, why,
};
use super::words;

/// The row of a candidate.
pub(super) fn candidates() -> Value {
    let columns = [
        ("lane", described(or_null(lane()), "Null if the journal is broken.")),
        ("waiting_on", waiting_on()),
        ("why", why()),
        ("kind", or_null(text())),
        ("tier", or_null(text())),
        ("path", or_null(text())),
        ("write_capable_surface", flag()),
        ("requires_live_evidence", flag()),
        (
            "owner",
            described(
                or_null(text()),
                "The owner that the answer names, else the one that the request suggests.",
            ),
        ),
        ("received", described(flag(), "A person reviewed the answer.")),
        (
            "accepted",
            described(flag(), "A person accepted the answer, and the acceptance has not ended."),
        ),
        (
            "responded_at",
            described(or_null(time()), "When the owner wrote the latest stored answer."),
        ),
        ("recorded_at", described(or_null(time()), "When the latest answer was recorded.")),
        (
            "reviewed_at",
            described(or_null(time()), "When a reviewer took the decision that counts now."),
        ),
        ("valid_until", described(or_null(time()), "When the acceptance ends or ended.")),
        ("since", described(or_null(time()), "Since when the surface has waited like this.")),
        ("age_days", described(or_null(count()), "Whole days since then.")),
        ("findings", described(count(), "How many findings the latest answer has today.")),
        ("problems", described(list(problem()), "Their problems, each once, sorted.")),
        ("hints", count()),
        ("failed_checks", list(check())),
        ("journal_faults", count()),
        ("verified", described(flag(), "`verify` has no finding in the whole repository.")),
    ];
    let answers: Vec<_> =
        ExportColumn::all().map(|column| (column.name(), answer(column))).collect();
    let answers = answers.iter().map(|(name, schema)| (name.as_str(), schema.clone()));
    let columns = keys(EXPORT_CANDIDATES_VERSION).into_iter().chain(columns).chain(answers);
    titled("A row of export candidates", closed(columns))
}

/// The row of an event.
pub(super) fn events() -> Value {
    let columns = [
        (
            "sequence",
            described(
                or_null(count()),
                "Null for the end of an acceptance, which has no event in the journal.",
            ),
        ),
        ("event", words(What::VARIANTS.iter().map(Into::into))),
        ("recorded_at", time()),
        ("lane", described(lane(), "The lane after it.")),
        ("who", described(or_null(text()), "Who answered or reviewed.")),
        ("valid_until", or_null(time())),
        ("signed", described(flag(), "The signature was checked and is valid.")),
        ("withdrawn", flag()),
        ("findings", count()),
        ("hints", count()),
    ];
    let columns = keys(EXPORT_EVENTS_VERSION).into_iter().chain(columns);
    titled("A row of export events", closed(columns))
}

/// The row of a finding.
pub(super) fn findings() -> Value {
    let position = json!({"type": ["integer", "null"], "minimum": 0});
    let columns = [
        ("sequence", described(count(), "The event of the answer.")),
        ("recorded_at", time()),
        ("of_latest_answer", flag()),
        ("problem", problem()),
        ("check", check()),
        ("lane", lane()),
        ("field", text()),
        ("start", position.clone()),
        ("end", position),
    ];
    let columns = keys(EXPORT_FINDINGS_VERSION).into_iter().chain(columns);
    titled("A row of export findings", closed(columns))
}

/// The line that `triage --ndjson` prints for a line that it reads.
pub(super) fn triage_line() -> Value {
    let line = closed([
        version(TRIAGE_LINE_VERSION),
        ("line", described(count(), "The number of the line, from 1.")),
        ("repo", described(or_null(text()), "Null if the line could not be parsed.")),
        ("acceptance_candidate_id", or_null(text())),
        ("lane", described(or_null(lane()), "Null if the answer could not be judged.")),
        ("hints", list(hint())),
        ("findings", list(finding())),
        ("error", described(or_null(text()), "Why the answer could not be judged.")),
    ]);
    titled("A line of triage --ndjson", line)
}

/// The columns of every row.
fn keys(row_version: &str) -> [(&'static str, Value); 5] {
    [
        version(row_version),
        ("repo", text()),
        ("surface_id", text()),
        ("commit", described(or_null(text()), "The commit that is checked out; null outside git.")),
        ("as_of", described(time(), "The time of the export, in UTC.")),
    ]
}

fn answer(column: ExportColumn) -> Value {
    match column {
        ExportColumn::Decision(_) => {
            or_null(words(Decision::ALL.iter().map(|decision| decision.as_str())))
        }
        ExportColumn::Name(_) | ExportColumn::Ref(_) | ExportColumn::PartRef(..) => or_null(text()),
        ExportColumn::Refs(_) => list(text()),
    }
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn described(schema: Value, description: &str) -> Value {
    with(schema, "description", json!(description))
}
