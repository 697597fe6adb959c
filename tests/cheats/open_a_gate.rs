use acceptance_ledger::{Candidate, RuntimeGate, WaitingRuntimeGate};

fn cheat(candidate: &mut Candidate<WaitingRuntimeGate>) {
    candidate.gates().open(RuntimeGate::RuntimeGate);
}

fn main() {}
