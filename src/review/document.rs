use std::collections::BTreeMap;
use std::fmt;

use crate::digest::{Digest, Original};
use crate::json::{
    DocumentError, DocumentProblem, Fault, Read, Reader, line_and_column, read_with_all_faults,
};
use crate::response::{EvidenceRef, is_placeholder};
use crate::signer::Signer;
use crate::time::Time;
use crate::triage::{Finding, MAX_CHARACTERS, withheld_problems};
use crate::words::{Lane, Problem, ReviewerCheck};

use super::{ReviewerKind, ReviewerRecord, Verdict};

/// The version of a reviewer record that this crate reads.
pub(crate) const RECORD_VERSION: &str = "monitoring_reviewer_record_v1";

/// A key that a reviewer record has, in the order in which a template gives them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum RecordKey {
    SchemaVersion,
    AcceptanceCandidateId,
    ResponseEvent,
    Reviewer,
    ReviewerKind,
    ReviewedAt,
    Outcome,
    Reason,
    RecordRef,
    Checks,
    NotAuthorization,
}

impl RecordKey {
    pub(crate) const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A reviewer record as it came, before a candidate takes it.
///
/// ```
/// use acceptance_ledger::ReviewDocument;
///
/// let errors = ReviewDocument::parse(br#"{"outcome": "hunter2"}"#).unwrap_err();
/// assert_eq!(errors[0].path(), "$.outcome");
/// assert_eq!(errors[0].problem().to_string(), "expected a lane here");
/// assert_eq!(errors[1].problem().to_string(), "the key \"schema_version\" is missing");
/// ```
pub struct ReviewDocument {
    original: Original,
    signer: Option<Signer>,
    candidate_id: String,
    response_event: Digest,
    reviewer: String,
    kind: ReviewerKind,
    outcome: Lane,
    verdicts: BTreeMap<ReviewerCheck, Verdict>,
    reason: String,
    record_ref: String,
    /// Where the value of each key begins.
    offsets: Vec<(RecordKey, usize)>,
}

impl fmt::Debug for ReviewDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its texts may carry a secret as long as nobody has looked.
        f.debug_struct("ReviewDocument").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl ReviewDocument {
    /// Reads a reviewer record.
    ///
    /// # Errors
    ///
    /// Every value that the format does not have; and the first fault of a document that has more than 256 KiB, is
    /// no strict JSON object, or has a key too many or too few.
    pub fn parse(bytes: &[u8]) -> Result<Self, Vec<DocumentError>> {
        let is_known =
            |key: &str| key.parse::<RecordKey>().is_ok() || key.parse::<ReviewerCheck>().is_ok();
        let keys: Vec<_> = RecordKey::ALL.iter().map(|key| (key.as_str(), *key)).collect();
        read_with_all_faults(bytes, is_known, |reader, faults| {
            let mut document = Self {
                original: Original::new(bytes),
                signer: None,
                candidate_id: String::new(),
                response_event: Digest::of(b""),
                reviewer: String::new(),
                kind: ReviewerKind::Automation,
                outcome: Lane::WaitingOwnerResponse,
                verdicts: BTreeMap::new(),
                reason: String::new(),
                record_ref: String::new(),
                offsets: Vec::new(),
            };
            reader.closed_object(&keys, |reader, key| {
                let read = document.read(reader, key, faults);
                go_on_behind(read, faults).map(drop)
            })?;
            Ok(document)
        })
    }

    fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: RecordKey,
        faults: &mut Vec<Fault>,
    ) -> Read<()> {
        let offset = reader.offset()?;
        self.offsets.push((key, offset));
        match key {
            RecordKey::SchemaVersion => {
                if reader.string()? != RECORD_VERSION {
                    let problem = DocumentProblem::WrongVersion(RECORD_VERSION);
                    return Err(Fault { offset, problem });
                }
            }
            RecordKey::AcceptanceCandidateId => self.candidate_id = reader.string()?,
            RecordKey::ResponseEvent => {
                self.response_event = read_word(reader, "the digest of the answer's event")?;
            }
            RecordKey::Reviewer => self.reviewer = read_text(reader, "the reviewer's name")?,
            RecordKey::ReviewerKind => self.kind = read_word(reader, "person or automation")?,
            RecordKey::ReviewedAt => {
                if reader.string()?.parse::<Time>().is_err() {
                    return Err(expected(offset, "a time with an offset, as in RFC 3339"));
                }
            }
            RecordKey::Outcome => self.outcome = read_word(reader, "a lane")?,
            RecordKey::Reason => self.reason = read_text(reader, "a reason")?,
            RecordKey::RecordRef => {
                let reference: EvidenceRef = read_word(reader, "a pointer, as in ticket:OPS-12")?;
                self.record_ref = reference.to_string();
            }
            RecordKey::Checks => {
                let checks: Vec<_> =
                    ReviewerCheck::ALL.iter().map(|check| (check.as_str(), *check)).collect();
                reader.closed_object(&checks, |reader, check| {
                    let verdict = read_word(reader, "pass, fail or not_applicable");
                    if let Some(verdict) = go_on_behind(verdict, faults)? {
                        self.verdicts.insert(check, verdict);
                    }
                    Ok(())
                })?;
            }
            RecordKey::NotAuthorization => {
                if !reader.boolean()? {
                    return Err(expected(offset, "true: a record authorizes nothing"));
                }
            }
        }
        Ok(())
    }

    /// The candidate that the record is about, as it says itself.
    #[must_use]
    pub fn candidate_id(&self) -> &str {
        &self.candidate_id
    }

    /// Who reviewed, as it says itself.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// Whether a person or a program reviewed, as it says itself.
    #[must_use]
    pub const fn kind(&self) -> ReviewerKind {
        self.kind
    }

    /// The lane that the reviewer gives the answer.
    #[must_use]
    pub const fn outcome(&self) -> Lane {
        self.outcome
    }

    /// Why, in the reviewer's words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What is to be said against the record's own texts: they must carry no secret, payload, command or request.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let texts = [
            (RecordKey::Reviewer, &self.reviewer),
            (RecordKey::Reason, &self.reason),
            (RecordKey::RecordRef, &self.record_ref),
        ];
        texts.into_iter().flat_map(|(key, text)| findings_in(key, text)).collect()
    }

    /// The document, signed by whom the caller has verified it to be.
    #[must_use]
    pub fn signed_by(self, signer: Signer) -> Self {
        Self { signer: Some(signer), ..self }
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

    /// The record of this document, for a candidate to take.
    ///
    /// # Errors
    ///
    /// What is to be said against its texts, see [`ReviewDocument::findings`].
    pub fn record(&self) -> Result<ReviewerRecord, Vec<Finding>> {
        let findings = self.findings();
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(ReviewerRecord {
            original: self.original.clone(),
            candidate_id: self.candidate_id.clone(),
            response_event: self.response_event,
            reviewer: self.reviewer.clone(),
            kind: self.kind,
            outcome: self.outcome,
            verdicts: self.verdicts.clone(),
            signer: self.signer.clone(),
        })
    }

    /// The line and column, both from 1, of the value that a JSON pointer of one key leads to.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (usize, usize) {
        let key = field.strip_prefix('/').and_then(|name| name.parse::<RecordKey>().ok());
        let offset = self.offsets.iter().find(|(other, _)| Some(*other) == key);
        line_and_column(self.original.bytes(), offset.map_or(0, |(_, offset)| *offset))
    }
}

/// Puts a fault that is only in a value with the others: what follows can be read all the same.
fn go_on_behind<T>(read: Read<T>, faults: &mut Vec<Fault>) -> Read<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(fault) if matches!(fault.problem, DocumentProblem::Expected(_)) => {
            faults.push(fault);
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

fn expected(offset: usize, what: &'static str) -> Fault {
    Fault { offset, problem: DocumentProblem::Expected(what) }
}

/// Reads one of the words, digests or pointers that a text can be.
fn read_word<W: std::str::FromStr>(reader: &mut Reader<'_>, what: &'static str) -> Read<W> {
    let offset = reader.offset()?;
    reader.string()?.parse().map_err(|_| expected(offset, what))
}

/// Reads a text that says something.
fn read_text(reader: &mut Reader<'_>, what: &'static str) -> Read<String> {
    let offset = reader.offset()?;
    let text = reader.string()?;
    if is_placeholder(&text) || text.trim() == PENDING_REVIEW {
        return Err(expected(offset, what));
    }
    Ok(text)
}

/// What a template says where the reviewer has still to decide.
pub(crate) const PENDING_REVIEW: &str = "pending_reviewer_record";

fn findings_in(key: RecordKey, text: &str) -> Vec<Finding> {
    let field = || format!("/{}", key.as_str());
    let end = text.char_indices().nth(MAX_CHARACTERS).map(|(end, _)| end);
    let oversized = end.map(|_| Finding::new(Problem::Oversized, None, field(), None));
    let text = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
    let carried = withheld_problems(text)
        .map(|(problem, characters)| Finding::new(problem, None, field(), Some(characters)));
    oversized.into_iter().chain(carried).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> serde_json::Value {
        let checks: serde_json::Map<_, _> =
            ReviewerCheck::ALL.iter().map(|check| (check.to_string(), "pass".into())).collect();
        serde_json::json!({
            "schema_version": RECORD_VERSION,
            "acceptance_candidate_id": "c",
            "response_event": Digest::of(b"").to_string(),
            "reviewer": "Rex Reviewer",
            "reviewer_kind": "person",
            "reviewed_at": "2026-11-20T10:00:00+08:00",
            "outcome": "owner_review_only_update",
            "reason": "Compared with the readback.",
            "record_ref": "ticket:OPS-12",
            "checks": checks,
            "not_authorization": true,
        })
    }

    fn problem_with(key: &str, value: serde_json::Value) -> (String, DocumentProblem) {
        let mut record = record();
        record[key] = value;
        let errors = ReviewDocument::parse(record.to_string().as_bytes()).unwrap_err();
        assert_eq!(errors.len(), 1, "{key}");
        (errors[0].path().to_owned(), errors[0].problem().clone())
    }

    #[test]
    fn a_record_knows_its_bytes_and_where_each_value_stands() {
        let text = format!("{:#}", record());
        let document = ReviewDocument::parse(text.as_bytes()).unwrap();
        assert_eq!(document.bytes(), text.as_bytes());
        for key in ["reviewer", "reason", "outcome"] {
            let is_it = |line: &str| line.contains(&format!("\"{key}\":"));
            let line = text.lines().position(is_it).unwrap() + 1;
            assert_eq!(document.place_of(&format!("/{key}")).0, line, "{key}");
        }
        assert_eq!(document.place_of("/nothing"), (1, 1));
    }

    #[test]
    fn a_record_has_all_its_keys_and_no_other() {
        assert!(ReviewDocument::parse(record().to_string().as_bytes()).is_ok());
        for key in RecordKey::ALL.iter().map(|key| key.as_str()) {
            let mut less = record();
            less.as_object_mut().unwrap().remove(key);
            let errors = ReviewDocument::parse(less.to_string().as_bytes()).unwrap_err();
            assert_eq!(*errors[0].problem(), DocumentProblem::MissingKey(key.to_owned()));
        }
        let (path, problem) = problem_with("runtime_gate", true.into());
        assert_eq!((path.as_str(), problem), ("$.#11", DocumentProblem::UnknownKey));
    }

    #[test]
    fn each_value_is_one_that_a_record_has() {
        for (key, value) in [
            ("schema_version", "monitoring_reviewer_record_v2"),
            ("response_event", "sha256:00"),
            ("reviewer", "待補"),
            ("reviewer", PENDING_REVIEW),
            ("reviewer_kind", "robot"),
            ("reviewed_at", "2026-11-20"),
            ("reviewed_at", "2026-11-20T10:00:00"),
            ("reviewed_at", "2026-11-20T10:00:00+08:00[hunter2]"),
            ("outcome", "accepted"),
            ("reason", " - "),
            ("record_ref", "we talked"),
            ("checks", "pass"),
            ("not_authorization", "true"),
        ] {
            let (path, problem) = problem_with(key, value.into());
            assert_eq!(path, format!("$.{key}"));
            let is_expected = matches!(problem, DocumentProblem::Expected(_));
            assert!(is_expected || matches!(problem, DocumentProblem::WrongVersion(_)), "{key}");
        }
        assert_eq!(problem_with("not_authorization", false.into()).0, "$.not_authorization");
        let checks = serde_json::json!({"secret_value_absent": "pass"});
        assert!(matches!(problem_with("checks", checks).1, DocumentProblem::MissingKey(_)));
    }

    #[test]
    fn all_that_is_still_open_is_told_at_once() {
        let mut open = record();
        for key in ["reviewer", "reviewer_kind", "reviewed_at", "outcome", "reason", "record_ref"] {
            open[key] = PENDING_REVIEW.into();
        }
        for check in ReviewerCheck::ALL {
            open["checks"][check.as_str()] = PENDING_REVIEW.into();
        }
        let errors = ReviewDocument::parse(open.to_string().as_bytes()).unwrap_err();
        assert_eq!(errors.len(), 6 + 23);
        assert_eq!(errors[0].path(), "$.checks.affected_scope_matches_surface");
        let text = open.to_string();
        let broken = text.replacen("\"pending_reviewer_record\"", "pending", 1);
        let errors = ReviewDocument::parse(broken.as_bytes()).unwrap_err();
        assert_eq!(errors.len(), 1);
        let cut = text.trim_end_matches('}');
        let errors = ReviewDocument::parse(cut.as_bytes()).unwrap_err();
        assert!(matches!(errors.last().unwrap().problem(), DocumentProblem::Syntax(_)));
    }

    #[test]
    fn a_record_carries_no_secret_payload_command_or_request() {
        for (key, text, problem) in [
            ("reason", "密碼：hunter2x", Problem::SecretValue),
            (
                "reviewer",
                "Rex glsa_Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ_4be71c09",
                Problem::SecretValue,
            ),
            ("reason", "Please reload Prometheus.", Problem::RequestToAct),
            ("reason", "kubectl rollout restart deploy/alertmanager", Problem::Command),
            (
                "reason",
                "2026-11-20 10:00:00 a\n2026-11-20 10:00:01 b\n2026-11-20 10:00:02 c",
                Problem::RawPayload,
            ),
        ] {
            let mut record = record();
            record[key] = text.into();
            let bytes = record.to_string();
            let document = ReviewDocument::parse(bytes.as_bytes()).unwrap();
            let findings = document.record().unwrap_err();
            assert_eq!(findings[0].problem(), problem, "{key}");
            assert_eq!(findings[0].field(), format!("/{key}"));
            assert!(document.place_of(findings[0].field()).1 > 1);
            assert!(!format!("{document:?}{findings:?}").contains("hunter2"));
        }
        let mut long = record();
        long["reason"] = "x".repeat(MAX_CHARACTERS + 1).into();
        let document = ReviewDocument::parse(long.to_string().as_bytes()).unwrap();
        assert_eq!(document.findings()[0].problem(), Problem::Oversized);
    }
}
