use acceptance_ledger::{
    AcceptanceField, AnswerShape, AnyCandidate, BrokenJournal, Dossier, DraftOptions, History,
    Inventory, Lane, Ledger, ResponseDocument, ReviewDocument, ReviewerCheck, Stamp, Step,
    TemplateFormat, review_template,
};
use serde_json::{Map, Value, json};

use crate::dice::Dice;
use crate::example::{Example, example, form};
use crate::yaml::fill_in;

/// Replays the journal of the example's surface.
pub fn replay(example: &Example, dossier: &Dossier) -> Result<History, BrokenJournal> {
    History::replay(example.surface.clone(), &example.surfaces, dossier)
}

/// Removes what an interrupted step left, as an embedder does before it stores the next step.
pub fn repair(dossier: &mut Dossier, history: &History) {
    dossier.events.truncate(history.whole_bytes());
    dossier.documents.retain(|name, _| history.log().keeps(*name));
}

/// Stores a step: first the document, then the line. Then it removes the document that the step withdraws, if any.
pub fn store(dossier: &mut Dossier, step: &Step) {
    if let Some((name, bytes)) = step.stores() {
        dossier.documents.insert(name, bytes.to_vec());
    }
    dossier.events.extend(step.line().as_bytes());
    if let Some(name) = step.withdraws() {
        dossier.documents.remove(&name);
    }
}

/// Whether a candidate in this lane is accepted.
pub fn accepted_lane(lane: Lane) -> bool {
    matches!(lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate)
}

/// The time of the ledgers that the targets make.
pub const LEDGER_TIME: &str = "2026-11-24T10:00:00Z";

/// Writes the ledger in which the example's first surface has this journal and the others have none.
pub fn ledger_of(example: &Example, dossier: &Dossier) -> String {
    let stamp = Stamp::new(LEDGER_TIME, "unknown");
    let inventory = Inventory::parse(b"{}").expect("an empty inventory is valid");
    let ledger = Ledger::replay(inventory, example.requests.clone(), stamp, |surface| {
        if *surface == example.surface { dossier.clone() } else { Dossier::default() }
    });
    let mut text = String::new();
    ledger
        .expect("its journal is sound")
        .write_to(&mut text)
        .expect("writing to a string cannot fail");
    text
}

/// Returns the draft that the crate prints for the reviewer of the latest answer.
pub fn draft(history: &History, dossier: &Dossier, format: TemplateFormat) -> Option<String> {
    review_template(history, dossier, &DraftOptions { format, ..DraftOptions::default() })
}

/// Writes a record as a YAML draft that is filled in.
pub fn record_in_yaml(
    history: &History,
    dossier: &Dossier,
    record: &Value,
    dice: &mut Dice<'_>,
) -> String {
    let draft = draft(history, dossier, TemplateFormat::Yaml).unwrap_or_default();
    fill_in(&draft, &members(record), dice)
}

/// Returns the members of an object, each value as JSON text.
fn members(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().into_iter().flatten();
    members.map(|(key, value)| (key.clone(), value.to_string())).collect()
}

/// Returns a record for the latest answer. Each check has the verdict that is most likely to be accepted.
pub fn plausible_record(history: &History, dossier: &Dossier, outcome: Lane) -> Option<Value> {
    let mut record: Value = serde_json::from_str(&draft(history, dossier, TemplateFormat::Json)?)
        .expect("a template is JSON");
    for check in ReviewerCheck::ALL {
        let verdict = &mut record["checks"][check.as_str()];
        if *verdict != "fail" {
            *verdict = if check.belongs_to(outcome) {
                "fail".into()
            } else {
                likely_verdict(history.candidate(), *check).into()
            };
        }
    }
    for (key, value) in [
        ("reviewer", json!("Rex Reviewer")),
        ("reviewer_kind", json!("person")),
        ("reviewed_at", json!("2026-11-24T10:00:00+08:00")),
        ("outcome", json!(outcome)),
        (
            "valid_until",
            match outcome {
                Lane::OwnerReviewOnlyUpdate => json!("2027-05-24T10:00:00+08:00"),
                _ => Value::Null,
            },
        ),
        ("reason", json!("Compared with the readback.")),
        ("record_ref", json!("ticket:OPS-12")),
    ] {
        record[key] = value;
    }
    Some(record)
}

/// Returns `pass` if the answer has a text for the check, or if the check needs none. Otherwise returns
/// `not_applicable`; if the answer was withheld, `fail`.
fn likely_verdict(candidate: &AnyCandidate, check: ReviewerCheck) -> &'static str {
    let mut fields =
        AcceptanceField::answers().filter(|field| field.check() == Some(check)).peekable();
    let Some(answers) = candidate.response().map(|response| response.answers()) else {
        return if fields.peek().is_none() { "pass" } else { "fail" };
    };
    if fields.peek().is_none() {
        return "pass";
    }
    let is_answer = |text: &str| !text.trim().starts_with("not_applicable");
    let is_answered = fields.any(|field| match field.answer_shape() {
        Some(AnswerShape::Refs) => answers.evidence_refs().iter().any(|text| is_answer(text)),
        _ => answers.text(field).is_some_and(is_answer),
    });
    if is_answered { "pass" } else { "not_applicable" }
}

/// Records an answer: a clean one with some changes, as JSON or as a form that is filled in.
fn receive(dossier: &mut Dossier, changes: &[(&str, Value)], responded_at: &str, is_yaml: bool) {
    let example = example(0);
    let mut answer: Map<String, Value> =
        acceptance_ledger::strategies::clean_response(&example.surface);
    answer.insert("responded_at".to_owned(), json!(responded_at));
    for (key, value) in changes {
        answer.insert((*key).to_owned(), value.clone());
    }
    let answer = Value::from(answer);
    let text = if is_yaml {
        fill_in(&form(&example.surface), &members(&answer), &mut Dice::new(b""))
    } else {
        answer.to_string()
    };
    let document = ResponseDocument::parse(text.as_bytes()).expect("the answer is valid");
    let history = replay(example, dossier).expect("the journal is sound");
    let now = "2026-11-24T10:00:00+08:00".parse().expect("a time");
    store(dossier, &history.receive(&document, now).expect("the answer is recorded"));
}

/// Records a review of the latest answer with this outcome.
fn review(dossier: &mut Dossier, outcome: Lane, is_yaml: bool) {
    let history = replay(example(0), dossier).expect("the journal is sound");
    let record = plausible_record(&history, dossier, outcome).expect("there is an answer");
    let record = if is_yaml {
        record_in_yaml(&history, dossier, &record, &mut Dice::new(b""))
    } else {
        record.to_string()
    };
    let record = ReviewDocument::parse(record.as_bytes())
        .expect("the record is valid")
        .record()
        .expect("it has no findings");
    let now = "2026-11-24T11:00:00+08:00".parse().expect("a time");
    store(
        dossier,
        &history
            .review(record, now)
            .map_err(|refused| refused.reason)
            .expect("the record is accepted"),
    );
}

fn held_and_accepted(is_yaml: bool) -> Dossier {
    let mut dossier = Dossier::default();
    receive(&mut dossier, &[("rollback_owner", json!("TBD"))], "2026-11-01T10:00:00Z", is_yaml);
    review(&mut dossier, Lane::RequestSupplement, is_yaml);
    receive(&mut dossier, &[], "2026-11-02T10:00:00Z", is_yaml);
    review(&mut dossier, Lane::OwnerReviewOnlyUpdate, is_yaml);
    dossier
}

/// A journal in which an answer was held, answered again, and accepted.
pub fn accepted() -> Dossier {
    held_and_accepted(false)
}

/// The same journal, with forms and drafts in YAML that were filled in.
pub fn accepted_in_yaml() -> Dossier {
    held_and_accepted(true)
}

/// A journal in which an acceptance was revoked and the answer was withdrawn.
pub fn withdrawn() -> Dossier {
    let mut dossier = accepted();
    review(&mut dossier, Lane::QuarantineSecretOrRawPayload, false);
    dossier
}
