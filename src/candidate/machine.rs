//! The steps that there are. The typestates take them, and the diagram is drawn from them.

use crate::words::Lane;

/// The lane that a reviewer record with `outcome` leads to from `from`, if any does.
pub(crate) fn review_leads_to(from: Lane, outcome: Lane, is_write_capable: bool) -> Option<Lane> {
    if is_hold(outcome) {
        return (outcome.strictness() >= Some(least_hold(from)?)).then_some(outcome);
    }
    let is_acceptance =
        from == Lane::ReadyForMonitoringReview && outcome == Lane::OwnerReviewOnlyUpdate;
    is_acceptance.then_some(if is_write_capable {
        Lane::WaitingRuntimeGate
    } else {
        Lane::OwnerReviewOnlyUpdate
    })
}

/// Whether the lane holds an answer back: the eight from quarantine to a supplement.
pub(crate) fn is_hold(lane: Lane) -> bool {
    lane.strictness() > Some(0)
}

/// How strict a hold has to be at least to be a step from `from`; `None` where none is.
fn least_hold(from: Lane) -> Option<u8> {
    match from {
        // A reviewer may take back an acceptance for any reason.
        Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => Some(0),
        _ => from.strictness(),
    }
}
