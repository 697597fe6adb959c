//! The verified properties of triage. `docs/properties.md` links to each test by its name.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence};
use serde_json::{Value, json};

use super::tests::{requests, surfaces};
use super::*;
use crate::candidate::AnyCandidate;
use crate::cut;
use crate::inputs::{Inventory, OwnerRequests};
use crate::ledger::{Ledger, Stamp};
use crate::strategies;

fn config() -> Config {
    let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
    Config { failure_persistence: Some(Box::new(persistence)), ..Config::default() }
}

fn judge(text: &str) -> Option<AnyCandidate> {
    let surfaces = surfaces();
    let document = ResponseDocument::parse(text.as_bytes()).ok()?;
    let candidate = AnyCandidate::new(surfaces[0].clone());
    Some(candidate.receive(&Surfaces::of(&requests()), &document).into())
}

/// Returns everything that a candidate shows: its debug output, its findings, and its ledger.
fn shown(candidate: AnyCandidate) -> String {
    let mut shown = format!("{candidate:?}");
    for finding in candidate.findings() {
        write!(shown, "{} {} {finding:?}", finding.field(), finding.message()).unwrap();
    }
    let requests = OwnerRequests::parse(br#"{"required_owner_fields": []}"#).unwrap();
    let inventory = Inventory::parse(b"{}").unwrap();
    let ledger = Ledger::of(inventory, requests, Stamp::new("t", "unknown"), vec![candidate]);
    ledger.write_to(&mut shown).unwrap();
    shown
}

/// The places in an answer that can carry a secret.
#[derive(Clone, Debug)]
enum Place {
    Field(AcceptanceField),
    Responder,
    Key,
    KeyBelow,
    Nested,
    EvidenceRef,
    SurfaceId,
    Schema,
}

fn place() -> impl Strategy<Value = Place> {
    let texts: Vec<_> = AcceptanceField::answers()
        .filter(|field| *field != AcceptanceField::RedactedEvidenceRefs)
        .collect();
    prop_oneof![
        6 => select(texts).prop_map(Place::Field),
        1 => Just(Place::Responder),
        1 => Just(Place::Key),
        1 => Just(Place::KeyBelow),
        1 => Just(Place::Nested),
        1 => Just(Place::EvidenceRef),
        1 => Just(Place::SurfaceId),
        1 => Just(Place::Schema),
    ]
}

/// Returns a clean response with a secret in one place, after some prose.
fn plant(secret: &str, place: &Place, prose: &str) -> Value {
    let text = json!(format!("{prose}{secret}"));
    let mut members = strategies::clean_response(&surfaces()[0]);
    match place {
        Place::Field(field) => members.insert(field.to_string(), text),
        Place::Responder => members.insert("responder".to_owned(), text),
        Place::Key => members.insert(secret.to_owned(), json!(1)),
        Place::KeyBelow => members.insert("notes".to_owned(), json!([{secret: [null]}])),
        Place::Nested => members.insert("rollback_owner".to_owned(), json!({"a": [[text]]})),
        Place::EvidenceRef => {
            members.insert("redacted_evidence_refs".to_owned(), json!(["ticket:OPS-1", text]))
        }
        Place::SurfaceId => members.insert("surface_id".to_owned(), text),
        Place::Schema => members.insert("$schema".to_owned(), text),
    };
    members.into()
}

#[test]
fn what_triage_withheld_is_nowhere() {
    let prose = select(&["", "請見 ", "用這個：", "the token we use: ", "x=", "(", "\n"][..]);
    proptest!(config(), |(secret in strategies::secret(), place in place(), prose in prose)| {
        let candidate = judge(&plant(&secret, &place, prose).to_string()).unwrap();
        prop_assert_eq!(candidate.lane(), Lane::QuarantineSecretOrRawPayload);
        prop_assert!(!shown(candidate).contains(&secret));
    });
}

#[test]
fn a_broken_document_is_never_repeated() {
    let cuts = (
        any::<Index>(),
        0..4_usize,
        select(&["", "\"", "}", "\\ud800", "\u{1}", ",", "1e999"][..]),
    );
    proptest!(config(), |(secret in strategies::secret(), place in place(), (at, length, patch) in cuts)| {
        let mut text = plant(&secret, &place, "").to_string();
        let start = cut::floor(&text, at.index(text.len()));
        let end = cut::floor(&text, start + length);
        text.replace_range(start..end.max(start), patch);
        match ResponseDocument::parse(text.as_bytes()) {
            Ok(document) => {
                let shown = format!("{document:?}");
                prop_assert!(!shown.contains(&secret));
            }
            Err(error) => {
                let shown = format!("{error} {error:?} {} {}", error.path(), error.next_step());
                prop_assert!(!shown.contains(&secret), "{}", error);
            }
        }
    });
}

#[test]
fn triage_is_total_and_deterministic() {
    proptest!(config(), |(text in strategies::responses(&surfaces()[0]))| {
        let candidate = judge(&text).unwrap();
        prop_assert_eq!(&candidate, &judge(&text).unwrap());
        let lane = candidate.lane();
        prop_assert!(lane.strictness().is_some(), "no answer goes to {}", lane);
        // Either something is found, or the answer is ready.
        prop_assert_eq!(candidate.findings().is_empty(), lane == Lane::ReadyForMonitoringReview);
        for finding in candidate.findings() {
            prop_assert!(finding.lane().strictness() <= lane.strictness());
            // The pointer of an unknown field is its position, so the test cannot follow it.
            let is_named = !finding.field().contains('#');
            if let Some(characters) = finding.characters().filter(|_| is_named) {
                let value: Value = serde_json::from_str(&text).unwrap();
                let field = value.pointer(finding.field()).and_then(Value::as_str);
                let length = field.map(|field| field.chars().count());
                prop_assert!(characters.start < characters.end);
                prop_assert!(length.is_some_and(|length| characters.end <= length));
            }
        }
    });
}

#[test]
fn an_added_finding_is_never_milder() {
    let problems = || proptest::collection::vec(select(Problem::ALL), 0..6);
    proptest!(config(), |(problems in problems(), added in select(Problem::ALL))| {
        let triage = |problems: &[Problem]| Triage {
            response: OwnerResponse {
                responder: String::new(),
                answers: Answers::default(),
                hints: Vec::new(),
                signer: None,
            },
            findings: problems.iter().map(|problem| Finding::of(*problem, None)).collect(),
        };
        let more = [&problems[..], &[added]].concat();
        let (before, after) = (triage(&problems).lane(), triage(&more).lane());
        prop_assert!(after.strictness() >= before.strictness());
        prop_assert!(after.strictness() >= added.lane().strictness());
    });
}
