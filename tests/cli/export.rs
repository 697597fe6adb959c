//! `export`: rows for engines. They have the columns of their schema, in a fixed order, and no text of an answer but
//! names and refs.

use acceptance_ledger::RuntimeGate;
use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, LEDGER, RULES, times_around_now};
use crate::schemas::fits_exactly;

const KINDS: [&str; 3] = ["candidates", "events", "findings"];

/// The rows that `export` prints, each as its text and as JSON.
fn rows(case: &Case, code: i32, args: &[&str]) -> Vec<(String, Value)> {
    let (out, _) = case.run_to(code, &[&["export"], args].concat());
    let lines = out.lines().map(str::to_owned);
    lines.map(|line| (line.clone(), serde_json::from_str(&line).unwrap())).collect()
}

fn row_of<'r>(rows: &'r [(String, Value)], surface: &str) -> &'r Value {
    let (_, row) = rows.iter().find(|(_, row)| row["surface_id"] == surface).unwrap();
    row
}

/// A repository with an accepted answer and one that was held, then rejected.
fn answered() -> Case {
    let case = Case::accepted();
    case.answer_for("held.json", DASHBOARD, 20, &[("followup_owner", json!("TBD"))]);
    case.run_to(1, &["intake", "held.json"]);
    let asks = [("decision_reason", json!("Please reload Prometheus today."))];
    case.answer_for("asks.json", DASHBOARD, 21, &asks);
    case.run_to(1, &["intake", "asks.json"]);
    case.commit_ledger();
    case
}

#[test]
fn every_row_fits_its_schema_and_names_its_repository_first() {
    let case = answered();
    for kind in KINDS {
        let rows = rows(&case, 0, &[kind, "--repo", "team/infra"]);
        assert!(!rows.is_empty(), "{kind}");
        for (text, row) in &rows {
            fits_exactly(&case, &format!("export-{kind}"), row);
            assert_eq!(row["repo"], "team/infra");
            let start = format!("{{\"schema_version\":\"acceptance_ledger_export_{kind}_v1\"");
            assert!(text.starts_with(&format!("{start},\"repo\":\"team/infra\",")), "{text}");
            for gate in RuntimeGate::ALL {
                assert!(row.get(gate.as_str()).is_none(), "{kind} has the gate {gate}");
            }
        }
        let ids: Vec<_> = rows.iter().map(|(_, row)| row["surface_id"].as_str().unwrap()).collect();
        assert!(ids.is_sorted(), "{kind}");
    }
}

#[test]
fn a_candidate_says_where_its_surface_stands() {
    let case = answered();
    let [_, later] = times_around_now(0, 3 * 24 * 60 * 60);
    let rows = rows(&case, 0, &["candidates", "--as-of", &later]);
    assert_eq!(rows.len(), 12);
    let accepted = row_of(&rows, RULES);
    for (column, value) in [
        ("lane", json!("waiting_runtime_gate")),
        ("waiting_on", json!("nobody")),
        ("kind", json!("prometheus_rules")),
        ("tier", json!("C0")),
        ("received", json!(true)),
        ("accepted", json!(true)),
        ("responded_at", json!("2026-10-20T02:00:00Z")),
        ("age_days", json!(3)),
        ("findings", json!(0)),
        ("decision", json!("confirm_current_state")),
        ("owner_role_or_team", json!("平台組值班")),
        ("receiver_receipt_proof_ref", json!("ticket:OPS-12")),
        ("alert_chain_health_ref_rule", json!("ticket:OPS-12")),
        ("alert_chain_health_ref_receipt", json!(null)),
        ("redacted_evidence_refs", json!(["artifact:run-12/readback.json"])),
        ("verified", json!(true)),
    ] {
        assert_eq!(accepted[column], value, "{column}");
    }
    assert!(accepted["reviewed_at"].as_str() < accepted["valid_until"].as_str());
    let rejected = row_of(&rows, DASHBOARD);
    assert_eq!(rejected["lane"], "reject_execution_request");
    assert_eq!(rejected["problems"], json!(["request_to_act"]));
    // Nothing of a rejected answer is kept.
    assert_eq!(
        (&rejected["decision"], &rejected["owner_role_or_team"]),
        (&json!(null), &json!(null))
    );
}

#[test]
fn events_and_findings_tell_what_happened() {
    let case = answered();
    let [_, long_after] = times_around_now(0, 400 * 24 * 60 * 60);
    let events = rows(&case, 0, &["events", "--as-of", &long_after]);
    let told: Vec<_> = events
        .iter()
        .map(|(_, row)| {
            let text = |column: &str| row[column].as_str().unwrap_or("-").to_owned();
            [text("event"), text("lane"), text("who"), row["sequence"].to_string()].join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "answered request_supplement Ada Owner 1",
            "answered reject_execution_request - 2",
            "answered ready_for_monitoring_review Ada Owner 1",
            "reviewed waiting_runtime_gate Rex Reviewer 2",
            "expired waiting_owner_response - null",
        ]
    );
    let findings = rows(&case, 0, &["findings"]);
    let told: Vec<_> = findings
        .iter()
        .map(|(_, row)| {
            [&row["problem"], &row["field"], &row["of_latest_answer"]].map(Value::to_string)
        })
        .collect();
    let expected = [
        ["\"field_missing\"", "\"/followup_owner\"", "false"],
        ["\"request_to_act\"", "\"/decision_reason\"", "true"],
    ];
    assert_eq!(told, expected.map(|row| row.map(str::to_owned)));
}

#[test]
fn no_row_has_prose() {
    let case = answered();
    let prose = [
        "平台組已於週一讀回並記錄。",
        "Watchdog is followed",
        "in the runbook",
        "Compared with",
        "reload Prometheus",
    ];
    for kind in KINDS {
        let (out, _) = case.run_to(0, &["export", kind]);
        for text in prose {
            assert!(!out.contains(text), "{kind}: {text}");
        }
    }
}

/// What triage has found against an answer is no name, no decision and no ref. An answer whose acceptance has ended shows
/// nothing.
#[test]
fn an_answer_that_does_not_count_fills_no_column() {
    let case = Case::new();
    let sentence = "we keep it as it is because the people from finance said so";
    let changes = [
        ("decision", json!(sentence)),
        ("owner_role_or_team", json!("nobody")),
        ("rollback_owner", json!(format!("{sentence}, and {sentence}"))),
    ];
    case.answer("answer.json", 20, &changes);
    case.run_to(1, &["intake", "answer.json"]);
    let held = rows(&case, 0, &["candidates"]);
    let row = row_of(&held, RULES);
    for column in ["decision", "owner_role_or_team", "rollback_owner"] {
        assert_eq!(row[column], json!(null), "{column}");
    }
    assert_ne!(row["owner"], "nobody");
    assert_eq!(row["followup_owner"], "平台組值班");
    fits_exactly(&case, "export-candidates", row);

    let case = Case::accepted();
    let [_, long_after] = times_around_now(0, 400 * 24 * 60 * 60);
    let ended = rows(&case, 0, &["candidates", "--as-of", &long_after]);
    let row = row_of(&ended, RULES);
    assert_eq!(
        (&row["why"], &row["receiver_receipt_proof_ref"]),
        (&json!("expired"), &json!(null))
    );
}

#[test]
fn a_time_before_the_last_event_is_refused_and_no_row_controls_a_terminal() {
    let case = Case::accepted();
    let (out, err) = case.run_to(2, &["export", "events", "--as-of", "2026-01-01T00:00:00Z"]);
    assert!(out.is_empty() && err.contains("--as-of is before an event"), "{err}");
    let (out, _) = case.run_to(0, &["export", "events", "--repo", "a\u{202e}\u{9b}b"]);
    assert!(out.contains("a\\u202e\\u009bb"), "{out}");
}

#[test]
fn a_ledger_that_differs_is_not_verified_and_a_broken_journal_has_no_lane() {
    let case = answered();
    std::fs::remove_file(case.path().join(LEDGER)).unwrap();
    let rows_without_ledger = rows(&case, 0, &["candidates"]);
    assert!(rows_without_ledger.iter().all(|(_, row)| row["verified"] == false));
    let broken = Case::accepted();
    std::fs::write(broken.events(), "{}\n").unwrap();
    let rows = rows(&broken, 1, &["candidates"]);
    let row = row_of(&rows, RULES);
    assert_eq!((&row["lane"], &row["why"]), (&json!(null), &json!("journal_broken")));
    assert_eq!(row["journal_faults"], 1);
    fits_exactly(&broken, "export-candidates", row);
}
