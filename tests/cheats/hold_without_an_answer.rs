use acceptance_ledger::{Candidate, ReviewerRecord, WaitingOwnerResponse};

fn cheat(candidate: Candidate<WaitingOwnerResponse>, record: ReviewerRecord) {
    let _ = candidate.hold(record);
}

fn main() {}
