use std::collections::BTreeSet;
use std::fmt;

use crate::digest::{Digest, Original};
use crate::json::{
    DocumentError, DocumentProblem, Fault, Json, line_and_column, read_small_document,
};
use crate::signer::Signer;
use crate::time::Time;
use crate::words::{AcceptanceField, LedgerKey, ReviewerCheck};

/// The version of an owner response that this crate reads.
pub(crate) const RESPONSE_VERSION: &str = "monitoring_owner_response_v1";

// The keys that no word list has: only an owner response does.
const SCHEMA: &str = "$schema";
const RESPONDER: &str = "responder";
const RESPONDED_AT: &str = "responded_at";

/// A key that an owner response has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseKey {
    SchemaVersion,
    Schema,
    Responder,
    RespondedAt,
    /// Identity, `not_approval`, or an answer.
    Field(AcceptanceField),
}

impl ResponseKey {
    pub(crate) fn know(name: &str) -> Option<Self> {
        match name {
            SCHEMA => Some(Self::Schema),
            RESPONDER => Some(Self::Responder),
            RESPONDED_AT => Some(Self::RespondedAt),
            _ if name == LedgerKey::SchemaVersion.as_str() => Some(Self::SchemaVersion),
            _ => {
                let field: AcceptanceField = name.parse().ok()?;
                let is_identity = matches!(
                    field,
                    AcceptanceField::AcceptanceCandidateId
                        | AcceptanceField::RequestId
                        | AcceptanceField::SurfaceId
                        | AcceptanceField::RepoSha256
                        | AcceptanceField::NotApproval
                );
                (is_identity || field.answer_shape().is_some()).then_some(Self::Field(field))
            }
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SchemaVersion => LedgerKey::SchemaVersion.as_str(),
            Self::Schema => SCHEMA,
            Self::Responder => RESPONDER,
            Self::RespondedAt => RESPONDED_AT,
            Self::Field(field) => field.as_str(),
        }
    }

    /// The check that a problem in this field counts against.
    pub(crate) fn check(self) -> Option<ReviewerCheck> {
        match self {
            Self::Responder | Self::RespondedAt => Some(ReviewerCheck::OwnerIdentityPresent),
            Self::Field(field) => field.check(),
            Self::SchemaVersion | Self::Schema => None,
        }
    }
}

/// One member of an owner response.
pub(crate) struct Member {
    /// `None`: no key of an owner response.
    pub(crate) key: Option<ResponseKey>,
    pub(crate) name: String,
    pub(crate) value: Json,
    /// Where the value begins.
    offset: usize,
}

/// An owner response as it came, before triage.
///
/// Nothing of it is shown: it may carry a secret.
///
/// ```
/// use acceptance_ledger::ResponseDocument;
///
/// let error = ResponseDocument::parse(b"{\"decision\": \"confirm_current_state\"}").unwrap_err();
/// assert_eq!(error.problem().to_string(), "the key \"schema_version\" is missing");
///
/// let text = br#"{"schema_version": "monitoring_owner_response_v1", "decision": "hunter2"}"#;
/// let document = ResponseDocument::parse(text)?;
/// assert_eq!(format!("{document:?}"), "ResponseDocument { .. }");
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
pub struct ResponseDocument {
    original: Original,
    members: Vec<Member>,
    signer: Option<Signer>,
}

impl fmt::Debug for ResponseDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseDocument").finish_non_exhaustive()
    }
}

impl ResponseDocument {
    /// Reads an owner response, and keeps its bytes as they came.
    ///
    /// # Errors
    ///
    /// The first fault of a document that has more than 256 KiB, is no strict JSON object, or does
    /// not name the schema version that this crate reads. What is wrong with its answers is for
    /// triage to find.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let is_known = |key: &str| ResponseKey::know(key).is_some();
        read_small_document(bytes, is_known, |reader| {
            let start = reader.offset()?;
            let mut members = Vec::new();
            let mut version = None;
            let mut names = BTreeSet::new();
            reader.each_member(|reader, name| {
                if !names.insert(name.clone()) {
                    return Err(DocumentProblem::DuplicateKey.into());
                }
                let offset = reader.offset()?;
                let key = ResponseKey::know(&name);
                let value = reader.value()?;
                if key == Some(ResponseKey::SchemaVersion) {
                    version = Some((offset, value.as_str() == Some(RESPONSE_VERSION)));
                }
                members.push(Member { key, name, value, offset });
                Ok(())
            })?;
            match version {
                Some((_, true)) => {
                    Ok(Self { original: Original::new(bytes), members, signer: None })
                }
                Some((offset, false)) => {
                    Err(Fault { offset, problem: DocumentProblem::WrongVersion(RESPONSE_VERSION) })
                }
                None => {
                    let key = LedgerKey::SchemaVersion.to_string();
                    Err(Fault { offset: start, problem: DocumentProblem::MissingKey(key) })
                }
            }
        })
    }

    /// The document, signed by whom the caller has verified it to be.
    ///
    /// ```
    /// use acceptance_ledger::{ResponseDocument, Signer, SignerRole};
    ///
    /// # let bytes = br#"{"schema_version": "monitoring_owner_response_v1"}"#;
    /// let ada = Signer::verified("ada@example.com", "SHA256:abc", SignerRole::Owner);
    /// let document = ResponseDocument::parse(bytes)?.signed_by(ada);
    /// assert_eq!(document.signer().unwrap().principal(), "ada@example.com");
    /// # Ok::<(), acceptance_ledger::DocumentError>(())
    /// ```
    #[must_use]
    pub fn signed_by(self, signer: Signer) -> Self {
        Self { signer: Some(signer), ..self }
    }

    /// Who signed the document, where a signature has been verified.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The digest of the document's bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.original.digest()
    }

    /// The document byte for byte as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.original.bytes()
    }

    pub(crate) const fn original(&self) -> &Original {
        &self.original
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn value(&self, key: ResponseKey) -> Option<&Json> {
        self.members.iter().find(|member| member.key == Some(key)).map(|member| &member.value)
    }

    /// The line and column, both from 1, of the value that a [`Finding`](crate::Finding)'s field points
    /// to.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (usize, usize) {
        let name = field.split('/').nth(1).unwrap_or_default();
        let member = match name.strip_prefix('#').and_then(|position| position.parse().ok()) {
            Some(position) => self.members.get(usize::saturating_sub(position, 1)),
            None => self.members.iter().find(|member| member.name == name),
        };
        line_and_column(self.original.bytes(), member.map_or(0, |member| member.offset))
    }

    /// Who answers, as the response says itself.
    #[must_use]
    pub fn responder(&self) -> Option<&str> {
        self.value(ResponseKey::Responder)?.as_str().map(str::trim)
    }

    /// When the owner answered; `None` where no time with an offset says so.
    #[must_use]
    pub fn responded_at(&self) -> Option<Time> {
        self.value(ResponseKey::RespondedAt)?.as_str()?.trim().parse().ok()
    }

    /// The candidate that the response is for, as it says itself.
    #[must_use]
    pub fn candidate_id(&self) -> Option<&str> {
        self.value(ResponseKey::Field(AcceptanceField::AcceptanceCandidateId))?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_knows_its_bytes_and_where_each_value_stands() {
        let text = "{\"schema_version\": \"monitoring_owner_response_v1\",\n  \"decision\": \"none\",\n\n \"hunter2\": 7}";
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        assert_eq!(document.bytes(), text.as_bytes());
        assert_eq!(document.place_of("/decision"), (2, 15));
        assert_eq!(document.place_of("/#3/0"), (4, 13));
        assert_eq!(document.place_of("/reload_owner"), (1, 1));
    }
}
