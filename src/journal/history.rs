//! The history of a surface: what its journal says, and which step can come next.

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
use crate::words::limits::MAX_MINUTES_AHEAD;

use super::event::{DocumentName, Event, EventBody};
use super::fault::JournalFault;
use super::step::{Step, Triaged};

/// The contents of a surface's folder: the bytes of its events and of its documents.
///
/// ```
/// use acceptance_ledger::{Dossier, History, OwnerRequests, ResponseDocument, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let answer = format!(
///     "schema_version: monitoring_owner_response_v1\nnot_approval: true\nresponded_at: 2026-01-02T08:00:00Z
/// acceptance_candidate_id: {}\n",
///     surface.candidate_id()
/// );
/// let response = ResponseDocument::parse(answer.as_bytes())?;
/// let mut dossier = Dossier::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
/// dossier.store(&step);
/// let history = History::replay(surface, &surfaces, &dossier)?;
/// assert_eq!(history.candidate(), step.candidate());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// The file of events: one event on each line.
    pub events: Vec<u8>,
    /// The bytes of each document, by its name.
    pub documents: BTreeMap<DocumentName, Vec<u8>>,
}

impl Dossier {
    /// Stores a step in memory. A torn line goes away, and so does a document that no event keeps. The dossier is then
    /// equal to the folder after the step.
    ///
    /// If you store steps elsewhere, replay the dossier first. Then you know that the step can be read back.
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
        // The documents are answers that people sent, so they must not appear in a log.
        f.debug_struct("Dossier").finish_non_exhaustive()
    }
}

/// What a surface's journal says by itself: its events and its faults.
///
/// ```
/// use acceptance_ledger::{Dossier, History, OwnerRequests, ResponseDocument, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let answer = format!(
///     "schema_version: monitoring_owner_response_v1\nnot_approval: true\nresponded_at: 2026-01-02T08:00:00Z
/// acceptance_candidate_id: {}\n",
///     surface.candidate_id()
/// );
/// let response = ResponseDocument::parse(answer.as_bytes())?;
/// let mut dossier = Dossier::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
/// dossier.store(&step);
/// let history = History::replay(surface, &surfaces, &dossier)?;
/// let log = history.log();
/// assert_eq!((log.events().len(), log.faults().len()), (1, 0));
/// assert!(log.response_event().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct JournalLog {
    pub(super) events: Vec<Event>,
    pub(super) faults: Vec<JournalFault>,
    pub(super) answer: Option<LatestAnswer>,
    /// The documents that events name.
    pub(super) named: BTreeSet<DocumentName>,
    /// The answers among them that a reviewer withdrew.
    pub(super) withdrawn: BTreeSet<DocumentName>,
}

impl JournalLog {
    /// The events in their order, up to the first line that breaks the chain.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The faults of the journal.
    #[must_use]
    pub fn faults(&self) -> &[JournalFault] {
        &self.faults
    }

    /// The digest of the latest answer's line. A reviewer record names it as its `response_event`.
    #[must_use]
    pub fn response_event(&self) -> Option<Digest> {
        self.answer.as_ref().map(|answer| answer.event)
    }

    /// The event of the latest answer, and the events after it.
    #[must_use]
    pub fn since_the_answer(&self) -> &[Event] {
        let start = self.answer.as_ref().map_or(self.events.len(), |answer| answer.index);
        self.events.get(start..).unwrap_or_default()
    }

    /// Whether an event keeps the document: an event names it, and no reviewer withdrew it.
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

/// A surface's journal that gives no candidate: its chain is broken, a step is illegal, or a document is missing or
/// altered. Nothing can be appended to it.
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
    /// The surface of the journal.
    #[must_use]
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The faults of the journal.
    #[must_use]
    pub fn faults(&self) -> &[JournalFault] {
        self.log.faults()
    }

    /// What the journal says, up to the first line that cannot be read.
    #[must_use]
    pub fn log(&self) -> &JournalLog {
        &self.log
    }
}

/// A surface's journal after replay: what happened, and the candidate today.
///
/// Replay trusts nothing: it checks the chain, checks every record again, and triages the latest answer again.
/// Other tools record answers and reviews through it: [`History::receive`] and [`History::review`] say which line to
/// append and which document to store. They write nothing themselves.
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
    /// The digest that the next event must have as `previous`.
    pub(super) tip: Digest,
    /// How many bytes of the file of events are whole events.
    pub(super) whole_bytes: usize,
    /// Whether the line break after the last event is missing.
    pub(super) lacks_line_break: bool,
    /// The candidate to show if a torn line follows the acceptance: the torn line may have revoked it, so it does not
    /// count. `candidate` still has the acceptance.
    pub(super) suspended: Option<AnyCandidate>,
    /// The times of the last stored answer. The next answer must be later.
    pub(super) last_stored: Option<LastStored>,
}

/// The latest answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LatestAnswer {
    /// The digest of the answer's line.
    pub(super) event: Digest,
    /// The index of the answer among the events, from 0.
    pub(super) index: usize,
    /// The stored answer. `None` if nothing of it is kept.
    pub(super) document: Option<DocumentName>,
}

/// The times of the last stored answer: when the owner gave it, and when it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LastStored {
    pub(super) responded_at: Time,
    pub(super) recorded_at: Time,
}

impl LastStored {
    /// Whether an answer with these times comes later than the last one.
    ///
    /// The clock of the last responder may have been ahead, so that `responded_at` is later than `recorded_at`. Such an
    /// answer must not block the next one. So a `responded_at` between the two records is late enough, too.
    pub(super) fn is_followed_by(&self, responded_at: &Time, recorded_at: &Time) -> bool {
        let is_between =
            self.recorded_at.is_before(responded_at) && !recorded_at.is_before(responded_at);
        self.responded_at.is_before(responded_at) || is_between
    }
}

/// Why an answer is not recorded.
///
/// ```
/// use acceptance_ledger::IntakeRefusal;
///
/// assert!(IntakeRefusal::Repeated.to_string().contains("before"));
/// assert_eq!(IntakeRefusal::NotTheSigner.next_step(), "let the responder sign the answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeRefusal {
    /// The surface had the same document before.
    #[error(
        "the same answer was recorded for this surface before; if it is sent again, a hold does not end"
    )]
    Repeated,
    /// `responded_at` is missing or invalid.
    #[error("the responded_at of the answer is missing or is not an RFC 3339 time")]
    Undated,
    /// `responded_at` is in the future. A few minutes are allowed, because clocks differ.
    #[error(
        "the responded_at of the answer is more than {MAX_MINUTES_AHEAD} minutes ahead of the clock"
    )]
    AheadOfTheClock,
    /// The answer is not later than the last stored one.
    #[error(
        "the responded_at of the answer is not later than the responded_at of the last stored answer for this surface"
    )]
    NotLater,
    /// The signer is not the responder.
    #[error("the signer of the answer is not its responder")]
    NotTheSigner,
    /// The role of the signer is not owner.
    #[error("the answer is signed in the role of a reviewer")]
    NotAnOwner,
    /// The event cannot be read back.
    #[error("the event of this answer could not be parsed again, so nothing was written")]
    Unreadable,
}

impl IntakeRefusal {
    /// What to do next.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Repeated | Self::NotLater => {
                "ask the owner to answer again, with the time of the new answer"
            }
            Self::Undated | Self::AheadOfTheClock => {
                "write the time of the answer, as `date -Iseconds` prints it"
            }
            Self::NotTheSigner => "let the responder sign the answer",
            Self::NotAnOwner => "let the owner sign the answer in the role of an owner",
            Self::Unreadable => "report this as a bug",
        }
    }
}

impl History {
    /// The candidate as it is today.
    pub fn candidate(&self) -> &AnyCandidate {
        self.suspended.as_ref().unwrap_or(&self.candidate)
    }

    /// Returns the candidate as it is today.
    pub fn into_candidate(self) -> AnyCandidate {
        self.suspended.unwrap_or(self.candidate)
    }

    /// What the journal says.
    #[must_use]
    pub const fn log(&self) -> &JournalLog {
        &self.log
    }

    /// How many bytes of the file of events are whole events. The bytes after them are a torn line.
    #[must_use]
    pub const fn whole_bytes(&self) -> usize {
        self.whole_bytes
    }

    /// Returns the time of the next event, if the clock says `now`.
    ///
    /// The times of a journal never run backwards. So if the clock is behind the last event, the time is that of the
    /// last event.
    #[must_use]
    pub fn time_of_next(&self, now: Time) -> Time {
        match self.log.events.last().map(Event::recorded_at) {
            Some(last) if now.is_before(last) => last.clone(),
            _ => now,
        }
    }

    /// Triages an answer, and returns the step that records it. `now` is the time of the clock.
    ///
    /// # Errors
    ///
    /// If the answer cannot be recorded: see [`IntakeRefusal`].
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
        let before = self.last_stored.as_ref().zip(responded_at.as_ref());
        if before.is_some_and(|(last, time)| !last.is_followed_by(time, &recorded_at)) {
            return Err(IntakeRefusal::NotLater);
        }
        let signer = response.signer();
        let is_not_responder = |signer: &Signer| response.responder() != Some(signer.principal());
        if signer.is_some_and(is_not_responder) {
            return Err(IntakeRefusal::NotTheSigner);
        }
        if signer.is_some_and(|signer| signer.role() != SignerRole::Owner) {
            return Err(IntakeRefusal::NotAnOwner);
        }
        let surface = self.candidate.surface();
        let mut triage = triage(surface, &self.surfaces, response);
        let lane = triage.lane();
        let is_kept = !lane.is_withheld();
        // A stored answer needs a time, because the next answer must be later. A withheld one is recorded without.
        if is_kept && responded_at.is_none() {
            return Err(IntakeRefusal::Undated);
        }
        let signer = signer.filter(|_| is_kept).cloned();
        let body = EventBody::Response {
            document: is_kept.then_some(name),
            responded_at: responded_at.filter(|_| is_kept).map(|time| time.in_utc()),
            surface: surface.digest(),
            findings: triage.findings.clone(),
            // A hint says what a reviewer should read in the answer. If the answer is not kept, there is nothing to
            // read.
            hints: if is_kept { triage.response.hints.clone() } else { Vec::new() },
        };
        let event = self.next_event(recorded_at, lane, body, signer.clone());
        triage.response.signer = signer;
        let text = readable_line(&event).ok_or(IntakeRefusal::Unreadable)?;
        let (whole_bytes, kept) = (self.whole_bytes, self.log.kept());
        let triaged = is_kept.then(|| Triaged { document: name, triage: triage.clone() });
        let candidate =
            self.candidate.receive_triaged(triage, Some(Digest::of(text.as_bytes()))).into();
        Ok(Step {
            candidate,
            line: with_line_breaks(&text, self.lacks_line_break),
            stores: is_kept.then(|| (name, response.original().clone())),
            withdraws: None,
            whole_bytes,
            kept,
            surfaces: self.surfaces,
            triaged,
        })
    }

    /// Returns the step that records a review. `now` is the time of the clock.
    ///
    /// # Errors
    ///
    /// If the record is refused. The error has the unchanged history and the reason.
    pub fn review(self, record: ReviewerRecord, now: Time) -> Result<Step, Refused<Box<Self>>> {
        let refuse = |history, reason| Err(Refused { candidate: Box::new(history), reason });
        let original = record.original.clone();
        let name = DocumentName::known(original.digest(), true, record.notation);
        if self.log.named.contains(&name) {
            return refuse(self, Refusal::FiledBefore);
        }
        let outcome = record.outcome();
        // A torn line follows an acceptance that is still in the journal. The answer cannot be accepted a second time.
        if self.suspended.is_some() && !outcome.is_hold() {
            return refuse(self, Refusal::AcceptanceSuspended);
        }
        let body = EventBody::Review { document: name };
        let recorded_at = self.time_of_next(now);
        if let Err(reason) = record.check_times(&recorded_at) {
            return refuse(self, reason);
        }
        let event = self.next_event(recorded_at, outcome, body, record.signer.clone());
        let Some(text) = readable_line(&event) else { return refuse(self, Refusal::Unreadable) };
        let answered = self.log.answer.as_ref().and_then(|answer| answer.document);
        let withdraws =
            answered.filter(|document| outcome.is_withheld() && self.log.keeps(*document));
        let line = with_line_breaks(&text, self.lacks_line_break);
        let (whole_bytes, kept) = (self.whole_bytes, self.log.kept());
        let mut rest = self;
        match rest.candidate.review(record) {
            Ok(candidate) => {
                let stores = Some((name, original));
                let (surfaces, triaged) = (rest.surfaces, None);
                Ok(Step {
                    candidate,
                    line,
                    stores,
                    withdraws,
                    whole_bytes,
                    kept,
                    surfaces,
                    triaged,
                })
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

/// Returns the line of an event, if it can be read back. A line that cannot be read back would break the journal
/// forever, because lines are only ever added.
fn readable_line(event: &Event) -> Option<String> {
    Some(event.to_line()).filter(|line| Event::read_line(line).is_ok())
}

/// Returns the line with its line break. If the line break of the line before is missing, it comes first.
fn with_line_breaks(line: &str, lacks_line_break: bool) -> String {
    let before = if lacks_line_break { "\n" } else { "" };
    format!("{before}{line}\n")
}
