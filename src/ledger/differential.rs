//! Compares `generate` with the Python generator that it replaces, the reference.
//!
//! The golden files hold what the reference wrote. If the environment variable `ACCEPTANCE_REFERENCE` is the path of
//! the reference, the tests also run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;

use crate::inputs::{Inventory, OwnerRequests};
use crate::json::DocumentError;
use crate::strategies::{self, Inputs};

use super::{Ledger, LedgerDocument, Stamp};

const GENERATED_AT: &str = "2026-01-01T08:00:00+08:00";

fn ours(inventory: &[u8], owner_requests: &[u8]) -> Result<String, DocumentError> {
    let stamp = Stamp::new(GENERATED_AT, "unknown");
    let ledger = Ledger::baseline(
        Inventory::parse(inventory)?,
        OwnerRequests::parse(owner_requests)?,
        stamp,
    );
    let mut text = String::new();
    ledger.write_to(&mut text).unwrap();
    Ok(text)
}

/// What the reference writes for the inputs; `None` if it fails.
fn theirs(reference: &Path, inputs: &Inputs) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let output = folder.path().join("ledger.json");
    let status = Command::new("python3")
        .arg(reference)
        .arg("--root")
        .arg(folder.path())
        .arg("--inventory-report")
        .arg(file("inventory.json", &inputs.inventory))
        .arg("--owner-request-report")
        .arg(file("requests.json", &inputs.owner_requests))
        .args(["--generated-at", GENERATED_AT, "--output"])
        .arg(&output)
        // Outside a repository, the reference writes the commit as `unknown`, as `ours` does.
        .env("GIT_CEILING_DIRECTORIES", "/")
        .output()
        .unwrap()
        .status;
    status.success().then(|| std::fs::read_to_string(output).unwrap())
}

fn reference() -> Option<PathBuf> {
    std::env::var_os("ACCEPTANCE_REFERENCE").map(PathBuf::from)
}

#[test]
fn the_bytes_are_the_golden_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let security = "docs/security";
    let repositories = ["dockprom", "kube-prometheus"].map(|name| {
        let folder = root.join("tests/golden/inputs").join(name).join(security);
        (name.to_owned(), folder)
    });
    let cases = std::fs::read_dir(root.join("tests/golden/cases")).unwrap().map(|case| {
        let case = case.unwrap();
        (case.file_name().into_string().unwrap(), case.path())
    });
    let mut count = 0;
    for (name, folder) in repositories.into_iter().chain(cases) {
        let inventory = "monitoring-alerting-observability-inventory.snapshot.json";
        let requests = "monitoring-owner-request-draft.snapshot.json";
        let [inventory, requests] =
            [inventory, requests].map(|file| std::fs::read(folder.join(file)).unwrap());
        let written = ours(&inventory, &requests).unwrap();
        let golden = if folder.ends_with(security) {
            root.join("tests/golden").join(format!("{name}.json"))
        } else {
            folder.join("ledger.json")
        };
        assert!(written == std::fs::read_to_string(golden).unwrap(), "{name} differs");
        count += 1;
    }
    assert!(count >= 5, "the golden files are missing");
}

#[test]
fn a_ledger_reads_back_as_it_was_written() {
    proptest!(|(inputs in strategies::inputs())| {
        let text = ours(inputs.inventory.as_bytes(), inputs.owner_requests.as_bytes())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let document = LedgerDocument::parse(text.as_bytes())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut again = String::new();
        document.write_to(&mut again).unwrap();
        prop_assert_eq!(text, again);
    });
}

#[test]
fn the_bytes_are_the_references_or_there_are_none() {
    let Some(reference) = reference() else { return };
    let config = ProptestConfig { cases: 200, ..ProptestConfig::default() };
    proptest!(config, |(inputs in strategies::inputs())| {
        let written = ours(inputs.inventory.as_bytes(), inputs.owner_requests.as_bytes());
        prop_assert_eq!(written.ok(), theirs(&reference, &inputs));
    });
    let config = ProptestConfig { cases: 400, ..ProptestConfig::default() };
    proptest!(config, |(inputs in strategies::broken_inputs())| {
        if let Ok(written) = ours(inputs.inventory.as_bytes(), inputs.owner_requests.as_bytes()) {
            prop_assert_eq!(Some(written), theirs(&reference, &inputs));
        }
    });
}

/// An edited ledger is refused, and the error's path points to the edit or to its candidate.
#[test]
fn an_edited_ledger_is_refused() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dockprom.json");
    let text = std::fs::read_to_string(golden).unwrap();
    assert_eq!(LedgerDocument::parse(text.as_bytes()).unwrap().entries().len(), 12);
    let first = "$.acceptance_candidates[0]";
    let id = "monitoring_owner_response_acceptance:alertmanager_config:alertmanager/config.yml";
    for (from, to, path) in [
        (
            "\"runtime_gate\": false",
            "\"runtime_gate\": true",
            "$.acceptance_candidates[0].runtime_gate",
        ),
        (
            "\"request_sent\": false",
            "\"request_sent\": 0",
            "$.acceptance_candidates[0].request_sent",
        ),
        (
            "\"not_approval\": true",
            "\"not_approval\": false",
            "$.acceptance_candidates[0].not_approval",
        ),
        ("\"runtime_gate_count\": 0", "\"runtime_gate_count\": 1", "$.summary.runtime_gate_count"),
        (
            "\"acceptance_candidate_count\": 12",
            "\"acceptance_candidate_count\": 13",
            "$.summary.acceptance_candidate_count",
        ),
        (
            "\"not_authorization\": true",
            "\"not_authorization\": false",
            "$.execution_boundaries.not_authorization",
        ),
        ("\"owner_response_accepted\": false,", "\"owner_response_accepted\": true,", first),
        ("\"reload_owner_accepted\": false", "\"reload_owner_accepted\": true", first),
        ("\"live_evidence_received\": false", "\"live_evidence_received\": true", first),
        ("\"supplement_requested\": false", "\"supplement_requested\": true", first),
        ("\"decision\": \"pending_owner_response\"", "\"decision\": \"yes\"", first),
        ("\"status\": \"waiting_owner_response\"", "\"status\": \"waiting_runtime_gate\"", first),
        (
            "\"reviewer_outcome\": \"waiting_owner_response\"",
            "\"reviewer_outcome\": \"request_supplement\"",
            first,
        ),
        (
            "\"status\": \"waiting_owner_response\"",
            "\"status\": \"hunter2\"",
            "$.acceptance_candidates[0].status",
        ),
        (id, "hunter2", "$.acceptance_candidates[0].acceptance_candidate_id"),
        ("\"generated_at\"", "\"hunter2\"", "$.#5"),
        (
            "\"blocked_actions\": [\n    \"prometheus_reload\",",
            "\"blocked_actions\": [",
            "$.blocked_actions",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let error = LedgerDocument::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(error.path(), path, "{from}: {error}");
        assert!(!error.to_string().contains("hunter2"));
    }
}

/// A second candidate for one surface is refused, although all counts match.
#[test]
fn a_ledger_has_one_candidate_a_surface() {
    let surfaces = OwnerRequests::parse(
        br#"{"required_owner_fields": [], "request_drafts": [{
        "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1, "config_kind": 1,
        "observability_scope": 1, "control_tier": 1, "repo_source_path": 1, "repo_sha256": 1,
        "source_line_count": 1, "write_capable_surface": true, "requires_live_evidence": true,
        "required_owner_fields": []}]}"#,
    )
    .unwrap();
    let mut text = String::new();
    let mut ledger = super::LedgerWriter::new(&mut text);
    for _ in 0..2 {
        ledger.push_waiting(&surfaces.surfaces()[0]).unwrap();
    }
    let tally =
        ledger.finish(Inventory::parse(b"{}").unwrap(), surfaces, Stamp::new("t", "c")).unwrap();
    assert_eq!(tally.candidates(), 2);
    let error = LedgerDocument::parse(text.as_bytes()).unwrap_err();
    assert_eq!(error.path(), "$.acceptance_candidates[1]");
}

#[test]
fn a_ledger_knows_its_candidates_and_counts() {
    let security = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/inputs/kube-prometheus/docs/security");
    let requests =
        std::fs::read(security.join("monitoring-owner-request-draft.snapshot.json")).unwrap();
    let requests = OwnerRequests::parse(&requests).unwrap();
    let stamp = Stamp::new("2026-01-01", "0af9c1d");
    let ledger = Ledger::baseline(Inventory::parse(b"{}").unwrap(), requests, stamp);
    assert_eq!((ledger.entries().count(), ledger.tally().candidates()), (40, 40));
    assert_eq!(ledger.tally().write_capable(), 18);
    let mut text = String::new();
    assert_eq!(ledger.write_to(&mut text).unwrap(), ledger.tally());
    let document = LedgerDocument::parse(text.as_bytes()).unwrap();
    assert_eq!(
        (document.stamp().generated_at(), document.stamp().git_commit()),
        ("2026-01-01", "0af9c1d")
    );
}

/// A broken input gives an error with a place inside the text. It never panics.
#[test]
fn a_broken_input_is_refused_at_a_place() {
    proptest!(|(inputs in strategies::broken_inputs())| {
        let results = [
            (&inputs.inventory, Inventory::parse(inputs.inventory.as_bytes()).err()),
            (&inputs.owner_requests, OwnerRequests::parse(inputs.owner_requests.as_bytes()).err()),
        ];
        for (text, error) in results {
            if let Some(error) = error {
                let line = text.split('\n').nth(error.line() - 1);
                prop_assert!(line.is_some_and(|line| error.column() <= line.chars().count() + 1));
                prop_assert!(error.path().starts_with('$'));
            }
        }
    });
}
