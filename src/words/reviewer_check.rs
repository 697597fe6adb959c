//! The reviewer checks and their instructions.

use super::{AcceptanceField, Lane, Problem, word_list};

word_list! {
    /// One of the 23 checks of a reviewer.
    ///
    /// ```
    /// use acceptance_ledger::ReviewerCheck;
    ///
    /// let check = ReviewerCheck::SecretValueAbsent;
    /// assert_eq!(check.as_str(), "secret_value_absent");
    /// assert!(check.instruction().contains("private key"));
    /// ```
    pub enum ReviewerCheck("reviewer check") {
        OwnerIdentityPresent = "owner_identity_present": "The owner's role or team can be traced.",
        DecisionReasonPresent = "decision_reason_present": "The decision and the reason for it are both there.",
        AffectedScopeMatchesSurface = "affected_scope_matches_surface": "The affected scope leads back to the committed surface_id.",
        RedactedRefsOnly = "redacted_refs_only": "Evidence is a redacted ref, hash, ticket, commit or artifact pointer, nothing else.",
        SecretValueAbsent = "secret_value_absent": "There is no token, DSN secret, cookie, private key, environment dump or part of one.",
        LiveConfigHashMetadataOnly = "live_config_hash_metadata_only": "The live config hash is a pointer that the owner gives; no raw configuration is pasted.",
        ReloadOwnerPresent = "reload_owner_present": "Somebody owns the reload or deploy of a Prometheus, Alertmanager, OTEL or Sentry change.",
        ReceiverOwnerPresent = "receiver_owner_present": "Somebody owns the receiver: the route, the Telegram receipt, the notification policy.",
        RouteSmokePlanPresent = "route_smoke_plan_present": "The route smoke or receipt proof is a plan or a redacted ref; no alert was fired for it.",
        IncidentContextPresent = "incident_context_present": "After an incident there is a ref to the incident, change or outage, not just 'it came back'.",
        AlertChainHealthNotRouteOnly = "alert_chain_health_not_route_only": "Health rests on rule, state, receiver and receipt, not on a route that answers 200.",
        ReceiverReceiptProofMetadataOnly = "receiver_receipt_proof_metadata_only": "The receipt proof is a redacted ref, hash, message id or ticket, not the notification itself.",
        StaleAlertReviewPresent = "stale_alert_review_present": "Somebody looked whether the alert is stale, pending, never resolved, or its source went silent.",
        SilenceOrDedupReviewPresent = "silence_or_dedup_review_present": "Somebody looked whether a silence, mute, dedup, inhibition or maintenance rule hides the alert.",
        FalseGreenRiskReviewPresent = "false_green_risk_review_present": "The no-false-green judgement is written out: route, container or dashboard up is not the alert chain up.",
        PostReloadReadbackPlanPresent = "post_reload_readback_plan_present": "For a later reload or deploy there is a readback plan with a stop condition.",
        CrossProjectNotificationPresent = "cross_project_notification_present": "Where other projects are touched, a ref shows that they were told.",
        NoiseBudgetOwnerPresent = "noise_budget_owner_present": "Somebody owns the noise: silences, dedup and test notifications.",
        MaintenanceWindowPresent = "maintenance_window_present": "A reload, deploy, route change, smoke or send has a maintenance window of its own.",
        RollbackOwnerPresent = "rollback_owner_present": "There is a rollback owner, a rollback ref or a way to disable the change.",
        ValidationPlanPresent = "validation_plan_present": "The post-check lists route, receipt, alert state, metrics and the condition that stops it.",
        NoRuntimeRequest = "no_runtime_request": "The answer asks nobody to reload, reroute, send, smoke, ssh or kubectl.",
        CountsTransitionSafe = "counts_transition_safe": "Only a reviewer record moves received, accepted or rejected, and it opens no gate.",
    }
}

impl ReviewerCheck {
    /// Returns what the reviewer must verify, in the ledger's own text.
    #[must_use]
    pub const fn instruction(self) -> &'static str {
        match self {
            Self::OwnerIdentityPresent => "owner role / team 必須可追溯。",
            Self::DecisionReasonPresent => "decision 與 decision reason 必須同時存在。",
            Self::AffectedScopeMatchesSurface => "affected scope 必須能對回 committed surface_id。",
            Self::RedactedRefsOnly => {
                "evidence 只能是脫敏 ref、hash、ticket、commit 或 artifact pointer。"
            }
            Self::SecretValueAbsent => {
                "不得出現 token、Bot token、DSN secret、cookie、private key、env dump 或 partial secret。"
            }
            Self::LiveConfigHashMetadataOnly => {
                "live config hash 只能是 owner-provided metadata ref不得貼 raw config。"
            }
            Self::ReloadOwnerPresent => {
                "Prometheus / Alertmanager / OTEL / Sentry 類變更必須有 reload / deploy owner。"
            }
            Self::ReceiverOwnerPresent => {
                "receiver route、Telegram receipt 與 notification policy 必須有 receiver owner。"
            }
            Self::RouteSmokePlanPresent => {
                "route smoke / receipt proof 必須是計畫或脫敏證據 ref不得直接 fire alert。"
            }
            Self::IncidentContextPresent => {
                "事故回補必須有 incident / change / outage context ref不得只寫服務已恢復。"
            }
            Self::AlertChainHealthNotRouteOnly => {
                "告警鏈路健康不得只用 public route 200 或 UI 可見判定,必須包含 rule、state、receiver 與 receipt/ref。"
            }
            Self::ReceiverReceiptProofMetadataOnly => {
                "receiver receipt proof 只能是脫敏 ref、hash、message id 或 ticket不得貼 raw notification payload。"
            }
            Self::StaleAlertReviewPresent => {
                "必須確認告警是否 stale、pending、resolved 未清或資料來源停止更新。"
            }
            Self::SilenceOrDedupReviewPresent => {
                "必須確認 silence、mute、dedup、inhibit 或 maintenance rule 是否造成 false green。"
            }
            Self::FalseGreenRiskReviewPresent => {
                "必須列 no-false-green 判定,避免把 route up、容器 up 或 dashboard up 當作告警鏈路 up。"
            }
            Self::PostReloadReadbackPlanPresent => {
                "若後續有 reload / deploy必須先有 post-reload readback plan 與 stop condition。"
            }
            Self::CrossProjectNotificationPresent => {
                "若影響 AwoooP、IwoooS、agent-bounty、StockPlatform、公開網站或監控需有跨專案通知 ref。"
            }
            Self::NoiseBudgetOwnerPresent => {
                "告警噪音、silence、dedup 與測試通知必須有 noise budget owner。"
            }
            Self::MaintenanceWindowPresent => {
                "reload、deploy、route change、smoke 或 notification send 必須另有維護窗口。"
            }
            Self::RollbackOwnerPresent => "rollback owner、rollback ref 或 disable path 必須存在。",
            Self::ValidationPlanPresent => {
                "validation / post-check 必須列 route、receipt、alert state、metrics 與 rollback stop condition。"
            }
            Self::NoRuntimeRequest => {
                "夾帶 reload、receiver route change、Telegram send、alert smoke、SSH 或 kubectl 要求時拒收。"
            }
            Self::CountsTransitionSafe => {
                "只有 reviewer record 可更新 received / accepted / rejected不得同時開 runtime gate。"
            }
        }
    }

    /// Whether a failed check of this kind is a reason to hold an answer in `lane`. It is one if some problem counts
    /// against the check and has this lane.
    ///
    /// ```
    /// use acceptance_ledger::{Lane, ReviewerCheck};
    ///
    /// let check = ReviewerCheck::NoRuntimeRequest;
    /// assert!(check.belongs_to(Lane::RejectExecutionRequest));
    /// assert!(!check.belongs_to(Lane::RequestSupplement));
    /// ```
    #[must_use]
    pub fn belongs_to(self, lane: Lane) -> bool {
        let fields = || AcceptanceField::answers().map(AcceptanceField::check).chain([None]);
        // The lane is compared first, because that is faster.
        let mut problems = Problem::ALL.iter().filter(|problem| problem.lane_against(self) == lane);
        problems.any(|problem| fields().any(|field| problem.check(field) == self))
    }
}
