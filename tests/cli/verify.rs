//! `verify`: it finds each code, reports it with its place and the next step, and reports nothing else.

use acceptance_ledger::Digest;
use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, JOURNAL, LEDGER, RULES, TIME};
use crate::tool::{INVENTORY, OWNER_REQUESTS, names, stderr, stdout};

/// The file of the rules.
const SOURCE: &str = "prometheus/alert.rules";

/// Replaces the first occurrence of a text in a file.
fn edit(case: &Case, file: &str, from: &str, to: &str) {
    let path = case.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_ledger_that_is_what_the_journal_makes_is_ok() {
    let case = Case::accepted();
    case.commit_ledger();
    let output = case.run(&["verify"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(stdout(&output), "OK: 12 candidates, runtime_gate=0\n");
    assert!(stderr(&output).contains("history not checked"));
    assert!(stderr(&output).contains("signatures not checked"));
    assert_eq!(stderr(&case.run(&["verify", "--quiet"])), "");
}

#[test]
fn nothing_is_never_ok() {
    let case = Case::new();
    assert_eq!(case.codes(&[]), ["ledger_missing"]);
    case.write(OWNER_REQUESTS, r#"{"required_owner_fields": []}"#);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["unlisted_surface"; 12]);
    case.write(INVENTORY, r#"{"summary": {"surface_count": 3}}"#);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["unlisted_surface"]);
    case.write(INVENTORY, r#"{"surfaces": [{"label": "x"}]}"#);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["unlisted_surface"]);
    case.write(INVENTORY, "{}");
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.run(&["verify", "--ledger", "other.json"]).status.code(), Some(1));
}

/// Changes the values of the committed ledger, one at a time.
#[test]
fn every_edited_key_of_the_ledger_is_told() {
    let case = Case::accepted();
    case.commit_ledger();
    let text = std::fs::read_to_string(case.path().join(LEDGER)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // The lines around the row of the rules, and everything after the candidates.
    let row =
        lines.iter().position(|line| line.contains(&format!("surface_id\": \"{RULES}"))).unwrap();
    let after = lines.iter().position(|line| *line == "  ],").unwrap();
    let mut count = 0;
    let mut gates = 0;
    for index in (row - 30..row + 30).chain(after..lines.len()) {
        let line = lines[index];
        let Some((key, value)) = line.split_once("\": ") else { continue };
        // `verify` takes these two values from the ledger itself. A line that only opens a bracket has no value.
        if key.ends_with("generated_at")
            || key.ends_with("git_commit")
            || value.ends_with(['{', '['])
        {
            continue;
        }
        let changed = match value.trim_end_matches(',') {
            "true" => value.replace("true", "false"),
            "false" => value.replace("false", "true"),
            other if other.starts_with('"') => value.replacen('"', "\"x", 1),
            other => value.replacen(other, "77", 1),
        };
        let edited = format!("{key}\": {changed}");
        let mut tampered = lines.clone();
        tampered[index] = &edited;
        case.write(LEDGER, format!("{}\n", tampered.join("\n")));
        let codes = case.codes(&[]);
        assert!(codes.contains(&"ledger_bytes_differ".to_owned()), "{edited}: {codes:?}");
        gates += usize::from(codes.contains(&"gate_not_false".to_owned()));
        count += 1;
    }
    assert!(count > 120 && gates > 40, "{count} edits, {gates} gates");
}

#[test]
fn each_finding_has_its_place_and_its_next_step() {
    let case = Case::accepted();
    case.commit_ledger();
    edit(&case, LEDGER, "\"runtime_gate\": false", "\"runtime_gate\": true");
    edit(
        &case,
        LEDGER,
        "\"owner_response_accepted_count\": 1",
        "\"owner_response_accepted_count\": 2",
    );
    // The file of the rules is no longer the one that its owner is asked about.
    case.write(SOURCE, "groups: []\n");
    edit(&case, INVENTORY, "\"label\": \"config.yml\"", "\"label\": \"hosts.yml\"");
    std::fs::write(case.surface_folder().join("note.txt"), "x").unwrap();
    std::fs::write(case.path().join(JOURNAL).join("README"), "x").unwrap();
    let retired = format!("retired.{}", "0".repeat(32));
    std::fs::create_dir(case.path().join(JOURNAL).join(retired)).unwrap();
    assert_eq!(
        case.codes(&[]),
        [
            "draft_differs_from_inventory",
            "source_differs",
            "orphan_document",
            "orphan_document",
            "gate_not_false",
            "count_mismatch",
            "ledger_bytes_differ",
        ]
    );
    let output = case.run(&["verify"]);
    assert!(
        stderr(&output).contains("this journal belongs to a surface without an owner request"),
        "{}",
        stderr(&output)
    );
    insta::assert_snapshot!("verify_human", stdout(&output));
    for format in ["json", "github", "sarif"] {
        let output = case.run(&["verify", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        let shown = stdout(&output).replace(&version, "\"version\": \"…\"");
        insta::assert_snapshot!(format!("verify_{format}"), shown);
    }
}

#[test]
fn a_broken_journal_is_told_without_a_ledger_that_differs_on_top() {
    for (end, change, code) in [
        ("events.jsonl", "break", "chain_broken"),
        (".response.json", "alter", "document_altered"),
        (".response.json", "remove", "document_missing"),
        (".review.json", "remove", "document_missing"),
    ] {
        let case = Case::accepted();
        case.commit_ledger();
        let file = &case.files(end)[0];
        if change == "remove" {
            std::fs::remove_file(file).unwrap();
        } else {
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, text.replacen("monitoring", "monitorinq", 1)).unwrap();
        }
        assert_eq!(case.codes(&[]), [code], "{end} {change}");
    }
}

#[test]
fn a_changed_source_waits_again_and_its_revert_revives_the_answer() {
    let case = Case::accepted();
    case.commit_ledger();
    let draft = std::fs::read_to_string(case.path().join(OWNER_REQUESTS)).unwrap();
    let inventory = std::fs::read_to_string(case.path().join(INVENTORY)).unwrap();
    let sha256 = case.row()["repo_sha256"].as_str().unwrap().to_owned();
    let rules = std::fs::read_to_string(case.path().join(SOURCE)).unwrap();
    let changed = rules.replacen("for: 15m", "for: 20m", 1);
    let other = Digest::of(changed.as_bytes()).hex();
    assert_ne!(sha256, other);
    case.write(SOURCE, changed);
    case.write(OWNER_REQUESTS, draft.replace(&sha256, &other));
    case.write(INVENTORY, inventory.replace(&sha256, &other));
    assert_eq!(case.row()["status"], "waiting_owner_response");
    assert_eq!(case.codes(&[]), ["ledger_bytes_differ"]);
    case.write(SOURCE, rules);
    case.write(OWNER_REQUESTS, draft);
    case.write(INVENTORY, inventory);
    assert_eq!(case.row()["status"], "waiting_runtime_gate");
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_request_that_asks_for_more_holds_what_was_accepted() {
    let case = Case::accepted();
    case.commit_ledger();
    let draft = std::fs::read_to_string(case.path().join(OWNER_REQUESTS)).unwrap();
    case.write(
        OWNER_REQUESTS,
        draft.replace("\"decision_reason\",", "\"decision_reason\", \"on_call_phone\","),
    );
    assert_eq!(case.codes(&[]), ["lane_too_lenient", "ledger_bytes_differ"]);
    let row = case.row();
    assert_eq!(row["status"], "request_supplement");
    assert_eq!(row["owner_response_accepted"], false);
    let (_, err) = case.run_to(0, &["replay", "--generated-at", TIME]);
    assert!(err.contains("lane_too_lenient"), "{err}");
}

/// Changes the surface of the dashboard in one of the inputs.
fn change_dashboard(case: &Case, file: &str, change: impl FnOnce(&mut Value)) {
    let bytes = std::fs::read(case.path().join(file)).unwrap();
    let mut document: Value = serde_json::from_slice(&bytes).unwrap();
    let key = if file == INVENTORY { "surfaces" } else { "request_drafts" };
    let mut surfaces = document[key].as_array_mut().unwrap().iter_mut();
    change(surfaces.find(|one| one["surface_id"] == DASHBOARD).unwrap());
    case.write(file, document.to_string());
}

#[test]
fn a_surface_that_asks_for_more_takes_back_a_record_and_goes_on() {
    let case = Case::new();
    case.answer_for("answer.json", DASHBOARD, 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let skipped = ("checks/reload_owner_present", json!("not_applicable"));
    case.record_for("record.json", DASHBOARD, "owner_review_only_update", &[skipped]);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    change_dashboard(&case, OWNER_REQUESTS, |draft| {
        draft["required_owner_fields"].as_array_mut().unwrap().push(json!("reload_owner"));
    });
    assert_eq!(case.codes(&[]), ["lane_too_lenient", "lane_too_lenient", "ledger_bytes_differ"]);
    let (text, _) = case.run_to(0, &["status", DASHBOARD]);
    assert!(text.contains("\n  request_supplement, waiting on the owner"), "{text}");
    assert!(text.contains("today       triaged   request_supplement  <- now"), "{text}");
    // The owner answers again, and `verify` finds nothing.
    case.answer_for("again.json", DASHBOARD, 21, &[("reload_owner", json!("the platform team"))]);
    case.run_to(0, &["intake", "again.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// An answer is given for what the request says about the surface. If any of that changes, the answer no longer counts.
#[test]
fn an_acceptance_does_not_outlive_what_was_said_of_its_surface() {
    let case = Case::new();
    case.answer_for("answer.json", DASHBOARD, 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    case.record_for("record.json", DASHBOARD, "owner_review_only_update", &[]);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    let inputs = [OWNER_REQUESTS, INVENTORY]
        .map(|file| (file, std::fs::read(case.path().join(file)).unwrap()));
    for (key, value) in [
        ("write_capable_surface", json!(true)),
        ("requires_live_evidence", json!(true)),
        ("label", json!("another")),
        ("expected_scope", json!(null)),
        ("config_kind", json!("prometheus_rules")),
        ("observability_scope", json!("another")),
    ] {
        for (file, _) in &inputs {
            change_dashboard(&case, file, |surface| surface[key] = value.clone());
        }
        assert_eq!(case.codes(&[]), ["ledger_bytes_differ"], "{key}");
        let (text, _) = case.run_to(0, &["status", DASHBOARD]);
        assert!(text.contains("\n  waiting_owner_response, waiting on the owner"), "{text}");
        assert!(text.contains("The surface changed after its answer of "), "{text}");
        // After a revert, the answer counts again.
        for (file, bytes) in &inputs {
            case.write(file, bytes);
        }
        assert_eq!(case.codes(&[]), [""; 0]);
    }
}

#[test]
fn a_hold_that_is_recorded_answers_stricter_rules() {
    let case = Case::accepted();
    let draft = std::fs::read_to_string(case.path().join(OWNER_REQUESTS)).unwrap();
    let more = draft.replace("\"decision_reason\",", "\"decision_reason\", \"on_call_phone\",");
    case.write(OWNER_REQUESTS, more);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["lane_too_lenient"]);
    case.record("hold.json", "request_supplement", &[]);
    case.run_to(0, &["review", "hold.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_rewritten_history_is_told() {
    let case = Case::accepted();
    case.commit_ledger();
    case.commit_all();
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    // Adding an event does not rewrite history. A withdrawal does not rewrite it, either.
    case.record("hold.json", "quarantine_secret_or_raw_payload", &[]);
    case.run_to(0, &["review", "hold.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    assert!(stderr(&case.run(&["verify"])).contains("history not checked"));
    assert!(!stderr(&case.run(&["verify", "--since", "HEAD"])).contains("history not checked"));

    let case = Case::accepted();
    case.commit_ledger();
    case.commit_all();
    let folder = case.surface_folder();
    let kept: Vec<_> = names(&folder)
        .into_iter()
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
        .collect();
    let attributes = case.path().join(JOURNAL).join(".gitattributes");
    let no_conversion = std::fs::read(&attributes).unwrap();
    let restore =
        || kept.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
    // The whole journal is gone, as if no owner had ever answered.
    std::fs::remove_dir_all(case.path().join(JOURNAL)).unwrap();
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.codes(&["--since", "HEAD"]), ["history_rewritten"; 3]);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&attributes, no_conversion).unwrap();
    restore();
    // The last event and its record are gone.
    let (_, events) = kept.iter().find(|(name, _)| name == "events.jsonl").unwrap();
    let first = events.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    std::fs::write(case.events(), &events[..first]).unwrap();
    std::fs::remove_file(&case.files(".review.json")[0]).unwrap();
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.codes(&["--since", "HEAD"]), ["history_rewritten"; 2]);
    restore();
    case.commit_ledger();
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    // In the revision, the last event lacks its line break. Afterwards it is gone.
    let whole = std::fs::read(case.events()).unwrap();
    std::fs::write(case.events(), &whole[..whole.len() - 1]).unwrap();
    // The revision also has a file that no event names.
    let orphan = folder.join(format!("{}.review.json", "a".repeat(64)));
    std::fs::write(&orphan, "{}").unwrap();
    case.commit_all();
    std::fs::remove_file(&orphan).unwrap();
    assert_eq!(case.codes(&["--since", "HEAD"]), ["torn_event"]);
    std::fs::write(case.events(), &events[..first]).unwrap();
    assert!(case.codes(&["--since", "HEAD"]).contains(&"history_rewritten".to_owned()));
    std::fs::write(case.events(), &whole).unwrap();
    for revision in ["nowhere", "--output=x", "HEAD:docs"] {
        let (_, err) = case.run_to(2, &["verify", &format!("--since={revision}")]);
        assert!(err.contains("git cannot find this revision"), "{err}");
    }
    let outside = Case::new();
    assert!(outside.run_to(2, &["verify", "--since", "HEAD"]).1.contains("not a git work tree"));
}

#[test]
fn a_hold_by_automation_moves_nothing_forward() {
    let case = Case::accepted();
    case.record(
        "hold.json",
        "receiver_receipt_gap_required",
        &[("reviewer_kind", json!("automation"))],
    );
    case.run_to(0, &["review", "hold.json"]);
    let row = case.row();
    assert_eq!(row["status"], "receiver_receipt_gap_required");
    assert_eq!(row["reviewer_outcome"], "receiver_receipt_gap_required");
    for flag in [
        "owner_response_received",
        "owner_response_accepted",
        "rollback_owner_accepted",
        "live_evidence_received",
    ] {
        assert_eq!(row[flag], Value::Bool(false), "{flag}");
    }
    assert_eq!(row["supplement_requested"], true);
}
