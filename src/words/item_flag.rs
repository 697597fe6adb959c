//! The items that a reviewer accepts one by one.

use super::{ReviewerCheck, word_list};

word_list! {
    /// One of the 16 item flags. A reviewer accepts each item separately.
    ///
    /// ```
    /// use acceptance_ledger::{ItemFlag, ReviewerCheck};
    ///
    /// assert_eq!(ItemFlag::RouteSmokeAccepted.check(), ReviewerCheck::RouteSmokePlanPresent);
    /// ```
    pub enum ItemFlag("item flag") {
        LiveConfigHashAccepted = "live_config_hash_accepted": "The live config hash passed its check.",
        ReloadOwnerAccepted = "reload_owner_accepted": "The reload owner passed its check.",
        ReceiverOwnerAccepted = "receiver_owner_accepted": "The receiver owner passed its check.",
        RouteSmokeAccepted = "route_smoke_accepted": "The route smoke passed its check.",
        IncidentContextAccepted = "incident_context_accepted": "The incident context passed its check.",
        AlertChainHealthAccepted = "alert_chain_health_accepted": "The alert chain health passed its check.",
        ReceiverReceiptProofAccepted = "receiver_receipt_proof_accepted": "The receiver receipt proof passed its check.",
        StaleAlertReviewAccepted = "stale_alert_review_accepted": "The stale alert review passed its check.",
        SilenceOrDedupReviewAccepted = "silence_or_dedup_review_accepted": "The silence or dedup review passed its check.",
        FalseGreenRiskReviewAccepted = "false_green_risk_review_accepted": "The false green risk review passed its check.",
        PostReloadReadbackPlanAccepted = "post_reload_readback_plan_accepted": "The post reload readback plan passed its check.",
        CrossProjectNotificationAccepted = "cross_project_notification_accepted": "The cross project notification passed its check.",
        MaintenanceWindowAccepted = "maintenance_window_accepted": "The maintenance window passed its check.",
        RollbackOwnerAccepted = "rollback_owner_accepted": "The rollback owner passed its check.",
        ValidationPlanAccepted = "validation_plan_accepted": "The validation plan passed its check.",
        NoiseBudgetOwnerAccepted = "noise_budget_owner_accepted": "The noise budget owner passed its check.",
    }
}

impl ItemFlag {
    /// Returns the reviewer check that must pass for the flag to be set.
    #[must_use]
    pub const fn check(self) -> ReviewerCheck {
        match self {
            Self::LiveConfigHashAccepted => ReviewerCheck::LiveConfigHashMetadataOnly,
            Self::ReloadOwnerAccepted => ReviewerCheck::ReloadOwnerPresent,
            Self::ReceiverOwnerAccepted => ReviewerCheck::ReceiverOwnerPresent,
            Self::RouteSmokeAccepted => ReviewerCheck::RouteSmokePlanPresent,
            Self::IncidentContextAccepted => ReviewerCheck::IncidentContextPresent,
            Self::AlertChainHealthAccepted => ReviewerCheck::AlertChainHealthNotRouteOnly,
            Self::ReceiverReceiptProofAccepted => ReviewerCheck::ReceiverReceiptProofMetadataOnly,
            Self::StaleAlertReviewAccepted => ReviewerCheck::StaleAlertReviewPresent,
            Self::SilenceOrDedupReviewAccepted => ReviewerCheck::SilenceOrDedupReviewPresent,
            Self::FalseGreenRiskReviewAccepted => ReviewerCheck::FalseGreenRiskReviewPresent,
            Self::PostReloadReadbackPlanAccepted => ReviewerCheck::PostReloadReadbackPlanPresent,
            Self::CrossProjectNotificationAccepted => {
                ReviewerCheck::CrossProjectNotificationPresent
            }
            Self::MaintenanceWindowAccepted => ReviewerCheck::MaintenanceWindowPresent,
            Self::RollbackOwnerAccepted => ReviewerCheck::RollbackOwnerPresent,
            Self::ValidationPlanAccepted => ReviewerCheck::ValidationPlanPresent,
            Self::NoiseBudgetOwnerAccepted => ReviewerCheck::NoiseBudgetOwnerPresent,
        }
    }
}
