//! Triage never panics, whatever the bytes: as a document, and as a text in a field of one.

#![no_main]

use std::sync::LazyLock;

use acceptance_ledger::{AnyCandidate, OwnerRequests, ResponseDocument, Surface, Surfaces};
use libfuzzer_sys::fuzz_target;

static CASE: LazyLock<(Surface, Surfaces)> = LazyLock::new(|| {
    let draft = include_bytes!("../../examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json");
    let requests = OwnerRequests::parse(draft).expect("the example is sound");
    (requests.surfaces()[0].clone(), Surfaces::of(&requests))
});

fn triage(document: &[u8]) {
    let (surface, surfaces) = &*CASE;
    if let Ok(document) = ResponseDocument::parse(document) {
        let candidate = AnyCandidate::new(surface.clone()).receive(surfaces, &document);
        let candidate = AnyCandidate::from(candidate);
        assert_eq!(candidate.findings().is_empty(), !candidate.lane().is_hold());
    }
}

fuzz_target!(|bytes: &[u8]| {
    triage(bytes);
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .flat_map(|character| match character {
            '"' | '\\' => vec!['\\', character],
            '\n' => vec!['\\', 'n'],
            '\t' => vec!['\\', 't'],
            control if control < ' ' => vec![' '],
            other => vec![other],
        })
        .collect();
    triage(
        format!(r#"{{"schema_version": "monitoring_owner_response_v1", "decision_reason": "{text}", "x": ["{text}"]}}"#)
            .as_bytes(),
    );
});
