use std::sync::LazyLock;

use acceptance_ledger::{
    OwnerRequests, Surface, Surfaces, TemplateOptions, response_template, strategies,
};
use serde_json::{Value, json};

use crate::dice::{Dice, quote};
use crate::edit::render;

/// Owner requests, and their first surface.
pub struct Example {
    pub requests: OwnerRequests,
    pub surfaces: Surfaces,
    pub surface: Surface,
}

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let draft = include_bytes!(
        "../../examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json"
    );
    let mut draft: Value = serde_json::from_slice(draft).expect("the example is JSON");
    let drafts = draft["request_drafts"].as_array_mut().expect("the example has drafts");
    drafts.truncate(3);
    let of = |draft: &Value| {
        let requests =
            OwnerRequests::parse(draft.to_string().as_bytes()).expect("the request is valid");
        let surface = requests.surfaces()[0].clone();
        Example { surfaces: Surfaces::of(&requests), surface, requests }
    };
    let with = |change: &dyn Fn(&mut Value)| {
        let mut draft = draft.clone();
        change(&mut draft["request_drafts"][0]);
        of(&draft)
    };
    vec![
        of(&draft),
        // A surface that is not write-capable, as many are not.
        with(&|draft| draft["write_capable_surface"] = json!(false)),
        // Another version of the surface's file.
        with(&|draft| draft["repo_sha256"] = json!("0".repeat(64))),
        // The request asks for fewer fields, or for a field that no owner can answer. The surface itself is the same.
        with(&|draft| draft["required_owner_fields"] = json!(["decision", "affected_scope"])),
        with(&|draft| draft["required_owner_fields"] = json!(["decision", "favourite/colour~"])),
        with(&|draft| draft["requires_live_evidence"] = json!(false)),
        with(&|draft| draft["repo_sha256"] = json!(null)),
        with(&|draft| draft["label"] = json!("it was looked at")),
    ]
});

/// Returns the example (index 0), or a variant in which its first surface or what is asked about it has changed.
pub fn example(index: usize) -> &'static Example {
    &EXAMPLES[index % EXAMPLES.len()]
}

/// Returns the printed form of a surface.
pub fn form(surface: &Surface) -> String {
    response_template(surface, &TemplateOptions::default())
}

/// Writes an answer: a clean one with some changes, in one of the styles of [`render`].
pub fn answer(dice: &mut Dice<'_>, surface: &Surface, responded_at: &str) -> String {
    let mut members: Vec<(String, String)> = strategies::clean_response(surface)
        .into_iter()
        .map(|(key, value)| (key, value.to_string()))
        .collect();
    if let Some((_, value)) = members.iter_mut().find(|(key, _)| key == "responded_at") {
        *value = quote(responded_at, false);
    }
    for _ in 0..dice.roll(5) {
        let at = dice.place(members.len());
        match dice.roll(6) {
            0 => members[at].1 = quote(&dice.text(), false),
            1 => members[at].1 = dice.json(3),
            2 => {
                members.remove(at);
            }
            3 => members.insert(at, (dice.key(), dice.json(3))),
            4 => {
                let key: String = dice.key().chars().take(8).collect();
                for index in 0..dice.many() {
                    members.push((format!("{key}{index}"), "0".to_owned()));
                }
            }
            _ => {
                let value = quote(&dice.time(), false);
                members.retain(|(key, _)| key != "responded_at");
                members.push(("responded_at".to_owned(), value));
            }
        }
    }
    render(&form(surface), &members, dice)
}
