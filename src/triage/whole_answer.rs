//! Examines the answers together: identity, requirements, scope, and claims.

use std::collections::HashSet;

use crate::detect::{self, Target};
use crate::json::Json;
use crate::response::{Answer, PartAnswer, Requirement, names_somebody, requirement};
use crate::words::{
    AcceptanceField, AnswerShape, Decision, HealthGround, PartNeed, Problem, ResponseKey,
};

use super::surfaces::{NAMES, occurs_as_token};
use super::{Examination, Finding};

impl Examination<'_> {
    /// Reports ids, versions, the approval key and the responder if they are missing or not those of this surface.
    pub(super) fn examine_identity(&mut self) {
        for field in [
            AcceptanceField::AcceptanceCandidateId,
            AcceptanceField::RequestId,
            AcceptanceField::SurfaceId,
            AcceptanceField::RepoSha256,
        ] {
            let key = ResponseKey::Field(field);
            let value = self.document.value(key).and_then(Json::as_str);
            let is_another = !value.is_some_and(|text| self.identifies_surface(field, text));
            // A surface that the requests do not have may ask for less than they do.
            let is_unknown =
                field == AcceptanceField::SurfaceId && !self.surfaces.has(self.surface);
            if is_another || is_unknown {
                let problem = match field {
                    AcceptanceField::RepoSha256 => Problem::StaleSurfaceVersion,
                    _ => Problem::IdentityMismatch,
                };
                self.find_in(problem, key);
            }
        }
        // A present key was examined with the members.
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

    /// Returns whether this text, in this field, is the id or the version of the surface.
    pub(super) fn identifies_surface(&self, field: AcceptanceField, text: &str) -> bool {
        let surface = self.surface;
        match field {
            AcceptanceField::AcceptanceCandidateId => surface.is_candidate(text),
            AcceptanceField::RequestId => surface.request_id() == text,
            AcceptanceField::SurfaceId => surface.surface_id() == text,
            // A surface without a valid digest has no version, so no answer can be about it.
            AcceptanceField::RepoSha256 => {
                let version = surface.descriptor(field).and_then(Json::as_str);
                let is_digest =
                    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_digest && version == Some(text)
            }
            _ => false,
        }
    }

    /// Reports a decision that is unknown or declines, and each required field that is missing.
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
                field => field.problem_if_missing(),
            };
            let key = ResponseKey::Field(field);
            let is_excusable = self.may_be_not_applicable(field);
            let finding = Finding::new(problem, key.check(), key.pointer(), None);
            self.add(finding.excusable(is_excusable));
        }
        if decision != Some(Decision::DeclineOwnership) {
            // The request asks for these fields, but this crate has no such answer. So they are always missing.
            for name in self.surface.unanswerable_fields() {
                // RFC 6901 escapes a name in a JSON pointer like this.
                let name = name.replace('~', "~0").replace('/', "~1");
                self.find(Problem::FieldMissing, None, format!("/{name}"), None);
            }
        }
    }

    /// Returns whether a required answer is missing. `not_applicable` counts as missing if the field does not accept it.
    fn is_missing(&self, field: AcceptanceField) -> bool {
        let is_not_applicable = self.answers.is_not_applicable(field);
        match requirement(field, self.surface, &self.answers) {
            Requirement::Demanded => self.answers.is_blank(field) || is_not_applicable,
            Requirement::ByRequest => {
                self.answers.is_blank(field)
                    || (is_not_applicable && self.is_due_notification(field))
            }
            Requirement::Optional => is_not_applicable && self.is_due_notification(field),
        }
    }

    /// Returns whether the field is the notification of other projects, and the answer names a shared project that the
    /// surface itself does not name.
    fn is_due_notification(&self, field: AcceptanceField) -> bool {
        field == AcceptanceField::CrossProjectNotificationRef
            && *self.names_shared_project.get_or_init(|| {
                let names = NAMES.map(|name| {
                    self.surface.descriptor(name).and_then(Json::as_str).unwrap_or_default()
                });
                let own = [&[self.surface.surface_id()], &names[..]].concat().join("\n");
                self.answered.iter().any(|text| detect::names_shared_project(&text.folded, &own))
            })
    }

    /// Reports a scope that does not name this surface, or that names another one.
    pub(super) fn examine_scope(&mut self) {
        let key = ResponseKey::Field(AcceptanceField::AffectedScope);
        let Some(scope) = self.answers.text(AcceptanceField::AffectedScope).map(str::to_owned)
        else {
            return;
        };
        let own = self.surface.surface_id();
        let named: HashSet<&str> = self.surfaces.named_in(&scope).collect();
        let is_own =
            occurs_as_token(&scope, own) || self.surfaces.is_its_own_name(self.surface, &scope);
        let names_other = named.iter().any(|id| *id != own);
        if !is_own {
            self.find_in(Problem::ScopeMismatch, key);
        }
        if names_other {
            self.find_in(Problem::OtherSurfaceNamed, key);
        }
    }

    /// Returns whether this field accepts `not_applicable:` with a reason.
    fn may_be_not_applicable(&self, field: AcceptanceField) -> bool {
        requirement(field, self.surface, &self.answers) != Requirement::Demanded
            && !self.is_due_notification(field)
    }

    /// Reports the missing parts of each answer in parts. (An answer without any part is reported as a missing field.)
    pub(super) fn examine_parts(&mut self) {
        let has_proof = self.answers.is_answered(AcceptanceField::ReceiverReceiptProofRef);
        let lacks_proof = self.is_missing(AcceptanceField::ReceiverReceiptProofRef);
        for field in AcceptanceField::answers() {
            let Some(answer @ Answer::Parts(_)) = self.answers.answer(field) else { continue };
            let accepts_not_applicable = self.may_be_not_applicable(field);
            let parts = field.form().map_or(&[][..], |form| form.parts());
            let is_lacking = |part: &&crate::words::AnswerPart| match answer.part(part.name) {
                Some(PartAnswer::NotApplicable(_)) => !accepts_not_applicable,
                Some(_) => false,
                None => match part.need {
                    PartNeed::Always => true,
                    PartNeed::AfterChange => self.decision == Some(Decision::ConfirmAfterChange),
                    // If `receiver_receipt_proof_ref` is missing, it is reported at its own field, and only there.
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

    /// Reports each ground of a claim of health that no ref shows.
    pub(super) fn examine_grounds(&mut self) {
        use AcceptanceField as Field;
        // Somebody who declines ownership cannot show anything about the surface.
        if self.decision == Some(Decision::DeclineOwnership) {
            return;
        }
        let review = self.answers.answer(Field::FalseGreenRiskReview);
        let grounds = review.map_or(&[][..], Answer::grounds).to_vec();
        let place = format!("/{}/health_rests_on", Field::FalseGreenRiskReview);
        let review_key = Some(ResponseKey::Field(Field::FalseGreenRiskReview));
        // `no_health_claimed` claims nothing, so it needs no proof.
        let shows_nothing =
            |ground: &HealthGround| !ground.is_proof() && *ground != HealthGround::NoHealthClaimed;
        if !grounds.is_empty() && grounds.iter().all(shows_nothing) {
            self.find(Problem::RouteOnlyHealth, review_key, place.clone(), None);
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
                // These prove nothing, so no ref can show them. A new ground that is a proof needs a ref here.
                HealthGround::RouteStatus
                | HealthGround::ContainerStatus
                | HealthGround::DashboardStatus
                | HealthGround::UiVisible
                | HealthGround::NoHealthClaimed => continue,
            };
            if self.answers.is_answered(shown_by) {
                continue;
            }
            let (key, pointer) = if problem == Problem::FalseGreenReviewMissing {
                (review_key, place.clone())
            } else {
                (Some(ResponseKey::Field(shown_by)), format!("/{shown_by}"))
            };
            // The missing field may be reported already, because it is also required.
            let is_known =
                |finding: &Finding| finding.problem == problem && finding.field == pointer;
            if !self.findings.iter().any(is_known) {
                self.find(problem, key, pointer, None);
            }
        }
    }

    /// Reports claims of recovery without an incident, and claims of health without proof.
    pub(super) fn examine_claims(&mut self) {
        let is_given = |field| self.answers.is_answered(field);
        let has_incident = is_given(AcceptanceField::IncidentContextRef);
        let has_proof = is_given(AcceptanceField::AlertChainHealthRef)
            && is_given(AcceptanceField::ReceiverReceiptProofRef);
        // Taken out for the loop, because `find` borrows all of `self`.
        let answered = std::mem::take(&mut self.answered);
        for text in &answered {
            // A ground is a word that the form gives, and a ref is not in the owner's words. Neither is a claim. The
            // reason why there is no ref is in the owner's words.
            let is_ground = text.pointer.contains("/health_rests_on");
            let is_text = text.field.answer_shape() == Some(AnswerShape::Text) || text.is_reason;
            if is_ground || !is_text {
                continue;
            }
            // `All was well, no incident` is how owners say that nothing failed.
            let says_that_nothing_failed = text.field == AcceptanceField::IncidentContextRef;
            let key = Some(ResponseKey::Field(text.field));
            for claim in &text.claims {
                let problem = claim.target.problem();
                // A proof may be for this claim or not, and only a person can see that. An incident settles a recovery.
                let is_met = |target| match target {
                    Target::Health => has_proof || says_that_nothing_failed,
                    Target::Recovery => has_incident,
                    Target::Request => false,
                };
                if claim.target == Target::Recovery && has_incident {
                    continue;
                }
                let characters = Some(claim.characters.clone());
                // If the stronger claim of the sentence is met, the weaker one still has to be.
                let is_left = claim.yields_to.is_none_or(is_met);
                if claim.is_certain && !is_met(claim.target) && is_left {
                    self.find(problem, key, text.pointer.clone(), characters);
                } else {
                    self.hint(problem, &text.pointer, characters);
                }
            }
        }
        self.answered = answered;
    }
}
