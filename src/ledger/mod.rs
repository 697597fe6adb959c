//! The ledger: its contents, how it is written, and how it is parsed.

#[cfg(test)]
mod differential;
#[cfg(feature = "cli")]
mod inspect;
mod key;
mod read;
mod schema;
mod stamp;
mod tally;
mod text;

use std::fmt;
use std::sync::Arc;

use crate::candidate::{AnyCandidate, Entry};
use crate::inputs::{Inventory, OwnerRequests, Source, Surface};
use crate::journal::{BrokenJournal, Dossier, History};
use crate::json::{DocumentError, Json};
use crate::triage::Surfaces;
use crate::words::LedgerKey;

#[cfg(feature = "cli")]
pub(crate) use inspect::{inspect, place_in_ledger};
use key::CountKey;
pub(crate) use schema::schema;
pub use stamp::Stamp;
pub use tally::Tally;
pub(crate) use text::LedgerWriter;

/// The parts of a ledger that are neither candidates nor constants.
#[derive(Clone, Debug, PartialEq)]
struct Header {
    stamp: Stamp,
    inventory: Source,
    requests: Source,
    required_owner_fields: Arc<[String]>,
}

impl Header {
    fn new(inventory: Inventory, requests: OwnerRequests, stamp: Stamp) -> Self {
        let OwnerRequests { source, required_owner_fields, .. } = requests;
        Self { stamp, inventory: inventory.source, requests: source, required_owner_fields }
    }

    /// The whole ledger without its candidates, as one object.
    fn to_json_without_candidates(&self, tally: &Tally) -> Json {
        let value = |key| {
            Some(match key {
                LedgerKey::GeneratedAt => Json::from(self.stamp.generated_at()),
                LedgerKey::GitCommit => Json::from(self.stamp.git_commit()),
                LedgerKey::RequiredOwnerFields => Json::strings(self.required_owner_fields.iter()),
                LedgerKey::SourceInventorySchemaVersion => self.inventory.schema_version.clone(),
                LedgerKey::SourceInventoryStatus => self.inventory.status.clone(),
                LedgerKey::SourceOwnerRequestSchemaVersion => self.requests.schema_version.clone(),
                LedgerKey::SourceOwnerRequestStatus => self.requests.status.clone(),
                LedgerKey::Summary => {
                    Json::object(CountKey::all().map(|key| (key.name(), tally.count(key, self))))
                }
                _ => key::constant(key)?,
            })
        };
        let members = LedgerKey::ALL.iter().filter_map(|key| Some((key.as_str(), value(*key)?)));
        Json::object(members)
    }
}

/// A ledger: the candidates, and what the inputs say about themselves.
///
/// ```
/// use acceptance_ledger::{Inventory, Ledger, OwnerRequests, Stamp};
///
/// # let folder = "examples/monitoring/docs/security";
/// # let inventory = std::fs::read(format!("{folder}/monitoring-alerting-observability-inventory.snapshot.json")).unwrap();
/// # let requests = std::fs::read(format!("{folder}/monitoring-owner-request-draft.snapshot.json")).unwrap();
/// let ledger = Ledger::baseline(
///     Inventory::parse(&inventory)?,
///     OwnerRequests::parse(&requests)?,
///     Stamp::new("2026-01-01T08:00:00+08:00", "unknown"),
/// );
/// let mut text = String::new();
/// ledger.write_to(&mut text).expect("writing to a string cannot fail");
/// assert!(text.ends_with("\n}\n"));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct Ledger {
    header: Header,
    /// The candidates after the replay of their journals.
    candidates: Vec<AnyCandidate>,
}

impl Ledger {
    /// Creates the ledger in which no owner has answered.
    #[must_use]
    pub fn baseline(inventory: Inventory, mut requests: OwnerRequests, stamp: Stamp) -> Self {
        let surfaces = std::mem::take(&mut requests.surfaces);
        let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
        Self::of(inventory, requests, stamp, candidates)
    }

    /// Creates the ledger from the inputs and the journals of their surfaces. `dossier_of` returns the contents of a
    /// surface's journal. If the surface has no journal, it returns an empty dossier.
    ///
    /// ```
    /// use acceptance_ledger::{Dossier, Inventory, Ledger, OwnerRequests, Stamp};
    ///
    /// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
    /// let requests = OwnerRequests::parse(&draft)?;
    /// let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
    /// let ledger = Ledger::replay(Inventory::parse(b"{}")?, requests, stamp, |_surface| Dossier::default())
    ///     .expect("an empty journal is not broken");
    /// assert_eq!(ledger.tally().candidates(), 12);
    /// # Ok::<(), acceptance_ledger::DocumentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If any journal is broken, returns every broken journal. A ledger with only some of the candidates is never made.
    pub fn replay(
        inventory: Inventory,
        requests: OwnerRequests,
        stamp: Stamp,
        mut dossier_of: impl FnMut(&Surface) -> Dossier,
    ) -> Result<Self, Vec<BrokenJournal>> {
        let surfaces = Surfaces::of(&requests);
        let (mut candidates, mut broken) = (Vec::new(), Vec::new());
        for surface in requests.surfaces() {
            let dossier = dossier_of(surface);
            match History::replay(surface.clone(), &surfaces, &dossier) {
                Ok(history) => candidates.push(history.into_candidate()),
                Err(journal) => broken.push(journal),
            }
        }
        if broken.is_empty() {
            Ok(Self::of(inventory, requests, stamp, candidates))
        } else {
            Err(broken)
        }
    }

    /// Creates the ledger of these candidates.
    pub(crate) fn of(
        inventory: Inventory,
        requests: OwnerRequests,
        stamp: Stamp,
        candidates: Vec<AnyCandidate>,
    ) -> Self {
        Self { header: Header::new(inventory, requests, stamp), candidates }
    }

    /// Replaces the stamp, and returns the old one.
    #[cfg(feature = "cli")]
    pub(crate) fn restamp(&mut self, stamp: Stamp) -> Stamp {
        std::mem::replace(&mut self.header.stamp, stamp)
    }

    /// Whether the same acceptances have ended at another stamp as at the stamp of this ledger.
    #[cfg(feature = "cli")]
    pub(crate) fn counts_the_same_acceptances_at(&self, other: &Stamp) -> bool {
        let (one, other) = (self.header.stamp.time(), other.time());
        self.candidates.iter().all(|candidate| {
            candidate.is_expired(one.as_ref()) == candidate.is_expired(other.as_ref())
        })
    }

    /// What the ledger shows of each candidate, in the order of the owner requests.
    ///
    /// An acceptance that has ended at the ledger's `generated_at` is not shown. If `generated_at` is not a valid time,
    /// no acceptance is shown.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let at = self.header.stamp.time();
        self.candidates.iter().map(move |candidate| candidate.entry_as_of(at.as_ref()))
    }

    /// The counts, derived from the candidates.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.entries().for_each(|entry| tally.add(&entry));
        tally
    }

    /// Writes the ledger as JSON, one candidate at a time: sorted keys, two-space indent, final
    /// newline.
    ///
    /// # Errors
    ///
    /// If `out` returns an error.
    pub fn write_to(&self, out: &mut impl fmt::Write) -> Result<Tally, fmt::Error> {
        let mut ledger = LedgerWriter::new(out);
        self.entries().try_for_each(|entry| ledger.push_entry(&entry))?;
        ledger.finish_with(&self.header)
    }
}

/// A ledger parsed from a document. It shows what the document says, but has no states, so no step can be taken.
///
/// ```
/// use acceptance_ledger::LedgerDocument;
///
/// # let text = std::fs::read_to_string("tests/golden/dockprom.json").unwrap();
/// let ledger = LedgerDocument::parse(text.as_bytes())?;
/// assert_eq!(ledger.entries().len(), 12);
///
/// let opened = text.replacen("\"runtime_gate\": false", "\"runtime_gate\": true", 1);
/// let error = LedgerDocument::parse(opened.as_bytes()).unwrap_err();
/// assert_eq!(error.path(), "$.acceptance_candidates[0].runtime_gate");
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerDocument {
    header: Header,
    entries: Vec<Entry<'static>>,
}

impl LedgerDocument {
    /// Parses a ledger.
    ///
    /// # Errors
    ///
    /// Returns the first fault:
    ///
    /// - the document is not strict JSON, or has a missing, unknown or duplicate key;
    /// - a gate, boundary or never-flag is not `false`, or another constant differs;
    /// - a candidate shows what no state can show, or is a second candidate for its surface;
    /// - a count does not match the candidates.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read::read_ledger(bytes)
    }

    /// The time and the commit at which the ledger was made.
    #[must_use]
    pub const fn stamp(&self) -> &Stamp {
        &self.header.stamp
    }

    /// What the ledger shows of each candidate, in the document's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'static>] {
        &self.entries
    }

    /// Writes the ledger as [`Ledger::write_to`] does.
    ///
    /// # Errors
    ///
    /// If `out` returns an error.
    pub fn write_to(&self, out: &mut impl fmt::Write) -> Result<Tally, fmt::Error> {
        let mut ledger = LedgerWriter::new(out);
        self.entries.iter().try_for_each(|entry| ledger.push_entry(entry))?;
        ledger.finish_with(&self.header)
    }
}
