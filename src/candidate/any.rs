//! Candidates whose state is known only at run time.

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

/// Defines an enum of candidates with one variant per state, and the methods that all these states share.
macro_rules! candidates {
    ($(#[$meta:meta])* pub enum $name:ident { $($state:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, PartialEq)]
        #[cfg_attr(test, derive(Clone))]
        #[must_use = "a dropped candidate is missing from the ledger"]
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

            /// Holds the answer back by a reviewer record; see [`Candidate::hold`].
            ///
            /// # Errors
            ///
            /// If the record is refused, returns the unchanged candidate and the reason.
            pub fn hold(self, record: ReviewerRecord) -> Result<Held, Refused<Self>> {
                match self {
                    $(Self::$state(candidate) => candidate.hold(record).map_err(
                        |Refused { candidate, reason }| Refused { candidate: candidate.into(), reason },
                    ),)+
                }
            }

            /// Drops the answer; see [`Candidate::surface_changed`].
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

/// A candidate in any of the twelve states, so that candidates can be stored together.
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
#[must_use = "a dropped candidate is missing from the ledger"]
pub enum AnyCandidate {
    /// No owner has answered for the surface as it is today.
    WaitingOwnerResponse(Candidate<WaitingOwnerResponse>),
    /// The answer is held back, by triage or by a reviewer.
    Held(Held),
    /// Triage found no problem. A person must judge the answer.
    ReadyForReview(Candidate<ReadyForReview>),
    /// A person accepted the answer.
    Accepted(Accepted),
}

/// The result of triage: the answer is held back, or it is ready for review.
///
/// ```
/// use acceptance_ledger::{Candidate, Received, ResponseDocument};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// assert!(matches!(received, Received::ReadyForReview(_)));
/// ```
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a dropped candidate is missing from the ledger"]
pub enum Received {
    /// Triage found a problem in the answer.
    Held(Held),
    /// Triage found no problem in the answer.
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
    /// A candidate whose answer is held back. Its lane says why.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, Lane, Received, ResponseDocument};
    ///
    /// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
    /// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
    /// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
    /// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
    /// let surface = surfaces.get("prometheus_rules:prometheus/alert.rules").unwrap();
    /// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("looks-fine.json"));
    /// let Received::Held(held) = received else { panic!() };
    /// assert_eq!(held.lane(), Lane::NoFalseGreenSupplementRequired);
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
    /// A candidate whose answer a person accepted. Neither state opens a gate.
    ///
    /// ```
    /// use acceptance_ledger::{Accepted, AnyCandidate, Lane, OwnerReviewOnlyUpdate, State};
    ///
    /// fn store(accepted: Accepted) -> AnyCandidate {
    ///     accepted.into()
    /// }
    ///
    /// assert_eq!(OwnerReviewOnlyUpdate::LANE, Lane::OwnerReviewOnlyUpdate);
    /// ```
    pub enum Accepted {
        OwnerReviewOnlyUpdate,
        WaitingRuntimeGate,
    }
}

impl Held {
    /// Returns the candidate held back in `lane`, which must be a hold.
    ///
    /// If the response is gone, only rejection and quarantine are possible. The other states must keep a response.
    pub(super) fn new(
        surface: Surface,
        answer: Option<Digest>,
        lane: Lane,
        Carried { response, findings }: Carried,
        record: Option<Box<ReviewerRecord>>,
    ) -> Self {
        let base = (surface, answer);
        let Some(response) = response.filter(|_| lane != Lane::RejectExecutionRequest) else {
            let withheld = Withheld { findings, record };
            return if lane == Lane::RejectExecutionRequest {
                Self::ExecutionRejected(candidate(base, ExecutionRejected(withheld)))
            } else {
                Self::Quarantined(candidate(base, Quarantined(withheld)))
            };
        };
        let kept = Kept { response, findings, record };
        match lane {
            Lane::IncidentRecoveryBackfillRequired => {
                Self::IncidentBackfillRequired(candidate(base, IncidentBackfillRequired(kept)))
            }
            Lane::NoFalseGreenSupplementRequired => Self::FalseGreenSupplementRequired(candidate(
                base,
                FalseGreenSupplementRequired(kept),
            )),
            Lane::ReceiverReceiptGapRequired => {
                Self::ReceiptGapRequired(candidate(base, ReceiptGapRequired(kept)))
            }
            Lane::StaleOrSilencedAlertReviewRequired => Self::StaleOrSilencedReviewRequired(
                candidate(base, StaleOrSilencedReviewRequired(kept)),
            ),
            Lane::PostReloadReadbackRequired => {
                Self::ReadbackRequired(candidate(base, ReadbackRequired(kept)))
            }
            Lane::RequestSupplement => {
                Self::SupplementRequested(candidate(base, SupplementRequested(kept)))
            }
            // Quarantine is the only hold that is left. It does not keep the response.
            _ => {
                let Kept { findings, record, .. } = kept;
                Self::Quarantined(candidate(base, Quarantined(Withheld { findings, record })))
            }
        }
    }

    /// Replaces the findings with those of today.
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
    /// The reviewer record that accepted the answer.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// The time at which the acceptance ends.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        self.record()?.valid_until()
    }

    /// Ends the acceptance if its time is over; see [`Candidate::expire`].
    ///
    /// # Errors
    ///
    /// If the acceptance has not ended, returns the unchanged candidate.
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

/// Runs the same expression on a candidate in any state.
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
    /// Creates the candidate of a surface whose owner has not answered.
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

    /// The runtime gates. They are shut in every state.
    #[must_use]
    pub const fn gates(&self) -> Gates {
        Gates
    }

    /// The ledger's view of the candidate.
    #[must_use]
    pub fn entry(&self) -> Entry<'_> {
        Entry::of(self.surface(), self.lane(), self.contents())
    }

    /// What triage found against the answer. Empty if no owner has answered, or if the answer is not held back.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.contents().findings
    }

    /// Receives an answer; see [`Candidate::receive`].
    pub fn receive(self, surfaces: &Surfaces, response: &ResponseDocument) -> Received {
        let triage = triage(self.surface(), surfaces, response);
        self.receive_triaged(triage, None)
    }

    pub(crate) fn receive_triaged(self, triage: Triage, answer: Option<Digest>) -> Received {
        in_any_state!(self, candidate => candidate.receive_triaged(triage, answer))
    }

    /// The reviewer record that led to this state, if there is one.
    #[must_use]
    pub fn record(&self) -> Option<&ReviewerRecord> {
        self.contents().record
    }

    /// The owner's response, if the state keeps it.
    #[must_use]
    pub fn response(&self) -> Option<&OwnerResponse> {
        self.contents().response
    }

    /// The verdicts that a record may give to a check.
    ///
    /// `fail` is always allowed. `pass` is allowed if nothing is found against the check, and one of its fields is
    /// answered or it has no fields. `not_applicable` is allowed if the check may be skipped.
    #[must_use]
    pub fn possible_verdicts(&self, check: ReviewerCheck) -> Vec<Verdict> {
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

    /// Whether `fail` is the only verdict that a record may give to this check.
    pub(crate) fn can_only_fail(&self, check: ReviewerCheck) -> bool {
        self.possible_verdicts(check) == [Verdict::Fail]
    }

    /// Whether a reviewer accepted the answer.
    pub(crate) const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// The time at which the acceptance ends, if the answer is accepted.
    #[must_use]
    pub fn valid_until(&self) -> Option<&Time> {
        match self {
            Self::Accepted(accepted) => accepted.valid_until(),
            _ => None,
        }
    }

    /// Whether the answer was accepted and the acceptance has ended. If the time is not known, it counts as ended:
    /// nothing is true unearned.
    pub(crate) fn is_expired(&self, time: Option<&Time>) -> bool {
        let holds = time.zip(self.record()).is_some_and(|(time, record)| record.holds_at(time));
        self.is_accepted() && !holds
    }

    /// The view of the candidate at `time`. It shows the same as [`AnyCandidate::as_of`], but keeps the candidate.
    pub(crate) fn entry_as_of(&self, time: Option<&Time>) -> Entry<'_> {
        if self.is_expired(time) { Entry::waiting(self.surface()) } else { self.entry() }
    }

    /// The candidate at `time`. An acceptance that has ended no longer counts; see [`Candidate::expire`].
    pub fn as_of(self, time: Option<&Time>) -> Self {
        match self {
            Self::Accepted(accepted) => accepted.expire(time).map_or_else(Into::into, Into::into),
            other => other,
        }
    }

    /// The candidate as it was before its answer was accepted; `None` if it is not accepted.
    ///
    /// It takes the candidate's place while a torn journal line may have revoked the acceptance. It has no journal
    /// event, so that no record can change it.
    pub(crate) fn without_acceptance(&self) -> Option<Self> {
        if !self.is_accepted() {
            return None;
        }
        let response = Box::new(self.response()?.clone());
        let base = (self.surface().clone(), None);
        Some(Self::ReadyForReview(candidate(base, ReadyForReview(Clean { response }))))
    }

    /// Holds the candidate in `lane` with today's findings and without a record.
    ///
    /// Replay uses it if a record no longer counts but its hold is stricter than today's findings: the hold must stay.
    pub(crate) fn hold_without_record(self, today: Triage, answer: Digest, lane: Lane) -> Held {
        let Triage { response, findings } = today;
        let carried = Carried { response: Some(Box::new(response)), findings };
        Held::new(self.surface().clone(), Some(answer), lane, carried, None)
    }

    /// Replaces the findings with those of today, so that the next record is judged by them.
    pub(crate) fn with_findings(self, findings: Vec<Finding>) -> Self {
        match self {
            Self::Held(held) => Self::Held(held.with_findings(findings)),
            // The other states keep no findings.
            other => other,
        }
    }

    /// Drops the answer; see [`Candidate::surface_changed`].
    pub fn surface_changed(self) -> Candidate<WaitingOwnerResponse> {
        in_any_state!(self, candidate => candidate.surface_changed())
    }

    /// Applies a reviewer record. It accepts the answer if the answer is ready for review and the outcome is an
    /// acceptance. Otherwise it holds the answer back.
    ///
    /// # Errors
    ///
    /// If the record is refused, returns the unchanged candidate and the reason; see [`Candidate::accept`] and
    /// [`Candidate::hold`]. A candidate that waits for its owner refuses every record.
    pub fn review(self, record: ReviewerRecord) -> Result<Self, Refused<Self>> {
        let outcome = record.outcome();
        match self {
            Self::WaitingOwnerResponse(candidate) => {
                let reason = Refusal::NoSuchStep { from: candidate.lane(), outcome };
                Err(Refused { candidate: candidate.into(), reason })
            }
            Self::Held(held) => erase_states(held.hold(record)),
            Self::ReadyForReview(candidate) if outcome == Lane::OwnerReviewOnlyUpdate => {
                erase_states(candidate.accept(record))
            }
            Self::ReadyForReview(candidate) => erase_states(candidate.hold(record)),
            Self::Accepted(accepted) => erase_states(accepted.hold(record)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        in_any_state!(self, candidate => candidate.contents())
    }
}

/// Converts both results of a step to [`AnyCandidate`].
fn erase_states<C: Into<AnyCandidate>, T: Into<AnyCandidate>>(
    step: Result<T, Refused<C>>,
) -> Result<AnyCandidate, Refused<AnyCandidate>> {
    step.map(Into::into)
        .map_err(|Refused { candidate, reason }| Refused { candidate: candidate.into(), reason })
}
