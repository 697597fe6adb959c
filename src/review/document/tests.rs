use super::*;

/// A valid acceptance.
fn record() -> serde_json::Value {
    let checks: serde_json::Map<_, _> =
        ReviewerCheck::ALL.iter().map(|check| (check.to_string(), "pass".into())).collect();
    serde_json::json!({
        "schema_version": RECORD_VERSION,
        "acceptance_candidate_id": "c",
        "response_event": Digest::of(b"").to_string(),
        "reviewer": "Rex Reviewer",
        "reviewer_kind": "person",
        "reviewed_at": "2026-11-20T10:00:00+08:00",
        "outcome": "owner_review_only_update",
        "valid_until": "2027-05-20T10:00:00+08:00",
        "reason": "Compared with the readback.",
        "record_ref": "ticket:OPS-12",
        "checks": checks,
        "not_authorization": true,
    })
}

/// Returns the path and the problem of the only error of a record with one value changed.
fn problem_with(key: &str, value: serde_json::Value) -> (String, DocumentProblem) {
    let mut record = record();
    record[key] = value;
    let errors = ReviewDocument::parse(record.to_string().as_bytes()).unwrap_err();
    assert_eq!(errors.len(), 1, "{key}");
    (errors[0].path().to_owned(), errors[0].problem().clone())
}

#[test]
fn a_record_knows_its_bytes_and_where_each_value_stands() {
    let text = format!("{:#}", record());
    let document = ReviewDocument::parse(text.as_bytes()).unwrap();
    assert_eq!(document.bytes(), text.as_bytes());
    for key in ["reviewer", "reason", "outcome"] {
        let is_it = |line: &str| line.contains(&format!("\"{key}\":"));
        let line = text.lines().position(is_it).unwrap() + 1;
        assert_eq!(document.place_of(&format!("/{key}")).0, line, "{key}");
    }
    assert_eq!(document.place_of("/nothing"), (1, 1));
}

#[test]
fn a_record_has_all_its_keys_and_no_other() {
    assert!(ReviewDocument::parse(record().to_string().as_bytes()).is_ok());
    for key in RecordKey::ALL.iter().map(|key| key.as_str()) {
        let mut less = record();
        less.as_object_mut().unwrap().remove(key);
        let errors = ReviewDocument::parse(less.to_string().as_bytes()).unwrap_err();
        if key == "valid_until" {
            assert!(matches!(errors[0].problem(), DocumentProblem::Expected(_)));
        } else {
            assert_eq!(*errors[0].problem(), DocumentProblem::MissingKey(key.to_owned()));
        }
    }
    let (path, problem) = problem_with("runtime_gate", true.into());
    assert_eq!((path.as_str(), problem), ("$.#11", DocumentProblem::UnknownKey));
    let mut unknown = record();
    unknown["checks"]["all"] = "pass".into();
    let errors = ReviewDocument::parse(unknown.to_string().as_bytes()).unwrap_err();
    assert_eq!(errors[0].path(), "$.checks.#3");
}

#[test]
fn each_value_is_one_that_a_record_has() {
    for (key, value) in [
        ("schema_version", "monitoring_reviewer_record_v2"),
        ("response_event", "sha256:00"),
        ("reviewer", "待補"),
        ("reviewer", "TBD"),
        ("reviewer_kind", "robot"),
        ("reviewed_at", "2026-11-20"),
        ("reviewed_at", "2026-11-20T10:00:00"),
        ("reviewed_at", "2026-11-20T10:00:00+08:00[hunter2]"),
        ("outcome", "accepted"),
        ("valid_until", "2027-05-20"),
        ("reason", " - "),
        ("record_ref", "we talked"),
        ("checks", "pass"),
        ("not_authorization", "true"),
    ] {
        let (path, problem) = problem_with(key, value.into());
        assert_eq!(path, format!("$.{key}"));
        let is_expected = matches!(problem, DocumentProblem::Expected(_));
        assert!(is_expected || matches!(problem, DocumentProblem::WrongVersion(_)), "{key}");
    }
    assert_eq!(problem_with("not_authorization", false.into()).0, "$.not_authorization");
    let checks = serde_json::json!({"secret_value_absent": "maybe"});
    assert_eq!(problem_with("checks", checks).0, "$.checks.secret_value_absent");
    // A hold has no end.
    assert_eq!(problem_with("outcome", "request_supplement".into()).0, "$.valid_until");
}

#[test]
fn all_that_is_still_open_is_told_at_once() {
    let mut open = record();
    for key in ["reviewer", "reviewer_kind", "reviewed_at", "outcome", "reason", "record_ref"] {
        open[key] = "TBD".into();
    }
    for check in ReviewerCheck::ALL {
        open["checks"][check.as_str()] = "TBD".into();
    }
    let errors = ReviewDocument::parse(open.to_string().as_bytes()).unwrap_err();
    assert_eq!(errors.len(), 6 + 23);
    assert_eq!(errors[0].path(), "$.checks.affected_scope_matches_surface");
    let text = open.to_string();
    let broken = text.replacen("\"TBD\"", "pending", 1);
    let errors = ReviewDocument::parse(broken.as_bytes()).unwrap_err();
    assert_eq!(errors.len(), 1);
    let cut = text.trim_end_matches('}');
    let errors = ReviewDocument::parse(cut.as_bytes()).unwrap_err();
    assert!(matches!(errors.last().unwrap().problem(), DocumentProblem::Syntax(_)));
}

#[test]
fn of_very_many_faults_the_first_ones_are_told() {
    let unknown: Vec<_> = (0..20_000).map(|number| format!("\"{number:x}\":0")).collect();
    let text = format!("{{{}}}", unknown.join(","));
    let errors = ReviewDocument::parse(text.as_bytes()).unwrap_err();
    assert_eq!(errors.len(), MAX_FAULTS + RecordKey::ALL.len() - 1);
    assert_eq!(errors[1].path(), "$.#2");
}

#[test]
fn a_record_carries_no_secret_payload_command_or_request() {
    for (key, text, problem) in [
        ("reason", "密碼：hunter2x", Problem::SecretValue),
        ("reviewer", "Rex glsa_Qm7xV2bN9cR4tY6wE1uI3oP5sD8fG0hJ_4be71c09", Problem::SecretValue),
        ("reason", "Please reload Prometheus.", Problem::RequestToAct),
        ("reason", "kubectl rollout restart deploy/alertmanager", Problem::Command),
        (
            "reason",
            "2026-11-20 10:00:00 a\n2026-11-20 10:00:01 b\n2026-11-20 10:00:02 c",
            Problem::RawPayload,
        ),
    ] {
        let mut record = record();
        record[key] = text.into();
        let bytes = record.to_string();
        let document = ReviewDocument::parse(bytes.as_bytes()).unwrap();
        let findings = document.record().unwrap_err();
        assert_eq!(findings[0].problem(), problem, "{key}");
        assert_eq!(findings[0].field(), format!("/{key}"));
        assert!(document.place_of(findings[0].field()).1 > 1);
        assert!(!format!("{document:?}{findings:?}").contains("hunter2"));
    }
    let mut long = record();
    long["reason"] = "x".repeat(MAX_CHARACTERS + 1).into();
    let document = ReviewDocument::parse(long.to_string().as_bytes()).unwrap();
    assert_eq!(document.findings()[0].problem(), Problem::Oversized);
}
