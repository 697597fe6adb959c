//! The page that `report` writes: it only shows, it loads nothing, and every value is escaped.

use std::collections::BTreeSet;

use base64::Engine as _;
use regex::Regex;
use serde_json::{Value, json};

use crate::case::{Case, LEDGER, RULES};
use crate::tool::{INVENTORY, OWNER_REQUESTS};

/// Values that try to become markup, to leave an attribute, or to change the direction of a text.
pub(crate) const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "{{ 7 * 7 }} ${7*7} <%= 7 %>",
    "javascript:alert(1)",
    "&lt;b&gt; &#60;script&#62;",
    "\u{202e}reversed\u{2066} 警報\u{7}",
];

/// Gives each surface of the example a hostile label, and adds `copies` surfaces with hostile ids.
pub(crate) fn make_hostile(case: &Case, copies: usize) {
    let read = |file: &str| -> Value {
        serde_json::from_slice(&std::fs::read(case.path().join(file)).unwrap()).unwrap()
    };
    let (mut inventory, mut requests) = (read(INVENTORY), read(OWNER_REQUESTS));
    let drafts = requests["request_drafts"].as_array_mut().unwrap();
    let (first, count) = (drafts[0].clone(), drafts.len());
    for (index, draft) in drafts.iter_mut().enumerate() {
        draft["label"] = json!(HOSTILE[index % HOSTILE.len()]);
    }
    let mut listed = inventory["surfaces"][0].clone();
    for index in 0..copies {
        let text = HOSTILE[index % HOSTILE.len()];
        let id = format!("alertmanager_config:{index}/{text}.yml");
        let mut draft = first.clone();
        for (key, value) in [
            ("surface_id", json!(id)),
            ("request_id", json!(format!("monitoring_owner_request:{id}"))),
            ("label", json!(text)),
            ("suggested_owner", json!(text)),
        ] {
            draft[key] = value;
        }
        listed["surface_id"] = json!(id);
        inventory["surfaces"].as_array_mut().unwrap().push(listed.clone());
        requests["request_drafts"].as_array_mut().unwrap().push(draft);
    }
    inventory["summary"]["surface_count"] = json!(count + copies);
    requests["summary"]["request_draft_count"] = json!(count + copies);
    case.write(INVENTORY, inventory.to_string());
    case.write(OWNER_REQUESTS, requests.to_string());
}

/// Every tag of the page, with its attributes.
fn tags(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let tag = Regex::new(r#"<([a-zA-Z!/][^\s>]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*/?>"#).unwrap();
    let attribute = Regex::new(r#"\s+([^\s=>]+)(?:="([^"]*)")?"#).unwrap();
    let found: Vec<_> = tag
        .captures_iter(page)
        .map(|one| {
            let attributes = attribute.captures_iter(&one[2]).map(|attribute| {
                let value = attribute.get(2).map_or("", |value| value.as_str());
                (attribute[1].to_owned(), value.to_owned())
            });
            (one[1].to_lowercase(), attributes.collect())
        })
        .collect();
    // A `<` outside a tag would be markup that this test did not look at.
    assert_eq!(found.len(), page.matches('<').count(), "a tag that could not be read");
    found
}

#[test]
fn a_page_of_hostile_values_has_no_markup_but_its_own() {
    let case = Case::accepted();
    make_hostile(&case, 64);
    let (page, _) = case.run_to(0, &["report"]);
    let allowed_tags: BTreeSet<_> = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "a", "header", "main",
        "footer", "h1", "h2", "h3", "h4", "p", "span", "bdi", "time", "strong", "section", "dl",
        "div", "dt", "dd", "svg", "rect", "path", "text", "desc", "table", "caption", "thead",
        "tbody", "tr", "th", "td", "ul", "ol", "li", "article", "code", "wbr", "br",
    ]
    .into();
    let allowed_attributes: BTreeSet<_> = [
        "html",
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "href",
        "datetime",
        "aria-labelledby",
        "aria-label",
        "aria-hidden",
        "id",
        "viewBox",
        "preserveAspectRatio",
        "role",
        "x",
        "y",
        "width",
        "height",
        "rx",
        "d",
        "text-anchor",
        "scope",
        "tabindex",
    ]
    .into();
    for (tag, attributes) in tags(&page) {
        assert!(allowed_tags.contains(tag.trim_start_matches('/')), "{tag}");
        for (name, value) in attributes {
            assert!(allowed_attributes.contains(name.as_str()), "{tag} has {name}");
            // A link stays on the page.
            assert!(name != "href" || value.starts_with('#'), "{tag} leads to {value}");
        }
    }
    for loads in ["url(", "@import", "src="] {
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert!(!style.contains(loads), "{loads}");
    }
    // The values are there, as text.
    assert!(page.contains("&#60;script&#62;alert(1)"), "the hostile id is shown");
    assert!(!page.contains('\u{202e}') && page.contains(r"\u{202e}"));
}

/// A browser applies only the style sheet whose digest the policy names. With another digest, the page has no layout.
#[test]
fn the_policy_allows_the_style_sheet_and_nothing_else() {
    let (page, _) = Case::new().run_to(0, &["report"]);
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = acceptance_ledger::Digest::of(style.as_bytes()).hex();
    let bytes: Vec<u8> = (0..32)
        .map(|index| u8::from_str_radix(&digest[2 * index..2 * index + 2], 16).unwrap())
        .collect();
    let digest = base64::engine::general_purpose::STANDARD.encode(bytes);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    assert!(page.contains(&policy), "{policy}");
}

#[test]
fn a_page_says_what_waits_for_whom() {
    let case = Case::accepted();
    let (page, _) = case.run_to(0, &["report", "--output", "ledger.html"]);
    assert_eq!(page, "");
    let page = std::fs::read_to_string(case.path().join("ledger.html")).unwrap();
    assert!(page.contains("<dt>wait for the owner</dt><dd>11</dd>"), "{page}");
    assert!(page.contains("<dt>accepted, wait for nobody</dt><dd>1</dd>"));
    assert!(page.contains("11 waiting_owner_response, 1 waiting_runtime_gate"));
    assert_eq!(page.matches("Every gate is shut.").count(), 1);
    assert_eq!(page.matches("<article ").count(), 12);
    assert!(page.contains("Rex Reviewer</bdi> reviewed: waiting_runtime_gate, until "));
    // After its end, the acceptance no longer counts.
    let (page, _) = case.run_to(0, &["report", "--as-of", "2099-01-01T00:00:00Z"]);
    assert!(page.contains("<dt>accepted, wait for nobody</dt><dd>0</dd>"));
    assert!(page.contains("the acceptance ended: waiting_owner_response"));
}

#[test]
fn a_page_is_not_written_over_the_ledger() {
    let case = Case::new();
    case.commit_ledger();
    let before = std::fs::read(case.path().join(LEDGER)).unwrap();
    let (_, err) = case.run_to(2, &["report", "--output", LEDGER]);
    assert!(err.contains("is the ledger"), "{err}");
    assert_eq!(std::fs::read(case.path().join(LEDGER)).unwrap(), before);
}

#[test]
fn a_page_shows_a_false_green_and_a_broken_journal() {
    let case = Case::new();
    case.answer(
        "answer.json",
        20,
        &[
            ("decision_reason", json!("Alerting is healthy because the status page returns 200.")),
            ("alert_chain_health_ref", json!(null)),
        ],
    );
    case.run_to(1, &["intake", "answer.json"]);
    let (page, _) = case.run_to(0, &["report"]);
    assert!(page.contains("<dt>false-green risks</dt><dd>1</dd>"), "{page}");
    assert!(page.contains("held in no_false_green_supplement_required"));
    let events = case.events();
    std::fs::write(&events, "{}\n").unwrap();
    let (page, _) = case.run_to(1, &["report"]);
    assert!(page.contains("1 of the journals is broken."), "{page}");
    assert!(page.contains("no lane: the journal is broken") && page.contains("chain_broken"));
    assert!(page.contains(RULES.split('/').next_back().unwrap()));
}

/// The texts of an answer that triage holds back, and those of a withdrawn one, are not on the page.
#[test]
fn a_page_repeats_nothing_that_is_withheld() {
    let case = Case::new();
    let secret = "Zx81hunter2Qp";
    case.answer("answer.json", 20, &[("decision_reason", json!(format!("password: {secret}")))]);
    case.run_to(1, &["intake", "answer.json"]);
    let (page, _) = case.run_to(0, &["report"]);
    assert!(page.contains("secret_value /decision_reason"), "{page}");
    assert!(!page.contains(secret));
}

/// The page of 1,000 hostile values that `.ci/page` opens in a browser. The script names the file.
#[test]
fn a_page_of_a_thousand_hostile_values_is_written() {
    let case = Case::accepted();
    make_hostile(&case, 988);
    let (page, _) = case.run_to(0, &["report"]);
    assert_eq!(page.matches("<article ").count(), 1000);
    if let Some(file) = std::env::var_os("HOSTILE_PAGE") {
        std::fs::write(file, page).unwrap();
    }
}
