//! The journal: what happened to each surface, and what follows from it. Where it is kept is for an edge
//! to know.

mod chain;
mod event;
mod fault;
mod history;
#[cfg(test)]
mod theorems;

#[cfg(feature = "cli")]
use std::collections::BTreeSet;

use crate::digest::Digest;

pub use event::{DocumentName, Event};
pub use fault::JournalFault;
pub use history::{Dossier, History, IntakeRefusal, Step};

/// The answers of a file of events that a reviewer withdrew, as far as its lines can be read.
#[cfg(feature = "cli")]
pub(crate) fn withdrawn_in(events: &[u8]) -> BTreeSet<DocumentName> {
    let lines =
        events.split(|byte| *byte == b'\n').map_while(|line| std::str::from_utf8(line).ok());
    let (mut withdrawn, mut latest) = (BTreeSet::new(), None);
    for event in lines.map_while(|line| Event::read_line(line).ok()) {
        if !event.is_review() {
            latest = event.document();
        } else if event.lane().is_withheld() {
            withdrawn.extend(latest.take());
        }
    }
    withdrawn
}

/// How many bytes of a surface's id its folder shows.
const SHOWN: usize = 80;

/// The name of a surface's folder in the journal: as much of its id as a file name may show, and what tells it
/// from every other.
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
    let name: String = surface_id.bytes().take(SHOWN).map(shown).collect();
    let hex = Digest::of(surface_id.as_bytes()).hex();
    let (tail, _) = hex.split_at(hex.len() / 2);
    format!("{name}.{tail}")
}
