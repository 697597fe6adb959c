use acceptance_ledger::{Candidate, ReviewerRecord, WaitingRuntimeGate};
use proptest::arbitrary::any;

fn main() {
    // Whatever features are on, strategies yield documents only.
    let _ = any::<Candidate<WaitingRuntimeGate>>();
    let _ = any::<ReviewerRecord>();
}
