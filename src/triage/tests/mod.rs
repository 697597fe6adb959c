mod claims;
mod forms;
mod limits;

use serde_json::{Value, json};

use super::*;
use crate::inputs::OwnerRequests;

/// Two surfaces: a dashboard, and rules that can alter alerts and need live evidence. The rules come first.
pub(crate) fn requests() -> OwnerRequests {
    requests_with(&[])
}

/// The same surfaces, with some keys of the first request changed.
pub(crate) fn requests_with(changes: &[(&str, Value)]) -> OwnerRequests {
    let all: Vec<_> = AcceptanceField::answers().map(AcceptanceField::as_str).collect();
    let draft = |id: &str, label: &str, writes: bool| {
        json!({
            "request_id": format!("request:{id}"), "surface_id": id, "label": label,
            "expected_scope": "hosts", "config_kind": "k", "observability_scope": "o",
            "control_tier": "C0", "repo_source_path": "p", "repo_sha256": "0a".repeat(32),
            "source_line_count": 1, "write_capable_surface": writes,
            "requires_live_evidence": writes, "required_owner_fields": all,
        })
    };
    let mut drafts = [
        draft("prometheus_rules:rules/node.yml", "node rules", true),
        draft("grafana_dashboard:nodes.json", "nodes", false),
    ];
    for (key, value) in changes {
        drafts[0][*key] = value.clone();
    }
    let document = json!({"required_owner_fields": [], "request_drafts": drafts});
    OwnerRequests::parse(document.to_string().as_bytes()).unwrap()
}

pub(crate) fn surfaces() -> Vec<Surface> {
    requests().surfaces().to_vec()
}

/// A complete answer for the first surface, without findings.
fn clean() -> Value {
    let id = "prometheus_rules:rules/node.yml";
    json!({
        "schema_version": "monitoring_owner_response_v1",
        "acceptance_candidate_id": format!("monitoring_owner_response_acceptance:{id}"),
        "request_id": format!("request:{id}"), "surface_id": id, "repo_sha256": "0a".repeat(32),
        "responder": "Ada Owner", "responded_at": "2026-11-20T10:00:00+08:00", "not_approval": true,
        "owner_response_ref": "ticket:OPS-12", "owner_role_or_team": "platform team",
        "decision": "confirm_current_state",
        "decision_reason": "The rules match the runbook; the 12 rules were read back on Monday.",
        "affected_scope": format!("Only {id}."),
        "redacted_evidence_refs": ["artifact:run-12/readback.json", "commit:0af9c1d"],
        "live_config_hash_ref": format!("sha256:{}", "1b".repeat(32)),
        "reload_owner": "on-call of the platform team", "receiver_owner": "平台組值班",
        "route_smoke_plan": "In the window, reload Prometheus, fire the Watchdog alert and wait for its receipt.",
        "incident_context_ref": "not_applicable: no incident since the last review",
        "alert_chain_health_ref": {
            "rule": "ticket:OPS-13", "state": "artifact:rules.json", "receiver": "ticket:OPS-13",
            "receipt": null,
        },
        "receiver_receipt_proof_ref": "message-id:<1@mail.local>",
        "stale_alert_review": {
            "stale": "clear", "pending": [{"what": "NodeDown of vm-3", "owner": "Bo Next"}],
            "resolved_not_cleared": "clear", "source_stopped": "clear",
        },
        "silence_or_dedup_review": {
            "silence": [{"what": "vm-3 換硬碟", "owner": "機房組", "until": "2026-11-28"}],
            "mute": "clear", "dedup": "clear",
            "inhibit": [{"what": "critical hides warning", "owner": "平台組", "until": "by_design"}],
            "maintenance": "clear",
        },
        "false_green_risk_review": {
            "health_rests_on": ["receiver_receipt", "alert_rule_state"],
            "risks": "A route that returns 200 is not taken for health; the receipt is.",
        },
        "post_reload_readback_plan": {
            "readback": "重新載入後讀回 /api/v1/rules", "stop_condition": "狀態不符即停止並回滾",
        },
        "cross_project_notification_ref": "not_applicable: 沒有影響其他專案",
        "maintenance_window": "standing: Tuesday 10:00 to 11:00", "rollback_owner": "platform team",
        "validation_plan": {
            "route": "same receiver as before", "receipt": "Watchdog within ten minutes",
            "alert_state": "no alert is lost", "metrics": "failed notifications stay 0",
            "stop_condition": "the state stays pending",
        },
        "noise_budget_owner": "平台組", "followup_owner": "Bo Next",
    })
}

fn triaged(document: &Value) -> Triage {
    let document = ResponseDocument::parse(document.to_string().as_bytes()).unwrap();
    triage(&surfaces()[0], &Surfaces::of(&requests()), &document)
}

/// Returns the lane and the findings of the clean answer with one field changed.
fn found(key: &str, value: Value) -> (Lane, Vec<(Problem, String)>) {
    let mut document = clean();
    document[key] = value;
    let triage = triaged(&document);
    let findings = triage.findings.iter().map(|finding| (finding.problem, finding.field.clone()));
    (triage.lane(), findings.collect())
}

#[test]
fn a_clean_answer_is_ready_and_kept() {
    let triage = triaged(&clean());
    assert_eq!(triage.findings, []);
    assert_eq!(triage.lane(), Lane::ReadyForMonitoringReview);
    assert_eq!(triage.response.responder(), "Ada Owner");
    let answers = triage.response.answers();
    assert_eq!(answers.text(AcceptanceField::ReceiverOwner), Some("平台組值班"));
    assert_eq!(answers.evidence_refs(), ["artifact:run-12/readback.json", "commit:0af9c1d"]);
}

#[test]
fn each_problem_is_found_in_its_field() {
    let long = "x ".repeat(2_001);
    for (key, value, problem) in [
        ("decision_reason", json!("the SMTP password is hunter2"), Problem::SecretValue),
        ("decision_reason", json!("the bot token starts with 1102"), Problem::PartialSecret),
        (
            "live_config_hash_ref",
            json!("scrape_configs:\n  - job_name: node\n"),
            Problem::RawPayload,
        ),
        ("decision_reason", json!(long), Problem::Oversized),
        ("rollback_owner", json!("請kubectl一下"), Problem::Command),
        ("decision_reason", json!("Looks fine, please reload Prometheus."), Problem::RequestToAct),
        ("runtime_gate", json!(true), Problem::SetsFlag),
        ("not_approval", json!(false), Problem::ApprovalClaimed),
        ("alert_chain_health_ref", json!(null), Problem::HealthRefMissing),
        ("false_green_risk_review", json!("待補"), Problem::FalseGreenReviewMissing),
        (
            "receiver_receipt_proof_ref",
            json!("not_applicable: no receiver"),
            Problem::ReceiptMissing,
        ),
        ("stale_alert_review", json!("not_applicable: nothing stale"), Problem::StaleReviewMissing),
        ("silence_or_dedup_review", json!(""), Problem::SilenceReviewMissing),
        ("post_reload_readback_plan", json!("TBD"), Problem::ReadbackMissing),
        ("request_id", json!("request:other"), Problem::IdentityMismatch),
        ("repo_sha256", json!("0b".repeat(32)), Problem::StaleSurfaceVersion),
        ("affected_scope", json!("the hosts"), Problem::ScopeMismatch),
        (
            "affected_scope",
            json!("prometheus_rules:rules/node.yml and grafana_dashboard:nodes.json"),
            Problem::OtherSurfaceNamed,
        ),
        ("decision", json!("looks good"), Problem::DecisionUnknown),
        ("owner_response_ref", json!("see my mail"), Problem::NotARef),
        ("owner_response_ref", json!("commit:0af9c1d"), Problem::WrongRefKind),
        ("reload_owner", json!("nobody"), Problem::OwnerNotNamed),
        ("responder", json!("沒有人"), Problem::OwnerNotNamed),
        ("reload_owner", json!("ticket:OPS-1"), Problem::OwnerNotNamed),
        ("decision_reason", json!("ok"), Problem::SaysNothing),
        ("maintenance_window", json!("anytime"), Problem::WindowUnreadable),
        ("maintenance_window", json!("per_change: nobody"), Problem::OwnerNotNamed),
        ("validation_plan", json!("See ticket."), Problem::WrongType),
        ("stale_alert_review", json!("clear"), Problem::WrongType),
        ("reload_owner", json!(7), Problem::WrongType),
        ("responded_at", json!("2026-11-20T10:00:00"), Problem::WrongType),
        ("noise_budget_owner", json!("n/a"), Problem::FieldMissing),
        ("responder", json!(null), Problem::FieldMissing),
        ("rollback_owner", json!("plat\u{200b}form team"), Problem::HiddenText),
    ] {
        let (_, findings) = found(key, value);
        assert!(
            findings.contains(&(problem, format!("/{key}")))
                || (problem == Problem::SetsFlag
                    && findings.iter().any(|(found, _)| *found == problem)),
            "{problem}: {findings:?}"
        );
    }
    let (lane, findings) = found("hunter2", json!("x"));
    assert_eq!(
        (lane, &*findings),
        (Lane::RequestSupplement, &[(Problem::UnknownField, "/#9".to_owned())][..])
    );
}

#[test]
fn who_declines_is_asked_for_no_more() {
    let mut document = clean();
    for field in AcceptanceField::answers().map(AcceptanceField::as_str) {
        let is_needed = matches!(
            field,
            "owner_role_or_team" | "decision_reason" | "affected_scope" | "followup_owner"
        );
        if !is_needed {
            document.as_object_mut().unwrap().remove(field);
        }
    }
    document["decision"] = json!("decline_ownership");
    let problems: Vec<_> = triaged(&document).findings.iter().map(Finding::problem).collect();
    assert_eq!(problems, [Problem::OwnershipDeclined]);
}

#[test]
fn a_scope_is_a_whole_token_or_a_name_of_its_own() {
    for (scope, is_own) in [
        ("prometheus_rules:rules/node.yml", true),
        ("範圍是prometheus_rules:rules/node.yml。", true),
        ("prometheus_rules:rules/node.yml.bak", false),
        ("old_prometheus_rules:rules/node.yml", false),
        ("node rules", true),
        ("hosts", false),
    ] {
        let (_, findings) = found("affected_scope", json!(scope));
        assert_eq!(findings.is_empty(), is_own, "{scope}: {findings:?}");
    }
}

#[test]
fn a_shared_project_has_to_be_told() {
    let (lane, findings) = found("decision_reason", json!("It also pages for StockPlatform."));
    assert_eq!(lane, Lane::RequestSupplement);
    assert_eq!(findings, [(Problem::FieldMissing, "/cross_project_notification_ref".to_owned())]);
}

#[test]
fn a_finding_points_and_never_repeats() {
    let mut document = clean();
    document["decision_reason"] = json!("理由：密碼：hunter2x，見附件");
    document["hunter2x_password=hunter2x"] = json!(["Bearer hunter2xhunter2xhunter2x0"]);
    let triage = triaged(&document);
    let reason =
        triage.findings.iter().find(|finding| finding.field == "/decision_reason").unwrap();
    assert_eq!((reason.problem, reason.characters()), (Problem::SecretValue, Some(6..14)));
    assert_eq!(triage.lane(), Lane::QuarantineSecretOrRawPayload);
    let messages: String = triage.findings.iter().map(Finding::message).collect();
    for shown in [messages, format!("{triage:?}")] {
        assert!(!shown.contains("hunter2x"), "{shown}");
    }
}

/// Only what the ledger says itself is not searched.
#[test]
fn a_secret_behind_an_id_or_a_version_is_found() {
    for field in ["acceptance_candidate_id", "request_id", "surface_id", "repo_sha256"] {
        let own = clean()[field].as_str().unwrap().to_owned();
        let (_, findings) = found(field, json!(own));
        assert_eq!(findings, [], "{field}");
        let (lane, _) = found(field, json!(format!("{own} password: hunter2hunter2")));
        assert_eq!(lane, Lane::QuarantineSecretOrRawPayload, "{field}");
    }
}

/// A hidden secret or command is either found, or it is in a part that is not examined and so is oversized. In both cases
/// nothing of the answer is kept.
#[test]
fn what_hides_behind_padding_is_never_kept() {
    let secret = || json!(["glsa", "Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ", "4be71c09"].join("_"));
    let command = || json!("kubectl -n monitoring rollout restart deploy/alertmanager");
    let after = |count: usize, filler: Value, hidden: Value| {
        let mut items = vec![filler; count];
        items.push(hidden);
        Value::from(items)
    };
    let keyed = |count: usize, hidden: Value| {
        let mut members: serde_json::Map<_, _> =
            (0..count).map(|index| (format!("k{index:05}"), Value::Null)).collect();
        members.insert("z".to_owned(), hidden);
        Value::from(members)
    };
    let nested = |depth: usize, hidden: Value| {
        (0..depth).fold(hidden, |inner, _| json!([null, { "a": inner }]))
    };
    let counts = [1, 200, 399, 400, 401, 500, 2_200, 12_000];
    let mut hidden = vec![
        json!({"smtp_auth_password": "Xk39fjwl29qz"}),
        nested(50, secret()),
        nested(50, command()),
        json!({"b": vec!["x".repeat(600); 40], "smtp_auth_password": "Xk39fjwl29qz"}),
    ];
    for count in counts {
        hidden.extend([
            after(count, Value::Null, secret()),
            after(count, json!(0), secret()),
            after(count, json!(["ok"]), secret()),
            after(count, Value::Null, command()),
            after(count, json!({}), command()),
            after(count, json!("ticket:OPS-1"), secret()),
            keyed(count, secret()),
            keyed(count, command()),
        ]);
    }
    for value in &hidden {
        for key in ["notes", "redacted_evidence_refs", "decision_reason", "responder", "$schema"] {
            let (lane, findings) = found(key, value.clone());
            let shown = value.to_string();
            let shown = shown.get(..60).unwrap_or(&shown);
            assert!(lane.is_withheld(), "{key} {shown}: {lane} {:?}", findings.first());
        }
    }
    // At the top level, an unknown key shows that its value is a secret.
    for (key, value) in [
        ("smtp_auth_password", json!("Xk39fjwl29qz")),
        ("DB_PASSWORD", json!("Xk39fjwl29qz")),
        ("password", json!(9_182_736_455_u64)),
    ] {
        assert_eq!(found(key, value).0, Lane::QuarantineSecretOrRawPayload, "{key}");
    }
}

/// A surface with the same id that asks for less is not the surface of the requests.
#[test]
fn an_answer_for_a_surface_that_is_not_one_of_the_requests_is_held() {
    let twin = requests_with(&[("write_capable_surface", json!(false))]);
    let document = ResponseDocument::parse(clean().to_string().as_bytes()).unwrap();
    let held = triage(&twin.surfaces()[0], &Surfaces::of(&requests()), &document);
    let mismatch = held.findings.iter().find(|finding| finding.field() == "/surface_id").unwrap();
    assert_eq!(mismatch.problem(), Problem::IdentityMismatch);
    assert!(held.lane().is_hold());
    let alone = OwnerRequests::parse(br#"{"required_owner_fields": []}"#).unwrap();
    assert!(triage(&surfaces()[0], &Surfaces::of(&alone), &document).lane().is_hold());
    // The same requests, read again, have the same surfaces.
    let again = triage(&requests().surfaces()[0], &Surfaces::of(&requests()), &document);
    assert_eq!(again.findings, []);
}

#[test]
fn a_surface_is_found_by_the_id_of_its_candidate() {
    let requests = requests();
    let known = Surfaces::of(&requests);
    for surface in requests.surfaces() {
        assert_eq!(known.of_candidate(&surface.candidate_id()), Some(surface));
        assert_eq!(known.of_candidate(surface.surface_id()), None);
        assert!(surface.is_candidate(&surface.candidate_id()));
        assert!(!surface.is_candidate(surface.surface_id()));
    }
}

#[test]
fn every_flag_of_the_ledger_is_one_however_it_is_spelled() {
    let flags = ProgressFlag::ALL.iter().map(|word| word.as_str());
    let items = ItemFlag::ALL.iter().map(|word| word.as_str());
    let gates = RuntimeGate::ALL.iter().map(|word| word.as_str());
    let boundaries = Boundary::ALL.iter().map(|word| word.as_str());
    let others = [
        "not_authorization",
        "action_button_count",
        "owner_response_accepted_count",
        "Runtime_Gate",
    ];
    for word in flags.chain(items).chain(gates).chain(boundaries).chain(others) {
        assert!(is_flag(word), "{word}");
    }
    for word in ["decision", "count", "owner", "accepted_by", ""] {
        assert!(!is_flag(word), "{word}");
    }
}

#[test]
fn four_answers_are_plans() {
    let plans = AcceptanceField::answers().filter(|field| field.is_plan());
    let plans: Vec<_> = plans.map(AcceptanceField::as_str).collect();
    let expected =
        ["route_smoke_plan", "post_reload_readback_plan", "maintenance_window", "validation_plan"];
    assert_eq!(plans, expected);
}

#[test]
fn a_count_of_zero_is_an_unknown_field_and_any_other_sets_a_flag() {
    for (key, value, problem) in [
        ("runtime_gate", json!(0), Problem::UnknownField),
        ("runtime_gate", json!(false), Problem::UnknownField),
        ("runtime_gate", json!(1), Problem::SetsFlag),
        ("runtime_gate", json!("false"), Problem::SetsFlag),
        ("not_authorization", json!(true), Problem::UnknownField),
        ("not_authorization", json!(0), Problem::SetsFlag),
        ("not_authorization", json!(1), Problem::SetsFlag),
        ("not_authorization", json!(false), Problem::SetsFlag),
    ] {
        let (_, findings) = found(key, value.clone());
        assert_eq!(findings.first().map(|(problem, _)| *problem), Some(problem), "{key} {value}");
    }
}

#[test]
fn a_list_of_one_reason_is_an_answer_and_a_missing_field_says_whether_one_would_be() {
    let refs = AcceptanceField::RedactedEvidenceRefs;
    for (value, is_not_applicable) in [
        (json!(["not_applicable: there is no evidence to show"]), true),
        (json!(["not_applicable: no evidence", "ticket:OPS-1"]), false),
        (json!(["not_applicable:"]), false),
    ] {
        let mut document = clean();
        document["redacted_evidence_refs"] = value.clone();
        let answers = triaged(&document).response.answers;
        assert_eq!(answers.is_not_applicable(refs), is_not_applicable, "{value}");
    }
    // For the dashboard only the request asks for a plan, so `not_applicable` is accepted. The rules demand a plan.
    let mut document = clean();
    document["validation_plan"] = Value::Null;
    let next_step = |index: usize| {
        let document = ResponseDocument::parse(document.to_string().as_bytes()).unwrap();
        let surface = &surfaces()[index];
        let findings = triage(surface, &Surfaces::of(&requests()), &document).findings;
        let missing = findings.iter().find(|one| one.field() == "/validation_plan").unwrap();
        missing.next_step()
    };
    assert!(next_step(1).ends_with(". Or write `not_applicable: <reason>`."));
    assert!(!next_step(0).contains("Or write `not_applicable"));
}

#[cfg(feature = "cli")]
#[test]
fn a_name_that_carries_a_secret_is_told_from_one_that_does_not() {
    assert!(carries_anything_withheld("Ada 密碼：hunter2x"));
    assert!(!carries_anything_withheld("Ada Owner"));
}

/// A secret, payload or command that is split over keys, items and values is found, too.
#[test]
fn what_is_spread_over_a_list_or_an_object_is_never_kept() {
    let value = "Qm7xV2bN9cR4tY6wEx";
    let rules = ["groups:", "- name: node", "  rules:", "  - alert: Down", "    expr: up == 0"];
    let log = |minute: usize| format!("2026-11-20T10:0{minute}:00Z level=info msg=started");
    for hidden in [
        json!({"db_password": [value]}),
        json!({"extra": {"password": [value]}}),
        json!({"password": [73_519_284_615_u64]}),
        json!([{"name": "DB_PASSWORD", "value": value}]),
        json!({"key": "password", "value": value}),
        json!({"env": [{"name": "SMTP_AUTH_PASSWORD", "value": value}]}),
        json!(["password:", value]),
        json!(["Authorization: Bearer", value]),
        json!({"password": {value: 1}}),
        json!({format!("password: {value}"): true}),
        json!(["kubectl", "delete", "pod", "alertmanager-0"]),
        json!({"command": "kubectl", "args": ["delete", "pod", "alertmanager-0"]}),
        json!(rules),
        json!([log(1), log(2), log(3)]),
    ] {
        for key in ["notes", "decision_reason", "redacted_evidence_refs", "validation_plan"] {
            let (lane, findings) = found(key, hidden.clone());
            assert!(lane.is_withheld(), "{key} {hidden}: {lane} {findings:?}");
        }
    }
    // A list of refs is not a finding.
    let refs = json!(["artifact:run-12/readback.json", "commit:0af9c1d", "ticket:OPS-14"]);
    assert_eq!(found("redacted_evidence_refs", refs).1, []);
}

/// Parts are joined in the order of the file, not in the order of the form.
#[test]
fn a_secret_that_is_split_over_parts_is_found_in_either_order() {
    let token = ["glsa_Qm7xV2bN9cR4tY6wE1uI", "3oP5sD8fG0hJ_4be71c09"];
    for order in [["route", "receipt"], ["receipt", "route"]] {
        let mut text = clean().to_string();
        let parts = format!(
            "\"validation_plan\":{{\"{}\":\"{}\",\"{}\":\"{}\",",
            order[0], token[0], order[1], token[1]
        );
        let start = text.find("\"validation_plan\":{").unwrap();
        let end = start + text.get(start..).unwrap().find("\"stop_condition\"").unwrap();
        text.replace_range(start..end, &parts);
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let triage = triage(&surfaces()[0], &Surfaces::of(&requests()), &document);
        assert_eq!(triage.lane(), Lane::QuarantineSecretOrRawPayload, "{order:?}");
    }
}
