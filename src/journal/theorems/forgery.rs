//! Journals that somebody wrote by hand, with every digest correct.

use super::*;
use crate::journal::history::LastStored;
use crate::triage::Finding;

/// Adds a line by hand, with correct digests.
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

fn ordered(value: &Value, order: &[&str]) -> String {
    let members = order.iter().filter_map(|key| value.get(*key).map(|value| (key, value)));
    let members: Vec<_> = members.map(|(key, value)| format!("{key:?}:{value}")).collect();
    members.join(",")
}

/// Returns the line with its keys in the order of events, and with its digest.
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
        "surface",
        "findings",
        "hints",
        "signer",
    ];
    let place_order = ["problem", "check", "field", "start", "end"];
    let mut line = line.clone();
    let mut lists = Vec::new();
    for name in ["findings", "hints"] {
        if let Some(places) = line.get(name).and_then(Value::as_array) {
            let places: Vec<_> =
                places.iter().map(|one| format!("{{{}}}", ordered(one, &place_order))).collect();
            let list = format!("[{}]", places.join(","));
            line[name] = json!(list);
            lists.push(list);
        }
    }
    let mut open = ordered(&line, &order);
    for list in lists {
        open = open.replace(&json!(list).to_string(), &list);
    }
    let open = format!("{{{open}");
    format!("{open},\"digest\":\"{}\"}}", Digest::of(open.as_bytes()))
}

/// Changes the lines of a journal, and then writes every digest anew so that the chain is correct.
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
            // The same record, written by hand with every digest correct.
            let name = DocumentName::review(text.as_bytes());
            let outcome = serde_json::from_str::<Value>(&text).unwrap()["outcome"].clone();
            forge(&mut forged, |line| {
                line["event"] = json!("review_recorded");
                line["lane"] = outcome;
                line["document"] = json!(name.digest().to_string());
            });
            forged.documents.insert(name, text.clone().into_bytes());
            if let Some(document) = replay(&dossier).log().since_the_answer().first().and_then(Event::document) {
                // The answer is deleted only if the core took the record as a withdrawal.
                if !honest.documents.contains_key(&document) {
                    forged.documents.remove(&document);
                }
            }
            let history = replayed(&forged);
            prop_assert_eq!(history.is_ok(), is_allowed, "{:?} {}", log(&history).faults(), text);
            if let Ok(history) = history {
                let honestly = replay(&honest);
                prop_assert_eq!(history.candidate().entry(), honestly.candidate().entry());
                dossier = honest;
            }
        }
    });
}

#[test]
fn a_forged_line_is_refused_for_what_it_says() {
    let finding = json!({"problem": "field_missing", "check": "rollback_owner_present", "field": "/rollback_owner"});
    // Line 3 of the fixture is an answer that is ready for review, and line 4 accepts it.
    let forged = |change: &dyn Fn(usize, &mut Value)| {
        let mut dossier = accepted();
        rewrite(&mut dossier, change);
        codes(&dossier)
    };
    // Without a change, the rewritten journal has no fault.
    assert_eq!(forged(&|_, _| {}), []);
    let relabelled = forged(&|index, line| {
        if index >= 2 {
            line["recorded_at"] = json!("2026-11-25T10:00:00+08:00");
        }
    });
    // The record names the digest of the old third line, which no longer exists.
    assert_eq!(relabelled, [VerifyCode::IllegalStep]);
    for (key, value) in
        [("responded_at", "2026-11-01T02:00:00Z"), ("surface", "0a"), ("findings", "[]")]
    {
        let with_extra_key = forged(&|index, line| {
            if index == 3 {
                line[key] = json!(value);
            }
        });
        assert!(with_extra_key.contains(&VerifyCode::ChainBroken), "{key}");
    }
    let no_records = |change: &dyn Fn(&mut Value)| {
        let mut dossier = Dossier::default();
        receive(&mut dossier, &answer(1, &[])).unwrap();
        rewrite(&mut dossier, |_, line| change(line));
        codes(&dossier)
    };
    assert_eq!(no_records(&|_| {}), []);
    for (key, value, code) in [
        ("lane", json!("request_supplement"), VerifyCode::IllegalStep),
        ("lane", json!("waiting_runtime_gate"), VerifyCode::IllegalStep),
        ("lane", json!("quarantine_secret_or_raw_payload"), VerifyCode::IllegalStep),
        ("findings", json!([finding]), VerifyCode::IllegalStep),
        ("responded_at", json!("2026-11-01T02:00:01Z"), VerifyCode::IllegalStep),
        ("document", json!(Digest::of(b"").to_string()), VerifyCode::DocumentMissing),
        (
            "signer",
            json!({"key": "SHA256:x", "principal": "Eve", "role": "owner"}),
            VerifyCode::IllegalStep,
        ),
        (
            "signer",
            json!({"key": "SHA256:x", "principal": "Ada Owner", "role": "person"}),
            VerifyCode::ChainBroken,
        ),
        ("signer", json!({"key": "SHA256:x", "principal": "Ada Owner"}), VerifyCode::ChainBroken),
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
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "", "start": 9, "end": 2}]),
            VerifyCode::ChainBroken,
        ),
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "/#x"}]),
            VerifyCode::ChainBroken,
        ),
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "/#"}]),
            VerifyCode::ChainBroken,
        ),
        (
            "findings",
            json!([{"problem": "command", "check": "no_runtime_request", "field": "/decision/x"}]),
            VerifyCode::ChainBroken,
        ),
    ] {
        let reported = no_records(&|line| line[key] = value.clone());
        assert!(reported.contains(&code), "{key} {value}: {reported:?}");
    }
}

/// Adds an answer by hand, with these findings.
fn forge_answer(dossier: &mut Dossier, text: String, day: u32, lane: Lane, findings: &Value) {
    let name = DocumentName::response(text.as_bytes());
    forge(dossier, |line| {
        line["event"] = json!("response_received");
        line["lane"] = json!(lane);
        line["document"] = json!(name.digest().to_string());
        line["responded_at"] = json!(format!("2026-11-{day:02}T02:00:00Z"));
        line["surface"] = json!(surfaces()[0].digest().to_string());
        line["findings"] = findings.clone();
    });
    dossier.documents.insert(name, text.into_bytes());
}

/// Adds a record by hand. If there is a role, a key of this role signed it.
pub(super) fn forge_record(
    dossier: &mut Dossier,
    text: String,
    outcome: Lane,
    role: Option<SignerRole>,
) {
    let name = DocumentName::review(text.as_bytes());
    forge(dossier, |line| {
        line["event"] = json!("review_recorded");
        line["lane"] = json!(outcome);
        line["document"] = json!(name.digest().to_string());
        if let Some(role) = role {
            line["signer"] = json!({"key": "k2", "principal": "Rex Reviewer", "role": role});
        }
    });
    dossier.documents.insert(name, text.into_bytes());
}

/// A journal with an answer that has no hash of the live configuration. The findings of its event are written by
/// hand. A person's record follows; `passes_hash` says whether it passes the check of the missing hash.
fn with_findings(lane: Lane, findings: &Value, passes_hash: bool) -> Dossier {
    let text =
        answer(1, &[("live_config_hash_ref", Value::Null), ("rollback_owner", json!("TBD"))]);
    let mut dossier = Dossier::default();
    forge_answer(&mut dossier, text, 1, lane, findings);
    let check = if passes_hash { "pass" } else { "fail" };
    let record = record(&dossier, lane, &[("checks/live_config_hash_metadata_only", json!(check))]);
    forge_record(&mut dossier, record, lane, None);
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
        let dossier = with_findings(lane, &findings, true);
        let history = replay(&dossier);
        let faults = history.log().faults();
        assert_eq!(codes(&dossier), [VerifyCode::LaneTooLenient], "{faults:?}");
        let entry = history.candidate().entry();
        assert!(!entry.has(ProgressFlag::LiveEvidenceReceived));
        assert!(!entry.has(ProgressFlag::OwnerResponseReceived));
        assert_eq!(entry.lane(), lane);
        // The findings of the event are listed beside those of today.
        let count = if lane == Lane::RequestSupplement { 2 } else { 3 };
        assert_eq!(history.candidate().findings().len(), count);
    }
    let honest = json!([hash, rollback]);
    assert!(replayed(&with_findings(Lane::RequestSupplement, &honest, true)).is_err());
    let history = replay(&with_findings(Lane::RequestSupplement, &honest, false));
    assert_eq!(history.log().faults(), []);
    assert!(history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
}

#[test]
fn each_finding_of_an_event_stands_beside_those_of_today_once() {
    let text =
        answer(1, &[("live_config_hash_ref", Value::Null), ("rollback_owner", json!("TBD"))]);
    let findings = json!([
        {"problem": "field_missing", "check": "rollback_owner_present", "field": "/rollback_owner"},
        {"problem": "field_missing", "check": "validation_plan_present", "field": "/validation_plan"},
        {"problem": "not_a_ref", "check": "live_config_hash_metadata_only", "field": "/live_config_hash_ref"},
    ]);
    let mut dossier = Dossier::default();
    forge_answer(&mut dossier, text, 1, Lane::RequestSupplement, &findings);
    let history = replay(&dossier);
    assert_eq!(history.log().faults(), []);
    let fields: Vec<_> = history.candidate().findings().iter().map(Finding::field).collect();
    let (hash, rollback) = ("/live_config_hash_ref", "/rollback_owner");
    assert_eq!(fields, [hash, rollback, "/validation_plan", hash]);
}

#[test]
fn an_answer_follows_what_was_said_and_what_was_recorded() {
    let time = |text: &str| time(&format!("2026-11-24T{text}:00Z"));
    let ahead = LastStored { responded_at: time("10:00"), recorded_at: time("09:00") };
    for (responded, is_later) in [
        ("08:50", false),
        ("09:00", false),
        ("09:01", true),
        ("09:40", true),
        ("09:41", false),
        ("10:00", false),
        ("10:01", true),
    ] {
        assert_eq!(ahead.is_followed_by(&time(responded), &time("09:40")), is_later, "{responded}");
    }
    let earlier = LastStored { responded_at: time("08:00"), recorded_at: time("09:00") };
    for (responded, is_later) in [("08:00", false), ("08:01", true), ("09:30", true)] {
        assert_eq!(
            earlier.is_followed_by(&time(responded), &time("09:40")),
            is_later,
            "{responded}"
        );
    }
}

#[test]
fn what_was_withheld_leaves_nothing_but_its_findings() {
    for (key, value) in [
        ("document", json!(Digest::of(b"").to_string())),
        ("responded_at", json!("2026-11-01T02:00:00Z")),
        ("signer", json!({"key": "SHA256:x", "principal": "Ada Owner", "role": "owner"})),
    ] {
        let mut dossier = Dossier::default();
        receive(&mut dossier, &answer(1, &[("decision_reason", json!("密碼：hunter2x"))])).unwrap();
        assert_eq!(codes(&dossier), []);
        rewrite(&mut dossier, |_, line| line[key] = value.clone());
        let reported = codes(&dossier);
        assert_eq!(reported.first(), Some(&VerifyCode::IllegalStep), "{key}");
    }
}

#[test]
fn an_answer_is_stored_with_its_time_or_not_at_all() {
    for key in ["document", "responded_at"] {
        let mut dossier = Dossier::default();
        receive(&mut dossier, &answer(1, &[])).unwrap();
        rewrite(&mut dossier, |_, line| {
            line.as_object_mut().unwrap().remove(key);
        });
        let replayed = replayed(&dossier);
        let mut faults = log(&replayed).faults().iter().map(ToString::to_string);
        assert!(faults.any(|fault| fault.contains("needs a document and a time")), "{key}");
    }
}

#[test]
fn times_never_run_backwards() {
    let mut dossier = accepted();
    rewrite(&mut dossier, |index, line| {
        if index == 1 {
            line["recorded_at"] = json!("2026-11-24T09:59:59+08:00");
        }
    });
    assert!(codes(&dossier).contains(&VerifyCode::IllegalStep));
    // If the clock is behind, the step has the time of the last event.
    let dossier = accepted();
    let text = answer(3, &[]);
    let document = ResponseDocument::parse(text.as_bytes()).unwrap();
    let step = |now: &str| {
        let step = replay(&dossier).receive(&document, time(now));
        let line: Value = serde_json::from_str(step.unwrap().line()).unwrap();
        line["recorded_at"].as_str().unwrap().to_owned()
    };
    assert_eq!(step("2026-11-24T01:59:59Z"), TIME);
    assert_eq!(step("2026-11-24T02:00:00Z"), "2026-11-24T02:00:00Z");
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
        (answer(3, &[("responded_at", json!("soon"))]), IntakeRefusal::Undated),
    ] {
        let before = dossier.clone();
        assert_eq!(receive(&mut dossier, &text), Err(refusal));
        assert_eq!(before, dossier);
        // In a journal that was written by hand, it is an illegal step, too.
        let mut forged = dossier.clone();
        forge_answer(&mut forged, text, 2, Lane::ReadyForMonitoringReview, &json!([]));
        assert!(codes(&forged).contains(&VerifyCode::IllegalStep));
    }
}

#[test]
fn the_stricter_of_the_recorded_and_todays_lane_holds() {
    // As if the rules at intake had not found the secret.
    let text = answer(1, &[("decision_reason", json!("密碼：hunter2x"))]);
    let name = DocumentName::response(text.as_bytes());
    let mut dossier = Dossier::default();
    forge_answer(&mut dossier, text, 1, Lane::ReadyForMonitoringReview, &json!([]));
    let answered = dossier.clone();
    let acceptance = {
        let event = replay(&dossier).log().response_event().unwrap();
        let mut ready = Dossier::default();
        receive(&mut ready, &answer(1, &[])).unwrap();
        let mut record: Value = serde_json::from_str(&record(&ready, ACCEPTANCE, &[])).unwrap();
        record["response_event"] = json!(event.to_string());
        record.to_string()
    };
    forge_record(&mut dossier, acceptance, ACCEPTANCE, None);
    for dossier in [&answered, &dossier] {
        let history = replay(dossier);
        assert_eq!(codes(dossier), [VerifyCode::LaneTooLenient]);
        let entry = history.candidate().entry();
        assert_eq!(entry.lane(), Lane::QuarantineSecretOrRawPayload);
        assert_eq!(entry.reviewer_outcome(), Lane::WaitingOwnerResponse);
        assert!(!entry.has(ProgressFlag::OwnerResponseAccepted));
        assert!(!ledger(history.into_candidate()).contains("hunter2"));
    }
    // A reviewer can record the hold, which withdraws the answer.
    let hold = record(&dossier, Lane::QuarantineSecretOrRawPayload, &[]);
    let Stored(candidate) = review(&mut dossier, &hold).unwrap();
    assert!(candidate.entry().has(ProgressFlag::OwnerResponseReceived));
    assert!(!dossier.documents.contains_key(&name));
    assert_eq!(codes(&dossier), []);
}

#[test]
fn a_hold_stays_when_the_rules_grow_milder() {
    let text = answer(1, &[]);
    let finding = json!([{
        "problem": "receipt_missing", "check": "receiver_receipt_proof_metadata_only",
        "field": "/receiver_receipt_proof_ref",
    }]);
    let mut dossier = Dossier::default();
    forge_answer(&mut dossier, text, 1, Lane::ReceiverReceiptGapRequired, &finding);
    let history = replay(&dossier);
    assert_eq!(history.log().faults(), []);
    assert_eq!(history.candidate().lane(), Lane::ReceiverReceiptGapRequired);
}
