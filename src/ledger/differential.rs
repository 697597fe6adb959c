//! `generate` against the generator that it replaces.
//!
//! The reference runs where `ACCEPTANCE_REFERENCE` names it; golden files stand in elsewhere.

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

/// What the reference writes for the inputs; `None` where it fails.
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
        let folder = root.join("examples").join(name).join(security);
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

/// Broken inputs give an error with a place inside the text, and no panic.
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
