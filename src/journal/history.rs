//! What a journal makes of a surface.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::json::Json;
use crate::response::{ResponseDocument, rfc3339};
use crate::review::{Refusal, ReviewerRecord};
use crate::signer::Signer;
use crate::surface::Surface;
use crate::triage::{Surfaces, triage};
use crate::words::{AcceptanceField, Lane, VerifyCode};

use super::chain::Chain;
use super::event::{DocumentName, Event, Happened};
use super::fault::JournalFault;
use super::replay::Replay;

/// What the folder of one surface holds: the bytes of its events and of its documents.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, Dossier, History, Lane, Surface, Surfaces};
///
/// fn lane_without_events(surface: Surface, surfaces: &Surfaces) -> Lane {
///     History::replay(surface, surfaces, &Dossier::default()).candidate().lane()
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// The file of events, one a line.
    pub events: Vec<u8>,
    /// The documents by their names.
    pub documents: BTreeMap<DocumentName, Vec<u8>>,
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its documents are answers as they came.
        f.debug_struct("Dossier").finish_non_exhaustive()
    }
}

/// A surface's journal, replayed: what happened, where the candidate stands today, and what is wrong with
/// the journal.
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
/// let surfaces = Surfaces::new(requests.surfaces());
/// let history = History::replay(requests.surfaces()[0].clone(), &surfaces, &Dossier::default());
/// assert!(history.events().is_empty() && history.faults().is_empty());
/// assert_eq!(history.candidate().lane(), Lane::WaitingOwnerResponse);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct History {
    candidate: AnyCandidate,
    events: Vec<Event>,
    faults: Vec<JournalFault>,
    /// The digest that the next event names as its previous one.
    tip: Digest,
    /// How many bytes of the file of events are whole lines, and whether the last lacks its line break.
    whole_bytes: usize,
    lacks_line_break: bool,
    answer: Option<Answer>,
    /// The documents that events name, and those among them that were withdrawn.
    named: BTreeSet<DocumentName>,
    withdrawn: BTreeSet<DocumentName>,
    last_stored: Option<LastStored>,
}

/// The latest answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// The digest of its line.
    pub(super) event: Digest,
    /// Its place among the events.
    pub(super) index: usize,
    pub(super) document: Option<DocumentName>,
}

/// When the last stored answer was given, and recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LastStored {
    pub(super) responded_at: Timestamp,
    pub(super) recorded_at: Option<Timestamp>,
}

impl LastStored {
    /// Whether an answer of a time comes later. One that was dated ahead of its record does not stand in the way
    /// of those that are not.
    pub(super) fn is_followed_by(
        self,
        responded_at: Option<Timestamp>,
        recorded_at: Option<Timestamp>,
    ) -> bool {
        responded_at.is_some_and(|time| {
            let is_between = Some(time) > self.recorded_at && Some(time) <= recorded_at;
            time > self.responded_at || is_between
        })
    }
}

/// A step that is allowed: the line to append to the surface's events, what to store before and to delete after
/// it, and the candidate as it then stands.
///
/// ```
/// use acceptance_ledger::Step;
///
/// fn describe(step: &Step) -> String {
///     format!("{} bytes, then {}", step.line().len(), step.candidate().lane())
/// }
/// ```
#[derive(Debug, PartialEq)]
#[must_use = "a step is taken once its line is stored"]
pub struct Step {
    candidate: AnyCandidate,
    line: String,
    document: Option<DocumentName>,
    withdraws: Option<DocumentName>,
}

impl Step {
    /// The candidate after the step.
    pub const fn candidate(&self) -> &AnyCandidate {
        &self.candidate
    }

    /// The candidate after the step.
    pub fn into_candidate(self) -> AnyCandidate {
        self.candidate
    }

    /// The line to append, with its line break.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The name under which the document is stored before the line is; `None` where nothing of it is kept.
    #[must_use]
    pub const fn document(&self) -> Option<DocumentName> {
        self.document
    }

    /// The answer that is deleted after the line is stored: a reviewer quarantined or rejected it.
    #[must_use]
    pub const fn withdraws(&self) -> Option<DocumentName> {
        self.withdraws
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
    /// The answer is not later than the last one that was stored.
    #[error(
        "its responded_at is not later than that of the surface's last stored answer; the owner has to answer anew"
    )]
    NotLater,
    /// The signature is another's than the responder's.
    #[error("another principal than the responder signed the answer; the responder has to sign it")]
    NotTheSigner,
}

impl History {
    /// Replays the journal of `surface`.
    #[must_use]
    pub fn replay(surface: Surface, surfaces: &Surfaces, dossier: &Dossier) -> Self {
        let chain = Chain::read(&surface.candidate_id(), &dossier.events);
        let mut replay = Replay::new(&chain, dossier);
        let candidate = replay.run(AnyCandidate::new(surface), surfaces);
        let Replay { named, withdrawn, answer, last_stored, mut faults, .. } = replay;
        let kept: BTreeSet<_> = named.difference(&withdrawn).copied().collect();
        faults.extend(chain.fault);
        if chain.is_whole {
            let orphans = dossier.documents.keys().filter(|name| !kept.contains(name));
            let orphaned =
                |name: &DocumentName| JournalFault::of_document(VerifyCode::OrphanDocument, *name);
            let before = faults.len();
            faults.extend(orphans.map(orphaned));
            // An interrupted step leaves one at most, since each step removes what it finds.
            if faults.len() > before + 1 {
                let message = "several documents have no event: lines that were here are gone";
                let sequence = chain.links.len() + 1;
                faults.push(JournalFault::at(VerifyCode::ChainBroken, sequence, message));
            }
        }
        Self {
            candidate,
            tip: chain.tip,
            whole_bytes: chain.whole_bytes,
            lacks_line_break: chain.lacks_line_break,
            events: chain.links.into_iter().map(|link| link.event).collect(),
            faults,
            answer,
            named,
            withdrawn,
            last_stored,
        }
    }

    /// The candidate as it stands today.
    pub const fn candidate(&self) -> &AnyCandidate {
        &self.candidate
    }

    /// The candidate as it stands today.
    pub fn into_candidate(self) -> AnyCandidate {
        self.candidate
    }

    /// What happened, in its order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What is wrong with the journal.
    #[must_use]
    pub fn faults(&self) -> &[JournalFault] {
        &self.faults
    }

    /// Whether something is wrong that no ledger may be written from and nothing may be appended to.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.faults.iter().any(|fault| fault.code().breaks_replay())
    }

    /// How many bytes of the file of events are whole events; what is behind them is torn.
    #[must_use]
    pub const fn whole_bytes(&self) -> usize {
        self.whole_bytes
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

    /// Whether a reviewer withdrew the document.
    #[must_use]
    pub fn has_withdrawn(&self, name: DocumentName) -> bool {
        self.withdrawn.contains(&name)
    }

    /// Takes in an answer, of which `bytes` are the document as it came and `signer` is who signed it.
    ///
    /// # Errors
    ///
    /// Why it is not taken in.
    pub fn receive(
        self,
        surfaces: &Surfaces,
        response: &ResponseDocument,
        bytes: &[u8],
        recorded_at: &str,
        signer: Option<Signer>,
    ) -> Result<Step, IntakeRefusal> {
        let name = DocumentName::response(Digest::of(bytes));
        if self.named.contains(&name) {
            return Err(IntakeRefusal::Repeated);
        }
        let responded_at = response.responded_at();
        let now = rfc3339(&self.not_before_the_last(recorded_at));
        if self.last_stored.is_some_and(|last| !last.is_followed_by(responded_at, now)) {
            return Err(IntakeRefusal::NotLater);
        }
        let is_anothers = |signer: &Signer| response.responder() != Some(signer.principal());
        if signer.as_ref().is_some_and(is_anothers) {
            return Err(IntakeRefusal::NotTheSigner);
        }
        let surface = self.candidate.surface();
        let mut triage = triage(surface, surfaces, response);
        let lane = triage.lane();
        let document = (!lane.is_withheld()).then_some(name);
        let signer = signer.filter(|_| document.is_some());
        let event = self.next_event(
            recorded_at,
            lane,
            Happened::Response {
                document: document.map(|name| name.digest()),
                responded_at: responded_at.filter(|_| document.is_some()),
                repo_sha256: version_of(surface),
                findings: triage.findings.clone(),
            },
            signer.clone(),
        );
        triage.response.signer = signer;
        let text = event.to_line();
        let candidate = self.candidate.land(triage, Some(Digest::of(text.as_bytes()))).into();
        Ok(Step {
            candidate,
            line: with_line_breaks(&text, self.lacks_line_break),
            document,
            withdraws: None,
        })
    }

    /// Takes a reviewer record, of which `bytes` are the document as it came.
    ///
    /// # Errors
    ///
    /// The history as it was, and why the record changes nothing.
    pub fn review(
        self,
        record: ReviewerRecord,
        bytes: &[u8],
        recorded_at: &str,
    ) -> Result<Step, Refused<Box<Self>>> {
        let name = DocumentName::review(Digest::of(bytes));
        if self.named.contains(&name) {
            return Err(Refused { candidate: Box::new(self), reason: Refusal::FiledBefore });
        }
        let outcome = record.outcome();
        let event = self.next_event(
            recorded_at,
            outcome,
            Happened::Review { document: name.digest() },
            record.signer.clone(),
        );
        let withdraws = self
            .answer
            .as_ref()
            .and_then(|answer| answer.document)
            .filter(|document| outcome.is_withheld() && self.keeps(*document));
        let lacks_line_break = self.lacks_line_break;
        let mut rest = self;
        match rest.candidate.review(record) {
            Ok(candidate) => {
                let line = with_line_breaks(&event.to_line(), lacks_line_break);
                Ok(Step { candidate, line, document: Some(name), withdraws })
            }
            Err(Refused { candidate, reason }) => {
                rest.candidate = candidate;
                Err(Refused { candidate: Box::new(rest), reason })
            }
        }
    }

    /// The time of the last event where a clock is behind it: the times of a journal never run backwards.
    fn not_before_the_last(&self, recorded_at: &str) -> String {
        let last = self.events.last().map(Event::recorded_at);
        let is_behind = |last: &&str| rfc3339(recorded_at) < rfc3339(last);
        last.filter(is_behind).unwrap_or(recorded_at).to_owned()
    }

    fn next_event(
        &self,
        recorded_at: &str,
        lane: Lane,
        happened: Happened,
        signer: Option<Signer>,
    ) -> Event {
        Event {
            sequence: self.events.len() + 1,
            previous: self.tip,
            recorded_at: self.not_before_the_last(recorded_at),
            lane,
            happened,
            signer,
        }
    }
}

/// The line with its line break, and with the one that the line before it lacks.
fn with_line_breaks(line: &str, lacks_line_break: bool) -> String {
    let before = if lacks_line_break { "\n" } else { "" };
    format!("{before}{line}\n")
}

/// The version of the surface, where it has one.
pub(super) fn version_of(surface: &Surface) -> Option<String> {
    surface.descriptor(AcceptanceField::RepoSha256).and_then(Json::as_str).map(str::to_owned)
}
