//! Records steps: checks each of them, and then writes many together.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use crate::candidate::Refused;
use crate::inputs::Surface;
use crate::io::clock;
use crate::io::error::{FileError, shown};
use crate::io::signatures::{self, AllowedSigners, Namespace};
use crate::io::sources::{Source, Sources};
use crate::io::store::{Addition, Folder, JournalStore, Leftovers};
use crate::io::workers::in_parallel;
use crate::journal::{BrokenJournal, History, Step, journal_folder};
use crate::response::ResponseDocument;
use crate::review::ReviewDocument;
use crate::signer::Signer;
use crate::time::Time;
use crate::triage::Surfaces;

use super::{BadSignature, OtherFile, Recorded, StoreError};

/// How many documents are checked together by all cores, and then written together if the file system is synced as a
/// whole. Then up to three files of each are open, and many systems allow only 256 open files.
const RECORDED_AT_ONCE: usize = 64;

/// How many documents a thread checks at a time. The number is small, so that all threads end at about the same time.
const DOCUMENTS_A_THREAD: usize = 8;

/// Records steps. The caller has the lock.
#[derive(Debug)]
pub(crate) struct Recorder<'a> {
    pub(crate) root: &'a Path,
    pub(crate) journal: &'a JournalStore,
    /// `None` if documents do not have to be signed.
    pub(crate) signers: Option<&'a AllowedSigners>,
    pub(crate) surfaces: &'a Surfaces,
}

/// A document to record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Submitted<'d> {
    pub(crate) document: Submission<'d>,
    /// The content of the document's `.sig` file.
    pub(crate) signature: Option<&'d [u8]>,
}

/// What is recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Submission<'d> {
    Response(&'d ResponseDocument),
    Review(&'d ReviewDocument),
}

impl<'d> Submission<'d> {
    fn candidate_id(self) -> Option<&'d str> {
        match self {
            Self::Response(response) => response.candidate_id(),
            Self::Review(review) => Some(review.candidate_id()),
        }
    }

    fn bytes(self) -> &'d [u8] {
        match self {
            Self::Response(response) => response.bytes(),
            Self::Review(review) => review.bytes(),
        }
    }

    /// Who has to sign it.
    fn author(self) -> &'d str {
        match self {
            Self::Response(response) => response.responder().unwrap_or_default(),
            Self::Review(review) => review.reviewer(),
        }
    }

    /// The namespace in which it has to be signed.
    pub(crate) fn namespace(self) -> Namespace {
        match self {
            Self::Response(_) => Namespace::OwnerResponse,
            Self::Review(review) => Namespace::of_reviewer(review.reviewer_kind()),
        }
    }
}

impl<'d> From<&'d ResponseDocument> for Submission<'d> {
    fn from(response: &'d ResponseDocument) -> Self {
        Self::Response(response)
    }
}

impl<'d> From<&'d ReviewDocument> for Submission<'d> {
    fn from(review: &'d ReviewDocument) -> Self {
        Self::Review(review)
    }
}

/// A step that was checked and can be written, and what was read for it.
struct Checked<'d> {
    folder: String,
    leftovers: Leftovers,
    step: Step,
    /// Only of a document that has to be signed.
    signature: Option<&'d [u8]>,
}

impl Recorder<'_> {
    /// Records documents, and returns a result for each, in their order. Adds to `notes` what was repaired, also by
    /// steps that were refused.
    ///
    /// Documents of different surfaces are written together: no event is appended before all documents are synced. A document whose
    /// surface has an earlier one here is recorded after it. `watch` is called with the number of documents that are
    /// done.
    pub(crate) fn record(
        &self,
        submitted: &[Submitted<'_>],
        notes: &mut Vec<String>,
        mut watch: impl FnMut(usize),
    ) -> Vec<Result<Recorded, StoreError>> {
        let mut results = Vec::with_capacity(submitted.len());
        let mut waiting: Vec<_> = submitted.iter().enumerate().collect();
        while !waiting.is_empty() {
            let mut surfaces = BTreeSet::new();
            let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, one)| {
                surfaces.len() < RECORDED_AT_ONCE && surfaces.insert(one.document.candidate_id())
            });
            let (indices, batch): (Vec<_>, Vec<_>) = now.into_iter().unzip();
            results.extend(indices.into_iter().zip(self.record_batch(&batch, notes)));
            waiting = later;
            watch(results.len());
        }
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }

    /// Records documents of different surfaces.
    fn record_batch<'d>(
        &self,
        submitted: &[&Submitted<'d>],
        notes: &mut Vec<String>,
    ) -> Vec<Result<Recorded, StoreError>> {
        let check = |submitted: &&Submitted<'d>| {
            let mut notes = Vec::new();
            (self.check(submitted, &mut notes), notes)
        };
        let (checked, repaired): (Vec<_>, Vec<_>) =
            in_parallel(submitted, DOCUMENTS_A_THREAD, check, |_| {}).into_iter().unzip();
        notes.extend(repaired.into_iter().flatten());
        let additions: Vec<_> = checked
            .iter()
            .filter_map(|checked| checked.as_ref().ok())
            .map(Addition::from)
            .collect();
        let mut written = self.journal.append(&additions, notes).into_iter();
        let mut record = |Checked { step, .. }| match written.next() {
            Some(Ok(())) => Ok(Recorded { step }),
            Some(Err(error)) => Err(StoreError::from(error)),
            // Every addition has a result.
            None => Err(StoreError::Unreplayable),
        };
        checked.into_iter().map(|checked| checked.and_then(&mut record)).collect()
    }

    /// Checks a document against the journal of its surface, and makes its step.
    fn check<'d>(
        &self,
        submitted: &Submitted<'d>,
        notes: &mut Vec<String>,
    ) -> Result<Checked<'d>, StoreError> {
        let id = submitted.document.candidate_id().ok_or(StoreError::NoSuchCandidate)?;
        let surface = self.surface_of(id)?;
        let now = clock::event_time().ok_or(StoreError::Clock)?;
        let (history, folder) = self.history_for_step(surface, notes)?;
        let leftovers = Leftovers::of(&history, &folder);
        let recorded_at = history.time_of_next(now);
        let signer = self.signer_of(submitted, &recorded_at)?;
        let signature = submitted.signature.filter(|_| signer.is_some());
        let step = match submitted.document {
            Submission::Response(response) => receive(history, response, signer, recorded_at)?,
            Submission::Review(review) => judge(history, review, signer, recorded_at)?,
        };
        let step = step.replayable(folder.dossier).ok_or(StoreError::Unreplayable)?;
        let folder = journal_folder(surface.surface_id());
        Ok(Checked { folder, leftovers, step, signature })
    }

    fn surface_of(&self, candidate_id: &str) -> Result<&Surface, StoreError> {
        self.surfaces.of_candidate(candidate_id).ok_or(StoreError::NoSuchCandidate)
    }

    /// Refuses a document if the file of its surface is not the version that the owner was asked about: neither the owner
    /// nor the reviewer has seen the version in the work tree.
    pub(crate) fn check_source_of(&self, document: Submission<'_>) -> Result<(), StoreError> {
        let id = document.candidate_id().ok_or(StoreError::NoSuchCandidate)?;
        let surface = self.surface_of(id)?;
        // A hold is allowed even if the file has changed, since it only holds back.
        if matches!(document, Submission::Review(review) if review.outcome().is_hold()) {
            return Ok(());
        }
        match Sources::new(self.root).compare(surface)? {
            Source::Same => Ok(()),
            other => Err(StoreError::OtherFile(OtherFile(other))),
        }
    }

    /// Replays the journal of one surface. A broken journal is a result.
    pub(crate) fn replay_of(
        &self,
        surface: &Surface,
    ) -> Result<(Result<History, BrokenJournal>, Folder), FileError> {
        let folder = self.journal.read(&journal_folder(surface.surface_id()))?;
        let replay = History::replay(surface.clone(), self.surfaces, &folder.dossier);
        Ok((replay, folder))
    }

    /// Replays the journal of one surface. A broken journal is an error.
    pub(crate) fn history_of(&self, surface: &Surface) -> Result<(History, Folder), StoreError> {
        let (replay, folder) = self.replay_of(surface)?;
        let history = replay.map_err(|broken| StoreError::Broken(Box::new(broken)))?;
        Ok((history, folder))
    }

    /// Replays the journal of a surface before a step.
    ///
    /// A withdrawal writes its event first and deletes the document after that. If it was interrupted between the two,
    /// this function deletes the document and adds a note.
    fn history_for_step(
        &self,
        surface: &Surface,
        notes: &mut Vec<String>,
    ) -> Result<(History, Folder), StoreError> {
        let (history, mut folder) = self.history_of(surface)?;
        let names: BTreeSet<_> =
            folder.dossier.documents.keys().chain(folder.signatures.keys()).copied().collect();
        for name in names.into_iter().filter(|name| history.log().has_withdrawn(*name)) {
            let id = journal_folder(surface.surface_id());
            self.journal.withdraw(&id, name)?;
            folder.dossier.documents.remove(&name);
            folder.signatures.remove(&name);
            notes.push(format!(
                "finished an interrupted withdrawal: deleted {}; rotate every secret that was in it",
                shown(&self.journal.path(&id).join(name.to_string()))
            ));
        }
        Ok((history, folder))
    }

    /// Checks the signature of a document, and returns its signer; `None` if documents do not have to be signed.
    ///
    /// The key must be allowed at the time of the event. `verify` checks it at the same time later.
    fn signer_of(
        &self,
        submitted: &Submitted<'_>,
        recorded_at: &Time,
    ) -> Result<Option<Signer>, StoreError> {
        let Some(signers) = self.signers else { return Ok(None) };
        let signature = submitted.signature.ok_or(StoreError::Unsigned)?;
        let document = submitted.document;
        let (namespace, author) = (document.namespace(), document.author());
        let at = recorded_at.moment();
        signatures::verify(signers, namespace, author, document.bytes(), signature, at)
            .map(|verified| Some(verified.signer))
            .map_err(|problem| StoreError::Signature(BadSignature(problem)))
    }
}

/// Returns the step of an answer. A caller may have named a signer: only a signature that was checked here counts.
fn receive(
    history: History,
    response: &ResponseDocument,
    signer: Option<Signer>,
    recorded_at: Time,
) -> Result<Step, StoreError> {
    let response = match (signer, response.signer()) {
        (None, None) => Cow::Borrowed(response),
        (signer, _) => Cow::Owned(response.clone().with_signer(signer)),
    };
    history.receive(&response, recorded_at).map_err(StoreError::Response)
}

/// Returns the step of a reviewer record. Its signer is the one that was checked here, too.
fn judge(
    history: History,
    review: &ReviewDocument,
    signer: Option<Signer>,
    recorded_at: Time,
) -> Result<Step, StoreError> {
    let record = review.clone().with_signer(signer).record().map_err(StoreError::Texts)?;
    history.review(record, recorded_at).map_err(|Refused { candidate, reason }| {
        StoreError::Review { candidate: Box::new(candidate.into_candidate()), reason }
    })
}

impl<'c> From<&'c Checked<'_>> for Addition<'c> {
    fn from(checked: &'c Checked<'_>) -> Self {
        let Checked { folder, leftovers, step, signature } = checked;
        Self { folder, leftovers, step, signature: *signature }
    }
}
