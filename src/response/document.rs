use std::fmt;

use crate::digest::{Digest, Original};
use crate::document::{Comment, Document, Notation, escape};
use crate::json::{DocumentError, DocumentProblem, Json, line_and_column};
use crate::signer::Signer;
use crate::time::Time;
use crate::words::names::RESPONSE_VERSION;
use crate::words::{AcceptanceField, LedgerKey, ResponseKey};

/// What a pointer to a comment begins with; its number follows.
pub(crate) const COMMENT: &str = "#comment";

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
    document: Document,
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
    /// The first fault of a document that has more than 256 KiB, is no strict JSON object and no strict YAML mapping, or
    /// does not name the schema version that this crate reads. What is wrong with its answers is for
    /// triage to find.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let is_known = |key: &str| {
            ResponseKey::parse(key).is_some() || AcceptanceField::is_step_of_an_answer(key)
        };
        let document = Document::read(bytes, is_known)?;
        let key = LedgerKey::SchemaVersion.as_str();
        let error = |pointer: &str, problem| Err(document.error(bytes, pointer, is_known, problem));
        match document.get(key) {
            Some(version) if version.as_str() == Some(RESPONSE_VERSION) => {
                Ok(Self { original: Original::new(bytes), document, signer: None })
            }
            Some(_) => error(&format!("/{key}"), DocumentProblem::WrongVersion(RESPONSE_VERSION)),
            None => error("", DocumentProblem::MissingKey(key.to_owned())),
        }
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

    pub(crate) const fn notation(&self) -> Notation {
        self.document.notation
    }

    pub(crate) fn members(&self) -> &[(String, Json)] {
        &self.document.members
    }

    /// The texts below a value, in the order of the file.
    pub(crate) fn texts_below<'v>(&self, pointer: &str, value: &'v Json) -> Vec<&'v str> {
        self.document.texts_below(pointer, value)
    }

    pub(crate) fn comments(&self) -> &[Comment] {
        &self.document.comments
    }

    pub(crate) fn value(&self, key: ResponseKey) -> Option<&Json> {
        self.document.get(key.as_str())
    }

    /// The line, from 1, of a key that the document has.
    pub(crate) fn line_of_key(&self, key: ResponseKey) -> Option<usize> {
        let offset = self.document.key_offset_of(&format!("/{}", key.as_str()))?;
        Some(line_and_column(self.original.bytes(), offset).0)
    }

    /// The line and column, both from 1, of the value that a [`Finding`](crate::Finding)'s field points
    /// to; of the nearest one above it, where there is none.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (usize, usize) {
        let mut steps = field.split('/').skip(1);
        let name = steps.next().unwrap_or_default();
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
        let offset = if name == COMMENT {
            let comment = steps.next().and_then(number).and_then(|at| self.comments().get(at));
            comment.map_or(0, |comment| comment.offset)
        } else if let Some(position) = name.strip_prefix('#').and_then(number) {
            let member = self.members().get(position);
            member.map_or(0, |(name, _)| self.document.offset_of(&format!("/{}", escape(name))))
        } else {
            self.document.offset_of(field)
        };
        line_and_column(self.original.bytes(), offset)
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
