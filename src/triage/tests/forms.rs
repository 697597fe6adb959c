//! Tests what an answer must contain, field by field and part by part.

use super::*;

/// Returns the lane and the findings of the clean answer with the value at a pointer changed.
fn found_at(pointer: &str, value: Value) -> (Lane, Vec<(Problem, String)>) {
    let mut document = clean();
    *document.pointer_mut(pointer).unwrap() = value;
    let triage = triaged(&document);
    let findings = triage.findings.iter().map(|finding| (finding.problem, finding.field.clone()));
    (triage.lane(), findings.collect())
}

#[test]
fn each_part_is_held_to_its_form() {
    use {Lane as L, Problem as P};
    for (pointer, value, problem, lane) in [
        ("/validation_plan/route", json!(null), P::PartMissing, L::RequestSupplement),
        (
            "/validation_plan/route",
            json!("not_applicable: no route"),
            P::PartMissing,
            L::RequestSupplement,
        ),
        ("/validation_plan/route", json!("ok"), P::SaysNothing, L::RequestSupplement),
        ("/validation_plan/route", json!(["a"]), P::WrongType, L::RequestSupplement),
        ("/validation_plan/stop_condition", json!("TBD"), P::PartMissing, L::RequestSupplement),
        (
            "/post_reload_readback_plan/readback",
            json!(""),
            P::PartMissing,
            L::PostReloadReadbackRequired,
        ),
        (
            "/alert_chain_health_ref/state",
            json!("green"),
            P::NotARef,
            L::NoFalseGreenSupplementRequired,
        ),
        (
            "/alert_chain_health_ref/receipt",
            json!("commit:0af9c1d"),
            P::WrongRefKind,
            L::RequestSupplement,
        ),
        (
            "/stale_alert_review/stale",
            json!("none"),
            P::PartMissing,
            L::StaleOrSilencedAlertReviewRequired,
        ),
        (
            "/stale_alert_review/stale",
            json!([]),
            P::PartMissing,
            L::StaleOrSilencedAlertReviewRequired,
        ),
        (
            "/stale_alert_review/stale",
            json!("沒有"),
            P::WrongType,
            L::StaleOrSilencedAlertReviewRequired,
        ),
        (
            "/stale_alert_review/pending/0/owner",
            json!(null),
            P::PartMissing,
            L::StaleOrSilencedAlertReviewRequired,
        ),
        (
            "/stale_alert_review/pending/0/owner",
            json!("someone"),
            P::OwnerNotNamed,
            L::RequestSupplement,
        ),
        (
            "/stale_alert_review/pending/0/what",
            json!("stuff"),
            P::SaysNothing,
            L::RequestSupplement,
        ),
        (
            "/false_green_risk_review/risks",
            json!("?"),
            P::PartMissing,
            L::NoFalseGreenSupplementRequired,
        ),
        (
            "/false_green_risk_review/health_rests_on",
            json!(["no_health_claimed"]),
            P::PartMissing,
            L::NoFalseGreenSupplementRequired,
        ),
        (
            "/false_green_risk_review/health_rests_on",
            json!(["ui_visible", "route_status"]),
            P::RouteOnlyHealth,
            L::NoFalseGreenSupplementRequired,
        ),
    ] {
        let (found_lane, findings) = found_at(pointer, value.clone());
        let is_it = |(found, at): &(Problem, String)| *found == problem && at == pointer;
        assert!(findings.iter().any(is_it), "{pointer} {value}: {findings:?}");
        assert_eq!(found_lane, lane, "{pointer} {value}: {findings:?}");
    }
}

#[test]
fn what_hides_alerts_needs_an_owner_and_an_end() {
    // Each case gives one finding. It is at the entry, not at the wrong key.
    for (key, value) in [
        ("owner", json!("nobody")),
        ("owner", json!(null)),
        ("until", json!("soon")),
        ("until", json!("by_design")),
        ("until", json!("2026-11-19")),
        ("until", json!("2026-11-20T01:59:59Z")),
    ] {
        let (lane, findings) =
            found_at(&format!("/silence_or_dedup_review/silence/0/{key}"), value);
        assert_eq!(lane, Lane::StaleOrSilencedAlertReviewRequired);
        let place = "/silence_or_dedup_review/silence/0".to_owned();
        assert_eq!(findings, [(Problem::SilenceWithoutOwner, place)], "{key}");
    }
}

#[test]
fn a_field_without_any_part_is_missing() {
    let blank = json!({"route": null, "receipt": "", "alert_state": [], "metrics": null});
    assert_eq!(
        found("validation_plan", blank).1,
        [(Problem::FieldMissing, "/validation_plan".to_owned())]
    );
}

#[test]
fn a_prefix_may_be_a_key_and_blank_keys_count_as_absent() {
    for (key, value) in [
        ("incident_context_ref", json!({"ref": null, "not_applicable": "none since June"})),
        ("incident_context_ref", json!({"ref": "ticket:INC-1", "not_applicable": ""})),
        (
            "maintenance_window",
            json!({"window": null, "standing": "every Tuesday", "per_change": null}),
        ),
        ("rollback_owner", json!({"disable": "feature flag alerts"})),
        ("rollback_owner", json!("commit:0af9c1d")),
        ("redacted_evidence_refs", json!([null, {"ref": "ticket:OPS-1"}, ""])),
        ("route_smoke_plan", json!({"ref": "ticket:OPS-1"})),
    ] {
        assert_eq!(found(key, value.clone()).1, [], "{key} {value}");
    }
    for (key, value, problem) in [
        (
            "incident_context_ref",
            json!({"ref": "ticket:A-1", "not_applicable": "none"}),
            Problem::WrongType,
        ),
        (
            "maintenance_window",
            json!({"standing": "every Tuesday", "per_change": "Bo"}),
            Problem::WrongType,
        ),
        ("reload_owner", json!({"standing": "Ada"}), Problem::UnknownField),
    ] {
        let (_, findings) = found(key, value.clone());
        assert!(findings.iter().any(|(found, _)| *found == problem), "{key} {value}: {findings:?}");
    }
}

#[test]
fn one_reason_answers_several_fields_each_under_its_own_rule() {
    let dashboard = |fields: Value, reason: Value| {
        let mut document = clean();
        let id = "grafana_dashboard:nodes.json";
        for (key, value) in [
            ("acceptance_candidate_id", format!("monitoring_owner_response_acceptance:{id}")),
            ("request_id", format!("request:{id}")),
            ("surface_id", id.to_owned()),
            ("affected_scope", id.to_owned()),
        ] {
            document[key] = json!(value);
        }
        for field in ["validation_plan", "rollback_owner", "stale_alert_review"] {
            document.as_object_mut().unwrap().remove(field);
        }
        document["not_applicable"] = json!({"reason": reason, "fields": fields});
        let document = ResponseDocument::parse(document.to_string().as_bytes()).unwrap();
        triage(&surfaces()[1], &Surfaces::of(&requests()), &document)
    };
    let three = json!(["validation_plan", "rollback_owner", "stale_alert_review", null]);
    let triaged = dashboard(three.clone(), json!("only panels"));
    assert_eq!(triaged.findings, []);
    let answers = triaged.response.answers();
    assert_eq!(answers.text(AcceptanceField::RollbackOwner), Some("not_applicable: only panels"));
    let problems = |triage: Triage| -> Vec<_> {
        triage.findings.iter().map(|finding| (finding.problem, finding.field.clone())).collect()
    };
    // Without a reason none of the three fields is answered.
    for reason in [json!(null), json!("n/a"), json!("no")] {
        assert_eq!(problems(dashboard(three.clone(), reason)).len(), 3);
    }
    // `reload_owner` has an answer already, so it would have two. `hunter2` is not a field.
    let both = json!([
        "validation_plan",
        "rollback_owner",
        "stale_alert_review",
        "reload_owner",
        "hunter2"
    ]);
    let found = problems(dashboard(both, json!("only panels")));
    let twice = (Problem::WrongType, "/not_applicable/fields/3".to_owned());
    assert!(found.contains(&twice), "{found:?}");
    assert!(found.contains(&(Problem::UnknownField, "/not_applicable/fields/4".to_owned())));
}

#[test]
fn after_a_change_more_is_read_back() {
    let mut document = clean();
    document["decision"] = json!("confirm_after_change");
    let fields: Vec<_> =
        triaged(&document).findings.iter().map(|finding| finding.field.clone()).collect();
    assert_eq!(
        fields,
        ["/post_reload_readback_plan/metrics", "/post_reload_readback_plan/receipt"]
    );
    document["post_reload_readback_plan"]["metrics"] = json!("reload success was 1");
    document["post_reload_readback_plan"]["receipt"] = json!("ticket:OPS-12");
    assert_eq!(triaged(&document).findings, []);
}

#[test]
fn what_is_not_deployed_needs_no_more_than_its_owner() {
    let mut document = clean();
    for field in AcceptanceField::answers().filter(|field| !field.is_always_required()) {
        document.as_object_mut().unwrap().remove(field.as_str());
    }
    document["decision"] = json!("confirm_not_deployed");
    document["decision_reason"] = json!("an example, nothing reads it");
    let missing: Vec<_> =
        triaged(&document).findings.iter().map(|finding| finding.field.clone()).collect();
    assert_eq!(missing, ["/followup_owner"]);
    document["followup_owner"] = json!("Bo Next");
    let triage = triaged(&document);
    assert_eq!(triage.findings, []);
    let window = triage.response.answers().text(AcceptanceField::MaintenanceWindow);
    assert_eq!(window, Some("not_applicable: not deployed"));
}

#[test]
fn what_health_rests_on_has_to_be_shown() {
    let mut document = clean();
    document["receiver_receipt_proof_ref"] = json!(null);
    document["alert_chain_health_ref"] = json!(null);
    document["redacted_evidence_refs"] = json!([]);
    document["false_green_risk_review"]["health_rests_on"] =
        json!(["receiver_receipt", "alert_rule_state", "metrics"]);
    let triage = triaged(&document);
    let count =
        |problem| triage.findings.iter().filter(|finding| finding.problem == problem).count();
    // Each field is also required, but it is reported only once.
    assert_eq!(count(Problem::ReceiptMissing), 1);
    assert_eq!(count(Problem::HealthRefMissing), 1);
    assert_eq!(count(Problem::FalseGreenReviewMissing), 1);
}

#[test]
fn the_files_own_digest_is_evidence_of_nothing_but_what_runs() {
    let own = json!(format!("sha256:{}", "0A".repeat(32)));
    assert_eq!(found("live_config_hash_ref", own.clone()).1, []);
    for key in ["receiver_receipt_proof_ref", "rollback_owner"] {
        let (_, findings) = found(key, own.clone());
        assert_eq!(findings[0], (Problem::WrongRefKind, format!("/{key}")));
    }
}

#[test]
fn one_sentence_answers_one_question() {
    let repeated = |changes: &[(&str, &str)]| -> Vec<String> {
        let mut document = clean();
        for (pointer, text) in changes {
            *document.pointer_mut(pointer).unwrap() = json!(text);
        }
        let findings = triaged(&document).findings;
        let repeated = findings.iter().filter(|one| one.problem == Problem::RepeatedText);
        repeated.map(|finding| finding.field.clone()).collect()
    };
    let text = "We looked at it.";
    let same = "Nothing else. we  LOOKED at it";
    for changes in [
        [("/decision_reason", text), ("/route_smoke_plan", same)],
        [("/validation_plan/route", text), ("/validation_plan/metrics", same)],
    ] {
        assert_eq!(repeated(&changes).len(), 1, "{changes:?}");
    }
    for changes in [
        // Names, reasons and stop conditions may be the same.
        [("/reload_owner", text), ("/receiver_owner", text)],
        [
            ("/incident_context_ref", "not_applicable: none of it"),
            ("/cross_project_notification_ref", "not_applicable: none of it"),
        ],
        [
            ("/validation_plan/stop_condition", text),
            ("/post_reload_readback_plan/stop_condition", text),
        ],
        [("/decision_reason", text), ("/validation_plan/stop_condition", text)],
    ] {
        assert_eq!(repeated(&changes), Vec::<String>::new(), "{changes:?}");
    }
}

/// A comment is content. A comment that the form did not print is examined, and a printed comment is not.
#[test]
fn a_comment_that_is_not_the_templates_is_examined() {
    let surface = &surfaces()[0];
    let options = crate::render::TemplateOptions { schema: "./x.json", ..Default::default() };
    let template = crate::render::response_template(surface, &options);
    let problems = |text: &str| -> Vec<_> {
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let found = triage(surface, &Surfaces::of(&requests()), &document).findings;
        let in_comments = found.iter().filter(|finding| finding.field().starts_with("/#comment"));
        in_comments.map(Finding::problem).collect()
    };
    assert_eq!(problems(&template), []);
    assert_eq!(problems(&format!("# looked at it twice\n{template}")), []);
    for (comment, problem) in [
        ("# the SMTP password is hunter2x", Problem::SecretValue),
        ("# glsa_\n# Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ_4be71c09", Problem::SecretValue),
        ("# smtp_auth_password:\n\n# Xk39vQz7LmPw", Problem::SecretValue),
        ("  # please reload Prometheus", Problem::RequestToAct),
    ] {
        assert_eq!(problems(&format!("{template}\n{comment}\n")), [problem], "{comment}");
    }
}

#[test]
fn a_claim_of_health_that_may_be_shown_is_a_hint() {
    let mut document = clean();
    document["decision_reason"] = json!("All containers are up and the route is fine.");
    let triage = triaged(&document);
    assert_eq!(triage.findings, []);
    let [hint] = triage.response.hints() else { panic!("{:?}", triage.response.hints()) };
    assert_eq!(
        (hint.field(), hint.check()),
        ("/decision_reason", crate::words::ReviewerCheck::AlertChainHealthNotRouteOnly)
    );
}
