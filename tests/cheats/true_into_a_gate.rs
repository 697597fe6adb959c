use acceptance_ledger::Shut;

fn main() {
    let _: Shut = true.into();
}
