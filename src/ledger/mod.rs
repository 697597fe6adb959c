//! The ledger: what it holds, its bytes, and how it is read back.

#[cfg(test)]
mod differential;
#[cfg(feature = "cli")]
mod inspect;
mod key;
mod read;
mod schema;
mod tally;
mod text;

use std::fmt;
use std::sync::Arc;

use crate::candidate::{AnyCandidate, Entry};
use crate::inputs::{Inventory, OwnerRequests, Source, Surface};
use crate::journal::{BrokenJournal, Dossier, History};
use crate::json::{DocumentError, Json};
use crate::time::Time;
use crate::triage::Surfaces;
use crate::words::LedgerKey;

#[cfg(feature = "cli")]
pub(crate) use inspect::{inspect, place_in_ledger};
use key::CountKey;
pub(crate) use schema::schema;
pub use tally::Tally;
pub(crate) use text::LedgerWriter;

/// When and at which commit a ledger was made. The core has no clock and no git; it is told.
///
/// ```
/// use acceptance_ledger::Stamp;
///
/// let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
/// assert_eq!(stamp.git_commit(), "unknown");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    generated_at: String,
    git_commit: String,
}

impl Stamp {
    /// A stamp: a time as the ledger will show it, and a short commit or `unknown`.
    #[must_use]
    pub fn new(generated_at: impl Into<String>, git_commit: impl Into<String>) -> Self {
        Self { generated_at: generated_at.into(), git_commit: git_commit.into() }
    }

    /// When the ledger was made.
    #[must_use]
    pub fn generated_at(&self) -> &str {
        &self.generated_at
    }

    /// When the ledger was made, where that is a time.
    pub(crate) fn time(&self) -> Option<Time> {
        self.generated_at.parse().ok()
    }

    /// At which commit it was made.
    #[must_use]
    pub fn git_commit(&self) -> &str {
        &self.git_commit
    }
}

#[cfg(feature = "cli")]
impl Stamp {
    /// Whether it is a time, and a commit or none: a committed ledger may say nothing else here.
    pub(crate) fn is_valid(&self) -> bool {
        let commit = self.git_commit.as_str();
        let is_hex = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.time().is_some() && (is_hex || commit == "unknown")
    }
}

/// What a ledger holds beside its candidates and constants.
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

    /// All of the ledger but its candidates, as one object.
    fn after_the_candidates(&self, tally: &Tally) -> Json {
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

/// A ledger: candidates, and what their inputs say of themselves.
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
/// ledger.write_to(&mut text).expect("a string takes all that is written to it");
/// assert!(text.ends_with("\n}\n"));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct Ledger {
    header: Header,
    /// As their journals leave them.
    candidates: Vec<AnyCandidate>,
}

impl Ledger {
    /// The ledger in which every owner's answer is still to come.
    #[must_use]
    pub fn baseline(inventory: Inventory, mut requests: OwnerRequests, stamp: Stamp) -> Self {
        let surfaces = std::mem::take(&mut requests.surfaces);
        let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
        Self::of(inventory, requests, stamp, candidates)
    }

    /// The ledger that the inputs and the journals of their surfaces make; `dossier_of` gives what the journal of a
    /// surface holds, which is nothing where there is none.
    ///
    /// ```
    /// use acceptance_ledger::{Dossier, Inventory, Ledger, OwnerRequests, Stamp};
    ///
    /// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
    /// let requests = OwnerRequests::parse(&draft)?;
    /// let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
    /// let ledger = Ledger::replay(Inventory::parse(b"{}")?, requests, stamp, |_surface| Dossier::default())
    ///     .expect("nothing can be wrong with no journal");
    /// assert_eq!(ledger.tally().candidates(), 12);
    /// # Ok::<(), acceptance_ledger::DocumentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every journal that is broken: a ledger is made of all, or not at all.
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

    /// The ledger of these candidates.
    pub(crate) fn of(
        inventory: Inventory,
        requests: OwnerRequests,
        stamp: Stamp,
        candidates: Vec<AnyCandidate>,
    ) -> Self {
        Self { header: Header::new(inventory, requests, stamp), candidates }
    }

    /// The same ledger with another stamp.
    #[cfg(feature = "cli")]
    pub(crate) fn restamp(&mut self, stamp: Stamp) {
        self.header.stamp = stamp;
    }

    /// What the ledger shows of each candidate, in the order of the owner requests. An acceptance that is over at the
    /// ledger's own time is not shown; of a ledger without a time, nobody knows what still holds.
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

    /// Writes the ledger as JSON, a candidate at a time: sorted keys, two-space indent, final
    /// newline.
    ///
    /// # Errors
    ///
    /// Only what `out` returns.
    pub fn write_to(&self, out: &mut impl fmt::Write) -> Result<Tally, fmt::Error> {
        let mut ledger = LedgerWriter::new(out);
        self.entries().try_for_each(|entry| ledger.push_entry(&entry))?;
        ledger.finish_with(&self.header)
    }
}

/// A ledger as it was read from a document. It shows what the document says; it has no states.
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
    /// Reads a ledger.
    ///
    /// # Errors
    ///
    /// The first fault: what is no strict JSON, a key too many or too few, a gate, boundary or
    /// never-flag that is not `false`, another constant than the ledger's, a count that the
    /// candidates do not bear out.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read::read_ledger(bytes)
    }

    /// When and at which commit the ledger was made.
    #[must_use]
    pub const fn stamp(&self) -> &Stamp {
        &self.header.stamp
    }

    /// What the ledger shows of each candidate, in its order.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'static>] {
        &self.entries
    }

    /// Writes the ledger as [`Ledger::write_to`] does.
    ///
    /// # Errors
    ///
    /// Only what `out` returns.
    pub fn write_to(&self, out: &mut impl fmt::Write) -> Result<Tally, fmt::Error> {
        let mut ledger = LedgerWriter::new(out);
        self.entries.iter().try_for_each(|entry| ledger.push_entry(entry))?;
        ledger.finish_with(&self.header)
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_a_time_and_a_commit_or_none() {
        let time = "2026-01-01T08:00:00+08:00";
        for (generated_at, git_commit, is_valid) in [
            (time, "unknown", true),
            (time, "0aF9", true),
            (time, "", false),
            (time, "unknown ", false),
            (time, "HEAD", false),
            ("today", "unknown", false),
            ("today", "0aF9", false),
            ("today", "", false),
        ] {
            let stamp = Stamp::new(generated_at, git_commit);
            assert_eq!(stamp.is_valid(), is_valid, "{generated_at} {git_commit}");
        }
    }
}
