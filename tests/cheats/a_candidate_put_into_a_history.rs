use acceptance_ledger::{AnyCandidate, History};

fn forge(history: &mut History, candidate: AnyCandidate) {
    history.candidate = candidate;
}

fn main() {}
