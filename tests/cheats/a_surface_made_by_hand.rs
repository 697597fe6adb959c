use std::sync::Arc;

use acceptance_ledger::Surface;

fn cheat() -> Surface {
    Surface(Arc::new(()))
}

fn main() {}
