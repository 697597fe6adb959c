//! Documents to fill in.

use crate::journal::History;
use crate::json::{Json, write_json, write_string};
use crate::requirement::{Requirement, requirement};
use crate::response::{Answers, PENDING, RESPONSE_VERSION, ResponseKey};
use crate::review::{PENDING_REVIEW, RECORD_VERSION, RecordKey, Verdict};
use crate::surface::Surface;
use crate::words::{AcceptanceField, AnswerShape, Decision, Lane, ReviewerCheck};

/// An owner response to fill in for a surface: every field that has to be answered, and none that need not.
///
/// What an owner has to answer depends on the decision; `None` leaves it open. `schema` is what `$schema`
/// says: where an editor finds the JSON Schema.
///
/// ```
/// use acceptance_ledger::{OwnerRequests, response_template};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let template = response_template(&requests.surfaces()[0], None, "response.schema.json");
/// assert!(template.contains("\"decision\": \"pending_owner_response\""));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[must_use]
pub fn response_template(surface: &Surface, decision: Option<Decision>, schema: &str) -> String {
    let mut answers = Answers::default();
    if let Some(decision) = decision {
        answers.set_text(AcceptanceField::Decision, decision.to_string());
    }
    let mut members = vec![
        (ResponseKey::Schema, Json::from(schema)),
        (ResponseKey::SchemaVersion, Json::from(RESPONSE_VERSION)),
        (
            ResponseKey::Field(AcceptanceField::AcceptanceCandidateId),
            Json::String(surface.candidate_id()),
        ),
        (ResponseKey::Field(AcceptanceField::RequestId), Json::from(surface.request_id())),
        (ResponseKey::Field(AcceptanceField::SurfaceId), Json::from(surface.surface_id())),
        (
            ResponseKey::Field(AcceptanceField::RepoSha256),
            surface.descriptor(AcceptanceField::RepoSha256).cloned().unwrap_or(Json::Null),
        ),
        (ResponseKey::Responder, Json::from(PENDING)),
        (ResponseKey::RespondedAt, Json::from(PENDING)),
        (ResponseKey::Field(AcceptanceField::NotApproval), Json::Bool(true)),
    ];
    for field in AcceptanceField::answers() {
        if requirement(field, surface, &answers) == Requirement::Optional {
            continue;
        }
        let blank = match field.answer_shape() {
            Some(AnswerShape::Refs) => Json::Array(Vec::new()),
            Some(AnswerShape::Ref) => Json::Null,
            _ => Json::from(answers.text(field).unwrap_or(PENDING)),
        };
        members.push((ResponseKey::Field(field), blank));
    }
    write_members(members.iter().map(|(key, value)| (key.as_str(), value)))
}

/// A reviewer record to fill in for the latest answer of a surface: every check, as failed where no other verdict is
/// left, and everything that a person decides still open.
///
/// `None` where nobody has answered for the surface as it is today.
///
/// ```
/// use acceptance_ledger::{History, review_template};
///
/// fn is_there_anything_to_review(history: &History) -> bool {
///     review_template(history).is_some()
/// }
/// ```
#[must_use]
pub fn review_template(history: &History) -> Option<String> {
    let candidate = history.candidate();
    let answer = history.log().response_event()?;
    if candidate.lane() == Lane::WaitingOwnerResponse {
        return None;
    }
    let verdict = |check| {
        if candidate.can_only_fail(check) {
            Verdict::Fail.to_string()
        } else {
            PENDING_REVIEW.to_owned()
        }
    };
    let checks: Vec<_> =
        ReviewerCheck::ALL.iter().map(|check| (check.as_str(), verdict(*check))).collect();
    let pending = || Json::from(PENDING_REVIEW);
    let mut text = String::from("{");
    for (index, key) in RecordKey::ALL.iter().enumerate() {
        text.push_str(if index == 0 { "\n  " } else { ",\n  " });
        write_string(&mut text, key.as_str());
        text.push_str(": ");
        let value = match key {
            RecordKey::SchemaVersion => Json::from(RECORD_VERSION),
            RecordKey::AcceptanceCandidateId => Json::String(candidate.surface().candidate_id()),
            RecordKey::ResponseEvent => Json::String(answer.to_string()),
            // Held as strictly as it stands is the one outcome that asks for no judgement.
            RecordKey::Outcome if candidate.lane().is_hold() => {
                Json::from(candidate.lane().as_str())
            }
            RecordKey::NotAuthorization => Json::Bool(true),
            RecordKey::Checks => {
                write_checks(&mut text, &checks);
                continue;
            }
            _ => pending(),
        };
        write_json(&mut text, &value, 1);
    }
    text.push_str("\n}\n");
    Some(text)
}

/// The checks in the ledger's order, in which a reviewer works through them.
fn write_checks(text: &mut String, checks: &[(&str, String)]) {
    let mut separator = "{";
    for (check, verdict) in checks {
        text.push_str(separator);
        text.push_str("\n    ");
        write_string(text, check);
        text.push_str(": ");
        write_string(text, verdict);
        separator = ",";
    }
    text.push_str("\n  }");
}

/// An object in the order in which a person fills it in.
pub(crate) fn write_members<'a>(members: impl Iterator<Item = (&'a str, &'a Json)>) -> String {
    let mut text = String::from("{");
    for (index, (key, value)) in members.enumerate() {
        text.push_str(if index == 0 { "\n  " } else { ",\n  " });
        write_string(&mut text, key);
        text.push_str(": ");
        write_json(&mut text, value, 1);
    }
    text.push_str("\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::OwnerRequests;

    /// A surface that can write or not, whose request asks for two fields.
    fn surface(is_write_capable: bool) -> Surface {
        let text = format!(
            r#"{{"required_owner_fields": [], "request_drafts": [{{
            "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1, "config_kind": 1,
            "observability_scope": 1, "control_tier": 1, "repo_source_path": 1, "repo_sha256": "0a",
            "source_line_count": 1, "write_capable_surface": {is_write_capable},
            "requires_live_evidence": false,
            "required_owner_fields": ["owner_response_ref", "redacted_evidence_refs", "who_knows"]}}]}}"#
        );
        OwnerRequests::parse(text.as_bytes()).unwrap().surfaces()[0].clone()
    }

    #[test]
    fn a_template_has_what_has_to_be_answered_and_no_more() {
        assert_eq!(
            response_template(&surface(false), None, "x.json"),
            r#"{
  "$schema": "x.json",
  "schema_version": "monitoring_owner_response_v1",
  "acceptance_candidate_id": "monitoring_owner_response_acceptance:s",
  "request_id": "r",
  "surface_id": "s",
  "repo_sha256": "0a",
  "responder": "pending_owner_response",
  "responded_at": "pending_owner_response",
  "not_approval": true,
  "owner_response_ref": null,
  "owner_role_or_team": "pending_owner_response",
  "decision": "pending_owner_response",
  "decision_reason": "pending_owner_response",
  "affected_scope": "pending_owner_response",
  "redacted_evidence_refs": []
}
"#
        );
        let keys = |is_write_capable, decision| -> Vec<String> {
            let text = response_template(&surface(is_write_capable), decision, "x.json");
            let members: serde_json::Map<_, _> = serde_json::from_str(&text).unwrap();
            members.keys().cloned().collect()
        };
        assert!(keys(true, None).contains(&"rollback_owner".to_owned()));
        let after_incident = keys(false, Some(Decision::ConfirmAfterIncident));
        assert!(after_incident.contains(&"incident_context_ref".to_owned()));
        let names: Vec<_> = surface(false).unanswerable_fields().map(str::to_owned).collect();
        assert_eq!(names, ["who_knows"]);
    }
}
