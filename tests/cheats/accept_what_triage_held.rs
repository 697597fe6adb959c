use acceptance_ledger::{Candidate, Quarantined, ReviewerRecord};

fn cheat(candidate: Candidate<Quarantined>, record: ReviewerRecord) {
    let _ = candidate.accept(record);
}

fn main() {}
