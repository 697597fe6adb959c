//! The table of shapes of configurations and notifications. The inventory classifies files by them, and triage
//! quarantines answers that contain them.
//!
//! A shape lists paths, and a mapping or list must have all of them. The syntax of a path:
//!
//! - `a/b` is the key `b` in the mapping at `a`.
//! - `[]` is any item of a list, and `*` is any key.
//! - `key=a|b` asks for one of these values, and `key^=a|b` for a value that begins with one of them.
//! - `key~image` asks for the image of a known monitoring tool, and `key~langfuse` for an image of Langfuse.

use crate::words::SurfaceKind as Kind;

/// What a shape belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// A surface of this kind.
    Surface(Kind),
    /// Anything else that an answer must not contain and an inventory does not list.
    Other,
}

/// One shape: the conditions for a mapping or list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) of: Of,
    /// Whether a document of this shape is a surface of its kind. If not, the shape shows only that a part was copied
    /// from such a document.
    pub(crate) is_whole: bool,
    /// It must have all of these paths.
    pub(crate) has: &'static [&'static str],
    /// It must have none of these paths.
    pub(crate) lacks: &'static [&'static str],
    /// If this is not empty: the mapping, or each item of the list, must have only these keys.
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

/// The shape of a whole document of this kind.
const fn whole(kind: Kind, has: &'static [&'static str]) -> Shape {
    Shape { of: Of::Surface(kind), is_whole: true, has, lacks: &[], only: &[] }
}

/// The shape of a part that was cut out of a document of this kind.
const fn part(kind: Kind, has: &'static [&'static str]) -> Shape {
    Shape { is_whole: false, ..whole(kind, has) }
}

/// The shape of a notification, or of another document that is not a monitoring surface.
const fn other(has: &'static [&'static str]) -> Shape {
    Shape { of: Of::Other, is_whole: false, has, lacks: &[], only: &[] }
}

const OPERATOR: &str =
    "apiVersion^=monitoring.coreos.com/|azmonitoring.coreos.com/|monitoring.rhobs/";
const GRAFANA_OPERATOR: &str = "apiVersion^=grafana.integreatly.org/|integreatly.org/";
const VM_OPERATOR: &str = "apiVersion^=operator.victoriametrics.com/";

/// The only keys that vmalert's notifier file may have. A Prometheus scrape job has `job_name`, too, so it does not
/// match.
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
    // Prometheus. Promtail and rule tests share some of its keys.
    whole(Kind::PrometheusConfig, &["scrape_configs/[]/job_name"]).without(&[
        "clients",
        "client",
        "positions",
    ]),
    whole(Kind::PrometheusConfig, &["global/scrape_interval"]).without(&["clients", "positions"]),
    whole(Kind::PrometheusConfig, &["global/evaluation_interval"]),
    whole(Kind::PrometheusConfig, &["global/external_labels", "scrape_configs"]),
    whole(Kind::PrometheusConfig, &["alerting/alertmanagers/[]"]),
    whole(Kind::PrometheusConfig, &["scrape_config_files/[]"]),
    whole(Kind::PrometheusConfig, &["rule_files", "scrape_configs"]),
    whole(Kind::PrometheusConfig, &["[]/job_name", "[]/static_configs"]),
    whole(Kind::PrometheusConfig, &["[]/job_name", "[]/kubernetes_sd_configs"]),
    part(Kind::PrometheusConfig, &["scrape_configs"]),
    part(Kind::PrometheusConfig, &["job_name", "static_configs"]),
    part(Kind::PrometheusConfig, &["job_name", "metrics_path"]),
    part(Kind::PrometheusConfig, &["job_name", "scrape_interval"]),
    part(Kind::PrometheusConfig, &["job_name", "kubernetes_sd_configs"]),
    part(Kind::PrometheusConfig, &["job_name", "scheme"]),
    part(Kind::PrometheusConfig, &["alerting/alertmanagers"]),
    part(Kind::PrometheusConfig, &["remote_write", "global"]),
    part(Kind::PrometheusConfig, &["rule_files", "global"]),
    part(Kind::PrometheusConfig, &["source_labels", "target_label"]),
    part(Kind::PrometheusConfig, &["source_labels", "action"]),
    whole(Kind::PrometheusFileSd, &["[]/targets/[]"]).only(&["targets", "labels"]),
    part(Kind::PrometheusFileSd, &["targets", "labels"]),
    // Rules. Grafana's alert rules are in groups, too, so groups with rules are not enough.
    whole(Kind::PrometheusRules, &["groups/[]/rules/[]/alert", "groups/[]/rules/[]/expr"]),
    whole(Kind::PrometheusRules, &["groups/[]/rules/[]/record", "groups/[]/rules/[]/expr"]),
    whole(Kind::PrometheusRules, &["groups/[]/name", "groups/[]/rules"])
        .only(&["groups", "namespace"]),
    part(Kind::PrometheusRules, &["alert", "expr"]),
    part(Kind::PrometheusRules, &["record", "expr"]),
    part(Kind::PrometheusRules, &["groups/[]/rules"]),
    part(Kind::PrometheusRules, &["expr", "for"]),
    part(Kind::PrometheusRules, &["expr", "annotations"]),
    whole(Kind::PrometheusRuleTest, &["rule_files", "tests"]),
    whole(Kind::PrometheusRuleTest, &["tests/[]/input_series"]),
    whole(Kind::PrometheusRuleTest, &["tests/[]/alert_rule_test"]),
    whole(Kind::PrometheusRuleTest, &["tests/[]/promql_expr_test"]),
    whole(Kind::PrometheusRuleTest, &["tests/[]/metricsql_expr_test"]),
    // Alertmanager. Its receivers are a list; the receivers of the OpenTelemetry collector are a mapping.
    whole(Kind::AlertmanagerConfig, &["route/receiver", "receivers/[]/name"]),
    whole(Kind::AlertmanagerConfig, &["route/routes/[]/receiver", "receivers/[]/name"]),
    whole(Kind::AlertmanagerConfig, &["route", "receivers/[]/name", "global"]),
    whole(Kind::AlertmanagerConfig, &["inhibit_rules", "receivers/[]/name"]),
    whole(Kind::AlertmanagerConfig, &["receivers/[]/webhook_configs"]).without(&["kind"]),
    whole(Kind::AlertmanagerConfig, &["receivers/[]/slack_configs"]).without(&["kind"]),
    whole(Kind::AlertmanagerConfig, &["receivers/[]/telegram_configs"]).without(&["kind"]),
    whole(Kind::AlertmanagerConfig, &["receivers/[]/email_configs"]).without(&["kind"]),
    whole(Kind::AlertmanagerConfig, &["alertmanager_config", "template_files"]),
    part(Kind::AlertmanagerConfig, &["route/receiver"]),
    part(Kind::AlertmanagerConfig, &["receiver", "group_by"]),
    part(Kind::AlertmanagerConfig, &["receiver", "matchers"]),
    part(Kind::AlertmanagerConfig, &["receiver", "match"]),
    part(Kind::AlertmanagerConfig, &["receiver", "group_wait"]),
    part(Kind::AlertmanagerConfig, &["receiver", "repeat_interval"]),
    part(Kind::AlertmanagerConfig, &["receiver", "continue"]),
    part(Kind::AlertmanagerConfig, &["inhibit_rules"]),
    part(Kind::AlertmanagerConfig, &["source_matchers", "target_matchers"]),
    part(Kind::AlertmanagerConfig, &["source_match", "target_match"]),
    part(Kind::AlertmanagerConfig, &["telegram_configs"]),
    part(Kind::AlertmanagerConfig, &["webhook_configs"]),
    part(Kind::AlertmanagerConfig, &["slack_configs"]),
    part(Kind::AlertmanagerConfig, &["email_configs"]),
    part(Kind::AlertmanagerConfig, &["pagerduty_configs"]),
    part(Kind::AlertmanagerConfig, &["opsgenie_configs"]),
    part(Kind::AlertmanagerConfig, &["smtp_smarthost"]),
    part(Kind::AlertmanagerConfig, &["mute_time_intervals"]),
    part(Kind::AlertmanagerConfig, &["bot_token", "chat_id"]),
    // VictoriaMetrics
    whole(Kind::VmalertNotifierConfig, &["static_configs/[]/targets"]).only(NOTIFIER_KEYS),
    whole(Kind::VmalertNotifierConfig, &["consul_sd_configs/[]/server"]).only(NOTIFIER_KEYS),
    whole(Kind::VmalertNotifierConfig, &["dns_sd_configs/[]/names"]).only(NOTIFIER_KEYS),
    whole(Kind::VmauthConfig, &["users/[]/url_prefix"]),
    whole(Kind::VmauthConfig, &["users/[]/url_map"]),
    whole(Kind::VmauthConfig, &["unauthorized_user/url_prefix"]),
    whole(Kind::VmauthConfig, &["unauthorized_user/url_map"]),
    whole(Kind::VmRule, &[VM_OPERATOR, "kind=VMRule"]),
    whole(Kind::VmAlertmanagerConfig, &[VM_OPERATOR, "kind=VMAlertmanagerConfig"]),
    whole(
        Kind::VmScrape,
        &[
            VM_OPERATOR,
            "kind=VMServiceScrape|VMPodScrape|VMStaticScrape|VMNodeScrape|VMProbe|VMScrapeConfig",
        ],
    ),
    whole(
        Kind::K8sMonitoringWorkload,
        &[VM_OPERATOR, "kind=VMAgent|VMAlert|VMAlertmanager|VMSingle|VMCluster|VMAuth"],
    ),
    // OpenTelemetry
    whole(Kind::OtelCollectorConfig, &["service/pipelines", "exporters"]),
    whole(Kind::OtelCollectorConfig, &["service/pipelines", "receivers"]),
    whole(Kind::OtelCollectorConfig, &["service/pipelines/*/receivers"]),
    whole(Kind::OtelCollectorConfig, &["service/pipelines/*/exporters"]),
    whole(Kind::OtelCollectorConfig, &["receivers/otlp/protocols", "exporters"]),
    whole(
        Kind::OtelCollectorConfig,
        &["apiVersion^=opentelemetry.io/", "kind=OpenTelemetryCollector"],
    ),
    part(Kind::OtelCollectorConfig, &["service/pipelines"]),
    part(Kind::OtelCollectorConfig, &["pipelines/traces"]),
    part(Kind::OtelCollectorConfig, &["pipelines/metrics"]),
    part(Kind::OtelCollectorConfig, &["receivers/otlp"]),
    part(Kind::OtelCollectorConfig, &["exporters/otlp"]),
    part(Kind::OtelCollectorConfig, &["receivers", "exporters"]),
    part(Kind::OtelCollectorConfig, &["receivers", "processors"]),
    part(Kind::OtelCollectorConfig, &["otlp/protocols"]),
    whole(Kind::OtelSdkConfig, &["file_format", "tracer_provider"]),
    whole(Kind::OtelSdkConfig, &["file_format", "meter_provider"]),
    whole(Kind::OtelSdkConfig, &["file_format", "logger_provider"]),
    whole(Kind::OtelSdkConfig, &["file_format", "propagator"]),
    whole(Kind::OtelSdkConfig, &["file_format", "disabled"]),
    whole(Kind::OtelSdkConfig, &["apiVersion^=opentelemetry.io/", "kind=Instrumentation"]),
    // Grafana. Some tools write its keys in lower case, such as `schemaversion`.
    whole(Kind::GrafanaDashboard, &["panels", "title", "schemaVersion"]),
    whole(Kind::GrafanaDashboard, &["rows", "title", "schemaVersion"]),
    whole(Kind::GrafanaDashboard, &["panels", "title", "schemaversion"]),
    whole(Kind::GrafanaDashboard, &["rows", "title", "schemaversion"]),
    whole(Kind::GrafanaDashboard, &["panels/[]/gridPos", "title"]),
    whole(Kind::GrafanaDashboard, &["panels/[]/gridPos", "templating"]),
    whole(Kind::GrafanaDashboard, &["panels/[]/targets", "title"]),
    whole(Kind::GrafanaDashboard, &["rows/[]/panels", "title"]),
    whole(Kind::GrafanaDashboard, &["panels", "annotations", "templating"]),
    whole(Kind::GrafanaDashboard, &["dashboard/panels", "dashboard/title"]),
    whole(Kind::GrafanaDashboard, &["dashboard/rows", "dashboard/title"]),
    whole(Kind::GrafanaDashboard, &["elements/*/kind=Panel", "layout"]),
    whole(Kind::GrafanaDashboard, &["apiVersion^=dashboard.grafana.app/", "kind=Dashboard"]),
    part(Kind::GrafanaDashboard, &["panels", "title"]),
    part(Kind::GrafanaDashboard, &["panels", "schemaVersion"]),
    part(Kind::GrafanaDashboard, &["templating", "panels"]),
    part(Kind::GrafanaDashboard, &["gridPos", "type"]),
    part(Kind::GrafanaDashboard, &["datasource", "targets"]),
    whole(Kind::GrafanaDatasourceProvisioning, &["datasources/[]/type", "datasources/[]/name"]),
    whole(Kind::GrafanaDatasourceProvisioning, &["datasources/[]/type", "apiVersion"]),
    whole(Kind::GrafanaDatasourceProvisioning, &["deleteDatasources", "apiVersion"]),
    part(Kind::GrafanaDatasourceProvisioning, &["datasources", "apiVersion"]),
    whole(Kind::GrafanaDashboardProvisioning, &["providers/[]/options/path"]),
    whole(Kind::GrafanaDashboardProvisioning, &["providers/[]/type=file"]),
    whole(Kind::GrafanaDashboardProvisioning, &["apiVersion=1", "providers/[]/name"]),
    whole(Kind::GrafanaDashboardProvisioning, &["[]/options/path", "[]/type=file"]),
    whole(Kind::GrafanaPluginProvisioning, &["apiVersion", "apps/[]/type"]),
    whole(Kind::GrafanaPluginProvisioning, &["apps/[]/type", "apps/[]/org_id"]),
    whole(Kind::GrafanaAlertingProvisioning, &["contactPoints/[]/receivers"]),
    whole(Kind::GrafanaAlertingProvisioning, &["contactPoints/[]/name"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "policies/[]/receiver"]),
    whole(Kind::GrafanaAlertingProvisioning, &["muteTimes/[]/name"]),
    whole(
        Kind::GrafanaAlertingProvisioning,
        &["groups/[]/rules/[]/data", "groups/[]/rules/[]/condition"],
    ),
    whole(Kind::GrafanaAlertingProvisioning, &["groups/[]/folder", "groups/[]/rules/[]/uid"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "templates/[]/template"]),
    whole(Kind::GrafanaAlertingProvisioning, &["notifiers/[]/type", "notifiers/[]/settings"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "deleteContactPoints"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "deleteRules"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "deleteMuteTimes"]),
    whole(Kind::GrafanaAlertingProvisioning, &["apiVersion=1", "resetPolicies"]),
    part(Kind::GrafanaAlertingProvisioning, &["contactPoints"]),
    whole(Kind::GrafanaServerConfig, &[GRAFANA_OPERATOR, "kind=Grafana"]),
    whole(
        Kind::K8sGrafanaAlerting,
        &[
            GRAFANA_OPERATOR,
            "kind=GrafanaAlertRuleGroup|GrafanaContactPoint|GrafanaNotificationPolicy|GrafanaNotificationPolicyRoute|GrafanaMuteTiming|GrafanaNotificationTemplate",
        ],
    ),
    whole(
        Kind::K8sGrafanaDashboard,
        &[GRAFANA_OPERATOR, "kind=GrafanaDashboard|GrafanaFolder|GrafanaLibraryPanel"],
    ),
    whole(
        Kind::K8sGrafanaDatasource,
        &[GRAFANA_OPERATOR, "kind=GrafanaDatasource|GrafanaDataSource"],
    ),
    // Loki, Mimir, Tempo, Promtail. Mimir and Cortex have `blocks_storage`, and Loki does not.
    whole(Kind::LokiConfig, &["schema_config/configs/[]/schema"]).without(&["blocks_storage"]),
    whole(Kind::LokiConfig, &["auth_enabled", "schema_config"]).without(&["blocks_storage"]),
    whole(Kind::LokiConfig, &["limits_config", "ingester", "auth_enabled"]),
    whole(Kind::LokiConfig, &["limits_config", "storage_config"]).without(&["blocks_storage"]),
    part(Kind::LokiConfig, &["schema_config", "storage_config"]),
    part(Kind::LokiConfig, &["ingester", "limits_config"]),
    part(Kind::LokiConfig, &["schema_config/configs"]),
    part(Kind::LokiConfig, &["distributor", "ingester"]),
    part(Kind::LokiConfig, &["limits_config", "auth_enabled"]),
    part(Kind::LokiConfig, &["auth_enabled", "server"]),
    whole(Kind::MimirConfig, &["blocks_storage/backend"]),
    whole(Kind::MimirConfig, &["blocks_storage/tsdb"]),
    whole(Kind::MimirConfig, &["blocks_storage", "ingester"]),
    whole(Kind::MimirConfig, &["blocks_storage", "distributor"]),
    whole(Kind::MimirConfig, &["multitenancy_enabled", "blocks_storage"]),
    whole(Kind::TempoConfig, &["distributor/receivers", "storage/trace"]),
    whole(Kind::TempoConfig, &["storage/trace/backend"]),
    whole(Kind::TempoConfig, &["distributor/receivers", "metrics_generator"]),
    part(Kind::TempoConfig, &["compactor", "storage"]),
    whole(Kind::PromtailConfig, &["clients/[]/url", "scrape_configs"]),
    whole(Kind::PromtailConfig, &["client/url", "scrape_configs"]),
    whole(Kind::PromtailConfig, &["positions/filename", "scrape_configs"]),
    // Exporters
    whole(Kind::BlackboxConfig, &["modules/*/prober=http|tcp|icmp|dns|grpc|unix"]),
    whole(Kind::ExporterConfig, &["modules/*/walk"]),
    whole(Kind::ExporterConfig, &["modules/*/get", "auths"]),
    whole(Kind::ExporterConfig, &["modules/*/metrics/[]/oid"]),
    whole(Kind::ExporterConfig, &["modules/*/metrics/[]/path"]),
    whole(Kind::ExporterConfig, &["modules/*/collectors"]),
    whole(Kind::ExporterConfig, &["*/query", "*/metrics/[]/*/usage"]),
    whole(Kind::ExporterConfig, &["mappings/[]/match", "mappings/[]/name"]),
    whole(Kind::ExporterConfig, &["rules/[]/pattern", "lowercaseOutputName"]),
    whole(Kind::ExporterConfig, &["rules/[]/pattern", "lowercaseOutputLabelNames"]),
    whole(Kind::ExporterConfig, &["rules/[]/pattern", "rules/[]/name", "rules/[]/type"]),
    whole(Kind::ExporterConfig, &["rules/[]/pattern", "jmxUrl"]),
    whole(Kind::ExporterConfig, &["rules/[]/pattern", "hostPort"]),
    whole(Kind::ExporterConfig, &["process_names/[]/cmdline"]),
    whole(Kind::ExporterConfig, &["process_names/[]/comm"]),
    whole(Kind::ExporterConfig, &["process_names/[]/exe"]),
    whole(Kind::ExporterConfig, &["collector_name", "metrics/[]/query"]),
    whole(Kind::ExporterConfig, &["target/data_source_name", "target/collectors"]),
    whole(Kind::ExporterConfig, &["jobs/[]/connections", "jobs/[]/queries/[]/query"]),
    whole(Kind::ExporterConfig, &["metrics/[]/aws_namespace"]),
    whole(Kind::ExporterConfig, &["discovery/jobs/[]/metrics"]),
    whole(Kind::ExporterConfig, &["kind=CustomResourceStateMetrics", "spec/resources"]),
    whole(
        Kind::ExporterConfig,
        &["spec/resources/[]/groupVersionKind", "spec/resources/[]/metrics"],
    ),
    whole(Kind::ExporterConfig, &["smartctl_exporter"]),
    // Other tools
    whole(Kind::GatusConfig, &["endpoints/[]/url", "endpoints/[]/conditions"]),
    whole(Kind::GatusConfig, &["external-endpoints/[]/token"]),
    whole(Kind::SentryConfig, &["mail.backend"]),
    whole(Kind::SentryConfig, &["system.secret-key"]),
    whole(Kind::SentryConfig, &["system.url-prefix"]),
    whole(Kind::SentryConfig, &["system.internal-url-prefix"]),
    whole(Kind::SentryConfig, &["filestore.backend"]),
    whole(Kind::SentryRelayConfig, &["relay/upstream"]),
    whole(Kind::SentryRelayConfig, &["relay/mode=managed|static|proxy|capture"]),
    whole(Kind::SignozConfig, &["alertType", "condition/compositeQuery"]),
    whole(Kind::SignozConfig, &["ruleType", "condition/compositeQuery"]),
    whole(Kind::SignozConfig, &["ruleType", "condition/compositeMetricQuery"]),
    whole(Kind::SignozConfig, &["telemetrystore", "sqlstore"]),
    whole(Kind::SignozConfig, &["telemetrystore/clickhouse"]),
    whole(Kind::SignozConfig, &["alertmanager/signoz"]),
    whole(Kind::SignozDashboard, &["widgets/[]/query/queryType", "title"]),
    whole(Kind::SignozDashboard, &["widgets/[]/panelTypes", "layout"]),
    whole(Kind::LangfuseConfig, &["langfuse/nextauth"]),
    whole(Kind::LangfuseConfig, &["langfuse/salt"]),
    whole(Kind::LangfuseConfig, &["services/*/image~langfuse"]),
    // The Prometheus operator, Flux, and workloads
    whole(Kind::K8sAlertmanager, &[OPERATOR, "kind=Alertmanager"]),
    whole(Kind::K8sAlertmanagerConfig, &[OPERATOR, "kind=AlertmanagerConfig"]),
    whole(Kind::K8sPodMonitor, &[OPERATOR, "kind=PodMonitor"]),
    whole(Kind::K8sProbe, &[OPERATOR, "kind=Probe"]),
    whole(Kind::K8sPrometheus, &[OPERATOR, "kind=Prometheus|PrometheusAgent"]),
    whole(Kind::K8sPrometheusRule, &[OPERATOR, "kind=PrometheusRule"]),
    whole(Kind::K8sScrapeConfig, &[OPERATOR, "kind=ScrapeConfig"]),
    whole(Kind::K8sServiceMonitor, &[OPERATOR, "kind=ServiceMonitor"]),
    whole(Kind::K8sThanosRuler, &[OPERATOR, "kind=ThanosRuler"]),
    part(Kind::K8sServiceMonitor, &["matchLabels", "endpoints"]),
    whole(
        Kind::K8sFluxNotification,
        &["apiVersion^=notification.toolkit.fluxcd.io/", "kind=Alert|Provider"],
    ),
    whole(
        Kind::K8sMonitoringWorkload,
        &["kind=Deployment|StatefulSet|DaemonSet", "spec/template/spec/containers/[]/image~image"],
    ),
    whole(Kind::MonitoringCompose, &["services/*/image~image"]),
    // Any Kubernetes resource or Compose service
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

/// The paths that raise the write class of a kind to `Direct`. One of them is enough.
pub(crate) const WRITES_WHERE: &[(Kind, &[&str])] = &[
    (Kind::PrometheusConfig, &["alerting", "rule_files"]),
    (Kind::LokiConfig, &["ruler"]),
    (Kind::MimirConfig, &["ruler", "ruler_storage"]),
    (
        Kind::GrafanaDashboard,
        &[
            "panels/[]/alert",
            "panels/[]/panels/[]/alert",
            "rows/[]/panels/[]/alert",
            "dashboard/panels/[]/alert",
            "dashboard/rows/[]/panels/[]/alert",
        ],
    ),
];

/// Whether an image belongs to a known monitoring tool.
pub(crate) fn is_monitoring_image(image: &str) -> bool {
    let (owner, name) = image_name(image);
    let is_of = |tool: &&str| {
        name == *tool
            || name.strip_prefix(*tool).is_some_and(|rest| rest.starts_with('-'))
            || name.strip_suffix(*tool).is_some_and(|rest| rest.ends_with('-'))
    };
    // There are hundreds of exporters, and their names differ: `node-exporter`, `node_exporter` and `nodeexporter`.
    MONITORING_OWNERS.contains(&owner)
        || MONITORING_NAMES.iter().any(is_of)
        || name.ends_with("exporter")
}

/// Whether an image belongs to Langfuse.
pub(crate) fn is_langfuse_image(image: &str) -> bool {
    let (owner, name) = image_name(image);
    owner == "langfuse" || name.starts_with("langfuse")
}

/// Returns owner and name of an image, without registry, tag and digest.
fn image_name(image: &str) -> (&str, &str) {
    let path = image.split('@').next().unwrap_or_default();
    let (rest, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.split(':').next().unwrap_or_default();
    (rest.rsplit('/').next().unwrap_or_default(), name)
}

/// Owners of images that publish only monitoring tools, so all their images count.
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

/// Names of images of monitoring tools, from any owner. A name with a dash before or after it counts, too:
/// `prometheus-operator` belongs to `prometheus`. An underscore does not count: `prometheus_demo_service` is
/// monitored, and monitors nothing.
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
