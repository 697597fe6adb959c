//! A repository with its inputs, its journal and its list of allowed signers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::candidate::AnyCandidate;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::io::error::{FileError, quoted, shown};
use crate::io::files;
use crate::io::signatures::{self, AllowedSigners, Namespace, SignatureError};
use crate::io::store::{Folder, JournalStore, Leftovers, read_signature};
use crate::journal::{BrokenJournal, History, JournalFault, JournalLog, Step, journal_folder};
use crate::signer::Signer;
use crate::time::Time;
use crate::triage::Surfaces;
use crate::words::names::{ALLOWED_SIGNERS, EVENTS, SIGNATURE};

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::progress::Progress;
use super::workers::in_parallel;

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

/// A document that a user hands in, and the signature beside it.
#[derive(Debug)]
pub(super) struct Incoming<D> {
    pub(super) file: PathBuf,
    pub(super) document: D,
    pub(super) signature: Option<Vec<u8>>,
}

impl<D> Incoming<D> {
    /// Reads a document. If documents have to be signed, it also reads the signature, if there is one.
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
                let is_there = files::metadata_following_links(&path)?.is_some();
                is_there.then(|| read_signature(&path)).transpose()?
            }
            None => None,
        };
        Ok(Self { file: file.to_owned(), document, signature })
    }
}

/// The path of the signature of a document.
fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(SIGNATURE);
    PathBuf::from(name)
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

    /// Replays the journal of one surface.
    pub(super) fn replay_of(&self, surface: &Surface) -> Result<(Replay, Folder), FileError> {
        let folder = self.journal.read(&journal_folder(surface.surface_id()))?;
        let replay = History::replay(surface.clone(), self.surfaces(), &folder.dossier);
        Ok((replay, folder))
    }

    /// Replays the journal of one surface. A broken journal is an error.
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

    /// Does the same as [`Repository::history_of`], before a command takes the next step.
    ///
    /// A withdrawal writes its event first and deletes the document after that. If it was interrupted between the two,
    /// this function deletes the document and adds a line to `notes`.
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
                "finished an interrupted withdrawal: deleted {}; rotate every secret that was in it",
                shown(&self.journal.path(&id).join(name.to_string()))
            );
        }
        Ok((history, folder))
    }

    /// Records a step in the journal, and adds to `notes` what was repaired and where the step is recorded.
    ///
    /// A step that cannot be replayed would break the journal. So the step is checked first, and nothing is written if
    /// the check fails. `file` is the answer or the record. The errors name it.
    pub(super) fn record_step(
        &self,
        file: &Path,
        folder: Folder,
        leftovers: &Leftovers,
        step: &Step,
        signature: Option<&[u8]>,
        notes: &mut String,
    ) -> Result<(), Failure> {
        self.check_step(file, folder, step)?;
        let name = journal_folder(step.candidate().surface().surface_id());
        let repairs = self.journal.append(&name, leftovers, step, signature)?;
        for note in repairs {
            // Writing to a string cannot fail.
            let _ = writeln!(notes, "{note}");
        }
        let events = shown(&self.journal.path(&name).join(EVENTS));
        let kept = if step.stores().is_some() { "" } else { "; nothing of the answer was kept" };
        let _ = writeln!(notes, "recorded in {events}{kept}");
        Ok(())
    }

    /// Replays the folder as it will be after the step.
    fn check_step(&self, file: &Path, folder: Folder, step: &Step) -> Result<(), Failure> {
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
            message: "the journal cannot be replayed with this step; nothing was written"
                .to_owned(),
            next_step: "report this as a bug: an earlier check should have refused the step"
                .to_owned(),
        })
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

    /// Checks the signature of a document, and returns its signer; `None` if documents do not have to be signed.
    ///
    /// `file` is the path of the document. The error names the signature's path and the command that signs.
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
            let message = "the signature is missing: this document must be signed".to_owned();
            return Err(refuse(message, format!("sign it: {}", sign_it())));
        };
        // The key must be allowed at the time of the event. `verify` checks it at the same time later.
        let at = recorded_at.moment();
        let verified = signatures::verify(signers, namespace, principal, bytes, signature, at);
        verified.map(|verified| Some(verified.signer)).map_err(|problem| {
            let next_step = match problem {
                SignatureError::OtherNamespace(Namespace::OwnerResponse) => {
                    format!("sign it in that namespace: {}", sign_it())
                }
                SignatureError::OtherNamespace(_) => {
                    format!("sign it in that namespace: {}; or correct reviewer_kind", sign_it())
                }
                SignatureError::NotTouched => {
                    format!("sign it again, and touch the key when it asks for that: {}", sign_it())
                }
                _ => {
                    format!(
                        "ask its author to sign it with a key that {ALLOWED_SIGNERS} lists for them"
                    )
                }
            };
            refuse(problem.to_string(), next_step)
        })
    }

    /// Replays the journal of every surface, and makes the candidates. `look` is called for each journal.
    ///
    /// On a terminal, it shows the progress, unless `is_quiet`.
    ///
    /// If no surface has a journal, the surfaces are moved out of `self.requests`, not copied.
    pub(super) fn replay<T: Send>(
        &mut self,
        look: impl Fn(&Replay, &Folder) -> T + Sync,
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

/// Reads the list of allowed signers; `None` if the repository has no list.
fn allowed_signers(root: &Path) -> Result<Option<AllowedSigners>, Failure> {
    let path = root.join(ALLOWED_SIGNERS);
    // An error is not the same as a missing list: without a list, documents would not have to be signed.
    match files::metadata_if_exists(&path)? {
        None => Ok(None),
        Some(found) if found.is_symlink() => Err(FileError::new("use", &path)(io::Error::other(
            "the list of signers must be a regular file, not a symbolic link",
        ))
        .into()),
        Some(_) => read_signers(&path, &files::read(&path)?).map(Some),
    }
}

/// Parses a list of allowed signers. Errors name `path`.
pub(super) fn read_signers(path: &Path, bytes: &[u8]) -> Result<AllowedSigners, Failure> {
    AllowedSigners::parse(bytes).map_err(|unreadable| Failure::Line {
        path: path.to_owned(),
        place: (unreadable.line, unreadable.column),
        message: unreadable.problem,
        next_step: unreadable.next_step(),
    })
}
