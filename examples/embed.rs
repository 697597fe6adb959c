//! The core in another tool: the baseline of one surface, its read-back, and an answer.
//!
//! ```text
//! cargo run --no-default-features --example embed
//! ```

use acceptance_ledger::{
    AnyCandidate, Candidate, Inventory, Ledger, LedgerDocument, OwnerRequests, ProgressFlag,
    Received, ResponseDocument, RuntimeGate, Stamp, Surfaces, WaitingOwnerResponse,
};

/// What another tool knows of one surface.
const OWNER_REQUESTS: &str = r#"{
  "required_owner_fields": ["owner_role_or_team", "decision", "decision_reason", "affected_scope"],
  "request_drafts": [{
    "request_id": "monitoring_owner_request:prometheus_rules:rules/node.yml",
    "surface_id": "prometheus_rules:rules/node.yml",
    "label": "node rules",
    "expected_scope": "hosts",
    "config_kind": "prometheus_rules",
    "observability_scope": "metrics_alerting",
    "control_tier": "C0",
    "repo_source_path": "rules/node.yml",
    "repo_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "source_line_count": 120,
    "write_capable_surface": true,
    "requires_live_evidence": true,
    "required_owner_fields": ["owner_role_or_team", "decision", "decision_reason", "affected_scope"]
  }]
}"#;

/// What an owner answers, of which only the findings will be kept.
const RESPONSE: &str = r#"{
  "schema_version": "monitoring_owner_response_v1",
  "acceptance_candidate_id": "monitoring_owner_response_acceptance:prometheus_rules:rules/node.yml",
  "decision_reason": "looks fine, 密碼：hunter2x"
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = OwnerRequests::parse(OWNER_REQUESTS.as_bytes())?;
    for surface in requests.surfaces() {
        let candidate: Candidate<WaitingOwnerResponse> = Candidate::new(surface.clone());
        let reload = candidate.gates().get(RuntimeGate::PrometheusReloadAuthorized);
        println!("{} stands in {}", candidate.surface().surface_id(), candidate.lane());
        println!("may Prometheus be reloaded? {}", reload.is_open());
    }

    let inventory = Inventory::parse(br#"{"summary": {"surface_count": 1}}"#)?;
    let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
    let mut text = String::new();
    Ledger::baseline(inventory, requests.clone(), stamp).write_to(&mut text)?;

    let ledger = LedgerDocument::parse(text.as_bytes())?;
    for entry in ledger.entries() {
        let is_accepted = entry.has(ProgressFlag::OwnerResponseAccepted);
        println!("read back: {}, accepted: {is_accepted}", entry.surface().surface_id());
    }

    let forged = text.replace("\"runtime_gate\": false", "\"runtime_gate\": true");
    match LedgerDocument::parse(forged.as_bytes()) {
        Ok(_) => return Err("an open gate was read".into()),
        Err(error) => println!("a forged ledger: {error}"),
    }

    let surfaces = Surfaces::new(requests.surfaces());
    let response = ResponseDocument::parse(RESPONSE.as_bytes())?;
    for surface in requests.surfaces() {
        match Candidate::new(surface.clone()).receive(&surfaces, &response) {
            Received::ReadyForReview(candidate) => {
                println!("{} waits for a reviewer", candidate.lane());
            }
            Received::Quarantined(candidate) => {
                println!("an answer lands in {}", candidate.lane());
                for finding in
                    candidate.findings().iter().filter(|finding| finding.characters().is_some())
                {
                    println!("  {}: {}", finding.field(), finding.message());
                }
            }
            other => println!("an answer is held in {}", AnyCandidate::from(other).lane()),
        }
    }
    Ok(())
}
