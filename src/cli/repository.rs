//! A repository with its inputs, its journal and its list of allowed signers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::candidate::AnyCandidate;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::io::error::FileError;
use crate::io::signatures::{self, AllowedSigners, SignersError, Unreadable};
use crate::io::store::{Folder, JournalStore};
use crate::journal::{BrokenJournal, History, JournalFault, JournalLog, journal_folder};
use crate::store::{Recorder, StoreError};
use crate::triage::Surfaces;
use crate::words::names::{ALLOWED_SIGNERS, EVENTS};

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::progress::Progress;
use crate::io::workers::in_parallel;

/// Everything that a command about a repository needs.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) root: PathBuf,
    pub(super) inventory: Inventory,
    pub(super) requests: OwnerRequests,
    /// An index of all surfaces. It is built when a command first needs it.
    surfaces: OnceLock<Surfaces>,
    pub(super) journal: JournalStore,
    /// `None` if documents do not have to be signed.
    pub(super) signers: Option<AllowedSigners>,
}

/// The replayed journal of one surface. It is valid or broken.
pub(super) type Replay = Result<History, BrokenJournal>;

/// The events and faults of a journal, whether it is valid or broken.
pub(super) fn log_of(replay: &Replay) -> &JournalLog {
    match replay {
        Ok(history) => history.log(),
        Err(broken) => broken.log(),
    }
}

/// The result of replaying the journals of all surfaces.
#[derive(Debug)]
pub(super) struct Replayed<T> {
    /// The candidates whose journal is valid or absent.
    pub(super) candidates: Vec<AnyCandidate>,
    /// The journals of the surfaces in today's owner requests.
    pub(super) journals: Vec<Journaled<T>>,
    /// Folders of the journal whose surface is no longer in the owner requests.
    pub(super) retired: Vec<String>,
    /// Unexpected files beside the folders.
    pub(super) unknown_files: Vec<PathBuf>,
}

/// The part of a surface's journal that a command needs.
#[derive(Debug)]
pub(super) struct Journaled<T> {
    pub(super) folder: String,
    pub(super) faults: Vec<JournalFault>,
    /// What the command's own `look` function returned for it.
    pub(super) seen: T,
}

impl<T> Replayed<T> {
    /// Whether any journal is broken. If one is, no ledger can be made.
    pub(super) fn is_broken(&self) -> bool {
        let mut faults = self.journals.iter().flat_map(|journal| &journal.faults);
        faults.any(|fault| fault.code().breaks_replay())
    }
}

/// Fewer folders than this are read without extra threads: starting threads would take longer.
const FOLDERS_WORTH_A_THREAD: usize = 32;

/// How many surfaces a thread takes at a time. The number is small, so that all threads end at about the same time.
const SURFACES_A_THREAD: usize = 64;

impl Repository {
    /// Reads the inputs and the list of allowed signers.
    pub(super) fn open(inputs: &InputArgs) -> Result<Self, Failures> {
        let (inventory, requests) = inputs.read()?;
        Self::of(inputs, inventory, requests)
    }

    /// Opens the repository with inputs that are already parsed.
    pub(super) fn of(
        inputs: &InputArgs,
        inventory: Inventory,
        requests: OwnerRequests,
    ) -> Result<Self, Failures> {
        let root = inputs.root().to_owned();
        let journal = JournalStore::below(&root);
        journal.check_path()?;
        Ok(Self {
            surfaces: OnceLock::new(),
            journal,
            signers: allowed_signers(&root)?,
            inventory,
            requests,
            root,
        })
    }

    /// All surfaces that owners are asked about.
    pub(super) fn surfaces(&self) -> &Surfaces {
        self.surfaces.get_or_init(|| Surfaces::of(&self.requests))
    }

    /// What replays journals and records steps.
    pub(super) fn recorder(&self) -> Recorder<'_> {
        Recorder {
            root: &self.root,
            journal: &self.journal,
            signers: self.signers.as_ref(),
            surfaces: self.surfaces(),
        }
    }

    /// Replays the journal of one surface. A broken journal is an error.
    pub(super) fn history_of(&self, surface: &Surface) -> Result<(History, Folder), Failures> {
        self.recorder().history_of(surface).map_err(|error| match error {
            StoreError::Broken(broken) => self.failures_of_broken(&broken),
            StoreError::File(error) => error.0.into(),
            // Reading gives no other error.
            other => Failure::Usage { message: other.to_string(), next_step: String::new() }.into(),
        })
    }

    /// The errors of a broken journal.
    pub(super) fn failures_of_broken(&self, broken: &BrokenJournal) -> Failures {
        let name = journal_folder(broken.surface().surface_id());
        let faults = broken.faults().iter().filter(|fault| fault.code().breaks_replay());
        let failures = faults.map(|fault| self.refusal_for(&name, fault));
        Failures::of(failures.collect()).unwrap_or_default()
    }

    /// The error for a fault that stops a command.
    pub(super) fn refusal_for(&self, folder: &str, fault: &JournalFault) -> Failure {
        let path = self.path_of(folder, fault);
        Failure::Refused {
            place: fault.line().map(|line| (line, 1)),
            message: format!("{}: {fault}", fault.code()),
            next_step: fault.code().next_step_for(&path.to_string_lossy()),
            path,
        }
    }

    /// The path of the file that has the fault.
    pub(super) fn path_of(&self, folder: &str, fault: &JournalFault) -> PathBuf {
        let file = fault.document().map_or_else(|| EVENTS.to_owned(), |name| name.to_string());
        self.journal.path(folder).join(file)
    }

    /// Replays the journal of every surface, and makes the candidates. `look` is called for each journal, with the name of
    /// its folder.
    ///
    /// On a terminal, it shows the progress, unless `is_quiet`.
    ///
    /// If no surface has a journal, the surfaces are moved out of `self.requests`, not copied.
    pub(super) fn replay<T: Send>(
        &mut self,
        look: impl Fn(&str, &Replay, &Folder) -> T + Sync,
        is_quiet: bool,
    ) -> Result<Replayed<T>, Failures> {
        let (mut folders, unknown_files) = self.journal.folders()?;
        if folders.is_empty() {
            let surfaces = std::mem::take(&mut self.requests.surfaces);
            let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
            return Ok(Replayed {
                candidates,
                journals: Vec::new(),
                retired: Vec::new(),
                unknown_files,
            });
        }
        let surfaces = self.requests.surfaces();
        // A surface without a journal costs almost nothing, so only the number of folders decides about threads.
        let share = if folders.len() < FOLDERS_WORTH_A_THREAD {
            surfaces.len().max(1)
        } else {
            SURFACES_A_THREAD
        };
        let mut progress = Progress::new("surfaces replayed", Some(surfaces.len()), is_quiet);
        let replay_one = |surface: &Surface| self.replay_one(surface, &folders, &look);
        let replayed = in_parallel(surfaces, share, replay_one, |done| progress.show(done));
        drop(progress);
        let (mut candidates, mut journals) = (Vec::with_capacity(surfaces.len()), Vec::new());
        for one in replayed {
            let (candidate, journal) = one?;
            candidates.extend(candidate);
            journals.extend(journal);
        }
        for journal in &journals {
            folders.remove(&journal.folder);
        }
        Ok(Replayed { candidates, journals, retired: folders.into_iter().collect(), unknown_files })
    }

    /// Replays one surface. A broken journal gives no candidate.
    fn replay_one<T>(
        &self,
        surface: &Surface,
        folders: &BTreeSet<String>,
        look: impl Fn(&str, &Replay, &Folder) -> T,
    ) -> Result<(Option<AnyCandidate>, Option<Journaled<T>>), FileError> {
        let name = journal_folder(surface.surface_id());
        if !folders.contains(&name) {
            return Ok((Some(AnyCandidate::new(surface.clone())), None));
        }
        let (replay, folder) = self.recorder().replay_of(surface)?;
        let faults = log_of(&replay).faults().to_vec();
        let seen = look(&name, &replay, &folder);
        let candidate = replay.ok().map(History::into_candidate);
        Ok((candidate, Some(Journaled { folder: name, faults, seen })))
    }
}

/// Reads the list of allowed signers; `None` if the repository has no list.
fn allowed_signers(root: &Path) -> Result<Option<AllowedSigners>, Failure> {
    signatures::allowed_below(root).map_err(|error| match error {
        SignersError::File(error) => Failure::File(error),
        SignersError::Line(unreadable) => {
            unreadable_signers(&root.join(ALLOWED_SIGNERS), &unreadable)
        }
    })
}

/// Parses a list of allowed signers. Errors name `path`.
pub(super) fn read_signers(path: &Path, bytes: &[u8]) -> Result<AllowedSigners, Failure> {
    AllowedSigners::parse(bytes).map_err(|unreadable| unreadable_signers(path, &unreadable))
}

fn unreadable_signers(path: &Path, unreadable: &Unreadable) -> Failure {
    Failure::Line {
        path: path.to_owned(),
        place: (unreadable.line, unreadable.column),
        message: unreadable.problem,
        next_step: unreadable.next_step(),
    }
}
