//! A second, simple version of the state machine, as a table. It is the executable specification.
//!
//! It shares only the vocabulary with the core: the lanes, the checks, and the lane and check of
//! each problem. So the table and the core check each other.

use std::collections::BTreeSet;

use crate::review::{ReviewerKind, Verdict};
use crate::words::{Lane, ReviewerCheck};

use super::event::{Event, Moment, Record, UNANSWERED, has_fields};

/// The lanes that hold an answer back, strictest first.
const HOLDS: [Lane; 8] = [
    Lane::QuarantineSecretOrRawPayload,
    Lane::RejectExecutionRequest,
    Lane::IncidentRecoveryBackfillRequired,
    Lane::NoFalseGreenSupplementRequired,
    Lane::ReceiverReceiptGapRequired,
    Lane::StaleOrSilencedAlertReviewRequired,
    Lane::PostReloadReadbackRequired,
    Lane::RequestSupplement,
];

/// What the table says about a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) lane: Lane,
    pub(super) outcome: Lane,
    /// The checks that a person's record passes; `None` if there is no such record.
    pub(super) passed_by_person: Option<BTreeSet<ReviewerCheck>>,
    pub(super) shows_answers: bool,
    /// The checks that triage found something against.
    against: BTreeSet<ReviewerCheck>,
}

impl Model {
    pub(super) const fn waiting() -> Self {
        Self {
            lane: Lane::WaitingOwnerResponse,
            outcome: Lane::WaitingOwnerResponse,
            passed_by_person: None,
            shows_answers: false,
            against: BTreeSet::new(),
        }
    }

    /// The model after an event; `None` if the table has no such step.
    pub(super) fn after(&self, event: &Event, is_write_capable: bool) -> Option<Self> {
        match event {
            Event::SurfaceChanged => Some(Self::waiting()),
            // Only an acceptance ends. From its `valid_until` on, the candidate waits again.
            Event::AsOf(moment) if self.is_accepted() && *moment != Moment::Before => {
                Some(Self::waiting())
            }
            Event::AsOf(_) => Some(self.clone()),
            Event::Answer(findings) => {
                let lane = HOLDS
                    .into_iter()
                    .find(|hold| findings.iter().any(|finding| finding.lane() == *hold))
                    .unwrap_or(Lane::ReadyForMonitoringReview);
                Some(Self {
                    lane,
                    shows_answers: keeps_answers(lane),
                    against: findings.iter().map(crate::triage::Finding::check).collect(),
                    ..Self::waiting()
                })
            }
            Event::Review(record) => {
                let lane = self.reviewed(record, is_write_capable)?;
                let passed = || {
                    let checks = ReviewerCheck::ALL.iter().copied();
                    checks.filter(|check| record.verdict(*check) == Some(Verdict::Pass)).collect()
                };
                Some(Self {
                    lane,
                    outcome: record.outcome,
                    passed_by_person: (record.kind == ReviewerKind::Person).then(passed),
                    shows_answers: self.shows_answers && keeps_answers(lane),
                    against: self.against.clone(),
                })
            }
        }
    }

    fn reviewed(&self, record: &Record, is_write_capable: bool) -> Option<Lane> {
        let has_verdict =
            |verdict| ReviewerCheck::ALL.iter().any(|check| record.verdict(*check) == verdict);
        let contradicts =
            self.against.iter().any(|check| record.verdict(*check) == Some(Verdict::Pass));
        // In these tests, no field is answered with `not_applicable`, and no required field is
        // blank. So only the check whose field is blank may be skipped. An answer that is no longer
        // kept has no fields to skip.
        let skippable = self.shows_answers.then_some(UNANSWERED);
        let skips_wrongly = ReviewerCheck::ALL.iter().any(|check| {
            record.verdict(*check) == Some(Verdict::NotApplicable) && skippable != Some(*check)
        });
        // A check about fields passes only if a field is answered. In these tests, every field except one is answered.
        // An answer that is no longer kept has no answered field.
        let passes_nothing = ReviewerCheck::ALL.iter().any(|check| {
            let is_answered = self.shows_answers && *check != UNANSWERED;
            record.verdict(*check) == Some(Verdict::Pass) && has_fields(*check) && !is_answered
        });
        if contradicts || skips_wrongly || passes_nothing {
            return None;
        }
        match (self.lane, record.outcome) {
            (Lane::ReadyForMonitoringReview, Lane::OwnerReviewOnlyUpdate) => {
                let may_accept = record.kind == ReviewerKind::Person
                    && !record.is_by_responder
                    && !has_verdict(Some(Verdict::Fail))
                    && !has_verdict(None);
                let lane = if is_write_capable {
                    Lane::WaitingRuntimeGate
                } else {
                    Lane::OwnerReviewOnlyUpdate
                };
                may_accept.then_some(lane)
            }
            (from, outcome) => {
                let rank = |lane| HOLDS.iter().position(|hold| *hold == lane);
                let is_strict_enough = match from {
                    Lane::WaitingOwnerResponse => false,
                    Lane::ReadyForMonitoringReview
                    | Lane::OwnerReviewOnlyUpdate
                    | Lane::WaitingRuntimeGate => rank(outcome).is_some(),
                    _ => rank(outcome).is_some() && rank(outcome) <= rank(from),
                };
                (is_strict_enough && record.fails_a_check_of_its_lane()).then_some(outcome)
            }
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        matches!(self.lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate)
    }

    /// Whether the ledger shows that the owner is asked for more: every hold except quarantine and rejection.
    pub(super) fn asks_for_more(&self) -> bool {
        HOLDS.iter().skip(2).any(|hold| *hold == self.lane)
    }

    pub(super) fn is_withheld(&self) -> bool {
        HOLDS.iter().take(2).any(|hold| *hold == self.lane)
    }
}

fn keeps_answers(lane: Lane) -> bool {
    !matches!(lane, Lane::QuarantineSecretOrRawPayload | Lane::RejectExecutionRequest)
}
