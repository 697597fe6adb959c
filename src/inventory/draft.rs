//! Drafts the owner requests from an inventory: one request for each surface.

use std::collections::BTreeMap;

use crate::json::{DocumentError, Json, read_document};
use crate::words::names::{OWNER_REQUESTS_VERSION, REQUEST_PREFIX};
use crate::words::{AcceptanceField, LedgerKey};

use super::report::{Listed, SUGGESTED_OWNER, document_text};

const STATUS: &str = "owner_request_draft_ready_not_dispatched";

/// The owner request document that was drafted from an inventory.
#[derive(Debug)]
pub(crate) struct RequestDrafts {
    /// The document as JSON.
    pub(crate) text: String,
    /// The number of requests.
    pub(crate) count: usize,
}

/// Drafts a request for each surface that an inventory lists.
///
/// # Errors
///
/// Fails if the inventory is invalid. The error lists all its faults.
pub(crate) fn draft(inventory: &[u8]) -> Result<RequestDrafts, DocumentError> {
    let (listed, _) = Listed::parse(inventory)?;
    let drafts = listed.iter().map(request).collect();
    let asked =
        AcceptanceField::answers().filter(|field| *field != AcceptanceField::OwnerResponseRef);
    let document = Json::object([
        (LedgerKey::SchemaVersion.as_str(), Json::from(OWNER_REQUESTS_VERSION)),
        (LedgerKey::Status.as_str(), STATUS.into()),
        (
            LedgerKey::Summary.as_str(),
            Json::object([("request_draft_count", Json::from(listed.len()))]),
        ),
        (
            LedgerKey::RequiredOwnerFields.as_str(),
            Json::strings(asked.map(AcceptanceField::as_str)),
        ),
        ("request_drafts", Json::Array(drafts)),
    ]);
    Ok(RequestDrafts { text: document_text(&document), count: listed.len() })
}

/// Returns the suggested owner of each surface, by surface id. It does not check the rest of the document:
/// [`OwnerRequests`](crate::OwnerRequests) does that.
///
/// # Errors
///
/// Fails if the document is not a strict JSON object, or if `request_drafts` is not a list.
pub(crate) fn suggested_owners(requests: &[u8]) -> Result<BTreeMap<String, String>, DocumentError> {
    read_document(
        requests,
        |_| false,
        |reader| {
            let mut owners = BTreeMap::new();
            reader.object(
                |key| (key == "request_drafts").then_some(()),
                |reader, ()| {
                    reader.array(|reader, _| {
                        let Json::Object(draft) = reader.value()? else { return Ok(()) };
                        let text = |key: &str| Some(draft.get(key)?.as_str()?.to_owned());
                        let id = text(AcceptanceField::SurfaceId.as_str());
                        owners.extend(id.zip(text(SUGGESTED_OWNER)));
                        Ok(())
                    })
                },
            )?;
            Ok(owners)
        },
    )
}

/// Drafts the request for one surface.
fn request(listed: &Listed) -> Json {
    let asked = AcceptanceField::answers().filter(|field| is_asked(*field, listed));
    let own = [
        (
            AcceptanceField::RequestId.as_str(),
            Json::String(format!("{REQUEST_PREFIX}{}", listed.surface_id)),
        ),
        ("request_sent", Json::Bool(false)),
        (AcceptanceField::NotApproval.as_str(), Json::Bool(true)),
        (
            LedgerKey::RequiredOwnerFields.as_str(),
            Json::strings(asked.map(AcceptanceField::as_str)),
        ),
    ];
    let owner = listed.suggested_owner.as_deref().map(|owner| (SUGGESTED_OWNER, owner.into()));
    let carried = listed.fields.iter().map(|(field, value)| (field.as_str(), value.clone()));
    Json::object(carried.chain(own).chain(owner))
}

/// Whether the request asks the owner of a surface for this answer. It asks for what the surface demands, for what
/// every review needs, and for the person who follows up.
pub(crate) fn is_asked(field: AcceptanceField, listed: &Listed) -> bool {
    use AcceptanceField as Field;
    let is_asked_of_all = matches!(
        field,
        Field::OwnerRoleOrTeam
            | Field::Decision
            | Field::DecisionReason
            | Field::AffectedScope
            | Field::StaleAlertReview
            | Field::SilenceOrDedupReview
            | Field::FalseGreenRiskReview
            | Field::IncidentContextRef
            | Field::CrossProjectNotificationRef
            | Field::FollowupOwner
    );
    is_asked_of_all
        || crate::response::is_demanded_of(
            field,
            listed.is_write_capable,
            listed.requires_live_evidence,
            listed.kind(),
        )
}
