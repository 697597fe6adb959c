//! Compares today's journal and inputs with those of a git revision.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use crate::escape;
use crate::inputs::{OwnerRequests, Surface};
use crate::io::error::FileError;
use crate::io::files;
use crate::io::git::{self, GitError, Object};
use crate::io::signatures::AllowedSigners;
use crate::io::store::Folder;
use crate::journal::{DocumentName, JournalLog, JournalSkim, journal_folder};
use crate::json::{DocumentError, Json};
use crate::ledger::LedgerDocument;
use crate::words::names::{ALLOWED_SIGNERS, EVENTS, JOURNAL, SIGNATURE};
use crate::words::{AcceptanceField, ProgressFlag, VerifyCode};

use super::Compared;
use super::findings::{Verification, VerifyFinding};
use crate::cli::failure::{Failure, Failures};
use crate::cli::repository::{Repository, read_signers};
use crate::io::workers::in_parallel;

/// How many files of the journal a thread compares at a time.
const FILES_A_THREAD: usize = 64;

/// The files of the journal and the inputs at a revision.
pub(super) struct AtRevision {
    root: PathBuf,
    revision: String,
    /// The full commit id. The revision is resolved once, so that all files come from the same commit.
    commit: String,
    /// By the path from the root. Their contents are read only where the ids do not decide.
    objects: BTreeMap<String, Object>,
}

impl AtRevision {
    /// Lists the files of a revision. Fails if git cannot resolve the revision or list the files.
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
            .and_then(|commit| Ok((git::objects_at(root, &commit, &paths)?, commit)));
        let (objects, commit) = read.map_err(|error| failure(revision, error))?;
        Ok(Self { root: root.clone(), revision: revision.to_owned(), commit, objects })
    }

    /// Reads the contents of these files of the revision. A name that the revision does not have is left out.
    fn contents<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<HashMap<&'n str, Vec<u8>>, Failure> {
        let found: Vec<_> =
            names.into_iter().filter_map(|name| Some((name, self.objects.get(name)?))).collect();
        let read = git::contents_of(&self.root, found.iter().map(|(_, object)| *object));
        let read = read.map_err(|error| failure(&self.revision, error))?;
        Ok(found.into_iter().map(|(name, _)| name).zip(read).collect())
    }

    /// The list of allowed signers at the revision. `verify` uses this list, so that a change cannot allow its own
    /// signatures.
    pub(super) fn allowed_signers(&self) -> Result<Option<AllowedSigners>, Failure> {
        let contents = self.contents([ALLOWED_SIGNERS])?;
        let bytes = contents.get(ALLOWED_SIGNERS);
        bytes.map(|bytes| read_signers(&self.path_of(ALLOWED_SIGNERS), bytes)).transpose()
    }

    /// Lists the files that the revision has at or below a path.
    fn at_or_below(&self, path: &str) -> impl Iterator<Item = (&str, &Object)> {
        self.objects
            .range(path.to_owned()..)
            .take_while(move |(name, _)| name.starts_with(path))
            .map(|(name, object)| (name.as_str(), object))
    }

    /// Notes which revision is compared.
    pub(super) fn note(&self, report: &mut Verification) {
        report.note(&format!("history checked since {}, commit {}", self.revision, self.commit));
        if self.at_or_below(JOURNAL).next().is_none() {
            report.note(&format!("{} has no journal: there is no history to check", self.revision));
        }
    }

    /// Lists the files of a surface's folder that may have changed since the revision, by their paths from the root.
    /// `name` is the name of the folder, `folder` is read and `log` replayed from it today.
    pub(super) fn doubtful_in(&self, name: &str, folder: &Folder, log: &JournalLog) -> Vec<&str> {
        let below = format!("{JOURNAL}/{name}/");
        let files = self.at_or_below(&below);
        let doubtful = files.filter(|(path, object)| !is_unchanged(path, object, folder, log));
        doubtful.map(|(path, _)| path).collect()
    }

    /// Reports what was in the journal of the revision and has changed since. Events may only be added. A document must
    /// stay, unless a reviewer withdrew it.
    ///
    /// `compared` are the surface folders that are compared already, and `doubtful` is what [`Self::doubtful_in`] found in
    /// them.
    pub(super) fn compare_with_today<'s>(
        &'s self,
        repository: &Repository,
        compared: &HashSet<&str>,
        mut doubtful: Vec<&'s str>,
        report: &mut Verification,
    ) -> Result<(), Failures> {
        let path_of = |name: &str| {
            repository
                .journal
                .path(name.strip_prefix(JOURNAL).unwrap_or(name).trim_start_matches('/'))
        };
        // What remains: surfaces that nobody asks about any more, and deleted folders.
        let rest: Vec<_> = self
            .at_or_below(JOURNAL)
            .filter(|(name, _)| folder_of(name).is_none_or(|folder| !compared.contains(folder)))
            .collect();
        let is_same = |(name, object): &(&str, &Object)| still_begins_with(&path_of(name), object);
        let same = in_parallel(&rest, FILES_A_THREAD, is_same, |_| ());
        for ((name, _), is_same) in rest.iter().zip(same) {
            if !is_same? {
                doubtful.push(*name);
            }
        }
        doubtful.sort_unstable();
        // What an event keeps, the events of the same folder say.
        let events: Vec<String> = doubtful.iter().map(|name| events_beside(name)).collect();
        let names: BTreeSet<_> =
            doubtful.iter().copied().chain(events.iter().map(String::as_str)).collect();
        let contents = self.contents(names)?;
        for name in doubtful {
            let Some(before) = contents.get(name) else { continue };
            let path = path_of(name);
            let now = files::read_if_exists(&path)?;
            let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
            let events = contents.get(events_beside(name).as_str());
            let message = if file == EVENTS {
                // Lines from the first broken one on were not events, and a repair may have replaced them: a torn last
                // line, for example. `verify` at that revision reports them. Line breaks are judged in `journal/chain.rs`.
                let whole = before.get(..JournalSkim::read(before).whole).unwrap_or(before);
                let begins_so = |now: &Vec<u8>| now.starts_with(whole);
                let is_prefix = now.as_ref().map_or(whole.is_empty(), begins_so);
                (!is_prefix).then_some("existing lines have changed")
            } else if events.is_some_and(|events| is_kept_by(events, file)) {
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
        Ok(())
    }

    /// Reports surfaces with an answer or an acceptance that are no longer asked about, although their files exist.
    pub(super) fn find_vanished(
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
        let today: HashMap<&str, &Surface> = repository
            .requests
            .surfaces()
            .iter()
            .map(|surface| (surface.surface_id(), surface))
            .collect();
        let is_asked_about = |surface: &Surface| {
            let now = today.get(surface.surface_id());
            now.is_some_and(|now| source_of(now) == source_of(surface))
        };
        let vanished: Vec<_> =
            then.surfaces().iter().filter(|surface| !is_asked_about(surface)).collect();
        // The ledger of the revision is large, and mostly nothing vanished.
        let ledger = if vanished.is_empty() {
            None
        } else {
            self.parse(&args.ledger, LedgerDocument::parse)?
        };
        let accepted: HashSet<&str> = ledger
            .iter()
            .flat_map(LedgerDocument::entries)
            .filter(|entry| entry.has(ProgressFlag::OwnerResponseAccepted))
            .map(|entry| entry.surface().surface_id())
            .collect();
        for surface in vanished {
            let id = surface.surface_id();
            let folder = format!("{JOURNAL}/{}/", journal_folder(id));
            let has_journal = self.at_or_below(&folder).next().is_some();
            if !(has_journal || accepted.contains(id)) {
                continue;
            }
            let path = source_of(surface);
            let what = match today.get(id) {
                None => "had an owner request",
                Some(_) => "had an owner request for another file",
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
        let contents = self.contents([name.as_str()])?;
        let Some(bytes) = contents.get(name.as_str()) else { return Ok(None) };
        let error = |error| Failure::document(&self.path_of(&name), error);
        parse(bytes).map(Some).map_err(error)
    }

    /// The name of a file of the revision, as git writes it: `REV:PATH`.
    fn path_of(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}:{name}", self.revision))
    }
}

fn failure(revision: &str, error: GitError) -> Failure {
    Failure::Usage {
        message: format!("--since {}: {error}", escape::for_terminal(revision)),
        next_step: match error {
            GitError::OtherRepository => {
                "set --root to the real path of the folder, in a clone of its own repository"
            }
            GitError::NoRepository => "run `git status` there and fix what it reports",
            GitError::Ambiguous => {
                "write the full name, such as refs/remotes/origin/main, and find out who made the other ref"
            }
            GitError::PartialClone => {
                "fetch all files with `git fetch --refetch --no-filter`, or make a clone without --filter"
            }
            _ => "name a revision that this clone has; if the clone is shallow, run `git fetch` first",
        }
        .to_owned(),
    }
}

/// As [`still_begins_with`], for a file of a surface's folder that is read and replayed. A document is compared with its
/// name: if the revision had it altered, today's right bytes count as unchanged.
fn is_unchanged(path: &str, object: &Object, folder: &Folder, log: &JournalLog) -> bool {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    if file == EVENTS {
        let begin = folder.dossier.events.get(..object.size);
        return begin.is_some_and(|begin| object.is_of(begin));
    }
    if let Some(name) = DocumentName::parse(file) {
        // The name of a document is the digest of its content, and replay has checked the documents that events keep.
        let has_fault = log.faults().iter().any(|fault| fault.document() == Some(name));
        return log.keeps(name) && !has_fault && folder.dossier.documents.contains_key(&name);
    }
    let signed = file.strip_suffix(SIGNATURE).and_then(DocumentName::parse);
    let signature = signed.and_then(|name| folder.signatures.get(&name));
    signature.is_some_and(|signature| object.is_of(signature))
}

/// Whether today's file has the content of the object: a file of events may go on after it, any other file is equal.
/// False does not say that it differs: a repair may have changed it, or a reviewer may have withdrawn it.
fn still_begins_with(path: &Path, object: &Object) -> Result<bool, FileError> {
    let now = files::read_if_exists(path)?;
    let now = now.as_deref().and_then(|now| {
        let is_events = path.file_name().is_some_and(|name| name == EVENTS);
        now.get(..if is_events { object.size } else { now.len() })
    });
    Ok(now.is_some_and(|now| object.is_of(now)))
}

/// The name of the folder of a file of the journal; `None` for a file that is in no folder of its own.
fn folder_of(name: &str) -> Option<&str> {
    let (folder, _) = name.strip_prefix(JOURNAL)?.strip_prefix('/')?.split_once('/')?;
    Some(folder)
}

/// The name of the events in the folder of a file of the journal.
fn events_beside(name: &str) -> String {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{EVENTS}")
}

/// Whether an event keeps a document, or the document that a signature belongs to.
fn is_kept_by(events: &[u8], file: &str) -> bool {
    let name = DocumentName::parse(file.strip_suffix(SIGNATURE).unwrap_or(file));
    name.is_some_and(|name| JournalSkim::read(events).kept.contains(&name))
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
