//! Triage of any answer. It gives the same result every time. It is as strict as its strictest finding. A secret
//! anywhere quarantines the answer, even in a comment. Triage treats the same answer alike as JSON and as YAML.
//!
//! Bytes that begin like a document are the answer, and also a text in a field of another answer. Other bytes are dice:
//! they make an answer for the example.

#![no_main]

use std::collections::BTreeSet;

use acceptance_ledger::{
    AnyCandidate, Dossier, Finding, Lane, OwnerResponse, ResponseDocument, TemplateFormat,
    TemplateOptions, response_template,
};
use acceptance_ledger_fuzz::yaml::{is_yaml, poisoned, to_json, value_of};
use acceptance_ledger_fuzz::{
    Dice, MARKER, answer, carries_marker, check_error, check_no_secret, count, example,
    is_document, quote, replay,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Triage reports 200 findings, and one more that says that there are others.
const MAX_FINDINGS: usize = 200 + 1;

fn receive(document: &ResponseDocument) -> AnyCandidate {
    let example = example(0);
    let candidate = AnyCandidate::new(example.surface.clone());
    AnyCandidate::from(candidate.receive(&example.surfaces, document))
}

fn triage(bytes: &[u8]) {
    let notation = if is_yaml(bytes) { "yaml" } else { "json" };
    let document = match ResponseDocument::parse(bytes) {
        Ok(document) => document,
        Err(error) => {
            count(&format!("{notation}, an error"));
            assert_eq!(ResponseDocument::parse(bytes).err(), Some(error.clone()));
            return check_error(&error, bytes);
        }
    };
    let candidate = receive(&document);
    assert_eq!(candidate, receive(&document), "triage gives the same result every time");
    let again = ResponseDocument::parse(bytes).expect("the second run parses, too");
    assert_eq!(candidate, receive(&again), "parsing gives the same result every time");

    let (lane, findings) = (candidate.lane(), candidate.findings());
    count(&format!("{notation}, {lane}"));
    assert!(findings.len() <= MAX_FINDINGS);
    let strictest = findings.iter().map(Finding::lane).max_by_key(|lane| lane.strictness());
    assert_eq!(lane, strictest.unwrap_or(Lane::ReadyForMonitoringReview));
    for finding in findings {
        let (line, column) = document.place_of(finding.field());
        assert!(line >= 1 && column >= 1 && !finding.next_step().is_empty());
    }

    if carries_marker(bytes) {
        check_withheld(&document, &candidate);
    }
    if is_yaml(bytes) {
        check_as_json(bytes, &candidate);
    }
    if !lane.is_withheld() {
        check_carried_over(&document);
    }
}

/// Checks that an answer with a secret is quarantined, and that nothing of it is stored or shown.
fn check_withheld(document: &ResponseDocument, candidate: &AnyCandidate) {
    check_no_secret(&format!("{candidate:?}"));
    let lines_with_secret: String = String::from_utf8_lossy(document.bytes())
        .lines()
        .filter(|line| line.to_ascii_lowercase().contains(MARKER))
        .map(|line| format!("\n{line:?}"))
        .collect();
    assert_eq!(
        candidate.lane(),
        Lane::QuarantineSecretOrRawPayload,
        "a secret must be quarantined:{lines_with_secret}"
    );
    let history = replay(example(0), &Dossier::default()).expect("an empty journal replays");
    let now = "2026-11-24T10:00:00Z".parse().expect("a time");
    match history.receive(document, now) {
        Ok(step) => {
            assert_eq!(step.stores(), None);
            check_no_secret(step.line());
        }
        Err(refusal) => check_no_secret(&refusal.to_string()),
    }
}

fn is_of_comment(finding: &&Finding) -> bool {
    is_comment(finding.field())
}

fn is_comment(field: &str) -> bool {
    field.starts_with("/#comment/")
}

/// Whether a comment has a finding or a hint.
fn speaks_in_comments(candidate: &AnyCandidate) -> bool {
    let hints = candidate.response().map(OwnerResponse::hints).unwrap_or_default();
    candidate.findings().iter().any(|finding| is_of_comment(&finding))
        || hints.iter().any(|hint| is_comment(hint.field()))
}

/// Checks that triage gives the same result if the answer is written as JSON with the values that a second parser
/// reads. Only the findings and hints of comments may differ.
fn check_as_json(bytes: &[u8], candidate: &AnyCandidate) {
    let Some(json) = to_json(bytes) else { return count("yaml, not read by libyaml") };
    let Ok(document) = ResponseDocument::parse(json.as_bytes()) else {
        // Escapes can make the JSON text too large.
        assert!(json.len() > bytes.len(), "the same values are read from JSON");
        return count("yaml, too large as JSON");
    };
    let other = receive(&document);
    if candidate.findings().len().max(other.findings().len()) >= MAX_FINDINGS {
        return;
    }
    let found = |candidate: &AnyCandidate| -> BTreeSet<_> {
        let findings = candidate.findings().iter().filter(|finding| !is_of_comment(finding));
        findings
            .map(|finding| (finding.problem().to_string(), finding.field().to_owned()))
            .collect()
    };
    assert_eq!(found(candidate), found(&other), "the same values have the same findings");
    if !speaks_in_comments(candidate) {
        assert_eq!(*candidate, other, "the same values are the same answer");
    }
    count("yaml, alike as JSON");
}

/// Checks that a new form that carries over an answer can be parsed, and is the same in both notations.
fn check_carried_over(document: &ResponseDocument) {
    let surface = &example(0).surface;
    let [yaml, json] = [TemplateFormat::Yaml, TemplateFormat::Json].map(|format| {
        let like = Some(document);
        response_template(surface, &TemplateOptions { like, format, ..TemplateOptions::default() })
    });
    assert!(ResponseDocument::parse(yaml.as_bytes()).is_ok(), "{yaml}");
    let (Some(mut json), yaml) = (value_of(json.as_bytes()), value_of(yaml.as_bytes())) else {
        panic!("a template is JSON");
    };
    let Some(yaml) = yaml else { return count("a form that libyaml does not read") };
    json.as_object_mut().expect("a template is an object").remove("$schema");
    // Two kinds of blank differ between the notations: a text of several lines, and the first item of a list.
    let as_blank = |value: Value| value.to_string().replace("[null]", "[]").replace("\"\"", "null");
    assert_eq!(as_blank(yaml), as_blank(json), "a form has the same values in both notations");
}

fuzz_target!(|bytes: &[u8]| {
    if is_document(bytes) {
        triage(bytes);
        let text = String::from_utf8_lossy(bytes);
        let quoted = quote(&text, false);
        triage(
            format!(r#"{{"schema_version": "monitoring_owner_response_v1", "decision_reason": {quoted}, "x": [{quoted}]}}"#)
                .as_bytes(),
        );
        if is_yaml(bytes) {
            poisoned(bytes).iter().for_each(|document| triage(document));
        } else {
            let block = text.replace('\n', "\n  ");
            triage(
                format!(
                    "schema_version: monitoring_owner_response_v1\ndecision_reason: |\n  {block}\n"
                )
                .as_bytes(),
            );
        }
    } else {
        let mut dice = Dice::new(bytes);
        let text = answer(&mut dice, &example(0).surface, "2026-11-20T10:00:00+08:00");
        triage(text.as_bytes());
        if is_yaml(text.as_bytes()) {
            poisoned(text.as_bytes()).iter().for_each(|document| triage(document));
        }
    }
});
