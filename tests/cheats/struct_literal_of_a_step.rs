use acceptance_ledger::{AnyCandidate, Step};

fn forge(candidate: AnyCandidate) -> Step {
    Step { candidate, line: String::new(), document: None, withdraws: None }
}

fn main() {}
