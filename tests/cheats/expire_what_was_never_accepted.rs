use acceptance_ledger::{Candidate, ReadyForReview, Time, WaitingOwnerResponse};

fn cheat(candidate: Candidate<ReadyForReview>, time: &Time) -> Option<Candidate<WaitingOwnerResponse>> {
    candidate.expire(Some(time)).ok()
}

fn main() {}
