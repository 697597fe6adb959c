use acceptance_ledger::{AnyCandidate, Step};

fn forge(candidate: AnyCandidate) -> Step {
    Step { candidate, line: String::new(), stores: None, withdraws: None }
}

fn main() {}
