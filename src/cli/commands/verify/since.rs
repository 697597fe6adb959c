//! The journal and the inputs of today against those of a git revision.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use crate::escape;
use crate::inputs::{OwnerRequests, Surface};
use crate::io::signatures::AllowedSigners;
use crate::io::{files, git};
use crate::journal::{DocumentName, JournalSkim, journal_folder};
use crate::json::{DocumentError, Json};
use crate::ledger::LedgerDocument;
use crate::words::names::{ALLOWED_SIGNERS, EVENTS, JOURNAL, SIGNATURE};
use crate::words::{AcceptanceField, ProgressFlag, VerifyCode};

use super::Args;
use super::findings::{Verification, VerifyFinding};
use crate::cli::failure::{Failure, Failures};
use crate::cli::repository::{Repository, read_signers};

/// What the journal and the inputs held at a revision, by the path from the root.
pub(super) struct AtRevision {
    revision: String,
    /// What the revision is, in full: resolved once.
    commit: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl AtRevision {
    pub(super) fn read(
        args: &Args,
        repository: &Repository,
        revision: &str,
    ) -> Result<Self, Failure> {
        let root = &repository.root;
        let inputs = [args.inputs.owner_request_report(), &args.ledger].into_iter();
        let inputs: Vec<_> = inputs.filter_map(below_root).collect();
        let paths = inputs.iter().map(String::as_str).chain([JOURNAL, ALLOWED_SIGNERS]);
        let paths: Vec<_> = paths.collect();
        let read = git::resolve(root, revision)
            .and_then(|commit| Ok((git::files_at(root, &commit, &paths)?, commit)));
        let (files, commit) = read.map_err(|error| Failure::Usage {
            message: format!("--since {}: {error}", escape::for_terminal(revision)),
            next_step: match error {
                git::GitError::Elsewhere => {
                    "name the folder by its own path, in a clone of its own repository"
                }
                git::GitError::Ambiguous => {
                    "write it in full, as in refs/remotes/origin/main, and find out who made the other ref"
                }
                _ => "name a revision that this clone has; a shallow one needs `git fetch` first",
            }
            .to_owned(),
        })?;
        Ok(Self { revision: revision.to_owned(), commit, files })
    }

    /// Who was allowed to sign at the revision: a change cannot allow its own signatures.
    pub(super) fn allowed_signers(&self) -> Result<Option<AllowedSigners>, Failure> {
        let bytes = self.files.get(ALLOWED_SIGNERS);
        bytes.map(|bytes| read_signers(&self.path_of(ALLOWED_SIGNERS), bytes)).transpose()
    }

    /// Finds what was there and has changed. Events may only be added; a document stays, unless a reviewer withdrew
    /// it; a surface that somebody answered for is asked about as long as its file is there.
    pub(super) fn compare_with_today(
        &self,
        args: &Args,
        repository: &Repository,
        report: &mut Verification,
    ) -> Result<(), Failures> {
        report.note(&format!("history checked since {}, commit {}", self.revision, self.commit));
        if !self.files.keys().any(|name| name.starts_with(JOURNAL)) {
            report.note(&format!("{} has no journal: there is no history to check", self.revision));
        }
        for (name, before) in &self.files {
            let Some(below) = name.strip_prefix(JOURNAL) else { continue };
            let path = repository.journal.path(below.trim_start_matches('/'));
            let now = files::read_if_there(&path)?;
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            let message = if file == EVENTS {
                // What was torn then is no event now.
                let whole = before.get(..JournalSkim::read(before).whole).unwrap_or(before);
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
                report.add(VerifyFinding::new(VerifyCode::HistoryRewritten, &path, message));
            }
        }
        self.find_vanished(args, repository, report)
    }

    /// Finds surfaces that somebody answered for and nobody asks about any more, though their files are there.
    fn find_vanished(
        &self,
        args: &Args,
        repository: &Repository,
        report: &mut Verification,
    ) -> Result<(), Failures> {
        let requests = args.inputs.owner_request_report();
        let Some(then) = self.parse(requests, OwnerRequests::parse)? else {
            report.note(&format!(
                "{} has no owner requests: surfaces that vanished since are not found",
                self.revision
            ));
            return Ok(());
        };
        let ledger = self.parse(&args.ledger, LedgerDocument::parse)?;
        let accepted: HashSet<&str> = ledger
            .iter()
            .flat_map(LedgerDocument::entries)
            .filter(|entry| entry.has(ProgressFlag::OwnerResponseAccepted))
            .map(|entry| entry.surface().surface_id())
            .collect();
        let today: HashMap<&str, &Surface> = repository
            .requests
            .surfaces()
            .iter()
            .map(|surface| (surface.surface_id(), surface))
            .collect();
        for surface in then.surfaces() {
            let id = surface.surface_id();
            let folder = format!("{JOURNAL}/{}/", journal_folder(id));
            let has_journal = self.files.keys().any(|name| name.starts_with(&folder));
            if !(has_journal || accepted.contains(id)) {
                continue;
            }
            let path = source_of(surface);
            let what = match today.get(id) {
                None => "was asked about",
                Some(now) if source_of(now) != path => "was asked about for another file",
                Some(_) => continue,
            };
            let is_there = match path {
                Some(path) => files::look(&args.inputs.below_root(Path::new(path)))?.is_some(),
                // Of a surface without a path nobody can say that its file is gone.
                None => true,
            };
            if is_there {
                let message = format!(
                    "the surface {id:?} {what} in {}, and that file is still there",
                    self.revision
                );
                let path = args.inputs.owner_requests();
                report.add(VerifyFinding::new(VerifyCode::SurfaceVanished, &path, message));
            }
        }
        Ok(())
    }

    /// A document of the revision; `None` where there was none.
    fn parse<T>(
        &self,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, DocumentError>,
    ) -> Result<Option<T>, Failure> {
        let Some(name) = below_root(path) else { return Ok(None) };
        let Some(bytes) = self.files.get(&name) else { return Ok(None) };
        let error = |error| Failure::document(&self.path_of(&name), error);
        parse(bytes).map(Some).map_err(error)
    }

    /// A file of the revision, as git names it.
    fn path_of(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}:{name}", self.revision))
    }

    /// Whether an event of the revision keeps the document, or what the file signs.
    fn is_kept_at_revision(&self, folder: &str, file: &str) -> bool {
        let events = self.files.get(&format!("{folder}/{EVENTS}"));
        let name = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file));
        events
            .zip(name)
            .is_some_and(|(events, name)| JournalSkim::read(events).kept.contains(&name))
    }
}

/// Whether the events beside a document say that a reviewer withdrew it.
fn is_withdrawn(path: &Path, file: &str) -> Result<bool, Failure> {
    let Some(name) = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file)) else {
        return Ok(false);
    };
    let events = files::read_if_there(&path.with_file_name(EVENTS))?;
    Ok(events.is_some_and(|events| JournalSkim::read(&events).withdrawn.contains(&name)))
}

/// A path below the root as git names it; `None` where it leads elsewhere.
fn below_root(path: &Path) -> Option<String> {
    let part = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    let parts: Option<Vec<_>> =
        path.components().filter(|part| *part != Component::CurDir).map(part).collect();
    Some(parts?.join("/"))
}

/// The file of a surface, as its request names it.
fn source_of(surface: &Surface) -> Option<&str> {
    surface.descriptor(AcceptanceField::RepoSourcePath).and_then(Json::as_str)
}
