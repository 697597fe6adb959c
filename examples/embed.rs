//! The core in another tool: the baseline of one surface, its read-back, an answer that is held, and one that goes
//! through the journal to its acceptance.
//!
//! ```text
//! cargo run --no-default-features --example embed
//! ```

use acceptance_ledger::{
    AnyCandidate, Candidate, Dossier, History, Inventory, Ledger, LedgerDocument, OwnerRequests,
    ProgressFlag, Received, ResponseDocument, ReviewDocument, RuntimeGate, Stamp, Surface,
    Surfaces, WaitingOwnerResponse, response_template, review_template,
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

    let surfaces = Surfaces::of(&requests);
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
        accept(surface, &surfaces)?;
    }
    Ok(())
}

/// Takes an answer and a reviewer record through the journal, which this tool keeps in memory.
fn accept(surface: &Surface, surfaces: &Surfaces) -> Result<(), Box<dyn std::error::Error>> {
    let mut dossier = Dossier::default();

    let answer = response_template(surface, None, "response.schema.json")
        .replace(
            "\"decision\": \"pending_owner_response\"",
            "\"decision\": \"confirm_current_state\"",
        )
        .replace(
            "\"responded_at\": \"pending_owner_response\"",
            "\"responded_at\": \"2026-01-02T08:00:00Z\"",
        )
        .replace(
            "\"affected_scope\": \"pending_owner_response\"",
            "\"affected_scope\": \"prometheus_rules:rules/node.yml\"",
        )
        .replace("[]", "[\"artifact:run-12/readback.json\"]")
        .replace(": null", ": \"ticket:OPS-12\"")
        .replace(": \"pending_owner_response\"", ": \"The platform team\"");
    let response = ResponseDocument::parse(answer.as_bytes())?;
    let history = History::replay(surface.clone(), surfaces, &dossier)?;
    let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
    println!("another lands in {}", step.candidate().lane());
    dossier.store(&step);

    let history = History::replay(surface.clone(), surfaces, &dossier)?;
    let mut record = review_template(&history).ok_or("there is no answer")?;
    // A check passes only over an answer, and nobody asked for these.
    for check in [
        "incident_context_present",
        "stale_alert_review_present",
        "silence_or_dedup_review_present",
        "false_green_risk_review_present",
        "cross_project_notification_present",
    ] {
        let skipped = format!("\"{check}\": \"not_applicable\"");
        record = record.replace(&format!("\"{check}\": \"pending_reviewer_record\""), &skipped);
    }
    let record = record
        .replace("\"reviewer_kind\": \"pending_reviewer_record\"", "\"reviewer_kind\": \"person\"")
        .replace(
            "\"reviewed_at\": \"pending_reviewer_record\"",
            "\"reviewed_at\": \"2026-01-03T08:00:00Z\"",
        )
        .replace(
            "\"outcome\": \"pending_reviewer_record\"",
            "\"outcome\": \"owner_review_only_update\"",
        )
        .replace("\"record_ref\": \"pending_reviewer_record\"", "\"record_ref\": \"ticket:OPS-13\"")
        .replace("\"reviewer\": \"pending_reviewer_record\"", "\"reviewer\": \"Rex Reviewer\"")
        .replace(
            "\"reason\": \"pending_reviewer_record\"",
            "\"reason\": \"Read back and compared.\"",
        )
        .replace("pending_reviewer_record", "pass");
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
        "{} events later it stands in {}; may Prometheus be reloaded? {}",
        history.log().events().len(),
        history.candidate().lane(),
        reload.is_open()
    );
    Ok(())
}
