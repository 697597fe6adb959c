use acceptance_ledger::{Candidate, Surface, WaitingRuntimeGate};

fn cheat(surface: Surface, state: WaitingRuntimeGate) -> Candidate<WaitingRuntimeGate> {
    Candidate { surface, state }
}

fn main() {}
