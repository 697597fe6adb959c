//! Answers and records as people write them: forms in YAML, holds by one command, and acceptances that end.

use serde_json::{Value, json};

use crate::case::{Case, RULES, times_around_now};

#[test]
fn what_is_dated_ahead_of_the_clock_is_refused() {
    let case = Case::new();
    let [_, soon] = times_around_now(0, 4 * 60);
    let [_, ahead] = times_around_now(0, 6 * 60);
    for time in [ahead.as_str(), "9990-01-01T00:00:00Z"] {
        case.answer("ahead.json", 20, &[("responded_at", json!(time))]);
        let (_, err) = case.run_to(1, &["intake", "ahead.json"]);
        assert!(err.contains("more than 5 minutes ahead of the clock"), "{err}");
    }
    // Two clocks differ a little, so four minutes ahead is allowed.
    case.answer("soon.json", 20, &[("responded_at", json!(soon))]);
    case.run_to(0, &["intake", "soon.json"]);
    case.record("ahead.json", "accept", &[("reviewed_at", json!(ahead))]);
    let (_, err) = case.run_to(1, &["review", "ahead.json"]);
    assert!(err.contains("reviewed_at is more than 5 minutes ahead of the clock"), "{err}");
    case.record("record.json", "accept", &[("reviewed_at", json!(soon))]);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// An acceptance ends. A ledger of a later time shows that the surface waits again. `verify` reports an older ledger in
/// which the acceptance has expired.
#[test]
fn an_acceptance_ends() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let [reviewed, soon] = times_around_now(60, 20 * 24 * 60 * 60);
    for (until, problem) in [
        (json!(reviewed), "valid_until must be later than reviewed_at"),
        (json!("2999-01-01T00:00:00Z"), "by at most 366 days"),
    ] {
        case.record(
            "record.json",
            "accept",
            &[("reviewed_at", json!(reviewed)), ("valid_until", until)],
        );
        let (_, err) = case.run_to(1, &["review", "record.json"]);
        assert!(err.contains(problem) || err.contains("valid_until is in the past"), "{err}");
    }
    let expired = [
        ("reviewed_at", json!("2026-10-21T00:00:00Z")),
        ("valid_until", json!("2026-10-22T00:00:00Z")),
    ];
    case.record("record.json", "accept", &expired);
    let (_, err) = case.run_to(1, &["review", "record.json"]);
    assert!(err.contains("valid_until is in the past"), "{err}");
    case.record(
        "record.json",
        "accept",
        &[("reviewed_at", json!(reviewed)), ("valid_until", json!(soon))],
    );
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    assert_eq!(case.row()["status"], "waiting_runtime_gate");
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.codes(&["--as-of", &soon]), ["acceptance_expired"]);
    let (ledger, _) = case.run_to(0, &["replay", "--generated-at", &soon]);
    let ledger: Value = serde_json::from_str(&ledger).unwrap();
    let rows = ledger["acceptance_candidates"].as_array().unwrap();
    let row = rows.iter().find(|row| row["surface_id"] == RULES).unwrap();
    assert_eq!(row["status"], "waiting_owner_response");
    assert_eq!(row["owner_response_accepted"], false);
    let (text, _) = case.run_to(0, &["status", "--expiring", "30"]);
    assert!(text.contains("1 of 12 surfaces are listed") && text.contains(RULES), "{text}");
    assert!(text.contains("expires in 19 days") || text.contains("expires in 20 days"), "{text}");
    let (text, _) = case.run_to(0, &["status", "--expiring", "3"]);
    assert!(text.contains("0 of 12 surfaces are listed."), "{text}");
}

/// No owner and no reviewer has seen the new content of the file. A hold is never refused for that reason.
#[test]
fn a_file_that_changed_since_it_was_asked_about_is_neither_taken_in_nor_accepted() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.answer("later.json", 21, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    case.record("accept.json", "accept", &[]);
    case.record("hold.json", "request_supplement", &[]);
    case.write("prometheus/alert.rules", "groups: []\n");
    for args in [["intake", "later.json"], ["review", "accept.json"]] {
        let (_, err) = case.run_to(1, &args);
        assert!(
            err.contains("the surface's file has changed since the owner request was made"),
            "{err}"
        );
    }
    case.run_to(0, &["review", "hold.json"]);
    std::fs::remove_file(case.path().join("prometheus/alert.rules")).unwrap();
    let (_, err) = case.run_to(1, &["intake", "later.json"]);
    assert!(err.contains("the file is missing"), "{err}");
}

/// From an empty form to an acceptance, all in YAML.
#[test]
fn a_form_in_yaml_goes_its_way_too() {
    let case = Case::new();
    case.run_to(0, &["template", "alert.rules", "--output", "answer.yaml"]);
    let form = std::fs::read_to_string(case.path().join("answer.yaml")).unwrap();
    assert!(form.starts_with("# yaml-language-server: $schema=./monitoring_owner_response_v1"));
    let (out, _) = case.run_to(1, &["triage", "answer.yaml"]);
    assert!(out.starts_with("answer.yaml: nothing is answered yet\n"), "{out}");
    let filled = fill_in_form(&form);
    case.write("answer.yaml", &filled);
    case.run_to(0, &["intake", "answer.yaml"]);
    assert_eq!(case.files(".response.yaml").len(), 1);
    let (draft, _) = case.run_to(0, &["template", "alert.rules", "--review"]);
    let line = filled.lines().position(|line| line == "reload_owner: 平台組").unwrap() + 1;
    assert!(draft.contains(&format!("#   lines to read: reload_owner (line {line})")), "{draft}");
    assert!(draft.contains("# This is the first stored answer for this surface."), "{draft}");

    // One command writes a hold. The hold judges only this check.
    let fail =
        "silence_or_dedup_review_present=The silence is renewed every week; say what ends it.";
    let outcome = "stale_or_silenced_alert_review_required";
    let args = [
        "template",
        "alert.rules",
        "--review",
        "--outcome",
        outcome,
        "--fail",
        fail,
        "--reviewer",
        "Ravi Shah",
        "--reviewer-kind",
        "person",
        "--record-ref",
        "ticket:OPS-820",
        "--output",
        "hold.yaml",
    ];
    case.run_to(0, &args);
    case.run_to(0, &["review", "hold.yaml"]);
    assert_eq!(case.files(".review.yaml").len(), 1);
    let (status, _) = case.run_to(0, &["status", "alert.rules"]);
    for part in [
        "Failed by Ravi Shah (person), ",
        "  silence_or_dedup_review_present   line ",
        "  reason: The silence is renewed every week; say what ends it.",
        "  0 passed, 1 failed, 0 not applicable, 22 not judged.",
        "template prometheus_rules:prometheus/alert.rules --like last --output answer.yaml",
    ] {
        assert!(status.contains(part), "{part}: {status}");
    }

    // The next form carries over what usually stays the same. The reviewer's draft shows what changed.
    case.run_to(0, &["template", "alert.rules", "--like", "last", "--output", "again.yaml"]);
    let again = std::fs::read_to_string(case.path().join("again.yaml")).unwrap();
    for (line, is_carried) in [
        ("reload_owner: 平台組", true),
        ("  route: 仍到值班組", true),
        ("  not_applicable: 近三個月無事故", true),
        ("responder:", true),
        ("receiver_receipt_proof_ref:", true),
        ("  stale: clear", false),
        ("decision: confirm_current_state", false),
    ] {
        assert_eq!(again.lines().any(|other| other == line), is_carried, "{line}");
    }
    case.write("again.yaml", filled.replace("2026-10-20", "2026-10-21"));
    case.run_to(0, &["intake", "again.yaml"]);
    let (draft, _) = case.run_to(0, &["template", "alert.rules", "--review"]);
    assert!(
        draft.contains("# Only responded_at changed since the answer of 2026-10-20."),
        "{draft}"
    );
    let [reviewed, until] = times_around_now(30, 100 * 24 * 60 * 60);
    let mut accepted = String::new();
    let skipped = ["incident_context_present:", "cross_project_notification_present:"];
    for line in draft.lines() {
        accepted.push_str(line);
        let is_check = line.starts_with("  ") && line.ends_with(':') && !line.contains('#');
        let given = match line {
            "reviewer:" => " Ravi Shah",
            "reviewer_kind:" => " person",
            "reviewed_at:" => &format!(" {reviewed}"),
            "valid_until:" => &format!(" {until}"),
            "outcome:" => " accept",
            "reason: |" => "\n  Hash compared with the readback.",
            "record_ref:" => " ticket:OPS-821",
            line if skipped.contains(&line.trim()) => " not_applicable",
            _ if is_check => " pass",
            _ => "",
        };
        accepted.push_str(given);
        accepted.push('\n');
    }
    case.write("accept.yaml", accepted);
    case.run_to(0, &["review", "accept.yaml"]);
    assert_eq!(case.row()["status"], "waiting_runtime_gate");
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// Fills in the form of the rules with short texts, as a tired person would.
fn fill_in_form(form: &str) -> String {
    let texts = [
        ("responder:", "林怡君"),
        ("responded_at:", "2026-10-20T03:05:00+08:00"),
        ("owner_role_or_team:", "平台組"),
        ("decision:", "confirm_current_state"),
        ("decision_reason: |", "\n  與線上一致，不改。"),
        ("reload_owner:", "平台組"),
        ("receiver_owner:", "值班組"),
        ("rollback_owner:", "commit:4f1c2ab"),
        ("noise_budget_owner:", "'@example/sre'"),
        ("followup_owner:", "林怡君"),
        (
            "live_config_hash_ref:",
            "sha256:9b1e4d7a60c2f8835e1d2c3b4a5968778695a4b3c2d1e0f0123456789abcdef0",
        ),
        ("receiver_receipt_proof_ref:", "message-id:20261123.0712@example.com"),
        ("alert_chain_health_ref: rule:", "commit:4f1c2ab"),
        ("alert_chain_health_ref: state:", "artifact:rules.json"),
        ("alert_chain_health_ref: receiver:", "ticket:OPS-815"),
        ("redacted_evidence_refs: -", "artifact:rules.json"),
        ("incident_context_ref: not_applicable:", "近三個月無事故"),
        ("cross_project_notification_ref: not_applicable:", "只用在本叢集"),
        ("false_green_risk_review: -", "receiver_receipt"),
        ("false_green_risk_review: risks: |", "\n    node-7 停報時，這裡的規則不會響。"),
        ("route_smoke_plan: |", "\n  看 Watchdog 回執，不觸發告警。"),
        ("validation_plan: route:", "仍到值班組"),
        ("validation_plan: receipt:", "十分鐘內有 Watchdog 回執"),
        ("validation_plan: alert_state:", "firing 數量不變"),
        ("validation_plan: metrics:", "規則評估無失敗"),
        ("validation_plan: stop_condition:", "十分鐘無回執"),
        ("post_reload_readback_plan: readback:", "線上規則雜湊等於該 commit"),
        ("post_reload_readback_plan: stop_condition:", "十分鐘無回執"),
        ("maintenance_window: standing:", "每週二 10:00 到 12:00"),
    ];
    let (mut filled, mut field) = (String::new(), "");
    let mut used = 0;
    for line in form.lines() {
        let is_inside = line.starts_with(' ');
        if !is_inside && !line.starts_with('#') {
            field = line.split(' ').next().unwrap();
        }
        let name = if is_inside { format!("{field} {}", line.trim()) } else { line.to_owned() };
        let is_review = ["stale_alert_review:", "silence_or_dedup_review:"].contains(&field);
        let text = texts.iter().find(|(blank, _)| *blank == name).map(|(_, text)| *text);
        used += usize::from(text.is_some());
        let text = text.or((is_review && is_inside).then_some("clear"));
        filled.push_str(line);
        filled.push_str(&text.map_or_else(String::new, |text| {
            if text.starts_with('\n') { text.to_owned() } else { format!(" {text}") }
        }));
        filled.push('\n');
    }
    assert_eq!(used, texts.len(), "the form lacks a blank for some of the texts");
    filled
}

/// Even a journal that is edited by hand cannot carry an acceptance that lasts longer than a year from now.
#[test]
fn an_acceptance_of_the_future_does_not_verify() {
    let case = Case::accepted();
    let [old] = case.files(".review.json").try_into().unwrap();
    let mut record: Value = serde_json::from_slice(&std::fs::read(&old).unwrap()).unwrap();
    record["reviewed_at"] = json!("2998-12-31T00:00:00Z");
    record["valid_until"] = json!("2999-12-31T00:00:00Z");
    let bytes = format!("{record:#}\n");
    let digest = acceptance_ledger::Digest::of(bytes.as_bytes());
    let events = std::fs::read_to_string(case.events()).unwrap();
    let (first, second) = events.trim_end().split_once('\n').unwrap();
    let mut second: Vec<String> = second.split(",\"").map(str::to_owned).collect();
    second.pop();
    for part in &mut second {
        if part.starts_with("recorded_at") {
            *part = "recorded_at\":\"2999-01-01T00:00:00+08:00\"".to_owned();
        } else if part.starts_with("document") {
            *part = format!("document\":\"{digest}\"");
        }
    }
    let open = second.join(",\"");
    let seal = acceptance_ledger::Digest::of(open.as_bytes());
    std::fs::write(case.events(), format!("{first}\n{open},\"digest\":\"{seal}\"}}\n")).unwrap();
    std::fs::remove_file(&old).unwrap();
    std::fs::write(old.with_file_name(format!("{}.review.json", digest.hex())), bytes).unwrap();
    case.commit_ledger();
    assert_eq!(case.codes(&[]), ["illegal_step"]);
}

#[test]
fn a_secret_is_neither_carried_over_nor_put_into_a_draft() {
    let case = Case::new();
    let secret = "SRE smtp_auth_password=Xk39vQz7LmPw";
    case.answer("secret.json", 20, &[("reload_owner", json!(secret))]);
    let (out, err) = case.run_to(1, &["template", RULES, "--like", "secret.json"]);
    assert!(err.contains("this text must not be copied") && out.is_empty(), "{err}");
    assert!(!err.contains("Xk39vQz7LmPw"), "{err}");
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    for args in [["--reviewer", secret], ["--record-ref", secret]] {
        let args = [&["template", RULES, "--review"][..], &args].concat();
        let (out, err) = case.run_to(2, &args);
        assert!(out.is_empty() && err.contains("a draft must not contain a secret"), "{err}");
        assert!(!err.contains("Xk39vQz7LmPw"), "{err}");
    }
    // If no review leads to an outcome, the command reports it before it writes anything.
    case.answer("held.json", 21, &[("rollback_owner", json!("TBD"))]);
    case.run_to(1, &["intake", "held.json"]);
    let (_, err) = case.run_to(2, &["template", RULES, "--review", "--outcome", "accept"]);
    assert!(
        err.contains("a review cannot change the lane from request_supplement to this outcome"),
        "{err}"
    );
}

#[test]
fn a_template_of_a_changed_file_says_so() {
    let case = Case::new();
    case.write("prometheus/alert.rules", "groups: []\n");
    let (_, err) = case.run_to(0, &["template", RULES]);
    assert!(err.contains("has changed since the owner request was made"), "{err}");
    // Any part of an id names the surface, if no other id contains it.
    let (text, _) = case.run_to(0, &["status", "alert.rules"]);
    assert!(text.contains("Owner: @on-call"), "{text}");
    assert!(text.contains("The file has changed since the owner request was made"), "{text}");
}

/// The exact forms that a person fills in, for three kinds of surface: a change alters alerts, only live evidence is
/// asked for, or nothing depends on the surface.
#[test]
fn each_form_asks_for_what_its_surface_can_have() {
    let case = Case::new();
    for (name, surface) in [
        ("form_of_an_alertmanager_configuration", "alertmanager/config.yml"),
        ("form_of_a_compose_file", "monitoring_compose:docker-compose.yml"),
        ("form_of_a_dashboard", "docker_host.json"),
    ] {
        let (form, _) = case.run_to(0, &["template", surface]);
        insta::assert_snapshot!(name, form);
    }
    let (form, _) = case.run_to(0, &["template", "docker_host.json", "--format", "json"]);
    insta::assert_snapshot!("form_of_a_dashboard_in_json", form);
}

/// The reviewer's draft for two answers: one lacks a lot, and triage keeps nothing of the other.
#[test]
fn a_draft_shows_what_there_is_to_judge() {
    let case = Case::new();
    let shown = |text: &str| -> String {
        let is_digest = |line: &str| line.starts_with("response_event: sha256:");
        let hide =
            |line: &str| if is_digest(line) { "response_event: DIGEST" } else { line }.to_owned();
        let lines: Vec<_> = text.lines().map(hide).collect();
        lines.join("\n")
    };
    let health = json!({"health_rests_on": ["receiver_receipt"], "risks": null});
    let changes = [
        ("reload_owner", json!("nobody")),
        ("receiver_receipt_proof_ref", json!("commit:0af9c1d")),
        ("decision_reason", json!("All containers are up and the route is fine.")),
        ("false_green_risk_review", health),
    ];
    case.answer("held.json", 20, &changes);
    case.run_to(1, &["intake", "held.json"]);
    let (draft, _) = case.run_to(0, &["template", RULES, "--review"]);
    insta::assert_snapshot!("draft_of_a_held_answer", shown(&draft));
    case.answer("secret.json", 21, &[("reload_owner", json!("the SMTP password is hunter2x"))]);
    case.run_to(1, &["intake", "secret.json"]);
    let (draft, _) = case.run_to(0, &["template", RULES, "--review"]);
    assert!(draft.contains("# Nothing of the answer is kept"), "{draft}");
    assert!(
        draft.contains("#   finding: secret_value\n  #   possible verdicts: fail\n"),
        "{draft}"
    );
    assert!(!draft.contains("hunter2x") && !draft.contains("The first answer"), "{draft}");
    // A draft that is filled in is a valid record: its comments raise no findings.
    let [reviewed, _] = times_around_now(30, 0);
    let record = draft
        .replace("\nreviewer:\n", "\nreviewer: Rex Reviewer\n")
        .replace("\nreviewer_kind:\n", "\nreviewer_kind: person\n")
        .replace("\nreviewed_at:\n", &format!("\nreviewed_at: {reviewed}\n"))
        .replace("\nreason: |\n", "\nreason: The answer held a secret.\n")
        .replace("\nrecord_ref:\n", "\nrecord_ref: ticket:OPS-1\n");
    case.write("record.yaml", record);
    case.run_to(0, &["review", "record.yaml"]);
}
