//! The files that owners are asked about, and what a committed ledger and its journal must not contain.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::case::{Case, JOURNAL, LEDGER, RULES, TIME};
use crate::tool::{INVENTORY, OWNER_REQUESTS, stdout};

const SOURCE: &str = "prometheus/alert.rules";

/// Sets the source path of the rules to this value in both inputs.
fn respell(case: &Case, path: &Value) {
    for (file, key) in [(OWNER_REQUESTS, "request_drafts"), (INVENTORY, "surfaces")] {
        let bytes = std::fs::read(case.path().join(file)).unwrap();
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        let mut surfaces = document[key].as_array_mut().unwrap().iter_mut();
        surfaces.find(|surface| surface["surface_id"] == RULES).unwrap()["repo_source_path"] =
            path.clone();
        case.write(file, document.to_string());
    }
}

#[test]
fn a_source_is_found_by_one_spelling_or_is_missing() {
    let case = Case::new();
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    let absolute = case.path().join(SOURCE);
    for path in [
        json!("./prometheus/alert.rules"),
        json!("prometheus//alert.rules"),
        json!("prometheus/./alert.rules"),
        json!("prometheus/../prometheus/alert.rules"),
        json!("../x/prometheus/alert.rules"),
        json!("prometheus/alert.rules/"),
        json!(absolute),
        json!("prometheus/other.rules"),
        json!("docker-compose.yml/below"),
        json!("prometheus"),
        json!("Prometheus/alert.rules"),
        json!(""),
        json!(null),
        json!(["prometheus/alert.rules"]),
    ] {
        respell(&case, &path);
        case.commit_ledger();
        assert_eq!(case.codes(&[]), ["source_missing"], "{path}");
    }
    respell(&case, &json!(SOURCE));
    case.commit_ledger();
    case.write(SOURCE, "groups: []\n");
    assert_eq!(case.codes(&[]), ["source_differs"]);
    std::fs::remove_file(case.path().join(SOURCE)).unwrap();
    assert_eq!(case.codes(&[]), ["source_missing"]);
}

#[test]
fn a_link_is_not_a_source() {
    let case = Case::new();
    case.commit_ledger();
    let source = case.path().join(SOURCE);
    std::fs::rename(&source, case.path().join("moved.rules")).unwrap();
    symlink(case.path().join("moved.rules"), &source).unwrap();
    assert_eq!(case.codes(&[]), ["source_missing"]);
    std::fs::remove_file(&source).unwrap();
    std::fs::rename(case.path().join("moved.rules"), &source).unwrap();
    std::fs::rename(case.path().join("prometheus"), case.path().join("moved")).unwrap();
    symlink("moved", case.path().join("prometheus")).unwrap();
    // Two surfaces are in that folder.
    assert_eq!(case.codes(&[]), ["source_missing"; 2]);
}

#[test]
fn a_stamp_is_a_time_and_a_commit() {
    let case = Case::new();
    let token = ["ghp", "Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ1kL2"].join("_");
    for (time, commit, is_valid) in [
        (TIME, "unknown", true),
        (TIME, "0a1b2c3", true),
        ("2026-11-24T10:00:00Z", "0A", true),
        ("yesterday", "unknown", false),
        (token.as_str(), "unknown", false),
        ("", "unknown", false),
        (TIME, token.as_str(), false),
        (TIME, "", false),
        (TIME, "0a1b2c3\n", false),
        (TIME, "HEAD", false),
    ] {
        let (ledger, _) = case.run_to(0, &["generate", "--generated-at", TIME]);
        let mut ledger: Value = serde_json::from_str(&ledger).unwrap();
        ledger["generated_at"] = json!(time);
        ledger["git_commit"] = json!(commit);
        // serde_json writes the keys in the ledger's order and with the same indentation.
        case.write(LEDGER, format!("{ledger:#}\n"));
        let codes = case.codes(&[]);
        let expected: &[&str] = if is_valid { &[] } else { &["stamp_invalid"] };
        assert_eq!(codes, expected, "{time} {commit}");
        assert!(!stdout(&case.run(&["verify"])).contains(&token));
    }
}

#[test]
fn the_journal_of_a_retired_surface_holds_history_and_nothing_else() {
    let retire = |case: &Case| {
        for (file, key) in [(OWNER_REQUESTS, "request_drafts"), (INVENTORY, "surfaces")] {
            let bytes = std::fs::read(case.path().join(file)).unwrap();
            let mut document: Value = serde_json::from_slice(&bytes).unwrap();
            document[key].as_array_mut().unwrap().retain(|surface| surface["surface_id"] != RULES);
            case.write(file, document.to_string());
        }
        case.commit_ledger();
    };
    let case = Case::accepted();
    retire(&case);
    assert_eq!(case.codes(&[]), [""; 0]);
    let folder = case.surface_folder();
    let zeros = "0".repeat(64);
    for (file, code) in [
        ("passwords.txt".to_owned(), "orphan_document"),
        (format!("{zeros}.response.json"), "orphan_document"),
        (format!("{zeros}.review.json.sig"), "orphan_document"),
    ] {
        std::fs::write(folder.join(&file), "x").unwrap();
        assert_eq!(case.codes(&[]), [code], "{file}");
        std::fs::remove_file(folder.join(&file)).unwrap();
    }
    let response = &case.files(".response.json")[0];
    let kept = std::fs::read(response).unwrap();
    std::fs::write(response, "{}").unwrap();
    assert_eq!(case.codes(&[]), ["document_altered"]);
    std::fs::remove_file(response).unwrap();
    assert_eq!(case.codes(&[]), ["document_missing"]);
    std::fs::write(response, kept).unwrap();
    let events = std::fs::read_to_string(case.events()).unwrap();
    std::fs::write(case.events(), events.replacen("ready_for", "steady_for", 1)).unwrap();
    assert!(case.codes(&[]).contains(&"chain_broken".to_owned()));
    std::fs::write(case.events(), &events[..events.len() - 30]).unwrap();
    assert!(case.codes(&[]).contains(&"torn_event".to_owned()));
    std::fs::write(case.events(), events).unwrap();
    // No surface can have a folder with such a name.
    for name in ["notes", "x.00", "UPPER.00000000000000000000000000000000"] {
        let stray = case.path().join(JOURNAL).join(name);
        std::fs::create_dir(&stray).unwrap();
        assert_eq!(case.codes(&[]), ["orphan_document"], "{name}");
        std::fs::remove_dir(stray).unwrap();
    }
    assert_eq!(case.codes(&[]), [""; 0]);
}
