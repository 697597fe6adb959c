//! JSON Schema 2020-12 of the documents that this crate reads and writes.

use serde_json::{Map, Value, json};

use crate::json::with;
use crate::ledger;
use crate::response::RESPONSE_VERSION;
use crate::review::{RECORD_VERSION, RecordKey, ReviewerKind, Verdict};
use crate::surface::DESCRIPTORS;
use crate::triage::MAX_CHARACTERS;
use crate::words::{AcceptanceField, AnswerShape, Decision, Lane, LedgerKey, ReviewerCheck};

/// A document that has a schema.
///
/// ```
/// use acceptance_ledger::Schema;
///
/// let schema = Schema::Response.to_json();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// assert_eq!("response".parse(), Ok(Schema::Response));
/// ```
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Schema {
    /// An owner response.
    Response,
    /// A reviewer record.
    ReviewerRecord,
    /// The inventory of surfaces.
    Inventory,
    /// The owner requests.
    OwnerRequests,
    /// The ledger.
    Ledger,
}

impl Schema {
    /// Every document that has a schema.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The schema.
    #[must_use]
    pub fn to_json(self) -> Value {
        let schema = match self {
            Self::Response => response(),
            Self::ReviewerRecord => reviewer_record(),
            Self::Inventory => inventory(),
            Self::OwnerRequests => owner_requests(),
            Self::Ledger => ledger::schema(),
        };
        with(schema, "$schema", json!("https://json-schema.org/draft/2020-12/schema"))
    }
}

/// The pointers that [`EvidenceRef`](crate::EvidenceRef) reads, as a pattern.
const REF: &str = r"^(sha256:[0-9a-fA-F]{64}|sha512:[0-9a-fA-F]{128}|commit:[0-9a-fA-F]{7,64}|ticket:([A-Za-z][A-Za-z0-9_]*-[0-9]+|[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+#[0-9]+)|(artifact|message-id):\S+|https://[A-Za-z0-9.-]+(:[0-9]+)?/\S+)$";

/// An answer that says, with a reason, that there is none to give.
const NOT_APPLICABLE: &str = r"^not_applicable:.*\S";

fn response() -> Value {
    let reference =
        json!({"type": "string", "anyOf": [{"pattern": REF}, {"pattern": NOT_APPLICABLE}]});
    let mut properties = Map::new();
    let mut add = |key: &str, schema: Value| properties.insert(key.to_owned(), schema);
    add("$schema", json!({"type": "string"}));
    add(LedgerKey::SchemaVersion.as_str(), json!({"const": RESPONSE_VERSION}));
    add("responder", json!({"type": "string", "minLength": 1, "description": "Who answers."}));
    add(
        "responded_at",
        json!({"type": "string", "format": "date-time", "description": "When: RFC 3339 with an offset."}),
    );
    for field in [
        AcceptanceField::AcceptanceCandidateId,
        AcceptanceField::RequestId,
        AcceptanceField::SurfaceId,
        AcceptanceField::RepoSha256,
    ] {
        add(field.as_str(), json!({"type": "string", "description": field.english()}));
    }
    add(AcceptanceField::NotApproval.as_str(), json!({"const": true}));
    for field in AcceptanceField::answers() {
        let schema = match field.answer_shape() {
            Some(AnswerShape::Refs) => json!({"type": "array", "items": reference}),
            Some(AnswerShape::Ref) => json!({"anyOf": [{"type": "null"}, reference]}),
            _ if field == AcceptanceField::Decision => {
                let decisions = Decision::ALL.iter();
                json!({"oneOf": decisions.map(|decision| json!({"const": decision.as_str(), "description": decision.english()})).collect::<Vec<_>>()})
            }
            _ => json!({"type": ["string", "null"], "maxLength": MAX_CHARACTERS}),
        };
        add(field.as_str(), with(schema, "description", json!(field.english())));
    }
    let required = [
        LedgerKey::SchemaVersion.as_str(),
        AcceptanceField::AcceptanceCandidateId.as_str(),
        AcceptanceField::RequestId.as_str(),
        AcceptanceField::SurfaceId.as_str(),
        AcceptanceField::RepoSha256.as_str(),
        "responder",
        "responded_at",
        AcceptanceField::NotApproval.as_str(),
        AcceptanceField::OwnerRoleOrTeam.as_str(),
        AcceptanceField::Decision.as_str(),
        AcceptanceField::DecisionReason.as_str(),
        AcceptanceField::AffectedScope.as_str(),
    ];
    json!({
        "title": "Owner response",
        "description": "What an owner answers about one surface. It points to evidence and contains none; it approves nothing.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn reviewer_record() -> Value {
    let verdicts: Vec<_> = [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable]
        .map(|verdict| verdict.to_string())
        .into();
    let kinds: Vec<_> =
        [ReviewerKind::Person, ReviewerKind::Automation].map(|kind| kind.to_string()).into();
    let outcomes: Vec<_> = Lane::ALL
        .iter()
        .filter(|lane| lane.is_hold() || **lane == Lane::OwnerReviewOnlyUpdate)
        .map(|lane| lane.as_str())
        .collect();
    let checks: Map<_, _> = ReviewerCheck::ALL
        .iter()
        .map(|check| (check.to_string(), json!({"enum": verdicts, "description": check.english()})))
        .collect();
    let all: Vec<_> = checks.keys().cloned().collect();
    let text = json!({"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS});
    let described =
        |schema: Value, description: &str| with(schema, "description", json!(description));
    let properties: Map<_, _> = RecordKey::ALL
        .iter()
        .map(|key| {
            let schema = match key {
                RecordKey::SchemaVersion => json!({"const": RECORD_VERSION}),
                RecordKey::AcceptanceCandidateId => {
                    described(json!({"type": "string"}), "The candidate that the record is about.")
                }
                RecordKey::ResponseEvent => described(
                    json!({"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}),
                    "The digest of the journal's line of the answer that was judged.",
                ),
                RecordKey::Reviewer => described(text.clone(), "Who reviewed."),
                RecordKey::ReviewerKind => {
                    described(json!({"enum": kinds}), "Automation may only hold back.")
                }
                RecordKey::ReviewedAt => described(
                    json!({"type": "string", "format": "date-time"}),
                    "When: RFC 3339 with an offset.",
                ),
                RecordKey::Outcome => {
                    described(json!({"enum": outcomes}), "The lane that the answer is given.")
                }
                RecordKey::Reason => described(text.clone(), "Why."),
                RecordKey::RecordRef => described(
                    json!({"type": "string", "pattern": REF}),
                    "A pointer to where the decision is recorded.",
                ),
                RecordKey::Checks => json!({
                    "type": "object", "properties": checks, "required": all,
                    "additionalProperties": false,
                }),
                RecordKey::NotAuthorization => json!({"const": true}),
            };
            (key.as_str().to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({
        "title": "Reviewer record",
        "description": "What a reviewer decides about one answer. It authorizes nothing.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn inventory() -> Value {
    json!({
        "title": "Inventory",
        "description": "The surfaces of a repository.",
        "type": "object",
        "properties": {
            "schema_version": {}, "status": {},
            "summary": {"type": "object", "properties": {"surface_count": {}}},
            "surfaces": {},
        },
    })
}

fn owner_requests() -> Value {
    let id = json!({"type": "string", "minLength": 1});
    let mut draft = Map::new();
    for field in DESCRIPTORS {
        draft.insert(field.to_string(), json!({"description": field.english()}));
    }
    for field in [AcceptanceField::RequestId, AcceptanceField::SurfaceId] {
        draft.insert(field.to_string(), id.clone());
    }
    for field in [AcceptanceField::WriteCapableSurface, AcceptanceField::RequiresLiveEvidence] {
        draft.insert(field.to_string(), json!({"type": "boolean", "description": field.english()}));
    }
    let fields = json!({"type": "array", "items": {"type": "string"}});
    draft.insert(LedgerKey::RequiredOwnerFields.to_string(), fields.clone());
    let required: Vec<_> = draft.keys().cloned().collect();
    json!({
        "title": "Owner requests",
        "description": "What the owners are asked, one draft a surface.",
        "type": "object",
        "properties": {
            "schema_version": {}, "status": {},
            "summary": {"type": "object", "properties": {"request_draft_count": {}}},
            "required_owner_fields": fields,
            "request_drafts": {
                "type": "array",
                "items": {"type": "object", "properties": draft, "required": required},
            },
        },
        "required": ["required_owner_fields"],
    })
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::response::EvidenceRef;

    #[test]
    fn the_pattern_of_a_pointer_is_its_parser() {
        let pattern = Regex::new(REF).unwrap();
        for text in [
            "sha256:0a",
            &format!("sha256:{}", "0a".repeat(32)),
            &format!("sha512:{}", "0a".repeat(64)),
            "commit:0af9c1d",
            "commit:0af9c1",
            "ticket:OPS-1",
            "ticket:org/repo.x#12",
            "ticket:1-1",
            "ticket:OPS",
            "ticket:/x#1",
            "artifact:a/b.json",
            "artifact:a b",
            "message-id:<1@x>",
            "https://wiki.local:8443/a?b=c",
            "https://wiki.local",
            "https://u@wiki.local/a",
            "http://wiki.local/a",
            "see the ticket",
        ] {
            assert_eq!(pattern.is_match(text), text.parse::<EvidenceRef>().is_ok(), "{text}");
        }
    }
}
