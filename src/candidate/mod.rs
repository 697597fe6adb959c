//! A candidate: a surface, with the state of its owner's answer.

mod any;
mod entry;
mod machine;
mod state;
#[cfg(test)]
mod theorems;

use crate::digest::Digest;
use crate::gate::Gates;
use crate::inputs::Surface;
use crate::response::{OwnerResponse, ResponseDocument};
use crate::review::{Refusal, ReviewerRecord};
use crate::time::Time;
use crate::triage::{Finding, Surfaces, Triage, triage};
use crate::words::Lane;

pub use any::{Accepted, AnyCandidate, Held, Received};
pub use entry::Entry;
pub(crate) use machine::review_leads_to;
pub(crate) use state::Contents;
pub use state::{
    AcceptedState, Answered, ExecutionRejected, FalseGreenSupplementRequired, HeldBack,
    IncidentBackfillRequired, OwnerReviewOnlyUpdate, Quarantined, ReadbackRequired, ReadyForReview,
    ReceiptGapRequired, Reviewable, StaleOrSilencedReviewRequired, State, SupplementRequested,
    WaitingOwnerResponse, WaitingRuntimeGate,
};
use state::{Agreed, Carried, Clean, Unanswered};

/// A surface whose owner is asked to confirm it, in one of twelve states.
///
/// A step consumes the candidate and returns the next one. A refused step returns the same
/// candidate. No step opens a gate.
///
/// ```
/// use acceptance_ledger::{Candidate, Lane, OwnerRequests, RuntimeGate};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let candidate = Candidate::new(requests.surfaces()[0].clone());
/// assert_eq!(candidate.lane(), Lane::WaitingOwnerResponse);
/// assert!(!candidate.gates().get(RuntimeGate::AlertmanagerReloadAuthorized).is_open());
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a dropped candidate is missing from the ledger"]
pub struct Candidate<S: State> {
    surface: Surface,
    /// The digest of the latest answer's journal event. A reviewer record must name it.
    answer: Option<Digest>,
    state: S,
}

impl Candidate<WaitingOwnerResponse> {
    /// Creates the candidate of a surface whose owner has not answered.
    pub fn new(surface: Surface) -> Self {
        Self { surface, answer: None, state: WaitingOwnerResponse(Unanswered) }
    }
}

impl<S: State> Candidate<S> {
    /// The surface. No step changes it.
    #[must_use]
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The lane of the state.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        S::LANE
    }

    /// The runtime gates. They are shut in every state.
    #[must_use]
    pub const fn gates(&self) -> Gates {
        Gates
    }

    /// The ledger's view of the candidate.
    #[must_use]
    pub fn entry(&self) -> Entry<'_> {
        Entry::of(&self.surface, S::LANE, self.contents())
    }

    /// Receives an answer, the first or a later one. It triages the answer and returns the state of its lane.
    /// What was recorded about an earlier answer no longer counts.
    ///
    /// `surfaces` are all surfaces that owners are asked about, because an answer must not speak about another
    /// surface. An answer that is in no journal cannot be reviewed; see [`History`](crate::History).
    pub fn receive(self, surfaces: &Surfaces, response: &ResponseDocument) -> Received {
        let triage = triage(&self.surface, surfaces, response);
        self.receive_triaged(triage, None)
    }

    /// Returns the state of the lane that triage found. `answer` is the digest of the answer's journal event;
    /// `None` if the answer is in no journal.
    pub(crate) fn receive_triaged(self, triage: Triage, answer: Option<Digest>) -> Received {
        let lane = triage.lane();
        let Triage { response, findings } = triage;
        let response = Box::new(response);
        let surface = self.surface;
        if lane.is_hold() {
            let carried = Carried { response: Some(response), findings };
            Received::Held(Held::new(surface, answer, lane, carried, None))
        } else {
            let state = ReadyForReview(Clean { response });
            Received::ReadyForReview(Candidate { surface, answer, state })
        }
    }

    /// Drops the answer, because the surface is no longer the one that the owner answered for.
    pub fn surface_changed(self) -> Candidate<WaitingOwnerResponse> {
        let state = WaitingOwnerResponse(Unanswered);
        Candidate { surface: self.surface, answer: None, state }
    }

    /// Converts to [`AnyCandidate`], so that candidates in different states can be stored together.
    pub fn erase(self) -> AnyCandidate {
        S::erase(self)
    }

    fn contents(&self) -> Contents<'_> {
        self.state.contents()
    }
}

impl<S: Reviewable> Candidate<S> {
    /// The reviewer record that led to this state, if there is one.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// Holds the answer back by a reviewer record. If the answer is already held, the new hold must be at least
    /// as strict.
    ///
    /// # Errors
    ///
    /// Returns the unchanged candidate and the reason if:
    ///
    /// - the record judges another candidate or answer, or its reviewer does not match its signer;
    /// - the outcome is not a hold, or is less strict than the present hold;
    /// - no failed check belongs to the outcome's lane;
    /// - a verdict contradicts triage or the answer.
    pub fn hold(self, record: ReviewerRecord) -> Result<Held, Refused<Self>> {
        let Contents { response, findings, .. } = self.contents();
        let answers = response.map(OwnerResponse::answers);
        let outcome = record.outcome();
        let judged = record.check_subject(&self.surface, self.answer).and_then(|()| {
            match review_leads_to(S::LANE, outcome, self.surface.is_write_capable()) {
                Some(lane) if lane.is_hold() => record.check_hold(answers, &self.surface, findings),
                _ => Err(Refusal::NoSuchStep { from: S::LANE, outcome }),
            }
        });
        match judged {
            Ok(()) => {
                let carried = self.state.into_carried();
                let record = Some(Box::new(record));
                Ok(Held::new(self.surface, self.answer, outcome, carried, record))
            }
            Err(reason) => Err(Refused { candidate: self, reason }),
        }
    }
}

impl<S: HeldBack> Candidate<S> {
    /// What triage found against the answer.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.contents().findings
    }
}

impl<S: Answered> Candidate<S> {
    /// The owner's response.
    #[must_use]
    pub fn response(&self) -> &OwnerResponse {
        self.state.response()
    }
}

impl<S: AcceptedState> Candidate<S> {
    /// The time at which the acceptance ends.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        self.record()?.valid_until()
    }

    /// Ends the acceptance if its time is over at `as_of`. The candidate then waits for its owner again.
    ///
    /// If the time is `None`, the acceptance ends too: nothing shows that it is still valid.
    ///
    /// # Errors
    ///
    /// If the acceptance has not ended, returns the unchanged candidate.
    pub fn expire(self, as_of: Option<&Time>) -> Result<Candidate<WaitingOwnerResponse>, Self> {
        if as_of.zip(self.record()).is_some_and(|(as_of, record)| record.holds_at(as_of)) {
            return Err(self);
        }
        let state = WaitingOwnerResponse(Unanswered);
        Ok(Candidate { surface: self.surface, answer: None, state })
    }
}

impl Candidate<ReadyForReview> {
    /// Accepts the answer by a person's record. This changes only the ledger. If the surface can write, it still
    /// waits for its runtime gate.
    ///
    /// # Errors
    ///
    /// Returns the unchanged candidate and the reason if:
    ///
    /// - the record judges another candidate or answer, or its reviewer does not match its signer;
    /// - the outcome is not an acceptance;
    /// - the reviewer is a program or the responder, or only the record is signed;
    /// - a check failed, has no verdict, or has a verdict that contradicts the answer;
    /// - the acceptance does not end, or ends too long after the review.
    pub fn accept(self, record: ReviewerRecord) -> Result<Accepted, Refused<Self>> {
        let outcome = record.outcome();
        let response = self.state.response();
        let accepted = record
            .check_subject(&self.surface, self.answer)
            .and_then(|()| {
                review_leads_to(self.lane(), outcome, self.surface.is_write_capable())
                    .filter(|lane| !lane.is_hold())
                    .ok_or(Refusal::NoSuchStep { from: self.lane(), outcome })
            })
            .and_then(|lane| record.check_acceptance(response, &self.surface).map(|()| lane));
        match accepted {
            Ok(lane) => {
                let Self { surface, answer, state: ReadyForReview(Clean { response }) } = self;
                let agreed = Agreed { response, record: Box::new(record) };
                Ok(if lane == Lane::WaitingRuntimeGate {
                    let state = WaitingRuntimeGate(agreed);
                    Accepted::WaitingRuntimeGate(Candidate { surface, answer, state })
                } else {
                    let state = OwnerReviewOnlyUpdate(agreed);
                    Accepted::OwnerReviewOnlyUpdate(Candidate { surface, answer, state })
                })
            }
            Err(reason) => Err(Refused { candidate: self, reason }),
        }
    }
}

/// A refused step: the unchanged candidate and the reason.
///
/// ```
/// use acceptance_ledger::{Lane, Refusal, Refused};
///
/// // The candidate is still there; here a name stands for it.
/// let refused = Refused { candidate: "unchanged", reason: Refusal::NotAPerson };
/// assert_eq!(refused.candidate, "unchanged");
/// assert!(refused.reason.to_string().contains("person"));
/// ```
#[derive(Debug, PartialEq)]
#[must_use = "the unchanged candidate is in this value"]
pub struct Refused<C> {
    /// The unchanged candidate.
    pub candidate: C,
    /// Why the step was refused.
    pub reason: Refusal,
}
