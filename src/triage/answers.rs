//! Reads each answer by the form of its field, once, and says what is not in that form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::json::Json;
use crate::response::{
    Answer, EntryEnd, EvidenceRef, FoundEntry, MaintenanceWindow, NotAWindow, PartAnswer,
    WORDS_OF_A_PART, WORDS_OF_A_TEXT, count_words, has_words, is_placeholder, is_reason,
    names_somebody, reason_in,
};
use crate::words::{
    AcceptanceField, AnswerForm, AnswerPart, CLEAR, DISABLE, Decision, ENTRY_KEYS, FIELDS,
    HealthGround, NOT_APPLICABLE, PartForm, Problem, REASON, REF, ReferenceKind, ReferenceUse,
    ResponseKey, Until,
};

use super::Examination;

/// Where a value stands: its field, and the pointer to it.
#[derive(Clone, Copy)]
struct Place<'p> {
    field: AcceptanceField,
    pointer: &'p str,
}

/// What a text says of itself.
enum Said<'t> {
    /// It stands where an answer is still to come.
    Nothing,
    /// Why there is none to give.
    NotApplicable(&'t str),
    Text(&'t str),
}

fn said(text: &str) -> Said<'_> {
    let text = text.trim();
    match reason_in(text) {
        Some(reason) if is_reason(reason) => Said::NotApplicable(reason),
        // It claims that there is none to give, and gives no reason.
        Some(_) => Said::Nothing,
        None if is_placeholder(text) || text.starts_with(NOT_APPLICABLE) => Said::Nothing,
        None => Said::Text(text),
    }
}

/// Whether nothing is written in a value: a form leaves keys and items blank.
fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.iter().all(is_blank),
        Json::Object(members) => members.values().all(is_blank),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

impl Examination<'_> {
    fn report(&mut self, problem: Problem, place: Place<'_>) {
        let key = Some(ResponseKey::Field(place.field));
        self.find(problem, key, place.pointer.to_owned(), None);
    }

    /// Takes what is an answer, and says what is not.
    pub(super) fn take_answer(&mut self, field: AcceptanceField, value: &Json, pointer: &str) {
        let Some(form) = field.form() else { return };
        if is_blank(value) {
            return;
        }
        self.filled_in.insert(field);
        let place = Place { field, pointer };
        let answer = match form {
            AnswerForm::Parts(parts) => self.read_parts(place, parts, value),
            AnswerForm::Refs(of) => self.read_refs(place, of, value),
            _ => {
                self.text_of(place, form, value).and_then(|text| self.read_text(place, form, &text))
            }
        };
        if let Some(answer) = answer {
            self.answers.give(field, answer);
        }
    }

    /// The text of a value. A prefix may stand as a key: `{standing: …}` is the text `standing: …`.
    fn text_of<'v>(
        &mut self,
        place: Place<'_>,
        form: AnswerForm,
        value: &'v Json,
    ) -> Option<Cow<'v, str>> {
        match value {
            value if is_blank(value) => None,
            Json::String(text) => Some(Cow::Borrowed(text)),
            Json::Object(members) => {
                self.report_unknown(place, members, form.prefix_keys());
                let filled: Vec<_> = members.iter().filter(|(_, value)| !is_blank(value)).collect();
                match filled.as_slice() {
                    [(name, Json::String(text))] if form.prefix_keys().contains(&name.as_str()) => {
                        Some(if *name == REF {
                            Cow::Borrowed(text.as_str())
                        } else {
                            Cow::Owned(format!("{name}: {text}"))
                        })
                    }
                    _ => {
                        self.report(Problem::WrongType, place);
                        None
                    }
                }
            }
            _ => {
                self.report(Problem::WrongType, place);
                None
            }
        }
    }

    /// Reports keys that an object does not have in this form.
    fn report_unknown(
        &mut self,
        place: Place<'_>,
        members: &BTreeMap<String, Json>,
        known: &[&str],
    ) {
        if members.keys().any(|name| !known.contains(&name.as_str())) {
            self.find(Problem::UnknownField, None, place.pointer.to_owned(), None);
        }
    }

    fn read_text(&mut self, place: Place<'_>, form: AnswerForm, text: &str) -> Option<Answer> {
        let text = match said(text) {
            Said::Nothing => return None,
            Said::NotApplicable(reason) => return Some(Answer::NotApplicable(reason.to_owned())),
            Said::Text(text) => text,
        };
        let reference = text.parse::<EvidenceRef>().ok();
        match form {
            AnswerForm::Ref(of) => self.read_ref(place, of, text).map(Answer::Ref),
            AnswerForm::TextOrRef | AnswerForm::NameRefOrDisable if reference.is_some() => {
                self.read_ref(place, ReferenceUse::Any, text).map(Answer::Ref)
            }
            AnswerForm::Window => self.read_window(place, text).map(Answer::Window),
            AnswerForm::Text | AnswerForm::TextOrRef => {
                self.expect_words(place, WORDS_OF_A_TEXT, text);
                Some(Answer::Text(text.to_owned()))
            }
            AnswerForm::Name | AnswerForm::NameRefOrDisable => {
                let path =
                    text.strip_prefix(DISABLE).and_then(|rest| rest.trim_start().strip_prefix(':'));
                let is_way_to_disable = form == AnswerForm::NameRefOrDisable
                    && path.is_some_and(|path| count_words(path) > 0);
                if !is_way_to_disable && (reference.is_some() || !names_somebody(text)) {
                    self.report(Problem::OwnerNotNamed, place);
                }
                Some(Answer::Text(text.to_owned()))
            }
            // What they say is judged with the other answers.
            AnswerForm::Decision | AnswerForm::Scope => Some(Answer::Text(text.to_owned())),
            // These are no texts.
            AnswerForm::Refs(_) | AnswerForm::Parts(_) => None,
        }
    }

    fn expect_words(&mut self, place: Place<'_>, words: usize, text: &str) {
        if !has_words(text, words) {
            self.report(Problem::SaysNothing, place);
        }
    }

    fn read_ref(&mut self, place: Place<'_>, of: ReferenceUse, text: &str) -> Option<EvidenceRef> {
        let Ok(reference) = text.parse::<EvidenceRef>() else {
            self.report(Problem::NotARef, place);
            return None;
        };
        // Everybody can read the file's own digest: it is evidence of what runs, and of nothing else.
        let own = self.surface.descriptor(AcceptanceField::RepoSha256).and_then(Json::as_str);
        let is_own = reference.kind() == ReferenceKind::Sha256
            && own.is_some_and(|own| reference.target().eq_ignore_ascii_case(own));
        if !of.takes(reference.kind()) || (is_own && of != ReferenceUse::Digest) {
            self.report(Problem::WrongRefKind, place);
            return None;
        }
        Some(reference)
    }

    fn read_refs(&mut self, place: Place<'_>, of: ReferenceUse, value: &Json) -> Option<Answer> {
        let items = match value {
            Json::Array(items) => items.iter().filter(|item| !is_blank(item)).collect(),
            Json::Object(_) => vec![value],
            _ => {
                self.report(Problem::WrongType, place);
                return None;
            }
        };
        let is_alone = items.len() == 1;
        let mut refs = Vec::new();
        let all = if let Json::Array(items) = value {
            items.as_slice()
        } else {
            std::slice::from_ref(value)
        };
        for (index, item) in all.iter().enumerate() {
            let pointer = format!("{}/{index}", place.pointer);
            let place = Place { pointer: &pointer, ..place };
            let Some(text) = self.text_of(place, AnswerForm::Ref(of), item) else { continue };
            match said(&text) {
                Said::Nothing => {}
                Said::NotApplicable(reason) if is_alone => {
                    return Some(Answer::NotApplicable(reason.to_owned()));
                }
                Said::NotApplicable(_) => self.report(Problem::NotARef, place),
                Said::Text(text) => refs.extend(self.read_ref(place, of, text)),
            }
        }
        (!refs.is_empty()).then_some(Answer::Refs(refs))
    }

    fn read_window(&mut self, place: Place<'_>, text: &str) -> Option<MaintenanceWindow> {
        let read = MaintenanceWindow::read(text, self.decision, self.responded_at.as_ref());
        match read {
            Ok(window) => Some(window),
            Err(NotAWindow::Unreadable) => {
                self.report(Problem::WindowUnreadable, place);
                None
            }
            Err(NotAWindow::NotNamed) => {
                self.report(Problem::OwnerNotNamed, place);
                None
            }
        }
    }

    fn read_parts(
        &mut self,
        place: Place<'_>,
        parts: &'static [AnswerPart],
        value: &Json,
    ) -> Option<Answer> {
        let members = match value {
            Json::Object(members) => members,
            Json::String(text) => match said(text) {
                Said::Nothing => return None,
                Said::NotApplicable(reason) => {
                    return Some(Answer::NotApplicable(reason.to_owned()));
                }
                Said::Text(_) => {
                    self.report(Problem::WrongType, place);
                    return None;
                }
            },
            _ => {
                self.report(Problem::WrongType, place);
                return None;
            }
        };
        let names: Vec<_> = parts.iter().map(|part| part.name).chain([NOT_APPLICABLE]).collect();
        self.report_unknown(place, members, &names);
        if let Some(reason) = members.get(NOT_APPLICABLE).filter(|reason| !is_blank(reason)) {
            let are_blank =
                members.iter().all(|(name, value)| name == NOT_APPLICABLE || is_blank(value));
            return match reason {
                Json::String(reason) if are_blank => {
                    is_reason(reason).then(|| Answer::NotApplicable(reason.trim().to_owned()))
                }
                _ => {
                    self.report(Problem::WrongType, place);
                    None
                }
            };
        }
        let mut answers = Vec::new();
        for part in parts {
            let Some(value) = members.get(part.name).filter(|value| !is_blank(value)) else {
                continue;
            };
            let pointer = format!("{}/{}", place.pointer, part.name);
            let place = Place { pointer: &pointer, ..place };
            answers.extend(self.read_part(place, part, value).map(|answer| (part, answer)));
        }
        let reasons: Vec<_> = answers
            .iter()
            .filter_map(|(_, answer)| match answer {
                PartAnswer::NotApplicable(reason) => Some(reason.clone()),
                _ => None,
            })
            .collect();
        match reasons.first() {
            // Where no part applies, the field does not.
            Some(reason) if reasons.len() == parts.len() => {
                Some(Answer::NotApplicable(reason.clone()))
            }
            _ => (!answers.is_empty()).then_some(Answer::Parts(answers)),
        }
    }

    fn read_part(
        &mut self,
        place: Place<'_>,
        part: &AnswerPart,
        value: &Json,
    ) -> Option<PartAnswer> {
        let form = match part.form {
            PartForm::Entries { until } => return self.read_entries(place, until, value),
            PartForm::Grounds => return self.read_grounds(place, value),
            PartForm::Text | PartForm::StopCondition => AnswerForm::Text,
            PartForm::TextOrRef => AnswerForm::TextOrRef,
            PartForm::Ref(of) => AnswerForm::Ref(of),
        };
        let text = self.text_of(place, form, value)?;
        let text = match said(&text) {
            Said::Nothing => return None,
            // When to stop is never out of place.
            Said::NotApplicable(_) if part.form == PartForm::StopCondition => return None,
            Said::NotApplicable(reason) => {
                return Some(PartAnswer::NotApplicable(reason.to_owned()));
            }
            Said::Text(text) => text,
        };
        match part.form {
            PartForm::Ref(of) => self.read_ref(place, of, text).map(PartAnswer::Ref),
            PartForm::TextOrRef if text.parse::<EvidenceRef>().is_ok() => {
                self.read_ref(place, ReferenceUse::Any, text).map(PartAnswer::Ref)
            }
            _ => {
                self.expect_words(place, WORDS_OF_A_PART, text);
                Some(PartAnswer::Text(text.to_owned()))
            }
        }
    }

    /// Reads `clear`, or what was found.
    fn read_entries(
        &mut self,
        place: Place<'_>,
        until: Option<Until>,
        value: &Json,
    ) -> Option<PartAnswer> {
        let text = match value {
            Json::Array(items) => {
                let mut entries = Vec::new();
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_blank(item)) {
                    let pointer = format!("{}/{index}", place.pointer);
                    let place = Place { pointer: &pointer, ..place };
                    entries.extend(self.read_entry(place, until, item));
                }
                return (!entries.is_empty()).then_some(PartAnswer::Entries(entries));
            }
            Json::Object(members) if !members.contains_key(NOT_APPLICABLE) => {
                self.report(Problem::WrongType, place);
                return None;
            }
            value => self.text_of(place, AnswerForm::Text, value)?,
        };
        match said(&text) {
            Said::Nothing => None,
            Said::NotApplicable(reason) => Some(PartAnswer::NotApplicable(reason.to_owned())),
            Said::Text(text) if text.eq_ignore_ascii_case(CLEAR) => Some(PartAnswer::Clear),
            Said::Text(_) => {
                self.report(Problem::WrongType, place);
                None
            }
        }
    }

    fn read_entry(
        &mut self,
        place: Place<'_>,
        until: Option<Until>,
        item: &Json,
    ) -> Option<FoundEntry> {
        let Json::Object(members) = item else {
            self.report(Problem::WrongType, place);
            return None;
        };
        self.report_unknown(place, members, &ENTRY_KEYS);
        let mut entry = FoundEntry::default();
        for name in ENTRY_KEYS {
            let pointer = format!("{}/{name}", place.pointer);
            let at = Place { pointer: &pointer, ..place };
            let value = members.get(name).unwrap_or(&Json::Null);
            let text = self.text_of(at, AnswerForm::Scope, value).unwrap_or_default();
            let text = match said(&text) {
                Said::Text(text) => Some(text),
                _ => None,
            };
            let [what, owner, _] = ENTRY_KEYS;
            if name == what {
                match text {
                    Some(text) => self.expect_words(at, WORDS_OF_A_PART, text),
                    None => self.report(Problem::PartMissing, at),
                }
                entry.what = text.map(str::to_owned);
            } else if name == owner {
                // What hides alerts without anybody's name is worse than what is only stale.
                let named = text.filter(|text| names_somebody(text));
                match (text, named) {
                    (_, Some(_)) => {}
                    _ if until.is_some() => self.report(Problem::SilenceWithoutOwner, place),
                    (Some(_), None) => self.report(Problem::OwnerNotNamed, at),
                    (None, None) => self.report(Problem::PartMissing, at),
                }
                entry.owner = named.map(str::to_owned);
            } else {
                let answered = self.responded_at.clone();
                let end = text.and_then(EntryEnd::read).filter(|end| {
                    let is_over = answered.as_ref().is_some_and(|time| end.is_over_at(time));
                    !is_over
                        && (*end != EntryEnd::ByDesign || until.is_none_or(Until::may_be_by_design))
                });
                if end.is_none() && until.is_some() {
                    self.report(Problem::SilenceWithoutOwner, place);
                }
                entry.until = end;
            }
        }
        Some(entry)
    }

    fn read_grounds(&mut self, place: Place<'_>, value: &Json) -> Option<PartAnswer> {
        let items = match value {
            Json::Array(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        let mut grounds = Vec::new();
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_blank(item)) {
            let pointer = match value {
                Json::Array(_) => format!("{}/{index}", place.pointer),
                _ => place.pointer.to_owned(),
            };
            match item.as_str().map(said) {
                Some(Said::Text(word)) => match word.parse::<HealthGround>() {
                    Ok(ground) => grounds.push(ground),
                    Err(_) => self.report(Problem::WrongType, Place { pointer: &pointer, ..place }),
                },
                Some(_) => {}
                None => self.report(Problem::WrongType, Place { pointer: &pointer, ..place }),
            }
        }
        let claims_none = grounds.contains(&HealthGround::NoHealthClaimed);
        let may_claim_none =
            !self.surface.is_write_capable() && !self.surface.requires_live_evidence();
        if claims_none && grounds.len() > 1 {
            self.report(Problem::WrongType, place);
            return None;
        }
        // Where somebody relies on the surface, health is claimed, whether or not the answer says so.
        if claims_none && !may_claim_none {
            return None;
        }
        (!grounds.is_empty()).then_some(PartAnswer::Grounds(grounds))
    }

    /// Takes the one reason that several fields have at the top of the document.
    pub(super) fn take_common_reason(&mut self) {
        let key = ResponseKey::NotApplicable;
        let pointer = format!("/{}", key.as_str());
        let Some(value) = self.document.value(key).filter(|value| !is_blank(value)) else { return };
        let Json::Object(members) = value else {
            return self.find(Problem::WrongType, Some(key), pointer, None);
        };
        if members.keys().any(|name| ![REASON, FIELDS].contains(&name.as_str())) {
            self.find(Problem::UnknownField, None, pointer.clone(), None);
        }
        let is_text = |value: &&Json| is_blank(value) || value.as_str().is_some();
        let (reason, fields) = (members.get(REASON), members.get(FIELDS));
        if !reason.as_ref().is_none_or(is_text) {
            self.find(Problem::WrongType, Some(key), format!("{pointer}/{REASON}"), None);
        }
        let items = match fields {
            Some(Json::Array(items)) => items.as_slice(),
            Some(value) if !is_blank(value) => {
                return self.find(
                    Problem::WrongType,
                    Some(key),
                    format!("{pointer}/{FIELDS}"),
                    None,
                );
            }
            _ => &[],
        };
        let reason = reason.and_then(Json::as_str).filter(|reason| is_reason(reason));
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_blank(item)) {
            let field = item.as_str().and_then(|name| name.trim().parse::<AcceptanceField>().ok());
            let Some(field) = field.filter(|field| field.form().is_some()) else {
                self.find(Problem::UnknownField, None, format!("{pointer}/{FIELDS}/{index}"), None);
                continue;
            };
            if self.filled_in.contains(&field) {
                // Which of the two answers holds is a guess.
                let key = Some(ResponseKey::Field(field));
                self.find(Problem::WrongType, key, format!("{pointer}/{FIELDS}/{index}"), None);
            } else if let Some(reason) = reason {
                self.answers.give(field, Answer::NotApplicable(reason.trim().to_owned()));
            }
        }
    }

    /// Of what no live system reads, nothing more is asked, and nothing more applies.
    pub(super) fn take_what_is_not_deployed(&mut self) {
        if self.decision != Some(Decision::ConfirmNotDeployed) {
            return;
        }
        for field in AcceptanceField::answers().filter(|field| !field.is_always_asked()) {
            if !self.filled_in.contains(&field) && field != AcceptanceField::FollowupOwner {
                self.answers.give(field, Answer::NotApplicable("not deployed".to_owned()));
            }
        }
    }
}
