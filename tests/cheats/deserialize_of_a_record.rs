use acceptance_ledger::ReviewerRecord;

fn main() {
    let _: ReviewerRecord = serde_json::from_str("{}").unwrap();
}
