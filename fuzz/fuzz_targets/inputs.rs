//! Two inputs that are accepted make a ledger that reads back. They stand in one file, with a line of `--` between them;
//! without such a line they are both the whole file.

#![no_main]

use acceptance_ledger::fuzz_hooks::list_differences;
use acceptance_ledger::{
    Dossier, Inventory, Ledger, LedgerDocument, OwnerRequests, Stamp, Surfaces,
};
use acceptance_ledger_fuzz::{check_error, check_gates};
use libfuzzer_sys::fuzz_target;

const BETWEEN: &[u8] = b"\n--\n";

fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        Some(at) => (&bytes[..at], &bytes[at + BETWEEN.len()..]),
        None => (bytes, bytes),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (inventory_bytes, requests) = halves(bytes);
    let inventory = Inventory::parse(inventory_bytes);
    let requests = match OwnerRequests::parse(requests) {
        Ok(requests) => requests,
        Err(error) => return check_error(&error, requests),
    };
    let differences = list_differences(inventory_bytes, &requests);
    let inventory = match inventory {
        Ok(inventory) => {
            let differences =
                differences.expect("what an inventory lists can be read where it can");
            assert_eq!(differences.len(), requests.surfaces().len());
            inventory
        }
        Err(error) => {
            check_error(&error, inventory_bytes);
            Inventory::parse(b"{}").expect("an empty inventory is one")
        }
    };
    let surfaces = Surfaces::of(&requests);
    for surface in requests.surfaces() {
        assert_eq!(surfaces.get(surface.surface_id()), Some(surface));
        assert!(surface.is_candidate(&surface.candidate_id()));
    }

    let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
    let ledger = Ledger::baseline(inventory.clone(), requests.clone(), stamp.clone());
    let mut written = String::new();
    let tally = ledger.write_to(&mut written).expect("a string takes all");
    assert_eq!(tally.candidates(), requests.surfaces().len());
    check_gates(&written);

    let read = LedgerDocument::parse(written.as_bytes()).expect("what is written can be read");
    let mut again = String::new();
    assert_eq!(read.write_to(&mut again).expect("a string takes all"), tally);
    assert_eq!(written, again);
    assert!(read.entries().iter().map(|entry| entry.surface()).eq(requests.surfaces()));

    let replayed = Ledger::replay(inventory, requests, stamp, |_| Dossier::default());
    assert_eq!(replayed.expect("nothing is wrong with no journal"), ledger);
});
