//! Compares today's journal and inputs with those of a git revision.

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

use super::Compared;
use super::findings::{Verification, VerifyFinding};
use crate::cli::failure::{Failure, Failures};
use crate::cli::repository::{Repository, read_signers};

/// The files of the journal and the inputs at a revision, by their path from the root.
pub(super) struct AtRevision {
    revision: String,
    /// The full commit id. The revision is resolved once, so that all files come from the same commit.
    commit: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl AtRevision {
    /// Reads the files of a revision. Fails if git cannot resolve the revision or read the files.
    pub(super) fn read(
        args: &Compared,
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
                git::GitError::OtherRepository => {
                    "set --root to the real path of the folder, in a clone of its own repository"
                }
                git::GitError::NoRepository => {
                    "run `git status` there and fix what it reports"
                }
                git::GitError::Ambiguous => {
                    "write the full name, such as refs/remotes/origin/main, and find out who made the other ref"
                }
                _ => "name a revision that this clone has; if the clone is shallow, run `git fetch` first",
            }
            .to_owned(),
        })?;
        Ok(Self { revision: revision.to_owned(), commit, files })
    }

    /// The list of allowed signers at the revision. `verify` uses this list, so that a change cannot allow its own
    /// signatures.
    pub(super) fn allowed_signers(&self) -> Result<Option<AllowedSigners>, Failure> {
        let bytes = self.files.get(ALLOWED_SIGNERS);
        bytes.map(|bytes| read_signers(&self.path_of(ALLOWED_SIGNERS), bytes)).transpose()
    }

    /// Reports what was in the revision and has changed since.
    ///
    /// Events may only be added. A document must stay, unless a reviewer withdrew it. A surface with an answer must be
    /// asked about as long as its file exists.
    pub(super) fn compare_with_today(
        &self,
        args: &Compared,
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
            let now = files::read_if_exists(&path)?;
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            let message = if file == EVENTS {
                // Lines from the first broken one on were not events, and a repair may have replaced them: a torn last
                // line, for example. `verify` at that revision reports them. Line breaks are judged in `journal/chain.rs`.
                let whole = before.get(..JournalSkim::read(before).whole).unwrap_or(before);
                let begins_so = |now: &Vec<u8>| now.starts_with(whole);
                let is_prefix = now.as_ref().map_or(whole.is_empty(), begins_so);
                (!is_prefix).then_some("existing lines have changed")
            } else if self.is_kept_at_revision(folder, file) {
                match now {
                    Some(now) => (now != *before).then_some("the file has changed"),
                    None if is_withdrawn(&path, file)? => None,
                    None => Some("the file has been deleted"),
                }
            } else {
                // No event kept this file, so it may be removed.
                None
            };
            if let Some(message) = message {
                let message = format!("{message} since {}", self.revision);
                report.add(VerifyFinding::new(VerifyCode::HistoryRewritten, &path, message));
            }
        }
        // A branch that is behind `origin/main` lacks its last events. That looks like rewritten history, and only a
        // person can tell which of the two it is.
        let is_rewritten = report.has(VerifyCode::HistoryRewritten);
        let base = is_rewritten.then(|| git::fork_point(&repository.root, &self.commit)).flatten();
        if let Some(base) = base {
            report.note(&format!(
                "{} has commits that this checkout does not have. If the branch is only behind, compare with the commit where it began: --since {base}",
                self.revision
            ));
        }
        self.find_vanished(args, repository, report)
    }

    /// Reports surfaces with an answer or an acceptance that are no longer asked about, although their files exist.
    fn find_vanished(
        &self,
        args: &Compared,
        repository: &Repository,
        report: &mut Verification,
    ) -> Result<(), Failures> {
        let requests = args.inputs.owner_request_report();
        let Some(then) = self.parse(requests, OwnerRequests::parse)? else {
            report.note(&format!(
                "{} has no owner requests: surfaces that vanished since then cannot be found",
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
                None => "had an owner request",
                Some(now) if source_of(now) != path => "had an owner request for another file",
                Some(_) => continue,
            };
            let is_there = match path {
                Some(path) => {
                    files::metadata_if_exists(&args.inputs.below_root(Path::new(path)))?.is_some()
                }
                // If the request names no path, the file cannot be shown to be gone.
                None => true,
            };
            if is_there {
                let message = format!(
                    "the surface {id:?} {what} in {}, and that file still exists",
                    self.revision
                );
                let path = args.inputs.owner_requests();
                report.add(VerifyFinding::new(VerifyCode::SurfaceVanished, &path, message));
            }
        }
        Ok(())
    }

    /// Parses a document of the revision; `None` if the revision does not have it.
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

    /// The name of a file of the revision, as git writes it: `REV:PATH`.
    fn path_of(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}:{name}", self.revision))
    }

    /// Whether an event of the revision keeps this document, or the document that this signature belongs to.
    fn is_kept_at_revision(&self, folder: &str, file: &str) -> bool {
        let events = self.files.get(&format!("{folder}/{EVENTS}"));
        let name = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file));
        events
            .zip(name)
            .is_some_and(|(events, name)| JournalSkim::read(events).kept.contains(&name))
    }
}

/// Whether an event in the same folder says that a reviewer withdrew the document.
fn is_withdrawn(path: &Path, file: &str) -> Result<bool, Failure> {
    let Some(name) = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file)) else {
        return Ok(false);
    };
    let events = files::read_if_exists(&path.with_file_name(EVENTS))?;
    Ok(events.is_some_and(|events| JournalSkim::read(&events).withdrawn.contains(&name)))
}

/// A path below the root as git writes it; `None` if the path leaves the root or is not UTF-8.
fn below_root(path: &Path) -> Option<String> {
    let part = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    let parts: Option<Vec<_>> =
        path.components().filter(|part| *part != Component::CurDir).map(part).collect();
    Some(parts?.join("/"))
}

/// The path of a surface's file, as the owner request gives it.
fn source_of(surface: &Surface) -> Option<&str> {
    surface.descriptor(AcceptanceField::RepoSourcePath).and_then(Json::as_str)
}
