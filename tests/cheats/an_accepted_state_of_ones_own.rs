use acceptance_ledger::{AcceptedState, Answered, Lane, Reviewable, State};

#[derive(Debug)]
struct Mine;

impl State for Mine {
    const LANE: Lane = Lane::WaitingRuntimeGate;
}

impl Reviewable for Mine {}
impl Answered for Mine {}
impl AcceptedState for Mine {}

fn main() {}
