use acceptance_ledger::{Candidate, ReviewerRecord, WaitingRuntimeGate};
use proptest::arbitrary::any;

fn main() {
    // With all features enabled, the strategies still make only documents.
    let _ = any::<Candidate<WaitingRuntimeGate>>();
    let _ = any::<ReviewerRecord>();
}
