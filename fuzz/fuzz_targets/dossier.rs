//! Replay of any journal.
//!
//! Replay never panics. A journal that replays has no fault that breaks it, opens no gate, and has earned its
//! acceptance. It can take another step. A journal that does not replay has a fault.
//!
//! Bytes that begin like a line are a file of events, with the documents of a sound journal. Other bytes are dice: they
//! change a sound journal and make its chain valid again.

#![no_main]

use std::sync::LazyLock;

use acceptance_ledger::{
    AnyCandidate, Digest, DocumentName, Dossier, History, JournalFault, Lane, ResponseDocument,
    TemplateFormat, Time, VerifyCode,
};
use acceptance_ledger_fuzz::yaml::{is_yaml, value_of};
use acceptance_ledger_fuzz::{
    Dice, Example, accepted, accepted_in_yaml, accepted_lane, answer, check_gates, check_no_secret,
    count, draft, edit, edit_document, example, is_document, ledger_of, plausible_record, repair,
    replay, store, withdrawn,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static SOUND: LazyLock<Vec<Dossier>> =
    LazyLock::new(|| vec![accepted(), withdrawn(), Dossier::default(), accepted_in_yaml()]);

/// What comes before the digest at the end of an event line.
const SEAL: &str = ",\"digest\":\"";

/// Returns the lines of a file of events, without their line breaks.
fn lines(events: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(events);
    text.split_terminator('\n').map(str::to_owned).collect()
}

/// Replaces the value of a key in a line, if the line has the key.
fn set(line: &mut String, key: &str, value: &str) {
    let key = format!("\"{key}\":");
    let Some(start) = line.find(&key).map(|at| at + key.len()) else { return };
    let length = line[start..].find(',').unwrap_or(line.len() - start);
    line.replace_range(start..start + length, value);
}

/// Numbers, chains and seals the lines, so that only their content can be wrong.
fn seal(lines: &mut [String], candidate_id: &str) {
    let mut tip = Digest::of(candidate_id.as_bytes());
    for (index, line) in lines.iter_mut().enumerate() {
        if let Some(at) = line.rfind(SEAL) {
            line.truncate(at);
        }
        set(line, "sequence", &(index + 1).to_string());
        set(line, "previous", &format!("\"{tip}\""));
        let digest = Digest::of(line.as_bytes());
        line.push_str(&format!("{SEAL}{digest}\"}}"));
        tip = Digest::of(line.as_bytes());
    }
}

/// Replaces the bytes of a document, and writes its new name into the events.
fn replace_document(
    dossier: &mut Dossier,
    lines: &mut [String],
    name: DocumentName,
    bytes: Vec<u8>,
) {
    const NOTATION: &str = "\"notation\":\"yaml\",";
    let renamed = if name.is_review() {
        DocumentName::review(&bytes)
    } else {
        DocumentName::response(&bytes)
    };
    let notation = if is_yaml(&bytes) { NOTATION } else { "" };
    dossier.documents.remove(&name);
    dossier.documents.insert(renamed, bytes);
    let named = |name: DocumentName| format!("\"document\":\"{}\",", name.digest());
    for line in lines {
        if line.contains(&named(name)) {
            *line = line.replace(NOTATION, "");
            *line = line.replace(&named(name), &format!("{}{notation}", named(renamed)));
        }
    }
}

/// Seals the lines again. This changes their digests, so it also updates the records that name them.
fn reseal(dossier: &mut Dossier, lines: &mut [String], before: &[Digest], candidate_id: &str) {
    for index in 0..lines.len() {
        seal(lines, candidate_id);
        let (Some(before), after) = (before.get(index), Digest::of(lines[index].as_bytes())) else {
            continue;
        };
        let named: Vec<_> = dossier
            .documents
            .iter()
            .filter(|(name, _)| name.is_review())
            .map(|(name, bytes)| (*name, String::from_utf8_lossy(bytes).into_owned()))
            .filter(|(_, text)| text.contains(&before.to_string()))
            .collect();
        for (name, text) in named {
            let text = text.replace(&before.to_string(), &after.to_string());
            replace_document(dossier, lines, name, text.into_bytes());
        }
    }
    seal(lines, candidate_id);
}

/// The keys of a record on which an acceptance depends.
const RECORD_KEYS: &[&str] =
    &["reviewer", "reviewer_kind", "outcome", "response_event", "valid_until", "reviewed_at"];

const RECORD_VALUES: &[&str] = &[
    "Ada Owner",
    "automation",
    "person",
    "request_supplement",
    "ada\u{200b} owner",
    "accept",
    "2026-11-24T10:00:00+08:00",
    "2027-11-25T10:00:00+08:00",
    "2027-11-25T10:00:01+08:00",
];

/// Changes a sound journal as the dice decide.
fn forge(dice: &mut Dice<'_>, example: &Example) -> Dossier {
    let mut dossier = SOUND[dice.roll(SOUND.len())].clone();
    let candidate_id = example.surface.candidate_id();
    for _ in 0..dice.roll(6) {
        let mut lines = lines(&dossier.events);
        let before: Vec<_> = lines.iter().map(|line| Digest::of(line.as_bytes())).collect();
        let names: Vec<_> = dossier.documents.keys().copied().collect();
        match dice.roll(10) {
            0 => {
                if let Some(at) = lines.len().checked_sub(1) {
                    let line = &mut lines[dice.place(at + 1)];
                    *line = String::from_utf8_lossy(&edit(line, dice)).into_owned();
                }
            }
            1 if !lines.is_empty() => {
                lines.remove(dice.place(lines.len()));
            }
            2 if !lines.is_empty() => {
                let at = dice.place(lines.len());
                lines.insert(at, lines[at].clone());
            }
            3 if !lines.is_empty() => {
                let (one, other) = (dice.place(lines.len()), dice.place(lines.len()));
                lines.swap(one, other);
            }
            4 if !lines.is_empty() => {
                let key = dice.pick(&[
                    "recorded_at",
                    "responded_at",
                    "lane",
                    "event",
                    "findings",
                    "document",
                    "signer",
                ]);
                let value = match key {
                    "recorded_at" | "responded_at" => format!("\"{}\"", dice.time()),
                    "lane" => format!("\"{}\"", dice.pick(Lane::ALL)),
                    "findings" => "[]".to_owned(),
                    _ => dice.json(1),
                };
                let at = dice.place(lines.len());
                set(&mut lines[at], key, &value);
            }
            5 | 6 if !names.is_empty() => {
                let name = dice.pick(&names);
                let text = String::from_utf8_lossy(&dossier.documents[&name]).into_owned();
                let bytes = match dice.roll(3) {
                    0 => edit_document(&text, dice),
                    1 => text.replace('\n', "\r\n").into_bytes(),
                    _ if name.is_review() && is_yaml(text.as_bytes()) => {
                        let key = dice.pick(RECORD_KEYS);
                        let has_key = |line: &&str| line.starts_with(&format!("{key}:"));
                        let line = text.lines().find(has_key).unwrap_or_default();
                        text.replace(line, &format!("{key}: {}", dice.pick(RECORD_VALUES)))
                            .into_bytes()
                    }
                    _ if name.is_review() => {
                        let mut record: Value = serde_json::from_str(&text).unwrap_or_default();
                        let (key, value) = (dice.pick(RECORD_KEYS), dice.pick(RECORD_VALUES));
                        if let Some(members) = record.as_object_mut() {
                            members.insert(key.to_owned(), value.into());
                        }
                        record.to_string().into_bytes()
                    }
                    _ => answer(dice, &example.surface, "2026-11-02T10:00:00Z").into_bytes(),
                };
                if dice.roll(4) == 0 {
                    dossier.documents.insert(name, bytes);
                } else {
                    replace_document(&mut dossier, &mut lines, name, bytes);
                }
            }
            7 if !names.is_empty() => {
                dossier.documents.remove(&dice.pick(&names));
            }
            8 => {
                let bytes = dice.line();
                dossier.documents.insert(DocumentName::review(&bytes), bytes);
            }
            _ => {}
        }
        reseal(&mut dossier, &mut lines, &before, &candidate_id);
        dossier.events = lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
    }
    let events = &mut dossier.events;
    match dice.roll(6) {
        0 => {}
        1 => events.truncate(dice.place(events.len() + 1)),
        2 => {
            events.truncate(dice.place(events.len() + 1));
            events.extend(vec![0; dice.many()]);
            events.extend_from_slice(dice.pick(&[&b""[..], b"\n", b"\n\n"]));
        }
        3 => {
            let at = dice.place(events.len());
            let end = (at + dice.roll(4)).min(events.len());
            events.splice(at..end, dice.line());
        }
        4 => *events = String::from_utf8_lossy(events).replace('\n', "\r\n").into_bytes(),
        _ => events.extend(dice.line()),
    }
    dossier
}

/// Whether a fault breaks the journal.
fn breaks(fault: &JournalFault) -> bool {
    matches!(
        fault.code(),
        VerifyCode::ChainBroken
            | VerifyCode::IllegalStep
            | VerifyCode::DocumentMissing
            | VerifyCode::DocumentAltered
    )
}

/// Checks that the last event, the answer and the record of an accepted candidate earn the acceptance. This does not
/// use the crate's replay.
fn check_earned(example: &Example, dossier: &Dossier, history: &History) {
    let events = history.log().events();
    let last = events.last().expect("an acceptance has an event");
    assert!(last.is_review() && last.lane() == Lane::OwnerReviewOnlyUpdate);
    let record = &dossier.documents[&last.document().expect("the record is stored")];
    assert_eq!(last.document(), Some(DocumentName::review(record)));
    let Some(record) = value_of(record) else {
        assert!(is_yaml(record), "a record that is not YAML is JSON");
        return count("an accepted record that libyaml does not read");
    };
    let text = |key: &str| record[key].as_str().unwrap_or_default().trim();
    assert_eq!(text("reviewer_kind"), "person");
    assert!(["owner_review_only_update", "accept"].contains(&text("outcome")));
    let checks = record["checks"].as_object().expect("the record has checks");
    let passes = |verdict: &Value| {
        verdict.as_str().is_some_and(|verdict| ["pass", "not_applicable"].contains(&verdict.trim()))
    };
    assert!(checks.len() == 23 && checks.values().all(passes));
    let [from, end] = ["reviewed_at", "valid_until"]
        .map(|key| text(key).parse::<Time>().expect("an acceptance has two times"));
    assert!(from.is_before(&end) && last.recorded_at().is_before(&end));
    let moments = [&from, &end].map(|time| time.as_str().parse::<jiff::Timestamp>());
    if let [Ok(from), Ok(end)] = moments {
        assert!(end.as_second() - from.as_second() <= 366 * 24 * 60 * 60);
    }
    assert_eq!(history.candidate().valid_until(), Some(&end));

    let index = events.iter().rposition(|event| !event.is_review()).expect("there is an answer");
    let line = dossier.events.split(|byte| *byte == b'\n').nth(index).expect("it has a line");
    assert_eq!(text("response_event"), Digest::of(line).to_string());
    let answer = &dossier.documents[&events[index].document().expect("the answer is stored")];
    let document = ResponseDocument::parse(answer).expect("the stored answer is valid");
    let name = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    assert_ne!(name(text("reviewer")), name(document.responder().expect("a name")));
    let received = AnyCandidate::new(example.surface.clone()).receive(&example.surfaces, &document);
    assert_eq!(AnyCandidate::from(received).lane(), Lane::ReadyForMonitoringReview);
}

fn check(example: &Example, dossier: &Dossier) {
    let history = match replay(example, dossier) {
        Ok(history) => history,
        Err(broken) => {
            count("broken");
            assert!(
                broken.faults().iter().any(breaks),
                "a broken journal has a fault that breaks it"
            );
            check_no_secret(&broken.to_string());
            return assert_eq!(replay(example, dossier), Err(broken));
        }
    };
    count(&format!("replays: {}", history.candidate().lane()));
    assert_eq!(replay(example, dossier).as_ref(), Ok(&history), "replay is the same every time");
    let faults = history.log().faults();
    assert!(!faults.iter().any(breaks));
    let faults_of = |code| faults.iter().filter(|fault| fault.code() == code).count();
    assert!(faults_of(VerifyCode::OrphanDocument) <= 1 && faults_of(VerifyCode::TornEvent) <= 1);
    assert!(history.whole_bytes() <= dossier.events.len());
    assert!(history.whole_bytes() == dossier.events.len() || faults_of(VerifyCode::TornEvent) == 1);
    faults.iter().for_each(|fault| check_no_secret(&fault.to_string()));

    check_gates(&ledger_of(example, dossier));
    if accepted_lane(history.candidate().lane()) {
        check_earned(example, dossier, &history);
    }
    let drafts = [TemplateFormat::Json, TemplateFormat::Yaml];
    if let [Some(json), Some(yaml)] = drafts.map(|format| draft(&history, dossier, format)) {
        check_no_secret(&json);
        check_no_secret(&yaml);
        let json = value_of(json.as_bytes()).expect("a draft is JSON");
        let event = history.log().response_event().map(|digest| digest.to_string());
        assert_eq!(json["response_event"].as_str(), event.as_deref());
        match value_of(yaml.as_bytes()) {
            // In YAML, the empty reason is a block of several lines, so it reads as a text.
            Some(mut yaml) => {
                yaml["reason"] = Value::Null;
                assert_eq!(yaml, json, "a draft has the same values in both notations");
            }
            None => count("a draft that libyaml does not read"),
        }
    }

    // A journal that replays can take another step: the strictest record or, if there is no answer, an answer.
    let mut repaired = dossier.clone();
    repair(&mut repaired, &history);
    let now = || "2026-11-24T12:00:00Z".parse().expect("a time");
    let record = plausible_record(&history, &repaired, Lane::QuarantineSecretOrRawPayload);
    let step = match record
        .map(|record| acceptance_ledger::ReviewDocument::parse(record.to_string().as_bytes()))
    {
        Some(document) => {
            let record =
                document.expect("the record is valid").record().expect("it has no findings");
            history.review(record, now()).map_err(|refused| refused.reason).ok()
        }
        None => {
            let text = answer(&mut Dice::new(b""), &example.surface, "2026-11-24T12:00:00Z");
            let document = ResponseDocument::parse(text.as_bytes()).expect("the answer is valid");
            history.receive(&document, now()).ok()
        }
    };
    if let Some(step) = step {
        count("goes on");
        store(&mut repaired, &step);
        let after = replay(example, &repaired).expect("the journal replays after another step");
        assert_eq!(after.candidate().entry(), step.candidate().entry());
        assert!(
            after.log().faults().iter().all(|fault| fault.code() == VerifyCode::LaneTooLenient)
        );
    }
}

fuzz_target!(|bytes: &[u8]| {
    if is_document(bytes) {
        check(
            example(0),
            &Dossier { events: bytes.to_vec(), documents: SOUND[0].documents.clone() },
        );
    } else {
        let mut dice = Dice::new(bytes);
        let dossier = forge(&mut dice, example(0));
        // The requests may have changed since the events were recorded.
        let today = if dice.roll(3) == 2 { dice.roll(8) } else { 0 };
        check(example(today), &dossier);
    }
});
