//! The document of a reviewer record, before the core checks it against a candidate.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use crate::cut;
use crate::digest::Digest;
use crate::document::{CommentTexts, Document, escape};
use crate::forms::is_printed_in_a_draft;
use crate::json::{DocumentError, DocumentProblem, Json};
use crate::original::Original;
use crate::response::{COMMENT, EvidenceRef, is_reason, names_somebody};
use crate::signer::Signer;
use crate::time::Time;
use crate::triage::{Finding, withheld_problems};
use crate::words::limits::MAX_CHARACTERS;
use crate::words::names::RECORD_VERSION;
use crate::words::{Lane, Problem, RecordKey, ReviewerCheck};

use super::{ReviewerKind, ReviewerRecord, Verdict};

/// The short outcome of an acceptance. A record may write it in place of the lane.
pub(crate) const ACCEPT: &str = "accept";

/// A reviewer record as it was read, before a candidate takes it.
///
/// ```
/// use acceptance_ledger::ReviewDocument;
///
/// let errors = ReviewDocument::parse(b"outcome: hunter2\n").unwrap_err();
/// assert_eq!(errors[0].path(), "$.outcome");
/// assert!(errors[0].problem().to_string().starts_with("expected one of the outcomes accept, "));
/// assert_eq!(errors[1].problem().to_string(), "the key \"schema_version\" is missing");
/// ```
#[derive(Clone)]
pub struct ReviewDocument {
    original: Original,
    document: Document,
    signer: Option<Signer>,
    values: Values,
}

/// The values of a record.
#[derive(Clone)]
struct Values {
    candidate_id: String,
    response_event: Digest,
    reviewer: String,
    kind: ReviewerKind,
    reviewed_at: Time,
    outcome: Lane,
    valid_until: Option<Time>,
    reason: String,
    record_ref: String,
    verdicts: BTreeMap<ReviewerCheck, Verdict>,
}

impl fmt::Debug for ReviewDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The texts are left out: they may carry a secret that is not yet found.
        f.debug_struct("ReviewDocument")
            .field("outcome", &self.values.outcome)
            .finish_non_exhaustive()
    }
}

/// Returns whether a key belongs to the format, so that an error may show it.
fn is_known(key: &str) -> bool {
    key.parse::<RecordKey>().is_ok() || key.parse::<ReviewerCheck>().is_ok()
}

/// The maximum number of reported faults, missing keys not counted. A reader needs no more, and the line of each fault is
/// counted from the beginning of the file, which takes time.
const MAX_FAULTS: usize = 200;

/// A JSON pointer, and what is wrong there.
type FaultAt = (String, DocumentProblem);

/// Returns the fault of a value that is not what is expected.
fn expected(pointer: String, what: &'static str) -> FaultAt {
    (pointer, DocumentProblem::Expected(what))
}

/// Reads the values of a document, and collects all faults.
struct ValueReader<'d> {
    document: &'d Document,
    faults: Vec<FaultAt>,
}

impl ValueReader<'_> {
    /// Reads the text of a required key. A blank text is a fault, because a draft leaves it for the reviewer to fill in.
    fn text(&mut self, key: RecordKey, what: &'static str) -> Option<&str> {
        match self.document.get(key.as_str()) {
            Some(Json::String(text)) if !text.trim().is_empty() => Some(text.trim()),
            Some(_) => {
                self.faults.push(expected(key.pointer(), what));
                None
            }
            // `parse` reports missing keys at the end.
            None => None,
        }
    }

    /// Reads a text that must parse as a `W`: a word, a digest, a time or a ref.
    fn word<W: std::str::FromStr>(&mut self, key: RecordKey, what: &'static str) -> Option<W> {
        let word = self.text(key, what)?.parse().ok();
        if word.is_none() {
            self.faults.push(expected(key.pointer(), what));
        }
        word
    }

    /// Reads a text that must say something, which `is_valid` decides.
    fn prose(
        &mut self,
        key: RecordKey,
        what: &'static str,
        is_valid: fn(&str) -> bool,
    ) -> Option<String> {
        let text = self.text(key, what)?.to_owned();
        if !is_valid(&text) {
            self.faults.push(expected(key.pointer(), what));
            return None;
        }
        Some(text)
    }

    /// Reads the outcome: a lane, or `accept`.
    fn outcome(&mut self) -> Option<Lane> {
        static WHAT: LazyLock<String> = LazyLock::new(|| {
            let holds = Lane::ALL.iter().filter(|lane| lane.is_hold()).map(|lane| lane.as_str());
            let outcomes: Vec<_> = std::iter::once(ACCEPT).chain(holds).collect();
            format!("one of the outcomes {}", outcomes.join(", "))
        });
        match self.text(RecordKey::Outcome, &WHAT)? {
            ACCEPT => Some(Lane::OwnerReviewOnlyUpdate),
            _ => self.word(RecordKey::Outcome, &WHAT),
        }
    }

    /// Reads the end of an acceptance. A hold has no end: the next answer ends it.
    fn valid_until(&mut self, outcome: Option<Lane>) -> Option<Time> {
        let key = RecordKey::ValidUntil;
        let is_blank = match self.document.get(key.as_str()) {
            None | Some(Json::Null) => true,
            Some(value) => value.as_str().is_some_and(|text| text.trim().is_empty()),
        };
        match outcome {
            Some(Lane::OwnerReviewOnlyUpdate) if is_blank => {
                // If the key is missing, the fault is shown at the outcome, which needs it.
                let has_key = self.document.get(key.as_str()).is_some();
                let at = if has_key { key } else { RecordKey::Outcome };
                self.faults.push(expected(at.pointer(), UNTIL));
                None
            }
            Some(Lane::OwnerReviewOnlyUpdate) => self.word(key, TIME),
            Some(lane) if lane.is_hold() && !is_blank => {
                self.faults.push(expected(key.pointer(), "no valid_until for a hold"));
                None
            }
            // A record cannot have any other outcome. A candidate refuses it later.
            _ => None,
        }
    }

    /// Reads the verdicts of the checks.
    fn verdicts(&mut self) -> BTreeMap<ReviewerCheck, Verdict> {
        let key = RecordKey::Checks;
        let mut verdicts = BTreeMap::new();
        let members = match self.document.get(key.as_str()) {
            Some(Json::Object(members)) => members,
            None => return verdicts,
            Some(_) => {
                self.faults.push(expected(key.pointer(), "an object"));
                return verdicts;
            }
        };
        for (name, value) in members {
            let pointer = || format!("{}/{}", key.pointer(), escape(name));
            let Ok(check) = name.parse::<ReviewerCheck>() else {
                self.faults.push((pointer(), DocumentProblem::UnknownKey));
                continue;
            };
            // A blank check was not judged. A value that is not a text cannot be a verdict: `?` is reported below.
            let text = match value {
                Json::Null => "",
                Json::String(text) => text.trim(),
                _ => "?",
            };
            if text.is_empty() {
                continue;
            }
            match text.parse() {
                Ok(verdict) => drop(verdicts.insert(check, verdict)),
                Err(_) => self.faults.push(expected(pointer(), "pass, fail or not_applicable")),
            }
        }
        verdicts
    }

    /// Reads all values; `None` if one of them cannot be read.
    fn values(&mut self) -> Option<Values> {
        let version = self.document.get(RecordKey::SchemaVersion.as_str());
        if version.is_some_and(|version| version.as_str() != Some(RECORD_VERSION)) {
            let pointer = RecordKey::SchemaVersion.pointer();
            self.faults.push((pointer, DocumentProblem::WrongVersion(RECORD_VERSION)));
        }
        for (name, _) in &self.document.members {
            if name.parse::<RecordKey>().is_err() {
                self.faults.push((format!("/{}", escape(name)), DocumentProblem::UnknownKey));
            }
        }
        let key = RecordKey::NotAuthorization;
        if self.document.get(key.as_str()).is_some_and(|value| *value != Json::Bool(true)) {
            self.faults.push(expected(key.pointer(), "true, because a record authorizes nothing,"));
        }
        let candidate_id = self
            .text(RecordKey::AcceptanceCandidateId, "the id of the candidate")
            .map(str::to_owned);
        let response_event =
            self.word(RecordKey::ResponseEvent, "the digest of the answer's event");
        let reviewer = self.prose(RecordKey::Reviewer, "the reviewer's name", names_somebody);
        let kind = self.word(RecordKey::ReviewerKind, "person or automation");
        let reviewed_at = self.word(RecordKey::ReviewedAt, TIME);
        let outcome = self.outcome();
        let valid_until = self.valid_until(outcome);
        let reason = self.prose(RecordKey::Reason, "a reason", is_reason);
        let record_ref =
            self.word::<EvidenceRef>(RecordKey::RecordRef, "a ref such as ticket:OPS-12");
        let verdicts = self.verdicts();
        Some(Values {
            candidate_id: candidate_id?,
            response_event: response_event?,
            reviewer: reviewer?,
            kind: kind?,
            reviewed_at: reviewed_at?,
            outcome: outcome?,
            valid_until,
            reason: reason?,
            record_ref: record_ref?.to_string(),
            verdicts,
        })
    }
}

/// What is expected at an acceptance without an end. The message goes on after the comma.
const UNTIL: &str = "valid_until, the time when the acceptance ends,";

/// What is expected at a time. The message goes on after the comma.
const TIME: &str = "a time with an offset, such as 2026-12-01T10:00:00+08:00,";

impl ReviewDocument {
    /// Parses a reviewer record in JSON or YAML.
    ///
    /// # Errors
    ///
    /// - The first fault, if the document has more than 256 KiB, or is not a strict JSON object or a strict YAML mapping.
    /// - Otherwise every invalid value and unknown key, in the order of the file and at most 200, then every missing key.
    pub fn parse(bytes: &[u8]) -> Result<Self, Vec<DocumentError>> {
        Self::of(bytes, || Original::new(bytes))
    }

    /// As [`Self::parse`], for bytes whose digest is known.
    pub(crate) fn read(original: &Original) -> Result<Self, Vec<DocumentError>> {
        Self::of(original.bytes(), || original.clone())
    }

    /// Parses the bytes. `original` is called only for a valid record, so a large document is not hashed.
    fn of(bytes: &[u8], original: impl FnOnce() -> Original) -> Result<Self, Vec<DocumentError>> {
        let document = Document::read(bytes, is_known).map_err(|error| vec![error])?;
        let mut reader = ValueReader { document: &document, faults: Vec::new() };
        let values = reader.values();
        let mut faults = reader.faults;
        faults.sort_by_key(|(pointer, _)| document.offset_of(pointer));
        faults.dedup();
        faults.truncate(MAX_FAULTS);
        // `valid_until` is required only for an acceptance, and was checked with the outcome.
        let is_missing = |key: &&RecordKey| {
            **key != RecordKey::ValidUntil && document.get(key.as_str()).is_none()
        };
        let missing = RecordKey::ALL.iter().filter(is_missing);
        faults.extend(
            missing
                .map(|key| (String::new(), DocumentProblem::MissingKey(key.as_str().to_owned()))),
        );
        match values {
            Some(values) if faults.is_empty() => {
                Ok(Self { original: original(), document, signer: None, values })
            }
            _ => Err(faults
                .into_iter()
                .map(|(pointer, problem)| document.error(bytes, &pointer, is_known, problem))
                .collect()),
        }
    }

    /// Returns the id of the candidate that the record names.
    #[must_use]
    pub fn candidate_id(&self) -> &str {
        &self.values.candidate_id
    }

    /// Returns who reviewed, according to the record.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.values.reviewer
    }

    /// Returns whether the reviewer is a person or a program, according to the record.
    #[must_use]
    pub const fn reviewer_kind(&self) -> ReviewerKind {
        self.values.kind
    }

    /// Returns the time of the review, according to the record.
    #[must_use]
    pub const fn reviewed_at(&self) -> &Time {
        &self.values.reviewed_at
    }

    /// Returns the lane that the reviewer chooses for the answer.
    #[must_use]
    pub const fn outcome(&self) -> Lane {
        self.values.outcome
    }

    /// Returns the reason, in the reviewer's words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.values.reason
    }

    /// Returns the ref of the place that keeps the decision.
    #[must_use]
    pub fn record_ref(&self) -> &str {
        &self.values.record_ref
    }

    /// Returns the findings in the record's own texts and comments. These must not carry a secret, payload, command or
    /// request.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let texts = [
            (RecordKey::Reviewer, &self.values.reviewer),
            (RecordKey::Reason, &self.values.reason),
            (RecordKey::RecordRef, &self.values.record_ref),
        ];
        let texts = texts.into_iter().flat_map(|(key, text)| findings_in(&key.pointer(), text));
        texts.chain(self.findings_in_comments()).collect()
    }

    /// Returns the findings in the comments that a draft does not print.
    fn findings_in_comments(&self) -> impl Iterator<Item = Finding> {
        let comments = self.document.comments.iter().enumerate();
        let own: Vec<_> =
            comments.filter(|(_, comment)| !is_printed_in_a_draft(&comment.text)).collect();
        let CommentTexts { runs, joined } = CommentTexts::of(&own);
        let in_text =
            |(first, text): (usize, String)| findings_in(&format!("/{COMMENT}/{first}"), &text);
        runs.into_iter().chain(joined).flat_map(in_text)
    }

    /// Returns the document with a signer. The caller must have verified the signature.
    #[must_use]
    pub fn signed_by(self, signer: Signer) -> Self {
        Self { signer: Some(signer), ..self }
    }

    /// Replaces the signer. `None` if no signature was checked.
    #[cfg(feature = "store")]
    pub(crate) fn with_signer(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    /// Returns the digest of the document's bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.original.digest()
    }

    /// Returns the bytes of the document, unchanged.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.original.bytes()
    }

    /// Returns the record of this document, which a candidate can take.
    ///
    /// # Errors
    ///
    /// If there are findings in its texts or comments; see [`ReviewDocument::findings`].
    pub fn record(&self) -> Result<ReviewerRecord, Vec<Finding>> {
        let findings = self.findings();
        if !findings.is_empty() {
            return Err(findings);
        }
        let values = &self.values;
        Ok(ReviewerRecord {
            original: self.original.clone(),
            notation: self.document.notation,
            candidate_id: values.candidate_id.clone(),
            response_event: values.response_event,
            reviewer: values.reviewer.clone(),
            kind: values.kind,
            reviewed_at: values.reviewed_at.clone(),
            outcome: values.outcome,
            valid_until: values.valid_until.clone(),
            verdicts: values.verdicts.clone(),
            signer: self.signer.clone(),
        })
    }

    /// Returns the line and the column of the value at a JSON pointer. Both count from 1. The column is in characters.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (usize, usize) {
        let comment = field.strip_prefix('/').and_then(|field| field.strip_prefix(COMMENT));
        let number = comment.and_then(|number| number.strip_prefix('/')?.parse::<usize>().ok());
        let offset = match number.and_then(|number| number.checked_sub(1)) {
            Some(index) => self.document.comments.get(index).map_or(0, |comment| comment.offset),
            None => self.document.offset_of(field),
        };
        self.original.line_and_column(offset)
    }
}

/// Returns the findings in one text of the record. Characters beyond the limit are not examined, so they are oversized.
fn findings_in(pointer: &str, text: &str) -> Vec<Finding> {
    let field = || pointer.to_owned();
    let end = cut::behind(text, MAX_CHARACTERS);
    let oversized = end.map(|_| Finding::new(Problem::Oversized, None, field(), None));
    let text = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
    let carried = withheld_problems(text)
        .map(|(problem, characters)| Finding::new(problem, None, field(), Some(characters)));
    oversized.into_iter().chain(carried).collect()
}

#[cfg(test)]
mod tests;
