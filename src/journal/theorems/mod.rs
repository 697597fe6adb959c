//! The verified properties of the journal. `docs/properties.md` links to each test by its name.

mod forgery;
mod reviewed;
mod tampering;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::*;
use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::inputs::{Inventory, OwnerRequests};
use crate::ledger::{Ledger, Stamp};
use crate::render::{DraftOptions, TemplateFormat, review_template};
use crate::response::{OwnerResponse, ResponseDocument};
use crate::review::{Refusal, ReviewDocument, ReviewerKind, ReviewerRecord, is_answered};
use crate::signer::{Signer, SignerRole};
use crate::strategies;
use crate::time::Time;
use crate::triage::Surfaces;
use crate::triage::tests::{requests, requests_with, surfaces};
use crate::words::{AcceptanceField, Lane, ProgressFlag, ReviewerCheck, VerifyCode};

fn config() -> Config {
    let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
    let default = Config::default();
    // Each case is a whole journal, which takes time. Set PROPTEST_CASES to run more cases.
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 96 };
    Config { failure_persistence: Some(Box::new(persistence)), cases, ..default }
}

const TIME: &str = "2026-11-24T10:00:00+08:00";

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

type Replayed = Result<History, BrokenJournal>;

fn replay_on(requests: &OwnerRequests, dossier: &Dossier) -> Replayed {
    History::replay(requests.surfaces()[0].clone(), &Surfaces::of(requests), dossier)
}

fn replayed(dossier: &Dossier) -> Replayed {
    replay_on(&requests(), dossier)
}

/// Returns the history of a journal that is not broken.
fn replay(dossier: &Dossier) -> History {
    replayed(dossier).unwrap()
}

fn log(replayed: &Replayed) -> &JournalLog {
    match replayed {
        Ok(history) => history.log(),
        Err(broken) => broken.log(),
    }
}

/// Stores a step as an edge does.
fn store(dossier: &mut Dossier, step: &Step) {
    dossier.store(step);
}

/// The candidate after a step that was stored.
#[derive(Debug, PartialEq)]
struct Stored(AnyCandidate);

/// Records an answer, if it is not refused.
fn receive(dossier: &mut Dossier, text: &str) -> Result<Stored, IntakeRefusal> {
    let document = ResponseDocument::parse(text.as_bytes()).unwrap();
    let step = replay(dossier).receive(&document, time(TIME))?;
    store(dossier, &step);
    Ok(Stored(step.into_candidate()))
}

/// Records a review, if it is not refused.
fn review(dossier: &mut Dossier, text: &str) -> Result<Stored, Refusal> {
    let record = ReviewDocument::parse(text.as_bytes()).unwrap().record().unwrap();
    let step =
        replay(dossier).review(record, time(TIME)).map_err(|Refused { reason, .. }| reason)?;
    store(dossier, &step);
    Ok(Stored(step.into_candidate()))
}

/// Returns a complete answer of a day in November, with `changes` to some fields.
fn answer(day: u32, changes: &[(&str, Value)]) -> String {
    let mut members = strategies::clean_response(&surfaces()[0]);
    members.insert("responder".to_owned(), json!("Ada Owner"));
    members.insert("responded_at".to_owned(), json!(format!("2026-11-{day:02}T10:00:00+08:00")));
    for (key, value) in changes {
        members.insert((*key).to_owned(), value.clone());
    }
    Value::from(members).to_string()
}

/// Returns the draft of a record for the latest answer, as JSON.
fn draft_of(history: &History) -> Option<String> {
    let options = DraftOptions { format: TemplateFormat::Json, ..DraftOptions::default() };
    review_template(history, &Dossier::default(), &options)
}

/// Returns a record for the latest answer. A check passes unless it has to fail or has no answer.
/// `changes` replaces some values.
fn record(dossier: &Dossier, outcome: Lane, changes: &[(&str, Value)]) -> String {
    record_of(&replay(dossier), outcome, changes)
}

/// Like [`record`], for a history on other requests.
fn record_of(history: &History, outcome: Lane, changes: &[(&str, Value)]) -> String {
    let mut record: Value = serde_json::from_str(&draft_of(history).unwrap()).unwrap();
    let candidate = history.candidate();
    for check in ReviewerCheck::ALL {
        let answers = candidate.response().map(OwnerResponse::answers);
        let verdict = if check.belongs_to(outcome) || candidate.can_only_fail(*check) {
            "fail"
        } else if is_answered(*check, answers) {
            "pass"
        } else {
            "not_applicable"
        };
        record["checks"][check.as_str()] = verdict.into();
    }
    for (key, value) in [
        ("reviewer", json!("Rex Reviewer")),
        ("reviewer_kind", json!("person")),
        ("reviewed_at", json!("2026-11-24T10:00:00+08:00")),
        ("outcome", json!(outcome)),
        (
            "valid_until",
            json!((outcome == Lane::OwnerReviewOnlyUpdate).then_some("2027-11-24T10:00:00+08:00")),
        ),
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

/// A journal with four events: an answer, a hold, a second answer, and its acceptance.
fn accepted() -> Dossier {
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[("rollback_owner", json!("TBD"))])).unwrap();
    let hold = record(&dossier, Lane::RequestSupplement, &[]);
    review(&mut dossier, &hold).unwrap();
    receive(&mut dossier, &answer(2, &[])).unwrap();
    let acceptance = record(&dossier, ACCEPTANCE, &[]);
    let Stored(candidate) = review(&mut dossier, &acceptance).unwrap();
    assert_eq!(candidate.lane(), Lane::WaitingRuntimeGate);
    dossier
}

/// Returns the ledger of this one candidate.
fn ledger(candidate: AnyCandidate) -> String {
    let requests = OwnerRequests::parse(br#"{"required_owner_fields": []}"#).unwrap();
    let inventory = Inventory::parse(b"{}").unwrap();
    let mut text = String::new();
    let ledger = Ledger::of(inventory, requests, Stamp::new("t", "unknown"), vec![candidate]);
    ledger.write_to(&mut text).unwrap();
    text
}

fn codes(dossier: &Dossier) -> Vec<VerifyCode> {
    faults(&replayed(dossier))
}

fn faults(replayed: &Replayed) -> Vec<VerifyCode> {
    log(replayed).faults().iter().map(JournalFault::code).collect()
}

/// The next step of a random journal.
#[derive(Clone, Debug)]
enum Next {
    Answer(String),
    /// The text of a record. A placeholder is in the place of the latest answer's digest.
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

/// Returns the text of a step, with a time later than before, and with the digest of the latest answer.
fn text_of(next: &Next, day: usize, dossier: &Dossier) -> String {
    match next {
        Next::Answer(text) => {
            let mut answer: Value = serde_json::from_str(text).unwrap();
            answer["responded_at"] = json!(format!("2026-11-{:02}T10:00:00+08:00", day + 1));
            answer.to_string()
        }
        Next::Record(text) => {
            let latest =
                replay(dossier).log().response_event().unwrap_or_else(|| Digest::of(b"none"));
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
            prop_assert_eq!(history.log().faults(), []);
            if let Some(Stored(candidate)) = stepped {
                prop_assert_eq!(history.candidate().entry(), candidate.entry());
                prop_assert_eq!(history.candidate().findings().len(), candidate.findings().len());
                prop_assert_eq!(ledger(history.into_candidate()), ledger(candidate));
            } else {
                prop_assert_eq!(&before, &dossier);
            }
        }
    });
}

/// Times as owners and attackers write them, valid or not.
fn odd_times() -> impl Strategy<Value = String> {
    const YEARS: &[u16] = &[0, 1, 1969, 1970, 2026, 2027, 9998, 9999];
    const OFFSETS: &[&str] =
        &["Z", "z", "+00:00", "-00:00", "+23:59", "-23:59", "+24:00", "+08:00", ""];
    const FRACTIONS: &[&str] = &["", ".5", ".999999999", ".0000000001"];
    let parts = (select(YEARS), 1..=12_u8, 1..=31_u8, 0..=24_u8, 0..=60_u8);
    (parts, select(OFFSETS), select(FRACTIONS)).prop_map(
        |((year, month, day, hour, second), offset, fraction)| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:59:{second:02}{fraction}{offset}")
        },
    )
}

#[test]
fn what_is_taken_in_reads_back() {
    let answers = (odd_times(), odd_times(), strategies::responses(&surfaces()[0]));
    proptest!(config(), |(answers in proptest::collection::vec(answers, 1..4))| {
        let mut dossier = Dossier::default();
        for (responded_at, now, text) in answers {
            let Ok(now) = now.parse::<Time>() else { continue };
            let mut answer: Value = serde_json::from_str(&text).unwrap();
            answer["responded_at"] = json!(responded_at);
            let text = answer.to_string();
            let document = ResponseDocument::parse(text.as_bytes()).unwrap();
            let before = replay(&dossier);
            let Ok(step) = before.receive(&document, now) else { continue };
            store(&mut dossier, &step);
            let history = replayed(&dossier);
            prop_assert_eq!(log(&history).faults(), []);
            let history = history.unwrap();
            prop_assert_eq!(history.candidate().entry(), step.candidate().entry());
            for (name, bytes) in &dossier.documents {
                prop_assert_eq!(name.digest(), Digest::of(bytes));
            }
        }
    });
}

#[test]
fn a_changed_surface_waits_and_its_revert_revives_the_answer() {
    let dossier = accepted();
    let elsewhere = requests_with(&[("repo_sha256", json!("0b".repeat(32)))]);
    let history = replay_on(&elsewhere, &dossier).unwrap();
    assert_eq!(history.log().faults(), []);
    assert_eq!(history.candidate().lane(), Lane::WaitingOwnerResponse);
    assert!(!history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
    assert!(draft_of(&history).is_none());
    assert_eq!(replay(&dossier).candidate().lane(), Lane::WaitingRuntimeGate);
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
            assert_eq!(history.log().faults(), []);
            assert!(history.log().has_withdrawn(name) && !history.log().keeps(name));
            assert_eq!(history.candidate().lane(), lane);
            assert!(!ledger(history.into_candidate()).contains("withdrawn-name"));
            let mut back = dossier.clone();
            back.documents.insert(name, answer(1, &[]).into_bytes());
            assert_eq!(codes(&back), [VerifyCode::OrphanDocument]);
            let skim = JournalSkim::read(&dossier.events);
            assert_eq!(skim.withdrawn, BTreeSet::from([name]));
            assert_eq!(skim.kept.len(), if accepts_first { 2 } else { 1 });
            assert_eq!(skim.whole, dossier.events.len());
        }
    }
}

#[test]
fn a_history_tells_what_happened() {
    let dossier = accepted();
    assert_eq!(format!("{dossier:?}"), "Dossier { .. }");
    let history = replay(&dossier);
    let events = history.log().events();
    let summary: Vec<_> = events
        .iter()
        .map(|event| (event.sequence(), event.is_review(), event.findings().len()))
        .collect();
    assert_eq!(summary, [(1, false, 1), (2, true, 0), (3, false, 0), (4, true, 0)]);
    assert_eq!(events[0].recorded_at().as_str(), TIME);
    assert_eq!(events[1].lane(), Lane::RequestSupplement);
    assert_eq!(history.log().since_the_answer(), &events[2..]);
    assert_eq!(
        history.log().response_event(),
        Some(Digest::of(text_lines(&dossier)[2].as_bytes()))
    );
    for (event, is_review) in events.iter().zip([false, true, false, true]) {
        let name = event.document().unwrap();
        assert_eq!(name.is_review(), is_review);
        assert_eq!(name.digest(), Digest::of(&dossier.documents[&name]));
        assert!(history.log().keeps(name) && !history.log().has_withdrawn(name));
        assert_eq!(DocumentName::parse(&name.to_string()), Some(name));
    }
    let hex = Digest::of(b"").hex();
    for name in [
        hex.clone(),
        format!("{hex}.json"),
        "x.review.json".to_owned(),
        format!(".{hex}.response.json"),
    ] {
        assert_eq!(DocumentName::parse(&name), None, "{name}");
    }
    let mut missing = dossier;
    let (name, _) = missing.documents.pop_first().unwrap();
    let broken = replayed(&missing).unwrap_err();
    let fault = &broken.faults()[0];
    assert_eq!((fault.document(), fault.line()), (Some(name), None));
}

#[test]
fn a_template_of_a_record_fails_what_is_found_and_decides_nothing_else() {
    let template = |dossier: &Dossier| -> Value {
        let text = draft_of(&replay(dossier)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let mut dossier = Dossier::default();
    assert!(draft_of(&replay(&dossier)).is_none());
    receive(&mut dossier, &answer(1, &[("rollback_owner", json!("TBD"))])).unwrap();
    let held = template(&dossier);
    assert_eq!(held["outcome"], "request_supplement");
    for check in ReviewerCheck::ALL {
        let is_found = *check == ReviewerCheck::RollbackOwnerPresent;
        let verdict = if is_found { json!("fail") } else { Value::Null };
        assert_eq!(held["checks"][check.as_str()], verdict, "{check}");
    }
    receive(&mut dossier, &answer(2, &[])).unwrap();
    let ready = template(&dossier);
    assert_eq!(ready["outcome"], Value::Null);
    assert_eq!(ready["not_authorization"], true);
    assert_eq!(
        ready["response_event"],
        json!(replay(&dossier).log().response_event().unwrap().to_string())
    );
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
    let owner = |principal: &str, key: &str| Signer::verified(principal, key, SignerRole::Owner);
    let reviewer =
        |principal: &str, key: &str| Signer::verified(principal, key, SignerRole::Person);
    let answer = answer(1, &[]);
    let document = || ResponseDocument::parse(answer.as_bytes()).unwrap();
    let receive =
        |document: &ResponseDocument| replay(&Dossier::default()).receive(document, time(TIME));
    let by_eve = document().signed_by(owner("Eve", "k1"));
    assert_eq!(receive(&by_eve), Err(IntakeRefusal::NotTheSigner));
    let mut dossier = Dossier::default();
    store(&mut dossier, &receive(&document().signed_by(owner("Ada Owner", "k1"))).unwrap());
    let text = record(&dossier, ACCEPTANCE, &[]);
    let accept = |signer| {
        let document = ReviewDocument::parse(text.as_bytes()).unwrap().signed_by(signer);
        let record = document.record().unwrap();
        replay(&dossier).review(record, time(TIME)).map_err(|refused| refused.reason)
    };
    assert_eq!(accept(reviewer("Ada Owner", "k2")).unwrap_err(), Refusal::NotTheSigner);
    assert_eq!(accept(reviewer("Rex Reviewer", "k1")).unwrap_err(), Refusal::OwnAnswer);
    let step = accept(reviewer("Rex Reviewer", "k2")).unwrap();
    let mut filed = dossier.clone();
    store(&mut filed, &step);
    let history = replay(&filed);
    assert_eq!(history.log().faults(), []);
    assert_eq!(history.candidate().lane(), Lane::WaitingRuntimeGate);
    let signed_by = history.candidate().record().and_then(ReviewerRecord::signer);
    assert_eq!(signed_by, Some(&reviewer("Rex Reviewer", "k2")));
    let by = history.log().events().last().unwrap().signer().unwrap();
    assert_eq!((by.principal(), by.key()), ("Rex Reviewer", "k2"));

    // A signed record needs a signed answer: without a signature, the responder is only a claim.
    let mut unsigned = Dossier::default();
    store(&mut unsigned, &receive(&document()).unwrap());
    let text = record(&unsigned, ACCEPTANCE, &[]);
    let record = ReviewDocument::parse(text.as_bytes()).unwrap();
    let record = record.signed_by(reviewer("Rex Reviewer", "k2")).record().unwrap();
    let refused = replay(&unsigned).review(record, time(TIME)).unwrap_err();
    assert_eq!(refused.reason, Refusal::AnswerUnsigned);
    assert_eq!(*refused.candidate, replay(&unsigned));
}

/// Tries every kind of reviewer with every role of a key, for a hold and for an acceptance. The role of the key
/// decides, also in a journal that was written by hand.
#[test]
fn a_record_counts_as_what_its_key_may_sign() {
    use SignerRole::{Automation, Owner, Person};
    let text = answer(1, &[]);
    let signed_as = |role| {
        let signer = Signer::verified("Ada Owner", "k1", role);
        ResponseDocument::parse(text.as_bytes()).unwrap().signed_by(signer)
    };
    for role in [Owner, Person, Automation] {
        let received = replay(&Dossier::default()).receive(&signed_as(role), time(TIME));
        assert_eq!(received.err(), (role != Owner).then_some(IntakeRefusal::NotAnOwner));
    }
    let mut dossier = Dossier::default();
    let step = replay(&dossier).receive(&signed_as(Owner), time(TIME)).unwrap();
    store(&mut dossier, &step);
    for outcome in [ACCEPTANCE, Lane::RequestSupplement] {
        for kind in [ReviewerKind::Person, ReviewerKind::Automation] {
            let text = record(&dossier, outcome, &[("reviewer_kind", json!(kind.to_string()))]);
            for role in [None, Some(Owner), Some(Person), Some(Automation)] {
                let case = format!("{outcome} {kind} {role:?}");
                let document = ReviewDocument::parse(text.as_bytes()).unwrap();
                let document = match role {
                    Some(role) => document.signed_by(Signer::verified("Rex Reviewer", "k2", role)),
                    None => document,
                };
                let record = document.record().unwrap();
                let is_by_person = record.is_by_person();
                let reviewed = replay(&dossier).review(record, time(TIME));
                let expected = match role {
                    Some(role) if role != kind.into() => Some(Refusal::OtherRole { kind, role }),
                    _ if outcome == ACCEPTANCE && kind == ReviewerKind::Automation => {
                        Some(Refusal::NotAPerson)
                    }
                    _ => None,
                };
                assert_eq!(
                    reviewed.as_ref().err().map(|refused| refused.reason),
                    expected,
                    "{case}"
                );
                let is_persons =
                    kind == ReviewerKind::Person && matches!(role, None | Some(Person));
                assert_eq!(is_by_person, is_persons, "{case}");

                let mut forged = dossier.clone();
                forgery::forge_record(&mut forged, text.clone(), outcome, role);
                let replayed = replayed(&forged);
                let illegal = expected.map(|_| VerifyCode::IllegalStep);
                assert_eq!(faults(&replayed), illegal.into_iter().collect::<Vec<_>>(), "{case}");
                if let Ok(history) = replayed {
                    let entry = history.candidate().entry();
                    assert_eq!(
                        entry.has(ProgressFlag::OwnerResponseReceived),
                        is_persons,
                        "{case}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_was_withheld_is_nowhere_in_the_journal() {
    proptest!(config(), |(secret in strategies::secret(), at in any::<Index>())| {
        let clean = strategies::clean_response(&surfaces()[0]);
        let keys: Vec<_> = clean.keys().filter(|key| *key != "schema_version" && *key != "acceptance_candidate_id").collect();
        let key = at.get(&keys).as_str();
        let mut dossier = Dossier::default();
        let Stored(candidate) =
            receive(&mut dossier, &answer(1, &[(key, json!(secret))])).unwrap();
        prop_assert_eq!(candidate.lane(), Lane::QuarantineSecretOrRawPayload);
        prop_assert!(dossier.documents.is_empty());
        let event = &replay(&dossier).log().events()[0].clone();
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

fn text_lines(dossier: &Dossier) -> Vec<String> {
    String::from_utf8(dossier.events.clone()).unwrap().lines().map(str::to_owned).collect()
}
