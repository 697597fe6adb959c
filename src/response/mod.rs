//! An owner's answer: its document, its fields, and what is required of it.

mod answer;
mod document;
mod hint;
mod reference;
mod requirement;
mod substance;
mod window;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::signer::Signer;
use crate::words::{AcceptanceField, AnswerShape, NOT_APPLICABLE};

pub use answer::{Answer, EntryEnd, FoundEntry, PartAnswer};
pub(crate) use document::COMMENT;
pub use document::ResponseDocument;
pub use hint::Hint;
pub use reference::{EvidenceRef, NotARef};
#[cfg(feature = "cli")]
pub(crate) use requirement::is_demanded_of;
pub(crate) use requirement::{Requirement, requirement};
pub(crate) use substance::{
    count_folded_words, count_words, has_words, is_placeholder, is_reason, names_somebody,
};
pub use window::MaintenanceWindow;
pub(crate) use window::NotAWindow;

/// The placeholder for an answer that is still missing, in the ledger and in a template.
pub(crate) const PENDING: &str = "pending_owner_response";

/// The values of the 23 answer fields. A field that the owner left blank has no value.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answers};
///
/// let answers = Answers::default();
/// assert_eq!(answers.text(AcceptanceField::Decision), None);
/// assert!(answers.evidence_refs().is_empty());
/// ```
#[derive(Clone, Default)]
pub struct Answers {
    /// Shared by all copies: replay compares an answer as it was triaged with the one of the candidate.
    given: Arc<Given>,
    /// Whether the answers existed once and are no longer available.
    are_unavailable: bool,
}

/// What the owner answered.
#[derive(Clone, Default)]
struct Given {
    /// Each answer as the ledger shows it, in one line.
    texts: BTreeMap<AcceptanceField, String>,
    evidence_refs: Vec<String>,
    /// Each answer with its structure. It is empty for answers that were read from a ledger, which has lines only.
    typed: BTreeMap<AcceptanceField, Answer>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An error may be printed with `Debug`, and the answers of an owner must not appear in a log.
        f.debug_struct("Answers").field("fields", &self.given.texts.keys()).finish_non_exhaustive()
    }
}

/// Two answers are equal if the ledger shows them in the same way. `typed` is left out, because answers from a ledger
/// do not have it.
impl PartialEq for Answers {
    fn eq(&self, other: &Self) -> bool {
        self.given.texts == other.given.texts
            && self.given.evidence_refs == other.given.evidence_refs
            && self.are_unavailable == other.are_unavailable
    }
}

impl Eq for Answers {}

impl Answers {
    /// Returns the text or the ref in `field`. `None` if it is blank, and always for the list of refs.
    #[must_use]
    pub fn text(&self, field: AcceptanceField) -> Option<&str> {
        self.given.texts.get(&field).map(String::as_str)
    }

    /// Returns the refs in `redacted_evidence_refs`.
    #[must_use]
    pub fn evidence_refs(&self) -> &[String] {
        &self.given.evidence_refs
    }

    /// Whether `field` is blank.
    pub(crate) fn is_blank(&self, field: AcceptanceField) -> bool {
        self.values(field).next().is_none()
    }

    /// Whether `field` has an answer other than `not_applicable:`.
    pub(crate) fn is_answered(&self, field: AcceptanceField) -> bool {
        !self.is_blank(field) && !self.is_not_applicable(field)
    }

    /// Returns answers that are no longer available, because the answer was withdrawn or is no longer the surface's
    /// latest. What was recorded about them earlier is accepted without a check: no state that they lead to stays.
    pub(crate) fn unavailable() -> Self {
        Self { are_unavailable: true, ..Self::default() }
    }

    /// Whether the answers are no longer available; see [`Self::unavailable`].
    pub(crate) const fn are_unavailable(&self) -> bool {
        self.are_unavailable
    }

    /// Whether `field` is answered with `not_applicable:` and a reason.
    pub(crate) fn is_not_applicable(&self, field: AcceptanceField) -> bool {
        let mut values = self.values(field);
        values.next().is_some_and(is_not_applicable) && values.next().is_none()
    }

    /// The values of a field: one text, or each ref of a list.
    fn values(&self, field: AcceptanceField) -> impl Iterator<Item = &str> {
        let refs = match field.answer_shape() {
            Some(AnswerShape::Refs) => self.evidence_refs(),
            _ => &[],
        };
        self.text(field).into_iter().chain(refs.iter().map(String::as_str))
    }

    /// Sets the line of a field.
    pub(crate) fn set_text(&mut self, field: AcceptanceField, text: String) {
        Arc::make_mut(&mut self.given).texts.insert(field, text);
    }

    /// Sets the refs in `redacted_evidence_refs`.
    pub(crate) fn set_evidence_refs(&mut self, refs: Vec<String>) {
        Arc::make_mut(&mut self.given).evidence_refs = refs;
    }
}

/// Returns the text after `not_applicable:`, or `None` if the answer does not begin with it. A Chinese keyboard types a
/// full-width colon.
pub(crate) fn reason_in(answer: &str) -> Option<&str> {
    let behind = answer.trim().strip_prefix(NOT_APPLICABLE)?.trim_start();
    behind.strip_prefix([':', '\u{ff1a}']).map(str::trim)
}

/// Whether an answer is `not_applicable:` with a reason. Without a reason it is only a text.
pub(crate) fn is_not_applicable(answer: &str) -> bool {
    reason_in(answer).is_some_and(is_reason)
}

/// An owner's answer for one surface: who answers, and what they answer.
///
/// Only this crate can create one.
///
/// ```
/// use acceptance_ledger::{Candidate, OwnerResponse, Received, ResponseDocument};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// let Received::ReadyForReview(candidate) = received else { panic!() };
/// let response: &OwnerResponse = candidate.response();
/// assert_eq!(response.responder(), "林怡君");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerResponse {
    pub(crate) responder: String,
    pub(crate) answers: Answers,
    pub(crate) hints: Vec<Hint>,
    pub(crate) signer: Option<Signer>,
}

impl fmt::Debug for OwnerResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An error may be printed with `Debug`, and the answers of an owner must not appear in a log.
        f.debug_struct("OwnerResponse").finish_non_exhaustive()
    }
}

impl OwnerResponse {
    /// Returns who answers, as the response says.
    #[must_use]
    pub fn responder(&self) -> &str {
        &self.responder
    }

    /// Returns who signed the answer, or `None` if it is not signed.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Returns the hints: places that a reviewer should look at.
    #[must_use]
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }

    /// Returns the answers.
    #[must_use]
    pub const fn answers(&self) -> &Answers {
        &self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_applicable_needs_a_reason_and_stands_alone() {
        let mut answers = Answers::default();
        let field = AcceptanceField::RollbackOwner;
        assert!(answers.is_blank(field) && !answers.is_not_applicable(field));
        for (text, is_not_applicable) in [
            ("not_applicable: nothing to roll back", true),
            ("not_applicable：近三個月無事故", true),
            ("not_applicable:", false),
            ("not_applicable: \u{3000}", false),
            ("not_applicable", false),
            ("not_applicablefor us", false),
            ("Ada", false),
        ] {
            answers.set_text(field, text.to_owned());
            assert_eq!(answers.is_not_applicable(field), is_not_applicable, "{text}");
            assert!(!answers.is_blank(field));
        }
        let refs = AcceptanceField::RedactedEvidenceRefs;
        let reason = "not_applicable: no evidence".to_owned();
        answers.set_evidence_refs(vec![reason.clone()]);
        assert!(answers.is_not_applicable(refs) && !answers.is_blank(refs));
        answers.set_evidence_refs(vec![reason, "ticket:OPS-1".to_owned()]);
        assert!(!answers.is_not_applicable(refs));
    }
}
