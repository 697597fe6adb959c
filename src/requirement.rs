//! What an owner has to answer.

use crate::response::Answers;
use crate::surface::Surface;
use crate::words::{AcceptanceField, Decision};

/// How much a field has to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Requirement {
    /// It may stay blank.
    Optional,
    /// The request asks for it; `not_applicable:` with a reason is an answer.
    ByRequest,
    /// The surface or the decision demands it; there is no way around it.
    Demanded,
}

/// Whether `field` has to be answered for `surface`, given the other `answers`.
pub(crate) fn requirement(field: AcceptanceField, surface: &Surface, answers: &Answers) -> Requirement {
    let decision = answers.text(AcceptanceField::Decision).and_then(|text| text.trim().parse().ok());
    if is_demanded(field, surface, decision) {
        return Requirement::Demanded;
    }
    let is_asked = surface.required_owner_fields().iter().any(|name| name == field.as_str());
    if !is_asked || decision == Some(Decision::DeclineOwnership) {
        return Requirement::Optional;
    }
    match field {
        AcceptanceField::OwnerResponseRef
        | AcceptanceField::StaleAlertReview
        | AcceptanceField::SilenceOrDedupReview
        | AcceptanceField::FalseGreenRiskReview
        | AcceptanceField::NoiseBudgetOwner => Requirement::Demanded,
        _ => Requirement::ByRequest,
    }
}

fn is_demanded(field: AcceptanceField, surface: &Surface, decision: Option<Decision>) -> bool {
    use AcceptanceField as Field;
    if let Field::OwnerRoleOrTeam | Field::Decision | Field::DecisionReason | Field::AffectedScope = field {
        return true;
    }
    if decision == Some(Decision::DeclineOwnership) {
        // The request has to find the owner, and nothing else can be known.
        return field == Field::FollowupOwner;
    }
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
            matches!(field, Field::PostReloadReadbackPlan | Field::ReceiverReceiptProofRef)
        }
        _ => false,
    };
    (by_writes && surface.is_write_capable())
        || (by_live_evidence && surface.requires_live_evidence())
        || by_decision
}
