//! The JSON Schemas of what the commands print with `--format json`.

use serde_json::{Map, Value, json};
use strum::VariantArray as _;

use crate::json::with;
use crate::words::names::{
    REVIEW_VERSION, STATUS_VERSION, SURFACE_STATUS_VERSION, TRIAGE_VERSION, VERIFY_VERSION,
};
use crate::words::{
    Lane, LedgerKey, Problem, ReviewerCheck, RuntimeGate, VerifyCode, WaitingOn, What, Why,
};

use super::words;

/// `triage` and `intake` print one item for each answer.
pub(super) fn triage() -> Value {
    let answer = closed([
        version(TRIAGE_VERSION),
        ("response", text()),
        ("acceptance_candidate_id", text()),
        ("lane", lane()),
        ("findings", list(finding())),
        ("hints", list(hint())),
    ]);
    titled("Output of triage and intake", list(answer))
}

/// A finding in an answer.
pub(super) fn finding() -> Value {
    closed(place_and_message().into_iter().chain([("lane", lane()), ("problem", problem())]))
}

/// A hint in an answer.
pub(super) fn hint() -> Value {
    closed(place_and_message())
}

fn place_and_message() -> [(&'static str, Value); 5] {
    let position = json!({"type": ["integer", "null"], "minimum": 0});
    [
        ("check", check()),
        ("field", text()),
        ("message", text()),
        ("start", position.clone()),
        ("end", position),
    ]
}

/// `review` prints one item for each record.
pub(super) fn review() -> Value {
    let record = closed([
        version(REVIEW_VERSION),
        ("record", text()),
        ("acceptance_candidate_id", text()),
        ("lane", lane()),
        ("withdrawn", json!({"type": "boolean"})),
    ]);
    titled("Output of review", list(record))
}

pub(super) fn verify() -> Value {
    let codes = words(VerifyCode::ALL.iter().map(|code| code.as_str()));
    let finding = closed([("code", codes), ("path", text()), ("message", text())]);
    let report = closed([
        version(VERIFY_VERSION),
        ("ok", json!({"type": "boolean"})),
        ("findings", list(finding)),
    ]);
    titled("Output of verify", report)
}

/// `status` without a surface.
pub(super) fn status() -> Value {
    let surface = closed([
        ("surface_id", text()),
        ("lane", or_null(lane())),
        ("waiting_on", waiting_on()),
        ("why", why()),
        ("owner", or_null(text())),
        ("since", or_null(time())),
        ("age_days", or_null(count())),
        ("valid_until", or_null(time())),
        ("fields_to_change", list(text())),
        ("failed_checks", list(check())),
        ("hints", count()),
    ]);
    let lanes = closed(Lane::ALL.iter().map(|lane| (lane.as_str(), count())));
    let status = closed([
        version(STATUS_VERSION),
        ("as_of", time()),
        ("surfaces", list(surface)),
        ("candidates", count()),
        ("lanes", lanes),
        ("received", count()),
        ("accepted", count()),
        ("broken_journals", count()),
        (RuntimeGate::RuntimeGate.as_str(), json!({"const": 0})),
    ]);
    titled("Output of status", status)
}

/// `status` of one surface.
pub(super) fn surface_status() -> Value {
    let flag = json!({"type": "boolean"});
    let event = closed([
        ("sequence", or_null(count())),
        ("event", words(What::VARIANTS.iter().map(Into::into))),
        ("recorded_at", time()),
        ("lane", lane()),
        ("who", or_null(text())),
        ("reason", or_null(text())),
        ("valid_until", or_null(time())),
        ("signed", flag.clone()),
        ("withdrawn", flag.clone()),
        ("findings", count()),
        ("hints", count()),
    ]);
    let missing = closed([("problem", problem()), ("field", text()), ("message", text())]);
    let fault = closed([
        ("code", words(VerifyCode::ALL.iter().map(|code| code.as_str()))),
        ("message", text()),
    ]);
    let status = closed([
        version(SURFACE_STATUS_VERSION),
        ("as_of", time()),
        ("surface_id", text()),
        ("acceptance_candidate_id", text()),
        ("owner", or_null(text())),
        ("lane", or_null(lane())),
        ("waiting_on", waiting_on()),
        ("why", why()),
        ("since", or_null(time())),
        ("valid_until", or_null(time())),
        ("failed_checks", list(check())),
        ("response_event", or_null(text())),
        ("events", list(event)),
        ("missing", list(missing)),
        ("hints", list(closed([("check", check()), ("field", text())]))),
        ("file_differs", flag),
        ("journal_faults", list(fault)),
    ]);
    titled("Output of status for one surface", status)
}

pub(super) fn titled(title: &str, schema: Value) -> Value {
    with(schema, "title", json!(title))
}

pub(super) fn version(version: &str) -> (&'static str, Value) {
    (LedgerKey::SchemaVersion.as_str(), json!({"const": version}))
}

/// An object with exactly these keys.
pub(super) fn closed<'k>(properties: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let properties: Map<_, _> =
        properties.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

pub(super) fn list(items: Value) -> Value {
    with(json!({"type": "array"}), "items", items)
}

pub(super) fn or_null(schema: Value) -> Value {
    with(json!({}), "anyOf", Value::Array(vec![json!({"type": "null"}), schema]))
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

pub(super) fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub(super) fn lane() -> Value {
    words(Lane::ALL.iter().map(|lane| lane.as_str()))
}

pub(super) fn check() -> Value {
    words(ReviewerCheck::ALL.iter().map(|check| check.as_str()))
}

pub(super) fn problem() -> Value {
    words(Problem::ALL.iter().map(|problem| problem.as_str()))
}

pub(super) fn waiting_on() -> Value {
    or_null(words(WaitingOn::VARIANTS.iter().map(Into::into)))
}

pub(super) fn why() -> Value {
    words(Why::VARIANTS.iter().map(Into::into))
}
