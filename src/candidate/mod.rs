//! A candidate: a surface and the state that its owner's answer is in.

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
/// A step consumes the candidate and gives the next one; a step that is refused gives the same
/// candidate back. No step opens a gate.
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
#[must_use = "a candidate that is dropped is lost to the ledger"]
pub struct Candidate<S: State> {
    surface: Surface,
    /// The journal's event of the latest answer: what a reviewer record has to name.
    answer: Option<Digest>,
    state: S,
}

impl Candidate<WaitingOwnerResponse> {
    /// The candidate of a surface that nobody has answered for.
    pub fn new(surface: Surface) -> Self {
        Self { surface, answer: None, state: WaitingOwnerResponse(Unanswered) }
    }
}

impl<S: State> Candidate<S> {
    /// The surface. It is the same through all steps.
    #[must_use]
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The lane of the state.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        S::LANE
    }

    /// The runtime gates: shut, in every state.
    #[must_use]
    pub const fn gates(&self) -> Gates {
        Gates
    }

    /// What the ledger shows of the candidate.
    #[must_use]
    pub fn entry(&self) -> Entry<'_> {
        Entry::of(&self.surface, S::LANE, self.contents())
    }

    /// Takes in an answer, the first or another one: triages it, and gives the state of the lane
    /// that it lands in. Whatever was recorded of an earlier answer no longer counts.
    ///
    /// `surfaces` are all that owners are asked about: an answer must not speak of another's. An answer that
    /// stands in no journal cannot be reviewed: see [`History`](crate::History).
    pub fn receive(self, surfaces: &Surfaces, response: &ResponseDocument) -> Received {
        let triage = triage(&self.surface, surfaces, response);
        self.receive_triaged(triage, None)
    }

    /// Gives the state of the lane that triage found for the answer of a journal's event.
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

    /// Forgets the answer: the surface is no longer the one that was answered for.
    pub fn surface_changed(self) -> Candidate<WaitingOwnerResponse> {
        let state = WaitingOwnerResponse(Unanswered);
        Candidate { surface: self.surface, answer: None, state }
    }

    /// Forgets which state it is in, to be stored with others.
    pub fn erase(self) -> AnyCandidate {
        S::erase(self)
    }

    fn contents(&self) -> Contents<'_> {
        self.state.contents()
    }
}

impl<S: Reviewable> Candidate<S> {
    /// The reviewer record that brought the candidate here, if one did.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// Lets a reviewer hold the answer back: at all, as strictly as it is held, or stricter.
    ///
    /// # Errors
    ///
    /// The candidate as it was, and why: the outcome is no hold or a milder one, no failed check
    /// belongs to it, or a verdict contradicts triage or the answer.
    pub fn hold(self, record: ReviewerRecord) -> Result<Held, Refused<Self>> {
        let Contents { response, findings, .. } = self.contents();
        let answers = response.map(OwnerResponse::answers);
        let outcome = record.outcome();
        let judged =
            record.is_about(&self.surface, self.answer).and_then(|()| {
                match review_leads_to(S::LANE, outcome, self.surface.is_write_capable()) {
                    Some(lane) if lane.is_hold() => record.holds(answers, &self.surface, findings),
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
    /// Until when the acceptance holds.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        self.record()?.valid_until()
    }

    /// Ends the acceptance where its time is over: nobody has answered for the surface as it is then. Without a time to
    /// hold it against, nobody knows that it holds, and it ends.
    ///
    /// # Errors
    ///
    /// The candidate as it was, where the acceptance still holds.
    pub fn expire(self, as_of: Option<&Time>) -> Result<Candidate<WaitingOwnerResponse>, Self> {
        if as_of.zip(self.record()).is_some_and(|(as_of, record)| record.holds_at(as_of)) {
            return Err(self);
        }
        let state = WaitingOwnerResponse(Unanswered);
        Ok(Candidate { surface: self.surface, answer: None, state })
    }
}

impl Candidate<ReadyForReview> {
    /// Lets a person accept the answer. That changes the ledger and nothing else: where the
    /// surface can write, the runtime gate still waits.
    ///
    /// # Errors
    ///
    /// The candidate as it was, and why: the outcome is another one, the reviewer is a program or
    /// the responder, or a check did not pass.
    pub fn accept(self, record: ReviewerRecord) -> Result<Accepted, Refused<Self>> {
        let outcome = record.outcome();
        let response = self.state.response();
        let accepted = record
            .is_about(&self.surface, self.answer)
            .and_then(|()| {
                review_leads_to(self.lane(), outcome, self.surface.is_write_capable())
                    .filter(|lane| !lane.is_hold())
                    .ok_or(Refusal::NoSuchStep { from: self.lane(), outcome })
            })
            .and_then(|lane| record.accepts(response, &self.surface).map(|()| lane));
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

/// A step that was refused: the candidate, unharmed, and why.
///
/// ```
/// use acceptance_ledger::{Candidate, Refused, Reviewable, ReviewerRecord};
///
/// fn try_to_hold<S: Reviewable>(candidate: Candidate<S>, record: ReviewerRecord) -> Option<Candidate<S>> {
///     match candidate.hold(record) {
///         Ok(_held) => None,
///         Err(Refused { candidate, reason }) => {
///             eprintln!("not held: {reason}");
///             Some(candidate)
///         }
///     }
/// }
/// ```
#[derive(Debug, PartialEq)]
#[must_use = "the candidate is in here"]
pub struct Refused<C> {
    /// The candidate as it was.
    pub candidate: C,
    /// Why the step was refused.
    pub reason: Refusal,
}
