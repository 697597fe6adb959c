use acceptance_ledger::{Candidate, ReadyForReview, Refused, Accepted, ReviewerRecord};

fn cheat(
    candidate: Candidate<ReadyForReview>,
    record: ReviewerRecord,
) -> (Candidate<ReadyForReview>, Result<Accepted, Refused<Candidate<ReadyForReview>>>) {
    (candidate.clone(), candidate.accept(record))
}

fn main() {}
