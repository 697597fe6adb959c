//! The acceptance fields: identity, descriptors and answers, with the check of each answer.

use super::{ReviewerCheck, word_list};

word_list! {
    /// One of the 38 acceptance fields of a candidate: its identity, the owner's answers and the outcome.
    ///
    /// ```
    /// use acceptance_ledger::{AcceptanceField, AnswerShape, ReviewerCheck};
    ///
    /// let field = AcceptanceField::ReceiverReceiptProofRef;
    /// assert_eq!(field.answer_shape(), Some(AnswerShape::Ref));
    /// assert_eq!(field.check(), Some(ReviewerCheck::ReceiverReceiptProofMetadataOnly));
    /// assert_eq!(AcceptanceField::answers().count(), 23);
    /// ```
    pub enum AcceptanceField("acceptance field") {
        AcceptanceCandidateId = "acceptance_candidate_id": "The candidate's id: the prefix `monitoring_owner_response_acceptance:` and the surface id.",
        RequestId = "request_id": "The id of the request that was drafted for the owner.",
        SurfaceId = "surface_id": "The id of the surface: the rule file, route or receiver that the owner answers for.",
        Label = "label": "The name that people use for the surface.",
        ExpectedScope = "expected_scope": "The scope that the surface is expected to act on.",
        ConfigKind = "config_kind": "The kind of configuration.",
        ObservabilityScope = "observability_scope": "The part of the observability stack.",
        ControlTier = "control_tier": "C0 can alter alerts, alerts depend on C1, and C2 is everything else.",
        RepoSourcePath = "repo_source_path": "The path of the file in its repository.",
        RepoSha256 = "repo_sha256": "The sha256 of that file: the version that an answer is about.",
        SourceLineCount = "source_line_count": "How many lines the file has.",
        WriteCapableSurface = "write_capable_surface": "Whether a change to the file can alter alerts, routes or receivers.",
        RequiresLiveEvidence = "requires_live_evidence": "Whether an answer needs evidence from the running system.",
        OwnerResponseRef = "owner_response_ref": "Where the owner's own words can be found.",
        OwnerRoleOrTeam = "owner_role_or_team": "The role or team that answers.",
        Decision = "decision": "What the owner decides about the surface.",
        DecisionReason = "decision_reason": "The reason for the decision.",
        AffectedScope = "affected_scope": "What the decision covers.",
        RedactedEvidenceRefs = "redacted_evidence_refs": "Pointers to redacted evidence.",
        LiveConfigHashRef = "live_config_hash_ref": "A pointer to the hash of the configuration that runs.",
        ReloadOwner = "reload_owner": "Who reloads or deploys.",
        ReceiverOwner = "receiver_owner": "Who owns the receiver.",
        RouteSmokePlan = "route_smoke_plan": "How the route would be tested.",
        IncidentContextRef = "incident_context_ref": "A pointer to the incident, change or outage.",
        AlertChainHealthRef = "alert_chain_health_ref": "A pointer to the proof that the whole alert chain works.",
        ReceiverReceiptProofRef = "receiver_receipt_proof_ref": "A pointer to the proof that a notification arrived.",
        StaleAlertReview = "stale_alert_review": "What the review of stale alerts found.",
        SilenceOrDedupReview = "silence_or_dedup_review": "What the review of silences, dedup and inhibition found.",
        FalseGreenRiskReview = "false_green_risk_review": "Why a green status can be trusted.",
        PostReloadReadbackPlan = "post_reload_readback_plan": "How the state would be read back after a reload.",
        CrossProjectNotificationRef = "cross_project_notification_ref": "A pointer to the notification that other projects received.",
        MaintenanceWindow = "maintenance_window": "When a change may happen.",
        RollbackOwner = "rollback_owner": "Who rolls a change back.",
        ValidationPlan = "validation_plan": "How a change would be validated.",
        NoiseBudgetOwner = "noise_budget_owner": "Who owns the noise of alerts.",
        ReviewerOutcome = "reviewer_outcome": "The lane that the latest reviewer record gave the answer.",
        FollowupOwner = "followup_owner": "Who follows up.",
        NotApproval = "not_approval": "Must be true: the ledger approves nothing.",
    }
}

/// The type of an answer in the ledger. [`AnswerForm`](crate::AnswerForm) says what the answer must contain.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, AnswerShape};
///
/// assert_eq!(AcceptanceField::Decision.answer_shape(), Some(AnswerShape::Text));
/// assert_eq!(AcceptanceField::SurfaceId.answer_shape(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerShape {
    /// Prose; `pending_owner_response` until the owner answers.
    Text,
    /// A pointer to evidence; `null` until the owner answers.
    Ref,
    /// A list of pointers to evidence; empty until the owner answers.
    Refs,
}

impl AcceptanceField {
    /// Returns the fields that an owner answers, in the ledger's order.
    pub fn answers() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|field| field.answer_shape().is_some())
    }

    /// Returns whether the field is a plan. A claim or an action in a plan is about the future: it says what would be
    /// done or checked.
    pub(crate) const fn is_plan(self) -> bool {
        matches!(
            self,
            Self::RouteSmokePlan
                | Self::PostReloadReadbackPlan
                | Self::ValidationPlan
                | Self::MaintenanceWindow
        )
    }

    /// Returns whether the owner answers the field in own words, or with a name. Refs are neither.
    pub(crate) const fn is_in_words(self) -> bool {
        self.is_plan()
            || matches!(
                self,
                Self::OwnerRoleOrTeam
                    | Self::DecisionReason
                    | Self::ReloadOwner
                    | Self::ReceiverOwner
                    | Self::RollbackOwner
                    | Self::NoiseBudgetOwner
                    | Self::FollowupOwner
                    | Self::StaleAlertReview
                    | Self::SilenceOrDedupReview
                    | Self::FalseGreenRiskReview
            )
    }

    /// Whether every answer needs this field, for any surface and any decision.
    #[must_use]
    pub const fn is_always_required(self) -> bool {
        matches!(
            self,
            Self::OwnerRoleOrTeam | Self::Decision | Self::DecisionReason | Self::AffectedScope
        )
    }

    /// Returns the type of the answer in the ledger, or `None` if the owner does not answer this field.
    #[must_use]
    pub const fn answer_shape(self) -> Option<AnswerShape> {
        match self {
            Self::OwnerResponseRef
            | Self::LiveConfigHashRef
            | Self::IncidentContextRef
            | Self::AlertChainHealthRef
            | Self::ReceiverReceiptProofRef
            | Self::CrossProjectNotificationRef => Some(AnswerShape::Ref),
            Self::RedactedEvidenceRefs => Some(AnswerShape::Refs),
            Self::OwnerRoleOrTeam
            | Self::Decision
            | Self::DecisionReason
            | Self::AffectedScope
            | Self::ReloadOwner
            | Self::ReceiverOwner
            | Self::RouteSmokePlan
            | Self::StaleAlertReview
            | Self::SilenceOrDedupReview
            | Self::FalseGreenRiskReview
            | Self::PostReloadReadbackPlan
            | Self::MaintenanceWindow
            | Self::RollbackOwner
            | Self::ValidationPlan
            | Self::NoiseBudgetOwner
            | Self::FollowupOwner => Some(AnswerShape::Text),
            Self::AcceptanceCandidateId
            | Self::RequestId
            | Self::SurfaceId
            | Self::Label
            | Self::ExpectedScope
            | Self::ConfigKind
            | Self::ObservabilityScope
            | Self::ControlTier
            | Self::RepoSourcePath
            | Self::RepoSha256
            | Self::SourceLineCount
            | Self::WriteCapableSurface
            | Self::RequiresLiveEvidence
            | Self::ReviewerOutcome
            | Self::NotApproval => None,
        }
    }

    /// Returns the check that a problem in this answer counts against, or `None` if the owner does not answer
    /// this field.
    #[must_use]
    pub const fn check(self) -> Option<ReviewerCheck> {
        Some(match self {
            Self::OwnerResponseRef | Self::OwnerRoleOrTeam | Self::FollowupOwner => {
                ReviewerCheck::OwnerIdentityPresent
            }
            Self::Decision | Self::DecisionReason => ReviewerCheck::DecisionReasonPresent,
            Self::AffectedScope => ReviewerCheck::AffectedScopeMatchesSurface,
            Self::RedactedEvidenceRefs => ReviewerCheck::RedactedRefsOnly,
            Self::LiveConfigHashRef => ReviewerCheck::LiveConfigHashMetadataOnly,
            Self::ReloadOwner => ReviewerCheck::ReloadOwnerPresent,
            Self::ReceiverOwner => ReviewerCheck::ReceiverOwnerPresent,
            Self::RouteSmokePlan => ReviewerCheck::RouteSmokePlanPresent,
            Self::IncidentContextRef => ReviewerCheck::IncidentContextPresent,
            Self::AlertChainHealthRef => ReviewerCheck::AlertChainHealthNotRouteOnly,
            Self::ReceiverReceiptProofRef => ReviewerCheck::ReceiverReceiptProofMetadataOnly,
            Self::StaleAlertReview => ReviewerCheck::StaleAlertReviewPresent,
            Self::SilenceOrDedupReview => ReviewerCheck::SilenceOrDedupReviewPresent,
            Self::FalseGreenRiskReview => ReviewerCheck::FalseGreenRiskReviewPresent,
            Self::PostReloadReadbackPlan => ReviewerCheck::PostReloadReadbackPlanPresent,
            Self::CrossProjectNotificationRef => ReviewerCheck::CrossProjectNotificationPresent,
            Self::NoiseBudgetOwner => ReviewerCheck::NoiseBudgetOwnerPresent,
            Self::MaintenanceWindow => ReviewerCheck::MaintenanceWindowPresent,
            Self::RollbackOwner => ReviewerCheck::RollbackOwnerPresent,
            Self::ValidationPlan => ReviewerCheck::ValidationPlanPresent,
            Self::AcceptanceCandidateId
            | Self::RequestId
            | Self::SurfaceId
            | Self::Label
            | Self::ExpectedScope
            | Self::ConfigKind
            | Self::ObservabilityScope
            | Self::ControlTier
            | Self::RepoSourcePath
            | Self::RepoSha256
            | Self::SourceLineCount
            | Self::WriteCapableSurface
            | Self::RequiresLiveEvidence
            | Self::ReviewerOutcome
            | Self::NotApproval => return None,
        })
    }
}
