use crate::dice::marker;
use crate::plain::Plain;
use crate::yaml::{as_json, is_yaml};

/// Whether a document contains the marker in a text, a key or a comment, next to ASCII punctuation and blanks only.
pub fn carries_marker(document: &[u8]) -> bool {
    let is_in = |text: &str| is_written_in(text, false);
    let is_read = as_json(document)
        .and_then(|json| Plain::read(json.as_bytes()))
        .is_some_and(|document| document.has_text(&is_in));
    let is_written =
        || std::str::from_utf8(document).is_ok_and(|document| is_written_in(document, true));
    is_read || (is_yaml(document) && is_written())
}

/// Whether a text contains the marker. In the `source` of YAML, a backslash may join the marker with the text next to
/// it, so such a marker does not count.
fn is_written_in(text: &str, is_source: bool) -> bool {
    let marker = marker();
    let is_boundary = |next: Option<u8>| {
        next.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b'_')
    };
    text.match_indices(&marker).any(|(at, _)| {
        let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + marker.len()..]);
        let is_joined =
            is_source && (before.trim_ascii_end().ends_with(b"\\") || after.starts_with(b"\\"));
        !is_joined && is_boundary(before.last().copied()) && is_boundary(after.first().copied())
    })
}
