//! The journal: what happened to each surface, and what follows from it. Where it is kept is for an edge
//! to know.

mod chain;
mod event;
mod fault;
mod history;
mod replay;
#[cfg(feature = "cli")]
mod skim;
mod step;
#[cfg(test)]
mod theorems;

use crate::digest::Digest;

pub use event::{DocumentName, Event};
pub use fault::JournalFault;
pub use history::{BrokenJournal, Dossier, History, IntakeRefusal, JournalLog};
#[cfg(feature = "cli")]
pub(crate) use skim::JournalSkim;
pub use step::Step;

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
