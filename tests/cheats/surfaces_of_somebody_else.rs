use acceptance_ledger::{Surface, Surfaces};

fn cheat(surface: Surface) -> [Surfaces; 2] {
    [Surfaces::default(), Surfaces::new(&[surface])]
}

fn main() {}
