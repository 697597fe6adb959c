use acceptance_ledger::{Candidate, WaitingRuntimeGate};

fn cheat(candidate: &mut Candidate<WaitingRuntimeGate>) {
    candidate.gates() = true;
}

fn main() {}
