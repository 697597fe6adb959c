//! The JSON Schema of a ledger.

use serde_json::{Map, Value, json};

use crate::json::{Json, with, write_json};
use crate::words::{AcceptanceField, AnswerShape, Lane, LedgerKey};

use super::key::{CandidateKey, CountKey, boundaries, constant};

/// The JSON Schema of a ledger.
pub(crate) fn schema() -> Value {
    let candidate = closed_object(
        CandidateKey::sorted()
            .into_iter()
            .map(|key| (key.as_str().to_owned(), candidate_value(key))),
    );
    let counts = closed_object(CountKey::all().map(|key| {
        let schema = match key {
            // Some of these counts come from the inputs, which may give any JSON.
            CountKey::Source(count) => described(json!({}), count.english()),
            CountKey::Gate(_) => json!({"const": 0}),
            _ => json!({"type": "integer", "minimum": 0}),
        };
        (key.name(), schema)
    }));
    let top = LedgerKey::ALL.iter().map(|key| {
        let schema = match key {
            LedgerKey::AcceptanceCandidates => json!({"type": "array", "items": candidate}),
            LedgerKey::Summary => counts.clone(),
            LedgerKey::ExecutionBoundaries => {
                closed_object(boundaries().map(|(name, value)| (name.to_owned(), fixed(&value))))
            }
            LedgerKey::GeneratedAt | LedgerKey::GitCommit => json!({"type": "string"}),
            LedgerKey::RequiredOwnerFields => json!({"type": "array", "items": {"type": "string"}}),
            _ => constant(*key).map_or_else(|| json!({}), |value| fixed(&value)),
        };
        (key.to_string(), described(schema, key.english()))
    });
    let ledger = with(closed_object(top), "title", json!("Ledger"));
    described(ledger, "What owners answered and reviewers decided. Nothing in it opens a gate.")
}

fn candidate_value(key: CandidateKey) -> Value {
    if let Some(value) = key.constant() {
        return fixed(&value);
    }
    match key {
        CandidateKey::Progress(flag) => described(json!({"type": "boolean"}), flag.english()),
        CandidateKey::Item(flag) => described(json!({"type": "boolean"}), flag.english()),
        CandidateKey::Shared(LedgerKey::RequiredOwnerFields) => {
            json!({"type": "array", "items": {"type": "string"}})
        }
        CandidateKey::Shared(_) | CandidateKey::Field(AcceptanceField::ReviewerOutcome) => {
            json!({"enum": Lane::ALL.iter().map(|lane| lane.as_str()).collect::<Vec<_>>()})
        }
        CandidateKey::Field(field) => described(field_value(field), field.english()),
        // A gate is a constant, so it was handled above.
        CandidateKey::Gate(_) => json!({"const": false}),
    }
}

fn field_value(field: AcceptanceField) -> Value {
    match field.answer_shape() {
        Some(AnswerShape::Text) => json!({"type": "string"}),
        Some(AnswerShape::Ref) => json!({"type": ["string", "null"]}),
        Some(AnswerShape::Refs) => json!({"type": "array", "items": {"type": "string"}}),
        None => match field {
            AcceptanceField::WriteCapableSurface | AcceptanceField::RequiresLiveEvidence => {
                json!({"type": "boolean"})
            }
            AcceptanceField::AcceptanceCandidateId
            | AcceptanceField::RequestId
            | AcceptanceField::SurfaceId => json!({"type": "string", "minLength": 1}),
            // A descriptor is copied unchanged from the owner requests, and may be any JSON.
            _ => json!({}),
        },
    }
}

fn closed_object(properties: impl Iterator<Item = (String, Value)>) -> Value {
    let properties: Map<_, _> = properties.collect();
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn described(schema: Value, english: &str) -> Value {
    with(schema, "description", json!(english))
}

fn fixed(value: &Json) -> Value {
    let mut text = String::new();
    write_json(&mut text, value, 0);
    // `serde_json` parses everything that `write_json` writes, so the default is never used.
    json!({"const": serde_json::from_str::<Value>(&text).unwrap_or_default()})
}
