//! What an owner answered.

mod answer;
mod document;
mod hint;
mod reference;
mod requirement;
mod saying;
mod window;

use std::collections::BTreeMap;

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
pub(crate) use saying::{
    WORDS_OF_A_PART, WORDS_OF_A_TEXT, count_folded_words, count_words, has_words, is_placeholder,
    is_reason, names_somebody,
};
pub use window::MaintenanceWindow;
pub(crate) use window::NotAWindow;

/// The text that stands in the ledger, and in a template, where an answer is still to come.
pub(crate) const PENDING: &str = "pending_owner_response";

/// The values of the 23 answer fields, as far as an owner gave them.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Answers};
///
/// let answers = Answers::default();
/// assert_eq!(answers.text(AcceptanceField::Decision), None);
/// assert!(answers.evidence_refs().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// As the ledger shows them, in a line each.
    texts: BTreeMap<AcceptanceField, String>,
    evidence_refs: Vec<String>,
    /// As they were read; a ledger has lines only.
    typed: BTreeMap<AcceptanceField, Answer>,
    /// Whether the answers were there once and no longer are.
    are_unavailable: bool,
}

/// Two answers are equal where the ledger shows the same of them.
impl PartialEq for Answers {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
            && self.evidence_refs == other.evidence_refs
            && self.are_unavailable == other.are_unavailable
    }
}

impl Eq for Answers {}

impl Answers {
    /// The text or pointer in `field`; `None` where there is none, and for the list of pointers.
    #[must_use]
    pub fn text(&self, field: AcceptanceField) -> Option<&str> {
        self.texts.get(&field).map(String::as_str)
    }

    /// The pointers in `redacted_evidence_refs`.
    #[must_use]
    pub fn evidence_refs(&self) -> &[String] {
        &self.evidence_refs
    }

    /// Whether nothing is answered in `field`.
    pub(crate) fn is_blank(&self, field: AcceptanceField) -> bool {
        self.values(field).next().is_none()
    }

    /// Whether something is answered in `field` that is no `not_applicable:`.
    pub(crate) fn is_answered(&self, field: AcceptanceField) -> bool {
        !self.is_blank(field) && !self.is_not_applicable(field)
    }

    /// Answers that nobody can look at any more: of an answer that was withdrawn, or is no longer the
    /// surface's latest. Whatever was once said of them is believed: no state that they lead to stays.
    pub(crate) fn unavailable() -> Self {
        Self { are_unavailable: true, ..Self::default() }
    }

    pub(crate) const fn are_unavailable(&self) -> bool {
        self.are_unavailable
    }

    /// Whether `field` is answered with `not_applicable:` and a reason.
    pub(crate) fn is_not_applicable(&self, field: AcceptanceField) -> bool {
        let mut values = self.values(field);
        values.next().is_some_and(is_not_applicable) && values.next().is_none()
    }

    fn values(&self, field: AcceptanceField) -> impl Iterator<Item = &str> {
        let refs = match field.answer_shape() {
            Some(AnswerShape::Refs) => self.evidence_refs(),
            _ => &[],
        };
        self.text(field).into_iter().chain(refs.iter().map(String::as_str))
    }

    pub(crate) fn set_text(&mut self, field: AcceptanceField, text: String) {
        self.texts.insert(field, text);
    }

    pub(crate) fn set_evidence_refs(&mut self, refs: Vec<String>) {
        self.evidence_refs = refs;
    }
}

/// What stands behind `not_applicable:`.
pub(crate) fn reason_in(answer: &str) -> Option<&str> {
    answer.trim().strip_prefix(NOT_APPLICABLE)?.trim_start().strip_prefix(':').map(str::trim)
}

/// Whether an answer says, with a reason, that there is none to give.
pub(crate) fn is_not_applicable(answer: &str) -> bool {
    reason_in(answer).is_some_and(is_reason)
}

/// An owner's answer for one surface: who answers, and what.
///
/// Only the core makes one.
///
/// ```
/// use acceptance_ledger::{Answered, Candidate, OwnerResponse};
///
/// fn responder<S: Answered>(candidate: &Candidate<S>) -> &str {
///     let response: &OwnerResponse = candidate.response();
///     response.responder()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerResponse {
    pub(crate) responder: String,
    pub(crate) answers: Answers,
    pub(crate) hints: Vec<Hint>,
    pub(crate) signer: Option<Signer>,
}

impl OwnerResponse {
    /// Who answers.
    #[must_use]
    pub fn responder(&self) -> &str {
        &self.responder
    }

    /// Who signed the answer, where it is signed.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// What a reviewer should look at.
    #[must_use]
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }

    /// What they answer.
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
