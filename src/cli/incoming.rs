//! Reads the documents that a user hands in, and records them in the journal.

use std::path::{Path, PathBuf};

use crate::io::error::shown;
use crate::io::files;
use crate::io::store::{read_signature, signature_of};
use crate::io::workers::in_parallel;
use crate::journal::journal_folder;
use crate::store::{Recorded, StoreError, Submission, Submitted};
use crate::words::names::EVENTS;

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::progress::Progress;
use super::refused::refused;
use super::repository::Repository;
use super::wait_args::WaitArgs;

/// How many documents a thread reads at a time. The number is small, so that all threads end at about the same time.
const DOCUMENTS_A_THREAD: usize = 8;

/// A document that a user hands in, and the signature beside it.
#[derive(Debug)]
pub(super) struct Incoming<D> {
    pub(super) file: PathBuf,
    pub(super) document: D,
    signature: Option<Vec<u8>>,
}

/// The documents that a user hands in, in their order. One that cannot be read, or whose surface is not the one that its
/// author saw, is an error.
#[derive(Debug)]
pub(super) struct Inbox<'r, D> {
    repository: &'r Repository,
    documents: Vec<Result<Incoming<D>, Failures>>,
}

impl<'r, D: Send + Sync> Inbox<'r, D>
where
    for<'d> Submission<'d>: From<&'d D>,
{
    /// Reads documents. If documents have to be signed, it also reads their signatures.
    ///
    /// This is slow, so it happens before the lock is taken: other processes do not wait for it.
    pub(super) fn read(
        repository: &'r Repository,
        files: &[PathBuf],
        read: impl Fn(&Path) -> Result<D, Failures> + Sync,
    ) -> Self {
        // Built here once, before the threads need it.
        repository.surfaces();
        let read = |file: &PathBuf| -> Result<_, Failures> {
            let document = read(file)?;
            let submission = Submission::from(&document);
            let recorder = repository.recorder();
            let checked = recorder.check_source_of(submission);
            checked.map_err(|error| refused(repository, file, submission, error))?;
            let signature = signature_beside(repository, file)?;
            Ok(Incoming { file: file.clone(), document, signature })
        };
        let documents = in_parallel(files, DOCUMENTS_A_THREAD, read, |_| {});
        Self { repository, documents }
    }

    /// Records the documents. Returns each one as `taken` shows it, the errors, both in the order of the files, and notes
    /// on what was recorded and repaired.
    ///
    /// # Errors
    ///
    /// If the lock cannot be taken.
    pub(super) fn record<T>(
        self,
        inputs: &InputArgs,
        wait: &WaitArgs,
        is_quiet: bool,
        taken: impl Fn(Incoming<D>, &Recorded) -> T,
    ) -> Result<Outcome<T>, Failure> {
        let Self { repository, documents } = self;
        let submitted: Vec<_> = documents.iter().flatten().map(Incoming::submitted).collect();
        let lock = wait.take(inputs)?;
        let mut notes = Vec::new();
        let mut progress = Progress::new("documents recorded", Some(submitted.len()), is_quiet);
        let show = |done| progress.show(done);
        let mut recorded = repository.recorder().record(&submitted, &mut notes, show).into_iter();
        drop((lock, progress));
        let results = documents.into_iter().map(|incoming| -> Result<T, Failures> {
            let incoming = incoming?;
            // Every document that was submitted has a result.
            let recorded = recorded.next().unwrap_or(Err(StoreError::Unreplayable));
            let recorded = recorded.map_err(|error| {
                refused(repository, &incoming.file, Submission::from(&incoming.document), error)
            })?;
            notes.push(note_of(repository, &recorded));
            Ok(taken(incoming, &recorded))
        });
        let (taken, failures) = Failures::partition(results);
        Ok(Outcome { taken, failures, notes })
    }
}

/// What became of the documents.
#[derive(Debug)]
pub(super) struct Outcome<T> {
    pub(super) taken: Vec<T>,
    pub(super) failures: Failures,
    /// Where the documents were recorded, and what was repaired.
    pub(super) notes: Vec<String>,
}

impl<D> Incoming<D>
where
    for<'d> Submission<'d>: From<&'d D>,
{
    fn submitted(&self) -> Submitted<'_> {
        Submitted {
            document: Submission::from(&self.document),
            signature: self.signature.as_deref(),
        }
    }
}

/// Reads the signature beside a document, if documents have to be signed and there is one.
fn signature_beside(repository: &Repository, file: &Path) -> Result<Option<Vec<u8>>, Failures> {
    if repository.signers.is_none() {
        return Ok(None);
    }
    let path = signature_of(file);
    let is_there = files::metadata_following_links(&path)?.is_some();
    Ok(is_there.then(|| read_signature(&path)).transpose()?)
}

/// Says where a step is recorded.
fn note_of(repository: &Repository, recorded: &Recorded) -> String {
    let surface = recorded.candidate().surface();
    let folder = repository.journal.path(&journal_folder(surface.surface_id()));
    let is_kept = recorded.step.stores().is_some();
    let kept = if is_kept { "" } else { "; nothing of the answer was kept" };
    format!("recorded in {}{kept}", shown(&folder.join(EVENTS)))
}
