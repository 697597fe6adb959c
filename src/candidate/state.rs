//! The twelve typestates: what each keeps of an answer, and the traits of their groups.

use std::fmt::Debug;

use crate::response::OwnerResponse;
use crate::review::ReviewerRecord;
use crate::triage::Finding;
use crate::words::Lane;

use super::{AnyCandidate, Candidate};
use sealed::Sealed;

/// The state of a [`Candidate`]. The trait is sealed: only the twelve states implement it.
///
/// ```
/// use acceptance_ledger::{Lane, State, WaitingRuntimeGate};
///
/// assert_eq!(WaitingRuntimeGate::LANE, Lane::WaitingRuntimeGate);
/// ```
pub trait State: Sealed + Debug + Sized {
    /// The lane of the state.
    const LANE: Lane;
}

/// A state that a reviewer record can change: every state except [`WaitingOwnerResponse`].
///
/// ```
/// use acceptance_ledger::{Candidate, Held, Refused, ResponseDocument, Reviewable, ReviewerRecord};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// // Works for a candidate in any state that a record can change.
/// fn hold<S: Reviewable>(
///     candidate: Candidate<S>,
///     record: ReviewerRecord,
/// ) -> Result<Held, Refused<Candidate<S>>> {
///     assert_ne!(candidate.lane(), acceptance_ledger::Lane::WaitingOwnerResponse);
///     candidate.hold(record)
/// }
/// ```
pub trait Reviewable: State {}

/// A state that holds an answer back, by triage or by a reviewer.
///
/// ```
/// use acceptance_ledger::{Candidate, Held, HeldBack, Received, ResponseDocument};
///
/// fn count<S: HeldBack>(candidate: &Candidate<S>) -> usize {
///     candidate.findings().len()
/// }
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("prometheus_rules:prometheus/alert.rules").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("looks-fine.json"));
/// let Received::Held(Held::FalseGreenSupplementRequired(candidate)) = received else { panic!() };
/// assert!(count(&candidate) > 0);
/// ```
pub trait HeldBack: Reviewable {}

/// A state that keeps the owner's response.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answered, Candidate, Received, ResponseDocument};
///
/// fn decision<S: Answered>(candidate: &Candidate<S>) -> Option<&str> {
///     candidate.response().answers().text(AcceptanceField::Decision)
/// }
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// let Received::ReadyForReview(candidate) = received else { panic!() };
/// assert_eq!(decision(&candidate), Some("confirm_current_state"));
/// ```
pub trait Answered: Reviewable {
    #[doc(hidden)]
    fn response(&self) -> &OwnerResponse;
}

/// A state in which a person has accepted the answer until a given time.
///
/// ```
/// use acceptance_ledger::{AcceptedState, Lane, OwnerReviewOnlyUpdate, State, WaitingRuntimeGate};
///
/// fn lane<S: AcceptedState>() -> Lane {
///     S::LANE
/// }
///
/// assert_eq!(lane::<OwnerReviewOnlyUpdate>(), Lane::OwnerReviewOnlyUpdate);
/// assert_eq!(lane::<WaitingRuntimeGate>(), Lane::WaitingRuntimeGate);
/// ```
pub trait AcceptedState: Answered {}

pub(super) mod sealed {
    use super::{AnyCandidate, Candidate, Carried, Contents, State};

    /// What the core needs from a state. No other crate can name this trait, so no other crate can add a state.
    pub trait Sealed {
        fn contents(&self) -> Contents<'_>;

        fn into_carried(self) -> Carried;

        fn erase(candidate: Candidate<Self>) -> AnyCandidate
        where
            Self: State;
    }
}

/// A borrowed view of what a state carries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contents<'a> {
    pub(crate) response: Option<&'a OwnerResponse>,
    pub(crate) findings: &'a [Finding],
    pub(crate) record: Option<&'a ReviewerRecord>,
}

/// What a state passes on to the next state, which holds the answer back.
#[derive(Debug, Default)]
pub struct Carried {
    pub(super) response: Option<Box<OwnerResponse>>,
    pub(super) findings: Vec<Finding>,
}

/// Carries nothing: there is no answer.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Unanswered;

/// Carries the findings and the record, but not the answer.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Withheld {
    pub(super) findings: Vec<Finding>,
    pub(super) record: Option<Box<ReviewerRecord>>,
}

/// Carries an answer that is held back, and the reasons.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Kept {
    pub(super) response: Box<OwnerResponse>,
    pub(super) findings: Vec<Finding>,
    pub(super) record: Option<Box<ReviewerRecord>>,
}

/// Carries an answer without findings.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Clean {
    pub(super) response: Box<OwnerResponse>,
}

/// Carries an answer and the record that accepted it.
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

/// Defines a typestate: what it carries, its lane, and the groups that it belongs to.
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

// What the journal keeps of an answer is decided by `Lane::is_withheld`: a state that carries `Withheld` needs a lane that
// is withheld.
states! {
    /// No owner has answered for the surface as it is today.
    ///
    /// ```
    /// use acceptance_ledger::{Candidate, Lane, OwnerRequests, WaitingOwnerResponse};
    ///
    /// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
    /// let requests = OwnerRequests::parse(&draft)?;
    /// let candidate: Candidate<WaitingOwnerResponse> = Candidate::new(requests.surfaces()[0].clone());
    /// assert_eq!(candidate.lane(), Lane::WaitingOwnerResponse);
    /// # Ok::<(), acceptance_ledger::DocumentError>(())
    /// ```
    WaitingOwnerResponse(Unanswered) at WaitingOwnerResponse: ;
    /// The answer carried a secret or a raw payload. The findings are kept, but not the answer.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, Quarantined};
    ///
    /// assert_eq!(Quarantined::LANE, Lane::QuarantineSecretOrRawPayload);
    /// assert!(Quarantined::LANE.is_withheld());
    /// ```
    Quarantined(Withheld) at QuarantineSecretOrRawPayload: Reviewable HeldBack;
    /// The answer asked for an action on production. The findings are kept, but not the answer.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, ExecutionRejected};
    ///
    /// assert_eq!(ExecutionRejected::LANE, Lane::RejectExecutionRequest);
    /// assert!(ExecutionRejected::LANE.is_withheld());
    /// ```
    ExecutionRejected(Withheld) at RejectExecutionRequest: Reviewable HeldBack;
    /// Something is missing or unclear. The owner is asked for more.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, SupplementRequested};
    ///
    /// assert_eq!(SupplementRequested::LANE, Lane::RequestSupplement);
    /// assert!(SupplementRequested::LANE.is_hold() && !SupplementRequested::LANE.is_withheld());
    /// ```
    SupplementRequested(Kept) at RequestSupplement: Reviewable HeldBack Answered;
    /// After an incident, the answer shows only that the service is back.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, IncidentBackfillRequired};
    ///
    /// assert_eq!(IncidentBackfillRequired::LANE, Lane::IncidentRecoveryBackfillRequired);
    /// assert!(IncidentBackfillRequired::LANE.is_hold() && !IncidentBackfillRequired::LANE.is_withheld());
    /// ```
    IncidentBackfillRequired(Kept) at IncidentRecoveryBackfillRequired: Reviewable HeldBack Answered;
    /// The answer claims health only because a page, a container or a dashboard is up.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, FalseGreenSupplementRequired};
    ///
    /// assert_eq!(FalseGreenSupplementRequired::LANE, Lane::NoFalseGreenSupplementRequired);
    /// assert!(FalseGreenSupplementRequired::LANE.is_hold() && !FalseGreenSupplementRequired::LANE.is_withheld());
    /// ```
    FalseGreenSupplementRequired(Kept) at NoFalseGreenSupplementRequired: Reviewable HeldBack Answered;
    /// No receipt proves that a notification reached its receiver.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, ReceiptGapRequired};
    ///
    /// assert_eq!(ReceiptGapRequired::LANE, Lane::ReceiverReceiptGapRequired);
    /// assert!(ReceiptGapRequired::LANE.is_hold() && !ReceiptGapRequired::LANE.is_withheld());
    /// ```
    ReceiptGapRequired(Kept) at ReceiverReceiptGapRequired: Reviewable HeldBack Answered;
    /// The review of stale alerts, silences or dedup is missing, or is not enough.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, StaleOrSilencedReviewRequired};
    ///
    /// assert_eq!(StaleOrSilencedReviewRequired::LANE, Lane::StaleOrSilencedAlertReviewRequired);
    /// assert!(StaleOrSilencedReviewRequired::LANE.is_hold() && !StaleOrSilencedReviewRequired::LANE.is_withheld());
    /// ```
    StaleOrSilencedReviewRequired(Kept) at StaleOrSilencedAlertReviewRequired: Reviewable HeldBack Answered;
    /// A reload or rule change has no plan to read the state back.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, ReadbackRequired};
    ///
    /// assert_eq!(ReadbackRequired::LANE, Lane::PostReloadReadbackRequired);
    /// assert!(ReadbackRequired::LANE.is_hold() && !ReadbackRequired::LANE.is_withheld());
    /// ```
    ReadbackRequired(Kept) at PostReloadReadbackRequired: Reviewable HeldBack Answered;
    /// Triage found no problem in the answer. A person must judge it.
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
    /// let Received::ReadyForReview(candidate) = received else { panic!() };
    /// assert_eq!(candidate.response().responder(), "林怡君");
    /// ```
    ReadyForReview(Clean) at ReadyForMonitoringReview: Reviewable Answered;
    /// A person accepted the answer for a surface that cannot write. Only the ledger changes.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, OwnerReviewOnlyUpdate};
    ///
    /// assert_eq!(OwnerReviewOnlyUpdate::LANE, Lane::OwnerReviewOnlyUpdate);
    /// assert!(!OwnerReviewOnlyUpdate::LANE.is_hold());
    /// ```
    OwnerReviewOnlyUpdate(Agreed) at OwnerReviewOnlyUpdate: Reviewable Answered AcceptedState;
    /// A person accepted the answer for a surface that can write. The surface's gate still stays shut.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, State, WaitingRuntimeGate};
    ///
    /// assert_eq!(WaitingRuntimeGate::LANE, Lane::WaitingRuntimeGate);
    /// assert!(!WaitingRuntimeGate::LANE.is_hold());
    /// ```
    WaitingRuntimeGate(Agreed) at WaitingRuntimeGate: Reviewable Answered AcceptedState;
}
