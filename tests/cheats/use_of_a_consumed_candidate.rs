use acceptance_ledger::{Candidate, Lane, ResponseDocument, Surfaces, WaitingOwnerResponse};

fn cheat(
    candidate: Candidate<WaitingOwnerResponse>,
    surfaces: &Surfaces,
    response: &ResponseDocument,
) -> Lane {
    let _received = candidate.receive(surfaces, response);
    candidate.lane()
}

fn main() {}
