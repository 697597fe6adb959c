use acceptance_ledger::{BrokenJournal, ResponseDocument, Step, Time};

fn cheat(broken: BrokenJournal, response: &ResponseDocument, now: Time) -> Step {
    broken.receive(response, now)
}

fn main() {}
