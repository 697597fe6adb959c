//! The twelve typestates, and what groups of them have in common.

use std::fmt::Debug;

use crate::response::OwnerResponse;
use crate::review::ReviewerRecord;
use crate::triage::Finding;
use crate::words::Lane;

use super::{AnyCandidate, Candidate};
use sealed::Sealed;

/// The state of a [`Candidate`]: one of the twelve, and of no other type. It is sealed.
///
/// ```
/// use acceptance_ledger::{Lane, State, WaitingRuntimeGate};
///
/// assert_eq!(WaitingRuntimeGate::LANE, Lane::WaitingRuntimeGate);
/// ```
pub trait State: Sealed + Debug + Sized {
    /// The lane that the state stands for.
    const LANE: Lane;
}

/// A state that a reviewer record can change: every one but [`WaitingOwnerResponse`].
///
/// ```
/// use acceptance_ledger::{Candidate, Held, Refused, Reviewable, ReviewerRecord};
///
/// fn hold<S: Reviewable>(
///     candidate: Candidate<S>,
///     record: ReviewerRecord,
/// ) -> Result<Held, Refused<Candidate<S>>> {
///     candidate.hold(record)
/// }
/// ```
pub trait Reviewable: State {}

/// A state that holds an answer back, by triage or by a reviewer.
///
/// ```
/// use acceptance_ledger::{Candidate, HeldBack};
///
/// fn count<S: HeldBack>(candidate: &Candidate<S>) -> usize {
///     candidate.findings().len()
/// }
/// ```
pub trait HeldBack: Reviewable {}

/// A state that keeps the owner's response.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answered, Candidate};
///
/// fn decision<S: Answered>(candidate: &Candidate<S>) -> Option<&str> {
///     candidate.response().answers().text(AcceptanceField::Decision)
/// }
/// ```
pub trait Answered: Reviewable {
    #[doc(hidden)]
    fn response(&self) -> &OwnerResponse;
}

/// A state in which a person accepted the answer, until a time.
///
/// ```
/// use acceptance_ledger::{AcceptedState, Candidate, Time};
///
/// fn until<S: AcceptedState>(candidate: &Candidate<S>) -> Option<&Time> {
///     candidate.valid_until()
/// }
/// ```
pub trait AcceptedState: Answered {}

pub(super) mod sealed {
    use super::{AnyCandidate, Candidate, Carried, Contents, State};

    /// What the core asks of a state. No type outside can answer.
    pub trait Sealed {
        fn contents(&self) -> Contents<'_>;

        fn into_carried(self) -> Carried;

        fn erase(candidate: Candidate<Self>) -> AnyCandidate
        where
            Self: State;
    }
}

/// What a state shows of what it carries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contents<'a> {
    pub(crate) response: Option<&'a OwnerResponse>,
    pub(crate) findings: &'a [Finding],
    pub(crate) record: Option<&'a ReviewerRecord>,
}

/// What a state hands on to the one that holds the answer back.
#[derive(Debug, Default)]
pub struct Carried {
    pub(super) response: Option<Box<OwnerResponse>>,
    pub(super) findings: Vec<Finding>,
}

/// Carries nothing: there is no answer.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Unanswered;

/// Carries what was found against an answer, and nothing of the answer.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Withheld {
    pub(super) findings: Vec<Finding>,
    pub(super) record: Option<Box<ReviewerRecord>>,
}

/// Carries an answer that is held back, and why.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Kept {
    pub(super) response: Box<OwnerResponse>,
    pub(super) findings: Vec<Finding>,
    pub(super) record: Option<Box<ReviewerRecord>>,
}

/// Carries an answer that nothing was found against.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Clean {
    pub(super) response: Box<OwnerResponse>,
}

/// Carries an answer and the record that accepts it.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Agreed {
    pub(super) response: Box<OwnerResponse>,
    pub(super) record: Box<ReviewerRecord>,
}

impl Unanswered {
    const fn contents(&self) -> Contents<'static> {
        let Self = self;
        Contents { response: None, findings: &[], record: None }
    }

    fn into_carried(self) -> Carried {
        let Self = self;
        Carried::default()
    }
}

impl Withheld {
    fn contents(&self) -> Contents<'_> {
        Contents { response: None, findings: &self.findings, record: self.record.as_deref() }
    }

    fn into_carried(self) -> Carried {
        Carried { response: None, findings: self.findings }
    }
}

impl Kept {
    fn contents(&self) -> Contents<'_> {
        let record = self.record.as_deref();
        Contents { response: Some(&self.response), findings: &self.findings, record }
    }

    fn into_carried(self) -> Carried {
        Carried { response: Some(self.response), findings: self.findings }
    }
}

impl Clean {
    fn contents(&self) -> Contents<'_> {
        Contents { response: Some(&self.response), ..Contents::default() }
    }

    fn into_carried(self) -> Carried {
        Carried { response: Some(self.response), ..Carried::default() }
    }
}

impl Agreed {
    fn contents(&self) -> Contents<'_> {
        Contents { response: Some(&self.response), findings: &[], record: Some(&self.record) }
    }

    fn into_carried(self) -> Carried {
        Carried { response: Some(self.response), ..Carried::default() }
    }
}

/// Makes a typestate: its lane, what it carries, and the groups that it is one of.
macro_rules! states {
    ($($(#[$meta:meta])* $state:ident($carries:ident) at $lane:ident: $($group:ident)*;)+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, PartialEq, Eq)]
            #[cfg_attr(test, derive(Clone))]
            pub struct $state(pub(super) $carries);

            impl State for $state {
                const LANE: Lane = Lane::$lane;
            }

            impl Sealed for $state {
                fn contents(&self) -> Contents<'_> {
                    self.0.contents()
                }

                fn into_carried(self) -> Carried {
                    self.0.into_carried()
                }

                fn erase(candidate: Candidate<Self>) -> AnyCandidate {
                    candidate.into()
                }
            }

            $(states!(@$group $state);)*
        )+
    };
    (@Answered $state:ident) => {
        impl Answered for $state {
            fn response(&self) -> &OwnerResponse {
                &self.0.response
            }
        }
    };
    (@$group:ident $state:ident) => {
        impl $group for $state {}
    };
}

states! {
    /// Nobody has answered for the surface as it is today.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, Surface, WaitingOwnerResponse};
    ///
    /// fn ask(surface: Surface) -> Candidate<WaitingOwnerResponse> {
    ///     Candidate::new(surface)
    /// }
    /// ```
    WaitingOwnerResponse(Unanswered) at WaitingOwnerResponse: ;
    /// The answer carried a secret or a raw payload. Nothing of it is kept but the findings.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, Quarantined};
    ///
    /// fn is_explained(candidate: &Candidate<Quarantined>) -> bool {
    ///     !candidate.findings().is_empty() || candidate.record().is_some()
    /// }
    /// ```
    Quarantined(Withheld) at QuarantineSecretOrRawPayload: Reviewable HeldBack;
    /// The answer asked for an action on production. Nothing of it is kept but the findings.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, ExecutionRejected};
    ///
    /// fn is_explained(candidate: &Candidate<ExecutionRejected>) -> bool {
    ///     !candidate.findings().is_empty() || candidate.record().is_some()
    /// }
    /// ```
    ExecutionRejected(Withheld) at RejectExecutionRequest: Reviewable HeldBack;
    /// Something is missing or unclear; the owner is asked for more.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, SupplementRequested};
    ///
    /// fn whom_to_ask(candidate: &Candidate<SupplementRequested>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    SupplementRequested(Kept) at RequestSupplement: Reviewable HeldBack Answered;
    /// After an incident, the answer shows only that the service came back.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, IncidentBackfillRequired};
    ///
    /// fn whom_to_ask(candidate: &Candidate<IncidentBackfillRequired>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    IncidentBackfillRequired(Kept) at IncidentRecoveryBackfillRequired: Reviewable HeldBack Answered;
    /// Health was claimed from a page, a container or a dashboard that is up.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, FalseGreenSupplementRequired};
    ///
    /// fn whom_to_ask(candidate: &Candidate<FalseGreenSupplementRequired>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    FalseGreenSupplementRequired(Kept) at NoFalseGreenSupplementRequired: Reviewable HeldBack Answered;
    /// No receipt proves that a notification reached its receiver.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, ReceiptGapRequired};
    ///
    /// fn whom_to_ask(candidate: &Candidate<ReceiptGapRequired>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    ReceiptGapRequired(Kept) at ReceiverReceiptGapRequired: Reviewable HeldBack Answered;
    /// Nobody reviewed stale alerts, silences or dedup.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, StaleOrSilencedReviewRequired};
    ///
    /// fn whom_to_ask(candidate: &Candidate<StaleOrSilencedReviewRequired>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    StaleOrSilencedReviewRequired(Kept) at StaleOrSilencedAlertReviewRequired: Reviewable HeldBack Answered;
    /// A reload or rule change lacks the plan to read the state back.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, ReadbackRequired};
    ///
    /// fn whom_to_ask(candidate: &Candidate<ReadbackRequired>) -> &str {
    ///     candidate.response().responder()
    /// }
    /// ```
    ReadbackRequired(Kept) at PostReloadReadbackRequired: Reviewable HeldBack Answered;
    /// Nothing was found against the answer; a person has to judge it.
    ///
    /// ```
    /// use acceptance_ledger::{Accepted, Candidate, ReadyForReview, Refused, ReviewerRecord};
    ///
    /// fn decide(
    ///     candidate: Candidate<ReadyForReview>,
    ///     record: ReviewerRecord,
    /// ) -> Result<Accepted, Refused<Candidate<ReadyForReview>>> {
    ///     candidate.accept(record)
    /// }
    /// ```
    ReadyForReview(Clean) at ReadyForMonitoringReview: Reviewable Answered;
    /// A person accepted the answer for a surface that cannot write. Only the ledger changes.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, OwnerReviewOnlyUpdate};
    ///
    /// fn by_whom(candidate: &Candidate<OwnerReviewOnlyUpdate>) -> Option<&str> {
    ///     candidate.record().map(|record| record.reviewer())
    /// }
    /// ```
    OwnerReviewOnlyUpdate(Agreed) at OwnerReviewOnlyUpdate: Reviewable Answered AcceptedState;
    /// A person accepted the answer for a surface that can write. Its gate stays shut all the same.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, RuntimeGate, WaitingRuntimeGate};
    ///
    /// fn may_reload(candidate: &Candidate<WaitingRuntimeGate>) -> bool {
    ///     candidate.gates().get(RuntimeGate::PrometheusReloadAuthorized).is_open()
    /// }
    /// ```
    WaitingRuntimeGate(Agreed) at WaitingRuntimeGate: Reviewable Answered AcceptedState;
}
