use acceptance_ledger::{OwnerResponse, Triage};

fn cheat(response: OwnerResponse) -> Triage {
    Triage { response, findings: Vec::new() }
}

fn main() {}
