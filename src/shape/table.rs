//! The shapes that configurations and notifications have, each once: an inventory names files by them, and triage
//! quarantines answers that hold them.
//!
//! A shape lists paths that a mapping has, all of them. `a/b` is the key `b` of the mapping below `a`; `[]` is any item
//! of a list, `*` any key, and `k8s*` any key that begins so. `=` asks for one of some values, `^=` for one that
//! begins so, `~image` for the image of a known monitoring tool, `~langfuse` for one of Langfuse.

use crate::words::SurfaceKind::{self, *};

/// What a shape is the shape of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// A surface: the kind of its file.
    Surface(SurfaceKind),
    /// Something else that no answer may carry, and no inventory lists.
    Other,
}

/// What a mapping of this shape has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) of: Of,
    /// Whether a document that has it is one of its kind; a part shows only that something was copied from one.
    pub(crate) is_whole: bool,
    /// The paths that it has, all of them.
    pub(crate) has: &'static [&'static str],
    /// The paths that it has not, none of them.
    pub(crate) lacks: &'static [&'static str],
    /// Where there are some: the only keys that it has, or its items have.
    pub(crate) only: &'static [&'static str],
}

impl Shape {
    const fn without(self, lacks: &'static [&'static str]) -> Self {
        Self { lacks, ..self }
    }

    const fn only(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }
}

/// A document of this kind.
const fn whole(kind: SurfaceKind, has: &'static [&'static str]) -> Shape {
    Shape { of: Of::Surface(kind), is_whole: true, has, lacks: &[], only: &[] }
}

/// A piece that was cut out of such a document.
const fn part(kind: SurfaceKind, has: &'static [&'static str]) -> Shape {
    Shape { is_whole: false, ..whole(kind, has) }
}

/// A notification, or another document that is no monitoring surface.
const fn other(has: &'static [&'static str]) -> Shape {
    Shape { of: Of::Other, is_whole: false, has, lacks: &[], only: &[] }
}

const OPERATOR: &str =
    "apiVersion^=monitoring.coreos.com/|azmonitoring.coreos.com/|monitoring.rhobs/";
const GRAFANA_OPERATOR: &str = "apiVersion^=grafana.integreatly.org/|integreatly.org/";
const VM_OPERATOR: &str = "apiVersion^=operator.victoriametrics.com/";

/// What a file of service discovery may hold beside its lists of targets.
const NOTIFIER_KEYS: &[&str] = &[
    "static_configs",
    "consul_sd_configs",
    "dns_sd_configs",
    "scheme",
    "path_prefix",
    "timeout",
    "basic_auth",
    "bearer_token",
    "bearer_token_file",
    "authorization",
    "oauth2",
    "tls_config",
    "headers",
    "relabel_configs",
    "alert_relabel_configs",
    "http_headers",
    "proxy_url",
];

pub(crate) const SHAPES: &[Shape] = &[
    // Prometheus. Promtail and the test of rules have some of its keys.
    whole(PrometheusConfig, &["scrape_configs/[]/job_name"]).without(&[
        "clients",
        "client",
        "positions",
    ]),
    whole(PrometheusConfig, &["global/scrape_interval"]).without(&["clients", "positions"]),
    whole(PrometheusConfig, &["global/evaluation_interval"]),
    whole(PrometheusConfig, &["global/external_labels", "scrape_configs"]),
    whole(PrometheusConfig, &["alerting/alertmanagers/[]"]),
    whole(PrometheusConfig, &["scrape_config_files/[]"]),
    whole(PrometheusConfig, &["rule_files", "scrape_configs"]),
    whole(PrometheusConfig, &["[]/job_name", "[]/static_configs"]),
    whole(PrometheusConfig, &["[]/job_name", "[]/kubernetes_sd_configs"]),
    part(PrometheusConfig, &["scrape_configs"]),
    part(PrometheusConfig, &["job_name", "static_configs"]),
    part(PrometheusConfig, &["job_name", "metrics_path"]),
    part(PrometheusConfig, &["job_name", "scrape_interval"]),
    part(PrometheusConfig, &["job_name", "kubernetes_sd_configs"]),
    part(PrometheusConfig, &["job_name", "scheme"]),
    part(PrometheusConfig, &["alerting/alertmanagers"]),
    part(PrometheusConfig, &["remote_write", "global"]),
    part(PrometheusConfig, &["rule_files", "global"]),
    part(PrometheusConfig, &["source_labels", "target_label"]),
    part(PrometheusConfig, &["source_labels", "action"]),
    whole(PrometheusFileSd, &["[]/targets/[]"]).only(&["targets", "labels"]),
    part(PrometheusFileSd, &["targets", "labels"]),
    // Rules. Grafana's rules stand in groups, too.
    whole(PrometheusRules, &["groups/[]/rules/[]/alert", "groups/[]/rules/[]/expr"]),
    whole(PrometheusRules, &["groups/[]/rules/[]/record", "groups/[]/rules/[]/expr"]),
    whole(PrometheusRules, &["groups/[]/name", "groups/[]/rules"]).only(&["groups", "namespace"]),
    part(PrometheusRules, &["alert", "expr"]),
    part(PrometheusRules, &["record", "expr"]),
    part(PrometheusRules, &["groups/[]/rules"]),
    part(PrometheusRules, &["expr", "for"]),
    part(PrometheusRules, &["expr", "annotations"]),
    whole(PrometheusRuleTest, &["rule_files", "tests"]),
    whole(PrometheusRuleTest, &["tests/[]/input_series"]),
    whole(PrometheusRuleTest, &["tests/[]/alert_rule_test"]),
    whole(PrometheusRuleTest, &["tests/[]/promql_expr_test"]),
    whole(PrometheusRuleTest, &["tests/[]/metricsql_expr_test"]),
    // Alertmanager. The collector's receivers are no list.
    whole(AlertmanagerConfig, &["route/receiver", "receivers/[]/name"]),
    whole(AlertmanagerConfig, &["route/routes/[]/receiver", "receivers/[]/name"]),
    whole(AlertmanagerConfig, &["route", "receivers/[]/name", "global"]),
    whole(AlertmanagerConfig, &["inhibit_rules", "receivers/[]/name"]),
    whole(AlertmanagerConfig, &["receivers/[]/webhook_configs"]).without(&["kind"]),
    whole(AlertmanagerConfig, &["receivers/[]/slack_configs"]).without(&["kind"]),
    whole(AlertmanagerConfig, &["receivers/[]/telegram_configs"]).without(&["kind"]),
    whole(AlertmanagerConfig, &["receivers/[]/email_configs"]).without(&["kind"]),
    whole(AlertmanagerConfig, &["alertmanager_config", "template_files"]),
    part(AlertmanagerConfig, &["route/receiver"]),
    part(AlertmanagerConfig, &["receiver", "group_by"]),
    part(AlertmanagerConfig, &["receiver", "matchers"]),
    part(AlertmanagerConfig, &["receiver", "match"]),
    part(AlertmanagerConfig, &["receiver", "group_wait"]),
    part(AlertmanagerConfig, &["receiver", "repeat_interval"]),
    part(AlertmanagerConfig, &["receiver", "continue"]),
    part(AlertmanagerConfig, &["inhibit_rules"]),
    part(AlertmanagerConfig, &["source_matchers", "target_matchers"]),
    part(AlertmanagerConfig, &["source_match", "target_match"]),
    part(AlertmanagerConfig, &["telegram_configs"]),
    part(AlertmanagerConfig, &["webhook_configs"]),
    part(AlertmanagerConfig, &["slack_configs"]),
    part(AlertmanagerConfig, &["email_configs"]),
    part(AlertmanagerConfig, &["pagerduty_configs"]),
    part(AlertmanagerConfig, &["opsgenie_configs"]),
    part(AlertmanagerConfig, &["smtp_smarthost"]),
    part(AlertmanagerConfig, &["mute_time_intervals"]),
    part(AlertmanagerConfig, &["bot_token", "chat_id"]),
    // VictoriaMetrics
    whole(VmalertNotifierConfig, &["static_configs/[]/targets"]).only(NOTIFIER_KEYS),
    whole(VmalertNotifierConfig, &["consul_sd_configs/[]/server"]).only(NOTIFIER_KEYS),
    whole(VmalertNotifierConfig, &["dns_sd_configs/[]/names"]).only(NOTIFIER_KEYS),
    whole(VmauthConfig, &["users/[]/url_prefix"]),
    whole(VmauthConfig, &["users/[]/url_map"]),
    whole(VmauthConfig, &["unauthorized_user/url_prefix"]),
    whole(VmauthConfig, &["unauthorized_user/url_map"]),
    whole(VmRule, &[VM_OPERATOR, "kind=VMRule"]),
    whole(VmAlertmanagerConfig, &[VM_OPERATOR, "kind=VMAlertmanagerConfig"]),
    whole(
        VmScrape,
        &[
            VM_OPERATOR,
            "kind=VMServiceScrape|VMPodScrape|VMStaticScrape|VMNodeScrape|VMProbe|VMScrapeConfig",
        ],
    ),
    whole(
        K8sMonitoringWorkload,
        &[VM_OPERATOR, "kind=VMAgent|VMAlert|VMAlertmanager|VMSingle|VMCluster|VMAuth"],
    ),
    // OpenTelemetry
    whole(OtelCollectorConfig, &["service/pipelines", "exporters"]),
    whole(OtelCollectorConfig, &["service/pipelines", "receivers"]),
    whole(OtelCollectorConfig, &["service/pipelines/*/receivers"]),
    whole(OtelCollectorConfig, &["service/pipelines/*/exporters"]),
    whole(OtelCollectorConfig, &["receivers/otlp/protocols", "exporters"]),
    whole(OtelCollectorConfig, &["apiVersion^=opentelemetry.io/", "kind=OpenTelemetryCollector"]),
    part(OtelCollectorConfig, &["service/pipelines"]),
    part(OtelCollectorConfig, &["pipelines/traces"]),
    part(OtelCollectorConfig, &["pipelines/metrics"]),
    part(OtelCollectorConfig, &["receivers/otlp"]),
    part(OtelCollectorConfig, &["exporters/otlp"]),
    part(OtelCollectorConfig, &["receivers", "exporters"]),
    part(OtelCollectorConfig, &["receivers", "processors"]),
    part(OtelCollectorConfig, &["otlp/protocols"]),
    whole(OtelSdkConfig, &["file_format", "tracer_provider"]),
    whole(OtelSdkConfig, &["file_format", "meter_provider"]),
    whole(OtelSdkConfig, &["file_format", "logger_provider"]),
    whole(OtelSdkConfig, &["file_format", "propagator"]),
    whole(OtelSdkConfig, &["file_format", "disabled"]),
    whole(OtelSdkConfig, &["apiVersion^=opentelemetry.io/", "kind=Instrumentation"]),
    // Grafana. Some tools write its keys in lower case.
    whole(GrafanaDashboard, &["panels", "title", "schemaVersion"]),
    whole(GrafanaDashboard, &["rows", "title", "schemaVersion"]),
    whole(GrafanaDashboard, &["panels", "title", "schemaversion"]),
    whole(GrafanaDashboard, &["rows", "title", "schemaversion"]),
    whole(GrafanaDashboard, &["panels/[]/gridPos", "title"]),
    whole(GrafanaDashboard, &["panels/[]/gridPos", "templating"]),
    whole(GrafanaDashboard, &["panels/[]/targets", "title"]),
    whole(GrafanaDashboard, &["rows/[]/panels", "title"]),
    whole(GrafanaDashboard, &["panels", "annotations", "templating"]),
    whole(GrafanaDashboard, &["dashboard/panels", "dashboard/title"]),
    whole(GrafanaDashboard, &["dashboard/rows", "dashboard/title"]),
    whole(GrafanaDashboard, &["elements/*/kind=Panel", "layout"]),
    whole(GrafanaDashboard, &["apiVersion^=dashboard.grafana.app/", "kind=Dashboard"]),
    part(GrafanaDashboard, &["panels", "title"]),
    part(GrafanaDashboard, &["panels", "schemaVersion"]),
    part(GrafanaDashboard, &["templating", "panels"]),
    part(GrafanaDashboard, &["gridPos", "type"]),
    part(GrafanaDashboard, &["datasource", "targets"]),
    whole(GrafanaDatasourceProvisioning, &["datasources/[]/type", "datasources/[]/name"]),
    whole(GrafanaDatasourceProvisioning, &["datasources/[]/type", "apiVersion"]),
    whole(GrafanaDatasourceProvisioning, &["deleteDatasources", "apiVersion"]),
    part(GrafanaDatasourceProvisioning, &["datasources", "apiVersion"]),
    whole(GrafanaDashboardProvisioning, &["providers/[]/options/path"]),
    whole(GrafanaDashboardProvisioning, &["providers/[]/type=file"]),
    whole(GrafanaDashboardProvisioning, &["apiVersion=1", "providers/[]/name"]),
    whole(GrafanaDashboardProvisioning, &["[]/options/path", "[]/type=file"]),
    whole(GrafanaPluginProvisioning, &["apiVersion", "apps/[]/type"]),
    whole(GrafanaPluginProvisioning, &["apps/[]/type", "apps/[]/org_id"]),
    whole(GrafanaAlertingProvisioning, &["contactPoints/[]/receivers"]),
    whole(GrafanaAlertingProvisioning, &["contactPoints/[]/name"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "policies/[]/receiver"]),
    whole(GrafanaAlertingProvisioning, &["muteTimes/[]/name"]),
    whole(
        GrafanaAlertingProvisioning,
        &["groups/[]/rules/[]/data", "groups/[]/rules/[]/condition"],
    ),
    whole(GrafanaAlertingProvisioning, &["groups/[]/folder", "groups/[]/rules/[]/uid"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "templates/[]/template"]),
    whole(GrafanaAlertingProvisioning, &["notifiers/[]/type", "notifiers/[]/settings"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "deleteContactPoints"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "deleteRules"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "deleteMuteTimes"]),
    whole(GrafanaAlertingProvisioning, &["apiVersion=1", "resetPolicies"]),
    part(GrafanaAlertingProvisioning, &["contactPoints"]),
    whole(GrafanaServerConfig, &[GRAFANA_OPERATOR, "kind=Grafana"]),
    whole(
        K8sGrafanaAlerting,
        &[
            GRAFANA_OPERATOR,
            "kind=GrafanaAlertRuleGroup|GrafanaContactPoint|GrafanaNotificationPolicy|GrafanaNotificationPolicyRoute|GrafanaMuteTiming|GrafanaNotificationTemplate",
        ],
    ),
    whole(
        K8sGrafanaDashboard,
        &[GRAFANA_OPERATOR, "kind=GrafanaDashboard|GrafanaFolder|GrafanaLibraryPanel"],
    ),
    whole(K8sGrafanaDatasource, &[GRAFANA_OPERATOR, "kind=GrafanaDatasource|GrafanaDataSource"]),
    // Loki, Mimir, Tempo, Promtail. Cortex has Mimir's keys.
    whole(LokiConfig, &["schema_config/configs/[]/schema"]).without(&["blocks_storage"]),
    whole(LokiConfig, &["auth_enabled", "schema_config"]).without(&["blocks_storage"]),
    whole(LokiConfig, &["limits_config", "ingester", "auth_enabled"]),
    whole(LokiConfig, &["limits_config", "storage_config"]).without(&["blocks_storage"]),
    part(LokiConfig, &["schema_config", "storage_config"]),
    part(LokiConfig, &["ingester", "limits_config"]),
    part(LokiConfig, &["schema_config/configs"]),
    part(LokiConfig, &["distributor", "ingester"]),
    part(LokiConfig, &["limits_config", "auth_enabled"]),
    part(LokiConfig, &["auth_enabled", "server"]),
    whole(MimirConfig, &["blocks_storage/backend"]),
    whole(MimirConfig, &["blocks_storage/tsdb"]),
    whole(MimirConfig, &["blocks_storage", "ingester"]),
    whole(MimirConfig, &["blocks_storage", "distributor"]),
    whole(MimirConfig, &["multitenancy_enabled", "blocks_storage"]),
    whole(TempoConfig, &["distributor/receivers", "storage/trace"]),
    whole(TempoConfig, &["storage/trace/backend"]),
    whole(TempoConfig, &["distributor/receivers", "metrics_generator"]),
    part(TempoConfig, &["compactor", "storage"]),
    whole(PromtailConfig, &["clients/[]/url", "scrape_configs"]),
    whole(PromtailConfig, &["client/url", "scrape_configs"]),
    whole(PromtailConfig, &["positions/filename", "scrape_configs"]),
    // Exporters
    whole(BlackboxConfig, &["modules/*/prober=http|tcp|icmp|dns|grpc|unix"]),
    whole(ExporterConfig, &["modules/*/walk"]),
    whole(ExporterConfig, &["modules/*/get", "auths"]),
    whole(ExporterConfig, &["modules/*/metrics/[]/oid"]),
    whole(ExporterConfig, &["modules/*/metrics/[]/path"]),
    whole(ExporterConfig, &["modules/*/collectors"]),
    whole(ExporterConfig, &["*/query", "*/metrics/[]/*/usage"]),
    whole(ExporterConfig, &["mappings/[]/match", "mappings/[]/name"]),
    whole(ExporterConfig, &["rules/[]/pattern", "lowercaseOutputName"]),
    whole(ExporterConfig, &["rules/[]/pattern", "lowercaseOutputLabelNames"]),
    whole(ExporterConfig, &["rules/[]/pattern", "rules/[]/name", "rules/[]/type"]),
    whole(ExporterConfig, &["rules/[]/pattern", "jmxUrl"]),
    whole(ExporterConfig, &["rules/[]/pattern", "hostPort"]),
    whole(ExporterConfig, &["process_names/[]/cmdline"]),
    whole(ExporterConfig, &["process_names/[]/comm"]),
    whole(ExporterConfig, &["process_names/[]/exe"]),
    whole(ExporterConfig, &["collector_name", "metrics/[]/query"]),
    whole(ExporterConfig, &["target/data_source_name", "target/collectors"]),
    whole(ExporterConfig, &["jobs/[]/connections", "jobs/[]/queries/[]/query"]),
    whole(ExporterConfig, &["metrics/[]/aws_namespace"]),
    whole(ExporterConfig, &["discovery/jobs/[]/metrics"]),
    whole(ExporterConfig, &["kind=CustomResourceStateMetrics", "spec/resources"]),
    whole(ExporterConfig, &["spec/resources/[]/groupVersionKind", "spec/resources/[]/metrics"]),
    whole(ExporterConfig, &["smartctl_exporter"]),
    // Other tools
    whole(GatusConfig, &["endpoints/[]/url", "endpoints/[]/conditions"]),
    whole(GatusConfig, &["external-endpoints/[]/token"]),
    whole(SentryConfig, &["mail.backend"]),
    whole(SentryConfig, &["system.secret-key"]),
    whole(SentryConfig, &["system.url-prefix"]),
    whole(SentryConfig, &["system.internal-url-prefix"]),
    whole(SentryConfig, &["filestore.backend"]),
    whole(SentryRelayConfig, &["relay/upstream"]),
    whole(SentryRelayConfig, &["relay/mode=managed|static|proxy|capture"]),
    whole(SignozConfig, &["alertType", "condition/compositeQuery"]),
    whole(SignozConfig, &["ruleType", "condition/compositeQuery"]),
    whole(SignozConfig, &["telemetrystore", "sqlstore"]),
    whole(SignozConfig, &["telemetrystore/clickhouse"]),
    whole(SignozConfig, &["alertmanager/signoz"]),
    whole(SignozDashboard, &["widgets/[]/query/queryType", "title"]),
    whole(SignozDashboard, &["widgets/[]/panelTypes", "layout"]),
    whole(LangfuseConfig, &["langfuse/nextauth"]),
    whole(LangfuseConfig, &["langfuse/salt"]),
    whole(LangfuseConfig, &["services/*/image~langfuse"]),
    // The Prometheus operator, Flux, and workloads
    whole(K8sAlertmanager, &[OPERATOR, "kind=Alertmanager"]),
    whole(K8sAlertmanagerConfig, &[OPERATOR, "kind=AlertmanagerConfig"]),
    whole(K8sPodMonitor, &[OPERATOR, "kind=PodMonitor"]),
    whole(K8sProbe, &[OPERATOR, "kind=Probe"]),
    whole(K8sPrometheus, &[OPERATOR, "kind=Prometheus|PrometheusAgent"]),
    whole(K8sPrometheusRule, &[OPERATOR, "kind=PrometheusRule"]),
    whole(K8sScrapeConfig, &[OPERATOR, "kind=ScrapeConfig"]),
    whole(K8sServiceMonitor, &[OPERATOR, "kind=ServiceMonitor"]),
    whole(K8sThanosRuler, &[OPERATOR, "kind=ThanosRuler"]),
    part(K8sServiceMonitor, &["matchLabels", "endpoints"]),
    whole(
        K8sFluxNotification,
        &["apiVersion^=notification.toolkit.fluxcd.io/", "kind=Alert|Provider"],
    ),
    whole(
        K8sMonitoringWorkload,
        &["kind=Deployment|StatefulSet|DaemonSet", "spec/template/spec/containers/[]/image~image"],
    ),
    whole(MonitoringCompose, &["services/*/image~image"]),
    // Any resource or service, whatever it runs
    other(&["apiVersion", "kind"]),
    other(&["kind", "metadata"]),
    other(&["metadata", "spec"]),
    other(&["image", "ports"]),
    other(&["image", "volumes"]),
    other(&["image", "restart"]),
    other(&["image", "environment"]),
    other(&["image", "command"]),
    other(&["container_name", "image"]),
    // Notifications
    other(&["alerts", "status"]),
    other(&["alerts", "receiver"]),
    other(&["labels", "startsAt"]),
    other(&["labels", "generatorURL"]),
    other(&["fingerprint", "startsAt"]),
    other(&["commonLabels"]),
    other(&["groupLabels"]),
    other(&["annotations", "startsAt"]),
    other(&["message_id", "chat"]),
    other(&["update_id", "message"]),
    other(&["chat_id", "text"]),
    other(&["ok", "result"]),
    other(&["ok", "channel"]),
    other(&["channel", "attachments"]),
    other(&["channel", "blocks"]),
    other(&["channel", "ts"]),
    other(&["attachments", "text"]),
    other(&["event_id", "platform"]),
    other(&["event_id", "exception"]),
    other(&["event_id", "level"]),
    other(&["event_id", "project"]),
    other(&["exception/values"]),
    other(&["culprit", "level"]),
    other(&["project", "issue"]),
    other(&["routing_key", "event_action"]),
];

/// What makes a surface write more than its kind does: one of these paths is enough.
pub(crate) const WRITES_WHERE: &[(SurfaceKind, &[&str])] = &[
    (PrometheusConfig, &["alerting", "rule_files"]),
    (LokiConfig, &["ruler"]),
    (MimirConfig, &["ruler", "ruler_storage"]),
    (
        GrafanaDashboard,
        &[
            "panels/[]/alert",
            "panels/[]/panels/[]/alert",
            "rows/[]/panels/[]/alert",
            "dashboard/panels/[]/alert",
            "dashboard/rows/[]/panels/[]/alert",
        ],
    ),
];

/// Whether an image is one of a known monitoring tool.
pub(crate) fn is_monitoring_image(image: &str) -> bool {
    let (owner, name) = image_name(image);
    let is_of = |tool: &&str| {
        name == *tool
            || name.strip_prefix(*tool).is_some_and(|rest| rest.starts_with('-'))
            || name.strip_suffix(*tool).is_some_and(|rest| rest.ends_with('-'))
    };
    // Of exporters there are hundreds, written `node-exporter`, `node_exporter` and `nodeexporter`.
    MONITORING_OWNERS.contains(&owner)
        || MONITORING_NAMES.iter().any(is_of)
        || name.ends_with("exporter")
}

pub(crate) fn is_langfuse_image(image: &str) -> bool {
    let (owner, name) = image_name(image);
    owner == "langfuse" || name.starts_with("langfuse")
}

/// Owner and name of an image, without registry, tag and digest.
fn image_name(image: &str) -> (&str, &str) {
    let path = image.split('@').next().unwrap_or_default();
    let (rest, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.split(':').next().unwrap_or_default();
    (rest.rsplit('/').next().unwrap_or_default(), name)
}

/// Whoever publishes these images publishes monitoring tools alone.
pub(crate) const MONITORING_OWNERS: &[&str] = &[
    "prom",
    "prometheus",
    "prometheuscommunity",
    "prometheus-community",
    "prometheus-operator",
    "grafana",
    "victoriametrics",
    "thanosio",
    "thanos",
    "otel",
    "jaegertracing",
    "getsentry",
    "signoz",
    "netdata",
    "zabbix",
];

/// Names of monitoring tools' images, whoever publishes them; `prometheus-operator` is one of `prometheus`. An image
/// such as `prometheus_demo_service` is watched, and watches nothing.
pub(crate) const MONITORING_NAMES: &[&str] = &[
    "prometheus",
    "alertmanager",
    "pushgateway",
    "exporter",
    "grafana",
    "promtail",
    "cadvisor",
    "kube-state-metrics",
    "thanos",
    "victoria-metrics",
    "victoria-logs",
    "vmagent",
    "vmalert",
    "opentelemetry-collector",
    "otelcol",
    "otel-collector",
    "jaeger",
    "zipkin",
    "sentry",
    "gatus",
    "uptime-kuma",
    "netdata",
    "telegraf",
    "blackbox",
];
