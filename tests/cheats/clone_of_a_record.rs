use acceptance_ledger::ReviewerRecord;

fn cheat(record: &ReviewerRecord) -> ReviewerRecord {
    record.clone()
}

fn main() {}
