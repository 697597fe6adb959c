use acceptance_ledger::WaitingRuntimeGate;

fn main() {
    let _ = WaitingRuntimeGate(());
}
