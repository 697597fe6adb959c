//! A surface, and the keys by which both inputs and the ledger describe it.

use std::sync::Arc;

use crate::digest::Digest;
use crate::json::{DocumentProblem, Fault, Json, Read, Reader, write_json};
use crate::words::names::CANDIDATE_PREFIX;
use crate::words::{AcceptanceField, LedgerKey, ResponseKey};

/// The fields that describe a surface. They may be of any JSON type, and are carried over as they
/// stand.
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

/// The descriptors that an answer rests on: where one of them changes, the answer was given for another surface. A
/// tier or a line count says nothing that an owner answers for.
const ANSWERED_FOR: [AcceptanceField; 6] = [
    AcceptanceField::Label,
    AcceptanceField::ExpectedScope,
    AcceptanceField::ConfigKind,
    AcceptanceField::ObservabilityScope,
    AcceptanceField::RepoSourcePath,
    AcceptanceField::RepoSha256,
];

/// A surface and the request to its owner: who a candidate is, whatever becomes of it.
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
/// A clone is the same surface, and costs next to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface(Arc<Facts>);

/// What an owner request says of a surface.
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

    /// Whether that is the id of the surface's candidate.
    #[must_use]
    pub fn is_candidate(&self, candidate_id: &str) -> bool {
        Self::id_in(candidate_id) == Some(self.surface_id())
    }

    /// The id of the surface that a candidate's id speaks of.
    pub(crate) fn id_in(candidate_id: &str) -> Option<&str> {
        candidate_id.strip_prefix(CANDIDATE_PREFIX)
    }

    /// A field that describes the surface, `label` to `source_line_count`; `None` for any other.
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

    /// The digest of what a request says of the surface, so far as an answer rests on it: of an object in the
    /// ledger's bytes with the ids, what describes the surface but for its tier and length, and the two traits.
    ///
    /// An answer that was given for another digest was given for another surface.
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

    pub(crate) fn shared_required_owner_fields(&self) -> Arc<[String]> {
        Arc::clone(&self.0.required_owner_fields)
    }

    /// The names among [`required_owner_fields`](Self::required_owner_fields) that no response has:
    /// every answer lacks them.
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

/// A key that a document uses to say what a surface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SurfaceKey {
    Identity(AcceptanceField),
    Descriptor(usize),
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

    /// The key that is this acceptance field, where it belongs to the surface.
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

/// A surface as far as it is read.
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
    /// Reads the value of `key`. A list of required fields that is the same as `shared` is shared.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: SurfaceKey,
        shared: &Arc<[String]>,
    ) -> Read<()> {
        match key {
            SurfaceKey::Identity(field) => {
                let id = read_id(reader);
                let id = reader.or_note(id)?.unwrap_or_default();
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
                let value = reader.or_note(value)?.unwrap_or_default();
                match field {
                    AcceptanceField::WriteCapableSurface => self.is_write_capable = Some(value),
                    _ => self.requires_live_evidence = Some(value),
                }
            }
            SurfaceKey::RequiredOwnerFields => {
                let fields = reader.strings_unless_same(shared);
                let fields = reader.or_note(fields)?.unwrap_or_default();
                self.required_owner_fields =
                    Some(fields.map_or_else(|| Arc::clone(shared), Into::into));
            }
        }
        Ok(())
    }

    /// The surface, if nothing is missing from the object that began at `offset`. Each key that is missing is noted.
    pub(crate) fn finish(self, reader: &mut Reader<'_>, offset: usize) -> Option<Surface> {
        let mut some = |is_there: bool, key: &str| {
            if !is_there {
                let problem = DocumentProblem::MissingKey(key.to_owned());
                reader.note(Fault { offset, problem });
            }
        };
        for (part, field) in self.descriptors.iter().zip(DESCRIPTORS) {
            some(part.is_some(), field.as_str());
        }
        some(self.request_id.is_some(), AcceptanceField::RequestId.as_str());
        some(self.surface_id.is_some(), AcceptanceField::SurfaceId.as_str());
        some(self.is_write_capable.is_some(), AcceptanceField::WriteCapableSurface.as_str());
        some(self.requires_live_evidence.is_some(), AcceptanceField::RequiresLiveEvidence.as_str());
        some(self.required_owner_fields.is_some(), LedgerKey::RequiredOwnerFields.as_str());
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
