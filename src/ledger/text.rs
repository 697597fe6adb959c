//! The ledger's bytes.

use std::fmt;

use crate::json::{Json, new_line, write_json, write_string};
use crate::response::{Answers, PENDING};
use crate::words::{AcceptanceField, AnswerShape, LedgerKey};

use super::key::CandidateKey;
use super::tally::Tally;
use super::{Entry, Header};

/// How deep the keys of a candidate stand.
const CANDIDATE_LEVEL: usize = 3;

/// Writes the ledger of `entries`, one candidate at a time, and gives its counts.
pub(super) fn write_ledger<'a>(
    out: &mut impl fmt::Write,
    header: &Header,
    entries: impl IntoIterator<Item = Entry<'a>>,
) -> Result<Tally, fmt::Error> {
    let form = Form::new();
    let mut tally = Tally::default();
    let mut text = String::from("{");
    new_line(&mut text, 1);
    // Of all keys of the ledger this one sorts first, so that the counts come after the candidates.
    write_string(&mut text, LedgerKey::AcceptanceCandidates.as_str());
    text.push_str(": [");
    for entry in entries {
        if tally.candidates() > 0 {
            text.push(',');
        }
        tally.add(&entry);
        form.fill_in(&mut text, &entry);
        out.write_str(&text)?;
        text.clear();
    }
    if tally.candidates() > 0 {
        new_line(&mut text, 1);
    }
    text.push_str("],");
    let mut rest = String::new();
    write_json(&mut rest, &header.after_the_candidates(&tally), 0);
    text.push_str(rest.strip_prefix('{').unwrap_or(&rest));
    text.push('\n');
    out.write_str(&text)?;
    Ok(tally)
}

/// A candidate's text with blanks: what all candidates share is written once.
struct Form {
    /// What is printed before each blank, and the key whose value goes into it.
    blanks: Vec<(String, CandidateKey)>,
    end: String,
}

impl Form {
    fn new() -> Self {
        let mut blanks = Vec::new();
        let mut printed = String::new();
        new_line(&mut printed, CANDIDATE_LEVEL - 1);
        printed.push('{');
        let mut comma = "";
        for key in CandidateKey::sorted() {
            printed.push_str(comma);
            comma = ",";
            new_line(&mut printed, CANDIDATE_LEVEL);
            write_string(&mut printed, key.as_str());
            printed.push_str(": ");
            match key.constant() {
                Some(value) => write_json(&mut printed, &value, CANDIDATE_LEVEL),
                None => blanks.push((std::mem::take(&mut printed), key)),
            }
        }
        new_line(&mut printed, CANDIDATE_LEVEL - 1);
        printed.push('}');
        Self { blanks, end: printed }
    }

    fn fill_in(&self, out: &mut String, entry: &Entry<'_>) {
        for (printed, key) in &self.blanks {
            out.push_str(printed);
            write_value(out, *key, entry);
        }
        out.push_str(&self.end);
    }
}

fn write_value(out: &mut String, key: CandidateKey, entry: &Entry<'_>) {
    let flag = |is_set| if is_set { "true" } else { "false" };
    match key {
        CandidateKey::Field(field) => write_field(out, field, entry),
        CandidateKey::Progress(progress) => out.push_str(flag(entry.has(progress))),
        CandidateKey::Item(item) => out.push_str(flag(entry.has_item(item))),
        CandidateKey::Shared(LedgerKey::Status) => write_string(out, entry.lane.as_str()),
        CandidateKey::Shared(_) => {
            write_strings(out, entry.surface.required_owner_fields());
        }
        CandidateKey::Gate(_) => {}
    }
}

fn write_field(out: &mut String, field: AcceptanceField, entry: &Entry<'_>) {
    let surface = entry.surface();
    match field {
        AcceptanceField::AcceptanceCandidateId => write_string(out, &surface.candidate_id()),
        AcceptanceField::RequestId => write_string(out, surface.request_id()),
        AcceptanceField::SurfaceId => write_string(out, surface.surface_id()),
        AcceptanceField::WriteCapableSurface => {
            write_json(out, &Json::Bool(surface.is_write_capable()), 0);
        }
        AcceptanceField::RequiresLiveEvidence => {
            write_json(out, &Json::Bool(surface.requires_live_evidence()), 0);
        }
        AcceptanceField::ReviewerOutcome => write_string(out, entry.reviewer_outcome.as_str()),
        _ => match surface.descriptor(field) {
            Some(value) => write_json(out, value, CANDIDATE_LEVEL),
            None => write_answer(out, field, entry.answers()),
        },
    }
}

fn write_answer(out: &mut String, field: AcceptanceField, answers: &Answers) {
    match (field.answer_shape(), answers.text(field)) {
        (Some(AnswerShape::Refs), _) => write_strings(out, answers.evidence_refs()),
        (_, Some(text)) => write_string(out, text),
        (Some(AnswerShape::Ref), None) => out.push_str("null"),
        (_, None) => write_string(out, PENDING),
    }
}

fn write_strings(out: &mut String, texts: &[String]) {
    write_json(out, &Json::strings(texts), CANDIDATE_LEVEL);
}
