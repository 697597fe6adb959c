//! What a new answer may copy from another answer: the owners, the plans, and the reasons why something does not apply.
//!
//! The owner must give everything else again each time: the responder, the time, the decision, what was looked at, and
//! the evidence.

use std::collections::BTreeMap;

use crate::json::Json;
use crate::response::{EvidenceRef, ResponseDocument, is_placeholder, reason_in};
use crate::words::{
    AcceptanceField, AnswerForm, DISABLE, FIELDS, NOT_APPLICABLE, PER_CHANGE, PartForm, REASON,
    STANDING,
};

/// The copied texts. The key is the JSON pointer of the blank that the text fills in.
#[derive(Debug, Default)]
pub(crate) struct Carried(BTreeMap<String, String>);

impl From<&ResponseDocument> for Carried {
    fn from(document: &ResponseDocument) -> Self {
        let mut carried = Self::default();
        for (name, value) in document.members() {
            if let (NOT_APPLICABLE, Json::Object(members)) = (name.as_str(), value) {
                // The new form may ask for one of these fields by itself. So each field gets the reason, too.
                let reason = members.get(REASON).and_then(Json::as_str).unwrap_or_default();
                carried.take(&format!("/{NOT_APPLICABLE}/{REASON}"), reason);
                if let Some(Json::Array(fields)) = members.get(FIELDS) {
                    for field in fields.iter().filter_map(Json::as_str) {
                        carried.take(&format!("/{field}/{NOT_APPLICABLE}"), reason);
                    }
                }
            } else if let Ok(field) = name.parse::<AcceptanceField>() {
                carried.take_field(field, value);
            }
        }
        carried
    }
}

impl Carried {
    /// Returns the text that fills in the blank at a pointer.
    pub(crate) fn get(&self, pointer: &str) -> Option<&str> {
        self.0.get(pointer).map(String::as_str)
    }

    /// Returns each text with the pointer of its blank.
    #[cfg(feature = "cli")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(pointer, text)| (pointer.as_str(), text.as_str()))
    }

    /// Keeps a text for the blank at a pointer. A placeholder is not a text.
    fn take(&mut self, pointer: &str, text: &str) {
        if !is_placeholder(text) {
            self.0.insert(pointer.to_owned(), text.trim().to_owned());
        }
    }

    /// Keeps what may be copied from the answer in one field.
    fn take_field(&mut self, field: AcceptanceField, value: &Json) {
        let Some(form) = field.form() else { return };
        let at = format!("/{field}");
        let reason = format!("{at}/{NOT_APPLICABLE}");
        match value {
            Json::String(text) => {
                if let Some(text) = reason_in(text) {
                    self.take(&reason, text);
                } else if let Some((prefix, rest)) = text.split_once(':').filter(|(prefix, _)| {
                    form == AnswerForm::Window && [STANDING, PER_CHANGE].contains(&prefix.trim())
                }) {
                    self.take(&format!("{at}/{}", prefix.trim()), rest);
                } else if is_carried(form, text) {
                    self.take(&at, text);
                }
            }
            Json::Array(items) => {
                let only = match items.as_slice() {
                    [only] => only.as_str(),
                    _ => None,
                };
                if let Some(text) = only.and_then(reason_in) {
                    self.take(&reason, text);
                }
            }
            Json::Object(members) => {
                // The ref of a rollback is not copied: the next rollback does not go to the same target.
                for (name, value) in members {
                    let Some(text) = value.as_str() else { continue };
                    let is_plan = form.part(name).is_some_and(|part| {
                        matches!(part.form, PartForm::TextOrRef | PartForm::StopCondition)
                    });
                    let is_ref = text.trim().parse::<EvidenceRef>().is_ok();
                    let is_window = form == AnswerForm::Window
                        && [STANDING, PER_CHANGE].contains(&name.as_str());
                    if name == NOT_APPLICABLE || is_window || (is_plan && !is_ref) {
                        self.take(&format!("{at}/{name}"), text);
                    } else if name == DISABLE {
                        self.take(&at, &format!("{DISABLE}: {text}"));
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

/// Returns whether a text in a field of this form may be copied: a name, or a plan that is not a ref.
fn is_carried(form: AnswerForm, text: &str) -> bool {
    let is_ref = text.trim().parse::<EvidenceRef>().is_ok();
    matches!(form, AnswerForm::Name | AnswerForm::NameRefOrDisable | AnswerForm::TextOrRef)
        && !is_ref
}
