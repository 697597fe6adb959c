use acceptance_ledger::Time;

fn cheat(time: Time) -> Time {
    Time { text: "yesterday".to_owned(), ..time }
}

fn main() {}
