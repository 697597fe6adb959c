//! `template`, `triage`, `explain` and `schema`: an owner answers, and triage judges the answer.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::case::{RULES, filled_in};
use crate::tool::{
    copy_of, example, golden, golden_inputs, names, repository, stderr, stdout, tool, write,
};

fn triage(folder: &Path, args: &[&str]) -> Output {
    tool(folder).arg("triage").args(args).output().unwrap()
}

/// Copies the example, and adds a ready answer and one with many problems.
fn answers() -> tempfile::TempDir {
    let folder = copy_of(&example());
    let mut answer = filled_in(&example(), RULES);
    write(folder.path(), "ready.json", Value::from(answer.clone()).to_string());
    answer.insert("decision_reason".into(), json!("理由：密碼：hunter2x"));
    answer.insert("followup_owner".into(), json!("Please reload Prometheus."));
    answer.insert("receiver_receipt_proof_ref".into(), json!("it arrived"));
    answer.insert("hunter2x".into(), json!("x"));
    answer.remove("maintenance_window");
    answer.remove("incident_context_ref");
    write(folder.path(), "wrong.json", format!("{:#}", Value::from(answer)));
    folder
}

#[test]
fn a_template_that_is_filled_in_is_ready_for_every_surface() {
    for (root, count) in [(example(), 12), (golden_inputs("kube-prometheus"), 40)] {
        let folder = copy_of(&root);
        let draft = std::fs::read(folder.path().join(crate::tool::OWNER_REQUESTS)).unwrap();
        let draft: Value = serde_json::from_slice(&draft).unwrap();
        let drafts = draft["request_drafts"].as_array().unwrap();
        let files: Vec<_> = drafts
            .iter()
            .enumerate()
            .map(|(index, draft)| {
                let answer = filled_in(&root, draft["surface_id"].as_str().unwrap());
                let file = format!("{index}.json");
                write(folder.path(), &file, Value::from(answer).to_string());
                file
            })
            .collect();
        assert_eq!(files.len(), count);
        let files: Vec<_> = files.iter().map(String::as_str).collect();
        let output = triage(folder.path(), &files);
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    }
}

#[test]
fn an_untouched_template_is_told_all_that_is_missing() {
    let folder = copy_of(&example());
    let output = tool(folder.path())
        .args(["template", RULES, "--decision", "confirm_after_incident", "--output", "new/a.json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let new = folder.path().join("new");
    assert_eq!(names(&new), ["a.json", "monitoring_owner_response_v1.schema.json"]);
    let template: Value =
        serde_json::from_slice(&std::fs::read(new.join("a.json")).unwrap()).unwrap();
    assert!(new.join(template["$schema"].as_str().unwrap()).is_file());
    assert_eq!(template["decision"], "confirm_after_incident");

    let output = triage(folder.path(), &["--format", "json", "new/a.json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(found[0]["lane"], "incident_recovery_backfill_required");
    let fields: Vec<_> =
        found[0]["findings"].as_array().unwrap().iter().map(|finding| &finding["field"]).collect();
    for (key, value) in template.as_object().unwrap() {
        fn is_blank(value: &Value) -> bool {
            match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.values().all(is_blank),
                _ => false,
            }
        }
        let is_blank = is_blank(value);
        assert_eq!(fields.contains(&&json!(format!("/{key}"))), is_blank, "{key}");
    }
}

#[test]
fn a_template_never_replaces_an_answer() {
    let folder = answers();
    let before = std::fs::read(folder.path().join("ready.json")).unwrap();
    let output =
        tool(folder.path()).args(["template", RULES, "--output", "ready.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: cannot write ready.json: the file already exists"));
    assert_eq!(std::fs::read(folder.path().join("ready.json")).unwrap(), before);
    assert!(!names(folder.path()).iter().any(|name| name.starts_with('.')));
}

#[test]
fn what_is_wrong_is_said_in_plain_words() {
    let folder = answers();
    let output = triage(folder.path(), &["ready.json", "wrong.json"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("triage_human", stdout(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn programs_read_the_same() {
    let folder = answers();
    for format in ["json", "github", "sarif"] {
        let output = triage(folder.path(), &["ready.json", "wrong.json", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        let shown = stdout(&output).replace(&version, "\"version\": \"…\"");
        insta::assert_snapshot!(format!("triage_{format}"), shown);
    }
}

#[test]
fn every_file_is_worked_through_and_an_unreadable_one_weighs_most() {
    let folder = answers();
    let path = folder.path();
    write(
        path,
        "broken.json",
        r#"{"schema_version": "monitoring_owner_response_v1", "hunter2x": }"#,
    );
    write(
        path,
        "twice.json",
        r#"{"schema_version": "monitoring_owner_response_v1", "decision": 1, "d\u0065cision": 2}"#,
    );
    write(path, "old.json", r#"{"schema_version": "hunter2x"}"#);
    write(path, "none.json", r#"{"decision": "hunter2x"}"#);
    write(path, "large.json", format!("{{\"decision\": \"{}\"}}", "x".repeat(256 * 1024)));
    write(
        path,
        "whose.json",
        "{\"schema_version\": \"monitoring_owner_response_v1\",\n \"acceptance_candidate_id\": \"hunter2x\"}",
    );
    let files = [
        "broken.json",
        "twice.json",
        "ready.json",
        "old.json",
        "none.json",
        "large.json",
        "whose.json",
        "absent.json",
        "wrong.json",
    ];
    let output = triage(path, &[&files[..], &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!("triage_errors", stderr(&output));
    let judged: Vec<Value> = serde_json::from_str(stdout(&output)).unwrap();
    let judged: Vec<_> = judged.iter().map(|one| one["response"].as_str().unwrap()).collect();
    assert_eq!(judged, ["ready.json", "wrong.json"]);
    assert!(!stdout(&output).contains("hunter2x") && !stderr(&output).contains("hunter2x"));
}

#[test]
fn a_secret_is_nowhere_in_what_the_tool_prints() {
    let folder = copy_of(&example());
    let clean = filled_in(&example(), RULES);
    let secret = "glsa_Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ_4be71c09";
    let mut files = Vec::new();
    let mut plant = |text: String| {
        let file = format!("{}.json", files.len());
        write(folder.path(), &file, text);
        files.push(file);
    };
    for key in clean.keys() {
        let mut answer = clean.clone();
        answer.insert(key.clone(), json!(format!("見 {secret}")));
        let text = Value::from(answer).to_string();
        plant(text.clone());
        // The first one ends inside the secret, the second one before the closing brace.
        plant(text.split_at(text.find(secret).unwrap() + 12).0.to_owned());
        plant(text.trim_end_matches('}').to_owned());
    }
    for value in [json!({secret: 1}), json!([[secret]]), json!([{"a": {secret: secret}}])] {
        let mut answer = clean.clone();
        answer.insert("rollback_owner".into(), value.clone());
        answer.insert(secret.into(), value);
        plant(Value::from(answer).to_string());
    }
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    for format in ["human", "json", "github", "sarif"] {
        let output = triage(folder.path(), &[&files[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(2));
        let shown = [stdout(&output), stderr(&output)].concat();
        assert!(shown.contains("secret_value"));
        for part in [secret, "Qm7xV2bN9cR4tY6wE1uI3oP5s", "glsa_Qm7xV2b"] {
            assert!(
                !shown.contains(part),
                "{format}: the output repeats {} characters of the secret",
                part.len()
            );
        }
    }
}

#[test]
fn every_kind_of_word_is_explained() {
    let explain = |id: &str| tool(repository()).args(["explain", id]).output().unwrap();
    for id in [
        "receiver_receipt_gap_required",
        "secret_value_absent",
        "secret_value",
        "telegram_send",
        "runtime_gate",
    ] {
        let output = explain(id);
        assert!(output.status.success());
        insta::assert_snapshot!(format!("explain_{id}"), stdout(&output));
    }
    let output = explain("secret_valeu");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output), "error: unknown word\n  next: try secret_value\n");
}

#[test]
fn documents_are_what_their_schemas_say() {
    let validator = |name: &str| {
        let output = tool(repository()).args(["schema", name]).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let schema: Value = serde_json::from_str(stdout(&output)).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
    };
    let read =
        |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let inputs = ["dockprom", "kube-prometheus"].map(golden_inputs);
    for root in inputs.into_iter().chain([example()]) {
        assert!(validator("inventory").is_valid(&read(root.join(crate::tool::INVENTORY))));
        assert!(
            validator("owner-requests").is_valid(&read(root.join(crate::tool::OWNER_REQUESTS)))
        );
    }
    for name in ["dockprom", "kube-prometheus"] {
        let ledger: Value = serde_json::from_str(&golden(name)).unwrap();
        assert!(validator("ledger").is_valid(&ledger));
        let mut opened = ledger.clone();
        opened["acceptance_candidates"][0]["runtime_gate"] = json!(true);
        assert!(!validator("ledger").is_valid(&opened));
    }
    let response = validator("response");
    let answer = Value::from(filled_in(&example(), RULES));
    assert!(response.is_valid(&answer));
    // An editor must find no error in an empty form.
    for surface in [RULES, "docker_host.json", "docker-compose.yml"] {
        let args = ["template", surface, "--format", "json"];
        let output = tool(&example()).args(args).output().unwrap();
        let form: Value = serde_json::from_str(stdout(&output)).unwrap();
        let errors: Vec<_> =
            response.iter_errors(&form).map(|error| error.instance_path().to_string()).collect();
        assert_eq!(errors, [""; 0], "{surface}");
    }
    for (key, value) in [
        ("decision", json!("looks good")),
        ("live_config_hash_ref", json!("it is fine")),
        ("not_approval", json!(false)),
        ("responded_at", json!("yesterday")),
        ("runtime_gate", json!(false)),
        ("reload_owner", json!(1)),
        ("receiver_receipt_proof_ref", json!("commit:0af9c1d")),
        ("validation_plan", json!({"rout": "as before"})),
        ("stale_alert_review", json!({"stale": "fine"})),
        ("false_green_risk_review", json!({"health_rests_on": ["luck"]})),
        ("not_applicable", json!({"reason": "none", "fields": ["hunter2"]})),
    ] {
        let mut changed = answer.clone();
        changed[key] = value;
        assert!(!response.is_valid(&changed), "{key}");
    }
}
