use acceptance_ledger::{Held, Received};

fn store(received: Received) {
    match received {
        Received::Held(Held::Quarantined(_) | Held::ExecutionRejected(_)) => {}
        Received::ReadyForReview(_) => {}
    }
}

fn main() {}
