//! A repository whose owners are asked: its inputs, its journal, and who may sign.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use crate::candidate::AnyCandidate;
use crate::edges::clock;
use crate::edges::files::{self, FileError};
use crate::edges::journal::{EVENTS, Folder, Journal, SIGNATURE};
use crate::edges::signatures::{self, ALLOWED_SIGNERS, AllowedSigners, Namespace};
use crate::inputs::{Inventory, OwnerRequests};
use crate::journal::{History, JournalFault, journal_folder};
use crate::signer::Signer;
use crate::surface::Surface;
use crate::triage::Surfaces;

use super::failure::{Failure, Failures};
use super::inputs::{InputArgs, finished};

#[derive(Debug)]
pub(super) struct Repository {
    pub(super) root: PathBuf,
    pub(super) inventory: Inventory,
    pub(super) requests: OwnerRequests,
    /// All surfaces, once an answer is held against them.
    surfaces: OnceLock<Surfaces>,
    pub(super) journal: Journal,
    /// `None`: nobody has to sign.
    pub(super) signers: Option<AllowedSigners>,
}

/// All candidates as the journal makes them.
#[derive(Debug)]
pub(super) struct Replayed<T> {
    pub(super) candidates: Vec<AnyCandidate>,
    /// What was seen in the journal of each surface that has one, by its folder.
    pub(super) seen: Vec<(String, T)>,
    /// Folders of the journal that belong to no surface of today.
    pub(super) retired: Vec<String>,
    /// Files beside the folders.
    pub(super) strangers: Vec<PathBuf>,
}

/// Fewer folders are read sooner than threads are started for them.
const WORTH_A_THREAD: usize = 32;

impl Repository {
    /// Reads the inputs and the allowed signers.
    pub(super) fn open(inputs: &InputArgs) -> Result<Self, Failures> {
        let (inventory, requests) = inputs.read()?;
        Self::of(inputs, inventory, requests)
    }

    /// The repository of these inputs.
    pub(super) fn of(
        inputs: &InputArgs,
        inventory: Inventory,
        requests: OwnerRequests,
    ) -> Result<Self, Failures> {
        let root = inputs.root().to_owned();
        Ok(Self {
            surfaces: OnceLock::new(),
            journal: Journal::below(&root),
            signers: allowed_signers(&root)?,
            inventory,
            requests,
            root,
        })
    }

    /// All surfaces that owners are asked about.
    pub(super) fn surfaces(&self) -> &Surfaces {
        self.surfaces.get_or_init(|| Surfaces::new(self.requests.surfaces()))
    }

    /// The surface of a candidate.
    pub(super) fn surface_of(&self, candidate_id: Option<&str>) -> Option<&Surface> {
        let id = candidate_id?;
        self.requests.surfaces().iter().find(|surface| surface.is_candidate(id))
    }

    /// The journal of one surface, replayed.
    pub(super) fn history_of(&self, surface: &Surface) -> Result<(History, Folder), Failures> {
        let folder = self.journal.read(&journal_folder(surface.surface_id()))?;
        let history = History::replay(surface.clone(), self.surfaces(), &folder.dossier);
        Ok((history, folder))
    }

    /// As [`Repository::history_of`], for the next step.
    pub(super) fn sound_history_of(
        &self,
        surface: &Surface,
    ) -> Result<(History, Folder), Failures> {
        let (history, folder) = self.history_of(surface)?;
        if !history.is_broken() {
            return Ok((history, folder));
        }
        let name = journal_folder(surface.surface_id());
        let broken = history.faults().iter().filter(|fault| fault.code().breaks_replay());
        let failures = broken.map(|fault| self.refusal_for(&name, fault));
        Err(Failures::of(failures.collect()).unwrap_or_default())
    }

    /// What is said where a fault stands in the way.
    pub(super) fn refusal_for(&self, folder: &str, fault: &JournalFault) -> Failure {
        let path = self.path_of(folder, fault);
        Failure::Refused {
            place: fault.line().map(|line| (line, 1)),
            message: format!("{}: {fault}", fault.code()),
            next_step: fault.code().next_step_for(&path.display().to_string()),
            path,
        }
    }

    /// The file that a fault is in.
    pub(super) fn path_of(&self, folder: &str, fault: &JournalFault) -> PathBuf {
        let file = fault.document().map_or_else(|| EVENTS.to_owned(), |name| name.to_string());
        self.journal.path(folder).join(file)
    }

    /// Who signed a document, where somebody has to; `file` is the document's, and its signature stands beside
    /// it.
    pub(super) fn signer_of(
        &self,
        file: &Path,
        bytes: &[u8],
        namespace: Namespace,
        principal: &str,
        recorded_at: &str,
    ) -> Result<Option<(Signer, Vec<u8>)>, Failure> {
        let Some(signers) = &self.signers else { return Ok(None) };
        let mut name = file.as_os_str().to_owned();
        name.push(SIGNATURE);
        let path = PathBuf::from(name);
        let refuse = |message: String, next_step: String| Failure::Refused {
            path: path.clone(),
            place: None,
            message,
            next_step,
        };
        if !path.exists() {
            let next_step = format!(
                "sign it: ssh-keygen -Y sign -n {} -f KEY {}",
                namespace.as_str(),
                file.display()
            );
            return Err(refuse("the document has to be signed, and is not".to_owned(), next_step));
        }
        let signature = files::read(&path)?;
        // As verify will judge it later.
        let at = clock::moment(recorded_at).unwrap_or_default();
        match signatures::verify(signers, namespace, principal, bytes, &signature, at) {
            Ok(signer) => Ok(Some((signer, signature))),
            Err(problem) => Err(refuse(
                problem.to_string(),
                format!("have its author sign it with a key that {ALLOWED_SIGNERS} gives them"),
            )),
        }
    }

    /// Replays the journal of every surface, which are then candidates; `look` sees each journal.
    pub(super) fn replay<T: Send>(
        &mut self,
        look: impl Fn(&History, &Folder) -> T + Sync,
    ) -> Result<Replayed<T>, Failures> {
        let (mut folders, strangers) = self.journal.folders()?;
        if folders.is_empty() {
            let surfaces = std::mem::take(&mut self.requests.surfaces);
            let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
            return Ok(Replayed { candidates, seen: Vec::new(), retired: Vec::new(), strangers });
        }
        let surfaces = self.requests.surfaces();
        let replay = |share: &[Surface]| -> Result<Vec<_>, FileError> {
            share.iter().map(|surface| self.replay_one(surface, &folders, &look)).collect()
        };
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let share = surfaces.len().div_ceil(workers).max(1);
        let shares: Vec<_> = if folders.len() < WORTH_A_THREAD {
            vec![replay(surfaces)]
        } else {
            thread::scope(|scope| {
                let workers: Vec<_> =
                    surfaces.chunks(share).map(|share| scope.spawn(|| replay(share))).collect();
                workers.into_iter().map(finished).collect()
            })
        };
        let (mut candidates, mut seen) = (Vec::with_capacity(surfaces.len()), Vec::new());
        for share in shares {
            for (candidate, sight) in share? {
                candidates.push(candidate);
                seen.extend(sight);
            }
        }
        for (folder, _) in &seen {
            folders.remove(folder);
        }
        for folder in &folders {
            self.journal.look_through(folder)?;
        }
        Ok(Replayed { candidates, seen, retired: folders.into_iter().collect(), strangers })
    }

    fn replay_one<T>(
        &self,
        surface: &Surface,
        folders: &BTreeSet<String>,
        look: impl Fn(&History, &Folder) -> T,
    ) -> Result<(AnyCandidate, Option<(String, T)>), FileError> {
        let name = journal_folder(surface.surface_id());
        if !folders.contains(&name) {
            return Ok((AnyCandidate::new(surface.clone()), None));
        }
        let folder = self.journal.read(&name)?;
        let history = History::replay(surface.clone(), self.surfaces(), &folder.dossier);
        let sight = look(&history, &folder);
        Ok((history.into_candidate(), Some((name, sight))))
    }
}

/// Those who may sign, where the repository lists them.
fn allowed_signers(root: &Path) -> Result<Option<AllowedSigners>, Failure> {
    let path = root.join(ALLOWED_SIGNERS);
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    read_signers(&path, &files::read(&path)?).map(Some)
}

/// Reads a list of allowed signers; `path` is where it is said to stand.
pub(super) fn read_signers(path: &Path, bytes: &[u8]) -> Result<AllowedSigners, Failure> {
    AllowedSigners::parse(bytes).map_err(|unreadable| Failure::Line {
        path: path.to_owned(),
        place: (unreadable.line, unreadable.column),
        message: unreadable.problem,
        next_step: "mend the line as `man ssh-keygen` describes allowed signers, or remove it",
    })
}
