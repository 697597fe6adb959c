//! Decides which fields an owner has to answer. The request, the surface and the decision each ask for some.

use crate::inputs::Surface;
use crate::response::Answers;
use crate::words::{AcceptanceField, Decision, SurfaceKind};

/// How strictly an answer is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Requirement {
    /// The field may stay blank.
    Optional,
    /// The request asks for it. `not_applicable:` with a reason is enough.
    ByRequest,
    /// The surface or the decision demands it. `not_applicable:` is not enough.
    Demanded,
}

/// Returns how strictly `field` is required for `surface`. The decision among `answers` may ask for more or for less.
pub(crate) fn requirement(
    field: AcceptanceField,
    surface: &Surface,
    answers: &Answers,
) -> Requirement {
    let decision =
        answers.text(AcceptanceField::Decision).and_then(|text| text.trim().parse().ok());
    if is_demanded(field, surface, decision) {
        return Requirement::Demanded;
    }
    let is_asked = surface.required_owner_fields().iter().any(|name| name == field.as_str());
    // These two decisions say that somebody else answers, or that there is nothing to answer.
    let asks_for_little =
        matches!(decision, Some(Decision::DeclineOwnership | Decision::ConfirmNotDeployed));
    if !is_asked || asks_for_little {
        return Requirement::Optional;
    }
    // On such a surface, the three fields about stale, silenced and noisy alerts do not take `not_applicable`.
    let matters = surface.is_write_capable() || surface.requires_live_evidence();
    match field {
        AcceptanceField::OwnerResponseRef | AcceptanceField::FalseGreenRiskReview => {
            Requirement::Demanded
        }
        AcceptanceField::StaleAlertReview
        | AcceptanceField::SilenceOrDedupReview
        | AcceptanceField::NoiseBudgetOwner
            if matters =>
        {
            Requirement::Demanded
        }
        _ => Requirement::ByRequest,
    }
}

/// Whether the surface or the decision demands an answer, whatever the request asks for.
fn is_demanded(field: AcceptanceField, surface: &Surface, decision: Option<Decision>) -> bool {
    use AcceptanceField as Field;
    if field.is_always_required() {
        return true;
    }
    if let Some(Decision::DeclineOwnership | Decision::ConfirmNotDeployed) = decision {
        // Another owner has to be found, or no live system reads the file. So the owner cannot know anything else.
        return field == Field::FollowupOwner;
    }
    let by_decision = match decision {
        Some(Decision::ConfirmAfterIncident) => matches!(
            field,
            Field::IncidentContextRef
                | Field::ReceiverReceiptProofRef
                | Field::StaleAlertReview
                | Field::SilenceOrDedupReview
                | Field::ValidationPlan
        ),
        Some(Decision::ConfirmAfterChange) => {
            matches!(
                field,
                Field::PostReloadReadbackPlan
                    | Field::ReceiverReceiptProofRef
                    | Field::ValidationPlan
                    | Field::RollbackOwner
            )
        }
        Some(Decision::ProposeChange) => matches!(
            field,
            Field::PostReloadReadbackPlan
                | Field::MaintenanceWindow
                | Field::RollbackOwner
                | Field::ValidationPlan
        ),
        _ => false,
    };
    let kind = surface.descriptor(Field::ConfigKind).and_then(|kind| kind.as_str());
    let kind = kind.and_then(|kind| kind.parse().ok());
    is_demanded_of(field, surface.is_write_capable(), surface.requires_live_evidence(), kind)
        || by_decision
}

/// Whether a surface demands the answer, whatever its owner decides. An unknown kind demands nothing more.
pub(crate) fn is_demanded_of(
    field: AcceptanceField,
    is_write_capable: bool,
    requires_live_evidence: bool,
    kind: Option<SurfaceKind>,
) -> bool {
    use AcceptanceField as Field;
    let by_writes = matches!(
        field,
        Field::ReloadOwner
            | Field::MaintenanceWindow
            | Field::RollbackOwner
            | Field::ValidationPlan
            | Field::PostReloadReadbackPlan
            | Field::RouteSmokePlan
    );
    let by_live_evidence = matches!(
        field,
        Field::LiveConfigHashRef
            | Field::AlertChainHealthRef
            | Field::ReceiverReceiptProofRef
            | Field::ReceiverOwner
            | Field::RedactedEvidenceRefs
    );
    (by_writes && is_write_capable)
        || (by_live_evidence && requires_live_evidence)
        || kind.is_some_and(|kind| kind.requires(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::OwnerRequests;

    /// Returns the fields that surface and decision demand, and those that only the request asks for. The request asks
    /// for all fields.
    fn requirements(writes: bool, live: bool, decision: &str) -> [Vec<&'static str>; 2] {
        let all: Vec<_> = AcceptanceField::answers().map(AcceptanceField::as_str).collect();
        requirements_of(&all, writes, live, decision)
    }

    /// As [`requirements`], but the request asks only for the fields in `asked`.
    fn requirements_of(
        asked: &[&str],
        writes: bool,
        live: bool,
        decision: &str,
    ) -> [Vec<&'static str>; 2] {
        let document = serde_json::json!({
            "required_owner_fields": [],
            "request_drafts": [{
                "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1,
                "config_kind": 1, "observability_scope": 1, "control_tier": 1, "repo_source_path": 1,
                "repo_sha256": 1, "source_line_count": 1, "write_capable_surface": writes,
                "requires_live_evidence": live, "required_owner_fields": asked,
            }],
        });
        let requests = OwnerRequests::parse(document.to_string().as_bytes()).unwrap();
        let mut answers = Answers::default();
        answers.set_text(AcceptanceField::Decision, format!(" {decision}\n"));
        [Requirement::Demanded, Requirement::ByRequest].map(|wanted| {
            AcceptanceField::answers()
                .filter(|field| requirement(*field, &requests.surfaces()[0], &answers) == wanted)
                .map(AcceptanceField::as_str)
                .collect()
        })
    }

    const FOUR: &str = "owner_role_or_team decision decision_reason affected_scope";
    /// The fields that never take `not_applicable` if the request asks for them.
    const STRICT: &str = "owner_response_ref false_green_risk_review";
    /// As [`STRICT`], but only if the surface can write or requires live evidence.
    const MATTERS: &str = "stale_alert_review silence_or_dedup_review noise_budget_owner";
    const WRITES: &str = "reload_owner maintenance_window rollback_owner validation_plan \
        post_reload_readback_plan route_smoke_plan";
    const LIVE: &str = "live_config_hash_ref alert_chain_health_ref receiver_receipt_proof_ref \
        receiver_owner redacted_evidence_refs";
    const INCIDENT: &str = "incident_context_ref receiver_receipt_proof_ref stale_alert_review \
        silence_or_dedup_review validation_plan";
    const CHANGE: &str =
        "post_reload_readback_plan receiver_receipt_proof_ref validation_plan rollback_owner";
    const PROPOSAL: &str =
        "post_reload_readback_plan maintenance_window rollback_owner validation_plan";

    #[test]
    fn surface_and_decision_demand_what_the_table_says() {
        for (writes, live, decision, groups) in [
            (false, false, "confirm_current_state", vec![]),
            (true, false, "confirm_current_state", vec![WRITES, MATTERS]),
            (false, true, "propose_change", vec![LIVE, MATTERS, PROPOSAL]),
            (true, true, "nonsense", vec![WRITES, LIVE, MATTERS]),
            (false, false, "confirm_after_incident", vec![INCIDENT]),
            (false, false, "confirm_after_change", vec![CHANGE]),
            (false, false, "propose_change", vec![PROPOSAL]),
            (true, true, "confirm_after_incident", vec![WRITES, LIVE, INCIDENT, MATTERS]),
        ] {
            let [demanded, by_request] = requirements(writes, live, decision);
            let expected: Vec<_> =
                [FOUR, STRICT].iter().chain(&groups).flat_map(|group| group.split(' ')).collect();
            for field in AcceptanceField::answers().map(AcceptanceField::as_str) {
                assert_eq!(
                    demanded.contains(&field),
                    expected.contains(&field),
                    "{field}, {decision}"
                );
                assert_eq!(
                    by_request.contains(&field),
                    !expected.contains(&field),
                    "{field}, {decision}"
                );
            }
        }
    }

    #[test]
    fn a_request_asks_for_what_it_names_and_no_more() {
        let asked = ["followup_owner", "stale_alert_review"];
        let [demanded, by_request] = requirements_of(&asked, false, false, "confirm_current_state");
        assert_eq!(demanded, FOUR.split(' ').collect::<Vec<_>>());
        assert_eq!(by_request, ["stale_alert_review", "followup_owner"]);
    }

    #[test]
    fn who_declines_or_has_not_deployed_says_no_more_than_who_follows_up() {
        for decision in ["decline_ownership", "confirm_not_deployed"] {
            let [demanded, by_request] = requirements(true, true, decision);
            let expected: Vec<_> = FOUR.split(' ').chain(["followup_owner"]).collect();
            assert_eq!(demanded, expected);
            assert!(by_request.is_empty());
        }
    }
}
