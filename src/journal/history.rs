//! What a journal makes of a surface, and which steps can come next.

use std::collections::{BTreeMap, BTreeSet};

use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::inputs::Surface;
use crate::response::ResponseDocument;
use crate::review::{Refusal, ReviewerRecord};
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::{Surfaces, triage};
use crate::words::Lane;

use super::event::{DocumentName, Event, EventBody};
use super::fault::JournalFault;
use super::step::Step;

/// What the folder of one surface holds: the bytes of its events and of its documents.
///
/// ```
/// use acceptance_ledger::{BrokenJournal, Dossier, History, Lane, Surface, Surfaces};
///
/// fn lane_without_events(surface: Surface, surfaces: &Surfaces) -> Result<Lane, BrokenJournal> {
///     Ok(History::replay(surface, surfaces, &Dossier::default())?.candidate().lane())
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// The file of events, one a line.
    pub events: Vec<u8>,
    /// The documents by their names.
    pub documents: BTreeMap<DocumentName, Vec<u8>>,
}

impl Dossier {
    /// Holds what the folder holds once a step is stored: what was torn, or belongs to no event, is gone.
    ///
    /// Whoever stores steps elsewhere can replay this first, and so knows that what is written can be read.
    pub fn store(&mut self, step: &Step) {
        self.events.truncate(step.whole_bytes);
        self.events.extend(step.line().as_bytes());
        self.documents.retain(|name, _| step.kept.contains(name));
        if let Some((name, bytes)) = step.stores() {
            self.documents.insert(name, bytes.to_vec());
        }
        if let Some(name) = step.withdraws() {
            self.documents.remove(&name);
        }
    }
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its documents are answers as they came.
        f.debug_struct("Dossier").finish_non_exhaustive()
    }
}

/// What a surface's journal tells by itself: its events, and what is wrong with it.
///
/// ```
/// use acceptance_ledger::JournalLog;
///
/// fn count_answers(log: &JournalLog) -> usize {
///     log.events().iter().filter(|event| !event.is_review()).count()
/// }
/// ```
#[derive(Debug, PartialEq)]
pub struct JournalLog {
    pub(super) events: Vec<Event>,
    pub(super) faults: Vec<JournalFault>,
    pub(super) answer: Option<LatestAnswer>,
    /// The documents that events name, and those among them that were withdrawn.
    pub(super) named: BTreeSet<DocumentName>,
    pub(super) withdrawn: BTreeSet<DocumentName>,
}

impl JournalLog {
    /// What happened, in its order, as far as the chain of events holds.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What is wrong with the journal.
    #[must_use]
    pub fn faults(&self) -> &[JournalFault] {
        &self.faults
    }

    /// The digest of the latest answer's line: what a reviewer record names as its `response_event`.
    #[must_use]
    pub fn response_event(&self) -> Option<Digest> {
        self.answer.as_ref().map(|answer| answer.event)
    }

    /// The event of the latest answer and those behind it.
    #[must_use]
    pub fn since_the_answer(&self) -> &[Event] {
        let start = self.answer.as_ref().map_or(self.events.len(), |answer| answer.index);
        self.events.get(start..).unwrap_or_default()
    }

    /// Whether an event keeps the document.
    #[must_use]
    pub fn keeps(&self, name: DocumentName) -> bool {
        self.named.contains(&name) && !self.withdrawn.contains(&name)
    }

    /// The documents that events keep.
    fn kept(&self) -> BTreeSet<DocumentName> {
        self.named.difference(&self.withdrawn).copied().collect()
    }

    /// Whether a reviewer withdrew the document.
    #[must_use]
    pub fn has_withdrawn(&self, name: DocumentName) -> bool {
        self.withdrawn.contains(&name)
    }
}

/// A surface's journal that no candidate follows from: its chain is broken, a step of it is illegal, or a document is
/// missing or altered. Nothing can be appended to it.
///
/// ```
/// use acceptance_ledger::{Dossier, History, OwnerRequests, Surfaces, VerifyCode};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let dossier = Dossier { events: b"{}\n".to_vec(), ..Dossier::default() };
/// let surface = requests.surfaces()[0].clone();
/// let broken = History::replay(surface, &Surfaces::of(&requests), &dossier).unwrap_err();
/// assert_eq!(broken.faults()[0].code(), VerifyCode::ChainBroken);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the journal of the surface is broken: {}", .log.faults.first().map_or_else(String::new, JournalFault::to_string))]
pub struct BrokenJournal {
    pub(super) surface: Surface,
    pub(super) log: Box<JournalLog>,
}

impl BrokenJournal {
    /// The surface that it is the journal of.
    #[must_use]
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// What is wrong with it.
    #[must_use]
    pub fn faults(&self) -> &[JournalFault] {
        self.log.faults()
    }

    /// What it tells, as far as it can be read.
    #[must_use]
    pub fn log(&self) -> &JournalLog {
        &self.log
    }
}

/// A surface's journal, replayed: what happened, and where the candidate stands today.
///
/// It trusts nothing: the chain is checked, every record is checked again, and the latest answer is triaged
/// again. It is the way for other tools to take in answers and records: [`History::receive`] and
/// [`History::review`] say which line to append and which document to store, and do neither.
///
/// ```
/// use acceptance_ledger::{Dossier, History, Lane, OwnerRequests, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let surfaces = Surfaces::of(&requests);
/// let history = History::replay(requests.surfaces()[0].clone(), &surfaces, &Dossier::default()).unwrap();
/// assert!(history.log().events().is_empty() && history.log().faults().is_empty());
/// assert_eq!(history.candidate().lane(), Lane::WaitingOwnerResponse);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct History {
    pub(super) candidate: AnyCandidate,
    pub(super) surfaces: Surfaces,
    pub(super) log: JournalLog,
    /// The digest that the next event names as its previous one.
    pub(super) tip: Digest,
    /// How many bytes of the file of events are whole lines, and whether the last lacks its line break.
    pub(super) whole_bytes: usize,
    pub(super) lacks_line_break: bool,
    /// What is shown of a candidate whose acceptance does not count, because a torn line stands behind it.
    pub(super) suspended: Option<AnyCandidate>,
    pub(super) last_stored: Option<LastStored>,
}

/// The latest answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LatestAnswer {
    /// The digest of its line.
    pub(super) event: Digest,
    /// Its place among the events.
    pub(super) index: usize,
    pub(super) document: Option<DocumentName>,
}

/// When the last stored answer was given, and recorded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LastStored {
    pub(super) responded_at: Time,
    pub(super) recorded_at: Time,
}

impl LastStored {
    /// Whether an answer of a time comes later. One that was dated ahead of its record does not stand in the way
    /// of those that are not.
    pub(super) fn is_followed_by(&self, responded_at: &Time, recorded_at: &Time) -> bool {
        let is_between =
            self.recorded_at.is_before(responded_at) && !recorded_at.is_before(responded_at);
        self.responded_at.is_before(responded_at) || is_between
    }
}

/// Why an answer is not taken in.
///
/// ```
/// use acceptance_ledger::IntakeRefusal;
///
/// assert!(IntakeRefusal::Repeated.to_string().contains("before"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeRefusal {
    /// The surface had the same document before.
    #[error("the surface had this very answer before; no hold is lifted by sending it again")]
    Repeated,
    /// The answer has no time that can be read.
    #[error(
        "its responded_at is missing or not an RFC 3339 time; an answer without a time is not stored"
    )]
    Undated,
    /// The answer is of the future.
    #[error(
        "its responded_at is more than five minutes ahead of the clock; give the time of the answer"
    )]
    AheadOfTheClock,
    /// The answer is not later than the last one that was stored.
    #[error(
        "its responded_at is not later than that of the surface's last stored answer; the owner has to answer anew"
    )]
    NotLater,
    /// The signature is another's than the responder's.
    #[error("another principal than the responder signed the answer; the responder has to sign it")]
    NotTheSigner,
    /// The signature was made by somebody who reviews.
    #[error("the answer is signed as reviewers sign; an owner has to sign it, as owners do")]
    NotAnOwner,
    /// The event would not read back.
    #[error("its event could not be read back, so it is not written; please report this")]
    Unreadable,
}

impl History {
    /// The candidate as it stands today.
    pub fn candidate(&self) -> &AnyCandidate {
        self.suspended.as_ref().unwrap_or(&self.candidate)
    }

    /// The candidate as it stands today.
    pub fn into_candidate(self) -> AnyCandidate {
        self.suspended.unwrap_or(self.candidate)
    }

    /// What the journal tells.
    #[must_use]
    pub const fn log(&self) -> &JournalLog {
        &self.log
    }

    /// How many bytes of the file of events are whole events; what is behind them is torn.
    #[must_use]
    pub const fn whole_bytes(&self) -> usize {
        self.whole_bytes
    }

    /// The time that the next event carries where a clock says `now`: the times of a journal never run backwards, so
    /// a clock that is behind takes the last event's.
    #[must_use]
    pub fn time_of_next(&self, now: Time) -> Time {
        match self.log.events.last().map(Event::recorded_at) {
            Some(last) if now.is_before(last) => last.clone(),
            _ => now,
        }
    }

    /// Takes in an answer at a time.
    ///
    /// # Errors
    ///
    /// Why it is not taken in.
    pub fn receive(self, response: &ResponseDocument, now: Time) -> Result<Step, IntakeRefusal> {
        let name = DocumentName::known(response.digest(), false, response.notation());
        if self.log.named.contains(&name) {
            return Err(IntakeRefusal::Repeated);
        }
        let recorded_at = self.time_of_next(now);
        let responded_at = response.responded_at();
        if responded_at.as_ref().is_some_and(|time| time.is_ahead_of(&recorded_at)) {
            return Err(IntakeRefusal::AheadOfTheClock);
        }
        if let Some((last, responded_at)) = self.last_stored.as_ref().zip(responded_at.as_ref())
            && !last.is_followed_by(responded_at, &recorded_at)
        {
            return Err(IntakeRefusal::NotLater);
        }
        let signer = response.signer();
        let is_anothers = |signer: &Signer| response.responder() != Some(signer.principal());
        if signer.is_some_and(is_anothers) {
            return Err(IntakeRefusal::NotTheSigner);
        }
        if signer.is_some_and(|signer| signer.role() != SignerRole::Owner) {
            return Err(IntakeRefusal::NotAnOwner);
        }
        let surface = self.candidate.surface();
        let mut triage = triage(surface, &self.surfaces, response);
        let lane = triage.lane();
        let is_kept = !lane.is_withheld();
        if is_kept && responded_at.is_none() {
            return Err(IntakeRefusal::Undated);
        }
        let signer = signer.filter(|_| is_kept).cloned();
        let body = EventBody::Response {
            document: is_kept.then_some(name),
            responded_at: responded_at.filter(|_| is_kept).map(|time| time.in_utc()),
            surface: surface.digest(),
            findings: triage.findings.clone(),
            hints: if is_kept { triage.response.hints.clone() } else { Vec::new() },
        };
        let event = self.next_event(recorded_at, lane, body, signer.clone());
        triage.response.signer = signer;
        let text = written(&event).ok_or(IntakeRefusal::Unreadable)?;
        let (whole_bytes, kept) = (self.whole_bytes, self.log.kept());
        let candidate =
            self.candidate.receive_triaged(triage, Some(Digest::of(text.as_bytes()))).into();
        Ok(Step {
            candidate,
            line: with_line_breaks(&text, self.lacks_line_break),
            stores: is_kept.then(|| (name, response.original().clone())),
            withdraws: None,
            whole_bytes,
            kept,
        })
    }

    /// Takes a reviewer record at a time.
    ///
    /// # Errors
    ///
    /// The history as it was, and why the record changes nothing.
    pub fn review(self, record: ReviewerRecord, now: Time) -> Result<Step, Refused<Box<Self>>> {
        let refuse = |history, reason| Err(Refused { candidate: Box::new(history), reason });
        let original = record.original.clone();
        let name = DocumentName::known(original.digest(), true, record.notation);
        if self.log.named.contains(&name) {
            return refuse(self, Refusal::FiledBefore);
        }
        let outcome = record.outcome();
        if self.suspended.is_some() && !outcome.is_hold() {
            return refuse(self, Refusal::AcceptanceSuspended);
        }
        let body = EventBody::Review { document: name };
        let recorded_at = self.time_of_next(now);
        if let Err(reason) = record.fits_in_time(&recorded_at) {
            return refuse(self, reason);
        }
        let event = self.next_event(recorded_at, outcome, body, record.signer.clone());
        let Some(text) = written(&event) else { return refuse(self, Refusal::Unreadable) };
        let answered = self.log.answer.as_ref().and_then(|answer| answer.document);
        let withdraws =
            answered.filter(|document| outcome.is_withheld() && self.log.keeps(*document));
        let line = with_line_breaks(&text, self.lacks_line_break);
        let (whole_bytes, kept) = (self.whole_bytes, self.log.kept());
        let mut rest = self;
        match rest.candidate.review(record) {
            Ok(candidate) => {
                let stores = Some((name, original));
                Ok(Step { candidate, line, stores, withdraws, whole_bytes, kept })
            }
            Err(Refused { candidate, reason }) => {
                rest.candidate = candidate;
                refuse(rest, reason)
            }
        }
    }

    fn next_event(
        &self,
        recorded_at: Time,
        lane: Lane,
        body: EventBody,
        signer: Option<Signer>,
    ) -> Event {
        let sequence = self.log.events.len() + 1;
        Event { sequence, previous: self.tip, recorded_at, lane, body, signer }
    }
}

/// The line of an event, if it reads back: one that does not would break the journal for good. (What is read is held
/// against what it would be written as.)
fn written(event: &Event) -> Option<String> {
    Some(event.to_line()).filter(|line| Event::read_line(line).is_ok())
}

/// The line with its line break, and with the one that the line before it lacks.
fn with_line_breaks(line: &str, lacks_line_break: bool) -> String {
    let before = if lacks_line_break { "\n" } else { "" };
    format!("{before}{line}\n")
}
