use acceptance_ledger::{AnyCandidate, Entry};

fn cheat(entry: Entry<'static>) -> AnyCandidate {
    entry.into()
}

fn main() {}
