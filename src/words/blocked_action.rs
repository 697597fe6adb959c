use super::word_list;

word_list! {
    /// One of the 34 things that nobody may do on the strength of the ledger.
    ///
    /// ```
    /// use acceptance_ledger::BlockedAction;
    ///
    /// assert_eq!(BlockedAction::PrometheusReload.as_str(), "prometheus_reload");
    /// ```
    pub enum BlockedAction("blocked action") {
        PrometheusReload = "prometheus_reload": "Reload Prometheus.",
        AlertmanagerReload = "alertmanager_reload": "Reload Alertmanager.",
        GrafanaDashboardApply = "grafana_dashboard_apply": "Apply a Grafana dashboard.",
        SignozRuleApply = "signoz_rule_apply": "Apply a SigNoz rule.",
        SentryDeploy = "sentry_deploy": "Deploy Sentry or its configuration.",
        LangfuseConfigChange = "langfuse_config_change": "Change the configuration of Langfuse.",
        OtelCollectorReload = "otel_collector_reload": "Reload an OpenTelemetry collector.",
        ReceiverRouteChange = "receiver_route_change": "Change which receiver an alert is routed to.",
        SilencePolicyChange = "silence_policy_change": "Create, change or expire a silence.",
        TelegramSend = "telegram_send": "Send a Telegram message.",
        NotificationRouteChange = "notification_route_change": "Change a notification route or policy.",
        WebhookReceiverChange = "webhook_receiver_change": "Change a webhook receiver.",
        RemoteWriteChange = "remote_write_change": "Change where metrics are written to.",
        ExporterDeploy = "exporter_deploy": "Deploy an exporter.",
        LiveAlertFire = "live_alert_fire": "Fire a live alert.",
        AlertChainSmoke = "alert_chain_smoke": "Run a smoke test through the alert chain.",
        SshRead = "ssh_read": "Read from a host over SSH.",
        SshWrite = "ssh_write": "Write to a host over SSH.",
        KubectlAction = "kubectl_action": "Run kubectl.",
        SecretValueCollection = "secret_value_collection": "Collect the value of a secret.",
        HostWrite = "host_write": "Write to a host.",
        ActiveScan = "active_scan": "Scan hosts or services.",
        ProductionWrite = "production_write": "Write to production.",
        RuntimeGateOpen = "runtime_gate_open": "Open the runtime gate.",
        RawMonitoringPayloadStorage = "raw_monitoring_payload_storage": "Store a raw monitoring payload.",
        AcceptSecretValueEvidence = "accept_secret_value_evidence": "Take a secret's value as evidence.",
        MarkOwnerResponseAcceptedWithoutReviewerRecord = "mark_owner_response_accepted_without_reviewer_record": "Mark an answer accepted without a reviewer record.",
        MarkRoute200AsAlertChainHealthy = "mark_route_200_as_alert_chain_healthy": "Take a route that answers 200 for a healthy alert chain.",
        MarkReceiverHealthyWithoutReceipt = "mark_receiver_healthy_without_receipt": "Call a receiver healthy without a receipt.",
        AcceptSilenceWithoutOwner = "accept_silence_without_owner": "Accept a silence that nobody owns.",
        AcceptStaleAlertWithoutReview = "accept_stale_alert_without_review": "Accept a stale alert that nobody reviewed.",
        AcceptReloadWithoutPostcheck = "accept_reload_without_postcheck": "Accept a reload without its post-check.",
        StoreRawAlertPayload = "store_raw_alert_payload": "Store a raw alert payload.",
        AddActionButton = "add_action_button": "Put a button that acts into any view of the ledger.",
    }
}
