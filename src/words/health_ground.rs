//! What a claim that alerting is healthy can be based on.

use super::word_list;

word_list! {
    /// What a claim that alerting is healthy can be based on.
    ///
    /// ```
    /// use acceptance_ledger::HealthGround;
    ///
    /// assert!(HealthGround::ReceiverReceipt.is_proof());
    /// assert!(!HealthGround::DashboardStatus.is_proof());
    /// ```
    pub enum HealthGround("health ground") {
        AlertRuleState = "alert_rule_state": "The state of the alert rules was read.",
        ReceiverReceipt = "receiver_receipt": "A notification reached its receiver.",
        EndToEndTest = "end_to_end_test": "An alert was followed from its rule to its receiver.",
        Metrics = "metrics": "Metrics of the alert chain were read.",
        RouteStatus = "route_status": "A route answers, for example with 200.",
        ContainerStatus = "container_status": "A container is up.",
        DashboardStatus = "dashboard_status": "A dashboard is up.",
        UiVisible = "ui_visible": "A page opens.",
        NoHealthClaimed = "no_health_claimed": "The owner does not claim that alerting is healthy, and nobody uses this surface to judge that.",
    }
}

impl HealthGround {
    /// Whether this ground alone shows that alerts are evaluated or delivered. A route, container, dashboard or page
    /// that only responds does not show this.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        matches!(
            self,
            Self::AlertRuleState | Self::ReceiverReceipt | Self::EndToEndTest | Self::Metrics
        )
    }
}
