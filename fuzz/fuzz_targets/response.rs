//! Triage of any answer: it is the same every time, it is as strict as its strictest finding, and a secret quarantines
//! the answer wherever it stands. Bytes that begin like a document are one, and a text in a field of another; any others
//! make an answer for the example.

#![no_main]

use acceptance_ledger::{AnyCandidate, Dossier, Finding, Lane, ResponseDocument};
use acceptance_ledger_fuzz::{
    Dice, answer, carries_marker, check_error, check_silence, example, is_document, quote, replay,
};
use libfuzzer_sys::fuzz_target;

const MAX_FINDINGS: usize = 200 + 1;

fn triage(bytes: &[u8]) {
    let example = example(0);
    let document = match ResponseDocument::parse(bytes) {
        Ok(document) => document,
        Err(error) => return check_error(&error, bytes),
    };
    let land = || {
        let candidate = AnyCandidate::new(example.surface.clone());
        AnyCandidate::from(candidate.receive(&example.surfaces, &document))
    };
    let candidate = land();
    assert_eq!(candidate, land(), "triage is the same every time");

    let (lane, findings) = (candidate.lane(), candidate.findings());
    assert!(findings.len() <= MAX_FINDINGS);
    let strictest = findings.iter().map(Finding::lane).max_by_key(|lane| lane.strictness());
    assert_eq!(lane, strictest.unwrap_or(Lane::ReadyForMonitoringReview));
    for finding in findings {
        let (line, column) = document.place_of(finding.field());
        assert!(line >= 1 && column >= 1 && !finding.next_step().is_empty());
    }

    if carries_marker(bytes) {
        check_silence(&format!("{candidate:?}"));
        assert_eq!(lane, Lane::QuarantineSecretOrRawPayload, "a secret is quarantined");
        let history = replay(example, &Dossier::default()).expect("no journal is a sound one");
        let now = "2026-11-24T10:00:00Z".parse().expect("a time");
        let step = history.receive(&document, now).expect("a first answer is always taken in");
        assert_eq!(step.stores(), None);
        check_silence(step.line());
    }
}

fuzz_target!(|bytes: &[u8]| {
    if is_document(bytes) {
        triage(bytes);
        let text = quote(&String::from_utf8_lossy(bytes), false);
        triage(
            format!(r#"{{"schema_version": "monitoring_owner_response_v1", "decision_reason": {text}, "x": [{text}]}}"#)
                .as_bytes(),
        );
    } else {
        let mut dice = Dice::new(bytes);
        triage(answer(&mut dice, &example(0).surface, "2026-11-20T10:00:00+08:00").as_bytes());
    }
});
