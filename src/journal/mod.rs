//! The journal: the events of each surface, and the candidate that follows from them.
//!
//! This module reads and writes no file. An edge stores what it returns.

mod chain;
mod event;
mod fault;
mod folder;
mod history;
mod replay;
#[cfg(feature = "cli")]
mod skim;
mod step;
#[cfg(test)]
mod theorems;

pub use event::{DocumentName, Event};
pub use fault::JournalFault;
pub use folder::journal_folder;
pub use history::{BrokenJournal, Dossier, History, IntakeRefusal, JournalLog};
#[cfg(feature = "cli")]
pub(crate) use skim::JournalSkim;
pub use step::Step;
