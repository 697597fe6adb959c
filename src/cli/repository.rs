//! A repository whose owners are asked: its inputs, its journal, and who may sign.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::candidate::AnyCandidate;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::io::error::{FileError, quoted, shown};
use crate::io::files;
use crate::io::signatures::{self, AllowedSigners, BadSignature, Namespace};
use crate::io::store::{Folder, JournalStore, read_signature};
use crate::journal::{BrokenJournal, History, JournalFault, JournalLog, Step, journal_folder};
use crate::signer::Signer;
use crate::time::Time;
use crate::triage::Surfaces;
use crate::words::names::{ALLOWED_SIGNERS, EVENTS, SIGNATURE};

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::workers::in_parallel;

#[derive(Debug)]
pub(super) struct Repository {
    pub(super) root: PathBuf,
    pub(super) inventory: Inventory,
    pub(super) requests: OwnerRequests,
    /// All surfaces, once an answer is held against them.
    surfaces: OnceLock<Surfaces>,
    pub(super) journal: JournalStore,
    /// `None`: nobody has to sign.
    pub(super) signers: Option<AllowedSigners>,
}

/// The journal of one surface, sound or broken.
pub(super) type Replay = Result<History, BrokenJournal>;

/// What a journal tells, whether it is sound or broken.
pub(super) fn log_of(replay: &Replay) -> &JournalLog {
    match replay {
        Ok(history) => history.log(),
        Err(broken) => broken.log(),
    }
}

/// All candidates as the journal makes them.
#[derive(Debug)]
pub(super) struct Replayed<T> {
    /// Those whose journals are sound, or who have none.
    pub(super) candidates: Vec<AnyCandidate>,
    /// The journals of today's surfaces.
    pub(super) journals: Vec<Journaled<T>>,
    /// Folders of the journal that belong to no surface of today.
    pub(super) retired: Vec<String>,
    /// Files beside the folders.
    pub(super) strangers: Vec<PathBuf>,
}

/// A surface's journal, as far as a command needs it.
#[derive(Debug)]
pub(super) struct Journaled<T> {
    pub(super) folder: String,
    pub(super) faults: Vec<JournalFault>,
    /// What the command saw in it.
    pub(super) seen: T,
}

impl<T> Replayed<T> {
    /// Whether a journal is broken: then no ledger follows from all of them.
    pub(super) fn is_broken(&self) -> bool {
        let mut faults = self.journals.iter().flat_map(|journal| &journal.faults);
        faults.any(|fault| fault.code().breaks_replay())
    }
}

/// A document in a file, and its signature beside it.
#[derive(Debug)]
pub(super) struct Incoming<D> {
    pub(super) file: PathBuf,
    pub(super) document: D,
    pub(super) signature: Option<Vec<u8>>,
}

impl<D> Incoming<D> {
    /// Reads a document, and where documents are signed, its signature.
    pub(super) fn read<F>(
        repository: &Repository,
        file: &Path,
        read: impl FnOnce(&Path) -> Result<D, F>,
    ) -> Result<Self, Failures>
    where
        Failures: From<F>,
    {
        let document = read(file)?;
        let signature = match &repository.signers {
            Some(_) => {
                let path = signature_of(file);
                let is_there = files::look_behind_links(&path)?.is_some();
                is_there.then(|| read_signature(&path)).transpose()?
            }
            None => None,
        };
        Ok(Self { file: file.to_owned(), document, signature })
    }
}

fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(SIGNATURE);
    PathBuf::from(name)
}

/// Fewer folders are read sooner than threads are started for them.
const FOLDERS_WORTH_A_THREAD: usize = 32;

/// How many surfaces a thread replays at once: so few that all threads end at about the same time.
const SURFACES_A_THREAD: usize = 64;

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

    /// The journal of one surface, replayed.
    pub(super) fn replay_of(&self, surface: &Surface) -> Result<(Replay, Folder), FileError> {
        let folder = self.journal.read(&journal_folder(surface.surface_id()))?;
        let replay = History::replay(surface.clone(), self.surfaces(), &folder.dossier);
        Ok((replay, folder))
    }

    /// The journal of one surface, where it is sound.
    pub(super) fn history_of(&self, surface: &Surface) -> Result<(History, Folder), Failures> {
        let (replay, folder) = self.replay_of(surface)?;
        match replay {
            Ok(history) => Ok((history, folder)),
            Err(broken) => {
                let name = journal_folder(surface.surface_id());
                let faults = broken.faults().iter().filter(|fault| fault.code().breaks_replay());
                let failures = faults.map(|fault| self.refusal_for(&name, fault));
                Err(Failures::of(failures.collect()).unwrap_or_default())
            }
        }
    }

    /// As [`Repository::history_of`], for the next step. A withdrawal that was cut off is finished first.
    pub(super) fn history_for_step(
        &self,
        surface: &Surface,
        notes: &mut String,
    ) -> Result<(History, Folder), Failures> {
        let (history, mut folder) = self.history_of(surface)?;
        let names: BTreeSet<_> =
            folder.dossier.documents.keys().chain(folder.signatures.keys()).copied().collect();
        for name in names.into_iter().filter(|name| history.log().has_withdrawn(*name)) {
            let id = journal_folder(surface.surface_id());
            self.journal.withdraw(&id, name)?;
            folder.dossier.documents.remove(&name);
            folder.signatures.remove(&name);
            // Writing to a string cannot fail.
            let _ = writeln!(
                notes,
                "finished a withdrawal that was cut off: deleted {}; rotate what was secret in it",
                shown(&self.journal.path(&id).join(name.to_string()))
            );
        }
        Ok((history, folder))
    }

    /// Replays what the folder will hold after a step, before the step is taken: what could not be replayed is refused.
    pub(super) fn check_step(
        &self,
        file: &Path,
        folder: Folder,
        step: &Step,
    ) -> Result<(), Failure> {
        let mut dossier = folder.dossier;
        dossier.store(step);
        let surface = step.candidate().surface().clone();
        let replay = History::replay(surface, self.surfaces(), &dossier);
        let is_same = |history: &History| history.candidate().entry() == step.candidate().entry();
        if replay.as_ref().is_ok_and(is_same) {
            return Ok(());
        }
        Err(Failure::Refused {
            path: file.to_owned(),
            place: None,
            message: "the journal could not be replayed with this step; nothing was written"
                .to_owned(),
            next_step: "please report this: the step should have been refused before".to_owned(),
        })
    }

    /// What is said where a fault stands in the way.
    pub(super) fn refusal_for(&self, folder: &str, fault: &JournalFault) -> Failure {
        let path = self.path_of(folder, fault);
        Failure::Refused {
            place: fault.line().map(|line| (line, 1)),
            message: format!("{}: {fault}", fault.code()),
            next_step: fault.code().next_step_for(&path.to_string_lossy()),
            path,
        }
    }

    /// The file that a fault is in.
    pub(super) fn path_of(&self, folder: &str, fault: &JournalFault) -> PathBuf {
        let file = fault.document().map_or_else(|| EVENTS.to_owned(), |name| name.to_string());
        self.journal.path(folder).join(file)
    }

    /// Who signed a document, where somebody has to: `file` is the document's, and the signature that beside it.
    pub(super) fn signer_of(
        &self,
        file: &Path,
        bytes: &[u8],
        signature: Option<&[u8]>,
        namespace: Namespace,
        principal: &str,
        recorded_at: &Time,
    ) -> Result<Option<Signer>, Failure> {
        let Some(signers) = &self.signers else { return Ok(None) };
        let refuse = |message: String, next_step: String| Failure::Refused {
            path: signature_of(file),
            place: None,
            message,
            next_step,
        };
        let sign_it =
            || format!("ssh-keygen -Y sign -n {} -f KEY {}", namespace.as_str(), quoted(file));
        let Some(signature) = signature else {
            let message = "the document has to be signed, and is not".to_owned();
            return Err(refuse(message, format!("sign it: {}", sign_it())));
        };
        // At the time of its event, as verify will judge it later.
        let at = recorded_at.moment();
        let verified = signatures::verify(signers, namespace, principal, bytes, signature, at);
        verified.map(|verified| Some(verified.signer)).map_err(|problem| {
            let next_step = match problem {
                BadSignature::OtherNamespace(Namespace::OwnerResponse) => {
                    format!("sign it there: {}", sign_it())
                }
                BadSignature::OtherNamespace(_) => format!(
                    "sign it there: {}; or have reviewer_kind say what the signer is",
                    sign_it()
                ),
                BadSignature::NotTouched => {
                    format!("sign it again, and touch the key when it asks for that: {}", sign_it())
                }
                _ => {
                    format!("have its author sign it with a key that {ALLOWED_SIGNERS} gives them")
                }
            };
            refuse(problem.to_string(), next_step)
        })
    }

    /// Replays the journal of every surface, which are then candidates; `look` sees each journal.
    pub(super) fn replay<T: Send>(
        &mut self,
        look: impl Fn(&Replay, &Folder) -> T + Sync,
    ) -> Result<Replayed<T>, Failures> {
        let (mut folders, strangers) = self.journal.folders()?;
        if folders.is_empty() {
            let surfaces = std::mem::take(&mut self.requests.surfaces);
            let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
            return Ok(Replayed {
                candidates,
                journals: Vec::new(),
                retired: Vec::new(),
                strangers,
            });
        }
        let surfaces = self.requests.surfaces();
        // Without a journal, a surface is done at once.
        let share = if folders.len() < FOLDERS_WORTH_A_THREAD {
            surfaces.len().max(1)
        } else {
            SURFACES_A_THREAD
        };
        let replayed =
            in_parallel(surfaces, share, |surface| self.replay_one(surface, &folders, &look));
        let (mut candidates, mut journals) = (Vec::with_capacity(surfaces.len()), Vec::new());
        for one in replayed {
            let (candidate, journal) = one?;
            candidates.extend(candidate);
            journals.extend(journal);
        }
        for journal in &journals {
            folders.remove(&journal.folder);
        }
        Ok(Replayed { candidates, journals, retired: folders.into_iter().collect(), strangers })
    }

    fn replay_one<T>(
        &self,
        surface: &Surface,
        folders: &BTreeSet<String>,
        look: impl Fn(&Replay, &Folder) -> T,
    ) -> Result<(Option<AnyCandidate>, Option<Journaled<T>>), FileError> {
        let name = journal_folder(surface.surface_id());
        if !folders.contains(&name) {
            return Ok((Some(AnyCandidate::new(surface.clone())), None));
        }
        let (replay, folder) = self.replay_of(surface)?;
        let faults = log_of(&replay).faults().to_vec();
        let seen = look(&replay, &folder);
        let candidate = replay.ok().map(History::into_candidate);
        Ok((candidate, Some(Journaled { folder: name, faults, seen })))
    }
}

/// Those who may sign, where the repository lists them.
fn allowed_signers(root: &Path) -> Result<Option<AllowedSigners>, Failure> {
    let path = root.join(ALLOWED_SIGNERS);
    // What cannot be looked at is not absent: without the list nobody would have to sign.
    match files::look(&path)? {
        None => Ok(None),
        Some(found) if found.is_symlink() => Err(FileError::new("use", &path)(io::Error::other(
            "the list of signers is a regular file, and no symbolic link",
        ))
        .into()),
        Some(_) => read_signers(&path, &files::read(&path)?).map(Some),
    }
}

/// Reads a list of allowed signers; `path` is where it is said to stand.
pub(super) fn read_signers(path: &Path, bytes: &[u8]) -> Result<AllowedSigners, Failure> {
    AllowedSigners::parse(bytes).map_err(|unreadable| Failure::Line {
        path: path.to_owned(),
        place: (unreadable.line, unreadable.column),
        message: unreadable.problem,
        next_step: unreadable.next_step(),
    })
}
