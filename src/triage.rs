//! What an answer is worth, before a person has judged it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use jiff::Timestamp;

use crate::detect::{self, Folded, Kind, Rules};
use crate::json::Json;
use crate::requirement::{Requirement, requirement};
use crate::response::{
    Answers, EvidenceRef, Member, OwnerResponse, ResponseDocument, ResponseKey, is_not_applicable,
    is_placeholder,
};
use crate::surface::Surface;
use crate::words::{
    AcceptanceField, AnswerShape, Boundary, Decision, ItemFlag, Lane, Problem, ProgressFlag,
    ReviewerCheck, RuntimeGate,
};

/// How many characters a text may have.
pub(crate) const MAX_CHARACTERS: usize = 4_000;

/// One thing that triage found against an answer. It never holds what it matched.
///
/// ```
/// use acceptance_ledger::{Candidate, Quarantined};
///
/// fn explain(candidate: &Candidate<Quarantined>) {
///     for finding in candidate.findings() {
///         println!("{}: {}", finding.field(), finding.message());
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    problem: Problem,
    check: ReviewerCheck,
    field: String,
    characters: Option<Range<usize>>,
}

impl Finding {
    /// What is wrong.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// The JSON pointer of the field that it is wrong in, as in `/decision_reason`; a field that a response
    /// does not have is shown by its position, as in `/#3`; empty for the document at large.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The half-open range of characters (Unicode scalars) of the field's text, where there is one.
    #[must_use]
    pub fn characters(&self) -> Option<Range<usize>> {
        self.characters.clone()
    }

    /// The reviewer check that it counts against.
    #[must_use]
    pub const fn check(&self) -> ReviewerCheck {
        self.check
    }

    /// The lane that it alone would put the answer in.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        self.problem.lane()
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn message(&self) -> String {
        format!("{} {}", self.problem.english(), self.problem.next_step())
    }
}

/// An answer with everything that was found against it. Only the core makes one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Triage {
    pub(crate) response: OwnerResponse,
    pub(crate) findings: Vec<Finding>,
}

impl fmt::Debug for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The response may carry a secret as long as nobody has looked at the findings.
        f.debug_struct("Triage").field("findings", &self.findings).finish_non_exhaustive()
    }
}

impl Triage {
    /// The strictest lane among the findings, or ready where there are none.
    pub(crate) fn lane(&self) -> Lane {
        self.findings
            .iter()
            .map(Finding::lane)
            .max_by_key(|lane| lane.strictness())
            .unwrap_or(Lane::ReadyForMonitoringReview)
    }
}

/// All surfaces that owners are asked about: an answer for one must not speak of another.
///
/// ```
/// use acceptance_ledger::{OwnerRequests, Surfaces};
///
/// # let draft = std::fs::read("examples/dockprom/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let surfaces = Surfaces::new(requests.surfaces());
/// assert!(surfaces.contains("alertmanager_config:alertmanager/config.yml"));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Surfaces {
    ids: HashSet<String>,
    /// Those ids that are no single token.
    odd_ids: Vec<String>,
    /// How many surfaces have each label or expected scope.
    names: HashMap<(AcceptanceField, String), usize>,
}

impl Surfaces {
    /// An index of these surfaces.
    #[must_use]
    pub fn new(surfaces: &[Surface]) -> Self {
        let mut index = Self::default();
        for surface in surfaces {
            let id = surface.surface_id();
            if !id.chars().all(is_token_character) {
                index.odd_ids.push(id.to_owned());
            }
            index.ids.insert(id.to_owned());
            for field in NAMES {
                if let Some(name) = surface.descriptor(field).and_then(Json::as_str) {
                    *index.names.entry((field, name.trim().to_owned())).or_default() += 1;
                }
            }
        }
        index
    }

    /// Whether there is a surface of this id.
    #[must_use]
    pub fn contains(&self, surface_id: &str) -> bool {
        self.ids.contains(surface_id)
    }

    /// Whether `scope` is a name that `surface` alone has.
    fn is_its_own_name(&self, surface: &Surface, scope: &str) -> bool {
        NAMES.into_iter().any(|field| {
            let name = surface.descriptor(field).and_then(Json::as_str).map(str::trim);
            name == Some(scope) && self.names.get(&(field, scope.to_owned())) == Some(&1)
        })
    }

    /// The ids of surfaces that stand in `text` as whole tokens.
    fn named_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let odd = self.odd_ids.iter().map(String::as_str).filter(move |id| stands_in(text, id));
        tokens(text).filter(|token| self.ids.contains(*token)).chain(odd)
    }
}

/// The descriptors that may name a surface in an answer.
const NAMES: [AcceptanceField; 2] = [AcceptanceField::Label, AcceptanceField::ExpectedScope];

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-/:.".contains(character)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    // A final full stop ends a sentence and belongs to no token.
    text.split(|character| !is_token_character(character))
        .map(|token| token.strip_suffix('.').unwrap_or(token))
}

/// Whether `id` stands in `text` and no token goes on at either end.
fn stands_in(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + id.len()..).unwrap_or_default().chars();
        let next = after.next();
        let ends = match next {
            Some('.') => !after.next().is_some_and(is_token_character),
            next => !next.is_some_and(is_token_character),
        };
        ends && !before.is_some_and(is_token_character)
    })
}

/// Finds everything that is to be said against a response for `surface`.
pub(crate) fn triage(
    surface: &Surface,
    surfaces: &Surfaces,
    document: &ResponseDocument,
) -> Triage {
    let mut examination = Examination {
        surface,
        surfaces,
        document,
        answers: Answers::default(),
        findings: Vec::new(),
    };
    for (position, member) in document.members().iter().enumerate() {
        examination.examine_member(member, position);
    }
    examination.examine_identity();
    examination.examine_requirements();
    examination.examine_scope();
    examination.examine_claims();
    let responder = examination.text(ResponseKey::Responder).unwrap_or_default().to_owned();
    let Examination { answers, mut findings, .. } = examination;
    findings.dedup();
    Triage { response: OwnerResponse { responder, answers }, findings }
}

struct Examination<'a> {
    surface: &'a Surface,
    surfaces: &'a Surfaces,
    document: &'a ResponseDocument,
    /// The answers that are answers: no placeholders, no values of another type, no prose for a
    /// pointer.
    answers: Answers,
    findings: Vec<Finding>,
}

impl<'a> Examination<'a> {
    fn find(
        &mut self,
        problem: Problem,
        key: Option<ResponseKey>,
        field: String,
        characters: Option<Range<usize>>,
    ) {
        let check = problem.check(key.and_then(ResponseKey::check));
        self.findings.push(Finding { problem, check, field, characters });
    }

    /// A problem in a field that the response should have.
    fn find_in(&mut self, problem: Problem, key: ResponseKey) {
        self.find(problem, Some(key), pointer_of(key), None);
    }

    fn text(&self, key: ResponseKey) -> Option<&'a str> {
        self.document
            .value(key)
            .and_then(Json::as_str)
            .map(str::trim)
            .filter(|text| !is_placeholder(text))
    }

    fn examine_member(&mut self, member: &Member, position: usize) {
        let pointer = match member.key {
            Some(key) => pointer_of(key),
            None => format!("/#{}", position + 1),
        };
        if member.key.is_none() {
            self.examine_text(&member.name, None, &pointer, false);
            if !is_flag(&member.name) {
                self.find(Problem::UnknownField, None, pointer.clone(), None);
            }
        }
        self.examine_value(&member.name, &member.value, member.key, &pointer, true);
        match member.key {
            Some(ResponseKey::Field(AcceptanceField::NotApproval)) => {
                let claims = member.value != Json::Bool(true);
                claims.then(|| self.find(Problem::ApprovalClaimed, member.key, pointer, None));
            }
            Some(ResponseKey::Field(field)) if field.answer_shape().is_some() => {
                self.take_answer(field, &member.value, &pointer);
            }
            Some(_) if !matches!(member.value, Json::String(_) | Json::Null) => {
                self.find(Problem::WrongType, member.key, pointer, None);
            }
            _ => {}
        }
    }

    /// Looks at a value and all that it holds: its texts, and its keys that are the ledger's.
    fn examine_value(
        &mut self,
        name: &str,
        value: &Json,
        key: Option<ResponseKey>,
        pointer: &str,
        is_direct: bool,
    ) {
        if key.is_none() && is_flag(name) {
            let is_harmless = match value {
                Json::Bool(value) => *value == (fold(name) == NOT_AUTHORIZATION),
                Json::Number(number) => {
                    fold(name) != NOT_AUTHORIZATION && number.as_str().parse() == Ok(0.0)
                }
                _ => false,
            };
            let problem = if is_harmless { Problem::UnknownField } else { Problem::SetsFlag };
            self.find(problem, None, pointer.to_owned(), None);
        }
        match value {
            Json::String(text) => self.examine_text(text, key, pointer, is_direct),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let pointer =
                        if is_direct { format!("{pointer}/{index}") } else { pointer.to_owned() };
                    self.examine_value(
                        "",
                        item,
                        key,
                        &pointer,
                        is_direct && item.as_str().is_some(),
                    );
                }
            }
            Json::Object(members) => {
                for (name, value) in members {
                    self.examine_text(name, key, pointer, false);
                    self.examine_value(name, value, None, pointer, false);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn examine_text(
        &mut self,
        text: &str,
        key: Option<ResponseKey>,
        pointer: &str,
        has_place: bool,
    ) {
        if text.chars().count() > MAX_CHARACTERS {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        let kind = if key.is_some_and(is_plan) { Kind::Plan } else { Kind::Prose };
        for (problem, characters) in detect::detect(Rules::get(), text, kind) {
            self.find(problem, key, pointer.to_owned(), has_place.then_some(characters));
        }
    }

    /// Takes what is an answer, and says what is not.
    fn take_answer(&mut self, field: AcceptanceField, value: &Json, pointer: &str) {
        let key = Some(ResponseKey::Field(field));
        match (field.answer_shape(), value) {
            (_, Json::Null) => {}
            (Some(AnswerShape::Refs), Json::Array(items)) => {
                let mut refs = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    match item.as_str() {
                        None => {
                            self.find(Problem::WrongType, key, format!("{pointer}/{index}"), None);
                        }
                        Some(text) if is_placeholder(text) => {}
                        Some(text) if items.len() == 1 && is_not_applicable(text) => {
                            refs.push(text.trim().to_owned());
                        }
                        Some(text) => match text.parse::<EvidenceRef>() {
                            Ok(reference) => refs.push(reference.to_string()),
                            Err(_) => {
                                self.find(
                                    Problem::NotARef,
                                    key,
                                    format!("{pointer}/{index}"),
                                    None,
                                );
                            }
                        },
                    }
                }
                self.answers.set_evidence_refs(refs);
            }
            (Some(AnswerShape::Text | AnswerShape::Ref), Json::Array(items))
                if items.is_empty() => {}
            (Some(AnswerShape::Refs), Json::String(text)) if text.is_empty() => {}
            (Some(AnswerShape::Ref), Json::String(text))
                if !is_placeholder(text) && !claims_none(text) =>
            {
                match text.parse::<EvidenceRef>() {
                    Ok(reference) => self.answers.set_text(field, reference.to_string()),
                    Err(_) => self.find(Problem::NotARef, key, pointer.to_owned(), None),
                }
            }
            (Some(AnswerShape::Text | AnswerShape::Ref), Json::String(text)) => {
                if !is_placeholder(text) && (!claims_none(text) || is_not_applicable(text)) {
                    self.answers.set_text(field, text.trim().to_owned());
                }
            }
            _ => self.find(Problem::WrongType, key, pointer.to_owned(), None),
        }
    }

    fn examine_identity(&mut self) {
        let surface = self.surface;
        for (field, own) in [
            (AcceptanceField::AcceptanceCandidateId, &*surface.candidate_id()),
            (AcceptanceField::RequestId, surface.request_id()),
            (AcceptanceField::SurfaceId, surface.surface_id()),
        ] {
            let key = ResponseKey::Field(field);
            if self.document.value(key).and_then(Json::as_str) != Some(own) {
                self.find_in(Problem::IdentityMismatch, key);
            }
        }
        let key = ResponseKey::Field(AcceptanceField::RepoSha256);
        let version = surface.descriptor(AcceptanceField::RepoSha256).and_then(Json::as_str);
        let is_version =
            |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let answered = self.document.value(key).and_then(Json::as_str);
        if !version.is_some_and(is_version) || answered != version {
            self.find_in(Problem::StaleSurfaceVersion, key);
        }
        if self.document.value(ResponseKey::Field(AcceptanceField::NotApproval)).is_none() {
            self.find_in(
                Problem::ApprovalClaimed,
                ResponseKey::Field(AcceptanceField::NotApproval),
            );
        }
        if self.text(ResponseKey::Responder).is_none() {
            self.find_in(Problem::FieldMissing, ResponseKey::Responder);
        }
        match self.text(ResponseKey::RespondedAt) {
            None => self.find_in(Problem::FieldMissing, ResponseKey::RespondedAt),
            Some(time) if !time.contains(['T', 't']) || time.parse::<Timestamp>().is_err() => {
                self.find_in(Problem::WrongType, ResponseKey::RespondedAt);
            }
            Some(_) => {}
        }
    }

    fn decision(&self) -> Option<Decision> {
        self.answers.text(AcceptanceField::Decision)?.parse().ok()
    }

    fn examine_requirements(&mut self) {
        let decision = self.decision();
        if decision.is_none() && self.answers.text(AcceptanceField::Decision).is_some() {
            self.find_in(Problem::DecisionUnknown, ResponseKey::Field(AcceptanceField::Decision));
        }
        if decision == Some(Decision::DeclineOwnership) {
            self.find_in(Problem::OwnershipDeclined, ResponseKey::Field(AcceptanceField::Decision));
        }
        let missing: Vec<_> =
            AcceptanceField::answers().filter(|field| self.is_missing(*field)).collect();
        for field in missing {
            let problem = match field {
                AcceptanceField::IncidentContextRef
                    if decision == Some(Decision::ConfirmAfterIncident) =>
                {
                    Problem::IncidentContextMissing
                }
                AcceptanceField::AlertChainHealthRef => Problem::HealthRefMissing,
                AcceptanceField::FalseGreenRiskReview => Problem::FalseGreenReviewMissing,
                AcceptanceField::ReceiverReceiptProofRef => Problem::ReceiptMissing,
                AcceptanceField::StaleAlertReview => Problem::StaleReviewMissing,
                AcceptanceField::SilenceOrDedupReview => Problem::SilenceReviewMissing,
                AcceptanceField::PostReloadReadbackPlan => Problem::ReadbackMissing,
                _ => Problem::FieldMissing,
            };
            self.find_in(problem, ResponseKey::Field(field));
        }
        if decision != Some(Decision::DeclineOwnership) {
            for name in self.surface.unanswerable_fields() {
                self.find(Problem::FieldMissing, None, format!("/{name}"), None);
            }
        }
    }

    fn is_missing(&self, field: AcceptanceField) -> bool {
        let is_none_to_give = self.answers.is_not_applicable(field);
        match requirement(field, self.surface, &self.answers) {
            Requirement::Demanded => self.answers.is_blank(field) || is_none_to_give,
            Requirement::ByRequest => {
                self.answers.is_blank(field) || (is_none_to_give && self.is_owed_to_others(field))
            }
            Requirement::Optional => is_none_to_give && self.is_owed_to_others(field),
        }
    }

    /// Whether the field is the notice to other projects, and the answer names one.
    fn is_owed_to_others(&self, field: AcceptanceField) -> bool {
        field == AcceptanceField::CrossProjectNotificationRef && {
            let names = NAMES.map(|name| {
                self.surface.descriptor(name).and_then(Json::as_str).unwrap_or_default()
            });
            let own = [&[self.surface.surface_id()], &names[..]].concat().join("\n");
            self.texts().any(|(_, text)| detect::names_shared_project(&Folded::new(text), &own))
        }
    }

    /// The texts of the answers, with their fields.
    fn texts(&self) -> impl Iterator<Item = (AcceptanceField, &'a str)> {
        let document = self.document;
        AcceptanceField::answers().filter_map(move |field| {
            Some((field, document.value(ResponseKey::Field(field))?.as_str()?))
        })
    }

    fn examine_scope(&mut self) {
        let key = ResponseKey::Field(AcceptanceField::AffectedScope);
        let Some(scope) = self.answers.text(AcceptanceField::AffectedScope).map(str::to_owned)
        else {
            return;
        };
        let own = self.surface.surface_id();
        let named: HashSet<&str> = self.surfaces.named_in(&scope).collect();
        let is_own = stands_in(&scope, own) || self.surfaces.is_its_own_name(self.surface, &scope);
        let names_other = named.iter().any(|id| *id != own);
        if !is_own {
            self.find_in(Problem::ScopeMismatch, key);
        }
        if names_other {
            self.find_in(Problem::OtherSurfaceNamed, key);
        }
    }

    fn examine_claims(&mut self) {
        let is_given =
            |field| !self.answers.is_blank(field) && !self.answers.is_not_applicable(field);
        let has_incident = is_given(AcceptanceField::IncidentContextRef);
        let has_proof = is_given(AcceptanceField::AlertChainHealthRef)
            && is_given(AcceptanceField::ReceiverReceiptProofRef);
        let texts: Vec<_> = self
            .texts()
            .filter(|(field, _)| field.answer_shape() == Some(AnswerShape::Text))
            .collect();
        for (field, text) in texts {
            let folded = Folded::new(text);
            let key = ResponseKey::Field(field);
            if !has_incident && detect::claims_recovery(&folded) {
                self.find_in(Problem::RecoveryOnly, key);
            }
            if !has_proof && detect::claims_health(&folded) {
                self.find_in(Problem::RouteOnlyHealth, key);
            }
        }
    }
}

/// The boundary that is true for ever.
const NOT_AUTHORIZATION: &str = "not_authorization";

/// Whether a key is one of the ledger's flags, gates, counts or boundaries, however it is spelled.
fn is_flag(name: &str) -> bool {
    let name = fold(name);
    let flag = name.strip_suffix("_count").unwrap_or(&name);
    name == NOT_AUTHORIZATION
        || name == "action_button_count"
        || flag.parse::<ProgressFlag>().is_ok()
        || flag.parse::<ItemFlag>().is_ok()
        || flag.parse::<RuntimeGate>().is_ok()
        || name.parse::<Boundary>().is_ok()
        || name.parse::<crate::words::SourceCount>().is_ok()
}

fn fold(name: &str) -> String {
    detect::fold_name(name)
}

/// Claims in a plan are what would be checked.
fn is_plan(key: ResponseKey) -> bool {
    matches!(
        key,
        ResponseKey::Field(
            AcceptanceField::RouteSmokePlan
                | AcceptanceField::PostReloadReadbackPlan
                | AcceptanceField::ValidationPlan
                | AcceptanceField::MaintenanceWindow
        )
    )
}

fn claims_none(text: &str) -> bool {
    text.trim().starts_with("not_applicable")
}

fn pointer_of(key: ResponseKey) -> String {
    format!("/{}", key.as_str())
}

#[cfg(test)]
impl Finding {
    pub(crate) fn new(problem: Problem, field: Option<AcceptanceField>) -> Self {
        let check = problem.check(field.and_then(AcceptanceField::check));
        Self { problem, check, field: String::new(), characters: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::inputs::OwnerRequests;

    /// Two surfaces: a write-capable one with live evidence, and a dashboard.
    fn surfaces() -> Vec<Surface> {
        let all: Vec<_> = AcceptanceField::answers().map(AcceptanceField::as_str).collect();
        let draft = |id: &str, label: &str, writes: bool| {
            json!({
                "request_id": format!("request:{id}"), "surface_id": id, "label": label,
                "expected_scope": "hosts", "config_kind": "k", "observability_scope": "o",
                "control_tier": "C0", "repo_source_path": "p", "repo_sha256": "0a".repeat(32),
                "source_line_count": 1, "write_capable_surface": writes,
                "requires_live_evidence": writes, "required_owner_fields": all,
            })
        };
        let drafts = [
            draft("prometheus_rules:rules/node.yml", "node rules", true),
            draft("grafana_dashboard:nodes.json", "nodes", false),
        ];
        let document = json!({"required_owner_fields": [], "request_drafts": drafts});
        OwnerRequests::parse(document.to_string().as_bytes()).unwrap().surfaces().to_vec()
    }

    /// A whole, clean answer for the first surface.
    fn clean() -> Value {
        let id = "prometheus_rules:rules/node.yml";
        json!({
            "schema_version": "monitoring_owner_response_v1",
            "acceptance_candidate_id": format!("monitoring_owner_response_acceptance:{id}"),
            "request_id": format!("request:{id}"), "surface_id": id, "repo_sha256": "0a".repeat(32),
            "responder": "Ada Owner", "responded_at": "2026-11-20T10:00:00+08:00", "not_approval": true,
            "owner_response_ref": "ticket:OPS-12", "owner_role_or_team": "platform team",
            "decision": "confirm_current_state",
            "decision_reason": "The rules match the runbook; the 12 rules were read back on Monday.",
            "affected_scope": format!("Only {id}."),
            "redacted_evidence_refs": ["artifact:run-12/readback.json", "commit:0af9c1d"],
            "live_config_hash_ref": format!("sha256:{}", "1b".repeat(32)),
            "reload_owner": "on-call of the platform team", "receiver_owner": "平台組值班",
            "route_smoke_plan": "In the window, reload Prometheus, fire the Watchdog alert and wait for its receipt.",
            "incident_context_ref": "not_applicable: no incident since the last review",
            "alert_chain_health_ref": "ticket:OPS-13", "receiver_receipt_proof_ref": "message-id:<1@mail.local>",
            "stale_alert_review": "No alert is pending or stale; the source writes every 15 s.",
            "silence_or_dedup_review": "目前沒有 silence，dedup 依 alertname。",
            "false_green_risk_review": "A route that returns 200 is not taken for health; the receipt is.",
            "post_reload_readback_plan": "重新載入後讀回 /api/v1/rules，狀態不符即停止並回滾。",
            "cross_project_notification_ref": "not_applicable: 沒有影響其他專案",
            "maintenance_window": "Tuesday 10:00 to 11:00", "rollback_owner": "platform team",
            "validation_plan": "Check route, receipt, alert state and metrics; stop when the state is pending.",
            "noise_budget_owner": "平台組", "followup_owner": "Bo Next",
        })
    }

    fn triaged(document: &Value) -> Triage {
        let surfaces = surfaces();
        let document = ResponseDocument::parse(document.to_string().as_bytes()).unwrap();
        triage(&surfaces[0], &Surfaces::new(&surfaces), &document)
    }

    /// The problems and fields found when one field is changed.
    fn found(key: &str, value: Value) -> (Lane, Vec<(Problem, String)>) {
        let mut document = clean();
        document[key] = value;
        let triage = triaged(&document);
        let findings =
            triage.findings.iter().map(|finding| (finding.problem, finding.field.clone()));
        (triage.lane(), findings.collect())
    }

    #[test]
    fn a_clean_answer_is_ready_and_kept() {
        let triage = triaged(&clean());
        assert_eq!(triage.findings, []);
        assert_eq!(triage.lane(), Lane::ReadyForMonitoringReview);
        assert_eq!(triage.response.responder(), "Ada Owner");
        let answers = triage.response.answers();
        assert_eq!(answers.text(AcceptanceField::ReceiverOwner), Some("平台組值班"));
        assert_eq!(answers.evidence_refs(), ["artifact:run-12/readback.json", "commit:0af9c1d"]);
    }

    #[test]
    fn each_problem_is_found_in_its_field() {
        let long = "x ".repeat(2_001);
        for (key, value, problem) in [
            ("decision_reason", json!("the SMTP password is hunter2"), Problem::SecretValue),
            ("decision_reason", json!("the bot token starts with 1102"), Problem::PartialSecret),
            (
                "live_config_hash_ref",
                json!("scrape_configs:\n  - job_name: node\n"),
                Problem::RawPayload,
            ),
            ("decision_reason", json!(long), Problem::Oversized),
            ("rollback_owner", json!("請kubectl一下"), Problem::Command),
            (
                "decision_reason",
                json!("Looks fine, please reload Prometheus."),
                Problem::RequestToAct,
            ),
            ("runtime_gate", json!(true), Problem::SetsFlag),
            ("not_approval", json!(false), Problem::ApprovalClaimed),
            ("alert_chain_health_ref", json!(null), Problem::HealthRefMissing),
            ("false_green_risk_review", json!("待補"), Problem::FalseGreenReviewMissing),
            ("receiver_receipt_proof_ref", json!("not_applicable: none"), Problem::ReceiptMissing),
            (
                "stale_alert_review",
                json!("not_applicable: nothing stale"),
                Problem::StaleReviewMissing,
            ),
            ("silence_or_dedup_review", json!(""), Problem::SilenceReviewMissing),
            ("post_reload_readback_plan", json!("TBD"), Problem::ReadbackMissing),
            ("request_id", json!("request:other"), Problem::IdentityMismatch),
            ("repo_sha256", json!("0b".repeat(32)), Problem::StaleSurfaceVersion),
            ("affected_scope", json!("the hosts"), Problem::ScopeMismatch),
            (
                "affected_scope",
                json!("prometheus_rules:rules/node.yml and grafana_dashboard:nodes.json"),
                Problem::OtherSurfaceNamed,
            ),
            ("decision", json!("looks good"), Problem::DecisionUnknown),
            ("owner_response_ref", json!("see my mail"), Problem::NotARef),
            ("reload_owner", json!(7), Problem::WrongType),
            ("responded_at", json!("2026-11-20T10:00:00"), Problem::WrongType),
            ("noise_budget_owner", json!("n/a"), Problem::FieldMissing),
            ("responder", json!(null), Problem::FieldMissing),
            ("rollback_owner", json!("plat\u{200b}form team"), Problem::HiddenText),
        ] {
            let (_, findings) = found(key, value);
            assert!(
                findings.contains(&(problem, format!("/{key}")))
                    || (problem == Problem::SetsFlag
                        && findings.iter().any(|(found, _)| *found == problem)),
                "{problem}: {findings:?}"
            );
        }
        let (lane, findings) = found("hunter2", json!("x"));
        assert_eq!(
            (lane, &*findings),
            (Lane::RequestSupplement, &[(Problem::UnknownField, "/#9".to_owned())][..])
        );
    }

    #[test]
    fn an_incident_needs_its_context_and_a_false_green_its_proof() {
        let mut document = clean();
        document["decision"] = json!("confirm_after_incident");
        assert_eq!(triaged(&document).lane(), Lane::IncidentRecoveryBackfillRequired);
        document["incident_context_ref"] = json!("ticket:INC-1");
        document["decision_reason"] = json!("The service has recovered.");
        assert_eq!(triaged(&document).lane(), Lane::ReadyForMonitoringReview);
        document["receiver_receipt_proof_ref"] = json!(null);
        assert_eq!(triaged(&document).lane(), Lane::ReceiverReceiptGapRequired);
        document["decision_reason"] = json!("網頁打得開，一切正常");
        assert_eq!(triaged(&document).lane(), Lane::NoFalseGreenSupplementRequired);
    }

    #[test]
    fn who_declines_is_asked_for_no_more() {
        let mut document = clean();
        for field in AcceptanceField::answers().map(AcceptanceField::as_str) {
            let is_needed = matches!(
                field,
                "owner_role_or_team" | "decision_reason" | "affected_scope" | "followup_owner"
            );
            if !is_needed {
                document.as_object_mut().unwrap().remove(field);
            }
        }
        document["decision"] = json!("decline_ownership");
        let problems: Vec<_> = triaged(&document).findings.iter().map(Finding::problem).collect();
        assert_eq!(problems, [Problem::OwnershipDeclined]);
    }

    #[test]
    fn a_scope_is_a_whole_token_or_a_name_of_its_own() {
        for (scope, is_own) in [
            ("prometheus_rules:rules/node.yml", true),
            ("範圍是prometheus_rules:rules/node.yml。", true),
            ("prometheus_rules:rules/node.yml.bak", false),
            ("old_prometheus_rules:rules/node.yml", false),
            ("node rules", true),
            ("hosts", false),
        ] {
            let (_, findings) = found("affected_scope", json!(scope));
            assert_eq!(findings.is_empty(), is_own, "{scope}: {findings:?}");
        }
    }

    #[test]
    fn a_shared_project_has_to_be_told() {
        let (lane, findings) = found("decision_reason", json!("It also pages for StockPlatform."));
        assert_eq!(lane, Lane::RequestSupplement);
        assert_eq!(
            findings,
            [(Problem::FieldMissing, "/cross_project_notification_ref".to_owned())]
        );
    }

    #[test]
    fn a_finding_points_and_never_repeats() {
        let mut document = clean();
        document["decision_reason"] = json!("理由：密碼：hunter2x，見附件");
        document["hunter2x_password=hunter2x"] = json!(["Bearer hunter2xhunter2xhunter2x0"]);
        let triage = triaged(&document);
        let reason =
            triage.findings.iter().find(|finding| finding.field == "/decision_reason").unwrap();
        assert_eq!((reason.problem, reason.characters()), (Problem::SecretValue, Some(6..14)));
        assert_eq!(triage.lane(), Lane::QuarantineSecretOrRawPayload);
        let messages: String = triage.findings.iter().map(Finding::message).collect();
        for shown in [messages, format!("{triage:?}")] {
            assert!(!shown.contains("hunter2x"), "{shown}");
        }
    }
}
