//! The JSON Schema of an event: one line of a journal.

use serde_json::{Value, json};

use crate::json::with;
use crate::words::names::EVENT_VERSION;
use crate::words::{Lane, LedgerKey, Problem, ReviewerCheck};

use super::words;

/// The JSON Schema of an event.
pub(super) fn event() -> Value {
    let digest = json!({"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"});
    let described = |description: &str| with(digest.clone(), "description", json!(description));
    let time = json!({"type": "string", "format": "date-time"});
    let checks = words(ReviewerCheck::ALL.iter().map(|check| check.as_str()));
    let position = json!({"type": "integer", "minimum": 0});
    let mut finding = json!({
        "problem": words(Problem::ALL.iter().map(|problem| problem.as_str())),
        "check": checks,
        "field": {"type": "string", "description": "A JSON pointer to the field of the answer."},
        "start": position,
        "end": position,
        "excusable": {"const": true},
    });
    let findings = open_list(&finding, &["problem", "check", "field"]);
    for key in ["problem", "excusable"] {
        finding.as_object_mut().map(|members| members.remove(key));
    }
    let hints = open_list(&finding, &["check", "field"]);
    let of_response = ["responded_at", "surface", "findings", "hints"];
    let absent: Vec<_> = of_response.iter().map(|key| json!({"required": [key]})).collect();
    json!({
        "title": "Journal event",
        "description": "One line of a journal: an owner's answer or a reviewer's record. Events are appended and never changed.",
        "type": "object",
        "properties": {
            LedgerKey::SchemaVersion.as_str(): {"const": EVENT_VERSION},
            "sequence": {"type": "integer", "minimum": 1, "description": "The number of the line, from 1."},
            "previous": described("The digest of the line before. For the first line, the digest of the candidate id."),
            "event": {"enum": ["response_received", "review_recorded"]},
            "recorded_at": time,
            "lane": words(Lane::ALL.iter().map(|lane| lane.as_str())),
            "document": described("The digest of the stored document. Absent if nothing of the answer is kept."),
            "notation": {"const": "yaml", "description": "Absent if the document is JSON."},
            "responded_at": time,
            "surface": described("The digest of what the owner request said about the surface at intake."),
            "findings": findings,
            "hints": hints,
            "signer": {
                "type": "object",
                "properties": {
                    "key": {"type": "string"},
                    "principal": {"type": "string"},
                    "role": {"enum": ["owner", "person", "automation"]},
                },
                "required": ["key", "principal", "role"],
                "additionalProperties": false,
            },
            "digest": described("The digest of the line before this key."),
        },
        "required": [LedgerKey::SchemaVersion.as_str(), "sequence", "previous", "event", "recorded_at", "lane", "digest"],
        "additionalProperties": false,
        "oneOf": [
            {"properties": {"event": {"const": "response_received"}}, "required": ["surface", "findings"]},
            {
                "properties": {"event": {"const": "review_recorded"}},
                "required": ["document"],
                "not": {"anyOf": absent},
            },
        ],
    })
}

fn open_list(properties: &Value, required: &[&str]) -> Value {
    json!({"type": "array", "items": {
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    }})
}
