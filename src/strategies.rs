//! Strategies for property tests of this crate and of crates that embed it (feature `proptest`). They generate JSON.
//! YAML is generated in `document/yaml/tests.rs` and `fuzz/src/yaml.rs`.
//!
//! They generate documents, never states. Only the core's own steps create a state.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::cut;
use crate::digest::Digest;
use crate::inputs::Surface;
use crate::render::{TemplateFormat, TemplateOptions, response_template};
use crate::words::names::RECORD_VERSION;
use crate::words::{
    AcceptanceField, AnswerForm, AnswerPart, Lane, PartForm, ReferenceUse, ReviewerCheck,
};

/// The text of the two documents that a ledger is made from.
///
/// ```
/// use acceptance_ledger::{Inventory, OwnerRequests, strategies};
/// use proptest::prelude::*;
///
/// proptest!(|(inputs in strategies::inputs())| {
///     prop_assert!(Inventory::parse(inputs.inventory.as_bytes()).is_ok());
///     prop_assert!(OwnerRequests::parse(inputs.owner_requests.as_bytes()).is_ok());
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The text of the inventory.
    pub inventory: String,
    /// The text of the owner requests.
    pub owner_requests: String,
}

/// Valid input documents with unusual content: any JSON in the descriptors of a surface, unknown
/// keys, numbers of any size, and every kind of text.
pub fn inputs() -> impl Strategy<Value = Inputs> {
    (inventory(), owner_requests())
        .prop_map(|(inventory, owner_requests)| Inputs { inventory, owner_requests })
}

/// Input documents that are damaged in one or two places. At each place, up to five bytes are replaced with a text that
/// often breaks JSON. Some of the documents stay valid.
pub fn broken_inputs() -> impl Strategy<Value = Inputs> {
    let damage = (any::<prop::sample::Index>(), 0..6_usize, select(DAMAGE), any::<bool>());
    (inputs(), vec(damage, 1..3)).prop_map(|(mut inputs, damages)| {
        for (index, length, patch, in_inventory) in damages {
            let text =
                if in_inventory { &mut inputs.inventory } else { &mut inputs.owner_requests };
            let start = cut::floor(text, index.index(text.len().max(1)));
            let end = cut::floor(text, start + length);
            text.replace_range(start..end.max(start), patch);
        }
        inputs
    })
}

/// Texts that often break JSON: nothing, a token, an invalid number, half of an escape, a lone surrogate, a byte order
/// mark, a control character.
const DAMAGE: &[&str] = &[
    "", ",", "\"", "{", "}", "[", "]", ":", "0", "-", "1e999", "NaN", "\\", "\\ud800", "null",
    "\u{feff}", "\u{1}", "true",
];

/// Any JSON value, as text.
pub fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number_text(),
        string_text(),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(" ,\r\n"))),
            btree_map(any_text(), inner, 0..5).prop_map(|members| object_text(
                members.iter().map(|(key, value)| (key.as_str(), value.clone()))
            )),
        ]
    })
}

fn number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        // The ledger keeps all digits of an integer, also beyond 64 bits.
        "-?[1-9][0-9]{0,60}",
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,20}",
        // The exponent has at most two digits, because a float that exceeds 64 bits is refused.
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?[eE][+-]?[0-9]{1,2}",
        any::<f64>()
            .prop_filter("JSON has no NaN and no infinity", |float| float.is_finite())
            .prop_map(|float| format!("{float:e}")),
        // These floats can be halfway between two shortest decimal forms. Python then takes the even form and Rust the
        // larger one, but the ledger must print what Python prints.
        (any::<u32>(), 0..1_u32 << 21, 1..60_i32).prop_map(|(low, high, power)| {
            let count = f64::from(high) * 2_f64.powi(32) + f64::from(low);
            format!("{:e}", count / 2_f64.powi(power))
        }),
        // Python parses `-0` as the integer 0 and `-0.0` as a float that keeps its sign.
        Just("-0".to_owned()),
        Just("-0.0".to_owned()),
    ]
}

fn string_text() -> impl Strategy<Value = String> {
    (any_text(), any::<bool>()).prop_map(|(text, is_escaped)| quote(&text, is_escaped))
}

/// Texts of all kinds: Chinese, control characters, characters outside the Basic Multilingual Plane, quotes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_:/ .-]{0,12}",
        "[\u{0}-\u{7f}]{0,12}",
        "[告警靜默已恢復,。\u{2028}\u{e9}\u{1f600}\u{10ffff}\u{7f}-\u{9f}\"\\\\]{0,12}",
        any::<String>(),
    ]
}

/// Returns a text as a JSON string. It escapes every character, or only those that must be escaped.
fn quote(text: &str, is_escaped: bool) -> String {
    if is_escaped {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    } else {
        serde_json::Value::from(text).to_string()
    }
}

fn object_text<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members
        .into_iter()
        .map(|(key, value)| format!("{}\n:\t{value}", quote(key, false)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A member that may be absent.
fn maybe(
    key: &'static str,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    proptest::option::of(value)
        .prop_map(move |value| value.map(|value| (key, value)).into_iter().collect())
}

fn summary(count_key: &'static str) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    maybe(
        "summary",
        (maybe(count_key, json_text()), maybe("extra", json_text()))
            .prop_map(|(count, extra)| object_text(count.into_iter().chain(extra))),
    )
}

fn inventory() -> impl Strategy<Value = String> {
    let members = (
        maybe("schema_version", json_text()),
        maybe("status", json_text()),
        summary("surface_count"),
        maybe("surfaces", json_text()),
    );
    members.prop_map(|(version, status, summary, surfaces)| {
        object_text([surfaces, summary, version, status].concat())
    })
}

fn owner_requests() -> impl Strategy<Value = String> {
    let members = (
        maybe("schema_version", json_text()),
        maybe("status", json_text()),
        summary("request_draft_count"),
        maybe("unheard of", json_text()),
        required_owner_fields(),
        proptest::option::of(vec(draft(), 0..4)),
    );
    members.prop_map(|(version, status, summary, unknown, required, drafts)| {
        let drafts = drafts.map(|drafts| {
            let drafts = drafts
                .iter()
                .enumerate()
                .map(|(index, draft)| draft.replace("#INDEX#", &index.to_string()));
            ("request_drafts", format!("[{}]", drafts.collect::<Vec<_>>().join(",")))
        });
        let required = [("required_owner_fields", required)];
        object_text(
            [unknown, version, summary, status].concat().into_iter().chain(required).chain(drafts),
        )
    })
}

fn required_owner_fields() -> impl Strategy<Value = String> {
    vec(string_text(), 0..4).prop_map(|fields| format!("[{}]", fields.join(",")))
}

/// A request draft. Its ids contain `#INDEX#`, which is replaced with the draft's position: a second draft for the same
/// surface is refused.
fn draft() -> impl Strategy<Value = String> {
    let descriptors = vec(json_text(), 8);
    let members = (
        descriptors,
        any_text(),
        any::<[bool; 2]>(),
        required_owner_fields(),
        maybe("unheard of", json_text()),
    );
    members.prop_map(|(descriptors, id, [writes, live], required, unknown)| {
        let keys = [
            "label",
            "expected_scope",
            "config_kind",
            "observability_scope",
            "control_tier",
            "repo_source_path",
            "repo_sha256",
            "source_line_count",
        ];
        let id = quote(&format!("{id}#INDEX#"), false);
        let rest = [
            ("surface_id", id.clone()),
            ("request_id", id),
            ("write_capable_surface", writes.to_string()),
            ("requires_live_evidence", live.to_string()),
            ("required_owner_fields", required),
        ];
        object_text(unknown.into_iter().chain(keys.into_iter().zip(descriptors)).chain(rest))
    })
}

/// Owner responses for `surface`, as text. Each is a complete answer in which a few fields are missing, or are replaced
/// with prose, requests, payloads, secrets or any other JSON.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, Lane, OwnerRequests, ResponseDocument, Surfaces, strategies};
/// use proptest::prelude::*;
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// proptest!(|(text in strategies::responses(&surface))| {
///     let response = ResponseDocument::parse(text.as_bytes()).unwrap();
///     let received = AnyCandidate::new(surface.clone()).receive(&surfaces, &response);
///     prop_assert_ne!(AnyCandidate::from(received).lane(), Lane::WaitingOwnerResponse);
/// });
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
pub fn responses(surface: &Surface) -> impl Strategy<Value = String> + use<> {
    let clean = clean_response(surface);
    let keys: Vec<_> = clean.keys().filter(|key| *key != "schema_version").cloned().collect();
    let change = (select(keys), proptest::option::weighted(0.8, answer()));
    let unknown = proptest::option::weighted(0.2, (any_text(), answer()));
    (vec(change, 0..4), unknown).prop_map(move |(changes, unknown)| {
        let mut members: BTreeMap<String, String> =
            clean.iter().map(|(key, value)| (key.clone(), value.to_string())).collect();
        for (key, value) in changes {
            match value {
                Some(value) => members.insert(key, value),
                None => members.remove(&key),
            };
        }
        if let Some((key, value)) = unknown.filter(|(key, _)| key != "schema_version") {
            members.insert(key, value);
        }
        object_text(members.iter().map(|(key, value)| (key.as_str(), value.clone())))
    })
}

/// A complete answer for `surface`, in which triage finds no problem.
#[must_use]
pub fn clean_response(surface: &Surface) -> serde_json::Map<String, serde_json::Value> {
    let options = TemplateOptions { format: TemplateFormat::Json, ..TemplateOptions::default() };
    // `serde_json` can parse the template, so the default is never used.
    let mut members: serde_json::Map<_, _> =
        serde_json::from_str(&response_template(surface, &options)).unwrap_or_default();
    for (key, value) in &mut members {
        match (key.as_str(), key.parse::<AcceptanceField>().ok().and_then(AcceptanceField::form)) {
            ("$schema", _) => *value = json!("response.schema.json"),
            ("responder", _) => *value = json!("Ada Owner"),
            ("responded_at", _) => *value = json!("2026-11-20T10:00:00+08:00"),
            ("not_applicable", _) => {
                if let Some(members) = value.as_object_mut() {
                    members.insert(
                        "reason".to_owned(),
                        json!("only panels, no alert and no receiver"),
                    );
                }
            }
            (_, Some(form)) => *value = clean_answer(key, form, surface),
            _ => {}
        }
    }
    if must_claim_health(surface) {
        answer_proofs(&mut members, surface);
    }
    members
}

/// Whether an answer for this surface has to say what a claim of health is based on.
fn must_claim_health(surface: &Surface) -> bool {
    surface.is_write_capable() || surface.requires_live_evidence()
}

/// Answers the refs that prove the claimed health, also if the form lists them as not applicable.
fn answer_proofs(members: &mut serde_json::Map<String, serde_json::Value>, surface: &Surface) {
    for field in [AcceptanceField::ReceiverReceiptProofRef, AcceptanceField::AlertChainHealthRef] {
        let Some(form) = field.form() else { continue };
        members.insert(field.to_string(), clean_answer(field.as_str(), form, surface));
        let listed = members.get_mut("not_applicable").and_then(|common| common.get_mut("fields"));
        if let Some(listed) = listed.and_then(serde_json::Value::as_array_mut) {
            listed.retain(|name| name.as_str() != Some(field.as_str()));
        }
    }
}

/// A complete answer to one field. The texts of all fields differ, because triage reports a repeated text.
fn clean_answer(name: &str, form: AnswerForm, surface: &Surface) -> serde_json::Value {
    // The verdicts of `verdict_of` rely on these two.
    let is_not_applicable =
        ["incident_context_ref", "cross_project_notification_ref"].contains(&name);
    match form {
        _ if is_not_applicable => json!({"not_applicable": "nothing of the kind happened"}),
        AnswerForm::Decision => json!("confirm_current_state"),
        AnswerForm::Scope => json!(surface.surface_id()),
        AnswerForm::Text | AnswerForm::TextOrRef => {
            json!(format!("{name} is kept in the runbook."))
        }
        AnswerForm::Name | AnswerForm::NameRefOrDisable => json!("The platform team"),
        AnswerForm::Ref(of) => json!(clean_reference(of)),
        AnswerForm::Refs(of) => json!([clean_reference(of)]),
        AnswerForm::Window => json!({"per_change": "the platform lead, in the ticket"}),
        AnswerForm::Parts(parts) => {
            let must_claim_health = must_claim_health(surface);
            let part = |part: &AnswerPart| match part.form {
                PartForm::Ref(of) => json!(clean_reference(of)),
                PartForm::Entries { .. } => json!("clear"),
                PartForm::Grounds if must_claim_health => {
                    json!(["receiver_receipt", "alert_rule_state"])
                }
                PartForm::Grounds => json!(["no_health_claimed"]),
                _ => json!(format!("{}: the steps of {name} in the runbook", part.name)),
            };
            parts.iter().map(|one| (one.name.to_owned(), part(one))).collect()
        }
    }
}

fn clean_reference(of: ReferenceUse) -> String {
    match of {
        ReferenceUse::Digest => format!("sha256:{}", "1b".repeat(32)),
        ReferenceUse::Receipt => "message-id:<1@mail.local>".to_owned(),
        ReferenceUse::Context | ReferenceUse::Any => "ticket:OPS-12".to_owned(),
    }
}

/// JSON values that an owner might write as an answer, as text.
fn answer() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        select(PROSE).prop_map(str::to_owned),
        secret(),
        (select(PROSE), secret()).prop_map(|(prose, secret)| format!("{prose} {secret}")),
        any_text(),
        "[a-z0-9 .,:;/_-]{0,80}",
    ];
    prop_oneof![
        4 => text.prop_map(|text| quote(&text, false)),
        1 => json_text(),
    ]
}

/// Texts that people write: good answers, requests for a change, false green claims, payloads and placeholders.
const PROSE: &[&str] = &[
    "The rules match the runbook.",
    "平台組已於週一讀回。",
    "Please reload Prometheus.",
    "請重新載入規則",
    "kubectl -n monitoring rollout restart deploy/alertmanager",
    "route 200, all green",
    "服務已恢復正常",
    "scrape_configs:\n  - job_name: node\n    static_configs: []\n",
    "not_applicable: no other project",
    "TBD",
    "ticket:OPS-13",
];

/// Reviewer records for the answer of the journal event `response_event`, as text. They have any outcome, either
/// kind of reviewer, and none, a few or only failed checks. Candidates refuse many of them.
///
/// ```
/// use acceptance_ledger::{Digest, ReviewDocument, strategies};
/// use proptest::prelude::*;
///
/// proptest!(|(text in strategies::reviewer_records("candidate", Digest::of(b"")))| {
///     prop_assert!(ReviewDocument::parse(text.as_bytes()).is_ok());
/// });
/// ```
pub fn reviewer_records(
    candidate_id: &str,
    response_event: Digest,
) -> impl Strategy<Value = String> + use<> {
    let candidate_id = candidate_id.to_owned();
    let outcome = prop_oneof![
        3 => Just(Lane::OwnerReviewOnlyUpdate),
        5 => select(Lane::ALL),
    ];
    let exception = (select(ReviewerCheck::ALL), select(&["fail", "fail", "not_applicable"][..]));
    let exceptions = prop_oneof![
        3 => Just(Vec::new()),
        3 => vec(exception, 1..4),
        2 => Just(ReviewerCheck::ALL.iter().map(|check| (*check, "fail")).collect()),
    ];
    // The second name is the responder's in another spelling: the responder cannot accept the answer.
    let reviewer = prop_oneof![6 => Just("Rex Reviewer"), 1 => Just("ada  OWNER")];
    let kind = prop_oneof![4 => Just("person"), 1 => Just("automation")];
    // The journal refuses a record that it already has. A random ticket makes the records differ.
    let ticket = 1..10_000_u32;
    (outcome, exceptions, reviewer, kind, ticket).prop_map(
        move |(outcome, exceptions, reviewer, kind, ticket)| {
            let mut checks: serde_json::Map<_, _> =
                ReviewerCheck::ALL.iter().map(|check| (check.to_string(), verdict_of(*check))).collect();
            for (check, verdict) in exceptions {
                checks.insert(check.to_string(), verdict.into());
            }
            json!({
                "schema_version": RECORD_VERSION,
                "acceptance_candidate_id": candidate_id,
                "response_event": response_event.to_string(),
                "reviewer": reviewer,
                "reviewer_kind": kind,
                "reviewed_at": "2026-11-21T10:00:00+08:00",
                "outcome": outcome,
                "valid_until": (outcome == Lane::OwnerReviewOnlyUpdate).then_some("2027-05-21T10:00:00+08:00"),
                "reason": "Compared with the readback.",
                "record_ref": format!("ticket:OPS-{ticket}"),
                "checks": checks,
                "not_authorization": true,
            })
            .to_string()
        },
    )
}

/// The right verdict on a check of an answer from [`clean_response`].
fn verdict_of(check: ReviewerCheck) -> serde_json::Value {
    // The fields of these two checks are answered with `not_applicable`.
    let is_skipped = matches!(
        check,
        ReviewerCheck::IncidentContextPresent | ReviewerCheck::CrossProjectNotificationPresent
    );
    if is_skipped { "not_applicable".into() } else { "pass".into() }
}

/// Secrets of a random kind with a random value. Triage must find each of them, and no output may repeat it.
///
/// ```
/// use acceptance_ledger::strategies;
/// use proptest::prelude::*;
///
/// proptest!(|(secret in strategies::secret())| prop_assert!(secret.len() > 15));
/// ```
pub fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        // A Telegram bot token.
        "[1-9][0-9]{8}:AA[A-Za-z0-9]{33}",
        // A GitHub personal access token.
        "ghp_[A-Za-z0-9]{36}",
        // A GitLab personal access token.
        "glpat-[A-Za-z0-9]{20}",
        // A Grafana service account token: it ends with a checksum of eight hexadecimal digits.
        "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
        // A Langfuse secret key: a version 4 UUID after the prefix.
        "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}",
        // A Slack bot token.
        "xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
        // An AWS access key id: base32, so it has no 0, 1, 8 or 9.
        "AKIA[2-7A-Z]{16}",
        // A Sentry DSN: the user part is the key.
        "https://[0-9a-f]{32}@o[0-9]{6}\\.ingest\\.sentry\\.io/[0-9]{7}",
        // A Sentry user token.
        "sntryu_[0-9a-f]{64}",
        // A bcrypt hash.
        "\\$2y\\$10\\$[A-Za-z0-9]{53}",
        // A JSON Web Token: `eyJ` is base64 for `{"`.
        "eyJhbGciOiJIUzI1NiJ9\\.eyJ[A-Za-z0-9]{30}\\.[A-Za-z0-9_-]{43}",
    ]
}
