//! What the ledger shows of a candidate: its lane, answers and flags.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::inputs::Surface;
use crate::response::{Answers, OwnerResponse};
use crate::review::{ReviewerRecord, Verdict, is_answered};
use crate::words::{ItemFlag, Lane, ProgressFlag, ReviewerCheck};

use super::state::Contents;

/// The ledger's view of one candidate. A view cannot be turned back into a state.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, Lane, OwnerRequests, ProgressFlag};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let candidate = AnyCandidate::new(requests.surfaces()[0].clone());
/// let entry = candidate.entry();
/// assert_eq!(entry.lane(), Lane::WaitingOwnerResponse);
/// assert!(!entry.has(ProgressFlag::OwnerResponseReceived));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    pub(crate) surface: Cow<'a, Surface>,
    pub(crate) answers: Cow<'a, Answers>,
    pub(crate) lane: Lane,
    pub(crate) reviewer_outcome: Lane,
    pub(crate) progress: BTreeSet<ProgressFlag>,
    pub(crate) items: BTreeSet<ItemFlag>,
}

impl<'a> Entry<'a> {
    /// The view of a surface whose owner has not answered.
    pub(crate) fn waiting(surface: &'a Surface) -> Self {
        Self::of(surface, Lane::WaitingOwnerResponse, Contents::default())
    }

    /// The view of a candidate in `lane` that carries `contents`.
    pub(crate) fn of(surface: &'a Surface, lane: Lane, contents: Contents<'a>) -> Self {
        let Contents { response, record, .. } = contents;
        let by_person = record.filter(|record| record.is_by_person());
        // Nothing is true unearned: if no field of a check is answered, its `pass` sets no flag.
        let passed = |check| {
            by_person.is_some_and(|record| record.verdict(check) == Some(Verdict::Pass))
                && is_answered(check, response.map(OwnerResponse::answers))
        };
        let is_withheld = lane.is_withheld();
        let has_progress = |flag: &ProgressFlag| match flag {
            // This crate sends no request and confirms no recipient.
            ProgressFlag::RequestSent | ProgressFlag::RecipientConfirmed => false,
            ProgressFlag::OwnerResponseReceived => by_person.is_some(),
            // Only a person's record leads to these lanes, so the lane is enough.
            ProgressFlag::OwnerResponseAccepted => {
                matches!(lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate)
            }
            ProgressFlag::OwnerResponseRejected => {
                by_person.is_some() && lane == Lane::RejectExecutionRequest
            }
            // Triage and automation may hold back, so these two flags do not need a person's record.
            ProgressFlag::OwnerResponseQuarantined => lane == Lane::QuarantineSecretOrRawPayload,
            ProgressFlag::SupplementRequested => lane.is_hold() && !is_withheld,
            ProgressFlag::LiveEvidenceReceived => {
                surface.requires_live_evidence()
                    && passed(ReviewerCheck::LiveConfigHashMetadataOnly)
            }
        };
        let answers = response
            .map_or(Cow::Owned(Answers::default()), |response| Cow::Borrowed(response.answers()));
        Self {
            surface: Cow::Borrowed(surface),
            answers,
            lane,
            reviewer_outcome: record.map_or(Lane::WaitingOwnerResponse, ReviewerRecord::outcome),
            progress: ProgressFlag::ALL.iter().copied().filter(has_progress).collect(),
            items: ItemFlag::ALL
                .iter()
                .copied()
                .filter(|flag| !is_withheld && passed(flag.check()))
                .collect(),
        }
    }
}

impl Entry<'_> {
    /// The surface.
    #[must_use]
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The answers that the ledger shows. They are empty if no owner has answered, or if the answer is withheld.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The lane. The ledger writes it as `status`.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        self.lane
    }

    /// The outcome of the latest reviewer record, or [`Lane::WaitingOwnerResponse`] if there is no record.
    #[must_use]
    pub const fn reviewer_outcome(&self) -> Lane {
        self.reviewer_outcome
    }

    /// Whether a state can show this combination of lane, outcome, flags and answers.
    ///
    /// Anyone can edit a ledger file. Its reader uses this to refuse an entry that [`Entry::of`] never makes.
    pub(crate) fn is_possible(&self) -> bool {
        let lane = self.lane;
        let is_withheld = lane.is_withheld();
        let is_accepted = matches!(lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate);
        let is_received = self.has(ProgressFlag::OwnerResponseReceived);
        let may_have_outcome = match self.reviewer_outcome {
            Lane::WaitingOwnerResponse => !is_accepted && !is_received,
            Lane::OwnerReviewOnlyUpdate => is_accepted && is_received,
            outcome => outcome == lane && lane.is_hold(),
        };
        let has_answers = self.answers != Cow::Owned(Answers::default());
        may_have_outcome
            && self.has(ProgressFlag::OwnerResponseAccepted) == is_accepted
            && self.has(ProgressFlag::OwnerResponseRejected)
                == (is_received && lane == Lane::RejectExecutionRequest)
            && self.has(ProgressFlag::OwnerResponseQuarantined)
                == (lane == Lane::QuarantineSecretOrRawPayload)
            && self.has(ProgressFlag::SupplementRequested) == (lane.is_hold() && !is_withheld)
            && (!self.has(ProgressFlag::LiveEvidenceReceived)
                || (is_received
                    && self.surface.requires_live_evidence()
                    && is_answered(ReviewerCheck::LiveConfigHashMetadataOnly, Some(&self.answers))))
            && (self.items.is_empty() || (is_received && !is_withheld))
            && self.items.iter().all(|item| is_answered(item.check(), Some(&self.answers)))
            && !(has_answers && (is_withheld || lane == Lane::WaitingOwnerResponse))
    }

    /// Whether a progress flag is true.
    #[must_use]
    pub fn has(&self, flag: ProgressFlag) -> bool {
        self.progress.contains(&flag)
    }

    /// Whether a reviewer accepted an item.
    #[must_use]
    pub fn has_item(&self, flag: ItemFlag) -> bool {
        self.items.contains(&flag)
    }
}
