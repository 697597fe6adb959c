use acceptance_ledger::{Candidate, OwnerResponse, Quarantined};

fn cheat(candidate: &Candidate<Quarantined>) -> &OwnerResponse {
    candidate.response()
}

fn main() {}
