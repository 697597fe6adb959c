//! The journal of today against the journal of a git revision.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::edges::files;
use crate::edges::git;
use crate::edges::journal::{EVENTS, JOURNAL, SIGNATURE};
use crate::edges::signatures::{ALLOWED_SIGNERS, AllowedSigners};
use crate::journal::{DocumentName, Skimmed};
use crate::words::VerifyCode;

use super::super::failure::{Failure, Failures};
use super::super::repository::{Repository, read_signers};
use super::findings::{Finding, Report};

/// What the journal held at a revision, by the path from the root.
pub(super) struct AtRevision {
    revision: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl AtRevision {
    pub(super) fn read(repository: &Repository, revision: &str) -> Result<Self, Failure> {
        let files = git::files_at(&repository.root, revision, &[JOURNAL, ALLOWED_SIGNERS])
            .map_err(|error| Failure::Usage {
                message: format!("--since: {error}"),
                next_step:
                    "name a revision that this clone has; a shallow one needs `git fetch` first"
                        .to_owned(),
            })?;
        Ok(Self { revision: revision.to_owned(), files })
    }

    /// Who was allowed to sign at the revision: a change cannot allow its own signatures.
    pub(super) fn allowed_signers(&self) -> Result<Option<AllowedSigners>, Failure> {
        let path = format!("{}:{ALLOWED_SIGNERS}", self.revision);
        let bytes = self.files.get(ALLOWED_SIGNERS);
        bytes.map(|bytes| read_signers(Path::new(&path), bytes)).transpose()
    }

    /// Finds what was there and has changed. Events may only be added; a document stays, unless a reviewer withdrew
    /// it.
    pub(super) fn hold_against_today(
        &self,
        repository: &Repository,
        report: &mut Report,
    ) -> Result<(), Failures> {
        for (name, before) in &self.files {
            let Some(below) = name.strip_prefix(JOURNAL) else { continue };
            let path = repository.journal.path(below.trim_start_matches('/'));
            let now = if path.is_file() { Some(files::read(&path)?) } else { None };
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            let message = if file == EVENTS {
                // What was torn then is no event now.
                let whole = before.get(..Skimmed::read(before).whole).unwrap_or(before);
                let begins_so = |now: &Vec<u8>| now.starts_with(whole);
                let is_prefix = now.as_ref().map_or(whole.is_empty(), begins_so);
                (!is_prefix).then_some("lines that were there have changed")
            } else if self.is_kept_at_revision(folder, file) {
                match now {
                    Some(now) => (now != *before).then_some("the file has changed"),
                    None if is_withdrawn(&path, file)? => None,
                    None => Some("the file is gone"),
                }
            } else {
                // What no event kept may go.
                None
            };
            if let Some(message) = message {
                let message = format!("{message} since {}", self.revision);
                report.add(Finding::new(VerifyCode::HistoryRewritten, &path, message));
            }
        }
        Ok(())
    }

    /// Whether an event of the revision keeps the document, or what the file signs.
    fn is_kept_at_revision(&self, folder: &str, file: &str) -> bool {
        let events = self.files.get(&format!("{folder}/{EVENTS}"));
        let name = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file));
        events.zip(name).is_some_and(|(events, name)| Skimmed::read(events).kept.contains(&name))
    }
}

/// Whether the events beside a document say that a reviewer withdrew it.
fn is_withdrawn(path: &Path, file: &str) -> Result<bool, Failure> {
    let Some(name) = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file)) else {
        return Ok(false);
    };
    let events: PathBuf = path.with_file_name(EVENTS);
    Ok(events.is_file() && Skimmed::read(&files::read(&events)?).withdrawn.contains(&name))
}
