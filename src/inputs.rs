//! The two documents that a ledger is made from.

use std::collections::HashMap;
use std::sync::Arc;

use crate::json::{DocumentError, DocumentProblem, Fault, Json, Read, Reader, read_document};
use crate::surface::{Surface, SurfaceKey, SurfaceParts};
use crate::words::{AcceptanceField, LedgerKey};

const SURFACES: &str = "surfaces";
const SURFACE_COUNT: &str = "surface_count";
const REQUEST_DRAFTS: &str = "request_drafts";
const REQUEST_DRAFT_COUNT: &str = "request_draft_count";

/// What an input says of itself. The ledger carries it over, whatever it is.
///
/// ```
/// use acceptance_ledger::{Inventory, Json};
///
/// let inventory = Inventory::parse(br#"{"status": "ready", "summary": {"surface_count": 2}}"#)?;
/// let source = inventory.source();
/// assert_eq!(source.status(), &Json::from("ready"));
/// assert_eq!(source.schema_version(), &Json::Null);
/// assert_eq!(source.count(), &Json::from(2));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub(crate) schema_version: Json,
    pub(crate) status: Json,
    pub(crate) count: Json,
}

impl Source {
    /// Its `schema_version`; null where it has none.
    #[must_use]
    pub const fn schema_version(&self) -> &Json {
        &self.schema_version
    }

    /// Its `status`; null where it has none.
    #[must_use]
    pub const fn status(&self) -> &Json {
        &self.status
    }

    /// What its summary counts; 0 where it counts nothing.
    #[must_use]
    pub const fn count(&self) -> &Json {
        &self.count
    }
}

impl Default for Source {
    fn default() -> Self {
        Self { schema_version: Json::Null, status: Json::Null, count: Json::from(0) }
    }
}

/// The inventory: which surfaces there are.
///
/// ```
/// use acceptance_ledger::Inventory;
///
/// assert!(Inventory::parse(b"{}").is_ok());
/// assert_eq!(Inventory::parse(b"{} {}").unwrap_err().column(), 4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Inventory {
    pub(crate) source: Source,
}

impl Inventory {
    /// Reads an inventory document.
    ///
    /// # Errors
    ///
    /// The first fault of a document that is no strict JSON object, or whose summary is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let mut source = Source::default();
            reader
                .object(SourceKey::know, |reader, key| source.read(reader, key, SURFACE_COUNT))?;
            Ok(Self { source })
        })
    }

    /// What the inventory says of itself.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}

/// The surfaces that an inventory lists, with what it says of each.
///
/// ```
/// use acceptance_ledger::ListedSurfaces;
///
/// let listed = ListedSurfaces::parse(br#"{"surfaces": [{"surface_id": "prometheus_rules:a.yml"}, {}]}"#)?;
/// assert_eq!(listed.ids().collect::<Vec<_>>(), ["prometheus_rules:a.yml"]);
/// assert_eq!(listed.nameless(), [1]);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedSurfaces {
    /// Sorted by id.
    facts: Vec<(String, Facts)>,
    nameless: Vec<usize>,
}

/// What an inventory says of a surface, as far as a candidate shows it.
type Facts = Vec<(AcceptanceField, Json)>;

impl ListedSurfaces {
    /// Reads what an inventory says of its surfaces.
    ///
    /// # Errors
    ///
    /// As [`Inventory::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let mut listed = Self::default();
            reader.object(
                |key| (key == SURFACES).then_some(()),
                |reader, ()| {
                    if reader.is_at_array()? {
                        return reader.array(|reader, index| listed.read(reader, index));
                    }
                    // What is no list lists nothing that could be held against a draft.
                    listed.nameless.push(0);
                    reader.value().map(drop)
                },
            )?;
            listed.facts.sort_by(|(one, _), (other, _)| one.cmp(other));
            Ok(listed)
        })
    }

    fn read(&mut self, reader: &mut Reader<'_>, index: usize) -> Read<()> {
        let (mut id, mut facts) = (None, Vec::new());
        if reader.is_at_object()? {
            reader.object(
                |key| key.parse::<AcceptanceField>().ok(),
                |reader, field| {
                    match (field, reader.value()?) {
                        (AcceptanceField::SurfaceId, Json::String(text)) => id = Some(text),
                        (field, value) => facts.push((field, value)),
                    }
                    Ok(())
                },
            )?;
        } else {
            reader.value()?;
        }
        match id.filter(|id| !id.is_empty()) {
            Some(id) => self.facts.push((id, facts)),
            None => self.nameless.push(index),
        }
        Ok(())
    }

    /// The ids of the surfaces, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|(id, _)| id.as_str())
    }

    /// The places in the list of what has no id.
    #[must_use]
    pub fn nameless(&self) -> &[usize] {
        &self.nameless
    }

    /// The fields in which `surface` is described otherwise than here; `None` where it is not listed.
    #[must_use]
    pub fn differences(&self, surface: &Surface) -> Option<Vec<AcceptanceField>> {
        let place =
            self.facts.binary_search_by(|(id, _)| id.as_str().cmp(surface.surface_id())).ok()?;
        let (_, facts) = self.facts.get(place)?;
        let differs = |field: AcceptanceField, listed: &Json| match field {
            AcceptanceField::WriteCapableSurface => {
                *listed != Json::Bool(surface.is_write_capable())
            }
            AcceptanceField::RequiresLiveEvidence => {
                *listed != Json::Bool(surface.requires_live_evidence())
            }
            _ => surface.descriptor(field).is_some_and(|own| own != listed),
        };
        let differing = facts.iter().filter(|(field, listed)| differs(*field, listed));
        Some(differing.map(|(field, _)| *field).collect())
    }
}

/// The owner requests: what each surface's owner is asked.
///
/// ```
/// use acceptance_ledger::OwnerRequests;
///
/// let error = OwnerRequests::parse(b"{\"request_drafts\": []}").unwrap_err();
/// assert_eq!(error.problem().to_string(), "the key \"required_owner_fields\" is missing");
///
/// let requests = OwnerRequests::parse(b"{\"required_owner_fields\": [\"decision\"]}")?;
/// assert_eq!(requests.required_owner_fields(), ["decision"]);
/// assert!(requests.surfaces().is_empty());
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OwnerRequests {
    pub(crate) source: Source,
    pub(crate) required_owner_fields: Arc<[String]>,
    pub(crate) surfaces: Vec<Surface>,
}

impl OwnerRequests {
    /// Reads an owner request document.
    ///
    /// # Errors
    ///
    /// The first fault of a document that is no strict JSON object, lacks a key that the ledger
    /// shows, or asks twice about one surface.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut surfaces = Vec::new();
        let requests = Self::parse_each(bytes, |surface| surfaces.push(surface))?;
        Ok(Self { surfaces, ..requests })
    }

    /// Reads an owner request document, and hands each surface over as soon as it is read: before
    /// it is known whether the rest of the document is sound. The result has no surfaces.
    ///
    /// # Errors
    ///
    /// As [`OwnerRequests::parse`].
    pub fn parse_each(bytes: &[u8], mut each: impl FnMut(Surface)) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let offset = reader.offset()?;
            let mut source = Source::default();
            let mut required = None;
            reader.object(RequestKey::know, |reader, key| {
                match key {
                    RequestKey::Source(key) => source.read(reader, key, REQUEST_DRAFT_COUNT)?,
                    RequestKey::RequiredOwnerFields => {
                        let fields = reader.strings();
                        required = Some(reader.go_on(fields)?.unwrap_or_default());
                    }
                    RequestKey::RequestDrafts => {
                        let drafts = read_drafts(reader, &mut each);
                        reader.go_on(drafts)?;
                    }
                }
                Ok(())
            })?;
            let required = required.ok_or_else(|| Fault {
                offset,
                problem: DocumentProblem::MissingKey(LedgerKey::RequiredOwnerFields.to_string()),
            });
            let required = reader.go_on(required)?.unwrap_or_default();
            Ok(Self { source, required_owner_fields: required.into(), surfaces: Vec::new() })
        })
    }

    /// What the document says of itself.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The fields that the owners are asked to answer.
    #[must_use]
    pub fn required_owner_fields(&self) -> &[String] {
        &self.required_owner_fields
    }

    /// The surfaces that an owner is asked about, in the document's order.
    #[must_use]
    pub fn surfaces(&self) -> &[Surface] {
        &self.surfaces
    }
}

fn read_drafts(reader: &mut Reader<'_>, each: &mut impl FnMut(Surface)) -> Read<()> {
    let mut index_of = HashMap::new();
    let mut usual: Arc<[String]> = Arc::default();
    reader.array(|reader, index| {
        let offset = reader.offset()?;
        let mut parts = SurfaceParts::default();
        let read = reader.object(SurfaceKey::know, |reader, key| parts.read(reader, key, &usual));
        if reader.go_on(read)?.is_none() {
            return Ok(());
        }
        let Some(surface) = parts.finish(reader, offset) else { return Ok(()) };
        if surface.surface_id().is_empty() {
            return Ok(());
        }
        if let Some(first) = index_of.insert(surface.surface_id().to_owned(), index) {
            reader.note(Fault { offset, problem: DocumentProblem::DuplicateSurface(first) });
            return Ok(());
        }
        usual = surface.shared_required_owner_fields();
        each(surface);
        Ok(())
    })
}

/// A key that both inputs use to speak of themselves.
#[derive(Clone, Copy, PartialEq)]
enum SourceKey {
    SchemaVersion,
    Status,
    Summary,
}

impl SourceKey {
    fn know(key: &str) -> Option<Self> {
        match key.parse().ok()? {
            LedgerKey::SchemaVersion => Some(Self::SchemaVersion),
            LedgerKey::Status => Some(Self::Status),
            LedgerKey::Summary => Some(Self::Summary),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum RequestKey {
    Source(SourceKey),
    RequiredOwnerFields,
    RequestDrafts,
}

impl RequestKey {
    fn know(key: &str) -> Option<Self> {
        if key == REQUEST_DRAFTS {
            Some(Self::RequestDrafts)
        } else if key == LedgerKey::RequiredOwnerFields.as_str() {
            Some(Self::RequiredOwnerFields)
        } else {
            SourceKey::know(key).map(Self::Source)
        }
    }
}

impl Source {
    fn read(&mut self, reader: &mut Reader<'_>, key: SourceKey, count_key: &str) -> Read<()> {
        match key {
            SourceKey::SchemaVersion => self.schema_version = reader.value()?,
            SourceKey::Status => self.status = reader.value()?,
            SourceKey::Summary => {
                let summary = reader.object(
                    |key| (key == count_key).then_some(()),
                    |reader, ()| {
                        self.count = reader.value()?;
                        Ok(())
                    },
                );
                reader.go_on(summary)?;
            }
        }
        Ok(())
    }
}

/// Whether a path may name the key: the inputs' formats have it.
fn is_input_key(key: &str) -> bool {
    [SURFACE_COUNT, REQUEST_DRAFTS, REQUEST_DRAFT_COUNT].contains(&key)
        || key.parse::<LedgerKey>().is_ok()
        || key.parse::<AcceptanceField>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_says_what_it_says_of_itself() {
        let text =
            br#"{"summary": {"request_draft_count": 3}, "required_owner_fields": ["a", "b"]}"#;
        let requests = OwnerRequests::parse(text).unwrap();
        assert_eq!(requests.required_owner_fields(), ["a", "b"]);
        assert_eq!(requests.source().count(), &Json::from(3));
        assert_eq!(requests.source().status().as_str(), None);
        let inventory =
            Inventory::parse(br#"{"status": "ready", "schema_version": "v1"}"#).unwrap();
        assert_eq!(inventory.source().status().as_str(), Some("ready"));
        assert_eq!(inventory.source().schema_version().as_str(), Some("v1"));
    }

    #[test]
    fn an_inventory_is_held_against_the_drafts() {
        let draft = |writes: bool| {
            let text = format!(
                r#"{{"required_owner_fields": [], "request_drafts": [{{
                "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1,
                "config_kind": 1, "observability_scope": 1, "control_tier": 1,
                "repo_source_path": 1, "repo_sha256": 1, "source_line_count": 1,
                "write_capable_surface": {writes}, "requires_live_evidence": {writes},
                "required_owner_fields": []}}]}}"#
            );
            OwnerRequests::parse(text.as_bytes()).unwrap().surfaces()[0].clone()
        };
        let listed = |facts: &str| {
            let text = format!(
                r#"{{"surfaces": [{{"surface_id": "z"}}, {{"surface_id": ""}}, 7, {{"label": 2}}, {{{facts}}}]}}"#
            );
            ListedSurfaces::parse(text.as_bytes()).unwrap()
        };
        let same = listed(
            r#""label": 1, "write_capable_surface": true, "requires_live_evidence": true,
            "surface_id": "s", "unheard of": 3, "not_approval": true"#,
        );
        assert_eq!(same.ids().collect::<Vec<_>>(), ["s", "z"]);
        assert_eq!(same.nameless(), [1, 2, 3]);
        assert_eq!(same.differences(&draft(true)), Some(vec![]));
        let other = same.differences(&draft(false)).unwrap();
        assert_eq!(
            other,
            [AcceptanceField::WriteCapableSurface, AcceptanceField::RequiresLiveEvidence]
        );
        let other = listed(r#""surface_id": "s", "label": 2, "source_line_count": 1"#);
        assert_eq!(other.differences(&draft(true)), Some(vec![AcceptanceField::Label]));
        assert_eq!(listed(r#""surface_id": "t""#).differences(&draft(true)), None);
        let none = ListedSurfaces::parse(br#"{"surfaces": {"surface_id": "s"}}"#).unwrap();
        assert_eq!((none.ids().count(), none.nameless()), (0, &[0][..]));
        assert_eq!(ListedSurfaces::parse(b"{}").unwrap(), ListedSurfaces::default());
    }

    #[test]
    fn a_path_names_the_keys_of_the_format_and_no_other() {
        for (text, path) in [
            (r#"{"request_drafts": [{"label": }]}"#, "$.request_drafts[0].label"),
            (r#"{"summary": {"surface_count": }}"#, "$.summary.surface_count"),
            (r#"{"summary": {"request_draft_count": }}"#, "$.summary.request_draft_count"),
            (r#"{"hunter2": }"#, "$.#1"),
        ] {
            let error = OwnerRequests::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.path(), path);
            assert_eq!((error.line(), error.column()), (1, text.find(" }").unwrap() + 2));
        }
    }
}
