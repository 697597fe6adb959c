use acceptance_ledger::AnyCandidate;

fn main() {
    let _: AnyCandidate = serde_json::from_str("{}").unwrap();
}
