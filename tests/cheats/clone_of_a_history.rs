use acceptance_ledger::History;

fn twice(history: &History) -> History {
    history.clone()
}

fn main() {}
