use acceptance_ledger::{History, ResponseDocument, Time};

fn cheat(history: History, response: &ResponseDocument, now: Time) {
    let _ = history.receive(response, b"other bytes", now);
}

fn main() {}
