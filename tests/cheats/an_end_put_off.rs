use acceptance_ledger::{ReviewerRecord, Time};

fn cheat(record: &mut ReviewerRecord, later: Time) {
    record.valid_until = Some(later);
}

fn main() {}
