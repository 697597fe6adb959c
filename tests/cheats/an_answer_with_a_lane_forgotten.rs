use acceptance_ledger::Received;

fn store(received: Received) {
    match received {
        Received::Quarantined(_) | Received::ExecutionRejected(_) => {}
        Received::ReadyForReview(_) => {}
    }
}

fn main() {}
