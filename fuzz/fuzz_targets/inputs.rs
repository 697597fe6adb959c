//! Two inputs that are accepted make a ledger that can be read back. One file contains both inputs, with a line `--`
//! between them. Without such a line, each input is the whole file.

#![no_main]

use acceptance_ledger::fuzz_hooks::list_differences;
use acceptance_ledger::{
    Dossier, Inventory, Ledger, LedgerDocument, OwnerRequests, Stamp, Surfaces,
};
use acceptance_ledger_fuzz::{check_error, check_gates};
use libfuzzer_sys::fuzz_target;

const SEPARATOR: &[u8] = b"\n--\n";

fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        Some(at) => (&bytes[..at], &bytes[at + SEPARATOR.len()..]),
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
            let differences = differences.expect("the list of a valid inventory can be read");
            assert_eq!(differences.len(), requests.surfaces().len());
            inventory
        }
        Err(error) => {
            check_error(&error, inventory_bytes);
            Inventory::parse(b"{}").expect("an empty inventory is valid")
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
    let tally = ledger.write_to(&mut written).expect("writing to a string cannot fail");
    assert_eq!(tally.candidates(), requests.surfaces().len());
    check_gates(&written);

    let read = LedgerDocument::parse(written.as_bytes()).expect("a written ledger can be read");
    let mut again = String::new();
    assert_eq!(read.write_to(&mut again).expect("writing to a string cannot fail"), tally);
    assert_eq!(written, again);
    assert!(read.entries().iter().map(|entry| entry.surface()).eq(requests.surfaces()));

    let replayed = Ledger::replay(inventory, requests, stamp, |_| Dossier::default());
    assert_eq!(replayed.expect("empty journals have no fault"), ledger);
});
