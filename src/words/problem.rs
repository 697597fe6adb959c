use super::{AcceptanceField, Lane, ReviewerCheck, word_list};

word_list! {
    /// What can be wrong with an answer. A problem decides the lane; with its field, the check.
    ///
    /// ```
    /// use acceptance_ledger::{AcceptanceField, Lane, Problem, ReviewerCheck};
    ///
    /// let problem = Problem::NotARef;
    /// assert_eq!(problem.lane(), Lane::RequestSupplement);
    /// assert_eq!(
    ///     problem.check(Some(AcceptanceField::IncidentContextRef)),
    ///     ReviewerCheck::IncidentContextPresent,
    /// );
    /// assert_eq!(problem.check(None), ReviewerCheck::RedactedRefsOnly);
    /// ```
    pub enum Problem("problem") {
        SecretValue = "secret_value": "The text carries a secret.",
        PartialSecret = "partial_secret": "The text carries a part of a secret: its first or last characters, or a masked middle.",
        RawPayload = "raw_payload": "A configuration, notification, log or image is pasted where a pointer belongs.",
        Oversized = "oversized": "The text is longer than 4,000 characters.",
        Command = "command": "The text carries a command that acts on a system.",
        RequestToAct = "request_to_act": "The text asks somebody to act.",
        SetsFlag = "sets_flag": "The document sets a flag, gate, count or boundary that belongs to the ledger.",
        ApprovalClaimed = "approval_claimed": "The document does not say that it is no approval.",
        IncidentContextMissing = "incident_context_missing": "After an incident, a pointer to it is missing.",
        RecoveryOnly = "recovery_only": "The text says that the service came back, and no incident is named.",
        RouteOnlyHealth = "route_only_health": "Health is claimed from something that merely answers.",
        HealthRefMissing = "health_ref_missing": "A pointer to the proof of the alert chain's health is missing.",
        FalseGreenReviewMissing = "false_green_review_missing": "The review of the false-green risk is missing.",
        ReceiptMissing = "receipt_missing": "A pointer to the receiver's receipt is missing.",
        StaleReviewMissing = "stale_review_missing": "The review of stale alerts is missing.",
        SilenceReviewMissing = "silence_review_missing": "The review of silences and dedup is missing.",
        ReadbackMissing = "readback_missing": "The plan to read the state back after a reload is missing.",
        IdentityMismatch = "identity_mismatch": "The ids in the document belong to another request or surface.",
        StaleSurfaceVersion = "stale_surface_version": "The owner answered for another version of the file.",
        ScopeMismatch = "scope_mismatch": "The affected scope does not name the surface.",
        OtherSurfaceNamed = "other_surface_named": "The affected scope names another candidate's surface.",
        DecisionUnknown = "decision_unknown": "The decision is none of the five.",
        OwnershipDeclined = "ownership_declined": "The owner declines; the request has to find another.",
        NotARef = "not_a_ref": "Prose stands where a pointer belongs.",
        WrongType = "wrong_type": "The value has another JSON type than the field.",
        UnknownField = "unknown_field": "The document has a field that an answer does not have.",
        HiddenText = "hidden_text": "The text has invisible characters, or words that mix alphabets.",
        FieldMissing = "field_missing": "A field that this surface or decision needs is not answered.",
    }
}

impl Problem {
    /// The lane that an answer with this problem lands in, unless a stricter one claims it.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::SecretValue | Self::PartialSecret | Self::RawPayload | Self::Oversized => Lane::QuarantineSecretOrRawPayload,
            Self::Command | Self::RequestToAct | Self::SetsFlag | Self::ApprovalClaimed => Lane::RejectExecutionRequest,
            Self::IncidentContextMissing | Self::RecoveryOnly => Lane::IncidentRecoveryBackfillRequired,
            Self::RouteOnlyHealth | Self::HealthRefMissing | Self::FalseGreenReviewMissing => Lane::NoFalseGreenSupplementRequired,
            Self::ReceiptMissing => Lane::ReceiverReceiptGapRequired,
            Self::StaleReviewMissing | Self::SilenceReviewMissing => Lane::StaleOrSilencedAlertReviewRequired,
            Self::ReadbackMissing => Lane::PostReloadReadbackRequired,
            Self::IdentityMismatch | Self::StaleSurfaceVersion | Self::ScopeMismatch | Self::OtherSurfaceNamed | Self::DecisionUnknown | Self::OwnershipDeclined | Self::NotARef | Self::WrongType | Self::UnknownField | Self::HiddenText | Self::FieldMissing => Lane::RequestSupplement,
        }
    }

    /// The check that the problem counts against, found in `field` (`None`: in the document at
    /// large, or in a field that is no answer).
    #[must_use]
    pub fn check(self, field: Option<AcceptanceField>) -> ReviewerCheck {
        let of_field =
            field.and_then(AcceptanceField::check).unwrap_or(ReviewerCheck::RedactedRefsOnly);
        match self {
            Self::SecretValue | Self::PartialSecret => ReviewerCheck::SecretValueAbsent,
            Self::RawPayload | Self::Oversized => match of_field {
                ReviewerCheck::LiveConfigHashMetadataOnly
                | ReviewerCheck::ReceiverReceiptProofMetadataOnly => of_field,
                _ => ReviewerCheck::RedactedRefsOnly,
            },
            Self::Command | Self::RequestToAct => ReviewerCheck::NoRuntimeRequest,
            Self::SetsFlag | Self::ApprovalClaimed => ReviewerCheck::CountsTransitionSafe,
            Self::IncidentContextMissing | Self::RecoveryOnly => ReviewerCheck::IncidentContextPresent,
            Self::RouteOnlyHealth | Self::HealthRefMissing => ReviewerCheck::AlertChainHealthNotRouteOnly,
            Self::FalseGreenReviewMissing => ReviewerCheck::FalseGreenRiskReviewPresent,
            Self::ReceiptMissing => ReviewerCheck::ReceiverReceiptProofMetadataOnly,
            Self::StaleReviewMissing => ReviewerCheck::StaleAlertReviewPresent,
            Self::SilenceReviewMissing => ReviewerCheck::SilenceOrDedupReviewPresent,
            Self::ReadbackMissing => ReviewerCheck::PostReloadReadbackPlanPresent,
            Self::IdentityMismatch | Self::StaleSurfaceVersion | Self::ScopeMismatch | Self::OtherSurfaceNamed => ReviewerCheck::AffectedScopeMatchesSurface,
            Self::DecisionUnknown | Self::OwnershipDeclined => ReviewerCheck::DecisionReasonPresent,
            Self::UnknownField | Self::HiddenText => ReviewerCheck::RedactedRefsOnly,
            Self::NotARef | Self::WrongType | Self::FieldMissing => of_field,
        }
    }
}
