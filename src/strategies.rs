//! Strategies for property tests, for this crate and those that embed it (feature `proptest`).
//!
//! They yield documents, never states: a state comes only from the core's own steps.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

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
