//! The actions that the ledger never permits.

use super::word_list;

word_list! {
    /// One of the 34 actions that the ledger never authorizes.
    ///
    /// ```
    /// use acceptance_ledger::BlockedAction;
    ///
    /// assert_eq!(BlockedAction::PrometheusReload.as_str(), "prometheus_reload");
    /// ```
    pub enum BlockedAction("blocked action") {
        PrometheusReload = "prometheus_reload": "Reload Prometheus." | "重新載入 Prometheus。",
        AlertmanagerReload = "alertmanager_reload": "Reload Alertmanager." | "重新載入 Alertmanager。",
        GrafanaDashboardApply = "grafana_dashboard_apply": "Apply a Grafana dashboard." | "套用 Grafana 儀表板。",
        SignozRuleApply = "signoz_rule_apply": "Apply a SigNoz rule." | "套用 SigNoz 規則。",
        SentryDeploy = "sentry_deploy": "Deploy Sentry or its configuration." | "部署 Sentry 或其設定。",
        LangfuseConfigChange = "langfuse_config_change": "Change the configuration of Langfuse." | "變更 Langfuse 的設定。",
        OtelCollectorReload = "otel_collector_reload": "Reload an OpenTelemetry collector." | "重新載入 OpenTelemetry collector。",
        ReceiverRouteChange = "receiver_route_change": "Change which receiver an alert is routed to." | "變更告警送往的 receiver。",
        SilencePolicyChange = "silence_policy_change": "Create, change or expire a silence." | "建立、變更或解除靜默。",
        TelegramSend = "telegram_send": "Send a Telegram message." | "發送 Telegram 訊息。",
        NotificationRouteChange = "notification_route_change": "Change a notification route or policy." | "變更通知路由或通知政策。",
        WebhookReceiverChange = "webhook_receiver_change": "Change a webhook receiver." | "變更 webhook receiver。",
        RemoteWriteChange = "remote_write_change": "Change where metrics are written to." | "變更 metrics 寫往的位置(remote write)。",
        ExporterDeploy = "exporter_deploy": "Deploy an exporter." | "部署 exporter。",
        LiveAlertFire = "live_alert_fire": "Fire a live alert." | "觸發真實告警。",
        AlertChainSmoke = "alert_chain_smoke": "Run a smoke test through the alert chain." | "對告警鏈路執行 smoke 測試。",
        SshRead = "ssh_read": "Read from a host over SSH." | "以 SSH 讀取主機。",
        SshWrite = "ssh_write": "Write to a host over SSH." | "以 SSH 寫入主機。",
        KubectlAction = "kubectl_action": "Run kubectl." | "執行 kubectl。",
        SecretValueCollection = "secret_value_collection": "Collect the value of a secret." | "收集 secret 的值。",
        HostWrite = "host_write": "Write to a host." | "寫入主機。",
        ActiveScan = "active_scan": "Scan hosts or services." | "掃描主機或服務。",
        ProductionWrite = "production_write": "Write to production." | "寫入正式環境。",
        RuntimeGateOpen = "runtime_gate_open": "Open the runtime gate." | "打開 runtime gate。",
        RawMonitoringPayloadStorage = "raw_monitoring_payload_storage": "Store a raw monitoring payload." | "保存監控的 raw payload。",
        AcceptSecretValueEvidence = "accept_secret_value_evidence": "Accept the value of a secret as evidence." | "以 secret 的值作為證據。",
        MarkOwnerResponseAcceptedWithoutReviewerRecord = "mark_owner_response_accepted_without_reviewer_record": "Mark an answer accepted without a reviewer record." | "沒有 reviewer record 就把回覆標為已接受。",
        MarkRoute200AsAlertChainHealthy = "mark_route_200_as_alert_chain_healthy": "Treat a route that answers 200 as a healthy alert chain." | "把 route 200 當成告警鏈路健康。",
        MarkReceiverHealthyWithoutReceipt = "mark_receiver_healthy_without_receipt": "Call a receiver healthy without a receipt." | "沒有 receipt 就稱 receiver 健康。",
        AcceptSilenceWithoutOwner = "accept_silence_without_owner": "Accept a silence without an owner." | "接受沒有人負責的靜默。",
        AcceptStaleAlertWithoutReview = "accept_stale_alert_without_review": "Accept a stale alert without a review." | "接受沒有人檢視過的 stale 告警。",
        AcceptReloadWithoutPostcheck = "accept_reload_without_postcheck": "Accept a reload without its post-check." | "接受沒有 post-check 的重新載入。",
        StoreRawAlertPayload = "store_raw_alert_payload": "Store a raw alert payload." | "保存告警的 raw payload。",
        AddActionButton = "add_action_button": "Add a button that performs an action to any view of the ledger." | "在帳本的任何畫面放上會執行動作的按鈕。",
    }
}
