//! A journal from its first step on: answers and records, odd clocks, interruptions at every byte, and requests that
//! change.
//!
//! Each recorded step replays to exactly the candidate that it promised. Each refused step changes nothing. A line that
//! is cut off suspends an acceptance.

#![no_main]

use acceptance_ledger::{
    AnyCandidate, Digest, Dossier, History, IntakeRefusal, Lane, LedgerDocument, Refusal, Refused,
    ResponseDocument, ReviewDocument, ReviewerCheck, Signer, SignerRole, Step, Time, VerifyCode,
};
use acceptance_ledger_fuzz::yaml::{edit_lines, is_yaml};
use acceptance_ledger_fuzz::{
    Dice, Example, LEDGER_TIME, accepted_lane, answer, carries_marker, check_no_secret, count,
    edit, example, ledger_of, plausible_record, quote, record_in_yaml, repair, replay, store,
};
use libfuzzer_sys::fuzz_target;

struct Journal {
    dossier: Dossier,
    /// The owner requests of today.
    example: &'static Example,
    /// Whether the owner requests were the same on every day.
    is_steady: bool,
    day: usize,
}

/// What an interrupted step may leave at the end of the events.
struct Interruption {
    /// How many bytes of the line were written.
    written: usize,
    /// Zeros that a power cut left, and perhaps a line break.
    tail: Vec<u8>,
}

impl Interruption {
    fn roll(dice: &mut Dice<'_>, line: &str) -> Self {
        let written = match dice.roll(4) {
            0 => line.len() - 1,
            1 => line.len(),
            _ => dice.place(line.len() + 1),
        };
        let tail = match dice.roll(4) {
            0 => Vec::new(),
            1 => vec![0],
            2 => vec![0; 1 + dice.many() % 512],
            _ => [vec![0; 1 + dice.roll(8)], vec![b'\n']].concat(),
        };
        Self { written, tail }
    }
}

impl Journal {
    fn history(&self) -> History {
        // Only recorded steps made the journal, so a change of the owner requests does not break it.
        replay(self.example, &self.dossier).expect("a journal that steps made replays")
    }

    fn now(&self, dice: &mut Dice<'_>) -> Time {
        let regular = format!("2026-11-24T10:{:02}:00+08:00", self.day % 60);
        let odd = dice.roll(3) == 2;
        let time = if odd { dice.time().parse().ok() } else { None };
        time.unwrap_or_else(|| regular.parse().expect("a time"))
    }

    fn responded_at(&self, dice: &mut Dice<'_>) -> String {
        match dice.roll(4) {
            0 | 1 => format!(
                "2026-11-{:02}T10:00:00{}",
                1 + self.day % 24,
                dice.pick(&["Z", "+08:00", "-23:59", "+23:59"])
            ),
            _ => dice.time(),
        }
    }

    fn receive(&mut self, dice: &mut Dice<'_>) {
        let responded_at = self.responded_at(dice);
        let text = answer(dice, &self.example.surface, &responded_at);
        let signer = signer(dice, &["Ada Owner", "Rex Reviewer"], SignerRole::Owner);
        let Ok(document) = ResponseDocument::parse(text.as_bytes()) else { return };
        let document = match signer {
            Some(signer) => document.signed_by(signer),
            None => document,
        };
        let now = self.now(dice);
        match self.history().receive(&document, now) {
            Ok(step) => {
                count(&format!(
                    "{}, answered: {}",
                    notation(text.as_bytes()),
                    step.candidate().lane()
                ));
                assert_eq!(step.stores().is_none(), step.candidate().lane().is_withheld());
                assert!(!carries_marker(text.as_bytes()) || step.stores().is_none());
                self.store_step(dice, &step);
            }
            Err(refusal) => {
                count(&format!("answer refused: {refusal:?}"));
                assert_ne!(refusal, IntakeRefusal::Unreadable);
                check_no_secret(&refusal.to_string());
            }
        }
    }

    fn review(&mut self, dice: &mut Dice<'_>) {
        let history = self.history();
        let outcome = match dice.roll(4) {
            0 => Lane::OwnerReviewOnlyUpdate,
            1 => Lane::QuarantineSecretOrRawPayload,
            2 => history.candidate().lane(),
            _ => dice.pick(Lane::ALL),
        };
        let Some(mut record) = plausible_record(&history, &self.dossier, outcome) else { return };
        record["record_ref"] = format!("ticket:OPS-{}", self.day).into();
        for _ in 0..dice.roll(4) {
            match dice.roll(8) {
                0 => {
                    let check = dice.pick(ReviewerCheck::ALL).as_str();
                    record["checks"][check] = dice.pick(&["fail", "pass", "not_applicable"]).into();
                }
                1 => record["reviewer_kind"] = dice.pick(&["automation", "person"]).into(),
                2 => record["reviewer"] = dice.text().into(),
                3 => record["reason"] = dice.text().into(),
                4 => record["reviewed_at"] = dice.time().into(),
                5 => record["response_event"] = Digest::of(b"another").to_string().into(),
                6 => record["valid_until"] = dice.time().into(),
                _ => {
                    let check = dice.pick(ReviewerCheck::ALL).as_str();
                    record["checks"][check] = serde_json::Value::Null;
                }
            }
        }
        let text = serde_json::to_string_pretty(&record).expect("the record is JSON");
        let bytes = match dice.roll(6) {
            0 | 1 => text.into_bytes(),
            2 => text.replace('\n', "\r\n").into_bytes(),
            3 => edit(&text, dice),
            side => {
                let text = record_in_yaml(&history, &self.dossier, &record, dice);
                if side == 4 { text.into_bytes() } else { edit_lines(&text, dice).into_bytes() }
            }
        };
        let signer = signer(dice, &["Rex Reviewer", "Ada Owner"], SignerRole::Person);
        let Ok(document) = ReviewDocument::parse(&bytes) else { return };
        let document = match signer {
            Some(signer) => document.signed_by(signer),
            None => document,
        };
        let Ok(record) = document.record() else { return };
        assert!(!carries_marker(document.reason().as_bytes()));
        let now = self.now(dice);
        match history.review(record, now) {
            Ok(step) => {
                count(&format!("{}, reviewed: {}", notation(&bytes), step.candidate().lane()));
                assert!(!carries_marker(&bytes), "a record with a secret is recorded");
                self.store_step(dice, &step);
            }
            Err(Refused { candidate, reason }) => {
                let name = format!("{reason:?}");
                count(&format!(
                    "record refused: {}",
                    name.split([' ', '(']).next().unwrap_or_default()
                ));
                assert_ne!(reason, Refusal::Unreadable);
                check_no_secret(&reason.to_string());
                assert_eq!(*candidate, self.history(), "a refused record changes nothing");
            }
        }
    }

    /// Stores a step, or the part of it that is written before an interruption.
    fn store_step(&mut self, dice: &mut Dice<'_>, step: &Step) {
        let before = self.history();
        let mut whole = self.dossier.clone();
        whole.store(step);
        repair(&mut self.dossier, &before);
        let mut repaired = self.dossier.clone();
        store(&mut repaired, step);
        assert!(whole == repaired, "Dossier::store must do the same as storing the parts");
        self.check_taken(&whole, step);
        let kind = dice.roll(4);
        if kind >= 2 {
            let interruption = Interruption::roll(dice, step.line());
            let cut = self.check_interrupted(step, &interruption);
            if kind == 3 {
                self.dossier = cut;
                return;
            }
        }
        self.dossier = whole;
    }

    /// Checks that a stored step replays to the candidate that it promised.
    fn check_taken(&self, whole: &Dossier, step: &Step) {
        let after = replay(self.example, whole).expect("a recorded step replays");
        assert_eq!(after.candidate().entry(), step.candidate().entry());
        assert_eq!(after.candidate().record(), step.candidate().record());
        assert_eq!(after.whole_bytes(), whole.events.len());
        let faults = after.log().faults();
        if self.is_steady {
            assert_eq!(faults, []);
        } else {
            assert!(
                faults.iter().all(|fault| fault.code() == VerifyCode::LaneTooLenient),
                "{faults:?}"
            );
        }
        for event in after.log().events() {
            let is_kept = event.document().is_some_and(|name| after.log().keeps(name));
            assert_eq!(
                is_kept,
                event.document().is_some_and(|name| whole.documents.contains_key(&name))
            );
        }
        check_no_secret(&String::from_utf8_lossy(&whole.events));
        for document in whole.documents.values() {
            assert!(!carries_marker(document), "a secret is stored");
        }

        let ledger = ledger_of(self.example, whole);
        let ledger =
            LedgerDocument::parse(ledger.as_bytes()).expect("a written ledger can be read");
        // The ledger has a time of its own, at which the acceptance may have expired.
        let at = LEDGER_TIME.parse().expect("a time");
        let is_over = step.candidate().valid_until().is_some_and(|end| !Time::is_before(&at, end));
        if is_over {
            count("an acceptance that is over in the ledger");
            let waiting = AnyCandidate::new(self.example.surface.clone());
            assert_eq!(ledger.entries()[0], waiting.entry());
        } else {
            assert_eq!(ledger.entries()[0], step.candidate().entry());
        }
    }

    /// Checks the journal that an interrupted step leaves: it is as before, or has the whole step. In both cases it is
    /// not accepted if a torn line may have revoked the acceptance. Returns this journal.
    fn check_interrupted(
        &self,
        step: &Step,
        Interruption { written, tail }: &Interruption,
    ) -> Dossier {
        let line = step.line();
        let mut cut = self.dossier.clone();
        if let Some((name, bytes)) = step.stores() {
            cut.documents.insert(name, bytes.to_vec());
        }
        cut.events.extend(&line.as_bytes()[..*written]);
        cut.events.extend(tail);

        let before = self.history();
        let lacked_line_break = line.starts_with('\n');
        if lacked_line_break && *written == 0 && !tail.is_empty() {
            // The zeros follow the line before, which lacked its line break. So that line is torn now.
            if let Ok(history) = replay(self.example, &cut) {
                assert!(!accepted_lane(history.candidate().lane()));
                return cut;
            }
            return self.dossier.clone();
        }
        // An event counts even if its line break is missing, or if zeros are in its place.
        let counts = *written + 1 >= line.len();
        let begun = &line.as_bytes()[..*written];
        let is_begun = !matches!(begun, b"" | b"\n");
        let is_torn = if counts { !tail.is_empty() } else { is_begun || !tail.is_empty() };

        let after =
            replay(self.example, &cut).expect("an interrupted step does not break the journal");
        let current = if counts { step.candidate() } else { before.candidate() };
        let lane = after.candidate().lane();
        if is_torn && accepted_lane(current.lane()) {
            assert_eq!(lane, Lane::ReadyForMonitoringReview, "a torn line suspends an acceptance");
        } else {
            assert_eq!(after.candidate().entry(), current.entry());
        }
        let lacks_line_break = !cut.events.is_empty() && !is_torn && !cut.events.ends_with(b"\n");
        let has_torn =
            after.log().faults().iter().any(|fault| fault.code() == VerifyCode::TornEvent);
        assert_eq!(has_torn, is_torn || lacks_line_break);
        let whole = self.dossier.events.len();
        let whole = if counts {
            whole + *written
        } else {
            whole + usize::from(lacked_line_break && *written > 0)
        };
        assert_eq!(after.whole_bytes(), whole);
        cut
    }
}

fn notation(bytes: &[u8]) -> &'static str {
    if is_yaml(bytes) { "yaml" } else { "json" }
}

/// Returns no signer, or one that the caller claims to have verified.
fn signer(dice: &mut Dice<'_>, names: &[&str], role: SignerRole) -> Option<Signer> {
    match dice.roll(8) {
        5 => Some(Signer::verified(names[0], "SHA256:one", role)),
        6 => Some(Signer::verified(names[dice.roll(2)], "SHA256:other", role)),
        7 => {
            let key = quote(&dice.time(), false);
            let roles = [SignerRole::Automation, SignerRole::Person, SignerRole::Owner];
            Some(Signer::verified(names[0], key, dice.pick(&roles)))
        }
        _ => None,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::new(bytes);
    let mut journal =
        Journal { dossier: Dossier::default(), example: example(0), is_steady: true, day: 0 };
    while !dice.is_over() && journal.day < 12 {
        journal.day += 1;
        match dice.roll(8) {
            0..=2 => journal.receive(&mut dice),
            3..=6 => journal.review(&mut dice),
            _ => {
                journal.example = example(dice.roll(8));
                journal.is_steady = false;
                journal.history();
            }
        }
    }
});
