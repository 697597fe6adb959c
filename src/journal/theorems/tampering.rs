//! Journals that somebody changed, and journals with an interrupted step.

use super::*;

#[test]
fn every_flipped_byte_is_told() {
    let dossier = accepted();
    assert_eq!(codes(&dossier), []);
    let mut count = 0;
    for index in 0..dossier.events.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut tampered = dossier.clone();
            tampered.events[index] ^= flip;
            // If the line break is changed, two lines become one. The first of them is reported.
            let line = dossier.events[..index].split(|byte| *byte == b'\n').count();
            let replayed = replayed(&tampered);
            let faults = log(&replayed).faults();
            let is_reported = faults.iter().any(|fault| fault.line() == Some(line));
            assert!(is_reported, "byte {index} in line {line}: {faults:?}");
            count += 1;
        }
    }
    for (name, bytes) in &dossier.documents {
        for index in 0..bytes.len() {
            let mut tampered = dossier.clone();
            tampered.documents.get_mut(name).unwrap()[index] ^= 0x01;
            assert!(codes(&tampered).contains(&VerifyCode::DocumentAltered));
            count += 1;
        }
    }
    assert!(count > 5_000, "{count}");
}

#[test]
fn events_and_documents_that_are_missing_doubled_or_moved_are_told() {
    let dossier = accepted();
    let lines = text_lines(&dossier);
    let codes_of = |lines: Vec<&String>| {
        let text: String = lines.into_iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        codes(&Dossier { events: text.into_bytes(), documents: dossier.documents.clone() })
    };
    for index in 0..lines.len() {
        let without = lines.iter().enumerate().filter(|(other, _)| *other != index);
        let reported = codes_of(without.map(|(_, line)| line).collect());
        let is_last = index + 1 == lines.len();
        let code = if is_last { VerifyCode::OrphanDocument } else { VerifyCode::ChainBroken };
        assert!(reported.contains(&code), "{index}: {reported:?}");
        let twice = lines.iter().take(index + 1).chain(lines.iter().skip(index));
        assert!(codes_of(twice.collect()).contains(&VerifyCode::ChainBroken), "{index}");
        for other in 0..index {
            let mut swapped: Vec<_> = lines.iter().collect();
            swapped.swap(index, other);
            assert!(codes_of(swapped).contains(&VerifyCode::ChainBroken), "{index} {other}");
        }
    }
    let names: Vec<_> = dossier.documents.keys().copied().collect();
    assert_eq!(names.len(), 4);
    for name in &names {
        let mut missing = dossier.clone();
        missing.documents.remove(name);
        assert_eq!(codes(&missing), [VerifyCode::DocumentMissing]);
        let mut orphaned = dossier.clone();
        orphaned.documents.insert(DocumentName::review(b"other"), b"other".to_vec());
        assert_eq!(codes(&orphaned), [VerifyCode::OrphanDocument]);
        for other in names.iter().filter(|other| *other != name) {
            let mut swapped = dossier.clone();
            let bytes = dossier.documents[other].clone();
            swapped.documents.insert(*name, bytes);
            assert_eq!(codes(&swapped), [VerifyCode::DocumentAltered]);
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
        assert_eq!(codes(&cut).contains(&VerifyCode::TornEvent), length > before, "{length}");
        assert_eq!(history.whole_bytes(), if is_whole { length } else { before });
        // The next step repairs the journal.
        let text = answer(3, &[]);
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let step = history.receive(&document, time(TIME)).unwrap();
        store(&mut cut, &step);
        assert_eq!(codes(&cut), [], "{length}");
    }
}

#[test]
fn documents_whose_events_are_gone_are_told() {
    let dossier = accepted();
    let lines = text_lines(&dossier);
    for kept in 0..lines.len() {
        let text: String = lines.iter().take(kept).flat_map(|line| [line.as_str(), "\n"]).collect();
        let cut = Dossier { events: text.into_bytes(), documents: dossier.documents.clone() };
        let replayed = replayed(&cut);
        // A single document without an event may come from an interrupted step.
        let is_lost = lines.len() - kept > 1;
        assert_eq!(replayed.is_err(), is_lost, "{kept}");
        let broken =
            log(&replayed).faults().iter().find(|fault| fault.code() == VerifyCode::ChainBroken);
        assert_eq!(broken.and_then(JournalFault::line), is_lost.then_some(kept + 1));
    }
}

/// Last lines that a power cut can leave: the beginning of the line, zeros in its place, or both.
fn torn_tails() -> Vec<Vec<u8>> {
    let begun = b"{\"schema_version\":\"monitoring_jour";
    vec![
        begun.to_vec(),
        b"\0".to_vec(),
        b"\0\0\0\0\n".to_vec(),
        [&begun[..], b"\0\0\0"].concat(),
        [&begun[..], b"\0\0\0\n"].concat(),
        b"\xff".to_vec(),
        b"\0".repeat(4096),
    ]
}

#[test]
fn an_acceptance_before_a_torn_line_does_not_count() {
    for tail in torn_tails() {
        let mut torn = accepted();
        let whole = torn.events.len();
        torn.events.extend(&tail);
        let history = replay(&torn);
        assert_eq!(codes(&torn), [VerifyCode::TornEvent], "{tail:?}");
        assert_eq!(history.whole_bytes(), whole);
        assert_eq!(history.candidate().lane(), Lane::ReadyForMonitoringReview);
        assert!(!history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
        // The answer cannot be accepted a second time: the acceptance counts again once the torn line is gone.
        let again = record(&torn, ACCEPTANCE, &[("record_ref", json!("ticket:OPS-99"))]);
        assert_eq!(review(&mut torn.clone(), &again), Err(Refusal::AcceptanceSuspended));
        // A hold or another answer is the next event, and removes the torn line.
        for is_hold in [true, false] {
            let mut mended = torn.clone();
            let text =
                if is_hold { record(&torn, Lane::RequestSupplement, &[]) } else { answer(9, &[]) };
            let Stored(candidate) = if is_hold {
                review(&mut mended, &text).unwrap()
            } else {
                receive(&mut mended, &text).unwrap()
            };
            let history = replay(&mended);
            assert_eq!(history.log().faults(), []);
            assert_eq!(history.candidate().entry(), candidate.entry());
        }
    }
    // An answer that was held before a torn line stays held.
    let mut held = Dossier::default();
    receive(&mut held, &answer(1, &[("rollback_owner", json!("TBD"))])).unwrap();
    held.events.extend(b"{");
    assert_eq!(replay(&held).candidate().lane(), Lane::RequestSupplement);
    // Zeros before another event are not a torn line.
    let mut dossier = accepted();
    let first = dossier.events.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    dossier.events.splice(first..first, *b"\0\0\n");
    assert!(codes(&dossier).contains(&VerifyCode::ChainBroken));
}

#[test]
fn a_broken_journal_yields_no_candidate() {
    // Each line has its correct digest, but lines are missing, doubled or in the wrong order.
    let dossier = accepted();
    let lines = text_lines(&dossier);
    let keep = |keep: &[usize]| {
        let text: String = keep.iter().flat_map(|index| [lines[*index].as_str(), "\n"]).collect();
        Dossier { events: text.into_bytes(), documents: dossier.documents.clone() }
    };
    for kept in [&[1, 3][..], &[0, 3], &[3], &[2, 3], &[0, 1, 3], &[1, 0, 2, 3], &[0, 1, 2, 2, 3]] {
        let broken = replayed(&keep(kept)).unwrap_err();
        assert!(broken.faults().iter().any(|fault| fault.code().breaks_replay()));
        assert_eq!(broken.surface(), &surfaces()[0]);
        assert!(!broken.to_string().is_empty());
    }
    for name in dossier.documents.keys() {
        for change in [None, Some(b"{}".to_vec())] {
            let mut tampered = dossier.clone();
            match change {
                Some(bytes) => tampered.documents.insert(*name, bytes),
                None => tampered.documents.remove(name),
            };
            assert!(replayed(&tampered).is_err());
        }
    }
    // If one of several journals is broken, there is no ledger.
    let stamp = || Stamp::new(TIME, "unknown");
    let inventory = || Inventory::parse(b"{}").unwrap();
    let of = |broken: &Dossier| {
        Ledger::replay(inventory(), requests(), stamp(), |surface| {
            if *surface == surfaces()[0] { broken.clone() } else { Dossier::default() }
        })
    };
    assert_eq!(of(&dossier).unwrap().entries().count(), 2);
    assert_eq!(of(&keep(&[1, 3])).unwrap_err().len(), 1);
}

/// If a tool converted the line breaks of a journal as if it were text, the fault says so.
#[test]
fn converted_line_breaks_are_told_as_such() {
    let with_crlf = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec()).unwrap().replace('\n', "\r\n").into_bytes()
    };
    let dossier = accepted();
    let converted = Dossier { events: with_crlf(&dossier.events), ..dossier.clone() };
    let broken = replayed(&converted).unwrap_err();
    assert_eq!(faults(&Err(broken)), [VerifyCode::ChainBroken]);
    let message = replayed(&converted).unwrap_err().to_string();
    assert!(message.contains("only the line break differs"), "{message}");

    let mut dossier = Dossier::default();
    let text = answer(1, &[]).replace(",\"", ",\r\n\"");
    receive(&mut dossier, &text).unwrap();
    let (name, _) = dossier.documents.first_key_value().unwrap();
    let name = *name;
    for (bytes, is_converted) in [
        (text.replace("\r\n", "\n"), true),
        (text.replace("\r\n", " "), false),
        (format!("{text} "), false),
    ] {
        let mut tampered = dossier.clone();
        tampered.documents.insert(name, bytes.into_bytes());
        let broken = replayed(&tampered).unwrap_err();
        let fault = &broken.faults()[0];
        assert_eq!(fault.code(), VerifyCode::DocumentAltered);
        assert_eq!(fault.to_string().contains("Only the line breaks differ"), is_converted);
    }
}

/// A skim reads the events up to the first line that breaks the chain.
#[test]
fn a_journal_is_skimmed_as_far_as_its_chain_holds() {
    let dossier = accepted();
    let whole = dossier.events.len();
    let skim = JournalSkim::read(&dossier.events);
    assert_eq!((skim.whole, skim.kept.len(), skim.fault), (whole, 4, None));
    let torn = [&dossier.events[..], b"{"].concat();
    let skim = JournalSkim::read(&torn);
    assert_eq!((skim.whole, skim.kept.len()), (whole, 4));
    assert_eq!(skim.fault.unwrap().code(), VerifyCode::TornEvent);
    let lines = text_lines(&dossier);
    let skim = JournalSkim::read(format!("{}\n{}\n", lines[0], lines[2]).as_bytes());
    assert_eq!((skim.whole, skim.kept.len()), (lines[0].len() + 1, 1));
    assert_eq!(skim.fault.unwrap().code(), VerifyCode::ChainBroken);
    assert_eq!(JournalSkim::read(b"").fault, None);
}

#[test]
fn an_answer_is_carried_through_each_state_that_keeps_it() {
    let responder = |dossier: &Dossier| {
        let history = replay(dossier);
        history.candidate().response().map(|response| response.responder().to_owned())
    };
    let kept = Some("Ada Owner".to_owned());
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[])).unwrap();
    assert_eq!(responder(&dossier), kept);
    let held = record(&dossier, Lane::RequestSupplement, &[]);
    review(&mut dossier, &held).unwrap();
    assert_eq!(responder(&dossier), kept);
    let mut dossier = accepted();
    assert_eq!(responder(&dossier), kept);
    let revoked =
        record(&dossier, Lane::RequestSupplement, &[("record_ref", json!("ticket:OPS-90"))]);
    review(&mut dossier, &revoked).unwrap();
    assert_eq!(responder(&dossier), kept);
}

#[test]
fn zeros_in_the_place_of_a_line_break_keep_the_event() {
    let dossier = accepted();
    let whole = dossier.events.strip_suffix(b"\n").unwrap();
    for zeros in [1, 3, 512] {
        let skim = JournalSkim::read(&[whole, &vec![0; zeros]].concat());
        assert_eq!((skim.whole, skim.kept.len()), (whole.len(), 4), "{zeros}");
        assert_eq!(skim.fault.unwrap().code(), VerifyCode::TornEvent);
    }
}

/// A hold that is stricter than today's lane stays as strict, and every step that is allowed can be replayed.
#[test]
fn a_strict_hold_does_not_grow_milder_when_something_else_is_found() {
    let strict = Lane::StaleOrSilencedAlertReviewRequired;
    let mut dossier = Dossier::default();
    let scope = "prometheus_rules:rules/node.yml and prometheus_rules:rules/new.yml";
    receive(&mut dossier, &answer(1, &[("affected_scope", json!(scope))])).unwrap();
    let held = record(&dossier, strict, &[]);
    review(&mut dossier, &held).unwrap();
    // The requests now ask about a second surface, and the answer names it.
    let mut draft: Value = json!({"required_owner_fields": [], "request_drafts": []});
    for (id, surface) in [("", &surfaces()[0]), ("prometheus_rules:rules/new.yml", &surfaces()[1])]
    {
        let text = |field| surface.descriptor(field).unwrap().as_str().unwrap_or("").to_owned();
        let id = if id.is_empty() { surface.surface_id() } else { id };
        draft["request_drafts"].as_array_mut().unwrap().push(json!({
            "request_id": format!("request:{id}"), "surface_id": id,
            "label": text(AcceptanceField::Label), "expected_scope": "hosts", "config_kind": "k",
            "observability_scope": "o", "control_tier": "C0", "repo_source_path": "p",
            "repo_sha256": "0a".repeat(32), "source_line_count": 1,
            "write_capable_surface": surface.is_write_capable(),
            "requires_live_evidence": surface.requires_live_evidence(),
            "required_owner_fields": surface.required_owner_fields(),
        }));
    }
    let requests = OwnerRequests::parse(draft.to_string().as_bytes()).unwrap();
    assert_eq!(requests.surfaces()[0], surfaces()[0]);
    let history = replay_on(&requests, &dossier).unwrap();
    assert_eq!(history.candidate().lane(), strict);
    assert!(!history.candidate().entry().has(ProgressFlag::OwnerResponseReceived));
    assert_eq!(faults(&Ok(history)), [VerifyCode::LaneTooLenient]);
    for (day, outcome) in (3..).zip(Lane::ALL.iter().filter(|lane| lane.is_hold())) {
        let history = replay_on(&requests, &dossier).unwrap();
        let template = draft_of(&history).unwrap();
        let mut again: Value = serde_json::from_str(&template).unwrap();
        let text =
            record(&dossier, *outcome, &[("record_ref", json!(format!("ticket:OPS-{day}")))]);
        let own: Value = serde_json::from_str(&text).unwrap();
        for (key, value) in own.as_object().unwrap().iter().filter(|(key, _)| *key != "checks") {
            again[key] = value.clone();
        }
        for (check, verdict) in again["checks"].as_object_mut().unwrap() {
            if *verdict != "fail" {
                *verdict = own["checks"][check].clone();
            }
        }
        let document = ReviewDocument::parse(again.to_string().as_bytes()).unwrap();
        let step = history.review(document.record().unwrap(), time(TIME));
        let is_allowed = outcome.strictness() >= strict.strictness();
        assert_eq!(step.is_ok(), is_allowed, "{outcome}");
        if let Ok(step) = step {
            let mut after = dossier.clone();
            after.store(&step);
            assert!(replay_on(&requests, &after).is_ok(), "{outcome}");
        }
    }
}

#[test]
fn a_mild_hold_grows_as_strict_as_what_is_found_today() {
    let few = requests_with(&[("required_owner_fields", json!([]))]);
    let mut dossier = Dossier::default();
    // When the answer came, the request did not ask for the review of stale alerts.
    let text = answer(1, &[("stale_alert_review", json!(null))]);
    let document = ResponseDocument::parse(text.as_bytes()).unwrap();
    let step = replay_on(&few, &dossier).unwrap().receive(&document, time(TIME)).unwrap();
    assert_eq!(step.candidate().lane(), Lane::ReadyForMonitoringReview);
    store(&mut dossier, &step);
    let history = replay_on(&few, &dossier).unwrap();
    let held = record_of(&history, Lane::RequestSupplement, &[]);
    let document = ReviewDocument::parse(held.as_bytes()).unwrap();
    let step = history.review(document.record().unwrap(), time(TIME)).unwrap();
    store(&mut dossier, &step);
    let today = replay(&dossier);
    assert_eq!(today.candidate().lane(), Lane::StaleOrSilencedAlertReviewRequired);
    assert!(today.candidate().record().is_none());
}

#[test]
fn a_record_is_held_against_what_is_found_today_though_an_earlier_one_stands() {
    let strict = Lane::StaleOrSilencedAlertReviewRequired;
    let check = ReviewerCheck::RedactedRefsOnly;
    let mut dossier = Dossier::default();
    receive(&mut dossier, &answer(1, &[])).unwrap();
    // The first record fails the check. So it still counts when there is a finding against the check.
    let first = record(&dossier, strict, &[("checks/redacted_refs_only", json!("fail"))]);
    review(&mut dossier, &first).unwrap();
    // Today the request asks for a field that no answer has. That is a finding against the check.
    let all = surfaces()[0].required_owner_fields().to_vec();
    let all: Vec<_> = all.into_iter().chain(["favourite_colour".to_owned()]).collect();
    let requests = requests_with(&[("required_owner_fields", json!(all))]);
    let history = replay_on(&requests, &dossier).unwrap();
    assert_eq!(history.candidate().lane(), strict);
    assert!(history.candidate().record().is_some());
    assert!(history.candidate().findings().iter().any(|finding| finding.check() == check));
    let passing = record(&dossier, strict, &[("record_ref", json!("ticket:OPS-13"))]);
    let document = ReviewDocument::parse(passing.as_bytes()).unwrap();
    let refused = history.review(document.record().unwrap(), time(TIME)).unwrap_err();
    assert_eq!(refused.reason, Refusal::PassAgainstFinding(check));
}
