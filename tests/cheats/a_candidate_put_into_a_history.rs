use acceptance_ledger::{AnyCandidate, History};

fn forge(history: History, candidate: AnyCandidate) -> History {
    History { candidate, ..history }
}

fn main() {}
