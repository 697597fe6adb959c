use acceptance_ledger::{Candidate, ReviewerRecord, WaitingRuntimeGate};

fn cheat(candidate: Candidate<WaitingRuntimeGate>, record: ReviewerRecord) {
    if let Ok(waiting) = candidate.expire(None) {
        let _ = waiting.accept(record);
    }
}

fn main() {}
