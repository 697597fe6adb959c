//! Generated inputs of any size: surfaces of ten kinds. Each request asks for all fields.

use std::fmt::Write as _;

/// The kind, the scope, the path, whether the surface is write-capable, and whether it requires live evidence.
const KINDS: [(&str, &str, &str, bool, bool); 10] = [
    ("prometheus_rules", "metrics_alerting", "ops/prometheus/rules/{}.yml", true, true),
    ("prometheus_scrape", "metrics_collection", "ops/prometheus/scrape/{}.yml", true, true),
    ("alertmanager_route", "alert_routing", "ops/alertmanager/{}.yml", true, true),
    ("grafana_dashboard", "dashboard", "ops/grafana/dashboards/{}.json", false, false),
    ("signoz_rule", "traces_alerting", "ops/signoz/{}.yaml", true, true),
    ("sentry_config", "error_tracking", "ops/sentry/{}.py", true, false),
    ("langfuse_config", "llm_observability", "ops/langfuse/{}.env.example", false, false),
    ("otel_collector", "telemetry_pipeline", "ops/otel/{}.yaml", true, true),
    ("telegram_receiver", "notification", "apps/api/src/notify/{}.ts", true, true),
    ("k8s_service_monitor", "metrics_collection", "k8s/monitoring/{}.yaml", false, true),
];

const SCOPES: [&str; 4] =
    ["110 監控主機 / Prometheus", "120 K3s control plane", "AwoooP 平台告警", "對外網站 uptime"];

/// Returns the inventory and the owner requests of `count` surfaces, in the layout that Python writes.
pub(crate) fn inputs(count: usize) -> [String; 2] {
    let mut inventory = String::from(
        "{\n  \"schema_version\": \"monitoring_alerting_observability_inventory_v1\",\n",
    );
    let mut requests = String::from("{\n  \"request_drafts\": [");
    let _ = write!(
        inventory,
        "  \"summary\": {{\n    \"surface_count\": {count}\n  }},\n  \"surfaces\": ["
    );
    for number in 0..count {
        let (kind, scope, path, writes, live) = KINDS[number % KINDS.len()];
        let name = format!("{}-{number:05}", kind.replace('_', "-"));
        let path = path.replace("{}", &name);
        let comma = if number > 0 { "," } else { "" };
        let surface = format!(
            "      \"config_kind\": \"{kind}\",\n      \"control_tier\": \"C{}\",\n      \
             \"expected_scope\": \"{}\",\n      \"label\": \"{} · {name}\",\n      \
             \"observability_scope\": \"{scope}\",\n      \"repo_sha256\": \"{}\",\n      \
             \"repo_source_path\": \"{path}\",\n      \"requires_live_evidence\": {live},\n      \
             \"source_line_count\": {},\n      \"surface_id\": \"{kind}:{name}\",\n      \
             \"write_capable_surface\": {writes}",
            number % 3,
            SCOPES[number % SCOPES.len()],
            SCOPES[number % 3],
            acceptance_ledger::Digest::of(path.as_bytes()).hex(),
            8 + number % 892,
        );
        let _ = write!(inventory, "{comma}\n    {{\n{surface}\n    }}");
        let _ = write!(
            requests,
            "{comma}\n    {{\n{surface},\n      \"not_approval\": true,\n      \"request_id\": \
             \"monitoring_owner_request:{kind}:{name}\",\n      \"request_sent\": false,\n      \
             \"required_owner_fields\": {}\n    }}",
            required_owner_fields(8),
        );
    }
    inventory.push_str("\n  ]\n}\n");
    let _ =
        write!(requests, "\n  ],\n  \"required_owner_fields\": {}\n}}\n", required_owner_fields(4));
    [inventory, requests]
}

fn required_owner_fields(indent: usize) -> String {
    let fields = acceptance_ledger::AcceptanceField::answers()
        .filter(|field| field.as_str() != "owner_response_ref")
        .map(|field| format!("\n{:indent$}\"{field}\"", ""))
        .collect::<Vec<_>>();
    format!("[{}\n{:width$}]", fields.join(","), "", width = indent - 2)
}
