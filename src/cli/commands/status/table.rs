//! The list of surfaces for programs: JSON and CSV.

use serde_json::{Map, Value, json};

use crate::cli::overview::{Age, Story};
use crate::escape;
use crate::time::Time;
use crate::words::names::STATUS_VERSION;
use crate::words::{Lane, LedgerKey, RuntimeGate};

use super::rows::Rows;

/// A column: its name, and its value for a surface at a time.
type Column = (&'static str, fn(&Story, &Time) -> Value);

/// The columns. JSON and CSV have the same ones.
const COLUMNS: [Column; 11] = [
    ("surface_id", |story, _| json!(story.surface.surface_id())),
    ("lane", |story, _| json!(story.lane)),
    ("waiting_on", |story, _| json!(story.waiting_on().map(|who| who.to_string()))),
    ("why", |story, _| json!(story.why.to_string())),
    ("owner", |story, _| json!(story.owner)),
    ("since", |story, _| json!(story.since().map(Time::as_str))),
    ("age_days", |story, now| json!(story.since().map(|since| Age::between(since, now).days()))),
    ("valid_until", |story, _| json!(story.valid_until.as_ref().map(Time::as_str))),
    ("fields_to_change", |story, _| {
        story.fields_to_change().into_iter().map(|(field, _)| field).collect()
    }),
    ("failed_checks", |story, _| json!(story.failed_checks())),
    ("hints", |story, _| json!(story.hints.len())),
];

/// The JSON document.
pub(super) fn json(rows: &Rows<'_>) -> Value {
    let surfaces = rows.stories.iter().map(|story| {
        let now = &rows.overview.as_of;
        let members = COLUMNS.iter().map(|(name, value)| ((*name).to_owned(), value(story, now)));
        Value::Object(members.collect())
    });
    let overview = rows.overview;
    let lanes: Map<_, _> =
        Lane::ALL.iter().map(|lane| (lane.to_string(), overview.in_lane(*lane).into())).collect();
    json!({
        LedgerKey::SchemaVersion.as_str(): STATUS_VERSION,
        "as_of": overview.as_of.as_str(),
        "surfaces": surfaces.collect::<Vec<_>>(),
        "candidates": overview.stories.len(),
        "lanes": lanes,
        "received": overview.received(),
        "accepted": overview.accepted(),
        "broken_journals": overview.broken(),
        RuntimeGate::RuntimeGate.as_str(): 0,
    })
}

/// The CSV table, with a line of names first. A list is one cell, with a space between its items.
pub(super) fn csv(rows: &Rows<'_>) -> String {
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => safe_cell(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            safe_cell(&items.join(" "))
        }
        other => other.to_string(),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and all lines have the same number of cells.
    let _ = writer.write_record(COLUMNS.map(|(name, _)| name));
    for story in &rows.stories {
        let _ = writer.write_record(
            COLUMNS.iter().map(|(_, value)| cell(&value(story, &rows.overview.as_of))),
        );
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell that a spreadsheet does not run as a formula. It is also safe on a terminal and in a build log.
///
/// A spreadsheet runs a cell that begins with one of these characters. An apostrophe makes the cell a text. An owner such
/// as `@on-call` stays as it is, because a spreadsheet runs `@` only before a call with parentheses.
fn safe_cell(text: &str) -> String {
    let text = escape::for_terminal(text);
    let is_formula =
        text.starts_with(['=', '+', '-']) || (text.starts_with('@') && text.contains('('));
    if is_formula { format!("'{text}") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_no_cell() {
        for (text, cell) in [
            ("@on-call", "@on-call"),
            ("@SUM(1)", "'@SUM(1)"),
            ("=1+1", "'=1+1"),
            ("-2", "'-2"),
            ("平台組", "平台組"),
        ] {
            assert_eq!(safe_cell(text), cell);
        }
    }
}
