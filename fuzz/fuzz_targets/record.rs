//! An accepted reviewer record is complete. A record with a secret, even in a comment, is never recorded. The same
//! record is read in the same way from JSON and from YAML.
//!
//! Bytes that begin like a document are the record; a digest of zeros in it is replaced by the digest of the judged
//! event. Other bytes are dice: they change a sound record.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use acceptance_ledger::{
    Digest, Dossier, Finding, History, Lane, Refused, ReviewDocument, ReviewerCheck, Time, Verdict,
};
use acceptance_ledger_fuzz::yaml::{is_yaml, poisoned, to_json, value_of};
use acceptance_ledger_fuzz::{
    Dice, accepted, carries_marker, check_error, check_no_secret, count, document, example,
    plausible_record, record_in_yaml, repair, replay, store,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// A journal whose answer waits for a reviewer.
static READY: LazyLock<Dossier> = LazyLock::new(|| {
    let mut dossier = accepted();
    let lines: Vec<_> = dossier.events.split_inclusive(|byte| *byte == b'\n').collect();
    // Without the last event, the acceptance.
    dossier.events = lines[..3].concat();
    let history = replay(example(0), &dossier).expect("a journal without its last step replays");
    repair(&mut dossier, &history);
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
        let record = plausible_record(&history(), &READY, *outcome).expect("there is an answer");
        let yaml = record_in_yaml(&history(), &READY, &record, &mut Dice::new(b""));
        (serde_json::to_string_pretty(&record).expect("it is JSON"), yaml)
    };
    let (json, yaml): (Vec<_>, Vec<_>) = outcomes.iter().map(record).unzip();
    [json, yaml].concat()
});

/// The number of keys of a record. Only `valid_until` may be missing.
const KEYS: usize = 12;

/// Returns the trimmed text of a key of a record, or an empty text.
fn text_of(record: &Value, key: &str) -> String {
    record[key].as_str().unwrap_or_default().trim().to_owned()
}

/// Checks that a document has the values that a second parser reads in it.
fn check_values(document: &ReviewDocument, read: &Value) {
    let members = read.as_object().expect("the record is an object");
    let has_end = usize::from(members.contains_key("valid_until"));
    assert_eq!(members.len(), KEYS - 1 + has_end);
    assert_eq!(read["not_authorization"], Value::Bool(true));
    let outcome = text_of(read, "outcome");
    let is_short = outcome == "accept" && document.outcome() == Lane::OwnerReviewOnlyUpdate;
    assert!(is_short || outcome == document.outcome().as_str());
    assert_eq!(text_of(read, "reviewer"), document.reviewer());
    assert_eq!(text_of(read, "reviewer_kind"), document.reviewer_kind().to_string());
    assert_eq!(text_of(read, "reviewed_at"), document.reviewed_at().as_str());
    assert_eq!(text_of(read, "reason"), document.reason());
    assert_eq!(text_of(read, "acceptance_candidate_id"), document.candidate_id());
    let has_end = !text_of(read, "valid_until").is_empty();
    assert_eq!(
        has_end,
        document.outcome() == Lane::OwnerReviewOnlyUpdate,
        "only an acceptance ends"
    );
    let checks = read["checks"].as_object().expect("the record has checks");
    for (check, verdict) in checks {
        assert!(check.parse::<ReviewerCheck>().is_ok());
        assert!(verdict.is_null() || verdict.is_string());
    }
}

/// Whether `end` is later than `from`, by 366 days at most.
fn is_within_a_year(from: &Time, end: &Time) -> bool {
    let moment = |time: &Time| time.as_str().parse::<jiff::Timestamp>().ok();
    let Some((from, end)) = moment(from).zip(moment(end)) else { return true };
    let nanoseconds = end.as_nanosecond() - from.as_nanosecond();
    nanoseconds > 0 && nanoseconds <= 366 * 24 * 60 * 60 * 1_000_000_000
}

fn is_of_comment(finding: &&Finding) -> bool {
    finding.field().starts_with("/#comment/")
}

/// Checks that the record is the same if it is written as JSON with the values that a second parser reads. Only the
/// findings of comments may differ.
fn check_as_json(document: &ReviewDocument, json: &str) {
    let other = ReviewDocument::parse(json.as_bytes()).expect("the same values are read from JSON");
    let found = |findings: &[Finding]| -> BTreeSet<_> {
        let findings = findings.iter().filter(|finding| !is_of_comment(finding));
        findings
            .map(|finding| (finding.problem().to_string(), finding.field().to_owned()))
            .collect()
    };
    assert_eq!(found(&document.findings()), found(&other.findings()));
    assert_eq!(document.record_ref(), other.record_ref());
    if let (Ok(one), Ok(other)) = (document.record(), other.record()) {
        assert_eq!(one.valid_until(), other.valid_until());
        for check in ReviewerCheck::ALL {
            assert_eq!(one.verdict(*check), other.verdict(*check));
        }
        let now = || "2026-11-24T12:00:00Z".parse().expect("a time");
        let [one, other] = [one, other].map(|record| match history().review(record, now()) {
            Ok(step) => Ok(step.candidate().lane()),
            Err(refused) => Err(refused.reason),
        });
        assert_eq!(one, other);
    }
    count("yaml, alike as JSON");
}

fn check(bytes: &[u8]) {
    let notation = if is_yaml(bytes) { "yaml" } else { "json" };
    let document = match ReviewDocument::parse(bytes) {
        Ok(document) => document,
        Err(errors) => {
            count(&format!("{notation}, an error"));
            assert!(!errors.is_empty(), "a refused record has an error");
            assert_eq!(ReviewDocument::parse(bytes).err().as_ref(), Some(&errors));
            return errors.iter().for_each(|error| check_error(error, bytes));
        }
    };
    assert_eq!((document.bytes(), document.digest()), (bytes, Digest::of(bytes)));
    let read = value_of(bytes);
    match &read {
        Some(read) => check_values(&document, read),
        None if is_yaml(bytes) => count("yaml, not read by libyaml"),
        None => panic!("a record that is not YAML is JSON"),
    }
    check_no_secret(&format!("{document:?}{:?}", document.findings()));
    for finding in document.findings() {
        let (line, column) = document.place_of(finding.field());
        assert!(line >= 1 && column >= 1 && finding.lane().is_withheld());
    }
    if let Some(json) = to_json(bytes).filter(|_| is_yaml(bytes)) {
        check_as_json(&document, &json);
    }

    let Ok(record) = document.record() else {
        count(&format!("{notation}, a finding"));
        assert!(!document.findings().is_empty());
        return;
    };
    assert!(document.findings().is_empty());
    let (outcome, is_by_person) = (record.outcome(), record.is_by_person());
    let verdicts: Vec<Option<Verdict>> =
        ReviewerCheck::ALL.iter().map(|check| record.verdict(*check)).collect();
    let (reviewed_at, valid_until) = (record.reviewed_at().clone(), record.valid_until().cloned());
    if let Some(read) = &read {
        assert_eq!(is_by_person, text_of(read, "reviewer_kind") == "person");
        for (check, verdict) in ReviewerCheck::ALL.iter().zip(&verdicts) {
            let text = text_of(&read["checks"], check.as_str());
            assert_eq!(text, verdict.map_or_else(String::new, |verdict| verdict.to_string()));
        }
    }
    let now = "2026-11-24T12:00:00Z".parse().expect("a time");
    match history().review(record, now) {
        Ok(step) => {
            count(&format!("{notation}, taken: {}", step.candidate().lane()));
            assert!(!carries_marker(bytes), "a record with a secret is recorded");
            if !outcome.is_hold() {
                assert!(outcome == Lane::OwnerReviewOnlyUpdate && is_by_person);
                let passes = |verdict: &Option<Verdict>| {
                    verdict.is_some_and(|verdict| verdict != Verdict::Fail)
                };
                assert!(verdicts.iter().all(passes), "all checks are judged, and none failed");
                assert!(is_within_a_year(&reviewed_at, &valid_until.expect("an acceptance ends")));
            }
            let mut dossier = READY.clone();
            store(&mut dossier, &step);
            let after = replay(example(0), &dossier).expect("a recorded step replays");
            assert_eq!(after.candidate(), step.candidate());
            assert!(after.log().faults().is_empty());
        }
        Err(Refused { candidate, reason }) => {
            count(&format!("{notation}, refused: {}", name_of(&format!("{reason:?}"))));
            assert_eq!(*candidate, history(), "a refused record changes nothing");
            check_no_secret(&reason.to_string());
        }
    }
}

/// Returns the name of a refusal without its details.
fn name_of(refusal: &str) -> &str {
    refusal.split([' ', '(']).next().unwrap_or_default()
}

/// Seeds have this in place of the digest of the event, because that digest changes with every change of the example.
static ZEROS: LazyLock<String> = LazyLock::new(|| format!("sha256:{}", "0".repeat(64)));

fuzz_target!(|bytes: &[u8]| {
    let bytes = &*document(bytes, &SOUND);
    let event = history().log().response_event().expect("there is an answer").to_string();
    let at = bytes.windows(ZEROS.len()).position(|window| window == ZEROS.as_bytes());
    let named = at.map(|at| [&bytes[..at], event.as_bytes(), &bytes[at + ZEROS.len()..]].concat());
    let bytes = named.as_deref().unwrap_or(bytes);
    check(bytes);
    if is_yaml(bytes) {
        poisoned(bytes).iter().for_each(|document| check(document));
    }
});
