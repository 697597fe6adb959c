//! An accepted ledger says exactly what its JSON says, and its gates are false. Bytes that begin like a document are
//! the ledger. Other bytes are dice: they change a sound ledger.

#![no_main]

use std::sync::LazyLock;

use acceptance_ledger::{Dossier, LedgerDocument};
use acceptance_ledger_fuzz::{
    Plain, accepted, check_error, check_gates, document, example, ledger_of, withdrawn,
};
use libfuzzer_sys::fuzz_target;

static SOUND: LazyLock<Vec<String>> = LazyLock::new(|| {
    let dossiers = [Dossier::default(), accepted(), withdrawn()];
    dossiers.iter().map(|dossier| ledger_of(example(0), dossier)).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let bytes = &*document(bytes, &SOUND);
    let ledger = match LedgerDocument::parse(bytes) {
        Ok(ledger) => ledger,
        Err(error) => return check_error(&error, bytes),
    };
    let mut written = String::new();
    ledger.write_to(&mut written).expect("writing to a string cannot fail");
    check_gates(&written);
    check_gates(std::str::from_utf8(bytes).expect("an accepted ledger is UTF-8"));

    // The values are the same. Blanks, escapes and the order of keys may differ.
    let values =
        [bytes, written.as_bytes()].map(|text| Plain::read(text).expect("a ledger is JSON"));
    assert_eq!(values[0], values[1]);

    let read = LedgerDocument::parse(written.as_bytes()).expect("a written ledger can be read");
    assert_eq!(read, ledger);
    let mut again = String::new();
    read.write_to(&mut again).expect("writing to a string cannot fail");
    assert_eq!(written, again);
});
