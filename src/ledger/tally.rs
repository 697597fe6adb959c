//! The counts of a ledger, derived from its candidates.

use std::collections::BTreeMap;

use crate::candidate::Entry;
use crate::gate::Gates;
use crate::json::Json;
use crate::words::{
    AcceptanceField, BlockedAction, ItemFlag, Lane, ProgressFlag, ReviewerCheck, RuntimeGate,
    SourceCount,
};

use super::Header;
use super::key::CountKey;

/// The counts of a ledger, derived from its candidates.
///
/// ```
/// use acceptance_ledger::{Inventory, Ledger, OwnerRequests, ProgressFlag, Stamp};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let inventory = Inventory::parse(b"{}")?;
/// let requests = OwnerRequests::parse(&draft)?;
/// let tally = Ledger::baseline(inventory, requests, Stamp::new("2026-01-01", "unknown")).tally();
/// assert_eq!(tally.candidates(), 12);
/// assert_eq!(tally.with(ProgressFlag::OwnerResponseAccepted), 0);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    candidates: usize,
    write_capable: usize,
    requires_live_evidence: usize,
    progress: BTreeMap<ProgressFlag, usize>,
    items: BTreeMap<ItemFlag, usize>,
}

impl Tally {
    /// The number of candidates.
    #[must_use]
    pub const fn candidates(&self) -> usize {
        self.candidates
    }

    /// The number of candidates whose surface can write.
    #[must_use]
    pub const fn write_capable(&self) -> usize {
        self.write_capable
    }

    /// The number of candidates whose progress flag is true.
    #[must_use]
    pub fn with(&self, flag: ProgressFlag) -> usize {
        self.progress.get(&flag).copied().unwrap_or_default()
    }

    /// The number of candidates whose gate is open. It is always 0.
    #[must_use]
    pub fn open(&self, gate: RuntimeGate) -> usize {
        self.candidates * usize::from(Gates.get(gate).is_open())
    }

    /// Counts an entry. `inspect.rs` counts the same in a ledger that was edited.
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        self.candidates += 1;
        self.write_capable += usize::from(entry.surface.is_write_capable());
        self.requires_live_evidence += usize::from(entry.surface.requires_live_evidence());
        for flag in &entry.progress {
            *self.progress.entry(*flag).or_default() += 1;
        }
        for flag in &entry.items {
            *self.items.entry(*flag).or_default() += 1;
        }
    }

    /// The value of a key in the summary. Two counts come from the inputs and may be any JSON.
    pub(super) fn count(&self, key: CountKey, header: &Header) -> Json {
        match key {
            CountKey::Source(source) => match source {
                SourceCount::SourceSurfaces => header.inventory.count.clone(),
                SourceCount::SourceRequestDrafts => header.requests.count.clone(),
                SourceCount::AcceptanceCandidates => self.candidates.into(),
                SourceCount::WriteCapableAcceptanceCandidates => self.write_capable.into(),
                SourceCount::LiveEvidenceRequiredCandidates => self.requires_live_evidence.into(),
                SourceCount::AcceptanceFields => AcceptanceField::ALL.len().into(),
                SourceCount::RequiredOwnerFields => header.required_owner_fields.len().into(),
                SourceCount::ReviewerChecks => ReviewerCheck::ALL.len().into(),
                SourceCount::OutcomeLanes => Lane::ALL.len().into(),
                SourceCount::BlockedActions => BlockedAction::ALL.len().into(),
            },
            CountKey::Progress(flag) => Json::from(self.with(flag)),
            CountKey::Item(flag) => Json::from(self.items.get(&flag).copied().unwrap_or_default()),
            CountKey::Gate(gate) => Json::from(self.open(gate)),
        }
    }
}
