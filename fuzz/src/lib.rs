//! What the fuzz targets share: an example to change, a journal in memory, and dice made of the fuzzer's bytes.

mod dice;
mod edit;
mod example;
mod journal;
mod plain;
mod secret;
mod tally;
pub mod yaml;

pub use dice::{Dice, MARKER, marker, quote};
pub use edit::{document, edit, edit_document, render};
pub use example::{Example, answer, example, form};
pub use journal::{
    LEDGER_TIME, accepted, accepted_in_yaml, accepted_lane, draft, ledger_of, plausible_record,
    record_in_yaml, repair, replay, store, withdrawn,
};
pub use plain::Plain;
pub use secret::carries_marker;
pub use tally::count;

use acceptance_ledger::{DocumentError, ProgressFlag, RuntimeGate};

/// Whether the bytes begin like a document. Other bytes are dice. A YAML document begins with a comment, a directive, a
/// dash, a quote or a lowercase letter.
pub fn is_document(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_lowercase() || b"{[ \t\r\n\xef#%-$\"'".contains(byte))
}

/// Checks that the place of an error exists in the bytes, and that the error repeats no secret.
pub fn check_error(error: &DocumentError, bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let line = lines.get(error.line() - 1).expect("the line exists in the document");
    // A column counts characters. A line has at most as many characters as bytes.
    assert!((1..=line.len() + 1).contains(&error.column()), "{error}");
    assert!(error.path().starts_with('$') && !error.next_step().is_empty());
    check_no_secret(&error.to_string());
}

/// Checks that a text does not contain the marker, which represents every secret.
pub fn check_no_secret(shown: &str) {
    assert!(!shown.to_ascii_lowercase().contains(MARKER), "the text repeats a secret: {shown}");
}

/// Checks in the JSON of a ledger that no gate is open: each gate, flag and count has the only value that it may have.
/// This does not use the crate's parser.
pub fn check_gates(ledger: &str) {
    let ledger = Plain::read(ledger.as_bytes()).expect("a ledger is JSON");
    let [no, yes, zero] = ["false", "true", "0"].map(Plain::word);
    for candidate in ledger.member("acceptance_candidates").items() {
        for gate in RuntimeGate::ALL {
            assert_eq!(candidate.member(gate.as_str()), no, "{gate}");
        }
        for flag in [ProgressFlag::RequestSent, ProgressFlag::RecipientConfirmed] {
            assert_eq!(candidate.member(flag.as_str()), no, "{flag}");
        }
        assert_eq!(candidate.member("not_approval"), yes);
    }
    let boundaries = ledger.member("execution_boundaries");
    assert!(boundaries.members().count() > 0);
    for (name, value) in boundaries.members() {
        let expected = if name == "not_authorization" { &yes } else { &no };
        assert_eq!(value, expected, "{name}");
    }
    let counts = ledger.member("summary");
    let opened: Vec<_> = counts
        .members()
        .filter(|(name, _)| {
            RuntimeGate::ALL.iter().any(|gate| name.trim_end_matches("_count") == gate.as_str())
        })
        .filter(|(_, count)| **count != zero)
        .collect();
    assert!(opened.is_empty(), "{opened:?}");
}
