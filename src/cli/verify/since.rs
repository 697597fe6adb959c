//! The journal of today against the journal of a git revision.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::edges::files;
use crate::edges::git;
use crate::edges::journal::{EVENTS, JOURNAL, SIGNATURE};
use crate::edges::signatures::{ALLOWED_SIGNERS, AllowedSigners};
use crate::journal::{DocumentName, withdrawn_in};
use crate::words::VerifyCode;

use super::super::failure::{Failure, Failures};
use super::super::repository::{Repository, read_signers};
use super::findings::{Finding, Report};

/// What the journal held at a revision, by the path from the root.
pub(super) struct Before {
    revision: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Before {
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
        let today = |path: &Path| {
            if path.is_file() { files::read(path).map(Some) } else { Ok(None) }
        };
        for (name, before) in &self.files {
            let Some(below) = name.strip_prefix(JOURNAL) else { continue };
            let path = repository.journal.path(below.trim_start_matches('/'));
            let now = today(&path)?;
            let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
            let message = match now {
                Some(now) if file == EVENTS => {
                    // A line that was torn then is no event now.
                    let whole =
                        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                    let whole = before.get(..whole).unwrap_or(before);
                    (!now.starts_with(whole)).then_some("lines that were there have changed")
                }
                Some(now) => (now != *before).then_some("the file has changed"),
                None if file != EVENTS && is_withdrawn(&path, file)? => None,
                None => (!before.is_empty()).then_some("the file is gone"),
            };
            if let Some(message) = message {
                let message = format!("{message} since {}", self.revision);
                report.add(Finding::new(VerifyCode::HistoryRewritten, &path, message));
            }
        }
        Ok(())
    }
}

/// Whether the events beside a document say that a reviewer withdrew it.
fn is_withdrawn(path: &Path, file: &str) -> Result<bool, Failure> {
    let Some(name) = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file)) else {
        return Ok(false);
    };
    let events: PathBuf = path.with_file_name(EVENTS);
    Ok(events.is_file() && withdrawn_in(&files::read(&events)?).contains(&name))
}
