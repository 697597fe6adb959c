//! The verified properties of the state machine. Each test is a theorem. `docs/properties.md` links
//! to it by its name.
//!
//! Each theorem is checked on every step of the whole product of states and abstract events, and on
//! the steps of random sequences.

mod earned;
mod event;
mod spec;

use std::cell::RefCell;
use std::collections::HashSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::ledger::{Ledger, LedgerDocument, Stamp};
use crate::response::OwnerResponse;
use crate::review::{Refusal, ReviewerKind, Verdict};
use crate::words::{ItemFlag, Lane, ProgressFlag, ReviewerCheck, RuntimeGate};

use super::{Accepted, AnyCandidate, Held, Refused};
use event::{
    Event, Moment, UNANSWERED, answer, any_event, every_event, finding_in, path_to_every_state,
    triage,
};
use spec::Model;

/// One step: the candidate before, the event, and the candidate after. A refused step also has the
/// reason.
#[derive(Debug)]
struct Step {
    before: AnyCandidate,
    event: Event,
    after: AnyCandidate,
    refusal: Option<Refusal>,
}

impl Step {
    fn take(before: AnyCandidate, event: Event) -> Self {
        let (after, refusal) = match &event {
            Event::Answer(findings) => {
                (before.clone().receive_triaged(triage(findings), Some(answer())).into(), None)
            }
            Event::SurfaceChanged => (before.clone().surface_changed().erase(), None),
            Event::AsOf(moment) => (before.clone().as_of(moment.time().as_ref()), None),
            Event::Review(record) => {
                match before.clone().review(record.to_reviewer_record(before.surface())) {
                    Ok(after) => (after, None),
                    Err(Refused { candidate, reason }) => (candidate, Some(reason)),
                }
            }
        };
        Self { before, event, after, refusal }
    }
}

/// The four kinds of surface: write-capable or not, with live evidence required or not.
fn surfaces() -> Vec<Surface> {
    let draft = |index: usize| {
        let (writes, live) = (index & 1 == 1, index & 2 == 2);
        format!(
            r#"{{"request_id": "request:{index}", "surface_id": "prometheus_rules:{index}.yml",
            "label": "l", "expected_scope": null, "config_kind": ["k"], "observability_scope": 1.5,
            "control_tier": "C0", "repo_source_path": "{index}.yml", "repo_sha256": "0",
            "source_line_count": 12, "write_capable_surface": {writes},
            "requires_live_evidence": {live}, "required_owner_fields": ["decision", "rollback_owner"]}}"#
        )
    };
    let drafts: Vec<_> = (0..4).map(draft).collect();
    let text =
        format!(r#"{{"required_owner_fields": [], "request_drafts": [{}]}}"#, drafts.join(","));
    OwnerRequests::parse(text.as_bytes()).unwrap().surfaces().to_vec()
}

/// Every state that a candidate of `surface` can be in. The steps are those that a caller can take.
fn every_state(surface: &Surface) -> Vec<AnyCandidate> {
    let mut states: Vec<AnyCandidate> = Vec::new();
    for path in path_to_every_state() {
        let waiting = AnyCandidate::new(surface.clone());
        let state = path.into_iter().fold(waiting, |state, event| Step::take(state, event).after);
        if !states.contains(&state) {
            states.push(state);
        }
    }
    states
}

/// Checks `theorem` on every step of the product, and on every step of random sequences.
fn holds_on_every_step(name: &str, theorem: impl Fn(&Step) -> Result<(), TestCaseError>) {
    for surface in surfaces() {
        for state in every_state(&surface) {
            for event in every_event() {
                let step = Step::take(state.clone(), event);
                if let Err(error) = theorem(&step) {
                    panic!("{error}: {step:#?}");
                }
            }
        }
    }
    let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
    let config = Config {
        failure_persistence: Some(Box::new(persistence)),
        source_file: Some(file!()),
        test_name: Some(Box::leak(name.to_owned().into_boxed_str())),
        ..Config::default()
    };
    let sequences = (0..4_usize, proptest::collection::vec(any_event(), 1..12));
    let outcome = TestRunner::new(config).run(&sequences, |(surface, events)| {
        let mut candidate = AnyCandidate::new(surfaces()[surface].clone());
        for event in events {
            let step = Step::take(candidate, event);
            theorem(&step)?;
            candidate = step.after;
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// Checks `theorem` on every candidate that a step can lead to. Each candidate is checked once.
fn holds_for_every_candidate(
    name: &str,
    theorem: impl Fn(&AnyCandidate) -> Result<(), TestCaseError>,
) {
    let seen = RefCell::new(HashSet::new());
    holds_on_every_step(name, |step| {
        let is_new = seen.borrow_mut().insert(format!("{:?}", step.after));
        if is_new { theorem(&step.after) } else { Ok(()) }
    });
}

/// The ledger of this one candidate, as text and as a general JSON parser reads it.
fn ledger_of(candidate: &AnyCandidate) -> (String, serde_json::Value) {
    let ledger = Ledger::of(
        Inventory::parse(b"{}").unwrap(),
        OwnerRequests::parse(br#"{"required_owner_fields": []}"#).unwrap(),
        Stamp::new("2026-01-01T08:00:00+08:00", "unknown"),
        vec![candidate.clone()],
    );
    let mut text = String::new();
    ledger.write_to(&mut text).unwrap();
    let document = serde_json::from_str(&text).unwrap();
    (text, document)
}

#[test]
fn the_core_agrees_with_the_naive_table() {
    fn agrees(model: &Model, candidate: &AnyCandidate) -> Result<(), TestCaseError> {
        let entry = candidate.entry();
        prop_assert_eq!(entry.lane(), model.lane);
        prop_assert_eq!(entry.reviewer_outcome(), model.outcome);
        prop_assert_eq!(!entry.answers().evidence_refs().is_empty(), model.shows_answers);
        let passed =
            |check| model.passed_by_person.as_ref().is_some_and(|passed| passed.contains(&check));
        for flag in ProgressFlag::ALL {
            let expected = match flag {
                ProgressFlag::RequestSent | ProgressFlag::RecipientConfirmed => false,
                ProgressFlag::OwnerResponseReceived => model.passed_by_person.is_some(),
                ProgressFlag::OwnerResponseAccepted => model.is_accepted(),
                ProgressFlag::OwnerResponseRejected => {
                    model.passed_by_person.is_some() && model.lane == Lane::RejectExecutionRequest
                }
                ProgressFlag::OwnerResponseQuarantined => {
                    model.lane == Lane::QuarantineSecretOrRawPayload
                }
                ProgressFlag::SupplementRequested => model.asks_for_more(),
                ProgressFlag::LiveEvidenceReceived => {
                    entry.surface().requires_live_evidence()
                        && model.shows_answers
                        && passed(ReviewerCheck::LiveConfigHashMetadataOnly)
                }
            };
            prop_assert_eq!(entry.has(*flag), expected, "{}", flag);
        }
        for flag in ItemFlag::ALL {
            prop_assert_eq!(
                entry.has_item(*flag),
                passed(flag.check()) && !model.is_withheld(),
                "{}",
                flag
            );
        }
        Ok(())
    }
    fn walk(surface: &Surface, events: &[Event]) -> Result<(), TestCaseError> {
        let mut candidate = AnyCandidate::new(surface.clone());
        let mut model = Model::waiting();
        for event in events {
            let step = Step::take(candidate, event.clone());
            let expected = model.after(event, surface.is_write_capable());
            prop_assert_eq!(step.refusal.is_none(), expected.is_some(), "{:?}", step);
            model = expected.unwrap_or(model);
            agrees(&model, &step.after)?;
            candidate = step.after;
        }
        Ok(())
    }
    for surface in surfaces() {
        for path in path_to_every_state() {
            for event in every_event() {
                let events: Vec<_> = path.iter().cloned().chain([event]).collect();
                walk(&surface, &events).unwrap();
            }
        }
    }
    proptest!(|(surface in 0..4_usize, events in proptest::collection::vec(any_event(), 1..12))| {
        walk(&surfaces()[surface], &events)?;
    });
}

#[test]
fn gates_stay_shut() {
    holds_for_every_candidate("gates_stay_shut", |candidate| {
        let (_, ledger) = ledger_of(candidate);
        for gate in RuntimeGate::ALL {
            prop_assert!(!candidate.gates().get(*gate).is_open());
            prop_assert_eq!(&ledger["acceptance_candidates"][0][gate.as_str()], false, "{}", gate);
        }
        Ok(())
    });
}

#[test]
fn boundaries_stay_closed() {
    holds_for_every_candidate("boundaries_stay_closed", |candidate| {
        let (_, ledger) = ledger_of(candidate);
        let boundaries = ledger["execution_boundaries"].as_object().unwrap();
        prop_assert_eq!(boundaries.len(), 33);
        for (key, value) in boundaries {
            prop_assert_eq!(value, key == "not_authorization", "{}", key);
        }
        Ok(())
    });
}

#[test]
fn only_a_persons_record_moves_forward() {
    let moved = |candidate: &AnyCandidate| {
        let entry = candidate.entry();
        let forward = [
            ProgressFlag::OwnerResponseReceived,
            ProgressFlag::OwnerResponseAccepted,
            ProgressFlag::OwnerResponseRejected,
            ProgressFlag::LiveEvidenceReceived,
        ];
        forward.iter().any(|flag| entry.has(*flag))
            || ItemFlag::ALL.iter().any(|flag| entry.has_item(*flag))
    };
    holds_on_every_step("only_a_persons_record_moves_forward", |step| {
        if step.refusal.is_some() || !moved(&step.after) {
            return Ok(());
        }
        // Time moves nothing forward: it changes nothing, or ends an acceptance.
        if matches!(step.event, Event::AsOf(_)) {
            prop_assert_eq!(&step.before, &step.after);
            return Ok(());
        }
        prop_assert!(
            matches!(&step.event, Event::Review(record) if record.kind == ReviewerKind::Person)
        );
        Ok(())
    });
}

#[test]
fn accepted_means_passed_by_another_person() {
    holds_on_every_step("accepted_means_passed_by_another_person", |step| {
        let entry = step.after.entry();
        if !entry.has(ProgressFlag::OwnerResponseAccepted) {
            return Ok(());
        }
        prop_assert!(entry.has(ProgressFlag::OwnerResponseReceived));
        prop_assert!(!entry.has(ProgressFlag::OwnerResponseRejected));
        prop_assert!(!entry.has(ProgressFlag::OwnerResponseQuarantined));
        if let (Event::Review(record), None) = (&step.event, step.refusal) {
            prop_assert!(record.kind == ReviewerKind::Person && !record.is_by_responder);
            for check in ReviewerCheck::ALL {
                let verdict = record.verdict(*check);
                let is_blank = *check == UNANSWERED;
                let is_skipped = verdict == Some(Verdict::NotApplicable) && is_blank;
                prop_assert!(verdict == Some(Verdict::Pass) || is_skipped);
            }
        }
        Ok(())
    });
}

#[test]
fn a_reviewer_never_lifts_what_triage_held() {
    holds_on_every_step("a_reviewer_never_lifts_what_triage_held", |step| {
        let (from, to) = (step.before.lane(), step.after.lane());
        if matches!(step.event, Event::Review(_)) && from.is_hold() {
            prop_assert!(to.strictness() >= from.strictness());
        }
        Ok(())
    });
}

#[test]
fn a_changed_answer_or_surface_or_a_date_that_passed_reopens_review() {
    let name = "a_changed_answer_or_surface_or_a_date_that_passed_reopens_review";
    holds_on_every_step(name, |step| {
        let entry = step.after.entry();
        if let Event::AsOf(moment) = step.event {
            // A ledger with this time shows the same.
            let time = moment.time();
            prop_assert_eq!(step.before.entry_as_of(time.as_ref()), step.after.entry());
            let was_accepted = step.before.entry().has(ProgressFlag::OwnerResponseAccepted);
            if was_accepted && moment != Moment::Before {
                prop_assert_eq!(&step.after, &AnyCandidate::new(step.before.surface().clone()));
            } else {
                prop_assert_eq!(&step.after, &step.before);
            }
            return Ok(());
        }
        if !matches!(step.event, Event::Review(_)) {
            prop_assert_eq!(entry.reviewer_outcome(), Lane::WaitingOwnerResponse);
            prop_assert!(!entry.has(ProgressFlag::OwnerResponseReceived));
            prop_assert!(!entry.has(ProgressFlag::LiveEvidenceReceived));
        }
        if matches!(step.event, Event::SurfaceChanged) {
            prop_assert_eq!(&step.after, &AnyCandidate::new(step.before.surface().clone()));
        }
        Ok(())
    });
}

#[test]
fn identity_and_descriptors_survive_every_transition() {
    holds_on_every_step("identity_and_descriptors_survive_every_transition", |step| {
        prop_assert_eq!(step.before.surface(), step.after.surface());
        Ok(())
    });
}

#[test]
fn counts_equal_what_the_candidates_show() {
    holds_for_every_candidate("counts_equal_what_the_candidates_show", |candidate| {
        let (_, ledger) = ledger_of(candidate);
        let shown = ledger["acceptance_candidates"][0].as_object().unwrap();
        let mut flags = 0;
        for (key, count) in ledger["summary"].as_object().unwrap() {
            let flag = match key.strip_suffix("_count") {
                Some("action_button") => "action_buttons_allowed",
                Some("write_capable_acceptance_candidate") => "write_capable_surface",
                Some("live_evidence_required_candidate") => "requires_live_evidence",
                other => other.unwrap_or_default(),
            };
            if let Some(value) = shown.get(flag) {
                flags += 1;
                prop_assert_eq!(
                    count.as_u64(),
                    Some(u64::from(value.as_bool().unwrap())),
                    "{}",
                    key
                );
            }
        }
        prop_assert_eq!(
            flags,
            2 + ProgressFlag::ALL.len() + ItemFlag::ALL.len() + RuntimeGate::ALL.len()
        );
        Ok(())
    });
}

#[test]
fn a_refused_transition_changes_nothing() {
    holds_on_every_step("a_refused_transition_changes_nothing", |step| {
        if step.refusal.is_some() {
            prop_assert_eq!(&step.before, &step.after);
        }
        Ok(())
    });
}

#[test]
fn ledger_bytes_round_trip() {
    holds_for_every_candidate("ledger_bytes_round_trip", |candidate| {
        let (text, _) = ledger_of(candidate);
        let document = LedgerDocument::parse(text.as_bytes())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut again = String::new();
        document.write_to(&mut again).unwrap();
        prop_assert_eq!(text, again);
        prop_assert_eq!(&document.entries()[0], &candidate.entry());
        Ok(())
    });
}

/// The product is complete: it has all twelve lanes. Each hold comes without a record, and with a record by a person
/// and by automation.
#[test]
fn every_state_is_walked() {
    for surface in surfaces() {
        let states = every_state(&surface);
        for lane in Lane::ALL {
            let is_other_acceptance = *lane
                == if surface.is_write_capable() {
                    Lane::OwnerReviewOnlyUpdate
                } else {
                    Lane::WaitingRuntimeGate
                };
            let of_lane = || states.iter().filter(|state| state.lane() == *lane);
            assert_eq!(of_lane().count() == 0, is_other_acceptance, "{lane}");
            if lane.is_hold() {
                let has = |outcome: Lane, received: bool| {
                    of_lane().any(|state| {
                        let entry = state.entry();
                        entry.reviewer_outcome() == outcome
                            && entry.has(ProgressFlag::OwnerResponseReceived) == received
                    })
                };
                assert!(
                    has(Lane::WaitingOwnerResponse, false) && has(*lane, true) && has(*lane, false)
                );
            }
        }
    }
}

/// Each of these refused records gives its own reason.
#[test]
fn a_refusal_says_why() {
    let record = |kind, outcome, is_by_responder, exceptions: &[(ReviewerCheck, Verdict)]| {
        let exceptions =
            exceptions.iter().map(|(check, verdict)| (*check, Some(*verdict))).collect();
        Event::Review(event::Record { kind, outcome, is_by_responder, exceptions })
    };
    let [ready, supplement] =
        [Vec::new(), vec![finding_in(Lane::RequestSupplement)]].map(|findings| {
            Step::take(AnyCandidate::new(surfaces()[1].clone()), Event::Answer(findings)).after
        });
    let (person, accept) = (ReviewerKind::Person, Lane::OwnerReviewOnlyUpdate);
    let check = ReviewerCheck::SecretValueAbsent;
    for (before, event, reason) in [
        (&ready, record(ReviewerKind::Automation, accept, false, &[]), Refusal::NotAPerson),
        (&ready, record(person, accept, true, &[]), Refusal::OwnAnswer),
        (
            &ready,
            record(person, accept, false, &[(check, Verdict::Fail)]),
            Refusal::FailedCheck(check),
        ),
        (
            &ready,
            record(person, accept, false, &[(check, Verdict::NotApplicable)]),
            Refusal::NotApplicableUnearned(check),
        ),
        (
            &ready,
            record(person, Lane::RequestSupplement, false, &[(check, Verdict::Fail)]),
            Refusal::NoFailedCheck(Lane::RequestSupplement),
        ),
        (
            &supplement,
            record(person, Lane::QuarantineSecretOrRawPayload, false, &[(check, Verdict::Fail)]),
            Refusal::PassAgainstFinding(ReviewerCheck::AffectedScopeMatchesSurface),
        ),
        (
            &supplement,
            record(person, accept, false, &[]),
            Refusal::NoSuchStep { from: Lane::RequestSupplement, outcome: accept },
        ),
    ] {
        assert_eq!(Step::take(before.clone(), event).refusal, Some(reason));
    }
}

/// `hold` refuses an acceptance, and `accept` refuses every other outcome.
#[test]
fn a_hold_is_no_acceptance_and_an_acceptance_no_hold() {
    let waiting = AnyCandidate::new(surfaces()[1].clone());
    let AnyCandidate::ReadyForReview(ready) = Step::take(waiting, Event::Answer(Vec::new())).after
    else {
        panic!("not ready")
    };
    let outcome = Lane::OwnerReviewOnlyUpdate;
    let record = event::Record {
        kind: ReviewerKind::Person,
        outcome,
        is_by_responder: false,
        exceptions: std::collections::BTreeMap::new(),
    };
    let Refused { candidate, reason } =
        ready.clone().hold(record.to_reviewer_record(ready.surface())).unwrap_err();
    let from = Lane::ReadyForMonitoringReview;
    assert_eq!(reason, Refusal::NoSuchStep { from, outcome });
    assert_eq!(candidate, ready);
    for other in Lane::ALL.iter().copied().filter(|lane| *lane != outcome) {
        let record = event::Record { outcome: other, ..record.clone() };
        let Refused { reason, .. } =
            ready.clone().accept(record.to_reviewer_record(ready.surface())).unwrap_err();
        assert_eq!(reason, Refusal::NoSuchStep { from, outcome: other });
    }
}

/// The core keeps an answer unchanged.
#[test]
fn a_kept_answer_is_the_one_that_came_in() {
    let response = |candidate: &AnyCandidate| -> Option<OwnerResponse> {
        match candidate {
            AnyCandidate::Held(Held::SupplementRequested(held)) => Some(held.response().clone()),
            AnyCandidate::ReadyForReview(candidate) => Some(candidate.response().clone()),
            AnyCandidate::Accepted(Accepted::WaitingRuntimeGate(accepted)) => {
                Some(accepted.response().clone())
            }
            _ => None,
        }
    };
    let waiting = AnyCandidate::new(surfaces()[1].clone());
    let ready = Step::take(waiting.clone(), Event::Answer(Vec::new())).after;
    let accept = event::Record {
        kind: ReviewerKind::Person,
        outcome: Lane::OwnerReviewOnlyUpdate,
        is_by_responder: false,
        exceptions: std::collections::BTreeMap::new(),
    };
    let accepted = Step::take(ready.clone(), Event::Review(accept)).after;
    let finding = finding_in(Lane::RequestSupplement);
    let supplement = Step::take(waiting, Event::Answer(vec![finding.clone()])).after;
    for candidate in [&ready, &accepted, &supplement] {
        let response = response(candidate).unwrap();
        assert_eq!(response, triage(&[]).response);
        assert_eq!(response.responder(), "Ada Owner");
    }
    let AnyCandidate::Held(Held::SupplementRequested(supplement)) = supplement else {
        panic!("not held")
    };
    assert_eq!(supplement.findings(), [finding]);
    let AnyCandidate::Accepted(Accepted::WaitingRuntimeGate(accepted)) = accepted else {
        panic!("not accepted")
    };
    assert_eq!(accepted.record().unwrap().reviewer(), "Rex Reviewer");
}
