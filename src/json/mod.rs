//! Reads and writes the JSON of the ledger. The reader is strict and reports the place of every fault. The writer
//! writes the same bytes as Python's `json.dumps(ensure_ascii=False, indent=2, sort_keys=True)`, because the reference
//! generator is a Python program.

mod error;
mod limits;
mod number;
#[cfg(feature = "cli")]
mod pieces;
mod place;
mod reader;
mod syntax;
mod text;

use std::collections::BTreeMap;

use serde_json::Value;

pub use error::{DocumentError, DocumentProblem};
pub(crate) use limits::{MAX_DEPTH, MAX_DOCUMENT};
pub use number::Number;
#[cfg(feature = "cli")]
pub(crate) use pieces::{Pieces, read_pieces};
#[cfg(feature = "cli")]
pub(crate) use place::line_column_and_path;
pub(crate) use place::{Lines, line_and_column};
pub(crate) use reader::{Fault, Read, Reader, read_document, read_small_document};
pub(crate) use text::{new_line, write_array, write_json, write_object, write_string};

/// Any JSON value. A number is stored as the text that Python prints, so that it is written back with the same digits.
///
/// ```
/// use acceptance_ledger::Json;
///
/// let label: Json = "alertmanager".into();
/// assert_eq!(label.as_str(), Some("alertmanager"));
/// assert_eq!(Json::Null.as_str(), None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of up to 4,300 digits, or a finite float.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object; its keys are unique and sorted by code point, as the ledger writes them.
    Object(BTreeMap<String, Self>),
}

impl Json {
    /// Returns the text if the value is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Makes an object from its members.
    pub(crate) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Makes an array of strings.
    pub(crate) fn strings<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::Array(texts.into_iter().map(|text| Self::String(text.into())).collect())
    }
}

/// Returns a `serde_json` object with one more member. Any other value is returned unchanged.
pub(crate) fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
    object
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<usize> for Json {
    fn from(count: usize) -> Self {
        Self::Number(count.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_string_has_text() {
        assert_eq!(Json::from("a").as_str(), Some("a"));
        assert_eq!(Json::from(1).as_str(), None);
    }
}
