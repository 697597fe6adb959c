//! What answers and records change in the ledger. A golden file holds the changed rows for each kind of state.

use serde_json::{Map, Value, json};

use crate::case::{Case, DASHBOARD, RECEIVER, TIME};

const PROMETHEUS: &str = "prometheus_config:prometheus/prometheus.yml";

/// Returns, for each of these surfaces, what its row has other than in the baseline. No other row may differ.
fn changed(case: &Case, surfaces: &[&str]) -> Value {
    let rows = |command: &str| -> Vec<Value> {
        let (text, _) = case.run_to(0, &[command, "--generated-at", TIME]);
        let ledger: Value = serde_json::from_str(&text).unwrap();
        ledger["acceptance_candidates"].as_array().unwrap().clone()
    };
    let (before, after) = (rows("generate"), rows("replay"));
    let mut changed = Map::new();
    for (before, after) in before.iter().zip(&after) {
        let id = after["surface_id"].as_str().unwrap();
        let differs = |(key, _): &(&String, &Value)| before[key.as_str()] != after[key.as_str()];
        let row: Map<_, _> = after
            .as_object()
            .unwrap()
            .iter()
            .filter(differs)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(!row.is_empty(), surfaces.contains(&id), "{id}: {row:?}");
        if !row.is_empty() {
            changed.insert(id.to_owned(), Value::from(row));
        }
    }
    changed.into()
}

#[test]
fn answered_states_are_what_the_golden_files_say() {
    let case = Case::accepted();
    case.answer_for("dashboard.json", DASHBOARD, 20, &[]);
    case.run_to(0, &["intake", "dashboard.json"]);
    case.record_for("accept.json", DASHBOARD, "accept", &[]);
    case.run_to(0, &["review", "accept.json"]);
    let review = json!({
        "silence": [
            {"what": "vm-3 換硬碟", "owner": "機房組", "until": "2026-12-28"},
            {"what": "batch jobs at night", "owner": "Batch team", "until": "2026-12-01T06:00:00+08:00"},
        ],
        "mute": "clear", "dedup": "clear",
        "inhibit": [{"what": "critical hides\nwarning", "owner": "SRE", "until": "by_design"}],
        "maintenance": "clear",
    });
    case.answer_for("held.json", RECEIVER, 20, &[("silence_or_dedup_review", review)]);
    case.run_to(0, &["intake", "held.json"]);
    case.record_for("hold.json", RECEIVER, "receiver_receipt_gap_required", &[]);
    case.run_to(0, &["review", "hold.json"]);
    let secret = json!("the SMTP password is hunter2x");
    case.answer_for("secret.json", PROMETHEUS, 20, &[("decision_reason", secret)]);
    case.run_to(1, &["intake", "secret.json"]);
    let changed = changed(&case, &[crate::case::RULES, DASHBOARD, RECEIVER, PROMETHEUS]);
    insta::assert_snapshot!("answered_states", format!("{changed:#}"));
}
