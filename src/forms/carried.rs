//! What a new answer may take over from another one: who owns what, the plans, and why something does not apply. Whom it
//! is from, when, what is decided, what was looked at and what shows it are said anew each time.

use std::collections::BTreeMap;

use crate::json::Json;
use crate::response::{EvidenceRef, ResponseDocument, is_placeholder, reason_in};
use crate::words::{
    AcceptanceField, AnswerForm, DISABLE, FIELDS, NOT_APPLICABLE, PER_CHANGE, PartForm, REASON,
    STANDING,
};

/// The texts that are carried over, by the JSON pointer of the blank that they fill in.
#[derive(Debug, Default)]
pub(crate) struct Carried(BTreeMap<String, String>);

impl From<&ResponseDocument> for Carried {
    fn from(document: &ResponseDocument) -> Self {
        let mut carried = Self::default();
        for (name, value) in document.members() {
            if name == NOT_APPLICABLE
                && let Json::Object(members) = value
            {
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
    /// What fills in the blank at a pointer.
    pub(crate) fn get(&self, pointer: &str) -> Option<&str> {
        self.0.get(pointer).map(String::as_str)
    }

    /// Each text, behind the pointer of the blank that it fills in.
    #[cfg(feature = "cli")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(pointer, text)| (pointer.as_str(), text.as_str()))
    }

    fn take(&mut self, pointer: &str, text: &str) {
        if !is_placeholder(text) {
            self.0.insert(pointer.to_owned(), text.trim().to_owned());
        }
    }

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
                if let [Json::String(text)] = items.as_slice()
                    && let Some(text) = reason_in(text)
                {
                    self.take(&reason, text);
                }
            }
            Json::Object(members) => {
                // Not the ref of a rollback: what it went to once is not what the next one goes to.
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

/// Whether a text in a field of this form is carried over: a name, or a plan that is no ref.
fn is_carried(form: AnswerForm, text: &str) -> bool {
    let is_ref = text.trim().parse::<EvidenceRef>().is_ok();
    matches!(form, AnswerForm::Name | AnswerForm::NameRefOrDisable | AnswerForm::TextOrRef)
        && !is_ref
}
