//! Candidates whose state is known only when the program runs.

use crate::digest::Digest;
use crate::gate::Gates;
use crate::inputs::Surface;
use crate::response::{OwnerResponse, ResponseDocument};
use crate::review::{Refusal, ReviewerRecord, Verdict, is_answered, is_not_applicable};
use crate::time::Time;
use crate::triage::{Finding, Surfaces, Triage, triage};
use crate::words::{Lane, ReviewerCheck};

use super::state::{
    Carried, Clean, Contents, ExecutionRejected, FalseGreenSupplementRequired,
    IncidentBackfillRequired, Kept, OwnerReviewOnlyUpdate, Quarantined, ReadbackRequired,
    ReadyForReview, ReceiptGapRequired, StaleOrSilencedReviewRequired, State, SupplementRequested,
    WaitingOwnerResponse, WaitingRuntimeGate, Withheld,
};
use super::{Candidate, Entry, Refused};

/// Makes an enum of candidates, one variant a state, with what all of them can do.
macro_rules! candidates {
    ($(#[$meta:meta])* pub enum $name:ident { $($state:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, PartialEq)]
        #[cfg_attr(test, derive(Clone))]
        #[must_use = "a candidate that is dropped is lost to the ledger"]
        pub enum $name {
            $(
                #[doc = concat!("In the state [`", stringify!($state), "`].")]
                $state(Candidate<$state>),
            )+
        }

        impl $name {
            /// The surface.
            #[must_use]
            pub fn surface(&self) -> &Surface {
                match self { $(Self::$state(candidate) => candidate.surface(),)+ }
            }

            /// The lane of the state.
            #[must_use]
            pub fn lane(&self) -> Lane {
                match self { $(Self::$state(candidate) => candidate.lane(),)+ }
            }

            /// Lets a reviewer hold the answer back; see [`Candidate::hold`].
            ///
            /// # Errors
            ///
            /// The candidate as it was, and why.
            pub fn hold(self, record: ReviewerRecord) -> Result<Held, Refused<Self>> {
                match self {
                    $(Self::$state(candidate) => candidate.hold(record).map_err(
                        |Refused { candidate, reason }| Refused { candidate: candidate.into(), reason },
                    ),)+
                }
            }

            /// Forgets the answer; see [`Candidate::surface_changed`].
            pub fn surface_changed(self) -> Candidate<WaitingOwnerResponse> {
                match self { $(Self::$state(candidate) => candidate.surface_changed(),)+ }
            }

            fn contents(&self) -> Contents<'_> {
                match self { $(Self::$state(candidate) => candidate.contents(),)+ }
            }

            fn receive_triaged(self, triage: Triage, answer: Option<Digest>) -> Received {
                match self { $(Self::$state(candidate) => candidate.receive_triaged(triage, answer),)+ }
            }
        }

        $(
            impl From<Candidate<$state>> for $name {
                fn from(candidate: Candidate<$state>) -> Self {
                    Self::$state(candidate)
                }
            }

            impl From<Candidate<$state>> for AnyCandidate {
                fn from(candidate: Candidate<$state>) -> Self {
                    Self::$name($name::$state(candidate))
                }
            }
        )+

        impl From<$name> for AnyCandidate {
            fn from(candidate: $name) -> Self {
                Self::$name(candidate)
            }
        }
    };
}

/// A candidate in any of the twelve states, for storage.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, Lane, OwnerRequests};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let baseline: Vec<_> = requests.surfaces().iter().cloned().map(AnyCandidate::new).collect();
/// assert!(baseline.iter().all(|candidate| candidate.lane() == Lane::WaitingOwnerResponse));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a candidate that is dropped is lost to the ledger"]
pub enum AnyCandidate {
    /// Nobody has answered for the surface as it is today.
    WaitingOwnerResponse(Candidate<WaitingOwnerResponse>),
    /// The answer is held back, by triage or by a reviewer.
    Held(Held),
    /// A person has to judge the answer.
    ReadyForReview(Candidate<ReadyForReview>),
    /// A person accepted the answer.
    Accepted(Accepted),
}

/// Where triage puts an answer.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, Received};
///
/// fn store(received: Received, ledger: &mut Vec<AnyCandidate>) {
///     ledger.push(received.into());
/// }
/// ```
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a candidate that is dropped is lost to the ledger"]
pub enum Received {
    /// Something was found against the answer.
    Held(Held),
    /// Nothing was found against the answer.
    ReadyForReview(Candidate<ReadyForReview>),
}

impl From<Received> for AnyCandidate {
    fn from(received: Received) -> Self {
        match received {
            Received::Held(held) => Self::Held(held),
            Received::ReadyForReview(candidate) => Self::ReadyForReview(candidate),
        }
    }
}

impl From<Candidate<WaitingOwnerResponse>> for AnyCandidate {
    fn from(candidate: Candidate<WaitingOwnerResponse>) -> Self {
        Self::WaitingOwnerResponse(candidate)
    }
}

impl From<Candidate<ReadyForReview>> for AnyCandidate {
    fn from(candidate: Candidate<ReadyForReview>) -> Self {
        Self::ReadyForReview(candidate)
    }
}

candidates! {
    /// An answer that is held back, in the lane that says why.
    ///
    /// ```
    /// use acceptance_ledger::{AnyCandidate, Held};
    ///
    /// fn store(held: Held, ledger: &mut Vec<AnyCandidate>) {
    ///     ledger.push(held.into());
    /// }
    /// ```
    pub enum Held {
        Quarantined,
        ExecutionRejected,
        SupplementRequested,
        IncidentBackfillRequired,
        FalseGreenSupplementRequired,
        ReceiptGapRequired,
        StaleOrSilencedReviewRequired,
        ReadbackRequired,
    }
}

candidates! {
    /// An answer that a person accepted. Neither state opens a gate.
    ///
    /// ```
    /// use acceptance_ledger::{Accepted, AnyCandidate};
    ///
    /// fn store(accepted: Accepted, ledger: &mut Vec<AnyCandidate>) {
    ///     ledger.push(accepted.into());
    /// }
    /// ```
    pub enum Accepted {
        OwnerReviewOnlyUpdate,
        WaitingRuntimeGate,
    }
}

impl Held {
    /// The candidate held back in `lane`.
    ///
    /// An answer that is no longer there can only be held more strictly: without a response there
    /// is no lane but rejection and quarantine.
    pub(super) fn new(
        surface: Surface,
        answer: Option<Digest>,
        lane: Lane,
        Carried { response, findings }: Carried,
        record: Option<Box<ReviewerRecord>>,
    ) -> Self {
        let of = (surface, answer);
        let Some(response) = response.filter(|_| lane != Lane::RejectExecutionRequest) else {
            let withheld = Withheld { findings, record };
            return if lane == Lane::RejectExecutionRequest {
                Self::ExecutionRejected(candidate(of, ExecutionRejected(withheld)))
            } else {
                Self::Quarantined(candidate(of, Quarantined(withheld)))
            };
        };
        let kept = Kept { response, findings, record };
        match lane {
            Lane::IncidentRecoveryBackfillRequired => {
                Self::IncidentBackfillRequired(candidate(of, IncidentBackfillRequired(kept)))
            }
            Lane::NoFalseGreenSupplementRequired => Self::FalseGreenSupplementRequired(candidate(
                of,
                FalseGreenSupplementRequired(kept),
            )),
            Lane::ReceiverReceiptGapRequired => {
                Self::ReceiptGapRequired(candidate(of, ReceiptGapRequired(kept)))
            }
            Lane::StaleOrSilencedAlertReviewRequired => Self::StaleOrSilencedReviewRequired(
                candidate(of, StaleOrSilencedReviewRequired(kept)),
            ),
            Lane::PostReloadReadbackRequired => {
                Self::ReadbackRequired(candidate(of, ReadbackRequired(kept)))
            }
            Lane::RequestSupplement => {
                Self::SupplementRequested(candidate(of, SupplementRequested(kept)))
            }
            _ => {
                let Kept { findings, record, .. } = kept;
                Self::Quarantined(candidate(of, Quarantined(Withheld { findings, record })))
            }
        }
    }

    /// The same, with all that is found against the answer today.
    fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        *match &mut self {
            Self::Quarantined(candidate) => &mut candidate.state.0.findings,
            Self::ExecutionRejected(candidate) => &mut candidate.state.0.findings,
            Self::SupplementRequested(candidate) => &mut candidate.state.0.findings,
            Self::IncidentBackfillRequired(candidate) => &mut candidate.state.0.findings,
            Self::FalseGreenSupplementRequired(candidate) => &mut candidate.state.0.findings,
            Self::ReceiptGapRequired(candidate) => &mut candidate.state.0.findings,
            Self::StaleOrSilencedReviewRequired(candidate) => &mut candidate.state.0.findings,
            Self::ReadbackRequired(candidate) => &mut candidate.state.0.findings,
        } = findings;
        self
    }
}

impl Accepted {
    /// The reviewer record that accepts the answer.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// Until when the acceptance holds.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        self.record()?.valid_until()
    }

    /// Ends the acceptance where its time is over; see [`Candidate::expire`].
    ///
    /// # Errors
    ///
    /// The candidate as it was, where the acceptance still holds.
    pub fn expire(self, as_of: Option<&Time>) -> Result<Candidate<WaitingOwnerResponse>, Self> {
        match self {
            Self::OwnerReviewOnlyUpdate(candidate) => candidate.expire(as_of).map_err(Into::into),
            Self::WaitingRuntimeGate(candidate) => candidate.expire(as_of).map_err(Into::into),
        }
    }
}

fn candidate<S: State>((surface, answer): (Surface, Option<Digest>), state: S) -> Candidate<S> {
    Candidate { surface, answer, state }
}

/// Does the same to a candidate in any state.
macro_rules! in_any_state {
    ($any:expr, $candidate:ident => $act:expr) => {
        match $any {
            AnyCandidate::WaitingOwnerResponse($candidate) => $act,
            AnyCandidate::Held($candidate) => $act,
            AnyCandidate::ReadyForReview($candidate) => $act,
            AnyCandidate::Accepted($candidate) => $act,
        }
    };
}

impl AnyCandidate {
    /// The candidate of a surface that nobody has answered for.
    pub fn new(surface: Surface) -> Self {
        Candidate::new(surface).erase()
    }

    /// The surface.
    #[must_use]
    pub fn surface(&self) -> &Surface {
        in_any_state!(self, candidate => candidate.surface())
    }

    /// The lane of the state.
    #[must_use]
    pub fn lane(&self) -> Lane {
        in_any_state!(self, candidate => candidate.lane())
    }

    /// The runtime gates: shut, in every state.
    #[must_use]
    pub const fn gates(&self) -> Gates {
        Gates
    }

    /// What the ledger shows of the candidate.
    #[must_use]
    pub fn entry(&self) -> Entry<'_> {
        Entry::of(self.surface(), self.lane(), self.contents())
    }

    /// What triage found against the answer; nothing where there is none, or it is not held back.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.contents().findings
    }

    /// Takes in an answer; see [`Candidate::receive`].
    pub fn receive(self, surfaces: &Surfaces, response: &ResponseDocument) -> Received {
        let triage = triage(self.surface(), surfaces, response);
        self.receive_triaged(triage, None)
    }

    pub(crate) fn receive_triaged(self, triage: Triage, answer: Option<Digest>) -> Received {
        in_any_state!(self, candidate => candidate.receive_triaged(triage, answer))
    }

    /// The reviewer record that brought the candidate here, if one did.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// The owner's response, where the state keeps it.
    #[must_use]
    pub fn response(&self) -> Option<&OwnerResponse> {
        self.contents().response
    }

    /// The verdicts that a record could give a check: `pass` where one of its fields is answered and nothing is found
    /// against it, `not_applicable` where it may be skipped, and always `fail`.
    pub(crate) fn verdicts_left(&self, check: ReviewerCheck) -> Vec<Verdict> {
        let answers = self.response().map(OwnerResponse::answers);
        let is_found = self.findings().iter().any(|finding| finding.check() == check);
        let may_be_skipped =
            answers.is_some_and(|answers| is_not_applicable(check, answers, self.surface()));
        let may_pass = !is_found && is_answered(check, answers);
        let left = [
            (Verdict::Pass, may_pass),
            (Verdict::Fail, true),
            (Verdict::NotApplicable, may_be_skipped),
        ];
        left.into_iter().filter(|(_, is_left)| *is_left).map(|(verdict, _)| verdict).collect()
    }

    /// Whether a record could give this check no verdict but `fail`.
    pub(crate) fn can_only_fail(&self, check: ReviewerCheck) -> bool {
        self.verdicts_left(check) == [Verdict::Fail]
    }

    /// Whether a reviewer accepted the answer.
    pub(crate) const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Until when the answer is accepted, where it is.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        match self {
            Self::Accepted(accepted) => accepted.valid_until(),
            _ => None,
        }
    }

    /// Whether the answer was accepted, and the acceptance no longer holds. Without a time, nobody knows that it holds.
    pub(crate) fn is_over(&self, time: Option<&Time>) -> bool {
        let holds = time.zip(self.record()).is_some_and(|(time, record)| record.holds_at(time));
        self.is_accepted() && !holds
    }

    /// What the ledger of a time shows of the candidate: the same as of [`AnyCandidate::as_of`].
    pub(crate) fn entry_as_of(&self, time: Option<&Time>) -> Entry<'_> {
        if self.is_over(time) { Entry::waiting(self.surface()) } else { self.entry() }
    }

    /// The candidate at a time: an acceptance that is over no longer counts; see [`Candidate::expire`].
    pub fn as_of(self, time: Option<&Time>) -> Self {
        match self {
            Self::Accepted(accepted) => accepted.expire(time).map_or_else(Into::into, Into::into),
            other => other,
        }
    }

    /// The candidate as it stood before its answer was accepted; `None` where it was not. It belongs to no journal, so that
    /// no record moves it.
    pub(crate) fn without_acceptance(&self) -> Option<Self> {
        if !self.is_accepted() {
            return None;
        }
        let response = Box::new(self.response()?.clone());
        let of = (self.surface().clone(), None);
        Some(Self::ReadyForReview(candidate(of, ReadyForReview(Clean { response }))))
    }

    /// The candidate held in `lane` with what is found today, by no record.
    pub(crate) fn hold_without_record(self, today: Triage, answer: Digest, lane: Lane) -> Held {
        let Triage { response, findings } = today;
        let carried = Carried { response: Some(Box::new(response)), findings };
        Held::new(self.surface().clone(), Some(answer), lane, carried, None)
    }

    /// The same candidate, with all that is found against the answer today: the next record is held against it.
    pub(crate) fn with_findings(self, findings: Vec<Finding>) -> Self {
        match self {
            Self::Held(held) => Self::Held(held.with_findings(findings)),
            // In the other states nothing is found, and nothing is kept.
            other => other,
        }
    }

    /// Forgets the answer; see [`Candidate::surface_changed`].
    pub fn surface_changed(self) -> Candidate<WaitingOwnerResponse> {
        in_any_state!(self, candidate => candidate.surface_changed())
    }

    /// Takes a reviewer record: accepts where the state is ready and the record says so, holds
    /// otherwise.
    ///
    /// # Errors
    ///
    /// The candidate as it was, and why; see [`Candidate::accept`] and [`Candidate::hold`].
    pub fn review(self, record: ReviewerRecord) -> Result<Self, Refused<Self>> {
        let outcome = record.outcome();
        match self {
            Self::WaitingOwnerResponse(candidate) => {
                let reason = Refusal::NoSuchStep { from: candidate.lane(), outcome };
                Err(Refused { candidate: candidate.into(), reason })
            }
            Self::Held(held) => step(held.hold(record)),
            Self::ReadyForReview(candidate) if outcome == Lane::OwnerReviewOnlyUpdate => {
                step(candidate.accept(record))
            }
            Self::ReadyForReview(candidate) => step(candidate.hold(record)),
            Self::Accepted(accepted) => step(accepted.hold(record)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        in_any_state!(self, candidate => candidate.contents())
    }
}

/// Forgets in which state a step was taken.
fn step<C: Into<AnyCandidate>, T: Into<AnyCandidate>>(
    step: Result<T, Refused<C>>,
) -> Result<AnyCandidate, Refused<AnyCandidate>> {
    step.map(Into::into)
        .map_err(|Refused { candidate, reason }| Refused { candidate: candidate.into(), reason })
}
