use acceptance_ledger::{AnyCandidate, BrokenJournal};

fn cheat(broken: BrokenJournal) -> AnyCandidate {
    broken.into_candidate()
}

fn main() {}
