use acceptance_ledger::{Lane, State};

#[derive(Debug)]
struct GateOpen;

impl State for GateOpen {
    const LANE: Lane = Lane::WaitingRuntimeGate;
}

fn main() {}
