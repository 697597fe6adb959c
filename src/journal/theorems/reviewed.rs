//! What stays the same after a review, and how long an acceptance counts.

use super::*;

/// The findings and hints of an answer are the same after a review and a replay.
#[test]
fn a_finding_and_a_hint_survive_a_review() {
    let mut dossier = Dossier::default();
    let changes = [
        ("followup_owner", Value::Null),
        ("decision_reason", json!("All containers are up and the route is fine.")),
    ];
    receive(&mut dossier, &answer(1, &changes)).unwrap();
    let seen = |dossier: &Dossier| {
        let history = replay(dossier);
        let finding = history.candidate().findings()[0].clone();
        let hints = history.candidate().response().unwrap().hints().to_vec();
        assert!(finding.is_excusable());
        assert_eq!((finding.field(), hints.len()), ("/followup_owner", 1));
        assert_eq!(history.log().events()[0].hints(), hints);
        (finding, hints)
    };
    let before = seen(&dossier);
    let held = record(&dossier, Lane::RequestSupplement, &[]);
    review(&mut dossier, &held).unwrap();
    assert_eq!(seen(&dossier), before);
    // The event has them, too, without the document.
    let line = dossier.events.split(|byte| *byte == b'\n').next().unwrap();
    let line = std::str::from_utf8(line).unwrap();
    let event = Event::read_line(line).unwrap();
    assert_eq!(event.findings(), [before.0]);
    assert_eq!(event.hints(), before.1);
}

/// An acceptance counts until its `valid_until`. A record whose `valid_until` has passed when it is recorded is
/// refused.
#[test]
fn an_acceptance_counts_until_its_end() {
    let dossier = accepted();
    let ledger = |generated_at: &str| {
        let stamp = Stamp::new(generated_at, "unknown");
        let inventory = Inventory::parse(b"{}").unwrap();
        let of = |surface: &crate::inputs::Surface| {
            if *surface == surfaces()[0] { dossier.clone() } else { Dossier::default() }
        };
        Ledger::replay(inventory, requests(), stamp, of).unwrap()
    };
    for (generated_at, accepted) in [
        (TIME, 1),
        ("2027-11-24T09:59:59+08:00", 1),
        ("2027-11-24T10:00:00+08:00", 0),
        ("2030-01-01T00:00:00Z", 0),
        ("some time", 0),
    ] {
        let tally = ledger(generated_at).tally();
        assert_eq!(tally.with(ProgressFlag::OwnerResponseAccepted), accepted, "{generated_at}");
    }
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[])).unwrap();
    for (changes, refusal) in [
        (
            [("reviewed_at", "2026-11-20T10:00:00+08:00"), ("valid_until", TIME)],
            Refusal::AlreadyExpired,
        ),
        (
            [("reviewed_at", TIME), ("valid_until", "2027-11-25T10:00:01+08:00")],
            Refusal::ValidUntilOutOfRange,
        ),
        (
            [("reviewed_at", "2026-11-24T10:05:01+08:00"), ("valid_until", "2027-01-01T00:00:00Z")],
            Refusal::AheadOfTheClock,
        ),
    ] {
        let changes: Vec<_> = changes.iter().map(|(key, value)| (*key, json!(value))).collect();
        let text = record(&dossier, ACCEPTANCE, &changes);
        assert_eq!(review(&mut dossier, &text), Err(refusal));
    }
    let latest = [
        ("reviewed_at", json!("2026-11-24T10:05:00+08:00")),
        ("valid_until", json!("2027-11-25T10:05:00+08:00")),
    ];
    let text = record(&dossier, ACCEPTANCE, &latest);
    assert!(review(&mut dossier, &text).is_ok());
}
