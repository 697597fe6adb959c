use acceptance_ledger::{BrokenJournal, JournalLog, Surface};

fn cheat(surface: Surface, log: Box<JournalLog>) -> BrokenJournal {
    BrokenJournal { surface, log }
}

fn main() {}
