//! The document of an owner response, before triage.

use std::fmt;

use crate::digest::Digest;
use crate::document::{Comment, Document, Notation, escape};
use crate::json::{DocumentError, DocumentProblem, Json};
use crate::original::Original;
use crate::signer::Signer;
use crate::time::Time;
use crate::words::names::RESPONSE_VERSION;
use crate::words::{AcceptanceField, LedgerKey, ResponseKey};

/// The first step of a pointer to a comment. The number of the comment follows, from 1: `/#comment/2`.
pub(crate) const COMMENT: &str = "#comment";

/// An owner response as it was received, before triage.
///
/// `Debug` shows none of its contents, because they may include a secret.
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
#[derive(Clone)]
pub struct ResponseDocument {
    original: Original,
    document: Document,
    signer: Option<Signer>,
}

impl fmt::Debug for ResponseDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseDocument").finish_non_exhaustive()
    }
}

impl ResponseDocument {
    /// Parses an owner response, and keeps its bytes unchanged.
    ///
    /// Only the document is checked here. Triage checks the answers.
    ///
    /// # Errors
    ///
    /// Returns the first fault if the document has more than 256 KiB, if it is neither a strict JSON object nor a
    /// strict YAML mapping, or if it does not name the schema version that this crate reads.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        Self::of(bytes, || Original::new(bytes))
    }

    /// As [`Self::parse`], for bytes whose digest is known.
    pub(crate) fn read(original: &Original) -> Result<Self, DocumentError> {
        Self::of(original.bytes(), || original.clone())
    }

    /// Parses the bytes. `original` is called only for a valid document, so a large one is not hashed.
    fn of(bytes: &[u8], original: impl FnOnce() -> Original) -> Result<Self, DocumentError> {
        let is_known = |key: &str| {
            ResponseKey::parse(key).is_some() || AcceptanceField::is_step_of_an_answer(key)
        };
        let document = Document::read(bytes, is_known)?;
        let key = LedgerKey::SchemaVersion.as_str();
        let error = |pointer: &str, problem| Err(document.error(bytes, pointer, is_known, problem));
        match document.get(key) {
            Some(version) if version.as_str() == Some(RESPONSE_VERSION) => {
                Ok(Self { original: original(), document, signer: None })
            }
            Some(_) => error(&format!("/{key}"), DocumentProblem::WrongVersion(RESPONSE_VERSION)),
            None => error("", DocumentProblem::MissingKey(key.to_owned())),
        }
    }

    /// Returns the document with its signer. The caller must have verified the signature.
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

    /// Replaces the signer. `None` if no signature was checked.
    #[cfg(feature = "store")]
    pub(crate) fn with_signer(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    /// Returns who signed the document, or `None` if no signature was verified.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Returns the digest of the document's bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.original.digest()
    }

    /// Returns the bytes of the document, as they were received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.original.bytes()
    }

    /// Returns the bytes of the document with their digest.
    pub(crate) const fn original(&self) -> &Original {
        &self.original
    }

    /// Returns whether the document is JSON or YAML.
    pub(crate) const fn notation(&self) -> Notation {
        self.document.notation
    }

    /// Returns the keys and values of the document, in the order of the file.
    pub(crate) fn members(&self) -> &[(String, Json)] {
        &self.document.members
    }

    /// Returns the texts below a value, in the order of the file.
    pub(crate) fn texts_below<'v>(&self, pointer: &str, value: &'v Json) -> Vec<&'v str> {
        self.document.texts_below(pointer, value)
    }

    /// Returns the comments of a YAML document. JSON has none.
    pub(crate) fn comments(&self) -> &[Comment] {
        &self.document.comments
    }

    /// Returns the value of a key.
    pub(crate) fn value(&self, key: ResponseKey) -> Option<&Json> {
        self.document.get(key.as_str())
    }

    /// Returns the line of a key, from 1. `None` if the document does not have the key.
    pub(crate) fn line_of_key(&self, key: ResponseKey) -> Option<usize> {
        let offset = self.document.key_offset_of(&format!("/{}", key.as_str()))?;
        Some(self.original.line_and_column(offset).0)
    }

    /// Returns the line and column, both from 1, of the value that a [`Finding`](crate::Finding)'s field points to. If
    /// there is no such value, returns those of the nearest value above it.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (usize, usize) {
        let mut steps = field.split('/').skip(1);
        let name = steps.next().unwrap_or_default();
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
        // A comment, or a key that is shown by its position because its name may be a secret, or a plain pointer.
        let offset = if name == COMMENT {
            let comment = steps.next().and_then(number).and_then(|at| self.comments().get(at));
            comment.map_or(0, |comment| comment.offset)
        } else if let Some(position) = name.strip_prefix('#').and_then(number) {
            let member = self.members().get(position);
            member.map_or(0, |(name, _)| self.document.offset_of(&format!("/{}", escape(name))))
        } else {
            self.document.offset_of(field)
        };
        self.original.line_and_column(offset)
    }

    /// Returns who answers, as the response says.
    #[must_use]
    pub fn responder(&self) -> Option<&str> {
        self.value(ResponseKey::Responder)?.as_str().map(str::trim)
    }

    /// Returns when the owner answered. `None` if the response has no valid time with an offset.
    #[must_use]
    pub fn responded_at(&self) -> Option<Time> {
        self.value(ResponseKey::RespondedAt)?.as_str()?.trim().parse().ok()
    }

    /// Returns the id of the candidate that the response is for, as the response says.
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
        let text = "# a comment\nschema_version: monitoring_owner_response_v1\nvalidation_plan:\n  route: |\n    告警\n  receipt:\n";
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        for (field, place) in [
            ("/validation_plan", (3, 1)),
            ("/validation_plan/route", (5, 5)),
            ("/validation_plan/receipt", (6, 3)),
            ("/validation_plan/metrics", (3, 1)),
            ("/#comment/1", (1, 1)),
        ] {
            assert_eq!(document.place_of(field), place, "{field}");
        }
    }
}
