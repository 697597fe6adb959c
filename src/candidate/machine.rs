//! Which reviewer record leads where. The typestates take these steps, and the diagram is drawn
//! from them.

use crate::words::Lane;

/// The lane that a reviewer record with `outcome` leads to from `from`, if any does.
pub(crate) fn review_leads_to(from: Lane, outcome: Lane, is_write_capable: bool) -> Option<Lane> {
    if outcome.is_hold() {
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

/// How strict a hold has to be at least to be a step from `from`; `None` where none is.
fn least_hold(from: Lane) -> Option<u8> {
    match from {
        // A reviewer may take back an acceptance for any reason.
        Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => Some(0),
        _ => from.strictness(),
    }
}
