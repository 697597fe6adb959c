use acceptance_ledger::ReviewerRecord;

fn main() {
    let _ = ReviewerRecord::default();
}
