//! Writes the bytes of a ledger.

use std::fmt;
use std::sync::Arc;

use crate::candidate::Entry;
use crate::json::{Json, new_line, write_array, write_json, write_string};
use crate::response::{Answers, PENDING};
use crate::words::{AcceptanceField, AnswerShape, LedgerKey};

use super::Header;
use super::key::CandidateKey;
use super::tally::Tally;

/// The indentation level of a candidate's keys: inside the ledger, the list and the candidate.
const CANDIDATE_LEVEL: usize = 3;

/// Writes a ledger one candidate at a time, so that the candidates need not be kept in memory.
#[derive(Debug)]
#[must_use = "the ledger is incomplete until it is finished"]
pub(crate) struct LedgerWriter<'w, W> {
    out: &'w mut W,
    form: Form,
    tally: Tally,
    /// Text that is not yet written to `out`.
    text: String,
}

impl<'w, W: fmt::Write> LedgerWriter<'w, W> {
    /// Starts a ledger that is written to `out`.
    pub(crate) fn new(out: &'w mut W) -> Self {
        let mut text = String::from("{");
        new_line(&mut text, 1);
        // This key sorts before all other keys of the ledger. So the counts can be written after the candidates.
        write_string(&mut text, LedgerKey::AcceptanceCandidates.as_str());
        text.push_str(": [");
        Self { out, form: Form::new(), tally: Tally::default(), text }
    }

    /// Writes the next candidate.
    pub(super) fn push_entry(&mut self, entry: &Entry<'_>) -> fmt::Result {
        if self.tally.candidates() > 0 {
            self.text.push(',');
        }
        self.tally.add(entry);
        self.form.fill_in(&mut self.text, entry);
        self.out.write_str(&self.text)?;
        self.text.clear();
        Ok(())
    }

    /// Writes everything after the candidates, and returns the counts.
    pub(super) fn finish_with(mut self, header: &Header) -> Result<Tally, fmt::Error> {
        if self.tally.candidates() > 0 {
            new_line(&mut self.text, 1);
        }
        self.text.push_str("],");
        let mut rest = String::new();
        write_json(&mut rest, &header.to_json_without_candidates(&self.tally), 0);
        // `new` already opened the ledger's object; these members continue it.
        self.text.push_str(rest.strip_prefix('{').unwrap_or(&rest));
        self.text.push('\n');
        self.out.write_str(&self.text)?;
        Ok(self.tally)
    }
}

#[cfg(feature = "cli")]
impl<W: fmt::Write> LedgerWriter<'_, W> {
    /// Writes the candidate of a surface whose owner has not answered.
    pub(crate) fn push_waiting(&mut self, surface: &crate::inputs::Surface) -> fmt::Result {
        self.push_entry(&Entry::waiting(surface))
    }

    /// Writes everything after the candidates, and returns the counts.
    pub(crate) fn finish(
        self,
        inventory: crate::inputs::Inventory,
        requests: crate::inputs::OwnerRequests,
        stamp: super::Stamp,
    ) -> Result<Tally, fmt::Error> {
        self.finish_with(&Header::new(inventory, requests, stamp))
    }
}

/// The text of a candidate with blanks. What all candidates share is formatted only once.
#[derive(Debug)]
struct Form {
    /// The latest list of required fields and its text. Most candidates have the same list, so the text is reused.
    required: (Arc<[String]>, String),
    /// The text before each blank, and the key whose value fills the blank.
    blanks: Vec<(String, CandidateKey)>,
    /// The text after the last blank.
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
        Self { required: (Arc::default(), "[]".to_owned()), blanks, end: printed }
    }

    fn fill_in(&mut self, out: &mut String, entry: &Entry<'_>) {
        let required = entry.surface.shared_required_owner_fields();
        if !Arc::ptr_eq(&required, &self.required.0) {
            let mut text = String::new();
            write_strings(&mut text, &required);
            self.required = (required, text);
        }
        for (printed, key) in &self.blanks {
            out.push_str(printed);
            match key {
                CandidateKey::Shared(LedgerKey::RequiredOwnerFields) => {
                    out.push_str(&self.required.1);
                }
                _ => write_value(out, *key, entry),
            }
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
        // `status`: the form writes the other shared keys.
        CandidateKey::Shared(_) => write_string(out, entry.lane.as_str()),
        // A gate is a constant, so the form already has it.
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
    write_array(out, texts, CANDIDATE_LEVEL, |out, text| write_string(out, text));
}
