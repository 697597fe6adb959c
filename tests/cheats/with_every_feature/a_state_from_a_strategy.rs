fn main() {
    // Whatever features are on, strategies yield documents only.
    let _ = acceptance_ledger::strategies::candidates();
    let _ = acceptance_ledger::strategies::reviewer_record();
}
