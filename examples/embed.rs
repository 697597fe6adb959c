//! Embeds the core in another tool. It writes the baseline ledger of one surface and parses it again. One answer is
//! held. Another answer goes through the journal and is accepted.
//!
//! ```text
//! cargo run --no-default-features --example embed
//! ```

use acceptance_ledger::{
    Candidate, Dossier, DraftOptions, Held, History, Inventory, Ledger, LedgerDocument,
    OwnerRequests, ProgressFlag, Received, ResponseDocument, ReviewDocument, RuntimeGate, Stamp,
    Surface, Surfaces, WaitingOwnerResponse, review_template,
};

/// The owner request for one surface, as another tool writes it.
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

/// An owner's answer that contains a secret. Only the findings are kept.
const RESPONSE: &str = r#"{
  "schema_version": "monitoring_owner_response_v1",
  "acceptance_candidate_id": "monitoring_owner_response_acceptance:prometheus_rules:rules/node.yml",
  "decision_reason": "looks fine, 密碼：hunter2x"
}"#;

/// A complete answer from an owner. It is short, and points to evidence instead of repeating it.
const ANSWER: &str = "
schema_version: monitoring_owner_response_v1
acceptance_candidate_id: monitoring_owner_response_acceptance:prometheus_rules:rules/node.yml
request_id: monitoring_owner_request:prometheus_rules:rules/node.yml
surface_id: prometheus_rules:rules/node.yml
repo_sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
not_approval: true
responder: Dana Lim
responded_at: 2026-01-02T08:00:00Z
owner_role_or_team: SRE on-call
decision: confirm_current_state
decision_reason: Matches what runs.
affected_scope: prometheus_rules:rules/node.yml
reload_owner: SRE on-call
receiver_owner: SRE on-call
rollback_owner: SRE on-call
noise_budget_owner: SRE on-call
live_config_hash_ref: sha256:3d2f0c5c4be5a1f7b1c9d6d0a2f45e8f7c0b9a1e6d5c4b3a29181706f5e4d3c2
receiver_receipt_proof_ref: ticket:OPS-12
alert_chain_health_ref:
  rule: ticket:OPS-12
  state: ticket:OPS-12
  receiver: ticket:OPS-12
redacted_evidence_refs:
  - ticket:OPS-12
route_smoke_plan: Watchdog fires all the time; its receipt is the test.
validation_plan:
  route: same receiver as before
  receipt: Watchdog within 10m
  alert_state: no alert lost
  metrics: failed notifications stay 0
  stop_condition: no receipt after 10m
post_reload_readback_plan:
  readback: hash of what runs equals the commit
  stop_condition: no receipt after 10m
maintenance_window:
  per_change: SRE lead, in the change ticket
";

/// Checks whose fields the request does not ask for. A check cannot pass without an answer, so they are not applicable.
const NOT_ASKED: [&str; 5] = [
    "incident_context_present:",
    "stale_alert_review_present:",
    "silence_or_dedup_review_present:",
    "false_green_risk_review_present:",
    "cross_project_notification_present:",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = OwnerRequests::parse(OWNER_REQUESTS.as_bytes())?;
    for surface in requests.surfaces() {
        let candidate: Candidate<WaitingOwnerResponse> = Candidate::new(surface.clone());
        let reload = candidate.gates().get(RuntimeGate::PrometheusReloadAuthorized);
        println!("{} is in {}", candidate.surface().surface_id(), candidate.lane());
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
        Ok(_) => return Err("a ledger with an open gate was accepted".into()),
        Err(error) => println!("a forged ledger: {error}"),
    }

    let surfaces = Surfaces::of(&requests);
    let response = ResponseDocument::parse(RESPONSE.as_bytes())?;
    for surface in requests.surfaces() {
        match Candidate::new(surface.clone()).receive(&surfaces, &response) {
            Received::ReadyForReview(candidate) => {
                println!("{} waits for a reviewer", candidate.lane());
            }
            Received::Held(Held::Quarantined(candidate)) => {
                println!("an answer is held in {}", candidate.lane());
                for finding in
                    candidate.findings().iter().filter(|finding| finding.characters().is_some())
                {
                    println!("  {}: {}", finding.field(), finding.message());
                }
            }
            Received::Held(held) => println!("an answer is held in {}", held.lane()),
        }
        accept(surface, &surfaces)?;
    }
    Ok(())
}

/// Records an answer and a reviewer record in the journal. This tool keeps the journal in memory.
fn accept(surface: &Surface, surfaces: &Surfaces) -> Result<(), Box<dyn std::error::Error>> {
    let mut dossier = Dossier::default();

    let response = ResponseDocument::parse(ANSWER.as_bytes())?;
    let history = History::replay(surface.clone(), surfaces, &dossier)?;
    let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
    println!("a complete answer goes to {}", step.candidate().lane());
    dossier.store(&step);

    let history = History::replay(surface.clone(), surfaces, &dossier)?;
    // The draft lists every check. Here a person passes the answered checks, and marks the others as not applicable.
    let draft = review_template(&history, &dossier, &DraftOptions::default())
        .ok_or("the journal has no answer to review")?;
    let mut record = String::new();
    for line in draft.lines() {
        record.push_str(line);
        record.push_str(match line {
            "reviewer:" => " Rex Reviewer",
            "reviewer_kind:" => " person",
            "reviewed_at:" => " 2026-01-03T08:00:00Z",
            "outcome:" => " accept",
            "valid_until:" => " 2026-07-01T00:00:00Z",
            "reason: |" => "\n  Read back and compared.",
            "record_ref:" => " ticket:OPS-13",
            // Every line that is not an open check stays as it is.
            line if !line.starts_with("  ") || !line.ends_with(':') || line.contains('#') => "",
            line if NOT_ASKED.contains(&line.trim()) => " not_applicable",
            _ => " pass",
        });
        record.push('\n');
    }
    let document = ReviewDocument::parse(record.as_bytes())
        .map_err(|errors| format!("{} faults", errors.len()))?;
    let judged = document.record().map_err(|findings| format!("{} findings", findings.len()))?;
    let step = history
        .review(judged, "2026-01-03T09:00:00Z".parse()?)
        .map_err(|refused| refused.reason)?;
    dossier.store(&step);

    let history = History::replay(surface.clone(), surfaces, &dossier)?;
    let reload = history.candidate().gates().get(RuntimeGate::PrometheusReloadAuthorized);
    println!(
        "{} events later it is in {}; may Prometheus be reloaded? {}",
        history.log().events().len(),
        history.candidate().lane(),
        reload.is_open()
    );
    Ok(())
}
