//! The journal of a repository on disk, as the command line uses it: its folder, its lock and its signatures.
//!
//! A tool opens the [`Journal`], locks it, and records answers and reviews. Every step is checked before it is written:
//! the core's rules, the signature, the file that the answer is about, and that the journal can be replayed with it. The
//! owner requests and the list of signers are read while the journal is locked, and the time of a step is that of the
//! clock, so that a caller cannot pair what does not belong together.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use acceptance_ledger::ResponseDocument;
//! use acceptance_ledger::store::Journal;
//!
//! let response = ResponseDocument::parse(&std::fs::read("answer.yaml")?)?;
//! let mut locked = Journal::of(".").lock(Duration::from_secs(30))?;
//! let recorded = locked.record_response(&response, None)?;
//! println!("{}", recorded.candidate().lane());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod recorder;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::candidate::AnyCandidate;
use crate::inputs::{OwnerRequests, Surface};
use crate::io::error::FileError as InnerFileError;
use crate::io::files;
use crate::io::lock::{Lock, WaitPolicy};
use crate::io::signatures::{self, AllowedSigners, SignatureError, SignersError, Unreadable};
use crate::io::sources::Source;
use crate::io::store::JournalStore;
use crate::journal::{BrokenJournal, Dossier, History, IntakeRefusal, Step, journal_folder};
use crate::json::DocumentError;
use crate::response::ResponseDocument;
use crate::review::{Refusal, ReviewDocument};
use crate::triage::{Finding, Surfaces};
use crate::words::names::OWNER_REQUESTS;

pub(crate) use recorder::{Recorder, Submission, Submitted};

/// The place of a repository's journal.
///
/// ```
/// use std::time::Duration;
///
/// use acceptance_ledger::Lane;
/// use acceptance_ledger::store::Journal;
///
/// let shared = Journal::of("examples/monitoring").share(Duration::from_secs(5))?;
/// assert!(!shared.requires_signatures());
/// for surface in shared.requests().surfaces() {
///     let history = shared.history(surface.surface_id())?;
///     assert_eq!(history.candidate().lane(), Lane::WaitingOwnerResponse);
/// }
/// # Ok::<(), acceptance_ledger::store::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Journal {
    root: PathBuf,
    owner_requests: PathBuf,
}

/// The journal while no other process can change it or read it. Dropping it releases the lock. See the [module](self) for an
/// example.
#[derive(Debug)]
pub struct LockedJournal {
    contents: Contents,
    notes: Vec<String>,
    _lock: Lock,
}

/// The journal while no other process can change it. Dropping it releases the lock. See [`Journal`] for an example.
#[derive(Debug)]
pub struct SharedJournal {
    contents: Contents,
    _lock: Lock,
}

/// What was read while the journal was locked.
#[derive(Debug)]
struct Contents {
    root: PathBuf,
    journal: JournalStore,
    /// `None` if documents do not have to be signed.
    signers: Option<AllowedSigners>,
    requests: OwnerRequests,
    surfaces: Surfaces,
}

/// A step that is on the disk. See the [module](self) for an example.
#[derive(Debug)]
pub struct Recorded {
    pub(crate) step: Step,
}

/// Why a journal cannot be opened, or why a step is not recorded. Nothing was written, unless the error is
/// [`StoreError::File`].
///
/// ```
/// use std::time::Duration;
///
/// use acceptance_ledger::store::{Journal, StoreError};
///
/// let shared = Journal::of("examples/monitoring").share(Duration::from_secs(5))?;
/// assert!(matches!(shared.history("no such surface"), Err(StoreError::NoSuchCandidate)));
/// let Err(StoreError::File(error)) = Journal::of("no such folder").share(Duration::ZERO) else { panic!() };
/// assert!(error.to_string().contains("no such folder") && !error.next_step().is_empty());
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file could not be read, written, synced or locked.
    #[error("{0}")]
    File(FileError),
    /// The owner requests are invalid.
    #[error("the owner requests: {0}")]
    Requests(Box<DocumentError>),
    /// The clock of this machine shows a time that an event cannot have.
    #[error("the clock of this machine is not between the years 1970 and 9999")]
    Clock,
    /// A line of the list of signers is invalid. Line and column count from 1.
    #[error("line {line}, column {column} of the allowed signers: {problem}")]
    Signers {
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
        /// What is wrong.
        problem: &'static str,
        /// What to do next.
        next_step: &'static str,
    },
    /// The document names no candidate of these surfaces.
    #[error("no candidate has the id that the document names")]
    NoSuchCandidate,
    /// The surface's file in the work tree is not the version that the owner was asked about.
    #[error("{0}")]
    OtherFile(OtherFile),
    /// The journal of the surface is broken. It takes no step.
    #[error("{0}")]
    Broken(Box<BrokenJournal>),
    /// The document has to be signed, and no signature was given.
    #[error("the signature is missing: this document must be signed")]
    Unsigned,
    /// The signature does not count.
    #[error("{0}")]
    Signature(BadSignature),
    /// The answer cannot be recorded.
    #[error("{0}")]
    Response(IntakeRefusal),
    /// Texts of the record contain a secret, a payload, a command or a request.
    #[error("the texts of the record contain what a journal must not keep")]
    Texts(Vec<Finding>),
    /// The record cannot be applied to the candidate, which is as it was before.
    #[error("{reason}")]
    Review {
        /// The unchanged candidate.
        candidate: Box<AnyCandidate>,
        /// Why the record is refused.
        reason: Refusal,
    },
    /// The journal could not be replayed with the step. This is a bug: an earlier check should have refused it.
    #[error("the journal cannot be replayed with this step; nothing was written")]
    Unreplayable,
}

/// A file operation that failed. Its message names the operation, the path and the cause. See [`StoreError`] for an example.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FileError(pub(crate) InnerFileError);

impl FileError {
    /// What to do next.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        self.0.next_step()
    }
}

/// Why a signature does not count.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSignature(pub(crate) SignatureError);

/// How the file of a surface differs from the version that its owner was asked about.
#[derive(Debug, thiserror::Error)]
#[error("{}", match .0 {
    Source::Missing(why) => why,
    Source::Same | Source::Differs => "the surface's file has changed since the owner request was made",
})]
pub struct OtherFile(pub(crate) Source);

impl From<InnerFileError> for StoreError {
    fn from(error: InnerFileError) -> Self {
        Self::File(FileError(error))
    }
}

impl Recorded {
    /// The candidate after the step.
    pub const fn candidate(&self) -> &AnyCandidate {
        self.step.candidate()
    }
}

impl Journal {
    /// The journal of the repository at `root`. It may not exist yet.
    pub fn of(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), owner_requests: PathBuf::from(OWNER_REQUESTS) }
    }

    /// Reads the owner requests from another file than the usual one. The path is relative to the root.
    #[must_use]
    pub fn with_owner_requests(self, path: impl Into<PathBuf>) -> Self {
        Self { owner_requests: path.into(), ..self }
    }

    /// Locks the journal for changes. Waits until no other process has the lock, at most `wait`.
    ///
    /// # Errors
    ///
    /// If the wait is over, if the file system has no locks, or if the owner requests or the list of signers cannot be
    /// read.
    pub fn lock(&self, wait: Duration) -> Result<LockedJournal, StoreError> {
        let queue = self.root.join(&self.owner_requests);
        let lock = Lock::take(&self.root, WaitPolicy { queue: &queue, wait })?;
        Ok(LockedJournal { contents: self.read()?, notes: Vec::new(), _lock: lock })
    }

    /// Locks the journal for reading. Waits until no other process changes it, at most `wait`.
    ///
    /// # Errors
    ///
    /// If the wait is over, or if the owner requests or the list of signers cannot be read.
    pub fn share(&self, wait: Duration) -> Result<SharedJournal, StoreError> {
        let queue = self.root.join(&self.owner_requests);
        let lock = Lock::share(&self.root, WaitPolicy { queue: &queue, wait })?;
        Ok(SharedJournal { contents: self.read()?, _lock: lock })
    }

    fn read(&self) -> Result<Contents, StoreError> {
        let journal = JournalStore::below(&self.root);
        journal.check_path()?;
        let bytes = files::read(&self.root.join(&self.owner_requests))?;
        let requests =
            OwnerRequests::parse(&bytes).map_err(|error| StoreError::Requests(Box::new(error)))?;
        let signers = signatures::allowed_below(&self.root).map_err(|error| match error {
            SignersError::File(error) => StoreError::from(error),
            SignersError::Line(unreadable) => {
                let next_step = unreadable.next_step();
                let Unreadable { line, column, problem } = unreadable;
                StoreError::Signers { line, column, problem, next_step }
            }
        })?;
        let surfaces = Surfaces::of(&requests);
        Ok(Contents { root: self.root.clone(), journal, signers, requests, surfaces })
    }
}

impl Contents {
    fn recorder(&self) -> Recorder<'_> {
        Recorder {
            root: &self.root,
            journal: &self.journal,
            signers: self.signers.as_ref(),
            surfaces: &self.surfaces,
        }
    }

    fn history(&self, surface_id: &str) -> Result<History, StoreError> {
        let surface = self.surfaces.get(surface_id).ok_or(StoreError::NoSuchCandidate)?;
        self.recorder().history_of(surface).map(|(history, _)| history)
    }
}

impl SharedJournal {
    /// The owner requests of the repository, with its surfaces.
    #[must_use]
    pub const fn requests(&self) -> &OwnerRequests {
        &self.contents.requests
    }

    /// Whether documents have to be signed: whether the repository has a list of allowed signers.
    #[must_use]
    pub const fn requires_signatures(&self) -> bool {
        self.contents.signers.is_some()
    }

    /// Replays the journal of a surface.
    ///
    /// # Errors
    ///
    /// If no owner request is about the surface, if a file cannot be read, or if the journal is broken.
    pub fn history(&self, surface_id: &str) -> Result<History, StoreError> {
        self.contents.history(surface_id)
    }

    /// The events and documents of a surface, for [`Ledger::replay`](crate::Ledger::replay). Empty without a journal.
    ///
    /// # Errors
    ///
    /// If a file cannot be read.
    pub fn dossier(&self, surface: &Surface) -> Result<Dossier, StoreError> {
        let folder = self.contents.journal.read(&journal_folder(surface.surface_id()))?;
        Ok(folder.dossier)
    }

    /// The names of the folders in the journal, one for each surface that has events; see [`journal_folder`].
    ///
    /// # Errors
    ///
    /// If the journal cannot be read.
    pub fn folders(&self) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.contents.journal.folders()?.0)
    }
}

impl LockedJournal {
    /// The owner requests of the repository, with its surfaces.
    #[must_use]
    pub const fn requests(&self) -> &OwnerRequests {
        &self.contents.requests
    }

    /// Replays the journal of a surface.
    ///
    /// # Errors
    ///
    /// If no owner request is about the surface, if a file cannot be read, or if the journal is broken.
    pub fn history(&self, surface_id: &str) -> Result<History, StoreError> {
        self.contents.history(surface_id)
    }

    /// What was repaired since the journal was locked, also by steps that were refused: a torn line, a file that no event
    /// keeps, an interrupted withdrawal. Show it to the user: nothing is removed without a word.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Triages an answer, and records it. `signature` is the content of the answer's `.sig` file.
    ///
    /// # Errors
    ///
    /// If the step is refused, or if a file cannot be read or written.
    pub fn record_response(
        &mut self,
        response: &ResponseDocument,
        signature: Option<&[u8]>,
    ) -> Result<Recorded, StoreError> {
        self.record(Submission::Response(response), signature)
    }

    /// Triages answers, each with the content of its `.sig` file, and records them together. This is faster than one by one:
    /// no event is appended before all documents are synced, and several cores work.
    ///
    /// Returns a result for each answer, in their order. An answer that is refused does not keep the others from being
    /// recorded. A surface may have several answers here; they are recorded in their order.
    ///
    /// # Errors
    ///
    /// Each result has the errors of [`Self::record_response`].
    ///
    /// ```no_run
    /// # use acceptance_ledger::{ResponseDocument, store::{Journal, LockedJournal}};
    /// # fn run(answers: &[ResponseDocument], locked: &mut LockedJournal) {
    /// let answers: Vec<_> = answers.iter().map(|answer| (answer, None)).collect();
    /// for recorded in locked.record_responses(&answers) {
    ///     match recorded {
    ///         Ok(recorded) => println!("{}", recorded.candidate().lane()),
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn record_responses(
        &mut self,
        answers: &[(&ResponseDocument, Option<&[u8]>)],
    ) -> Vec<Result<Recorded, StoreError>> {
        let recorder = self.contents.recorder();
        let mut submitted = Vec::new();
        let checked: Vec<_> = answers
            .iter()
            .map(|(response, signature)| {
                let document = Submission::Response(response);
                recorder.check_source_of(document)?;
                submitted.push(Submitted { document, signature: *signature });
                Ok(())
            })
            .collect();
        let mut results = recorder.record(&submitted, &mut self.notes, |_| {}).into_iter();
        // Every answer that was submitted has a result.
        let mut next = || results.next().unwrap_or(Err(StoreError::Unreplayable));
        checked.into_iter().map(|checked| checked.and_then(|()| next())).collect()
    }

    /// Checks a reviewer's record, and records it. `signature` is the content of the record's `.sig` file.
    ///
    /// # Errors
    ///
    /// If the step is refused, or if a file cannot be read or written.
    pub fn record_review(
        &mut self,
        record: &ReviewDocument,
        signature: Option<&[u8]>,
    ) -> Result<Recorded, StoreError> {
        self.record(Submission::Review(record), signature)
    }

    fn record(
        &mut self,
        document: Submission<'_>,
        signature: Option<&[u8]>,
    ) -> Result<Recorded, StoreError> {
        let recorder = self.contents.recorder();
        recorder.check_source_of(document)?;
        let submitted = Submitted { document, signature };
        let mut results = recorder.record(&[submitted], &mut self.notes, |_| {});
        // One document has one result.
        results.pop().unwrap_or(Err(StoreError::Unreplayable))
    }
}
