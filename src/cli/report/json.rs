//! JSON, for programs.

use serde_json::Value;

use crate::escape;

/// A document on lines of its own. Whatever could steer a terminal is escaped.
pub(in crate::cli) fn document(value: &Value) -> String {
    escape::for_json(&format!("{value:#}\n"))
}
