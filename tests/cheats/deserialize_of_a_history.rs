use acceptance_ledger::History;

fn main() {
    let _: History = serde_json::from_str("{}").unwrap();
}
