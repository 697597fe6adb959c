//! The journal: what happened to each surface, and what follows from it. Where it is kept is for an edge
//! to know.

mod chain;
mod event;
mod fault;
mod history;
mod replay;
#[cfg(test)]
mod theorems;

#[cfg(feature = "cli")]
use std::collections::BTreeSet;

use crate::digest::Digest;

#[cfg(feature = "cli")]
use chain::Chain;
pub use event::{DocumentName, Event};
pub use fault::JournalFault;
pub use history::{BrokenJournal, Dossier, History, IntakeRefusal, JournalLog, Step};

/// What a file of events says by itself, as far as its lines can be read: for the journal of a revision, or of a
/// surface that is no longer asked about.
#[cfg(feature = "cli")]
#[derive(Debug, Default)]
pub(crate) struct Skimmed {
    /// How many bytes hold whole events.
    pub(crate) whole: usize,
    /// The documents that events keep.
    pub(crate) kept: BTreeSet<DocumentName>,
    /// The answers that a reviewer withdrew.
    pub(crate) withdrawn: BTreeSet<DocumentName>,
    /// The first line that is not the next event of the chain, if any.
    pub(crate) fault: Option<JournalFault>,
}

#[cfg(feature = "cli")]
impl Skimmed {
    pub(crate) fn read(events: &[u8]) -> Self {
        let mut skimmed = Self::default();
        let chain = Chain::of_any_candidate(events);
        let mut latest = None;
        for event in chain.links.iter().map(|link| &link.event) {
            skimmed.kept.extend(event.document());
            if !event.is_review() {
                latest = event.document();
            } else if event.lane().is_withheld() {
                skimmed.withdrawn.extend(latest.take());
            }
        }
        skimmed.kept.retain(|name| !skimmed.withdrawn.contains(name));
        Self { whole: chain.whole_bytes, fault: chain.fault, ..skimmed }
    }
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
