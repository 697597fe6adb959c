//! The name of a surface's folder in the journal.

use crate::digest::Digest;

/// How many bytes of the surface's id go into the name of its folder. The id itself can be longer than a file name
/// may be. Stored journals depend on this number: with another one, their folders are not found.
const SHOWN_BYTES: usize = 80;

/// Returns the name of a surface's folder in the journal: the beginning of the id, a dot, and half of the id's digest.
///
/// In the id, each byte outside `a-z0-9_-` becomes `_`. So two ids can look the same. The digest makes the name unique.
///
/// ```
/// use acceptance_ledger::journal_folder;
///
/// let folder = journal_folder("prometheus_rules:prometheus/alert.rules");
/// assert!(folder.starts_with("prometheus_rules_prometheus_alert_rules."));
/// ```
#[must_use]
pub fn journal_folder(surface_id: &str) -> String {
    let shown = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte),
        _ => '_',
    };
    let name: String = surface_id.bytes().take(SHOWN_BYTES).map(shown).collect();
    let hex = Digest::of(surface_id.as_bytes()).hex();
    let (tail, _) = hex.split_at(hex.len() / 2);
    format!("{name}.{tail}")
}
