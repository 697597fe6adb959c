use acceptance_ledger::{Candidate, ReadyForReview};

fn cheat(candidate: &mut Candidate<ReadyForReview>, state: ReadyForReview) {
    **candidate = state;
}

fn main() {}
