//! A reviewer record that is accepted is a whole one, and none that carries a secret is ever taken. Bytes that begin
//! like a document are one; any others change a sound record.

#![no_main]

use std::sync::LazyLock;

use acceptance_ledger::{Digest, Dossier, History, Lane, Refused, ReviewDocument, ReviewerCheck};
use acceptance_ledger_fuzz::{
    accepted, carries_marker, check_error, check_silence, document, example, mend,
    plausible_record, replay, store,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// A journal whose answer waits for a reviewer.
static READY: LazyLock<Dossier> = LazyLock::new(|| {
    let mut dossier = accepted();
    let lines: Vec<_> = dossier.events.split_inclusive(|byte| *byte == b'\n').collect();
    dossier.events = lines[..3].concat();
    let history = replay(example(0), &dossier).expect("a step less is a journal");
    mend(&mut dossier, &history);
    dossier
});

fn history() -> History {
    replay(example(0), &READY).expect("the journal is sound")
}

static SOUND: LazyLock<Vec<String>> = LazyLock::new(|| {
    let outcomes = [
        Lane::OwnerReviewOnlyUpdate,
        Lane::RequestSupplement,
        Lane::QuarantineSecretOrRawPayload,
        Lane::RejectExecutionRequest,
    ];
    let record = |outcome: &Lane| {
        let record = plausible_record(&history(), *outcome).expect("there is an answer");
        serde_json::to_string_pretty(&record).expect("it is JSON")
    };
    outcomes.iter().map(record).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let bytes = &*document(bytes, &SOUND);
    let document = match ReviewDocument::parse(bytes) {
        Ok(document) => document,
        Err(errors) => {
            assert!(!errors.is_empty(), "what is refused has a fault");
            return errors.iter().for_each(|error| check_error(error, bytes));
        }
    };
    assert_eq!((document.bytes(), document.digest()), (bytes, Digest::of(bytes)));
    let read: Value = serde_json::from_slice(bytes).expect("a record is JSON");
    let members = read.as_object().expect("a record is an object");
    assert_eq!((members.len(), &read["not_authorization"]), (11, &Value::Bool(true)));
    assert_eq!(read["checks"].as_object().expect("it has checks").len(), ReviewerCheck::ALL.len());
    assert_eq!(read["outcome"], document.outcome().as_str());
    assert_eq!(read["reviewer"], document.reviewer());
    assert_eq!(read["reason"], document.reason());
    assert_eq!(read["acceptance_candidate_id"], document.candidate_id());
    check_silence(&format!("{document:?}{:?}", document.findings()));
    for finding in document.findings() {
        let (line, column) = document.place_of(finding.field());
        assert!(line >= 1 && column >= 1 && finding.lane().is_withheld());
    }

    let Ok(record) = document.record() else {
        assert!(!document.findings().is_empty());
        return;
    };
    assert!(document.findings().is_empty());
    let (outcome, is_by_person) = (record.outcome(), record.is_by_person());
    assert_eq!(is_by_person, read["reviewer_kind"] == "person");
    for check in ReviewerCheck::ALL {
        assert_eq!(read["checks"][check.as_str()], record.verdict(*check).to_string());
    }
    let now = "2026-11-24T12:00:00Z".parse().expect("a time");
    match history().review(record, now) {
        Ok(step) => {
            assert!(!carries_marker(bytes), "a record with a secret is taken");
            assert!(outcome.is_hold() || (outcome == Lane::OwnerReviewOnlyUpdate && is_by_person));
            let mut dossier = READY.clone();
            store(&mut dossier, &step);
            let after = replay(example(0), &dossier).expect("a step that is taken replays");
            assert_eq!(after.candidate(), step.candidate());
            assert!(after.log().faults().is_empty());
        }
        Err(Refused { candidate, reason }) => {
            assert_eq!(*candidate, history(), "what is refused changes nothing");
            check_silence(&reason.to_string());
        }
    }
});
