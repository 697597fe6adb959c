//! The limits of a document.

/// How deep arrays and objects may be nested: `serde_json` and what is built on it refuse to read 128 levels.
pub(crate) const MAX_DEPTH: usize = 127;

/// How many bytes a document may have that somebody writes by hand. A filled form has 9 KiB.
pub(crate) const MAX_DOCUMENT: usize = 256 * 1024;

/// How many faults of a document are told. Whoever sees a hundred mends what made them.
pub(super) const MAX_FAULTS: usize = 100;
