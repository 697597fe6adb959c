use super::{BlockedAction, word_list};

word_list! {
    /// One of the 25 runtime gates. No value opens one: see [`Shut`](crate::Shut).
    ///
    /// ```
    /// use acceptance_ledger::{BlockedAction, RuntimeGate};
    ///
    /// assert_eq!(RuntimeGate::TelegramSendAuthorized.blocks(), BlockedAction::TelegramSend);
    /// ```
    pub enum RuntimeGate("runtime gate") {
        PrometheusReloadAuthorized = "prometheus_reload_authorized": "Shut against: reload Prometheus.",
        AlertmanagerReloadAuthorized = "alertmanager_reload_authorized": "Shut against: reload Alertmanager.",
        GrafanaDashboardApplyAuthorized = "grafana_dashboard_apply_authorized": "Shut against: apply a Grafana dashboard.",
        SignozRuleApplyAuthorized = "signoz_rule_apply_authorized": "Shut against: apply a SigNoz rule.",
        SentryDeployAuthorized = "sentry_deploy_authorized": "Shut against: deploy Sentry or its configuration.",
        LangfuseConfigChangeAuthorized = "langfuse_config_change_authorized": "Shut against: change the configuration of Langfuse.",
        OtelCollectorReloadAuthorized = "otel_collector_reload_authorized": "Shut against: reload an OpenTelemetry collector.",
        ReceiverRouteChangeAuthorized = "receiver_route_change_authorized": "Shut against: change which receiver an alert is routed to.",
        SilencePolicyChangeAuthorized = "silence_policy_change_authorized": "Shut against: create, change or expire a silence.",
        TelegramSendAuthorized = "telegram_send_authorized": "Shut against: send a Telegram message.",
        NotificationRouteChangeAuthorized = "notification_route_change_authorized": "Shut against: change a notification route or policy.",
        WebhookReceiverChangeAuthorized = "webhook_receiver_change_authorized": "Shut against: change a webhook receiver.",
        RemoteWriteChangeAuthorized = "remote_write_change_authorized": "Shut against: change where metrics are written to.",
        ExporterDeployAuthorized = "exporter_deploy_authorized": "Shut against: deploy an exporter.",
        LiveAlertFireAuthorized = "live_alert_fire_authorized": "Shut against: fire a live alert.",
        AlertChainSmokeAuthorized = "alert_chain_smoke_authorized": "Shut against: run a smoke test through the alert chain.",
        SshReadAuthorized = "ssh_read_authorized": "Shut against: read from a host over SSH.",
        SshWriteAuthorized = "ssh_write_authorized": "Shut against: write to a host over SSH.",
        KubectlActionAuthorized = "kubectl_action_authorized": "Shut against: run kubectl.",
        SecretValueCollectionAllowed = "secret_value_collection_allowed": "Shut against: collect the value of a secret.",
        HostWriteAuthorized = "host_write_authorized": "Shut against: write to a host.",
        ActiveScanAuthorized = "active_scan_authorized": "Shut against: scan hosts or services.",
        ProductionWriteAuthorized = "production_write_authorized": "Shut against: write to production.",
        RuntimeGate = "runtime_gate": "Shut against: open the runtime gate.",
        ActionButtonsAllowed = "action_buttons_allowed": "Shut against: put a button that acts into any view of the ledger.",
    }
}

impl RuntimeGate {
    /// The action that the gate stays shut against.
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
