//! Claims of health and of recovery, and the proofs that they need.

use super::*;

#[test]
fn an_incident_needs_its_context_and_a_false_green_its_proof() {
    let mut document = clean();
    document["decision"] = json!("confirm_after_incident");
    assert_eq!(triaged(&document).lane(), Lane::IncidentRecoveryBackfillRequired);
    document["incident_context_ref"] = json!("ticket:INC-1");
    document["decision_reason"] = json!("The service has recovered.");
    assert_eq!(triaged(&document).lane(), Lane::ReadyForMonitoringReview);
    document["receiver_receipt_proof_ref"] = json!(null);
    assert_eq!(triaged(&document).lane(), Lane::ReceiverReceiptGapRequired);
    document["decision_reason"] = json!("網頁打得開，一切正常");
    assert_eq!(triaged(&document).lane(), Lane::NoFalseGreenSupplementRequired);
}

/// `not_applicable` needs a reason, and the reason is a text like any other.
#[test]
fn the_reason_why_a_field_does_not_apply_is_judged() {
    for (field, reason, lane) in [
        (
            "incident_context_ref",
            "no incident since the last review",
            Lane::ReadyForMonitoringReview,
        ),
        ("incident_context_ref", "近三個月無事故", Lane::ReadyForMonitoringReview),
        (
            "incident_context_ref",
            "the mail relay was down on Monday, and it has recovered since",
            Lane::IncidentRecoveryBackfillRequired,
        ),
        (
            "incident_context_ref",
            "昨晚 exporter 掛掉,今天早上已恢復正常",
            Lane::IncidentRecoveryBackfillRequired,
        ),
        (
            "cross_project_notification_ref",
            "one team only, so please reload Prometheus",
            Lane::RejectExecutionRequest,
        ),
    ] {
        let mut document = clean();
        document[field] = json!(format!("not_applicable: {reason}"));
        let triaged = triaged(&document);
        assert_eq!(triaged.lane(), lane, "{reason}");
        let pointer = format!("/{field}");
        assert!(triaged.findings.iter().all(|finding| finding.field() == pointer), "{reason}");
    }
}

/// Why there was no incident may be that all was well. Why there is no receipt may not be that a page opens.
#[test]
fn a_claim_of_health_excuses_a_missing_incident_and_no_missing_receipt() {
    let reason = "not_applicable: the dashboard is green, so all is well";
    for (field, is_found) in [("incident_context_ref", false), ("receiver_receipt_proof_ref", true)]
    {
        let mut document = clean();
        document["receiver_receipt_proof_ref"] = json!(null);
        document[field] = json!(reason);
        let triaged = triaged(&document);
        let is_claim = |finding: &Finding| finding.problem() == Problem::RouteOnlyHealth;
        assert_eq!(triaged.findings.iter().any(is_claim), is_found);
        let hints = &triaged.response.hints;
        assert_eq!(hints.iter().any(|hint| hint.field() == format!("/{field}")), !is_found);
    }
}

/// A sentence says that something is well or that it came back. Whatever it looks like more, one of the two is found, as
/// long as one of them needs a proof that is not there.
#[test]
fn a_sentence_that_looks_like_both_is_found_as_one() {
    for reason in [
        "The service recovered at 10:20 and the container is up, so alerting works.",
        "Alerts are back since Monday and the dashboard is green, so all is well.",
    ] {
        for (receipt, incident) in [(true, false), (false, false), (false, true)] {
            let mut document = clean();
            document["decision_reason"] = json!(reason);
            if !receipt {
                document["alert_chain_health_ref"] = json!(null);
            }
            if incident {
                document["incident_context_ref"] = json!("ticket:INC-1");
            }
            let problems: Vec<_> = triaged(&document)
                .findings
                .iter()
                .filter(|finding| finding.field() == "/decision_reason")
                .map(Finding::problem)
                .collect();
            assert_eq!(problems.len(), 1, "{reason} {receipt} {incident}: {problems:?}");
        }
    }
}
