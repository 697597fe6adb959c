//! Parses the owner requests: the document with the questions to the owner of each surface.

use std::collections::HashMap;
#[cfg(feature = "cli")]
use std::collections::HashSet;
use std::sync::Arc;

#[cfg(feature = "cli")]
use crate::digest::Digest;
use crate::json::{DocumentError, DocumentProblem, Fault, Read, Reader, read_document};
#[cfg(feature = "cli")]
use crate::json::{Pieces, read_pieces};
use crate::words::LedgerKey;

use super::source::{REQUEST_DRAFT_COUNT, REQUEST_DRAFTS, Source, SourceKey, is_input_key};
use super::surface::{Surface, SurfaceKey, SurfaceParts};

/// The owner requests: the document with the questions to the owner of each surface.
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
    /// Parses an owner request document.
    ///
    /// # Errors
    ///
    /// Fails if the document is not a strict JSON object, if a key that the ledger shows is missing or has a value of
    /// the wrong type, if an id is empty, or if two drafts ask about the same surface. The error is the first fault;
    /// [`DocumentError::rest`] has the others.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut surfaces = Vec::new();
        let requests = Self::parse_each(bytes, |surface| surfaces.push(surface))?;
        Ok(Self { surfaces, ..requests })
    }

    /// Parses an owner request document, and passes each surface to `each` as soon as it is read. At that time, the
    /// rest of the document is not checked yet. The returned value has no surfaces.
    ///
    /// # Errors
    ///
    /// Fails as [`OwnerRequests::parse`] does. `each` may have received surfaces before the error.
    pub fn parse_each(bytes: &[u8], mut each: impl FnMut(Surface)) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let offset = reader.offset()?;
            let mut source = Source::default();
            let mut required = None;
            reader.object(RequestKey::parse, |reader, key| {
                match key {
                    RequestKey::Source(key) => source.read(reader, key, REQUEST_DRAFT_COUNT)?,
                    RequestKey::RequiredOwnerFields => {
                        let fields = reader.strings();
                        required = Some(reader.note_if_recoverable(fields)?.unwrap_or_default());
                    }
                    RequestKey::RequestDrafts => {
                        let drafts = read_drafts(reader, &mut each);
                        reader.note_if_recoverable(drafts)?;
                    }
                }
                Ok(())
            })?;
            let required = required.ok_or_else(|| Fault {
                offset,
                problem: DocumentProblem::MissingKey(LedgerKey::RequiredOwnerFields.to_string()),
            });
            let required = reader.note_if_recoverable(required)?.unwrap_or_default();
            Ok(Self { source, required_owner_fields: required.into(), surfaces: Vec::new() })
        })
    }

    /// As [`OwnerRequests::parse_each`], for a document that comes in pieces; see [`read_pieces`]. The result is `None` if
    /// the document may have a fault. `each` may have received surfaces before that.
    ///
    /// # Errors
    ///
    /// If `more` returns an error.
    #[cfg(feature = "cli")]
    pub(crate) fn parse_pieces<E>(
        more: impl FnMut(&mut Vec<u8>, usize) -> Result<(), E>,
        each: impl FnMut(Surface),
    ) -> Result<Option<Self>, E> {
        let mut pieces = RequestPieces {
            source: Source::default(),
            required: None,
            shared: Arc::default(),
            ids: HashSet::new(),
            each,
        };
        let is_read = read_pieces(&mut pieces, more)?;
        let RequestPieces { source, required, .. } = pieces;
        let required = required.filter(|_| is_read);
        Ok(required.map(|required| Self {
            source,
            required_owner_fields: required.into(),
            surfaces: Vec::new(),
        }))
    }

    /// What the document says about itself.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The names of the fields that the document asks of the owners.
    #[must_use]
    pub fn required_owner_fields(&self) -> &[String] {
        &self.required_owner_fields
    }

    /// The surfaces that the document asks about, in the order of the document.
    #[must_use]
    pub fn surfaces(&self) -> &[Surface] {
        &self.surfaces
    }
}

/// Owner requests that are read in pieces.
#[cfg(feature = "cli")]
struct RequestPieces<F> {
    source: Source,
    required: Option<Vec<String>>,
    /// The required fields of the draft before.
    shared: Arc<[String]>,
    /// Half of the digest of each id. A million ids themselves would need 100 MB.
    ids: HashSet<[u8; 16]>,
    each: F,
}

#[cfg(feature = "cli")]
impl<F: FnMut(Surface)> Pieces for RequestPieces<F> {
    type Item = Surface;
    type Key = RequestKey;

    const LIST: &'static str = REQUEST_DRAFTS;

    fn parse_key(key: &str) -> Option<RequestKey> {
        RequestKey::parse(key)
    }

    fn read_member(&mut self, reader: &mut Reader<'_>, key: RequestKey) -> Read<()> {
        match key {
            RequestKey::Source(key) => self.source.read(reader, key, REQUEST_DRAFT_COUNT)?,
            RequestKey::RequiredOwnerFields => self.required = Some(reader.strings()?),
            // Not reached: the list is no member.
            RequestKey::RequestDrafts => {}
        }
        Ok(())
    }

    fn read_item(&mut self, reader: &mut Reader<'_>) -> Read<Option<Surface>> {
        let offset = reader.offset()?;
        let mut parts = SurfaceParts::default();
        let shared = &self.shared;
        reader.object(SurfaceKey::parse, |reader, key| parts.read(reader, key, shared))?;
        Ok(parts.finish(reader, offset))
    }

    fn take(&mut self, surface: Surface) -> bool {
        let digest = Digest::of(surface.surface_id().as_bytes());
        let half = digest.bytes().first_chunk().copied().unwrap_or_default();
        let is_in_order = !surface.surface_id().is_empty() && self.ids.insert(half);
        if is_in_order {
            self.shared = surface.shared_required_owner_fields();
            (self.each)(surface);
        }
        is_in_order
    }
}

/// Reads the drafts, and passes the surface of each complete draft to `each`. Notes every fault and goes on.
fn read_drafts(reader: &mut Reader<'_>, each: &mut impl FnMut(Surface)) -> Read<()> {
    let mut index_of = HashMap::new();
    // Most drafts ask for the same fields. If a draft has the list of the draft before it, they share one copy.
    let mut shared: Arc<[String]> = Arc::default();
    reader.array(|reader, index| {
        let offset = reader.offset()?;
        let mut parts = SurfaceParts::default();
        let read = reader.object(SurfaceKey::parse, |reader, key| parts.read(reader, key, &shared));
        if reader.note_if_recoverable(read)?.is_none() {
            return Ok(());
        }
        let Some(surface) = parts.finish(reader, offset) else { return Ok(()) };
        // The fault of an empty id is noted already. Two empty ids are not the same surface.
        if surface.surface_id().is_empty() {
            return Ok(());
        }
        if let Some(first) = index_of.insert(surface.surface_id().to_owned(), index) {
            reader.note(Fault { offset, problem: DocumentProblem::DuplicateSurface(first) });
            return Ok(());
        }
        shared = surface.shared_required_owner_fields();
        each(surface);
        Ok(())
    })
}

/// A key of the document that is read; other keys are skipped.
#[derive(Clone, Copy, PartialEq)]
enum RequestKey {
    Source(SourceKey),
    RequiredOwnerFields,
    RequestDrafts,
}

impl RequestKey {
    fn parse(key: &str) -> Option<Self> {
        if key == REQUEST_DRAFTS {
            Some(Self::RequestDrafts)
        } else if key == LedgerKey::RequiredOwnerFields.as_str() {
            Some(Self::RequiredOwnerFields)
        } else {
            SourceKey::parse(key).map(Self::Source)
        }
    }
}
