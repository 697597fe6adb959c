//! Strategies for property tests, for this crate and those that embed it (feature `proptest`).
//!
//! They yield documents, never states: a state comes only from the core's own steps.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

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
    /// The inventory.
    pub inventory: String,
    /// The owner requests.
    pub owner_requests: String,
}

/// Documents that the ledger can be made from, as odd as they may be: any JSON where a surface is
/// only described, keys that nobody knows, numbers of any size, every kind of text.
pub fn inputs() -> impl Strategy<Value = Inputs> {
    (inventory(), owner_requests())
        .prop_map(|(inventory, owner_requests)| Inputs { inventory, owner_requests })
}

/// Documents that are broken somewhere: a few bytes of good ones are cut, doubled or changed.
pub fn broken_inputs() -> impl Strategy<Value = Inputs> {
    let damage = (any::<prop::sample::Index>(), 0..6_usize, select(DAMAGE), any::<bool>());
    (inputs(), vec(damage, 1..3)).prop_map(|(mut inputs, damages)| {
        for (index, length, patch, in_inventory) in damages {
            let text =
                if in_inventory { &mut inputs.inventory } else { &mut inputs.owner_requests };
            let start = text.floor_char_boundary(index.index(text.len().max(1)));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end.max(start), patch);
        }
        inputs
    })
}

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
        "-?[1-9][0-9]{0,60}",
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,20}",
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?[eE][+-]?[0-9]{1,2}",
        any::<f64>()
            .prop_filter("JSON has no such number", |float| float.is_finite())
            .prop_map(|float| format!("{float:e}")),
        // Halfway between two shortest forms, where Python and Rust round differently.
        (any::<u32>(), 0..1_u32 << 21, 1..60_i32).prop_map(|(low, high, power)| {
            let count = f64::from(high) * 2_f64.powi(32) + f64::from(low);
            format!("{:e}", count / 2_f64.powi(power))
        }),
        Just("-0".to_owned()),
        Just("-0.0".to_owned()),
    ]
}

fn string_text() -> impl Strategy<Value = String> {
    (any_text(), any::<bool>()).prop_map(|(text, is_escaped)| quote(&text, is_escaped))
}

/// Text of all kinds: Chinese, controls, astral characters, quotes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_:/ .-]{0,12}",
        "[\u{0}-\u{7f}]{0,12}",
        "[告警靜默已恢復,。\u{2028}\u{e9}\u{1f600}\u{10ffff}\u{7f}-\u{9f}\"\\\\]{0,12}",
        any::<String>(),
    ]
}

/// A text in quotes, with every character escaped or only those that have to be.
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

/// A draft; its ids hold `#INDEX#`, so that no two are the same.
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

/// Owner responses for `surface`, as text: a whole answer of which a few fields are left out, or hold prose,
/// requests, payloads, secrets or any other JSON.
///
/// ```
/// use acceptance_ledger::{AnyCandidate, OwnerRequests, ResponseDocument, Surfaces, strategies};
/// use proptest::prelude::*;
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// proptest!(|(text in strategies::responses(&surface))| {
///     let response = ResponseDocument::parse(text.as_bytes()).unwrap();
///     AnyCandidate::new(surface.clone()).receive(&surfaces, &response);
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

/// A whole answer for `surface` that nothing is to be said against.
#[must_use]
pub fn clean_response(surface: &Surface) -> serde_json::Map<String, serde_json::Value> {
    let options = TemplateOptions { format: TemplateFormat::Json, ..TemplateOptions::default() };
    // What we write, serde_json reads.
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
    members
}

/// A whole answer to one field. Each text is said once only.
fn clean_answer(name: &str, form: AnswerForm, surface: &Surface) -> serde_json::Value {
    let is_none = ["incident_context_ref", "cross_project_notification_ref"].contains(&name);
    match form {
        _ if is_none => json!({"not_applicable": "nothing of the kind happened"}),
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
            let matters = surface.is_write_capable() || surface.requires_live_evidence();
            let part = |part: &AnswerPart| match part.form {
                PartForm::Ref(of) => json!(clean_reference(of)),
                PartForm::Entries { .. } => json!("clear"),
                PartForm::Grounds if matters => json!(["receiver_receipt", "alert_rule_state"]),
                PartForm::Grounds => json!(["no_health_claimed"]),
                _ => json!(format!("{} of {name}, as the runbook says", part.name)),
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

/// The text of any JSON value that somebody might answer with.
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

/// What people write, wanted or not.
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

/// Reviewer records for the answer of a journal's event, as text: any outcome by either kind of reviewer, with a few
/// checks that do not pass. Many of them no candidate takes.
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
    let reviewer = prop_oneof![6 => Just("Rex Reviewer"), 1 => Just("ada  OWNER")];
    let kind = prop_oneof![4 => Just("person"), 1 => Just("automation")];
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

/// The verdict on a check of an answer as [`clean_response`] gives it.
fn verdict_of(check: ReviewerCheck) -> serde_json::Value {
    // These two are answered with `not_applicable`.
    let is_skipped = matches!(
        check,
        ReviewerCheck::IncidentContextPresent | ReviewerCheck::CrossProjectNotificationPresent
    );
    if is_skipped { "not_applicable".into() } else { "pass".into() }
}

/// A secret of a random kind and value: each of them has to be found, and never to be repeated.
///
/// ```
/// use acceptance_ledger::strategies;
/// use proptest::prelude::*;
///
/// proptest!(|(secret in strategies::secret())| prop_assert!(secret.len() > 15));
/// ```
pub fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[1-9][0-9]{8}:AA[A-Za-z0-9]{33}",
        "ghp_[A-Za-z0-9]{36}",
        "glpat-[A-Za-z0-9]{20}",
        "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
        "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}",
        "xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
        "AKIA[2-7A-Z]{16}",
        "https://[0-9a-f]{32}@o[0-9]{6}\\.ingest\\.sentry\\.io/[0-9]{7}",
        "sntryu_[0-9a-f]{64}",
        "\\$2y\\$10\\$[A-Za-z0-9]{53}",
        "eyJhbGciOiJIUzI1NiJ9\\.eyJ[A-Za-z0-9]{30}\\.[A-Za-z0-9_-]{43}",
    ]
}
