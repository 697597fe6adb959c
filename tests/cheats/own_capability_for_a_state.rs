use acceptance_ledger::{Reviewable, WaitingOwnerResponse};

impl Reviewable for WaitingOwnerResponse {}

fn main() {}
