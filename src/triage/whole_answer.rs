//! What the answers have to be together: identity, requirements, scope, and what they claim.

use std::collections::HashSet;

use crate::detect;
use crate::json::Json;
use crate::response::{Answer, Hint, PartAnswer, Requirement, names_somebody, requirement};
use crate::words::{
    AcceptanceField, AnswerShape, Decision, HealthGround, PartNeed, Problem, ResponseKey,
    ReviewerCheck,
};

use super::surfaces::{NAMES, stands_in};
use super::{Examination, Finding};

impl Examination<'_> {
    pub(super) fn examine_identity(&mut self) {
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
        match self.text(ResponseKey::Responder) {
            None => self.find_in(Problem::FieldMissing, ResponseKey::Responder),
            Some(name) if !names_somebody(name) => {
                self.find_in(Problem::OwnerNotNamed, ResponseKey::Responder);
            }
            Some(_) => {}
        }
        if self.text(ResponseKey::RespondedAt).is_none() {
            self.find_in(Problem::FieldMissing, ResponseKey::RespondedAt);
        } else if self.responded_at.is_none() {
            self.find_in(Problem::WrongType, ResponseKey::RespondedAt);
        }
    }

    pub(super) fn examine_requirements(&mut self) {
        let decision = self.decision;
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
                field => field.problem_where_missing(),
            };
            let key = ResponseKey::Field(field);
            let is_excusable = self.may_be_not_applicable(field);
            let finding = Finding::new(problem, key.check(), key.pointer(), None);
            self.add(finding.excusable(is_excusable));
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
            self.answered.iter().any(|text| detect::names_shared_project(&text.folded, &own))
        }
    }

    pub(super) fn examine_scope(&mut self) {
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

    /// Whether `not_applicable:` with a reason is an answer in this field.
    fn may_be_not_applicable(&self, field: AcceptanceField) -> bool {
        requirement(field, self.surface, &self.answers) != Requirement::Demanded
            && !self.is_owed_to_others(field)
    }

    /// Finds the parts that an answer lacks. (One that has none is missing as a whole.)
    pub(super) fn examine_parts(&mut self) {
        let has_proof = self.answers.is_answered(AcceptanceField::ReceiverReceiptProofRef);
        let lacks_proof = self.is_missing(AcceptanceField::ReceiverReceiptProofRef);
        for field in AcceptanceField::answers() {
            let Some(answer @ Answer::Parts(_)) = self.answers.answer(field) else { continue };
            let may_be_none = self.may_be_not_applicable(field);
            let parts = field.form().map_or(&[][..], |form| form.parts());
            let is_lacking = |part: &&crate::words::AnswerPart| match answer.part(part.name) {
                Some(PartAnswer::NotApplicable(_)) => !may_be_none,
                Some(_) => false,
                None => match part.need {
                    PartNeed::Always => true,
                    PartNeed::AfterChange => self.decision == Some(Decision::ConfirmAfterChange),
                    // A receipt that the whole answer lacks is found there.
                    PartNeed::UnlessProven => !has_proof && !lacks_proof,
                },
            };
            let lacking: Vec<_> = parts.iter().filter(is_lacking).map(|part| part.name).collect();
            let key = ResponseKey::Field(field);
            for name in lacking {
                self.find(Problem::PartMissing, Some(key), format!("/{field}/{name}"), None);
            }
        }
    }

    /// Whether what a claim of health rests on is shown.
    pub(super) fn examine_grounds(&mut self) {
        use AcceptanceField as Field;
        // Who is not the owner can show nothing.
        if self.decision == Some(Decision::DeclineOwnership) {
            return;
        }
        let review = self.answers.answer(Field::FalseGreenRiskReview);
        let grounds = review.map_or(&[][..], Answer::grounds).to_vec();
        let place = format!("/{}/health_rests_on", Field::FalseGreenRiskReview);
        let of_review = Some(ResponseKey::Field(Field::FalseGreenRiskReview));
        let shows_nothing =
            |ground: &HealthGround| !ground.is_proof() && *ground != HealthGround::NoHealthClaimed;
        if !grounds.is_empty() && grounds.iter().all(shows_nothing) {
            self.find(Problem::RouteOnlyHealth, of_review, place.clone(), None);
        }
        for ground in grounds {
            let (shown_by, problem) = match ground {
                HealthGround::ReceiverReceipt => {
                    (Field::ReceiverReceiptProofRef, Problem::ReceiptMissing)
                }
                HealthGround::AlertRuleState => {
                    (Field::AlertChainHealthRef, Problem::HealthRefMissing)
                }
                HealthGround::EndToEndTest | HealthGround::Metrics => {
                    (Field::RedactedEvidenceRefs, Problem::FalseGreenReviewMissing)
                }
                _ => continue,
            };
            if self.answers.is_answered(shown_by) {
                continue;
            }
            let (key, pointer) = if problem == Problem::FalseGreenReviewMissing {
                (of_review, place.clone())
            } else {
                (Some(ResponseKey::Field(shown_by)), format!("/{shown_by}"))
            };
            let is_known =
                |finding: &Finding| finding.problem == problem && finding.field == pointer;
            if !self.findings.iter().any(is_known) {
                self.find(problem, key, pointer, None);
            }
        }
    }

    pub(super) fn examine_claims(&mut self) {
        let is_given = |field| self.answers.is_answered(field);
        let has_incident = is_given(AcceptanceField::IncidentContextRef);
        let has_proof = is_given(AcceptanceField::AlertChainHealthRef)
            && is_given(AcceptanceField::ReceiverReceiptProofRef);
        let answered = std::mem::take(&mut self.answered);
        for text in &answered {
            // A ground is a word of the form, and a ref is none of the owner's.
            let is_ground = text.pointer.contains("/health_rests_on");
            if is_ground || text.field.answer_shape() != Some(AnswerShape::Text) {
                continue;
            }
            let key = Some(ResponseKey::Field(text.field));
            if !has_incident && detect::claims_recovery(&text.folded) {
                self.find(Problem::RecoveryOnly, key, text.pointer.clone(), None);
            }
            if detect::claims_health(&text.folded) {
                if has_proof {
                    // It may be shown, or may rest on what merely answers: a person has to look.
                    self.hints.push(Hint {
                        check: ReviewerCheck::AlertChainHealthNotRouteOnly,
                        field: text.pointer.clone(),
                        characters: None,
                    });
                } else {
                    self.find(Problem::RouteOnlyHealth, key, text.pointer.clone(), None);
                }
            }
        }
        self.answered = answered;
    }
}
