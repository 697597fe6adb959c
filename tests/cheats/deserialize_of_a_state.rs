use acceptance_ledger::WaitingRuntimeGate;

fn main() {
    let _: WaitingRuntimeGate = serde_json::from_str("null").unwrap();
}
