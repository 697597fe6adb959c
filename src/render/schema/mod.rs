//! The JSON Schemas (2020-12) of the documents that this crate reads and writes.

mod event;
mod export;
mod outputs;

use serde_json::{Map, Value, json};

use crate::inputs::DESCRIPTORS;
use crate::json::with;
use crate::ledger;
use crate::review::{ACCEPT, ReviewerKind, Verdict};
use crate::words::limits::MAX_ACCEPTANCE_DAYS;
use crate::words::limits::MAX_CHARACTERS;
use crate::words::names::{RECORD_VERSION, RESPONSE_VERSION};
use crate::words::{
    AcceptanceField, AnswerForm, AnswerPart, CLEAR, Decision, ENTRY_KEYS, FIELDS, HealthGround,
    Lane, LedgerKey, NOT_APPLICABLE, PartForm, REASON, REF, RecordKey, ReferenceKind, ReferenceUse,
    ResponseKey, ReviewerCheck,
};

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
    /// An event: one line of a journal.
    Event,
    /// What `triage` and `intake` print with `--format json`.
    TriageOutput,
    /// A line that `triage --ndjson` prints.
    TriageLine,
    /// What `review` prints with `--format json`.
    ReviewOutput,
    /// What `verify` prints with `--format json`.
    VerifyOutput,
    /// What `status` prints with `--format json`.
    StatusOutput,
    /// What `status` of one surface prints with `--format json`.
    SurfaceStatusOutput,
    /// A row that `export candidates` prints.
    ExportCandidates,
    /// A row that `export events` prints.
    ExportEvents,
    /// A row that `export findings` prints.
    ExportFindings,
}

impl Schema {
    /// Every document that has a schema.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name of the schema, such as `reviewer-record`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the schema.
    #[must_use]
    pub fn to_json(self) -> Value {
        let schema = match self {
            Self::Response => response(),
            Self::ReviewerRecord => reviewer_record(),
            Self::Inventory => inventory(),
            Self::OwnerRequests => owner_requests(),
            Self::Ledger => ledger::schema(),
            Self::Event => event::event(),
            Self::TriageOutput => outputs::triage(),
            Self::TriageLine => export::triage_line(),
            Self::ReviewOutput => outputs::review(),
            Self::VerifyOutput => outputs::verify(),
            Self::StatusOutput => outputs::status(),
            Self::SurfaceStatusOutput => outputs::surface_status(),
            Self::ExportCandidates => export::candidates(),
            Self::ExportEvents => export::events(),
            Self::ExportFindings => export::findings(),
        };
        with(schema, "$schema", json!("https://json-schema.org/draft/2020-12/schema"))
    }
}

/// Returns the schema of one word of a list.
fn words<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    json!({"enum": words.collect::<Vec<_>>()})
}

/// Returns the pattern of a ref after its kind and the colon. It has to match what
/// [`EvidenceRef`](crate::EvidenceRef) parses; a test compares the two.
const fn reference_target(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Sha256 => "[0-9a-fA-F]{64}",
        ReferenceKind::Sha512 => "[0-9a-fA-F]{128}",
        // From the short form of git to a whole SHA-256.
        ReferenceKind::Commit => "[0-9a-fA-F]{7,64}",
        // A key such as `OPS-12`, or an issue of a repository such as `org/repo#12`.
        ReferenceKind::Ticket => {
            r"([A-Za-z][A-Za-z0-9_]*-[0-9]+|[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+#[0-9]+)"
        }
        ReferenceKind::Artifact | ReferenceKind::MessageId => r"\S+",
        // The kind is `https`, so `//` follows. A host alone points to nothing. A user and password before it do not
        // match.
        ReferenceKind::Https => r"//[A-Za-z0-9.-]+(:[0-9]+)?/\S+",
    }
}

/// Returns the pattern of the refs that a field with this use accepts.
fn reference(of: ReferenceUse) -> String {
    let kinds = ReferenceKind::ALL.iter().filter(|kind| of.takes(**kind));
    let patterns: Vec<_> =
        kinds.map(|kind| format!("{kind}:{}", reference_target(*kind))).collect();
    format!("^({})$", patterns.join("|"))
}

/// The pattern of `not_applicable:` with a reason. A text of blanks is not a reason.
const NOT_APPLICABLE_TEXT: &str = r"^not_applicable[:：].*\S";

/// Returns the schema of a text. `null` is allowed, because a form leaves a key blank until it is answered.
fn text() -> Value {
    json!({"type": ["string", "null"], "maxLength": MAX_CHARACTERS})
}

/// Returns the schema of a value, or of an object with one of the keys in place of the value's prefix.
fn or_keys(value: Value, keys: &[&str]) -> Value {
    if keys.is_empty() {
        return value;
    }
    let properties: Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), text())).collect();
    let object = json!({"type": "object", "properties": properties, "additionalProperties": false});
    json!({"anyOf": [value, object]})
}

/// Returns the schema of a ref, of `not_applicable:` with a reason, or of a blank.
fn reference_or_blank(of: ReferenceUse) -> Value {
    let pattern = json!({"type": "string", "anyOf": [
        {"pattern": reference(of)}, {"pattern": NOT_APPLICABLE_TEXT}, {"maxLength": 0}]});
    or_keys(json!({"anyOf": [{"type": "null"}, pattern]}), &[REF, NOT_APPLICABLE])
}

/// Returns the schema of one part of an answer.
fn part(part: &AnswerPart) -> Value {
    match part.form {
        PartForm::Text | PartForm::StopCondition => or_keys(text(), &[NOT_APPLICABLE]),
        PartForm::TextOrRef => or_keys(text(), &[REF, NOT_APPLICABLE]),
        PartForm::Ref(of) => reference_or_blank(of),
        PartForm::Entries { until } => {
            let mut properties: Map<_, _> =
                ENTRY_KEYS.iter().map(|key| ((*key).to_owned(), text())).collect();
            if let (Some(until), [_, _, key]) = (until, ENTRY_KEYS) {
                let by_design = if until.may_be_by_design() { ", or by_design" } else { "" };
                let schema =
                    with(text(), "description", json!(format!("A date or a time{by_design}.")));
                properties.insert(key.to_owned(), schema);
            }
            let entry = json!({"type": ["object", "null"], "properties": properties, "additionalProperties": false});
            or_keys(
                json!({"anyOf": [
                    {"enum": [CLEAR, "", null]},
                    {"type": "string", "pattern": NOT_APPLICABLE_TEXT},
                    {"type": "array", "items": entry},
                ]}),
                &[NOT_APPLICABLE],
            )
        }
        PartForm::Grounds => {
            let grounds: Vec<_> = HealthGround::ALL
                .iter()
                .map(|ground| json!({"const": ground.as_str(), "description": ground.english()}))
                .collect();
            let ground = json!({"anyOf": [{"type": "null"}, {"oneOf": grounds}]});
            json!({"anyOf": [ground, {"type": "array", "items": ground}]})
        }
    }
}

/// Returns the schema of an answer.
fn answer(form: AnswerForm) -> Value {
    match form {
        AnswerForm::Decision => {
            let decisions: Vec<_> = Decision::ALL
                .iter()
                .map(|decision| json!({"const": decision.as_str(), "description": decision.english()}))
                .collect();
            json!({"anyOf": [{"type": "null"}, {"oneOf": decisions}]})
        }
        AnswerForm::Ref(of) => reference_or_blank(of),
        AnswerForm::Refs(of) => {
            let items = json!({"type": "array", "items": reference_or_blank(of)});
            or_keys(json!({"anyOf": [{"type": "null"}, items]}), &[NOT_APPLICABLE])
        }
        AnswerForm::Parts(parts) => {
            let mut properties: Map<_, _> =
                parts.iter().map(|one| (one.name.to_owned(), part(one))).collect();
            properties.insert(NOT_APPLICABLE.to_owned(), text());
            let object =
                json!({"type": "object", "properties": properties, "additionalProperties": false});
            json!({"anyOf": [{"type": "null"}, {"type": "string", "pattern": NOT_APPLICABLE_TEXT}, object]})
        }
        AnswerForm::Scope
        | AnswerForm::Text
        | AnswerForm::TextOrRef
        | AnswerForm::Name
        | AnswerForm::NameRefOrDisable
        | AnswerForm::Window => or_keys(text(), form.prefix_keys()),
    }
}

fn response() -> Value {
    let mut properties = Map::new();
    let mut add = |key: &str, schema: Value| properties.insert(key.to_owned(), schema);
    add("$schema", json!({"type": "string"}));
    add(LedgerKey::SchemaVersion.as_str(), json!({"const": RESPONSE_VERSION}));
    add(
        ResponseKey::Responder.as_str(),
        with(text(), "description", json!("The name of the person who answers.")),
    );
    add(
        ResponseKey::RespondedAt.as_str(),
        json!({
            "anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}],
            "description": "The time of the answer: RFC 3339 with an offset.",
        }),
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
        let Some(form) = field.form() else { continue };
        let [english, chinese] = field.help();
        let help = json!(format!("{english}\n{chinese}"));
        add(field.as_str(), with(answer(form), "description", help));
    }
    let names: Vec<_> = AcceptanceField::answers().map(AcceptanceField::as_str).collect();
    add(
        NOT_APPLICABLE,
        json!({
            "description": "One reason for all the fields that are listed.",
            "type": ["object", "null"],
            "properties": {
                REASON: text(),
                FIELDS: {"type": ["array", "null"], "items": {"anyOf": [{"type": "null"}, {"enum": names}]}},
            },
            "additionalProperties": false,
        }),
    );
    let required = [
        LedgerKey::SchemaVersion.as_str(),
        AcceptanceField::AcceptanceCandidateId.as_str(),
        AcceptanceField::RequestId.as_str(),
        AcceptanceField::SurfaceId.as_str(),
        AcceptanceField::RepoSha256.as_str(),
        ResponseKey::Responder.as_str(),
        ResponseKey::RespondedAt.as_str(),
        AcceptanceField::NotApproval.as_str(),
        AcceptanceField::OwnerRoleOrTeam.as_str(),
        AcceptanceField::Decision.as_str(),
        AcceptanceField::DecisionReason.as_str(),
        AcceptanceField::AffectedScope.as_str(),
    ];
    json!({
        "title": "Owner response",
        "description": "The answer of an owner for one surface. It points to evidence and contains none. It approves nothing.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn reviewer_record() -> Value {
    let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable];
    // `null` is allowed: in a hold, a check that was not judged stays blank.
    let verdicts: Vec<_> =
        verdicts.iter().map(|verdict| json!(verdict.to_string())).chain([Value::Null]).collect();
    let kinds: Vec<_> =
        [ReviewerKind::Person, ReviewerKind::Automation].map(|kind| kind.to_string()).into();
    let outcomes: Vec<_> = Lane::ALL
        .iter()
        .filter(|lane| lane.is_hold() || **lane == Lane::OwnerReviewOnlyUpdate)
        .map(|lane| lane.as_str())
        .chain([ACCEPT])
        .collect();
    let checks: Map<_, _> = ReviewerCheck::ALL
        .iter()
        .map(|check| (check.to_string(), json!({"enum": verdicts, "description": check.english()})))
        .collect();
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
                    "The digest of the journal line of the answer that the record judges.",
                ),
                RecordKey::Reviewer => described(text.clone(), "The name of the reviewer."),
                RecordKey::ReviewerKind => {
                    described(json!({"enum": kinds}), "Automation may only hold back.")
                }
                RecordKey::ReviewedAt => described(
                    json!({"type": "string", "format": "date-time"}),
                    "The time of the review: RFC 3339 with an offset.",
                ),
                RecordKey::Outcome => described(
                    json!({"enum": outcomes}),
                    "The lane of a hold, or accept, which is the lane owner_review_only_update.",
                ),
                RecordKey::ValidUntil => described(
                    json!({"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]}),
                    &format!("The end of an acceptance: RFC 3339 with an offset, at most {MAX_ACCEPTANCE_DAYS} days after reviewed_at. Leave it blank for a hold."),
                ),
                RecordKey::Reason => described(text.clone(), "The reason for the decision."),
                RecordKey::RecordRef => described(
                    json!({"type": "string", "pattern": reference(ReferenceUse::Any)}),
                    "A ref to the place where the decision is recorded.",
                ),
                RecordKey::Checks => json!({
                    "type": "object", "properties": checks, "additionalProperties": false,
                }),
                RecordKey::NotAuthorization => json!({"const": true}),
            };
            (key.as_str().to_owned(), schema)
        })
        .collect();
    // A hold has no valid_until.
    let is_required = |key: &&String| key.as_str() != RecordKey::ValidUntil.as_str();
    let required: Vec<_> = properties.keys().filter(is_required).cloned().collect();
    json!({
        "title": "Reviewer record",
        "description": "The decision of a reviewer about one answer. It authorizes nothing.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn inventory() -> Value {
    json!({
        "title": "Inventory",
        "description": "The list of the monitoring surfaces of a repository.",
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
        "description": "The requests to the owners: one draft for each surface.",
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
        let pattern = Regex::new(&reference(ReferenceUse::Any)).unwrap();
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
