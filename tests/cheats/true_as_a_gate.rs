use acceptance_ledger::{Gates, RuntimeGate, Shut};

fn main() {
    let mut gate: Shut = Gates.get(RuntimeGate::RuntimeGate);
    gate = true;
}
