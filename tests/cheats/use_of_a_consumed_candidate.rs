use acceptance_ledger::{Candidate, Lane, Triage, WaitingOwnerResponse};

fn cheat(candidate: Candidate<WaitingOwnerResponse>, triage: Triage) -> Lane {
    let _received = candidate.receive(triage);
    candidate.lane()
}

fn main() {}
