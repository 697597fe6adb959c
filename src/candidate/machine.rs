//! The lanes that a reviewer record leads to. The typestates use these rules, and the diagram is
//! drawn from them. Who may review, and with which verdicts, is in `review`.

use crate::words::Lane;

/// Returns the lane that a reviewer record with `outcome` leads to from lane `from`; `None` if there is no such step.
pub(crate) fn review_leads_to(from: Lane, outcome: Lane, is_write_capable: bool) -> Option<Lane> {
    if outcome.is_hold() {
        // A reviewer may hold more strictly than triage did, but never more leniently.
        return (outcome.strictness() >= Some(minimum_strictness(from)?)).then_some(outcome);
    }
    let is_acceptance =
        from == Lane::ReadyForMonitoringReview && outcome == Lane::OwnerReviewOnlyUpdate;
    // An acceptance changes only the ledger. A surface that can write still waits for its gate.
    is_acceptance.then_some(if is_write_capable {
        Lane::WaitingRuntimeGate
    } else {
        Lane::OwnerReviewOnlyUpdate
    })
}

/// The lowest strictness of a hold that is a step from `from`; `None` if no record can hold there.
fn minimum_strictness(from: Lane) -> Option<u8> {
    match from {
        // A reviewer may revoke an acceptance with any hold.
        Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => Some(0),
        _ => from.strictness(),
    }
}
