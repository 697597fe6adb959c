//! What the fuzz targets share: an example to fuzz around, a journal kept in memory, and dice that are the fuzzer's
//! bytes.

mod dice;
mod edit;
mod example;
mod journal;
mod plain;
mod tally;
pub mod yaml;

pub use dice::{Dice, MARKER, carries_marker, marker, quote};
pub use edit::{document, edit, edit_document, render};
pub use example::{Example, answer, example, form};
pub use journal::{
    LEDGER_TIME, accepted, accepted_in_yaml, accepted_lane, draft, ledger_of, mend,
    plausible_record, record_in_yaml, replay, store, withdrawn,
};
pub use plain::Plain;
pub use tally::count;

use acceptance_ledger::{DocumentError, ProgressFlag, RuntimeGate};

/// Whether a text that begins like a document is to be taken as one, rather than as dice. A document of YAML begins with
/// a comment, a directive, a dash, a quote or a small letter.
pub fn is_document(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_lowercase() || b"{[ \t\r\n\xef#%-$\"'".contains(byte))
}

/// Where a fault is said to stand, it can stand, and nothing secret is said of it.
pub fn check_error(error: &DocumentError, bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let line = lines.get(error.line() - 1).expect("the line is one of the document");
    // A column counts characters, of which there are no more than bytes.
    assert!((1..=line.len() + 1).contains(&error.column()), "{error}");
    assert!(error.path().starts_with('$') && !error.next_step().is_empty());
    check_silence(&error.to_string());
}

/// The marker stands for every secret, so nothing that is shown may have it.
pub fn check_silence(shown: &str) {
    assert!(!shown.to_ascii_lowercase().contains(MARKER), "a secret is repeated: {shown}");
}

/// No gate of a ledger is anything but false, whoever reads its JSON.
pub fn check_gates(ledger: &str) {
    let ledger = Plain::read(ledger.as_bytes()).expect("a ledger is JSON");
    let [shut, open, none] = ["false", "true", "0"].map(Plain::word);
    for candidate in ledger.member("acceptance_candidates").items() {
        for gate in RuntimeGate::ALL {
            assert_eq!(candidate.member(gate.as_str()), shut, "{gate}");
        }
        for flag in [ProgressFlag::RequestSent, ProgressFlag::RecipientConfirmed] {
            assert_eq!(candidate.member(flag.as_str()), shut, "{flag}");
        }
        assert_eq!(candidate.member("not_approval"), open);
    }
    let boundaries = ledger.member("execution_boundaries");
    assert!(boundaries.members().count() > 0);
    for (name, value) in boundaries.members() {
        let only = if name == "not_authorization" { &open } else { &shut };
        assert_eq!(value, only, "{name}");
    }
    let counts = ledger.member("summary");
    let opened: Vec<_> = counts
        .members()
        .filter(|(name, _)| {
            RuntimeGate::ALL.iter().any(|gate| name.trim_end_matches("_count") == gate.as_str())
        })
        .filter(|(_, count)| **count != none)
        .collect();
    assert!(opened.is_empty(), "{opened:?}");
}
