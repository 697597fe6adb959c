//! The layout of JSON output: line breaks and escapes. What it contains is in each command's `to_json`.

use serde_json::Value;

use crate::escape;

/// Formats a JSON value with indents and a final newline. Characters that could control a terminal are escaped.
pub(in crate::cli) fn document(value: &Value) -> String {
    escape::for_json(&format!("{value:#}\n"))
}
