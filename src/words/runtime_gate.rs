//! The names of the runtime gates, and what each blocks.

use super::{BlockedAction, word_list};

word_list! {
    /// One of the 25 runtime gates. No value can open a gate: see [`Shut`](crate::Shut).
    ///
    /// ```
    /// use acceptance_ledger::{BlockedAction, RuntimeGate};
    ///
    /// assert_eq!(RuntimeGate::TelegramSendAuthorized.blocks(), BlockedAction::TelegramSend);
    /// ```
    pub enum RuntimeGate("runtime gate") {
        PrometheusReloadAuthorized = "prometheus_reload_authorized": "Blocks: reload Prometheus.",
        AlertmanagerReloadAuthorized = "alertmanager_reload_authorized": "Blocks: reload Alertmanager.",
        GrafanaDashboardApplyAuthorized = "grafana_dashboard_apply_authorized": "Blocks: apply a Grafana dashboard.",
        SignozRuleApplyAuthorized = "signoz_rule_apply_authorized": "Blocks: apply a SigNoz rule.",
        SentryDeployAuthorized = "sentry_deploy_authorized": "Blocks: deploy Sentry or its configuration.",
        LangfuseConfigChangeAuthorized = "langfuse_config_change_authorized": "Blocks: change the configuration of Langfuse.",
        OtelCollectorReloadAuthorized = "otel_collector_reload_authorized": "Blocks: reload an OpenTelemetry collector.",
        ReceiverRouteChangeAuthorized = "receiver_route_change_authorized": "Blocks: change which receiver an alert is routed to.",
        SilencePolicyChangeAuthorized = "silence_policy_change_authorized": "Blocks: create, change or expire a silence.",
        TelegramSendAuthorized = "telegram_send_authorized": "Blocks: send a Telegram message.",
        NotificationRouteChangeAuthorized = "notification_route_change_authorized": "Blocks: change a notification route or policy.",
        WebhookReceiverChangeAuthorized = "webhook_receiver_change_authorized": "Blocks: change a webhook receiver.",
        RemoteWriteChangeAuthorized = "remote_write_change_authorized": "Blocks: change where metrics are written to.",
        ExporterDeployAuthorized = "exporter_deploy_authorized": "Blocks: deploy an exporter.",
        LiveAlertFireAuthorized = "live_alert_fire_authorized": "Blocks: fire a live alert.",
        AlertChainSmokeAuthorized = "alert_chain_smoke_authorized": "Blocks: run a smoke test through the alert chain.",
        SshReadAuthorized = "ssh_read_authorized": "Blocks: read from a host over SSH.",
        SshWriteAuthorized = "ssh_write_authorized": "Blocks: write to a host over SSH.",
        KubectlActionAuthorized = "kubectl_action_authorized": "Blocks: run kubectl.",
        SecretValueCollectionAllowed = "secret_value_collection_allowed": "Blocks: collect the value of a secret.",
        HostWriteAuthorized = "host_write_authorized": "Blocks: write to a host.",
        ActiveScanAuthorized = "active_scan_authorized": "Blocks: scan hosts or services.",
        ProductionWriteAuthorized = "production_write_authorized": "Blocks: write to production.",
        RuntimeGate = "runtime_gate": "Blocks: open the runtime gate.",
        ActionButtonsAllowed = "action_buttons_allowed": "Blocks: add a button that starts an action to a page that shows the ledger.",
    }
}

impl RuntimeGate {
    /// Returns the action that the gate blocks.
    #[must_use]
    pub const fn blocks(self) -> BlockedAction {
        match self {
            Self::PrometheusReloadAuthorized => BlockedAction::PrometheusReload,
            Self::AlertmanagerReloadAuthorized => BlockedAction::AlertmanagerReload,
            Self::GrafanaDashboardApplyAuthorized => BlockedAction::GrafanaDashboardApply,
            Self::SignozRuleApplyAuthorized => BlockedAction::SignozRuleApply,
            Self::SentryDeployAuthorized => BlockedAction::SentryDeploy,
            Self::LangfuseConfigChangeAuthorized => BlockedAction::LangfuseConfigChange,
            Self::OtelCollectorReloadAuthorized => BlockedAction::OtelCollectorReload,
            Self::ReceiverRouteChangeAuthorized => BlockedAction::ReceiverRouteChange,
            Self::SilencePolicyChangeAuthorized => BlockedAction::SilencePolicyChange,
            Self::TelegramSendAuthorized => BlockedAction::TelegramSend,
            Self::NotificationRouteChangeAuthorized => BlockedAction::NotificationRouteChange,
            Self::WebhookReceiverChangeAuthorized => BlockedAction::WebhookReceiverChange,
            Self::RemoteWriteChangeAuthorized => BlockedAction::RemoteWriteChange,
            Self::ExporterDeployAuthorized => BlockedAction::ExporterDeploy,
            Self::LiveAlertFireAuthorized => BlockedAction::LiveAlertFire,
            Self::AlertChainSmokeAuthorized => BlockedAction::AlertChainSmoke,
            Self::SshReadAuthorized => BlockedAction::SshRead,
            Self::SshWriteAuthorized => BlockedAction::SshWrite,
            Self::KubectlActionAuthorized => BlockedAction::KubectlAction,
            Self::SecretValueCollectionAllowed => BlockedAction::SecretValueCollection,
            Self::HostWriteAuthorized => BlockedAction::HostWrite,
            Self::ActiveScanAuthorized => BlockedAction::ActiveScan,
            Self::ProductionWriteAuthorized => BlockedAction::ProductionWrite,
            Self::RuntimeGate => BlockedAction::RuntimeGateOpen,
            Self::ActionButtonsAllowed => BlockedAction::AddActionButton,
        }
    }
}
