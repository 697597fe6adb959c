use acceptance_ledger::{History, ResponseDocument};

fn cheat(history: History, response: &ResponseDocument) {
    let _ = history.receive(response, "yesterday");
}

fn main() {}
