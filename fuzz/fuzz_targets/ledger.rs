//! A ledger that is accepted says what its JSON says and nothing else, and its gates are shut. Bytes that begin like a
//! document are one; any others change a sound ledger.

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
    ledger.write_to(&mut written).expect("a string takes all");
    check_gates(&written);
    check_gates(std::str::from_utf8(bytes).expect("what is read is UTF-8"));

    // The same values, though blanks, escapes and the order of keys may have been others.
    let values =
        [bytes, written.as_bytes()].map(|text| Plain::read(text).expect("a ledger is JSON"));
    assert_eq!(values[0], values[1]);

    let read = LedgerDocument::parse(written.as_bytes()).expect("what is written can be read");
    assert_eq!(read, ledger);
    let mut again = String::new();
    read.write_to(&mut again).expect("a string takes all");
    assert_eq!(written, again);
});
