//! Journals that somebody changed, or that a step left unfinished.

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
            // A line break that is gone joins two lines, of which the first is told.
            let line = dossier.events[..index].split(|byte| *byte == b'\n').count();
            let replayed = replayed(&tampered);
            let faults = log(&replayed).faults();
            let told = faults.iter().any(|fault| fault.line() == Some(line));
            assert!(told, "byte {index} in line {line}: {faults:?}");
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
    let tell = |lines: Vec<&String>| {
        let text: String = lines.into_iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        codes(&Dossier { events: text.into_bytes(), documents: dossier.documents.clone() })
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
        assert_eq!(codes(&missing), [VerifyCode::DocumentMissing]);
        let mut orphaned = dossier.clone();
        orphaned.documents.insert(DocumentName::review(Digest::of(b"other")), b"other".to_vec());
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
        // The next step mends it.
        let text = answer(3, &[]);
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let step = history.receive(&document, time(TIME)).unwrap();
        cut.events.truncate(if is_whole { length } else { before });
        store(&mut cut, &step);
        if !is_whole {
            let mended = replay(&cut);
            cut.documents.retain(|name, _| mended.log().keeps(*name));
        }
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
        // One document may be what an interrupted step left.
        let is_lost = lines.len() - kept > 1;
        assert_eq!(replayed.is_err(), is_lost, "{kept}");
        let broken =
            log(&replayed).faults().iter().find(|fault| fault.code() == VerifyCode::ChainBroken);
        assert_eq!(broken.and_then(JournalFault::line), is_lost.then_some(kept + 1));
    }
}
