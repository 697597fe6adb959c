use acceptance_ledger::Event;

fn main() {
    let _: Event = serde_json::from_str("{}").unwrap();
}
