//! What the events of a surface lead to: each step is checked again, and the latest answer judged again.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::candidate::{AnyCandidate, Refused};
use crate::digest::Digest;
use crate::response::{Answers, OwnerResponse, ResponseDocument, rfc3339};
use crate::review::{Refusal, ReviewDocument, ReviewerRecord, Verdict};
use crate::triage::{Finding, Surfaces, Triage, triage};
use crate::words::{Lane, ReviewerCheck, VerifyCode};

use super::chain::{Chain, Link};
use super::event::{DocumentName, Event, Happened, is_recorded_as};
use super::fault::JournalFault;
use super::history::{Answer, Dossier, IntakeRefusal, LastStored, version_of};

/// A replay on its way through the events.
pub(super) struct Replay<'a> {
    links: &'a [Link],
    dossier: &'a Dossier,
    pub(super) faults: Vec<JournalFault>,
    pub(super) named: BTreeSet<DocumentName>,
    pub(super) withdrawn: BTreeSet<DocumentName>,
    pub(super) answer: Option<Answer>,
    pub(super) last_stored: Option<LastStored>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(chain: &'a Chain, dossier: &'a Dossier) -> Self {
        Self {
            links: &chain.links,
            dossier,
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

    /// Takes every step, and gives the candidate as it stands today.
    pub(super) fn run(&mut self, mut candidate: AnyCandidate, surfaces: &Surfaces) -> AnyCandidate {
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
                    let bytes = name.and_then(|name| {
                        if self.is_withdrawn_after(index) {
                            self.withdrawn_document(name)
                        } else {
                            self.document(name)
                        }
                    });
                    let is_of_today = *repo_sha256 == version_of(candidate.surface());
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
        if !is_stored_rightly {
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
            let recorded_at = rfc3339(&event.recorded_at);
            if self.last_stored.is_some_and(|last| !last.is_followed_by(responded_at, recorded_at))
            {
                self.fault(VerifyCode::IllegalStep, sequence, IntakeRefusal::NotLater.to_string());
            }
            if let Some(responded_at) = responded_at {
                self.last_stored = Some(LastStored { responded_at, recorded_at });
            }
        }
    }

    /// The bytes of a document that has to be there.
    fn document(&mut self, name: DocumentName) -> Option<&'a [u8]> {
        let code = match self.dossier.documents.get(&name) {
            None => VerifyCode::DocumentMissing,
            Some(bytes) if Digest::of(bytes) != name.digest() => VerifyCode::DocumentAltered,
            Some(bytes) => return Some(bytes),
        };
        self.faults.push(JournalFault::of_document(code, name));
        None
    }

    /// The bytes of an answer that a reviewer withdrew, which should not be there: as long as they are, records are
    /// held against them.
    fn withdrawn_document(&mut self, name: DocumentName) -> Option<&'a [u8]> {
        self.withdrawn.insert(name);
        let bytes = self.dossier.documents.get(&name)?;
        (Digest::of(bytes) == name.digest()).then_some(bytes)
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
        let Some(bytes) = self.document(name) else { return candidate };
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
            Some(record) if is_stricter(lane, record.outcome()) => Some(format!(
                "today the answer lands in {lane}, and the record gives it a looser lane"
            )),
            Some(record) => passes_what_is_found(record).map(|check| {
                format!("today something is found against {check}, which the record passes")
            }),
            None => is_stricter(lane, *recorded)
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

/// Whether an answer is held more strictly in `lane` than in the other. An acceptance holds nothing.
fn is_stricter(lane: Lane, other: Lane) -> bool {
    lane.strictness() > other.strictness().max(Some(0))
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
