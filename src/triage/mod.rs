//! What an answer is worth, before a person has judged it.

mod finding;
mod structure;
mod surfaces;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod theorems;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

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
    RuntimeGate,
};

pub use finding::Finding;
pub use surfaces::Surfaces;
use surfaces::{NAMES, stands_in};

/// How many texts of an answer are examined, names of unknown keys among them: ten times those of a template.
/// What comes behind them is not looked at, and so is oversized.
const MAX_TEXTS: usize = 400;

/// How many bytes are examined of all texts together: as many as all fields of a template hold.
const MAX_BYTES: usize = 23 * MAX_CHARACTERS;

/// How many bytes of a value with its key are examined as a document. A longer one is oversized.
const MAX_STRUCTURE: usize = 16 * 1024;

/// How many findings are reported against one answer. The next one is oversized: nobody reads more, and the journal
/// keeps each.
const MAX_FINDINGS: usize = 200;

/// How many characters a text may have.
pub(crate) const MAX_CHARACTERS: usize = 4_000;

/// Compiles the rules of triage now, rather than each with the first text that needs it.
///
/// ```
/// acceptance_ledger::compile_triage_rules();
/// ```
pub fn compile_triage_rules() {
    Rules::get().compile();
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
        answered: Vec::new(),
        budget: Budget::default(),
    };
    for (position, member) in document.members().iter().enumerate() {
        examination.examine_member(member, position);
    }
    examination.examine_identity();
    examination.examine_requirements();
    examination.examine_scope();
    examination.examine_claims();
    let responder = examination.text(ResponseKey::Responder).unwrap_or_default().to_owned();
    let Examination { answers, findings, .. } = examination;
    Triage { response: OwnerResponse { responder, answers, signer: None }, findings }
}

/// The problems of a text that no document may have in a record of its own, and where: secrets, payloads, commands
/// and requests.
pub(crate) fn withheld_problems(text: &str) -> impl Iterator<Item = (Problem, Range<usize>)> {
    let found = detect::detect(Rules::get(), text, &Folded::new(text), Kind::Prose);
    found.into_iter().filter(|(problem, _)| problem.lane().is_withheld())
}

/// Whether a text has such a problem.
#[cfg(feature = "cli")]
pub(crate) fn carries_anything_withheld(text: &str) -> bool {
    withheld_problems(text).next().is_some()
}

struct Examination<'a> {
    surface: &'a Surface,
    surfaces: &'a Surfaces,
    document: &'a ResponseDocument,
    /// The answers that are answers: no placeholders, no values of another type, no prose for a
    /// pointer.
    answers: Answers,
    findings: Vec<Finding>,
    /// The texts of the answers, as detectors read them.
    answered: Vec<(AcceptanceField, Folded)>,
    budget: Budget,
}

/// How many texts were examined, how many bytes they have, and whether no more are.
#[derive(Debug, Default)]
struct Budget {
    texts: usize,
    bytes: usize,
    is_exhausted: bool,
}

impl Budget {
    /// Takes a text into account. Says whether it may be examined.
    fn take(&mut self, bytes: usize) -> bool {
        self.texts += 1;
        self.bytes += bytes;
        self.is_exhausted |= self.texts > MAX_TEXTS || self.bytes > MAX_BYTES;
        !self.is_exhausted
    }
}

impl<'a> Examination<'a> {
    fn find(
        &mut self,
        problem: Problem,
        key: Option<ResponseKey>,
        field: String,
        characters: Option<Range<usize>>,
    ) {
        let of_field = key.and_then(ResponseKey::check);
        self.add(Finding::new(problem, of_field, field, characters));
    }

    /// Adds a finding, unless it was just found or there are too many.
    fn add(&mut self, finding: Finding) {
        if self.findings.last() == Some(&finding) {
            return;
        }
        match self.findings.len() {
            ..MAX_FINDINGS => self.findings.push(finding),
            MAX_FINDINGS => {
                self.findings.push(Finding::new(Problem::Oversized, None, finding.field, None));
            }
            _ => {}
        }
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
        self.examine_structure(member, &pointer);
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
                    let is_direct = is_direct && item.as_str().is_some();
                    self.examine_value("", item, key, &pointer, is_direct);
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

    /// Looks at a member as a whole: the parts of a list or an object may say nothing alone, and a value may be a secret
    /// only beside its key.
    fn examine_structure(&mut self, member: &Member, pointer: &str) {
        let is_known = member.key.is_some();
        let readings = match &member.value {
            Json::Null | Json::Bool(_) => return,
            Json::String(_) | Json::Number(_) if is_known => return,
            Json::Array(items) if items.is_empty() => return,
            value => structure::readings((!is_known).then_some(member.name.as_str()), value),
        };
        for mut text in readings {
            if self.budget.is_exhausted {
                return;
            }
            if text.len() > MAX_STRUCTURE {
                self.find(Problem::Oversized, member.key, pointer.to_owned(), None);
                text.truncate(text.floor_char_boundary(MAX_STRUCTURE));
            }
            if !self.may_examine(&text, member.key, pointer) {
                return;
            }
            let folded = Folded::new(&text);
            for (problem, _) in detect::detect(Rules::get(), &text, &folded, Kind::Plan) {
                if problem.lane().is_withheld() {
                    self.find(problem, member.key, pointer.to_owned(), None);
                }
            }
        }
    }

    /// Counts a text that is about to be examined; says so, once, where it no longer is.
    fn may_examine(&mut self, text: &str, key: Option<ResponseKey>, pointer: &str) -> bool {
        if self.budget.is_exhausted {
            return false;
        }
        let may = self.budget.take(text.len());
        if !may {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        may
    }

    fn examine_text(
        &mut self,
        text: &str,
        key: Option<ResponseKey>,
        pointer: &str,
        has_place: bool,
    ) {
        // What is beyond the limit is held as strictly as anything that could be found in it.
        let end = text.char_indices().nth(MAX_CHARACTERS).map(|(end, _)| end);
        if end.is_some() {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        let text = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
        if !self.may_examine(text, key, pointer) {
            return;
        }
        let kind = if key.is_some_and(is_plan) { Kind::Plan } else { Kind::Prose };
        let folded = Folded::new(text);
        for (problem, characters) in detect::detect(Rules::get(), text, &folded, kind) {
            self.find(problem, key, pointer.to_owned(), has_place.then_some(characters));
        }
        if let Some(ResponseKey::Field(field)) = key.filter(|_| has_place) {
            self.answered.push((field, folded));
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
            let is_another = self.document.value(key).and_then(Json::as_str) != Some(own);
            // A surface that is not among those of the requests may ask for less than they do.
            let is_stranger =
                field == AcceptanceField::SurfaceId && !self.surfaces.has(self.surface);
            if is_another || is_stranger {
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
        if self.text(ResponseKey::RespondedAt).is_none() {
            self.find_in(Problem::FieldMissing, ResponseKey::RespondedAt);
        } else if self.document.responded_at().is_none() {
            self.find_in(Problem::WrongType, ResponseKey::RespondedAt);
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
            let key = ResponseKey::Field(field);
            let is_excusable = requirement(field, self.surface, &self.answers)
                == Requirement::ByRequest
                && !self.is_owed_to_others(field);
            let finding = Finding::new(problem, key.check(), pointer_of(key), None);
            self.add(Finding { is_excusable, ..finding });
        }
        if decision != Some(Decision::DeclineOwnership) {
            for name in self.surface.unanswerable_fields() {
                // As RFC 6901 escapes a name.
                let name = name.replace('~', "~0").replace('/', "~1");
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
            self.answered.iter().any(|(_, text)| detect::names_shared_project(text, &own))
        }
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
        let is_given = |field| self.answers.is_answered(field);
        let has_incident = is_given(AcceptanceField::IncidentContextRef);
        let has_proof = is_given(AcceptanceField::AlertChainHealthRef)
            && is_given(AcceptanceField::ReceiverReceiptProofRef);
        let answered = std::mem::take(&mut self.answered);
        let texts =
            answered.iter().filter(|(field, _)| field.answer_shape() == Some(AnswerShape::Text));
        for (field, folded) in texts {
            let key = ResponseKey::Field(*field);
            if !has_incident && detect::claims_recovery(folded) {
                self.find_in(Problem::RecoveryOnly, key);
            }
            if !has_proof && detect::claims_health(folded) {
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
