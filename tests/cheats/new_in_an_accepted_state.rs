use acceptance_ledger::{Candidate, Surface, WaitingRuntimeGate};

fn cheat(surface: Surface) -> Candidate<WaitingRuntimeGate> {
    Candidate::<WaitingRuntimeGate>::new(surface)
}

fn main() {}
