//! Builds answers and records in a program, as the documents that a person would write.
//!
//! A builder makes only a document. The core judges it like any other: a document creates no state.

use serde_json::{Map, Value, json};

use crate::inputs::Surface;
use crate::journal::History;
use crate::json::DocumentError;
use crate::response::ResponseDocument;
use crate::review::{ACCEPT, ReviewDocument, ReviewerKind, Verdict};
use crate::time::Time;
use crate::words::names::{RECORD_VERSION, RESPONSE_VERSION};
use crate::words::{
    AcceptanceField, FIELDS, Lane, LedgerKey, NOT_APPLICABLE, REASON, RecordKey, ResponseKey,
    ReviewerCheck,
};

/// Builds an owner's answer.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, Candidate, Lane, ResponseBuilder, Received};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// let surface = surfaces.get("monitoring_compose:docker-compose.yml").unwrap();
/// let answer = ResponseBuilder::new(surface)
///     .responder("Ada Owner", &"2026-11-20T10:00:00+08:00".parse()?)
///     .answer(AcceptanceField::OwnerRoleOrTeam, "the platform team")
///     .answer(AcceptanceField::Decision, "decline_ownership")
///     .answer(AcceptanceField::DecisionReason, "The storage team runs this host.")
///     .answer(AcceptanceField::FollowupOwner, "the storage team")
///     .build()?;
/// let Received::Held(held) = Candidate::new(surface.clone()).receive(&surfaces, &answer) else { panic!() };
/// assert_eq!(held.lane(), Lane::RequestSupplement);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder makes a document only when `build` or `to_json` is called"]
pub struct ResponseBuilder(Map<String, Value>);

impl ResponseBuilder {
    /// Begins the answer of a surface. Its ids, the version of its file and its scope are filled in.
    pub fn new(surface: &Surface) -> Self {
        let version = surface.descriptor(AcceptanceField::RepoSha256);
        let version = version.and_then(|version| version.as_str()).unwrap_or_default();
        let mut builder = Self(Map::new());
        builder.insert(LedgerKey::SchemaVersion.as_str(), RESPONSE_VERSION);
        builder.insert(AcceptanceField::AcceptanceCandidateId.as_str(), surface.candidate_id());
        builder.insert(AcceptanceField::RequestId.as_str(), surface.request_id());
        builder.insert(AcceptanceField::SurfaceId.as_str(), surface.surface_id());
        builder.insert(AcceptanceField::RepoSha256.as_str(), version);
        builder.insert(AcceptanceField::NotApproval.as_str(), true);
        builder.insert(AcceptanceField::AffectedScope.as_str(), surface.surface_id());
        builder
    }

    /// Who answers, and when.
    pub fn responder(mut self, name: &str, at: &Time) -> Self {
        self.insert(ResponseKey::Responder.as_str(), name);
        self.insert(ResponseKey::RespondedAt.as_str(), at.as_str());
        self
    }

    /// The answer to a field: a text, a list of texts, or an object with named parts. A field that is not an answer, such
    /// as the id of the surface, stays as it is.
    pub fn answer(mut self, field: AcceptanceField, value: impl Into<Value>) -> Self {
        if field.form().is_some() {
            self.insert(field.as_str(), value);
        }
        self
    }

    /// One part of the answer to a field. The other parts stay. An answer that is not in parts is replaced.
    pub fn part(mut self, field: AcceptanceField, part: &str, value: impl Into<Value>) -> Self {
        if field.form().is_some() {
            let mut parts = match self.0.remove(field.as_str()) {
                Some(Value::Object(parts)) => parts,
                _ => Map::new(),
            };
            parts.insert(part.to_owned(), value.into());
            self.insert(field.as_str(), parts);
        }
        self
    }

    /// One reason why several fields do not apply.
    pub fn not_applicable(mut self, reason: &str, fields: &[AcceptanceField]) -> Self {
        let fields: Vec<_> = fields.iter().map(|field| field.as_str()).collect();
        self.insert(NOT_APPLICABLE, json!({REASON: reason, FIELDS: fields}));
        self
    }

    /// The document as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{:#}\n", json!(self.0))
    }

    /// Parses the document, as if a person had written it.
    ///
    /// # Errors
    ///
    /// If the document is not valid, for example because it is too large.
    pub fn build(&self) -> Result<ResponseDocument, DocumentError> {
        ResponseDocument::parse(self.to_json().as_bytes())
    }

    fn insert(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }
}

/// Builds a reviewer's record about the latest answer of a surface.
///
/// ```
/// use acceptance_ledger::{
///     Dossier, History, Lane, RecordBuilder, ResponseDocument, ReviewerCheck, ReviewerKind, Verdict,
/// };
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let answer = ResponseDocument::parse(&std::fs::read("examples/answers/alertmanager.yaml")?)?;
/// let mut dossier = Dossier::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// assert!(RecordBuilder::new(&history).is_none(), "no owner has answered");
/// dossier.store(&history.receive(&answer, "2026-11-22T10:00:00+08:00".parse()?)?);
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// let record = RecordBuilder::new(&history)
///     .unwrap()
///     .reviewer("Rex Reviewer", ReviewerKind::Person, &"2026-11-23T10:00:00+08:00".parse()?)
///     .hold(Lane::ReceiverReceiptGapRequired)
///     .verdict(ReviewerCheck::ReceiverReceiptProofMetadataOnly, Verdict::Fail)
///     .reason("The receipt is of another receiver.", "ticket:OPS-12")
///     .build()
///     .unwrap();
/// let step = history.review(record.record().unwrap(), "2026-11-23T10:00:00+08:00".parse()?).unwrap();
/// assert_eq!(step.candidate().lane(), Lane::ReceiverReceiptGapRequired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder makes a document only when `build` or `to_json` is called"]
pub struct RecordBuilder {
    members: Map<String, Value>,
    checks: Map<String, Value>,
}

impl RecordBuilder {
    /// Begins the record about the latest answer. `None` if no owner has answered.
    #[must_use]
    pub fn new(history: &History) -> Option<Self> {
        let response_event = history.log().response_event()?;
        let mut builder = Self { members: Map::new(), checks: Map::new() };
        let candidate_id = history.candidate().surface().candidate_id();
        builder.insert(RecordKey::SchemaVersion, RECORD_VERSION);
        builder.insert(RecordKey::AcceptanceCandidateId, candidate_id);
        builder.insert(RecordKey::ResponseEvent, response_event.to_string());
        builder.insert(RecordKey::NotAuthorization, true);
        Some(builder)
    }

    /// Who reviews, and when.
    pub fn reviewer(mut self, name: &str, kind: ReviewerKind, at: &Time) -> Self {
        self.insert(RecordKey::Reviewer, name);
        self.insert(RecordKey::ReviewerKind, kind.to_string());
        self.insert(RecordKey::ReviewedAt, at.as_str());
        self
    }

    /// Accepts the answer until a time. The record then needs a verdict for every check.
    pub fn accept(mut self, until: &Time) -> Self {
        self.insert(RecordKey::Outcome, ACCEPT);
        self.insert(RecordKey::ValidUntil, until.as_str());
        self
    }

    /// Holds the answer in a lane. The record then needs a failed check of that lane.
    pub fn hold(mut self, lane: Lane) -> Self {
        self.insert(RecordKey::Outcome, lane.as_str());
        self.members.remove(RecordKey::ValidUntil.as_str());
        self
    }

    /// The verdict for one check.
    pub fn verdict(mut self, check: ReviewerCheck, verdict: Verdict) -> Self {
        self.checks.insert(check.to_string(), json!(verdict.to_string()));
        self
    }

    /// The reason for the decision, and a ref to the place where the decision is kept.
    pub fn reason(mut self, reason: &str, record_ref: &str) -> Self {
        self.insert(RecordKey::Reason, reason);
        self.insert(RecordKey::RecordRef, record_ref);
        self
    }

    /// The document as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = self.members.clone();
        members.insert(RecordKey::Checks.as_str().to_owned(), json!(self.checks));
        format!("{:#}\n", json!(members))
    }

    /// Parses the document, as if a person had written it.
    ///
    /// # Errors
    ///
    /// All faults of the document: what was not given, and what is not allowed.
    pub fn build(&self) -> Result<ReviewDocument, Vec<DocumentError>> {
        ReviewDocument::parse(self.to_json().as_bytes())
    }

    fn insert(&mut self, key: RecordKey, value: impl Into<Value>) {
        self.members.insert(key.as_str().to_owned(), value.into());
    }
}
