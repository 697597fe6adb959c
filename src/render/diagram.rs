//! The Mermaid diagram of the state machine. It is generated from the steps of the core, so it cannot differ from them.

use std::fmt::Write as _;

use crate::candidate::review_leads_to;
use crate::words::Lane;

/// Returns the state machine as a Mermaid state diagram.
///
/// ```
/// let diagram = acceptance_ledger::mermaid();
/// assert!(diagram.starts_with("stateDiagram-v2\n"));
/// assert!(diagram.contains("waiting_runtime_gate"));
/// ```
#[must_use]
pub fn mermaid() -> String {
    let mut holds: Vec<_> = Lane::ALL.iter().copied().filter(|lane| lane.is_hold()).collect();
    holds.sort_by_key(|lane| lane.strictness());

    let mut out = String::from("stateDiagram-v2\n");
    let mut line = |text: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    {text}");
    };
    line(format_args!("state \"any state\" as any"));
    line(format_args!("state \"held back, from the least strict to the strictest\" as held {{"));
    for pair in holds.windows(2) {
        if let [milder, stricter] = pair {
            line(format_args!("    {milder} --> {stricter}: a reviewer holds it more strictly"));
        }
    }
    line(format_args!("}}"));
    line(format_args!("[*] --> {}", Lane::WaitingOwnerResponse));
    line(format_args!("any --> {}: the surface changed", Lane::WaitingOwnerResponse));
    line(format_args!("any --> held: an answer with findings"));
    line(format_args!("any --> {}: an answer without findings", Lane::ReadyForMonitoringReview));
    for (is_write_capable, surface) in [(false, "is not write-capable"), (true, "is write-capable")]
    {
        let (from, outcome) = (Lane::ReadyForMonitoringReview, Lane::OwnerReviewOnlyUpdate);
        if let Some(to) = review_leads_to(from, outcome, is_write_capable) {
            line(format_args!("{from} --> {to}: a person accepts, the surface {surface}"));
        }
    }
    let is_held_from =
        |from: Lane| holds.iter().all(|hold| review_leads_to(from, *hold, false) == Some(*hold));
    for from in Lane::ALL.iter().filter(|lane| !lane.is_hold() && is_held_from(**lane)) {
        line(format_args!("{from} --> held: a reviewer holds it"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chain of holds means: a hold leads to itself and to each later hold, and never to an earlier one.
    #[test]
    fn the_chain_of_holds_is_what_the_machine_allows() {
        let diagram = mermaid();
        let position = |lane: Lane| diagram.find(lane.as_str()).unwrap();
        let holds = || Lane::ALL.iter().copied().filter(|lane| lane.is_hold());
        for from in holds() {
            for to in holds() {
                let allowed = review_leads_to(from, to, true).is_some();
                assert_eq!(allowed, position(to) >= position(from), "{from} to {to}");
            }
        }
    }

    #[test]
    fn every_lane_is_drawn_and_the_gate_has_no_way_out_but_back() {
        let diagram = mermaid();
        for lane in Lane::ALL {
            assert!(diagram.contains(lane.as_str()), "{lane}");
        }
        let from_gate: Vec<_> = diagram
            .lines()
            .filter(|line| line.trim().starts_with("waiting_runtime_gate -->"))
            .collect();
        assert_eq!(from_gate, ["    waiting_runtime_gate --> held: a reviewer holds it"]);
        let held: Vec<_> = diagram
            .lines()
            .filter_map(|line| line.trim().strip_suffix(" --> held: a reviewer holds it"))
            .collect();
        assert_eq!(
            held,
            ["ready_for_monitoring_review", "owner_review_only_update", "waiting_runtime_gate"]
        );
    }
}
