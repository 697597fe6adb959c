//! Reads a file of events without replaying it.

use std::collections::BTreeSet;

use super::chain::Chain;
use super::event::DocumentName;
use super::fault::JournalFault;

/// What a file of events says by itself, up to the first line that breaks the chain.
///
/// It is for journals that cannot be replayed: the journal of a git revision, or of a surface that is no longer asked
/// about.
#[derive(Debug, Default)]
pub(crate) struct JournalSkim {
    /// How many bytes of the file are whole events.
    pub(crate) whole: usize,
    /// The documents that events keep, without the withdrawn answers.
    pub(crate) kept: BTreeSet<DocumentName>,
    /// The answers that a reviewer withdrew.
    pub(crate) withdrawn: BTreeSet<DocumentName>,
    /// The first line that is not the next event of the chain, if any.
    pub(crate) fault: Option<JournalFault>,
}

impl JournalSkim {
    /// Reads the bytes of a file of events.
    pub(crate) fn read(events: &[u8]) -> Self {
        let mut skim = Self::default();
        let chain = Chain::of_any_candidate(events);
        let mut latest = None;
        for event in chain.links.iter().map(|link| &link.event) {
            skim.kept.extend(event.document());
            if !event.is_review() {
                latest = event.document();
            } else if event.lane().is_withheld() {
                skim.withdrawn.extend(latest.take());
            }
        }
        skim.kept.retain(|name| !skim.withdrawn.contains(name));
        Self { whole: chain.whole_bytes, fault: chain.fault, ..skim }
    }
}
