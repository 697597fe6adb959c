use acceptance_ledger::{ReviewDocument, Signer};

fn cheat(document: &ReviewDocument, signer: Signer) {
    let _ = document.record(Some(signer));
}

fn main() {}
