//! A surface, and the keys with which both inputs and the ledger describe it.

use std::sync::Arc;

use crate::digest::Digest;
use crate::json::{DocumentProblem, Fault, Json, Read, Reader, write_json};
use crate::words::names::CANDIDATE_PREFIX;
use crate::words::{AcceptanceField, LedgerKey, ResponseKey};

/// The fields that describe a surface. Their values may have any JSON type. The ledger copies them unchanged.
pub(crate) const DESCRIPTORS: [AcceptanceField; 8] = [
    AcceptanceField::Label,
    AcceptanceField::ExpectedScope,
    AcceptanceField::ConfigKind,
    AcceptanceField::ObservabilityScope,
    AcceptanceField::ControlTier,
    AcceptanceField::RepoSourcePath,
    AcceptanceField::RepoSha256,
    AcceptanceField::SourceLineCount,
];

/// The descriptors that an answer depends on. If one of them changes, the answer was given for another surface. The
/// tier and the line count are not here: no owner answers for them.
const ANSWERED_FOR: [AcceptanceField; 6] = [
    AcceptanceField::Label,
    AcceptanceField::ExpectedScope,
    AcceptanceField::ConfigKind,
    AcceptanceField::ObservabilityScope,
    AcceptanceField::RepoSourcePath,
    AcceptanceField::RepoSha256,
];

/// A surface and the request to its owner. It identifies a candidate in every state.
///
/// It comes from an owner request, see [`OwnerRequests`](crate::OwnerRequests).
///
/// ```
/// use acceptance_ledger::{AcceptanceField, OwnerRequests};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let surface = &requests.surfaces()[0];
/// assert_eq!(surface.surface_id(), "alertmanager_config:alertmanager/config.yml");
/// assert!(surface.is_write_capable());
/// assert!(surface.is_candidate(&surface.candidate_id()));
/// assert_eq!(surface.descriptor(AcceptanceField::Label).unwrap().as_str(), Some("config.yml"));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
///
/// Clones share the same data, so a clone is cheap.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface(Arc<Facts>);

/// What an owner request says about a surface.
#[derive(Debug, PartialEq)]
struct Facts {
    request_id: String,
    surface_id: String,
    descriptors: [Json; DESCRIPTORS.len()],
    is_write_capable: bool,
    requires_live_evidence: bool,
    required_owner_fields: Arc<[String]>,
}

impl Surface {
    /// The id of the request to the owner.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The id of the surface.
    #[must_use]
    pub fn surface_id(&self) -> &str {
        &self.0.surface_id
    }

    /// The id of the surface's candidate.
    #[must_use]
    pub fn candidate_id(&self) -> String {
        format!("{CANDIDATE_PREFIX}{}", self.surface_id())
    }

    /// Whether `candidate_id` is the id of this surface's candidate.
    #[must_use]
    pub fn is_candidate(&self, candidate_id: &str) -> bool {
        Self::id_in(candidate_id) == Some(self.surface_id())
    }

    /// Returns the surface id that a candidate id contains, or `None` if it is not a candidate id.
    pub(crate) fn id_in(candidate_id: &str) -> Option<&str> {
        candidate_id.strip_prefix(CANDIDATE_PREFIX)
    }

    /// Returns the value of a field that describes the surface, from `label` to `source_line_count`; `None` for any
    /// other field.
    #[must_use]
    pub fn descriptor(&self, field: AcceptanceField) -> Option<&Json> {
        let index = DESCRIPTORS.iter().position(|descriptor| *descriptor == field)?;
        self.0.descriptors.get(index)
    }

    /// Whether a change of the surface can alter alerts, routes or receivers.
    #[must_use]
    pub fn is_write_capable(&self) -> bool {
        self.0.is_write_capable
    }

    /// Whether an answer needs evidence from the running system.
    #[must_use]
    pub fn requires_live_evidence(&self) -> bool {
        self.0.requires_live_evidence
    }

    /// Returns the SHA-256 digest of the facts that an answer depends on: the two ids, the descriptors without tier
    /// and line count, and the two traits. The digest is of a JSON object, written as the ledger is, with a line
    /// break at the end.
    ///
    /// If an answer names another digest, it was given for another surface.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let descriptors = ANSWERED_FOR
            .iter()
            .map(|field| (field.as_str(), self.descriptor(*field).cloned().unwrap_or(Json::Null)));
        let rest = [
            (AcceptanceField::RequestId, Json::from(self.request_id())),
            (AcceptanceField::SurfaceId, Json::from(self.surface_id())),
            (AcceptanceField::WriteCapableSurface, Json::Bool(self.is_write_capable())),
            (AcceptanceField::RequiresLiveEvidence, Json::Bool(self.requires_live_evidence())),
        ]
        .map(|(field, value)| (field.as_str(), value));
        let mut text = String::new();
        write_json(&mut text, &Json::object(descriptors.chain(rest)), 0);
        text.push('\n');
        Digest::of(text.as_bytes())
    }

    /// Returns the list of required fields without a copy of its texts.
    pub(crate) fn shared_required_owner_fields(&self) -> Arc<[String]> {
        Arc::clone(&self.0.required_owner_fields)
    }

    /// Returns the names in [`required_owner_fields`](Self::required_owner_fields) that are not keys of a response.
    /// Every answer lacks them.
    pub fn unanswerable_fields(&self) -> impl Iterator<Item = &str> {
        let names = self.0.required_owner_fields.iter().map(String::as_str);
        names.filter(|name| ResponseKey::parse(name).is_none())
    }

    /// The names of the fields that the request asks for.
    #[must_use]
    pub fn required_owner_fields(&self) -> &[String] {
        &self.0.required_owner_fields
    }
}

/// A key with which a document describes a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SurfaceKey {
    /// One of the two ids: a string that is not empty.
    Identity(AcceptanceField),
    /// A descriptor, by its index in [`DESCRIPTORS`].
    Descriptor(usize),
    /// One of the two traits: a boolean.
    Trait(AcceptanceField),
    RequiredOwnerFields,
}

impl SurfaceKey {
    pub(crate) fn parse(key: &str) -> Option<Self> {
        if key == LedgerKey::RequiredOwnerFields.as_str() {
            return Some(Self::RequiredOwnerFields);
        }
        key.parse().ok().and_then(Self::of)
    }

    /// Returns the key for this acceptance field, or `None` if the field does not describe the surface.
    pub(crate) fn of(field: AcceptanceField) -> Option<Self> {
        match field {
            AcceptanceField::RequestId | AcceptanceField::SurfaceId => Some(Self::Identity(field)),
            AcceptanceField::WriteCapableSurface | AcceptanceField::RequiresLiveEvidence => {
                Some(Self::Trait(field))
            }
            _ => DESCRIPTORS.iter().position(|other| *other == field).map(Self::Descriptor),
        }
    }
}

/// The parts of a surface that are read so far.
#[derive(Debug, Default)]
pub(crate) struct SurfaceParts {
    request_id: Option<String>,
    surface_id: Option<String>,
    descriptors: [Option<Json>; DESCRIPTORS.len()],
    is_write_capable: Option<bool>,
    requires_live_evidence: Option<bool>,
    required_owner_fields: Option<Arc<[String]>>,
}

impl SurfaceParts {
    /// Reads the value of `key`. If the list of required fields equals `shared`, both share one copy.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: SurfaceKey,
        shared: &Arc<[String]>,
    ) -> Read<()> {
        match key {
            SurfaceKey::Identity(field) => {
                let id = read_id(reader);
                let id = reader.note_if_recoverable(id)?.unwrap_or_default();
                match field {
                    AcceptanceField::RequestId => self.request_id = Some(id),
                    _ => self.surface_id = Some(id),
                }
            }
            SurfaceKey::Descriptor(index) => {
                let value = reader.value()?;
                if let Some(slot) = self.descriptors.get_mut(index) {
                    *slot = Some(value);
                }
            }
            SurfaceKey::Trait(field) => {
                let value = reader.boolean();
                let value = reader.note_if_recoverable(value)?.unwrap_or_default();
                match field {
                    AcceptanceField::WriteCapableSurface => self.is_write_capable = Some(value),
                    _ => self.requires_live_evidence = Some(value),
                }
            }
            SurfaceKey::RequiredOwnerFields => {
                let fields = reader.strings_unless_same(shared);
                let fields = reader.note_if_recoverable(fields)?.unwrap_or_default();
                self.required_owner_fields =
                    Some(fields.map_or_else(|| Arc::clone(shared), Into::into));
            }
        }
        Ok(())
    }

    /// Returns the surface, or `None` if a key is missing. Notes each missing key as a fault at `offset`, where the
    /// object begins.
    pub(crate) fn finish(self, reader: &mut Reader<'_>, offset: usize) -> Option<Surface> {
        let mut require = |is_present: bool, key: &str| {
            if !is_present {
                let problem = DocumentProblem::MissingKey(key.to_owned());
                reader.note(Fault { offset, problem });
            }
        };
        for (part, field) in self.descriptors.iter().zip(DESCRIPTORS) {
            require(part.is_some(), field.as_str());
        }
        require(self.request_id.is_some(), AcceptanceField::RequestId.as_str());
        require(self.surface_id.is_some(), AcceptanceField::SurfaceId.as_str());
        require(self.is_write_capable.is_some(), AcceptanceField::WriteCapableSurface.as_str());
        require(
            self.requires_live_evidence.is_some(),
            AcceptanceField::RequiresLiveEvidence.as_str(),
        );
        require(self.required_owner_fields.is_some(), LedgerKey::RequiredOwnerFields.as_str());
        let mut descriptors = [const { Json::Null }; DESCRIPTORS.len()];
        for (slot, part) in descriptors.iter_mut().zip(self.descriptors) {
            *slot = part?;
        }
        Some(Surface(Arc::new(Facts {
            request_id: self.request_id?,
            surface_id: self.surface_id?,
            descriptors,
            is_write_capable: self.is_write_capable?,
            requires_live_evidence: self.requires_live_evidence?,
            required_owner_fields: self.required_owner_fields?,
        })))
    }
}

fn read_id(reader: &mut Reader<'_>) -> Read<String> {
    let offset = reader.offset()?;
    let id = reader.string()?;
    if id.is_empty() { Err(Fault { offset, problem: DocumentProblem::EmptyId }) } else { Ok(id) }
}
