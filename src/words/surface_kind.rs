//! The kinds of surfaces: tier, scope, and the fields that an owner must answer for each kind.

use super::{AcceptanceField, word_list};

word_list! {
    /// The kind of a surface, detected from the content of its file. The id of a surface begins with its kind.
    ///
    /// ```
    /// use acceptance_ledger::{ControlTier, SurfaceKind, WriteClass};
    ///
    /// let kind: SurfaceKind = "alertmanager_config".parse().unwrap();
    /// assert_eq!(kind.write_class(), WriteClass::Direct);
    /// assert_eq!(kind.write_class().tier(), ControlTier::C0);
    /// ```
    pub enum SurfaceKind("surface kind") {
        AlertmanagerConfig = "alertmanager_config": "Alertmanager configuration: a route tree and a list of receivers." | "Alertmanager 設定：路由樹與 receiver 清單。",
        AlertmanagerTemplate = "alertmanager_template": "A notification template of Alertmanager." | "Alertmanager 的通知範本。",
        AlloyConfig = "alloy_config": "Grafana Alloy (River) configuration." | "Grafana Alloy（River）設定。",
        BlackboxConfig = "blackbox_config": "Modules of the blackbox exporter." | "blackbox exporter 的 module 設定。",
        ExporterConfig = "exporter_config": "Configuration of another known exporter: snmp, json, postgres queries and similar." | "其他已知 exporter 的設定，例如 snmp、json、postgres 查詢。",
        GatusConfig = "gatus_config": "Gatus endpoints with conditions." | "Gatus 端點與條件。",
        GrafanaAlertingProvisioning = "grafana_alerting_provisioning": "Grafana contact points, notification policies, mute timings or alert rules." | "Grafana 聯絡點、通知政策、靜音時段或告警規則。",
        GrafanaDashboard = "grafana_dashboard": "A Grafana dashboard." | "Grafana 儀表板。",
        GrafanaDashboardProvisioning = "grafana_dashboard_provisioning": "Grafana dashboard providers." | "Grafana 儀表板來源設定。",
        GrafanaDatasourceProvisioning = "grafana_datasource_provisioning": "Grafana data sources." | "Grafana 資料來源設定。",
        GrafanaPluginProvisioning = "grafana_plugin_provisioning": "Grafana plugin apps." | "Grafana 外掛應用設定。",
        GrafanaServerConfig = "grafana_server_config": "Configuration of the Grafana server (grafana.ini)." | "Grafana 伺服器設定（grafana.ini）。",
        K8sAlertmanager = "k8s_alertmanager": "The Prometheus operator's resource Alertmanager." | "Prometheus operator 的 Alertmanager 資源。",
        K8sAlertmanagerConfig = "k8s_alertmanager_config": "The Prometheus operator's resource AlertmanagerConfig." | "Prometheus operator 的 AlertmanagerConfig 資源。",
        K8sFluxNotification = "k8s_flux_notification": "A Flux Alert or Provider: who is notified of what." | "Flux 的 Alert 或 Provider：通知誰、通知什麼。",
        K8sGrafanaAlerting = "k8s_grafana_alerting": "The Grafana operator's alert rule group, contact point, notification policy or mute timing." | "Grafana operator 的告警規則群組、聯絡點、通知政策或靜音時段。",
        K8sGrafanaDashboard = "k8s_grafana_dashboard": "The Grafana operator's dashboard or folder." | "Grafana operator 的儀表板或資料夾。",
        K8sGrafanaDatasource = "k8s_grafana_datasource": "The Grafana operator's data source." | "Grafana operator 的資料來源。",
        K8sMonitoringWorkload = "k8s_monitoring_workload": "A Deployment, StatefulSet or DaemonSet that runs a known monitoring image." | "執行已知監控映像檔的 Deployment、StatefulSet 或 DaemonSet。",
        K8sPodMonitor = "k8s_pod_monitor": "The Prometheus operator's resource PodMonitor." | "Prometheus operator 的 PodMonitor 資源。",
        K8sProbe = "k8s_probe": "The Prometheus operator's resource Probe." | "Prometheus operator 的 Probe 資源。",
        K8sPrometheus = "k8s_prometheus": "The Prometheus operator's resource Prometheus or PrometheusAgent." | "Prometheus operator 的 Prometheus 或 PrometheusAgent 資源。",
        K8sPrometheusRule = "k8s_prometheus_rule": "The Prometheus operator's resource PrometheusRule." | "Prometheus operator 的 PrometheusRule 資源。",
        K8sScrapeConfig = "k8s_scrape_config": "The Prometheus operator's resource ScrapeConfig." | "Prometheus operator 的 ScrapeConfig 資源。",
        K8sServiceMonitor = "k8s_service_monitor": "The Prometheus operator's resource ServiceMonitor." | "Prometheus operator 的 ServiceMonitor 資源。",
        K8sThanosRuler = "k8s_thanos_ruler": "The Prometheus operator's resource ThanosRuler." | "Prometheus operator 的 ThanosRuler 資源。",
        LangfuseConfig = "langfuse_config": "The configuration of a Langfuse deployment." | "Langfuse 部署設定。",
        LokiConfig = "loki_config": "Grafana Loki configuration." | "Grafana Loki 設定。",
        MimirConfig = "mimir_config": "Grafana Mimir configuration." | "Grafana Mimir 設定。",
        MonitoringCompose = "monitoring_compose": "A Compose file that runs a known monitoring image." | "執行已知監控映像檔的 Compose 檔案。",
        NotificationScript = "notification_script": "A script that sends to Telegram, Slack, a webhook or Alertmanager's API." | "傳送到 Telegram、Slack、webhook 或 Alertmanager API 的腳本。",
        OtelCollectorConfig = "otel_collector_config": "Pipelines of an OpenTelemetry collector." | "OpenTelemetry collector 的 pipeline 設定。",
        OtelSdkConfig = "otel_sdk_config": "Declarative configuration of an OpenTelemetry SDK." | "OpenTelemetry SDK 的宣告式設定。",
        PrometheusConfig = "prometheus_config": "Configuration of a Prometheus server." | "Prometheus 伺服器設定。",
        PrometheusFileSd = "prometheus_file_sd": "A target list of Prometheus's file-based service discovery." | "Prometheus file_sd 的目標清單。",
        PrometheusRuleTest = "prometheus_rule_test": "Unit tests of rules, for promtool or vmalert-tool." | "規則的單元測試（promtool、vmalert-tool）。",
        PrometheusRules = "prometheus_rules": "Alerting and recording rules of Prometheus." | "Prometheus 告警與記錄規則。",
        PromtailConfig = "promtail_config": "Promtail clients and scrape jobs." | "Promtail 的 client 與 scrape 工作設定。",
        SentryConfig = "sentry_config": "Configuration of a self-hosted Sentry." | "自架 Sentry 的設定。",
        SentryRelayConfig = "sentry_relay_config": "Configuration of a Sentry Relay." | "Sentry Relay 設定。",
        SignozConfig = "signoz_config": "SigNoz rules or server configuration." | "SigNoz 規則或伺服器設定。",
        SignozDashboard = "signoz_dashboard": "A SigNoz dashboard." | "SigNoz 儀表板。",
        TempoConfig = "tempo_config": "Grafana Tempo configuration." | "Grafana Tempo 設定。",
        VmAlertmanagerConfig = "vm_alertmanager_config": "The VictoriaMetrics operator's resource VMAlertmanagerConfig." | "VictoriaMetrics operator 的 VMAlertmanagerConfig 資源。",
        VmRule = "vm_rule": "The VictoriaMetrics operator's resource VMRule." | "VictoriaMetrics operator 的 VMRule 資源。",
        VmScrape = "vm_scrape": "The VictoriaMetrics operator's VMServiceScrape, VMPodScrape, VMStaticScrape and similar resources." | "VictoriaMetrics operator 的 VMServiceScrape、VMPodScrape、VMStaticScrape 等資源。",
        VmalertNotifierConfig = "vmalert_notifier_config": "The list of notifiers of vmalert." | "vmalert 的 notifier 清單。",
        VmauthConfig = "vmauth_config": "Users and routes of vmauth." | "vmauth 的使用者與路由。",
    }
}

/// How a change to a surface can affect alerts.
///
/// ```
/// use acceptance_ledger::WriteClass;
///
/// assert!(WriteClass::Direct > WriteClass::Indirect && WriteClass::Indirect > WriteClass::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteClass {
    /// It cannot affect alerts: people only look at the surface.
    None,
    /// It can change the telemetry that alerts depend on.
    Indirect,
    /// It can change alerts, routes, receivers, or which rules are loaded.
    Direct,
}

impl WriteClass {
    /// Returns the tier of a surface of this class.
    #[must_use]
    pub const fn tier(self) -> ControlTier {
        match self {
            Self::Direct => ControlTier::C0,
            Self::Indirect => ControlTier::C1,
            Self::None => ControlTier::C2,
        }
    }
}

word_list! {
    /// How much alerts depend on a surface.
    ///
    /// ```
    /// use acceptance_ledger::ControlTier;
    ///
    /// assert_eq!("C0".parse(), Ok(ControlTier::C0));
    /// ```
    pub enum ControlTier("control tier") {
        C0 = "C0": "A change can alter alerts.",
        C1 = "C1": "Alerts depend on the surface.",
        C2 = "C2": "Everything else.",
    }
}

impl SurfaceKind {
    /// Returns how a change to such a surface can affect alerts. The content of a file may raise the class: a
    /// Prometheus configuration that loads rules is [`Direct`](WriteClass::Direct).
    #[must_use]
    pub const fn write_class(self) -> WriteClass {
        match self {
            Self::AlertmanagerConfig
            | Self::AlertmanagerTemplate
            | Self::GatusConfig
            | Self::GrafanaAlertingProvisioning
            | Self::GrafanaServerConfig
            | Self::K8sAlertmanager
            | Self::K8sAlertmanagerConfig
            | Self::K8sFluxNotification
            | Self::K8sGrafanaAlerting
            | Self::K8sPrometheus
            | Self::K8sPrometheusRule
            | Self::K8sThanosRuler
            | Self::NotificationScript
            | Self::PrometheusRules
            | Self::SentryConfig
            | Self::SignozConfig
            | Self::VmAlertmanagerConfig
            | Self::VmRule
            | Self::VmalertNotifierConfig => WriteClass::Direct,
            Self::AlloyConfig
            | Self::BlackboxConfig
            | Self::ExporterConfig
            | Self::GrafanaDatasourceProvisioning
            | Self::K8sGrafanaDatasource
            | Self::K8sMonitoringWorkload
            | Self::K8sPodMonitor
            | Self::K8sProbe
            | Self::K8sScrapeConfig
            | Self::K8sServiceMonitor
            | Self::LokiConfig
            | Self::MimirConfig
            | Self::MonitoringCompose
            | Self::OtelCollectorConfig
            | Self::OtelSdkConfig
            | Self::PrometheusConfig
            | Self::PrometheusFileSd
            | Self::PromtailConfig
            | Self::SentryRelayConfig
            | Self::TempoConfig
            | Self::VmScrape
            | Self::VmauthConfig => WriteClass::Indirect,
            Self::GrafanaDashboard
            | Self::GrafanaDashboardProvisioning
            | Self::GrafanaPluginProvisioning
            | Self::K8sGrafanaDashboard
            | Self::LangfuseConfig
            | Self::PrometheusRuleTest
            | Self::SignozDashboard => WriteClass::None,
        }
    }

    /// Returns the part of the observability chain that the kind belongs to, as the inventory writes it.
    #[must_use]
    pub const fn observability_scope(self) -> &'static str {
        match self {
            Self::AlertmanagerConfig
            | Self::AlertmanagerTemplate
            | Self::GrafanaAlertingProvisioning
            | Self::K8sAlertmanager
            | Self::K8sAlertmanagerConfig
            | Self::K8sFluxNotification
            | Self::K8sGrafanaAlerting
            | Self::NotificationScript
            | Self::VmAlertmanagerConfig
            | Self::VmalertNotifierConfig => "alert_routing",
            Self::GatusConfig
            | Self::K8sPrometheusRule
            | Self::K8sThanosRuler
            | Self::PrometheusRules
            | Self::PrometheusRuleTest
            | Self::VmRule => "metrics_alerting",
            Self::ExporterConfig
            | Self::K8sMonitoringWorkload
            | Self::K8sPodMonitor
            | Self::K8sProbe
            | Self::K8sPrometheus
            | Self::K8sScrapeConfig
            | Self::K8sServiceMonitor
            | Self::MimirConfig
            | Self::MonitoringCompose
            | Self::PrometheusConfig
            | Self::PrometheusFileSd
            | Self::VmScrape
            | Self::VmauthConfig => "metrics_collection",
            Self::GrafanaDashboard
            | Self::GrafanaDashboardProvisioning
            | Self::GrafanaDatasourceProvisioning
            | Self::GrafanaPluginProvisioning
            | Self::GrafanaServerConfig
            | Self::K8sGrafanaDashboard
            | Self::K8sGrafanaDatasource
            | Self::SignozDashboard => "dashboard",
            Self::AlloyConfig
            | Self::BlackboxConfig
            | Self::LangfuseConfig
            | Self::LokiConfig
            | Self::OtelCollectorConfig
            | Self::OtelSdkConfig
            | Self::PromtailConfig
            | Self::SentryConfig
            | Self::SentryRelayConfig
            | Self::SignozConfig
            | Self::TempoConfig => "observability",
        }
    }

    /// Whether the kind alone requires this answer from an owner. Write access and live evidence can require more.
    #[must_use]
    pub const fn requires(self, field: AcceptanceField) -> bool {
        match field {
            AcceptanceField::ReloadOwner => self.needs_reload(),
            AcceptanceField::ReceiverOwner | AcceptanceField::ReceiverReceiptProofRef => {
                self.routes_notifications()
            }
            AcceptanceField::NoiseBudgetOwner => matches!(self.write_class(), WriteClass::Direct),
            _ => false,
        }
    }

    /// Whether a running system reads the file again on a reload. That step needs an owner.
    const fn needs_reload(self) -> bool {
        matches!(
            self,
            Self::PrometheusConfig
                | Self::PrometheusFileSd
                | Self::PrometheusRuleTest
                | Self::PrometheusRules
                | Self::K8sPrometheus
                | Self::K8sPrometheusRule
                | Self::K8sThanosRuler
                | Self::VmAlertmanagerConfig
                | Self::VmRule
                | Self::VmScrape
                | Self::AlertmanagerConfig
                | Self::AlertmanagerTemplate
                | Self::K8sAlertmanager
                | Self::K8sAlertmanagerConfig
                | Self::OtelCollectorConfig
                | Self::OtelSdkConfig
                | Self::SentryConfig
                | Self::SentryRelayConfig
        )
    }

    /// Whether the surface decides where notifications go. Then their receiver needs an owner and a receipt.
    const fn routes_notifications(self) -> bool {
        matches!(
            self,
            Self::AlertmanagerConfig
                | Self::AlertmanagerTemplate
                | Self::K8sAlertmanager
                | Self::K8sAlertmanagerConfig
                | Self::VmAlertmanagerConfig
                | Self::GrafanaAlertingProvisioning
                | Self::GatusConfig
                | Self::NotificationScript
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification of the requests states these rules by the names of the kinds.
    #[test]
    fn what_a_kind_demands_follows_from_its_name() {
        for kind in SurfaceKind::ALL {
            let name = kind.as_str();
            let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
            let needs_reload = begins(&[
                "prometheus_",
                "k8s_prometheus",
                "k8s_thanos_ruler",
                "vm_",
                "otel_",
                "sentry_",
            ]) || name.contains("alertmanager");
            let routes_notifications = name.contains("alertmanager")
                || begins(&[
                    "grafana_alerting_provisioning",
                    "gatus_config",
                    "notification_script",
                ]);
            assert_eq!(kind.requires(AcceptanceField::ReloadOwner), needs_reload, "{name}");
            for field in [AcceptanceField::ReceiverOwner, AcceptanceField::ReceiverReceiptProofRef]
            {
                assert_eq!(kind.requires(field), routes_notifications, "{name}");
            }
            assert!(!kind.requires(AcceptanceField::Decision), "{name}");
        }
    }

    #[test]
    fn a_tier_follows_from_the_write_class() {
        let tiers = |wanted| {
            SurfaceKind::ALL.iter().filter(|kind| kind.write_class().tier() == wanted).count()
        };
        assert_eq!(
            [ControlTier::C0, ControlTier::C1, ControlTier::C2].map(tiers),
            [19, 22, 7],
            "a kind changed its class"
        );
    }
}
