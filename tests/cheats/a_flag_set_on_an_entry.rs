use acceptance_ledger::{Entry, ProgressFlag};

fn cheat(entry: &mut Entry<'static>) {
    entry.progress.insert(ProgressFlag::OwnerResponseAccepted);
}

fn main() {}
