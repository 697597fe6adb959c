use acceptance_ledger::{LedgerWriter, Surface};

fn cheat(twin: &Surface, out: &mut String) {
    let _ = LedgerWriter::new(out).push_waiting(twin);
}

fn main() {}
