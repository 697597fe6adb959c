//! The verified properties of the journal; `docs/properties.md` links to each by its name.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence};
use serde_json::{Value, json};

use super::*;
use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::inputs::{Inventory, OwnerRequests};
use crate::ledger::{Ledger, Stamp};
use crate::response::ResponseDocument;
use crate::review::{Refusal, ReviewDocument};
use crate::signer::Signer;
use crate::strategies;
use crate::surface::Surface;
use crate::triage::Surfaces;
use crate::triage::tests::{surfaces, surfaces_at};
use crate::words::{Lane, ProgressFlag, ReviewerCheck, VerifyCode};

fn config() -> Config {
    let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
    Config { failure_persistence: Some(Box::new(persistence)), cases: 96, ..Config::default() }
}

const TIME: &str = "2026-11-24T10:00:00+08:00";

fn replay_on(surfaces: &[Surface], dossier: &Dossier) -> History {
    History::replay(surfaces[0].clone(), &Surfaces::new(surfaces), dossier)
}

fn replay(dossier: &Dossier) -> History {
    replay_on(&surfaces(), dossier)
}

/// Stores a step as an edge would.
fn store(dossier: &mut Dossier, step: &Step, bytes: &[u8]) {
    dossier.events.extend(step.line().as_bytes());
    if let Some(name) = step.document() {
        dossier.documents.insert(name, bytes.to_vec());
    }
    if let Some(name) = step.withdraws() {
        dossier.documents.remove(&name);
    }
}

/// Where the candidate stands after a step that is stored.
#[derive(Debug, PartialEq)]
struct Stands(AnyCandidate);

/// Takes in an answer, if it is not refused.
fn receive(dossier: &mut Dossier, text: &str) -> Result<Stands, IntakeRefusal> {
    let surfaces = Surfaces::new(&surfaces());
    let document = ResponseDocument::parse(text.as_bytes()).unwrap();
    let step = replay(dossier).receive(&surfaces, &document, text.as_bytes(), TIME, None)?;
    store(dossier, &step, text.as_bytes());
    Ok(Stands(step.into_candidate()))
}

/// Files a record, if it is not refused.
fn review(dossier: &mut Dossier, text: &str) -> Result<Stands, Refusal> {
    let record = ReviewDocument::parse(text.as_bytes()).unwrap().record(None).unwrap();
    let step = replay(dossier)
        .review(record, text.as_bytes(), TIME)
        .map_err(|Refused { reason, .. }| reason)?;
    store(dossier, &step, text.as_bytes());
    Ok(Stands(step.into_candidate()))
}

/// A whole answer of a day, with other values in some fields.
fn answer(day: u32, changes: &[(&str, Value)]) -> String {
    let mut members = strategies::clean_response(&surfaces()[0]);
    members.insert("responder".to_owned(), json!("Ada Owner"));
    members.insert("responded_at".to_owned(), json!(format!("2026-11-{day:02}T10:00:00+08:00")));
    for (key, value) in changes {
        members.insert((*key).to_owned(), value.clone());
    }
    Value::from(members).to_string()
}

/// A record of the latest answer, in which all checks pass but for these.
fn record(dossier: &Dossier, outcome: Lane, changes: &[(&str, Value)]) -> String {
    let history = replay(dossier);
    let mut record: Value =
        serde_json::from_str(&crate::template::review_template(&history).unwrap()).unwrap();
    for check in ReviewerCheck::ALL {
        let verdict = if check.belongs_to(outcome) { "fail" } else { "pass" };
        record["checks"][check.as_str()] = verdict.into();
    }
    for (key, value) in [
        ("reviewer", json!("Rex Reviewer")),
        ("reviewer_kind", json!("person")),
        ("reviewed_at", json!("2026-11-24T10:00:00+08:00")),
        ("outcome", json!(outcome)),
        ("reason", json!("Compared with the readback.")),
        ("record_ref", json!("ticket:OPS-12")),
    ] {
        record[key] = value;
    }
    for (key, value) in changes {
        match key.strip_prefix("checks/") {
            Some(check) => record["checks"][check] = value.clone(),
            None => record[*key] = value.clone(),
        }
    }
    record.to_string()
}

const ACCEPTANCE: Lane = Lane::OwnerReviewOnlyUpdate;

/// A journal in which an answer was held, answered again, and accepted.
fn accepted() -> Dossier {
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[("rollback_owner", json!("TBD"))])).unwrap();
    let hold = record(&dossier, Lane::RequestSupplement, &[]);
    review(&mut dossier, &hold).unwrap();
    receive(&mut dossier, &answer(2, &[])).unwrap();
    let acceptance = record(&dossier, ACCEPTANCE, &[]);
    let Stands(candidate) = review(&mut dossier, &acceptance).unwrap();
    assert_eq!(candidate.lane(), Lane::WaitingRuntimeGate);
    dossier
}

/// The ledger of this one candidate.
fn ledger(candidate: AnyCandidate) -> String {
    let requests = OwnerRequests::parse(br#"{"required_owner_fields": []}"#).unwrap();
    let inventory = Inventory::parse(b"{}").unwrap();
    let mut text = String::new();
    let ledger = Ledger::of(inventory, requests, Stamp::new("t", "unknown"), vec![candidate]);
    ledger.write_to(&mut text).unwrap();
    text
}

fn codes(history: &History) -> Vec<VerifyCode> {
    history.faults().iter().map(JournalFault::code).collect()
}

/// What happens next in a random journal.
#[derive(Clone, Debug)]
enum Next {
    Answer(String),
    /// A record with these words for the answer that is then the latest.
    Record(String),
}

fn nexts() -> impl Strategy<Value = Vec<Next>> {
    let placeholder = Digest::of(b"the latest answer");
    let own = surfaces()[0].candidate_id();
    let next = prop_oneof![
        1 => strategies::responses(&surfaces()[0]).prop_map(Next::Answer),
        1 => Just(Next::Answer(answer(1, &[]))),
        3 => strategies::reviewer_records(&own, placeholder).prop_map(Next::Record),
    ];
    proptest::collection::vec(next, 1..8)
}

/// The text of a step, with the time and the answer that it has to have here.
fn text_of(next: &Next, day: usize, dossier: &Dossier) -> String {
    match next {
        Next::Answer(text) => {
            let mut answer: Value = serde_json::from_str(text).unwrap();
            answer["responded_at"] = json!(format!("2026-11-{:02}T10:00:00+08:00", day + 1));
            answer.to_string()
        }
        Next::Record(text) => {
            let latest = replay(dossier).response_event().unwrap_or_else(|| Digest::of(b"none"));
            text.replace(&Digest::of(b"the latest answer").to_string(), &latest.to_string())
        }
    }
}

#[test]
fn replay_gives_the_same_ledger() {
    proptest!(config(), |(nexts in nexts())| {
        let mut dossier = Dossier::default();
        for (day, next) in nexts.iter().enumerate() {
            let text = text_of(next, day, &dossier);
            let before = dossier.clone();
            let stepped = match next {
                Next::Answer(_) => receive(&mut dossier, &text).ok(),
                Next::Record(_) => review(&mut dossier, &text).ok(),
            };
            let history = replay(&dossier);
            prop_assert_eq!(history.faults(), []);
            if let Some(Stands(candidate)) = stepped {
                prop_assert_eq!(history.candidate().entry(), candidate.entry());
                prop_assert_eq!(ledger(history.into_candidate()), ledger(candidate));
            } else {
                prop_assert_eq!(&before, &dossier);
            }
        }
    });
}

#[test]
fn a_forged_journal_reaches_no_state_that_the_core_refuses() {
    proptest!(config(), |(nexts in nexts())| {
        let mut dossier = Dossier::default();
        for (day, next) in nexts.iter().enumerate() {
            let text = text_of(next, day, &dossier);
            let mut honest = dossier.clone();
            let mut forged = dossier.clone();
            let is_allowed = match next {
                Next::Answer(_) => {
                    receive(&mut honest, &text).unwrap();
                    dossier = honest;
                    continue;
                }
                Next::Record(_) => review(&mut honest, &text).is_ok(),
            };
            // The same record, written by hand with every digest right.
            let name = DocumentName::review(Digest::of(text.as_bytes()));
            let outcome = serde_json::from_str::<Value>(&text).unwrap()["outcome"].clone();
            forge(&mut forged, |line| {
                line["event"] = json!("review_recorded");
                line["lane"] = outcome;
                line["document"] = json!(name.digest().to_string());
            });
            forged.documents.insert(name, text.clone().into_bytes());
            if let Some(document) = replay(&dossier).since_the_answer().first().and_then(Event::document) {
                // Only a withdrawal that is one deletes the answer.
                if !honest.documents.contains_key(&document) {
                    forged.documents.remove(&document);
                }
            }
            let history = replay(&forged);
            prop_assert_eq!(history.is_broken(), !is_allowed, "{:?} {}", history.faults(), text);
            if is_allowed {
                let honestly = replay(&honest);
                prop_assert_eq!(history.candidate().entry(), honestly.candidate().entry());
                dossier = honest;
            }
        }
    });
}

/// Adds a line by hand, with right digests.
fn forge(dossier: &mut Dossier, change: impl FnOnce(&mut Value)) {
    let mut lines: Vec<_> = text_lines(dossier);
    let previous = match lines.last() {
        Some(line) => Digest::of(line.as_bytes()),
        None => Digest::of(surfaces()[0].candidate_id().as_bytes()),
    };
    let mut line = json!({
        "schema_version": "monitoring_journal_event_v1", "sequence": lines.len() + 1,
        "previous": previous.to_string(), "recorded_at": TIME,
    });
    change(&mut line);
    lines.push(sealed(&line));
    dossier.events = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
}

fn text_lines(dossier: &Dossier) -> Vec<String> {
    String::from_utf8(dossier.events.clone()).unwrap().lines().map(str::to_owned).collect()
}

fn ordered(value: &Value, order: &[&str]) -> String {
    let members = order.iter().filter_map(|key| value.get(*key).map(|value| (key, value)));
    let members: Vec<_> = members.map(|(key, value)| format!("{key:?}:{value}")).collect();
    members.join(",")
}

/// A line with its keys in their order and its digest.
fn sealed(line: &Value) -> String {
    let order = [
        "schema_version",
        "sequence",
        "previous",
        "event",
        "recorded_at",
        "lane",
        "document",
        "responded_at",
        "repo_sha256",
        "findings",
        "signer",
    ];
    let finding_order = ["problem", "check", "field", "start", "end"];
    let mut line = line.clone();
    if let Some(findings) = line.get("findings").and_then(Value::as_array) {
        let findings: Vec<_> =
            findings.iter().map(|one| format!("{{{}}}", ordered(one, &finding_order))).collect();
        line["findings"] = json!(format!("[{}]", findings.join(",")));
    }
    let findings = line.get("findings").and_then(Value::as_str).map(str::to_owned);
    let mut open = ordered(&line, &order);
    if let Some(findings) = findings {
        open = open.replace(&json!(findings).to_string(), &findings);
    }
    let open = format!("{{{open}");
    format!("{open},\"digest\":\"{}\"}}", Digest::of(open.as_bytes()))
}

/// Rewrites the lines of a journal from one on, so that every digest is right again.
fn rewrite(dossier: &mut Dossier, change: impl Fn(usize, &mut Value)) {
    let mut previous = Digest::of(surfaces()[0].candidate_id().as_bytes());
    let mut events = Vec::new();
    for (index, line) in text_lines(dossier).iter().enumerate() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line["previous"] = json!(previous.to_string());
        change(index, &mut line);
        let line = sealed(&line);
        previous = Digest::of(line.as_bytes());
        events.extend(line.as_bytes());
        events.push(b'\n');
    }
    dossier.events = events;
}

#[test]
fn every_flipped_byte_is_told() {
    let dossier = accepted();
    assert_eq!(replay(&dossier).faults(), []);
    let mut count = 0;
    for index in 0..dossier.events.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut tampered = dossier.clone();
            tampered.events[index] ^= flip;
            assert!(!replay(&tampered).faults().is_empty(), "byte {index} of the events");
            count += 1;
        }
    }
    for (name, bytes) in &dossier.documents {
        for index in 0..bytes.len() {
            let mut tampered = dossier.clone();
            tampered.documents.get_mut(name).unwrap()[index] ^= 0x01;
            assert!(codes(&replay(&tampered)).contains(&VerifyCode::DocumentAltered));
            count += 1;
        }
    }
    assert!(count > 5_000, "{count}");
}

#[test]
fn events_and_documents_that_are_missing_doubled_or_moved_are_told() {
    let dossier = accepted();
    let lines = text_lines(&dossier);
    let tell = |lines: Vec<&String>| {
        let text: String = lines.into_iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        codes(&replay(&Dossier { events: text.into_bytes(), documents: dossier.documents.clone() }))
    };
    for index in 0..lines.len() {
        let without = lines.iter().enumerate().filter(|(other, _)| *other != index);
        let told = tell(without.map(|(_, line)| line).collect());
        let is_last = index + 1 == lines.len();
        let code = if is_last { VerifyCode::OrphanDocument } else { VerifyCode::ChainBroken };
        assert!(told.contains(&code), "{index}: {told:?}");
        let twice = lines.iter().take(index + 1).chain(lines.iter().skip(index));
        assert!(tell(twice.collect()).contains(&VerifyCode::ChainBroken), "{index}");
        for other in 0..index {
            let mut swapped: Vec<_> = lines.iter().collect();
            swapped.swap(index, other);
            assert!(tell(swapped).contains(&VerifyCode::ChainBroken), "{index} {other}");
        }
    }
    let names: Vec<_> = dossier.documents.keys().copied().collect();
    assert_eq!(names.len(), 4);
    for name in &names {
        let mut missing = dossier.clone();
        missing.documents.remove(name);
        assert_eq!(codes(&replay(&missing)), [VerifyCode::DocumentMissing]);
        let mut orphaned = dossier.clone();
        orphaned.documents.insert(DocumentName::review(Digest::of(b"other")), b"other".to_vec());
        assert_eq!(codes(&replay(&orphaned)), [VerifyCode::OrphanDocument]);
        for other in names.iter().filter(|other| *other != name) {
            let mut swapped = dossier.clone();
            let bytes = dossier.documents[other].clone();
            swapped.documents.insert(*name, bytes);
            assert_eq!(codes(&replay(&swapped)), [VerifyCode::DocumentAltered]);
        }
    }
}

#[test]
fn the_last_step_happened_whole_or_not_at_all() {
    let dossier = accepted();
    let lines = text_lines(&dossier);
    let before: usize = lines[..3].iter().map(|line| line.len() + 1).sum();
    for length in before..dossier.events.len() {
        let mut cut = dossier.clone();
        cut.events.truncate(length);
        let history = replay(&cut);
        let is_whole = length + 1 == dossier.events.len();
        let lane = if is_whole { Lane::WaitingRuntimeGate } else { Lane::ReadyForMonitoringReview };
        assert_eq!(history.candidate().lane(), lane, "{length}");
        assert_eq!(codes(&history).contains(&VerifyCode::TornEvent), length > before, "{length}");
        assert!(!history.is_broken());
        assert_eq!(history.whole(), if is_whole { length } else { before });
        // The next step mends it.
        let text = answer(3, &[]);
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let surfaces = Surfaces::new(&surfaces());
        let step = history.receive(&surfaces, &document, text.as_bytes(), TIME, None).unwrap();
        cut.events.truncate(if is_whole { length } else { before });
        store(&mut cut, &step, text.as_bytes());
        if !is_whole {
            let mended = replay(&cut);
            cut.documents.retain(|name, _| mended.keeps(*name));
        }
        assert_eq!(replay(&cut).faults(), [], "{length}");
    }
}

#[test]
fn a_forged_line_is_refused_for_what_it_says() {
    // The answer of the fixture's third line is ready, and the fourth accepts it.
    let finding = json!({"problem": "field_missing", "check": "rollback_owner_present", "field": "/rollback_owner"});
    let forged = |change: &dyn Fn(usize, &mut Value)| {
        let mut dossier = accepted();
        rewrite(&mut dossier, change);
        replay(&dossier)
    };
    // Written again by hand, it is the journal that it was.
    assert_eq!(forged(&|_, _| {}).faults(), []);
    let relabelled = forged(&|index, line| {
        if index >= 2 {
            line["recorded_at"] = json!("2026-11-25T10:00:00+08:00");
        }
    });
    // Its record is about the line that was there.
    assert_eq!(codes(&relabelled), [VerifyCode::IllegalStep]);
    let no_records = |change: &dyn Fn(&mut Value)| {
        let mut dossier = Dossier::default();
        receive(&mut dossier, &answer(1, &[])).unwrap();
        rewrite(&mut dossier, |_, line| change(line));
        codes(&replay(&dossier))
    };
    assert_eq!(no_records(&|_| {}), []);
    for (key, value, code) in [
        ("lane", json!("request_supplement"), VerifyCode::IllegalStep),
        ("lane", json!("waiting_runtime_gate"), VerifyCode::IllegalStep),
        ("lane", json!("quarantine_secret_or_raw_payload"), VerifyCode::IllegalStep),
        ("findings", json!([finding]), VerifyCode::IllegalStep),
        ("responded_at", json!("2026-11-01T02:00:01Z"), VerifyCode::IllegalStep),
        ("document", json!(Digest::of(b"").to_string()), VerifyCode::DocumentMissing),
        ("signer", json!({"principal": "Eve", "key": "SHA256:x"}), VerifyCode::IllegalStep),
        ("sequence", json!(2), VerifyCode::ChainBroken),
        ("recorded_at", json!("yesterday"), VerifyCode::ChainBroken),
        ("event", json!("review_recorded"), VerifyCode::ChainBroken),
        ("schema_version", json!("monitoring_journal_event_v2"), VerifyCode::ChainBroken),
        (
            "findings",
            json!([{"problem": "command", "check": "rollback_owner_present", "field": ""}]),
            VerifyCode::ChainBroken,
        ),
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "/glsa_x"}]),
            VerifyCode::ChainBroken,
        ),
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "", "start": 1}]),
            VerifyCode::ChainBroken,
        ),
    ] {
        let told = no_records(&|line| line[key] = value.clone());
        assert!(told.contains(&code), "{key} {value}: {told:?}");
    }
}

/// A journal in which somebody wrote by hand what triage is said to have found in an answer without a hash of the live
/// configuration, and a person's record that passes all but what is said.
fn with_findings(lane: Lane, findings: &Value, passes_hash: bool) -> Dossier {
    let text =
        answer(1, &[("live_config_hash_ref", Value::Null), ("rollback_owner", json!("TBD"))]);
    let name = DocumentName::response(Digest::of(text.as_bytes()));
    let mut dossier = Dossier::default();
    forge(&mut dossier, |line| {
        line["event"] = json!("response_received");
        line["lane"] = json!(lane);
        line["document"] = json!(name.digest().to_string());
        line["responded_at"] = json!("2026-11-01T02:00:00Z");
        line["repo_sha256"] = json!("0a".repeat(32));
        line["findings"] = findings.clone();
    });
    dossier.documents.insert(name, text.into_bytes());
    let check = if passes_hash { "pass" } else { "fail" };
    let record = record(&dossier, lane, &[("checks/live_config_hash_metadata_only", json!(check))]);
    let filed = DocumentName::review(Digest::of(record.as_bytes()));
    forge(&mut dossier, |line| {
        line["event"] = json!("review_recorded");
        line["lane"] = json!(lane);
        line["document"] = json!(filed.digest().to_string());
    });
    dossier.documents.insert(filed, record.into_bytes());
    dossier
}

#[test]
fn a_record_that_passes_what_triage_finds_today_does_not_count() {
    let missing = |problem: &str, check: &str, field: &str| json!({"problem": problem, "check": check, "field": field});
    let rollback = missing("field_missing", "rollback_owner_present", "/rollback_owner");
    let hash = missing("field_missing", "live_config_hash_metadata_only", "/live_config_hash_ref");
    let incident = missing("recovery_only", "incident_context_present", "/decision_reason");
    for (lane, findings) in [
        (Lane::RequestSupplement, json!([rollback])),
        (Lane::IncidentRecoveryBackfillRequired, json!([incident])),
    ] {
        let history = replay(&with_findings(lane, &findings, true));
        assert_eq!(codes(&history), [VerifyCode::LaneTooLenient], "{:?}", history.faults());
        let entry = history.candidate().entry();
        assert!(!entry.has(ProgressFlag::LiveEvidenceReceived));
        assert!(!entry.has(ProgressFlag::OwnerResponseReceived));
        assert_eq!(entry.lane(), lane);
    }
    let honest = json!([hash, rollback]);
    assert!(replay(&with_findings(Lane::RequestSupplement, &honest, true)).is_broken());
    let history = replay(&with_findings(Lane::RequestSupplement, &honest, false));
    assert_eq!(history.faults(), []);
    assert!(history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
}

#[test]
fn times_never_run_backwards() {
    let mut dossier = accepted();
    rewrite(&mut dossier, |index, line| {
        if index == 1 {
            line["recorded_at"] = json!("2026-11-24T09:59:59+08:00");
        }
    });
    assert!(codes(&replay(&dossier)).contains(&VerifyCode::IllegalStep));
    // A clock that is behind takes the time of the last event.
    let dossier = accepted();
    let text = answer(3, &[]);
    let document = ResponseDocument::parse(text.as_bytes()).unwrap();
    let step = |time: &str| {
        let surfaces = Surfaces::new(&surfaces());
        let step = replay(&dossier).receive(&surfaces, &document, text.as_bytes(), time, None);
        let line: Value = serde_json::from_str(step.unwrap().line()).unwrap();
        line["recorded_at"].as_str().unwrap().to_owned()
    };
    assert_eq!(step("2026-11-24T01:59:59Z"), TIME);
    assert_eq!(step("2026-11-24T02:00:01Z"), "2026-11-24T02:00:01Z");
}

#[test]
fn an_answer_is_refused_that_the_surface_had_or_that_is_not_later() {
    let mut dossier = accepted();
    for (text, refusal) in [
        (answer(2, &[]), IntakeRefusal::Repeated),
        (answer(1, &[("rollback_owner", json!("TBD"))]), IntakeRefusal::Repeated),
        (answer(2, &[("rollback_owner", json!("Bo"))]), IntakeRefusal::NotLater),
        (answer(1, &[("rollback_owner", json!("Bo"))]), IntakeRefusal::NotLater),
        (answer(3, &[("responded_at", json!("soon"))]), IntakeRefusal::NotLater),
    ] {
        let before = dossier.clone();
        assert_eq!(receive(&mut dossier, &text), Err(refusal));
        assert_eq!(before, dossier);
        // Nor is it a step of a journal that was written by hand.
        let name = DocumentName::response(Digest::of(text.as_bytes()));
        let mut forged = dossier.clone();
        forge(&mut forged, |line| {
            line["event"] = json!("response_received");
            line["lane"] = json!("ready_for_monitoring_review");
            line["document"] = json!(name.digest().to_string());
            line["repo_sha256"] = json!("0a".repeat(32));
            line["responded_at"] = json!("2026-11-02T02:00:00Z");
            line["findings"] = json!([]);
        });
        forged.documents.insert(name, text.into_bytes());
        assert!(codes(&replay(&forged)).contains(&VerifyCode::IllegalStep));
    }
}

#[test]
fn a_changed_surface_waits_and_its_revert_revives_the_answer() {
    let dossier = accepted();
    let history = replay_on(&surfaces_at(&"0b".repeat(32)), &dossier);
    assert_eq!(history.faults(), []);
    assert_eq!(history.candidate().lane(), Lane::WaitingOwnerResponse);
    assert!(!history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
    assert!(crate::template::review_template(&history).is_none());
    assert_eq!(replay(&dossier).candidate().lane(), Lane::WaitingRuntimeGate);
}

#[test]
fn the_stricter_of_the_recorded_and_todays_lane_holds() {
    // As if the rules of the day had not known the secret.
    let text = answer(1, &[("decision_reason", json!("密碼：hunter2x"))]);
    let name = DocumentName::response(Digest::of(text.as_bytes()));
    let mut dossier = Dossier::default();
    forge(&mut dossier, |line| {
        line["event"] = json!("response_received");
        line["lane"] = json!("ready_for_monitoring_review");
        line["document"] = json!(name.digest().to_string());
        line["responded_at"] = json!("2026-11-01T02:00:00Z");
        line["repo_sha256"] = json!("0a".repeat(32));
        line["findings"] = json!([]);
    });
    dossier.documents.insert(name, text.into_bytes());
    let answered = dossier.clone();
    let acceptance = {
        let event = replay(&dossier).response_event().unwrap();
        let mut ready = Dossier::default();
        receive(&mut ready, &answer(1, &[])).unwrap();
        let mut record: Value = serde_json::from_str(&record(&ready, ACCEPTANCE, &[])).unwrap();
        record["response_event"] = json!(event.to_string());
        record.to_string()
    };
    let filed = DocumentName::review(Digest::of(acceptance.as_bytes()));
    forge(&mut dossier, |line| {
        line["event"] = json!("review_recorded");
        line["lane"] = json!("owner_review_only_update");
        line["document"] = json!(filed.digest().to_string());
    });
    dossier.documents.insert(filed, acceptance.into_bytes());
    for dossier in [&answered, &dossier] {
        let history = replay(dossier);
        assert_eq!(codes(&history), [VerifyCode::LaneTooLenient]);
        assert!(!history.is_broken());
        let entry = history.candidate().entry();
        assert_eq!(entry.lane(), Lane::QuarantineSecretOrRawPayload);
        assert_eq!(entry.reviewer_outcome(), Lane::WaitingOwnerResponse);
        assert!(!entry.has(ProgressFlag::OwnerResponseAccepted));
        assert!(!ledger(history.into_candidate()).contains("hunter2"));
    }
    // A reviewer can record the hold, which withdraws the answer.
    let hold = record(&dossier, Lane::QuarantineSecretOrRawPayload, &[]);
    let Stands(candidate) = review(&mut dossier, &hold).unwrap();
    assert!(candidate.entry().has(ProgressFlag::OwnerResponseReceived));
    assert!(!dossier.documents.contains_key(&name));
    assert_eq!(codes(&replay(&dossier)), []);
}

#[test]
fn a_hold_stays_when_the_rules_grow_milder() {
    let text = answer(1, &[]);
    let name = DocumentName::response(Digest::of(text.as_bytes()));
    let mut dossier = Dossier::default();
    forge(&mut dossier, |line| {
        line["event"] = json!("response_received");
        line["lane"] = json!("receiver_receipt_gap_required");
        line["document"] = json!(name.digest().to_string());
        line["responded_at"] = json!("2026-11-01T02:00:00Z");
        line["repo_sha256"] = json!("0a".repeat(32));
        line["findings"] = json!([{
            "problem": "receipt_missing", "check": "receiver_receipt_proof_metadata_only",
            "field": "/receiver_receipt_proof_ref",
        }]);
    });
    dossier.documents.insert(name, text.into_bytes());
    let history = replay(&dossier);
    assert_eq!(history.faults(), []);
    assert_eq!(history.candidate().lane(), Lane::ReceiverReceiptGapRequired);
}

#[test]
fn a_reviewer_who_quarantines_or_rejects_withdraws_the_answer() {
    for lane in [Lane::QuarantineSecretOrRawPayload, Lane::RejectExecutionRequest] {
        for accepts_first in [false, true] {
            let mut dossier = Dossier::default();
            receive(&mut dossier, &answer(1, &[("rollback_owner", json!("withdrawn-name"))]))
                .unwrap();
            let name = *dossier.documents.keys().next().unwrap();
            if accepts_first {
                let acceptance = record(&dossier, ACCEPTANCE, &[]);
                review(&mut dossier, &acceptance).unwrap();
            }
            let hold = record(&dossier, lane, &[]);
            review(&mut dossier, &hold).unwrap();
            let history = replay(&dossier);
            assert_eq!(history.faults(), []);
            assert!(history.has_withdrawn(name) && !history.keeps(name));
            assert_eq!(history.candidate().lane(), lane);
            assert!(!ledger(history.into_candidate()).contains("withdrawn-name"));
            let mut back = dossier.clone();
            back.documents.insert(name, answer(1, &[]).into_bytes());
            assert_eq!(codes(&replay(&back)), [VerifyCode::OrphanDocument]);
            let skimmed = Skimmed::read(&dossier.events);
            assert_eq!(skimmed.withdrawn, BTreeSet::from([name]));
            assert_eq!(skimmed.kept.len(), if accepts_first { 2 } else { 1 });
            assert_eq!(skimmed.whole, dossier.events.len());
        }
    }
}

#[test]
fn a_record_judges_the_latest_answer_of_its_own_surface() {
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[])).unwrap();
    let early = record(&dossier, ACCEPTANCE, &[]);
    let other = surfaces()[1].candidate_id();
    let elsewhere = record(&dossier, ACCEPTANCE, &[("acceptance_candidate_id", json!(other))]);
    assert_eq!(review(&mut dossier, &elsewhere), Err(Refusal::OtherCandidate));
    receive(&mut dossier, &answer(2, &[("rollback_owner", json!("Bo"))])).unwrap();
    assert_eq!(review(&mut dossier, &early), Err(Refusal::OtherAnswer));
    let now = record(&dossier, ACCEPTANCE, &[]);
    review(&mut dossier, &now).unwrap();
    assert_eq!(review(&mut dossier, &now), Err(Refusal::FiledBefore));
}

#[test]
fn who_signs_both_accepts_nothing() {
    let surfaces = Surfaces::new(&surfaces());
    let signer = |principal: &str, key: &str| Some(Signer::verified(principal, key));
    let answer = answer(1, &[]);
    let document = ResponseDocument::parse(answer.as_bytes()).unwrap();
    let receive = |signer| {
        replay(&Dossier::default()).receive(&surfaces, &document, answer.as_bytes(), TIME, signer)
    };
    assert_eq!(receive(signer("Eve", "k1")), Err(IntakeRefusal::NotTheSigner));
    let mut dossier = Dossier::default();
    store(&mut dossier, &receive(signer("Ada Owner", "k1")).unwrap(), answer.as_bytes());
    let text = record(&dossier, ACCEPTANCE, &[]);
    let accept = |signer| {
        let record = ReviewDocument::parse(text.as_bytes()).unwrap().record(signer).unwrap();
        replay(&dossier).review(record, text.as_bytes(), TIME).map_err(|refused| refused.reason)
    };
    assert_eq!(accept(signer("Ada Owner", "k2")).unwrap_err(), Refusal::NotTheSigner);
    assert_eq!(accept(signer("Rex Reviewer", "k1")).unwrap_err(), Refusal::OwnAnswer);
    let step = accept(signer("Rex Reviewer", "k2")).unwrap();
    let mut filed = dossier.clone();
    store(&mut filed, &step, text.as_bytes());
    let history = replay(&filed);
    assert_eq!(history.faults(), []);
    assert_eq!(history.candidate().lane(), Lane::WaitingRuntimeGate);
    let by = history.events().last().unwrap().signer().unwrap();
    assert_eq!((by.principal(), by.key()), ("Rex Reviewer", "k2"));
}

#[test]
fn what_was_withheld_is_nowhere_in_the_journal() {
    proptest!(config(), |(secret in strategies::secret(), at in any::<Index>())| {
        let clean = strategies::clean_response(&surfaces()[0]);
        let keys: Vec<_> = clean.keys().filter(|key| *key != "schema_version" && *key != "acceptance_candidate_id").collect();
        let key = at.get(&keys).as_str();
        let mut dossier = Dossier::default();
        let Stands(candidate) =
            receive(&mut dossier, &answer(1, &[(key, json!(secret))])).unwrap();
        prop_assert_eq!(candidate.lane(), Lane::QuarantineSecretOrRawPayload);
        prop_assert!(dossier.documents.is_empty());
        let event = &replay(&dossier).events()[0].clone();
        prop_assert_eq!(event.document(), None);
        let shown = format!("{} {event:?}", String::from_utf8(dossier.events).unwrap());
        prop_assert!(!shown.contains(&secret));
        prop_assert!(!shown.contains(&Digest::of(secret.as_bytes()).hex()));
    });
}

#[test]
fn a_folder_is_named_after_its_surface_and_no_other() {
    let folder = journal_folder("Prometheus_rules:a-b/告.yml");
    let hex = Digest::of("Prometheus_rules:a-b/告.yml".as_bytes()).hex();
    assert_eq!(folder, format!("_rometheus_rules_a-b_____yml.{}", hex.split_at(32).0));
    let long = "x".repeat(200);
    assert_eq!(journal_folder(&long).len(), 80 + 1 + 32);
    assert_ne!(journal_folder("a/b"), journal_folder("a:b"));
}
