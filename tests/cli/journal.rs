//! `intake`, `review`, `replay`, `status` and `template --review`: the way of an answer through the journal.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::case::{Case, JOURNAL, LEDGER, RULES, TIME, folders};
use crate::tool::{names, stdout};

#[test]
fn an_answer_goes_its_way_from_intake_to_acceptance() {
    let case = Case::new();
    assert_eq!(case.row()["status"], "waiting_owner_response");
    case.answer("answer.json", 20, &[]);
    let (out, err) = case.run_to(0, &["intake", "answer.json"]);
    assert!(out.starts_with("answer.json: ready_for_monitoring_review\n"), "{out}");
    assert!(err.starts_with("recorded in docs/security/"), "{err}");
    // The next command is printed so that it can be pasted.
    let replay = format!("next: acceptance-ledger replay --output {LEDGER}\n");
    assert!(err.ends_with(&replay), "{err}");
    let row = case.row();
    assert_eq!(row["status"], "ready_for_monitoring_review");
    assert_eq!(row["reviewer_outcome"], "waiting_owner_response");
    assert_eq!(row["owner_role_or_team"], "平台組值班");
    assert_eq!(
        row["stale_alert_review"],
        "stale: clear; pending: clear; resolved_not_cleared: clear; source_stopped: clear"
    );
    assert_eq!(row["owner_response_received"], false);

    case.record("record.json", "owner_review_only_update", &[]);
    let (out, _) = case.run_to(0, &["review", "record.json"]);
    assert!(out.starts_with("record.json: waiting_runtime_gate\n"), "{out}");
    let row = case.row();
    assert_eq!(row["status"], "waiting_runtime_gate");
    assert_eq!(row["reviewer_outcome"], "owner_review_only_update");
    for flag in [
        "owner_response_received",
        "owner_response_accepted",
        "rollback_owner_accepted",
        "live_evidence_received",
    ] {
        assert_eq!(row[flag], true, "{flag}");
    }
    for flag in [
        "owner_response_rejected",
        "owner_response_quarantined",
        "supplement_requested",
        "request_sent",
        "runtime_gate",
        "prometheus_reload_authorized",
    ] {
        assert_eq!(row[flag], false, "{flag}");
    }
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);

    // A reviewer revokes the acceptance, and a later answer opens the review again.
    case.record("revoked.json", "receiver_receipt_gap_required", &[]);
    case.run_to(0, &["review", "revoked.json"]);
    let row = case.row();
    assert_eq!(row["status"], "receiver_receipt_gap_required");
    assert_eq!(
        (&row["owner_response_accepted"], &row["supplement_requested"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(row["owner_response_received"], true);
    case.answer("later.json", 21, &[]);
    case.run_to(0, &["intake", "later.json"]);
    assert_eq!(case.row()["owner_response_received"], false);
    // The events, two answers and two records.
    assert_eq!(names(&case.surface_folder()).len(), 1 + 4);
}

#[test]
fn the_history_of_a_surface_reads_well() {
    let case = Case::new();
    case.answer(
        "held.json",
        20,
        &[("rollback_owner", json!("TBD")), ("receiver_receipt_proof_ref", json!("it arrived"))],
    );
    case.run_to(1, &["intake", "held.json"]);
    case.record("hold.json", "receiver_receipt_gap_required", &[]);
    case.run_to(0, &["review", "hold.json"]);
    let (text, _) = case.run_to(0, &["status", RULES]);
    insta::assert_snapshot!("status_of_a_held_surface", without_times(&text));
    let (text, _) = case.run_to(0, &["status"]);
    insta::assert_snapshot!("status", text);
    let (text, _) = case.run_to(0, &["status", "--format", "json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["lanes"]["receiver_receipt_gap_required"], 1);
    assert_eq!(
        (&status["candidates"], &status["received"], &status["accepted"]),
        (&json!(12), &json!(1), &json!(0))
    );
    let (text, _) = case.run_to(0, &["status", RULES, "--format", "json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["events"][0]["who"], "Ada Owner");
    assert_eq!(status["events"][1]["reason"], "Compared with the readback.");
    assert_eq!(status["missing"][0]["field"], "/receiver_receipt_proof_ref");
    case.run_to(2, &["status", "no such surface"]);
}

/// Replaces each time in a text by `TIME` and each date by `DATE`, because they are those of the run.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.trim_end_matches(',').parse::<jiff::Timestamp>().is_ok();
    let is_date = |word: &str| word.parse::<jiff::civil::Date>().is_ok();
    let words = text.split(' ').map(|word| match word {
        time if is_time(time) => "TIME",
        date if is_date(date) => "DATE",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_template_of_a_record_is_for_the_latest_answer_and_decides_nothing() {
    let case = Case::new();
    let (_, err) = case.run_to(2, &["template", RULES, "--review"]);
    assert!(err.contains("no owner has answered"), "{err}");
    case.answer("held.json", 20, &[("rollback_owner", json!("TBD"))]);
    case.run_to(1, &["intake", "held.json"]);
    let (text, _) = case.run_to(0, &["template", RULES, "--review", "--output", "record.json"]);
    assert_eq!(text, "");
    let record: Value =
        serde_json::from_slice(&std::fs::read(case.path().join("record.json")).unwrap()).unwrap();
    assert_eq!(record["outcome"], "request_supplement");
    assert_eq!(record["checks"]["rollback_owner_present"], "fail");
    assert_eq!(record["checks"]["secret_value_absent"], Value::Null);
    let (_, err) = case.run_to(2, &["review", "record.json"]);
    assert!(err.contains("$.reviewer: expected the reviewer's name here"), "{err}");
}

#[test]
fn what_triage_withholds_is_nowhere() {
    let secret = "glsa_Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ_4be71c09";
    let case = Case::new();
    case.answer("secret.json", 20, &[("decision_reason", json!(format!("見 {secret}")))]);
    case.answer(
        "asks.json",
        21,
        &[("decision_reason", json!("Please reload Prometheus now, vodyanoy."))],
    );
    let mut shown = String::new();
    for (file, lane) in [
        ("secret.json", "quarantine_secret_or_raw_payload"),
        ("asks.json", "reject_execution_request"),
    ] {
        let (out, err) = case.run_to(1, &["intake", file, "--format", "json"]);
        let judged: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(judged[0]["lane"], lane);
        assert_eq!(judged[0]["response"], file);
        assert!(err.contains("nothing of the answer was kept"));
        let row = case.row();
        assert_eq!(row["status"], lane);
        assert_eq!(row["owner_role_or_team"], "pending_owner_response");
        shown +=
            &[out, err, case.run_to(0, &["status", RULES]).0, case.ledger().to_string()].concat();
    }
    assert_eq!(names(&case.surface_folder()), ["events.jsonl"]);
    case.record("hold.json", "reject_execution_request", &[]);
    case.run_to(0, &["review", "hold.json"]);
    let row = case.row();
    assert_eq!(
        (&row["owner_response_rejected"], &row["owner_response_received"]),
        (&json!(true), &json!(true))
    );
    case.commit_ledger();
    shown += stdout(&case.run(&["verify"]));
    shown += &std::fs::read_to_string(case.events()).unwrap();
    for part in [&secret[..20], "vodyanoy"] {
        assert!(!shown.contains(part));
    }
    // The same applies to a record, and the error must not repeat the secret.
    case.record(
        "told.json",
        "quarantine_secret_or_raw_payload",
        &[("reason", json!(format!("it said {secret}")))],
    );
    let before = std::fs::read(case.events()).unwrap();
    let (out, err) = case.run_to(1, &["review", "told.json"]);
    assert!(
        err.contains("/reason: The text contains a secret.") && !err.contains(&secret[..12]),
        "{err}"
    );
    assert_eq!(out, "");
    assert_eq!(std::fs::read(case.events()).unwrap(), before);
}

#[test]
fn a_reviewer_who_quarantines_withdraws_the_answer() {
    let case = Case::accepted();
    assert_eq!(case.files(".response.json").len(), 1);
    case.record("first.json", "receiver_receipt_gap_required", &[]);
    let (out, _) = case.run_to(0, &["review", "first.json", "--format", "json"]);
    let taken: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(taken[0]["record"], "first.json");
    assert_eq!(taken[0]["lane"], "receiver_receipt_gap_required");
    assert_eq!(taken[0]["withdrawn"], false);
    case.record("hold.json", "quarantine_secret_or_raw_payload", &[]);
    let (out, _) = case.run_to(0, &["review", "hold.json"]);
    assert!(out.contains("Rotate every secret that was in it: git history keeps"), "{out}");
    assert_eq!(case.files(".response.json").len(), 0);
    let row = case.row();
    assert_eq!(row["status"], "quarantine_secret_or_raw_payload");
    assert_eq!(row["owner_role_or_team"], "pending_owner_response");
    assert_eq!(
        (&row["owner_response_quarantined"], &row["rollback_owner_accepted"]),
        (&json!(true), &json!(false))
    );
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert!(case.run_to(0, &["status", RULES]).0.contains("withdrawn: the document was deleted"));
}

#[test]
fn what_is_refused_changes_nothing_and_says_why() {
    let case = Case::accepted();
    let journal = || {
        let folder = case.surface_folder();
        let files = names(&folder).into_iter();
        files
            .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
            .collect::<Vec<_>>()
    };
    let before = journal();
    case.answer("earlier.json", 19, &[]);
    case.answer("nobody.json", 22, &[("acceptance_candidate_id", json!("hunter2"))]);
    let other = "monitoring_owner_response_acceptance:grafana_dashboard:grafana/provisioning/dashboards/docker_host.json";
    let mut messages = Vec::new();
    let mut refuse = |code, args: &[&str]| messages.push(case.run_to(code, args).1);
    refuse(1, &["intake", "answer.json"]);
    refuse(1, &["intake", "earlier.json"]);
    refuse(2, &["intake", "nobody.json"]);
    refuse(1, &["review", "record.json"]);
    for (outcome, changes) in [
        ("owner_review_only_update", vec![]),
        ("ready_for_monitoring_review", vec![]),
        ("request_supplement", vec![("checks/rollback_owner_present", json!("pass"))]),
        ("request_supplement", vec![("checks/secret_value_absent", json!("not_applicable"))]),
        (
            "request_supplement",
            vec![("response_event", json!(format!("sha256:{}", "0".repeat(64))))],
        ),
        ("request_supplement", vec![("acceptance_candidate_id", json!(other))]),
    ] {
        case.record("refused.json", outcome, &changes);
        refuse(1, &["review", "refused.json"]);
    }
    case.record("refused.json", "request_supplement", &[("outcome", json!("hunter2"))]);
    refuse(2, &["review", "refused.json"]);
    assert_eq!(journal(), before);

    let ready = Case::new();
    ready.answer("answer.json", 20, &[]);
    ready.run_to(0, &["intake", "answer.json"]);
    for changes in [
        vec![("reviewer", json!(" ADA  owner"))],
        vec![("reviewer_kind", json!("automation"))],
        vec![("checks/rollback_owner_present", json!("fail"))],
        vec![("checks/rollback_owner_present", json!("not_applicable"))],
    ] {
        ready.record("refused.json", "owner_review_only_update", &changes);
        messages.push(ready.run_to(1, &["review", "refused.json"]).1);
    }
    assert_eq!(ready.row()["status"], "ready_for_monitoring_review");
    let messages = messages.concat();
    assert!(!messages.contains("hunter2"));
    insta::assert_snapshot!("refusals_of_the_journal", messages);
}

#[test]
fn every_file_is_worked_through() {
    let case = Case::new();
    case.answer("one.json", 20, &[]);
    case.write("broken.json", "{");
    case.answer_for(
        "two.json",
        "grafana_dashboard:grafana/provisioning/dashboards/docker_host.json",
        20,
        &[("rollback_owner", json!(1))],
    );
    let (out, err) = case.run_to(
        2,
        &["intake", "one.json", "broken.json", "absent.json", "two.json", "--format", "json"],
    );
    let judged: Vec<Value> = serde_json::from_str(&out).unwrap();
    let judged: Vec<_> = judged.iter().map(|one| one["response"].as_str().unwrap()).collect();
    assert_eq!(judged, ["one.json", "two.json"]);
    assert_eq!(err.matches("recorded in").count(), 2);
    assert_eq!(err.matches("error:").count(), 2);
    assert_eq!(folders(case.path()).len(), 2);
}

#[test]
fn without_events_replay_is_generate() {
    let case = Case::new();
    let (generated, last) = case.run_to(0, &["generate", "--generated-at", TIME]);
    let (replayed, same) = case.run_to(0, &["replay", "--generated-at", TIME]);
    assert!(generated == replayed && last == same);
    std::fs::create_dir_all(case.path().join(JOURNAL).join(format!("retired.{}", "0".repeat(32))))
        .unwrap();
    assert!(case.run_to(0, &["replay", "--generated-at", TIME]).0 == generated);
}

#[test]
fn a_broken_journal_makes_no_ledger_and_takes_no_step() {
    let case = Case::accepted();
    case.commit_ledger();
    let before = std::fs::read(case.path().join(LEDGER)).unwrap();
    let events = std::fs::read_to_string(case.events()).unwrap();
    std::fs::write(case.events(), events.replacen("ready_for", "steady_for", 1)).unwrap();
    let (out, err) = case.run_to(1, &["replay", "--output", LEDGER]);
    assert!(out.is_empty() && err.contains("events.jsonl:1:1: chain_broken: line 1"), "{err}");
    assert_eq!(std::fs::read(case.path().join(LEDGER)).unwrap(), before);
    case.answer("later.json", 22, &[]);
    let (_, err) = case.run_to(1, &["intake", "later.json"]);
    assert!(err.contains("chain_broken"), "{err}");
    assert!(case.run_to(1, &["status", RULES]).0.contains("chain_broken"));
    case.run_to(1, &["status"]);
}

#[test]
fn links_and_irregular_files_are_refused() {
    for plant in ["events.jsonl", "stray.json"] {
        let case = Case::accepted();
        let path = case.surface_folder().join(plant);
        if path.exists() {
            std::fs::rename(&path, case.path().join("moved")).unwrap();
            symlink(case.path().join("moved"), &path).unwrap();
        } else {
            std::fs::create_dir(&path).unwrap();
        }
        case.answer("later.json", 22, &[]);
        for args in [&["replay"][..], &["verify"], &["intake", "later.json"], &["status"]] {
            let (_, err) = case.run_to(2, args);
            assert!(err.contains("no symbolic links"), "{args:?}: {err}");
        }
    }
    let case = Case::new();
    std::fs::create_dir(case.path().join("elsewhere")).unwrap();
    symlink(case.path().join("elsewhere"), case.path().join(JOURNAL)).unwrap();
    case.answer("answer.json", 20, &[]);
    case.run_to(2, &["intake", "answer.json"]);
    assert_eq!(names(&case.path().join("elsewhere")), [""; 0]);
}

#[test]
fn the_next_step_removes_what_an_interrupted_one_left() {
    let case = Case::accepted();
    let orphan = case.surface_folder().join(format!("{}.response.json", "a".repeat(64)));
    std::fs::write(&orphan, "{}").unwrap();
    let mut events = std::fs::read(case.events()).unwrap();
    let whole = events.len();
    events.extend(b"{\"schema_version\":\"monitoring_jour");
    std::fs::write(case.events(), &events).unwrap();
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["torn_event", "orphan_document"]);
    case.answer("later.json", 22, &[]);
    case.run_to(0, &["intake", "later.json"]);
    assert!(!orphan.exists());
    let repaired = std::fs::read(case.events()).unwrap();
    assert_eq!(repaired[..whole], events[..whole]);
    assert!(repaired.ends_with(b"\"}\n"));
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_withdrawal_that_was_cut_off_is_finished_by_the_next_step_and_said() {
    for next in [["intake", "later.json"], ["review", "withdraw.json"]] {
        let case = Case::accepted();
        case.answer("later.json", 21, &[]);
        let answer = case.files(".response.json").remove(0);
        let signature = answer.with_extension("json.sig");
        let bytes = std::fs::read(&answer).unwrap();
        case.record("withdraw.json", "quarantine_secret_or_raw_payload", &[]);
        case.run_to(0, &["review", "withdraw.json"]);
        assert!(!answer.exists());
        // The step was cut off when it had written the event, but had not yet deleted the document and its signature.
        std::fs::write(&answer, bytes).unwrap();
        std::fs::write(&signature, "a signature").unwrap();
        case.commit_ledger();
        assert_eq!(case.codes(&[]), ["orphan_document"; 2]);
        assert_eq!(case.row()["status"], "quarantine_secret_or_raw_payload");
        // Filing the same record again is not a second step.
        let is_new = next[0] == "intake";
        let (_, err) = case.run_to(i32::from(!is_new), &next);
        let message = "finished an interrupted withdrawal: deleted docs/security/";
        assert!(
            err.contains(message) && err.contains("; rotate every secret that was in it\n"),
            "{err}"
        );
        assert!(is_new || err.contains("this record is already in the journal"), "{err}");
        assert!(!answer.exists() && !signature.exists());
        case.commit_ledger();
        assert_eq!(case.codes(&[]), [""; 0]);
        assert!(!case.run_to(0, &["status", RULES]).1.contains("finished"));
    }
}

#[test]
fn a_hold_that_was_cut_off_suspends_the_acceptance_and_its_removal_is_said() {
    let case = Case::accepted();
    let whole = std::fs::read(case.events()).unwrap();
    case.record("hold.json", "receiver_receipt_gap_required", &[]);
    let copy = Case::accepted();
    copy.record("hold.json", "receiver_receipt_gap_required", &[]);
    let before = std::fs::read(copy.events()).unwrap().len();
    copy.run_to(0, &["review", "hold.json"]);
    let held = std::fs::read(copy.events()).unwrap();
    for next in [["intake", "later.json"], ["review", "hold.json"]] {
        for end in [before + 1, held.len() - 40] {
            std::fs::write(case.events(), [&whole, &held[before..end]].concat()).unwrap();
            let step = Case::of(case.path());
            step.answer("later.json", 21, &[]);
            assert_eq!(step.row()["status"], "ready_for_monitoring_review");
            // The answer cannot be accepted again while the torn line is there.
            let again = [("reason", json!("Compared again."))];
            step.record("again.json", "owner_review_only_update", &again);
            let (_, err) = step.run_to(1, &["review", "again.json"]);
            assert!(err.contains("it may have ended the acceptance"), "{err}");
            step.commit_ledger();
            assert_eq!(step.codes(&[]), ["torn_event"]);
            let (_, err) = step.run_to(0, &next);
            assert!(err.contains("removed a torn line from docs/security/"), "{err}");
            assert_ne!(step.row()["owner_response_accepted"], true);
            step.commit_ledger();
            assert_eq!(step.codes(&[]), [""; 0]);
        }
    }
}

#[test]
fn a_journal_whose_events_are_gone_is_broken_and_keeps_its_documents() {
    let case = Case::accepted();
    case.commit_ledger();
    std::fs::remove_file(case.events()).unwrap();
    let before = names(&case.surface_folder());
    assert_eq!(case.codes(&[]), ["orphan_document", "orphan_document", "chain_broken"]);
    case.answer("later.json", 22, &[]);
    let (_, err) = case.run_to(1, &["intake", "later.json"]);
    assert!(err.contains("lines are missing here"), "{err}");
    assert_eq!(names(&case.surface_folder()), before);
}

#[test]
fn the_ledger_is_not_written_over_what_it_is_made_from() {
    let case = Case::accepted();
    let events = case.events();
    let before = std::fs::read(&events).unwrap();
    for target in [crate::tool::INVENTORY, crate::tool::OWNER_REQUESTS, events.to_str().unwrap()] {
        let (_, err) = case.run_to(2, &["replay", "--output", target]);
        assert!(err.contains("is an input of the ledger or a file of its journal"), "{err}");
    }
    assert_eq!(std::fs::read(&events).unwrap(), before);
}

#[test]
fn a_document_of_the_other_kind_is_told() {
    let case = Case::accepted();
    let (_, err) = case.run_to(2, &["review", "answer.json"]);
    assert!(err.contains("this is an owner response, not") && err.contains("intake"), "{err}");
    for command in ["intake", "triage"] {
        let (_, err) = case.run_to(2, &[command, "record.json"]);
        assert!(err.contains("this is a reviewer record, not") && err.contains("review"), "{err}");
    }
}

#[test]
fn status_lists_the_surfaces_that_are_asked_for() {
    let case = Case::accepted();
    let (text, _) = case.run_to(0, &["status", "--waiting-on", "nobody"]);
    assert!(text.starts_with("Waiting on nobody (1), accepted until\n"), "{text}");
    assert!(text.contains(RULES) && text.contains("1 of 12 surfaces are listed."), "{text}");
    let (text, _) =
        case.run_to(0, &["status", "--format", "json", "--lane", "waiting_runtime_gate"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    let rows = status["surfaces"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["surface_id"], &rows[0]["waiting_on"]), (&json!(RULES), &json!("nobody")));
    // The counts are of all surfaces, whatever is listed.
    assert_eq!((&status["candidates"], &status["accepted"]), (&json!(12), &json!(1)));
    let (text, _) = case.run_to(0, &["status", "--format", "csv"]);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("surface_id,lane,waiting_on,why,owner,"), "{text}");
    assert_eq!(lines.len(), 13);
    assert!(lines.iter().any(|line| line.starts_with(&format!("{RULES},waiting_runtime_gate,nobody,accepted,"))), "{text}");
    case.run_to(2, &["status", "--lane", "no_such_lane"]);
    case.run_to(2, &["status", RULES, "--format", "csv"]);
}

#[test]
fn an_answer_whose_time_could_not_be_read_back_is_not_stored() {
    let case = Case::accepted();
    let before = std::fs::read(case.events()).unwrap();
    for time in [
        "0000-01-01T00:00:00+23:59",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "2026-11-30",
        "soon",
    ] {
        case.answer("odd.json", 20, &[("responded_at", json!(time))]);
        let (_, err) = case.run_to(1, &["intake", "odd.json"]);
        assert!(
            err.contains("responded_at of the answer is missing or is not an RFC 3339 time"),
            "{err}"
        );
        assert_eq!(std::fs::read(case.events()).unwrap(), before);
    }
    case.run_to(0, &["replay", "--output", LEDGER]);
    // If such an answer contains a secret, its findings are still recorded.
    let secret = json!(["glsa", "Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ", "4be71c09"].join("_"));
    case.answer("odd.json", 20, &[("responded_at", json!("soon")), ("decision_reason", secret)]);
    case.run_to(1, &["intake", "odd.json"]);
    assert_eq!(case.row()["status"], "quarantine_secret_or_raw_payload");
}

/// Two branches that run `replay` at different times must not conflict about the time.
#[test]
fn a_replay_leaves_a_ledger_of_which_only_the_stamp_would_change() {
    let case = Case::accepted();
    let ledger = case.path().join(LEDGER);
    case.commit_ledger();
    let before = std::fs::read(&ledger).unwrap();
    let (_, err) = case.run_to(0, &["replay", "--output", LEDGER]);
    assert!(err.contains("is up to date; nothing was written"), "{err}");
    assert!(err.contains("MONITORING_OWNER_RESPONSE_ACCEPTANCE_OK candidates=12"), "{err}");
    assert_eq!(std::fs::read(&ledger).unwrap(), before);
    // With a time, the ledger is written.
    case.run_to(0, &["replay", "--output", LEDGER, "--generated-at", "2026-11-24T11:00:00+08:00"]);
    assert_ne!(std::fs::read(&ledger).unwrap(), before);
    // With another answer, it is written.
    case.answer("later.json", 22, &[]);
    case.run_to(0, &["intake", "later.json"]);
    case.run_to(0, &["replay", "--output", LEDGER]);
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// An old ledger may show an acceptance that has ended since. Then more than the stamp changes.
#[test]
fn a_replay_does_not_leave_a_ledger_that_shows_an_acceptance_that_ended() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let [reviewed, soon] = crate::case::times_around_now(60, 2);
    let times = [("reviewed_at", json!(reviewed)), ("valid_until", json!(soon))];
    case.record("record.json", "accept", &times);
    case.run_to(0, &["review", "record.json"]);
    let stamp = ["replay", "--output", LEDGER, "--generated-at", &reviewed];
    let accepted = || {
        let ledger = std::fs::read(case.path().join(LEDGER)).unwrap();
        let ledger: Value = serde_json::from_slice(&ledger).unwrap();
        ledger["summary"]["owner_response_accepted_count"].as_u64()
    };
    case.run_to(0, &stamp);
    assert_eq!(accepted(), Some(1));
    std::thread::sleep(std::time::Duration::from_secs(3));
    for command in [&["replay", "--output", LEDGER][..], &["init"]] {
        case.run_to(0, &stamp);
        case.run_to(0, command);
        assert_eq!(accepted(), Some(0), "{command:?}");
    }
}

/// After a withdrawal that was interrupted, or a checkout from git, the document of the withdrawn answer may be there. Its
/// texts are not shown and not copied.
#[test]
fn a_withdrawn_answer_that_is_still_there_is_not_shown() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let document = case.files(".response.json")[0].clone();
    let bytes = std::fs::read(&document).unwrap();
    case.record("withdraw.json", "quarantine_secret_or_raw_payload", &[]);
    case.run_to(0, &["review", "withdraw.json"]);
    std::fs::write(&document, bytes).unwrap();
    for args in
        [&["status", RULES][..], &["status", RULES, "--format", "json"], &["report"], &["status"]]
    {
        let (text, _) = case.run_to(0, args);
        assert!(!text.contains("Ada Owner") && !text.contains("平台組"), "{args:?}: {text}");
        assert!(!text.contains("--like last"), "{args:?}: {text}");
    }
    let (_, err) = case.run_to(2, &["template", RULES, "--like", "last"]);
    assert!(err.contains("no answer for this surface is stored"), "{err}");
}
