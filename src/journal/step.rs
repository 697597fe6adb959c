//! A step of a surface: what a program must write to record the step.

use std::collections::BTreeSet;

use crate::candidate::AnyCandidate;
use crate::original::Original;
use crate::triage::{Surfaces, Triage};

use super::event::DocumentName;

/// A step that is allowed, and what an edge has to write for it.
///
/// The edge stores the document first, then appends the line to the surface's events, then deletes what was withdrawn.
/// In this order, an interrupted step leaves no event without its document.
///
/// ```
/// use acceptance_ledger::{Dossier, History, Lane, OwnerRequests, ResponseDocument, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let answer = format!(
///     "schema_version: monitoring_owner_response_v1\nnot_approval: true\nresponded_at: 2026-01-02T08:00:00Z
/// acceptance_candidate_id: {}\n",
///     surface.candidate_id()
/// );
/// let response = ResponseDocument::parse(answer.as_bytes())?;
/// let dossier = Dossier::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
/// assert!(step.line().ends_with('\n'));
/// assert!(step.stores().is_some_and(|(_, bytes)| bytes == answer.as_bytes()));
/// assert_eq!(step.candidate().lane(), Lane::NoFalseGreenSupplementRequired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, PartialEq)]
#[must_use = "a step is taken once its line is stored"]
pub struct Step {
    pub(super) candidate: AnyCandidate,
    pub(super) line: String,
    pub(super) stores: Option<(DocumentName, Original)>,
    pub(super) withdraws: Option<DocumentName>,
    /// How many bytes of the events stay. What follows them is a torn line, which the step replaces.
    pub(super) whole_bytes: usize,
    /// The documents that events keep. The step removes all others.
    pub(super) kept: BTreeSet<DocumentName>,
    /// The surfaces with which the step was made.
    pub(super) surfaces: Surfaces,
    /// The answer that the step stores, as triage found it.
    pub(super) triaged: Option<Triaged>,
}

/// A stored answer as triage found it, for the same surface and the same surfaces. Triage always finds the same in it, so
/// a replay need not triage it again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Triaged {
    pub(super) document: DocumentName,
    pub(super) triage: Triage,
}

impl Step {
    /// The candidate after the step.
    pub const fn candidate(&self) -> &AnyCandidate {
        &self.candidate
    }

    /// Returns the candidate after the step.
    pub fn into_candidate(self) -> AnyCandidate {
        self.candidate
    }

    /// The line to append, with its line break. If the line break of the last event is missing, it comes first.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The document to store, byte for byte, before the line is appended. `None` if nothing of it is kept.
    #[must_use]
    pub fn stores(&self) -> Option<(DocumentName, &[u8])> {
        self.stores.as_ref().map(|(name, original)| (*name, original.bytes()))
    }

    /// The answer to delete after the line is stored, because a reviewer quarantined or rejected it.
    #[must_use]
    pub const fn withdraws(&self) -> Option<DocumentName> {
        self.withdraws
    }
}
