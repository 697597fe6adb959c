//! The limits of a document, JSON or YAML: the size of an answer or a record, depth, and reported faults.

/// The maximum depth of nested arrays and objects. `serde_json`, and what is built on it, rejects 128 levels. Parsing
/// and search are recursive, and this depth stays within the stack.
pub(crate) const MAX_DEPTH: usize = 127;

/// The maximum size, in bytes, of a document that a person writes. A filled-in form has 9 KiB.
pub(crate) const MAX_DOCUMENT: usize = 256 * 1024;

/// The maximum number of faults that are reported for a document. A hundred faults usually have a common cause, and
/// the first ones show it.
pub(super) const MAX_FAULTS: usize = 100;
