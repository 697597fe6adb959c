//! Replay: checks each step of a journal again, triages the latest answer again, and returns the candidate of today.

use std::collections::BTreeSet;

use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::inputs::Surface;
use crate::original::Original;
use crate::response::{Answers, OwnerResponse, ResponseDocument};
use crate::review::{Refusal, ReviewDocument, ReviewerRecord, Verdict};
use crate::time::Time;
use crate::triage::{Finding, Surfaces, Triage, triage};
use crate::words::{Lane, ReviewerCheck, VerifyCode};

use super::chain::{Chain, Link};
use super::event::{DocumentName, Event, EventBody, is_recorded_as};
use super::fault::JournalFault;
use super::history::{
    BrokenJournal, Dossier, History, IntakeRefusal, JournalLog, LastStored, LatestAnswer,
};
#[cfg(feature = "store")]
use super::step::Step;
use super::step::Triaged;

impl History {
    /// Replays the journal of `surface`, which is one of `surfaces`.
    ///
    /// # Errors
    ///
    /// If the journal is broken. Then it has no candidate, and no step can follow. Its events and faults can still be
    /// read.
    pub fn replay(
        surface: Surface,
        surfaces: &Surfaces,
        dossier: &Dossier,
    ) -> Result<Self, BrokenJournal> {
        Self::replay_knowing(surface, surfaces, dossier, None)
    }

    /// As [`Self::replay`]. If `known` is the latest answer, it is not triaged again.
    pub(super) fn replay_knowing(
        surface: Surface,
        surfaces: &Surfaces,
        dossier: &Dossier,
        known: Option<&Triaged>,
    ) -> Result<Self, BrokenJournal> {
        let chain = Chain::read(&surface.candidate_id(), &dossier.events);
        let mut replay = Replay::new(&chain, dossier, surface.digest(), known);
        let candidate = replay.run(AnyCandidate::new(surface.clone()), surfaces);
        let Replay { named, withdrawn, answer, last_stored, mut faults, .. } = replay;
        let kept: BTreeSet<_> = named.difference(&withdrawn).copied().collect();
        faults.extend(chain.fault);
        if chain.is_whole {
            let orphans = dossier.documents.keys().filter(|name| !kept.contains(name));
            let orphaned =
                |name: &DocumentName| JournalFault::of_document(VerifyCode::OrphanDocument, *name);
            let before = faults.len();
            faults.extend(orphans.map(orphaned));
            // An interrupted step leaves at most one, because each step first removes the one that it finds.
            if faults.len() > before + 1 {
                let message = "several documents have no event, so lines are missing here";
                let sequence = chain.links.len() + 1;
                faults.push(JournalFault::at(VerifyCode::ChainBroken, sequence, message));
            }
        }
        let is_broken = faults.iter().any(|fault| fault.code().breaks_replay());
        let events = chain.links.into_iter().map(|link| link.event).collect();
        let log = JournalLog { events, faults, answer, named, withdrawn };
        if is_broken {
            return Err(BrokenJournal { surface, log: Box::new(log) });
        }
        // The torn line may have revoked the acceptance before it, so the acceptance does not count.
        let suspended = if chain.is_torn { candidate.without_acceptance() } else { None };
        Ok(Self {
            candidate,
            suspended,
            surfaces: surfaces.clone(),
            log,
            tip: chain.tip,
            whole_bytes: chain.whole_bytes,
            lacks_line_break: chain.lacks_line_break,
            last_stored,
        })
    }
}

#[cfg(feature = "store")]
impl Step {
    /// Returns the step if `dossier`, the journal before it, can be replayed with it and then gives its candidate. A step
    /// that cannot be replayed would break the journal.
    pub(crate) fn replayable(mut self, mut dossier: Dossier) -> Option<Self> {
        dossier.store(&self);
        let surface = self.candidate.surface().clone();
        // Nothing else needs the triage.
        let known = self.triaged.take();
        let replay = History::replay_knowing(surface, &self.surfaces, &dossier, known.as_ref());
        let is_same = |history: &History| history.candidate().entry() == self.candidate.entry();
        replay.as_ref().is_ok_and(is_same).then_some(self)
    }
}

/// The state of a replay while it goes through the events.
struct Replay<'a> {
    links: &'a [Link],
    dossier: &'a Dossier,
    /// The digest of what the request says about the surface today.
    surface_today: Digest,
    known: Option<&'a Triaged>,
    faults: Vec<JournalFault>,
    /// The documents that the events so far name.
    named: BTreeSet<DocumentName>,
    /// The answers that a reviewer withdrew.
    withdrawn: BTreeSet<DocumentName>,
    answer: Option<LatestAnswer>,
    last_stored: Option<LastStored>,
}

impl<'a> Replay<'a> {
    fn new(
        chain: &'a Chain,
        dossier: &'a Dossier,
        surface_today: Digest,
        known: Option<&'a Triaged>,
    ) -> Self {
        Self {
            links: &chain.links,
            dossier,
            surface_today,
            known,
            faults: Vec::new(),
            named: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            answer: None,
            last_stored: None,
        }
    }

    fn fault(&mut self, code: VerifyCode, sequence: usize, message: impl Into<String>) {
        self.faults.push(JournalFault::at(code, sequence, message));
    }

    /// Takes every step, and returns the candidate as it is today.
    fn run(&mut self, mut candidate: AnyCandidate, surfaces: &Surfaces) -> AnyCandidate {
        let latest = self.links.iter().rposition(|link| !link.event.is_review());
        let mut found_today = None;
        let mut last: Option<&Time> = None;
        for (index, link) in self.links.iter().enumerate() {
            let event = &link.event;
            if last.is_some_and(|last| event.recorded_at.is_before(last)) {
                let message = "recorded_at is earlier than in the line before";
                self.fault(VerifyCode::IllegalStep, event.sequence, message);
            }
            last = Some(&event.recorded_at);
            match &event.body {
                EventBody::Response { document, responded_at, surface, findings, hints } => {
                    let name = *document;
                    self.check_response(event, name, responded_at.as_ref());
                    let original = name.and_then(|name| {
                        if self.is_withdrawn_after(index) {
                            self.withdrawn_document(name)
                        } else {
                            self.document(name)
                        }
                    });
                    // If the request says something else today, the candidate waits again, and nothing is triaged.
                    let is_of_today = *surface == self.surface_today;
                    // Only the latest answer decides the lane, so only the latest is parsed and triaged again.
                    let document = original
                        .filter(|_| Some(index) == latest)
                        .and_then(|original| self.parse_response(event, &original));
                    let mut response = OwnerResponse {
                        responder: document
                            .as_ref()
                            .and_then(ResponseDocument::responder)
                            .unwrap_or_default()
                            .to_owned(),
                        answers: Answers::unavailable(),
                        hints: hints.clone(),
                        signer: None,
                    };
                    if let Some(document) = document.filter(|_| is_of_today) {
                        let known = self.known.filter(|known| Some(known.document) == name);
                        let today = match known {
                            Some(known) => known.triage.clone(),
                            None => triage(candidate.surface(), surfaces, &document),
                        };
                        response = today.response.clone();
                        found_today = Some(today);
                    }
                    response.signer.clone_from(&event.signer);
                    let triage = Triage { response, findings: findings.clone() };
                    if triage.lane() != event.lane {
                        self.fault(
                            VerifyCode::IllegalStep,
                            event.sequence,
                            "the lane is not the strictest lane of the findings",
                        );
                    }
                    candidate = candidate.receive_triaged(triage, Some(link.digest)).into();
                    self.answer = Some(LatestAnswer { event: link.digest, index, document: name });
                }
                EventBody::Review { document } => {
                    candidate = self.take_review(candidate, event, *document, found_today.as_ref());
                }
            }
        }
        self.as_of_today(candidate, found_today)
    }

    /// Checks the event of an answer: what it stores, and its times.
    fn check_response(
        &mut self,
        event: &Event,
        name: Option<DocumentName>,
        responded_at: Option<&Time>,
    ) {
        let sequence = event.sequence;
        let keeps_anything = name.is_some() || responded_at.is_some() || event.signer.is_some();
        let is_stored_as_allowed = if event.lane.is_withheld() {
            !keeps_anything
        } else {
            name.is_some() && responded_at.is_some()
        };
        if !is_stored_as_allowed {
            self.fault(
                VerifyCode::IllegalStep,
                sequence,
                "a quarantined or rejected answer must leave no document, time or signer; any other answer needs a document and a time",
            );
        }
        if name.is_some_and(|name| !self.named.insert(name)) {
            self.fault(VerifyCode::IllegalStep, sequence, IntakeRefusal::Repeated.to_string());
        }
        if let Some(responded_at) = responded_at.filter(|_| name.is_some()) {
            let recorded_at = &event.recorded_at;
            if responded_at.is_ahead_of(recorded_at) {
                let refusal = IntakeRefusal::AheadOfTheClock;
                self.fault(VerifyCode::IllegalStep, sequence, refusal.to_string());
            }
            let is_later = |last: &LastStored| last.is_followed_by(responded_at, recorded_at);
            if self.last_stored.as_ref().is_some_and(|last| !is_later(last)) {
                self.fault(VerifyCode::IllegalStep, sequence, IntakeRefusal::NotLater.to_string());
            }
            self.last_stored = Some(LastStored {
                responded_at: responded_at.clone(),
                recorded_at: recorded_at.clone(),
            });
        }
    }

    /// Returns a document that must be there. If it is missing or altered, adds a fault.
    fn document(&mut self, name: DocumentName) -> Option<Original> {
        let Some(bytes) = self.dossier.documents.get(&name) else {
            self.faults.push(JournalFault::of_document(VerifyCode::DocumentMissing, name));
            return None;
        };
        let original = Original::new(bytes);
        if name.is_of(&original) {
            return Some(original);
        }
        self.faults.push(if differs_in_line_breaks(bytes, name.digest()) {
            JournalFault::of_converted_document(name)
        } else {
            JournalFault::of_document(VerifyCode::DocumentAltered, name)
        });
        None
    }

    /// Returns an answer that a reviewer withdrew. It should not be there. As long as it is, the records are checked with
    /// it.
    fn withdrawn_document(&mut self, name: DocumentName) -> Option<Original> {
        self.withdrawn.insert(name);
        let original = Original::new(self.dossier.documents.get(&name)?);
        name.is_of(&original).then_some(original)
    }

    /// Whether a reviewer quarantined or rejected the answer of the event at `index`.
    fn is_withdrawn_after(&self, index: usize) -> bool {
        let after = self.links.iter().skip(index + 1);
        let mut reviews = after.take_while(|link| link.event.is_review());
        reviews.any(|link| link.event.lane.is_withheld())
    }

    /// Parses the latest answer. If it does not match its event, adds a fault and returns `None`.
    fn parse_response(&mut self, event: &Event, original: &Original) -> Option<ResponseDocument> {
        let document = ResponseDocument::read(original).ok();
        let EventBody::Response { responded_at, .. } = &event.body else { return None };
        let matches_event = |document: &ResponseDocument| {
            document.responded_at().map(|time| time.in_utc()) == *responded_at
                && event
                    .signer()
                    .is_none_or(|signer| document.responder() == Some(signer.principal()))
        };
        let document = document.filter(matches_event);
        if document.is_none() {
            self.fault(
                VerifyCode::IllegalStep,
                event.sequence,
                "the document is not an answer, or its time or its responder does not match the event",
            );
        }
        document
    }

    /// Takes the step of a reviewer record. If the core refuses the record, adds a fault and returns the candidate
    /// unchanged.
    fn take_review(
        &mut self,
        candidate: AnyCandidate,
        event: &Event,
        name: DocumentName,
        today: Option<&Triage>,
    ) -> AnyCandidate {
        let sequence = event.sequence;
        if !self.named.insert(name) {
            self.fault(VerifyCode::IllegalStep, sequence, Refusal::FiledBefore.to_string());
        }
        let Some(original) = self.document(name) else { return candidate };
        let record = ReviewDocument::read(&original)
            .ok()
            .map(|document| match event.signer.clone() {
                Some(signer) => document.signed_by(signer),
                None => document,
            })
            .and_then(|document| document.record().ok())
            .filter(|record| record.outcome() == event.lane);
        let Some(record) = record else {
            self.fault(
                VerifyCode::IllegalStep,
                sequence,
                "the document is not a valid reviewer record, or its outcome is not the lane of the event",
            );
            return candidate;
        };
        if let Err(reason) = record.check_times(&event.recorded_at) {
            self.fault(VerifyCode::IllegalStep, sequence, reason.to_string());
            return candidate;
        }
        match candidate.review(record) {
            Ok(candidate) => candidate,
            Err(Refused { candidate, reason }) => {
                // The request may ask for more than at the time of the review. Then the step was legal, and the
                // journal is not broken. But the record no longer counts.
                let is_asked_today = |check: ReviewerCheck| {
                    let had_finding = self.answer.as_ref().is_some_and(|answer| {
                        let event = self.links.get(answer.index).map(|link| &link.event);
                        event.is_some_and(|event| has_finding_against(event.findings(), check))
                    });
                    !had_finding
                        && today.is_some_and(|today| has_finding_against(&today.findings, check))
                };
                match reason {
                    Refusal::NotApplicableUnearned(check) if is_asked_today(check) => self.fault(
                        VerifyCode::LaneTooLenient,
                        sequence,
                        format!("the record says that {check} is not applicable, but today the owner has to answer it"),
                    ),
                    Refusal::PassUnanswered(check) if is_asked_today(check) => self.fault(
                        VerifyCode::LaneTooLenient,
                        sequence,
                        format!("the record passes {check}, but today no field of that check is answered"),
                    ),
                    _ => self.fault(VerifyCode::IllegalStep, sequence, reason.to_string()),
                }
                candidate
            }
        }
    }

    /// Returns the candidate under today's request and rules. The stricter of the recorded and today's lane counts.
    fn as_of_today(&mut self, candidate: AnyCandidate, today: Option<Triage>) -> AnyCandidate {
        let Some(answer) = self.answer.clone() else { return candidate };
        let Some(Event { sequence, lane: recorded, body, signer, .. }) =
            self.links.get(answer.index).map(|link| &link.event)
        else {
            return candidate;
        };
        let EventBody::Response { surface, findings, .. } = body else { return candidate };
        if *surface != self.surface_today {
            return candidate.surface_changed().erase();
        }
        let Some(mut today) = today else { return candidate };
        merge(&mut today.findings, findings);
        let lane = today.lane();
        let passes_what_is_found = |record: &ReviewerRecord| {
            ReviewerCheck::ALL.iter().find(|check| {
                record.verdict(**check) == Some(Verdict::Pass)
                    && has_finding_against(&today.findings, **check)
            })
        };
        let why_not = match candidate.record() {
            // An acceptance is less strict than every lane of a finding.
            Some(record) if is_stricter(lane, record.outcome()) => Some(format!(
                "today the answer goes to {lane}, and the outcome of the record is less strict"
            )),
            Some(record) => passes_what_is_found(record).map(|check| {
                format!("the record passes {check}, but today there is a finding against it")
            }),
            None => is_stricter(lane, *recorded)
                .then(|| format!("the event says {recorded}, but today the answer goes to {lane}")),
        };
        let record_counts = candidate.record().is_some() && why_not.is_none();
        if let Some(why_not) = why_not {
            self.fault(VerifyCode::LaneTooLenient, *sequence, why_not);
        }
        if record_counts {
            return candidate.with_findings(today.findings);
        }
        today.response.signer.clone_from(signer);
        // If the hold of the record is stricter than today's lane, it stays. The record itself no longer counts.
        let held = candidate.record().map(ReviewerRecord::outcome);
        match held.filter(|held| held.is_hold() && is_stricter(*held, lane)) {
            Some(held) => candidate.hold_without_record(today, answer.event, held).into(),
            None => candidate.receive_triaged(today, Some(answer.event)).into(),
        }
    }
}

/// Whether `lane` holds an answer more strictly than `other` does. An acceptance holds nothing, so it counts as 0.
fn is_stricter(lane: Lane, other: Lane) -> bool {
    lane.strictness() > other.strictness().max(Some(0))
}

fn has_finding_against(findings: &[Finding], check: ReviewerCheck) -> bool {
    findings.iter().any(|finding| finding.check() == check)
}

/// Adds the findings of an event that are not in the list.
fn merge(findings: &mut Vec<Finding>, recorded: &[Finding]) {
    for other in recorded {
        if !findings.iter().any(|finding| is_recorded_as(finding, other)) {
            findings.push(other.clone());
        }
    }
}

/// Whether the bytes match the digest once all their line breaks are LF, or all are CR LF. Then a tool has converted
/// the document as if it were a text; git does so with `core.autocrlf`.
fn differs_in_line_breaks(bytes: &[u8], digest: Digest) -> bool {
    let mut with_lf = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        if !rest.starts_with(b"\r\n") {
            with_lf.push(*byte);
        }
        rest = after;
    }
    let lines: Vec<&[u8]> = with_lf.split(|byte| *byte == b'\n').collect();
    digest == Digest::of(&with_lf) || digest == Digest::of(&lines.join(&b"\r\n"[..]))
}
