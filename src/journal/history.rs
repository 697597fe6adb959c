//! What a journal makes of a surface.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::json::Json;
use crate::response::{Answers, OwnerResponse, ResponseDocument, rfc3339};
use crate::review::{Refusal, ReviewDocument, ReviewerRecord, Verdict};
use crate::signer::Signer;
use crate::surface::Surface;
use crate::triage::{Finding, Surfaces, Triage, triage};
use crate::words::{AcceptanceField, Lane, ReviewerCheck, VerifyCode};

use super::chain::{Chain, Link};
use super::event::{DocumentName, Event, Happened, is_recorded_as};
use super::fault::JournalFault;

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
/// # let draft = std::fs::read("examples/dockprom/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
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
    whole: usize,
    lacks_line_break: bool,
    answer: Option<Answer>,
    /// The documents that events name, and those among them that were withdrawn.
    named: BTreeSet<DocumentName>,
    withdrawn: BTreeSet<DocumentName>,
    last_responded_at: Option<Timestamp>,
}

/// The latest answer.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    /// The digest of its line.
    event: Digest,
    /// Its place among the events.
    index: usize,
    document: Option<DocumentName>,
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
        let Replay { named, withdrawn, answer, last_responded_at, mut faults, .. } = replay;
        let kept: BTreeSet<_> = named.difference(&withdrawn).copied().collect();
        faults.extend(chain.fault);
        if chain.is_whole {
            let orphans = dossier.documents.keys().filter(|name| !kept.contains(name));
            faults.extend(
                orphans.map(|name| JournalFault::of_document(VerifyCode::OrphanDocument, *name)),
            );
        }
        Self {
            candidate,
            tip: chain.tip,
            whole: chain.whole,
            lacks_line_break: chain.lacks_line_break,
            events: chain.links.into_iter().map(|link| link.event).collect(),
            faults,
            answer,
            named,
            withdrawn,
            last_responded_at,
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
    pub const fn whole(&self) -> usize {
        self.whole
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
        if self.last_responded_at.is_some_and(|last| responded_at.is_none_or(|time| time <= last)) {
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
fn version_of(surface: &Surface) -> Option<String> {
    surface.descriptor(AcceptanceField::RepoSha256).and_then(Json::as_str).map(str::to_owned)
}

/// A replay on its way through the events.
struct Replay<'a> {
    links: &'a [Link],
    dossier: &'a Dossier,
    faults: Vec<JournalFault>,
    named: BTreeSet<DocumentName>,
    withdrawn: BTreeSet<DocumentName>,
    answer: Option<Answer>,
    last_responded_at: Option<Timestamp>,
}

impl<'a> Replay<'a> {
    fn new(chain: &'a Chain, dossier: &'a Dossier) -> Self {
        Self {
            links: &chain.links,
            dossier,
            faults: Vec::new(),
            named: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            answer: None,
            last_responded_at: None,
        }
    }

    fn fault(&mut self, code: VerifyCode, sequence: usize, message: impl Into<String>) {
        self.faults.push(JournalFault::at(code, sequence, message));
    }

    /// Takes every step, and gives the candidate as it stands today.
    fn run(&mut self, mut candidate: AnyCandidate, surfaces: &Surfaces) -> AnyCandidate {
        let latest = self.links.iter().rposition(|link| !link.event.is_review());
        let mut found_today = None;
        let mut last = None;
        for (index, link) in self.links.iter().enumerate() {
            let event = &link.event;
            let time = rfc3339(&event.recorded_at);
            if time < last {
                let message = "it was recorded before the line above it";
                self.fault(VerifyCode::IllegalStep, event.sequence, message);
            }
            last = time;
            match &event.happened {
                Happened::Response { document, responded_at, repo_sha256, findings } => {
                    let name = document.map(DocumentName::response);
                    self.check_response(event, name, *responded_at);
                    let bytes = name.and_then(|name| self.take_document(index, name));
                    let is_of_today =
                        Some(index) == latest && *repo_sha256 == version_of(candidate.surface());
                    let document = bytes
                        .filter(|_| Some(index) == latest)
                        .and_then(|bytes| self.parse_response(event, bytes));
                    let mut response = OwnerResponse {
                        responder: document
                            .as_ref()
                            .and_then(ResponseDocument::responder)
                            .unwrap_or_default()
                            .to_owned(),
                        answers: Answers::gone(),
                        signer: None,
                    };
                    if let Some(document) = document.filter(|_| is_of_today) {
                        let today = triage(candidate.surface(), surfaces, &document);
                        response = today.response.clone();
                        found_today = Some(today);
                    }
                    response.signer.clone_from(&event.signer);
                    let triage = Triage { response, findings: findings.clone() };
                    if triage.lane() != event.lane {
                        self.fault(
                            VerifyCode::IllegalStep,
                            event.sequence,
                            "its lane is not the strictest of its findings",
                        );
                    }
                    candidate = candidate.land(triage, Some(link.digest)).into();
                    self.answer = Some(Answer { event: link.digest, index, document: name });
                }
                Happened::Review { document } => {
                    let name = DocumentName::review(*document);
                    candidate = self.take_review(candidate, event, name, found_today.as_ref());
                }
            }
        }
        self.as_of_today(candidate, found_today)
    }

    /// Checks what an answer's event says of itself.
    fn check_response(
        &mut self,
        event: &Event,
        name: Option<DocumentName>,
        responded_at: Option<Timestamp>,
    ) {
        let sequence = event.sequence;
        let keeps_too_much = name.is_some() || responded_at.is_some() || event.signer.is_some();
        let is_stored_rightly =
            if event.lane.is_withheld() { !keeps_too_much } else { name.is_some() };
        if event.lane.strictness().is_none() || !is_stored_rightly {
            self.fault(
                VerifyCode::IllegalStep,
                sequence,
                "an answer is stored if and only if it is neither quarantined nor rejected",
            );
        }
        if name.is_some_and(|name| !self.named.insert(name)) {
            self.fault(VerifyCode::IllegalStep, sequence, IntakeRefusal::Repeated.to_string());
        }
        if name.is_some() {
            let last = self.last_responded_at;
            if last.is_some_and(|last| responded_at.is_none_or(|time| time <= last)) {
                self.fault(VerifyCode::IllegalStep, sequence, IntakeRefusal::NotLater.to_string());
            }
            self.last_responded_at = responded_at.or(last);
        }
    }

    /// The bytes of a document that has to be there: those of the event at `index`, unless a later one withdrew
    /// it. One that is there still, which it should not be, is held against its records as long as it is.
    fn take_document(&mut self, index: usize, name: DocumentName) -> Option<&'a [u8]> {
        let is_withdrawn = !name.is_review() && self.is_withdrawn_after(index);
        if is_withdrawn {
            self.withdrawn.insert(name);
        }
        let Some(bytes) = self.dossier.documents.get(&name) else {
            if is_withdrawn {
                return None;
            }
            self.faults.push(JournalFault::of_document(VerifyCode::DocumentMissing, name));
            return None;
        };
        if Digest::of(bytes) != name.digest() {
            if is_withdrawn {
                return None;
            }
            self.faults.push(JournalFault::of_document(VerifyCode::DocumentAltered, name));
            return None;
        }
        Some(bytes)
    }

    /// Whether a reviewer quarantined or rejected the answer of the event at `index`.
    fn is_withdrawn_after(&self, index: usize) -> bool {
        let behind = self.links.iter().skip(index + 1);
        let mut reviews = behind.take_while(|link| link.event.is_review());
        reviews.any(|link| link.event.lane.is_withheld())
    }

    /// The latest answer, where its document is what its event says.
    fn parse_response(&mut self, event: &Event, bytes: &[u8]) -> Option<ResponseDocument> {
        let document = ResponseDocument::parse(bytes).ok();
        let Happened::Response { responded_at, .. } = event.happened else { return None };
        let is_own = |document: &ResponseDocument| {
            document.responded_at() == responded_at
                && event
                    .signer()
                    .is_none_or(|signer| document.responder() == Some(signer.principal()))
        };
        let document = document.filter(is_own);
        if document.is_none() {
            self.fault(
                VerifyCode::IllegalStep,
                event.sequence,
                "its document is no answer of this responder and time",
            );
        }
        document
    }

    /// Takes a reviewer record, if it is one that the core accepts.
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
        let Some(bytes) = self.take_document(0, name) else { return candidate };
        let record = ReviewDocument::parse(bytes)
            .ok()
            .and_then(|document| document.record(event.signer.clone()).ok())
            .filter(|record| record.outcome() == event.lane);
        let Some(record) = record else {
            self.fault(
                VerifyCode::IllegalStep,
                sequence,
                "its document is no reviewer record that passes, or has another outcome",
            );
            return candidate;
        };
        match candidate.review(record) {
            Ok(candidate) => candidate,
            Err(Refused { candidate, reason }) => {
                // What the surface asks for can have grown since: then the record no longer counts.
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
                        format!("it calls {check} not applicable, and today that is asked for"),
                    ),
                    _ => self.fault(VerifyCode::IllegalStep, sequence, reason.to_string()),
                }
                candidate
            }
        }
    }

    /// The candidate under today's surface and rules.
    fn as_of_today(&mut self, candidate: AnyCandidate, today: Option<Triage>) -> AnyCandidate {
        let Some(answer) = self.answer.clone() else { return candidate };
        let Some(Event { sequence, lane: recorded, happened, signer, .. }) =
            self.links.get(answer.index).map(|link| &link.event)
        else {
            return candidate;
        };
        let Happened::Response { repo_sha256, findings, .. } = happened else { return candidate };
        if *repo_sha256 != version_of(candidate.surface()) {
            return candidate.surface_changed().erase();
        }
        let Some(mut today) = today else { return candidate };
        merge(&mut today.findings, findings);
        let lane = today.lane();
        let passes_what_is_found = |record: &ReviewerRecord| {
            ReviewerCheck::ALL.iter().find(|check| {
                record.verdict(**check) == Verdict::Pass
                    && has_finding_against(&today.findings, **check)
            })
        };
        let why_not = match candidate.record() {
            // An acceptance is looser than every lane in which something is found.
            Some(record) if is_stricter(lane, Some(record.outcome())) => Some(format!(
                "today the answer lands in {lane}, and the record gives it a looser lane"
            )),
            Some(record) => passes_what_is_found(record).map(|check| {
                format!("today something is found against {check}, which the record passes")
            }),
            None => is_stricter(lane, Some(*recorded))
                .then(|| format!("it says {recorded}, and today the answer lands in {lane}")),
        };
        let stands = candidate.record().is_some() && why_not.is_none();
        if let Some(why_not) = why_not {
            self.fault(VerifyCode::LaneTooLenient, *sequence, why_not);
        }
        if stands {
            return candidate;
        }
        today.response.signer.clone_from(signer);
        candidate.land(today, Some(answer.event)).into()
    }
}

/// Whether an answer is held more strictly in `lane` than in the other.
fn is_stricter(lane: Lane, other: Option<Lane>) -> bool {
    lane.strictness() > Some(other.and_then(Lane::strictness).unwrap_or(0))
}

fn has_finding_against(findings: &[Finding], check: ReviewerCheck) -> bool {
    findings.iter().any(|finding| finding.check() == check)
}

/// Adds the findings of an event that are not there.
fn merge(findings: &mut Vec<Finding>, recorded: &[Finding]) {
    for other in recorded {
        if !findings.iter().any(|finding| is_recorded_as(finding, other)) {
            findings.push(other.clone());
        }
    }
}
