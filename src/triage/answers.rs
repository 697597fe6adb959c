//! Reads each answer once, in the form of its field, and reports what does not have that form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::document::below;
use crate::json::Json;
use crate::response::{
    Answer, EntryEnd, EvidenceRef, FoundEntry, MaintenanceWindow, NotAWindow, PartAnswer,
    count_words, has_words, is_placeholder, is_reason, names_somebody, reason_in,
};
use crate::words::limits::{WORDS_OF_A_PART, WORDS_OF_A_TEXT};
use crate::words::{
    AcceptanceField, AnswerForm, AnswerPart, CLEAR, DISABLE, Decision, ENTRY_KEYS, FIELDS,
    HealthGround, NOT_APPLICABLE, PartForm, Problem, REASON, REF, ReferenceKind, ReferenceUse,
    ResponseKey, Until,
};

use super::Examination;

/// The place of a value: its field, and the JSON pointer to it.
#[derive(Clone, Copy)]
struct Place<'p> {
    field: AcceptanceField,
    pointer: &'p str,
}

/// The kind of a text.
enum Said<'t> {
    /// A placeholder, or `not_applicable` without a reason.
    Nothing,
    /// The reason why there is no answer to give.
    NotApplicable(&'t str),
    /// Any other text.
    Text(&'t str),
}

/// Returns the kind of a text.
fn said(text: &str) -> Said<'_> {
    let text = text.trim();
    match reason_in(text) {
        Some(reason) if is_reason(reason) => Said::NotApplicable(reason),
        // `not_applicable` without a reason counts as not answered.
        Some(_) => Said::Nothing,
        None if is_placeholder(text) || text.starts_with(NOT_APPLICABLE) => Said::Nothing,
        None => Said::Text(text),
    }
}

/// Returns whether a value is blank at every level. A form prints keys and items that the owner may leave blank.
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
    /// Adds a finding at a place.
    fn report(&mut self, problem: Problem, place: Place<'_>) {
        let key = Some(ResponseKey::Field(place.field));
        self.find(problem, key, place.pointer.to_owned(), None);
    }

    /// Reads the value of a field. A usable answer is kept, and everything else is reported.
    pub(super) fn take_answer(&mut self, field: AcceptanceField, value: &Json, pointer: &str) {
        let Some(form) = field.form() else { return };
        if is_blank(value) {
            return;
        }
        self.filled_in.insert(field);
        let place = Place { field, pointer };
        let answer = match form {
            AnswerForm::Parts(parts) => self.read_parts(place, parts, value),
            AnswerForm::Refs(needed) => self.read_refs(place, needed, value),
            _ => {
                self.text_of(place, form, value).and_then(|text| self.read_text(place, form, &text))
            }
        };
        if let Some(answer) = answer {
            self.answers.insert(field, answer);
        }
    }

    /// Returns the text of a value. A prefix may be a key: `{standing: …}` is the text `standing: …`.
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
                        // `ref` is only a key. A ref in a text has no such prefix.
                        Some(if *name == REF {
                            Cow::Borrowed(text.as_str())
                        } else {
                            Cow::Owned(format!("{name}: {text}"))
                        })
                    }
                    // Two filled keys give two answers, and triage must not guess which one counts.
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

    /// Reports an object that has a key that is not in `known`.
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

    /// Reads an answer that is one text.
    fn read_text(&mut self, place: Place<'_>, form: AnswerForm, text: &str) -> Option<Answer> {
        let text = match said(text) {
            Said::Nothing => return None,
            Said::NotApplicable(reason) => return Some(Answer::NotApplicable(reason.to_owned())),
            Said::Text(text) => text,
        };
        let reference = text.parse::<EvidenceRef>().ok();
        match form {
            AnswerForm::Ref(needed) => self.read_ref(place, needed, text).map(Answer::Ref),
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
            // The values of these two are examined later, together with the other answers.
            AnswerForm::Decision | AnswerForm::Scope => Some(Answer::Text(text.to_owned())),
            // These are not texts. Their own functions read them.
            AnswerForm::Refs(_) | AnswerForm::Parts(_) => None,
        }
    }

    /// Reports a text that has fewer than `words` words.
    fn expect_words(&mut self, place: Place<'_>, words: usize, text: &str) {
        if !has_words(text, words) {
            self.report(Problem::SaysNothing, place);
        }
    }

    /// Reads a ref that must show what `needed` says. Reports a text that is not a ref, and a ref of another kind.
    fn read_ref(
        &mut self,
        place: Place<'_>,
        needed: ReferenceUse,
        text: &str,
    ) -> Option<EvidenceRef> {
        let Ok(reference) = text.parse::<EvidenceRef>() else {
            self.report(Problem::NotARef, place);
            return None;
        };
        // Anybody can compute the digest of the file in the repository. It can show only which configuration runs.
        let own = self.surface.descriptor(AcceptanceField::RepoSha256).and_then(Json::as_str);
        let is_own = reference.kind() == ReferenceKind::Sha256
            && own.is_some_and(|own| reference.target().eq_ignore_ascii_case(own));
        if !needed.takes(reference.kind()) || (is_own && needed != ReferenceUse::Digest) {
            self.report(Problem::WrongRefKind, place);
            return None;
        }
        Some(reference)
    }

    /// Reads a list of refs, or one object with a `ref` key.
    fn read_refs(
        &mut self,
        place: Place<'_>,
        needed: ReferenceUse,
        value: &Json,
    ) -> Option<Answer> {
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
            let Some(text) = self.text_of(place, AnswerForm::Ref(needed), item) else { continue };
            match said(&text) {
                Said::Nothing => {}
                // Next to a ref, a reason why there are no refs is a contradiction.
                Said::NotApplicable(reason) if is_alone => {
                    return Some(Answer::NotApplicable(reason.to_owned()));
                }
                Said::NotApplicable(_) => self.report(Problem::NotARef, place),
                Said::Text(text) => refs.extend(self.read_ref(place, needed, text)),
            }
        }
        (!refs.is_empty()).then_some(Answer::Refs(refs))
    }

    /// Reads a maintenance window. What it may be depends on the decision and on the time of the answer.
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

    /// Reads an object of named parts, or a text `not_applicable: …`.
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
        // `not_applicable` as a key answers the whole field, so every other key must be blank.
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
            let pointer = below(place.pointer, part.name);
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
            // If no part applies, the whole field does not apply.
            Some(reason) if reasons.len() == parts.len() => {
                Some(Answer::NotApplicable(reason.clone()))
            }
            _ => (!answers.is_empty()).then_some(Answer::Parts(answers)),
        }
    }

    /// Reads one part.
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
            PartForm::Ref(needed) => AnswerForm::Ref(needed),
        };
        let text = self.text_of(place, form, value)?;
        let text = match said(&text) {
            Said::Nothing => return None,
            // A stop condition always applies, so a reason against it is not an answer.
            Said::NotApplicable(_) if part.form == PartForm::StopCondition => return None,
            Said::NotApplicable(reason) => {
                return Some(PartAnswer::NotApplicable(reason.to_owned()));
            }
            Said::Text(text) => text,
        };
        match part.form {
            PartForm::Ref(needed) => self.read_ref(place, needed, text).map(PartAnswer::Ref),
            PartForm::TextOrRef if text.parse::<EvidenceRef>().is_ok() => {
                self.read_ref(place, ReferenceUse::Any, text).map(PartAnswer::Ref)
            }
            _ => {
                self.expect_words(place, WORDS_OF_A_PART, text);
                Some(PartAnswer::Text(text.to_owned()))
            }
        }
    }

    /// Reads the part of a review: `clear`, or a list of what was found.
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

    /// Reads one entry of a review: what was found, its owner, and until when it hides alerts.
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
                // Only what hides alerts has an `until`. Without an owner that is worse than a stale alert without one.
                let named = text.filter(|text| names_somebody(text));
                match (text, named) {
                    (_, Some(_)) => {}
                    _ if until.is_some() => self.report(Problem::SilenceWithoutOwner, place),
                    (Some(_), None) => self.report(Problem::OwnerNotNamed, at),
                    (None, None) => self.report(Problem::PartMissing, at),
                }
                entry.owner = named.map(str::to_owned);
            } else {
                // An end before the answer is not accepted: what is over hides nothing any more.
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

    /// Reads what a claim of health rests on: one word, or a list of words.
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
        // Somebody relies on such a surface, so health is claimed even if the answer denies it. The part counts as missing.
        if claims_none && !may_claim_none {
            return None;
        }
        (!grounds.is_empty()).then_some(PartAnswer::Grounds(grounds))
    }

    /// Reads the top-level `not_applicable`: one reason for several fields.
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
                // The field has two answers now, and triage must not guess which one counts.
                let key = Some(ResponseKey::Field(field));
                self.find(Problem::WrongType, key, format!("{pointer}/{FIELDS}/{index}"), None);
            } else if let Some(reason) = reason {
                self.answers.insert(field, Answer::NotApplicable(reason.trim().to_owned()));
            }
        }
    }

    /// Answers the remaining fields with `not_applicable` if no live system reads the file.
    ///
    /// `followup_owner` is left out, because this decision demands it.
    pub(super) fn fill_in_what_is_not_deployed(&mut self) {
        if self.decision != Some(Decision::ConfirmNotDeployed) {
            return;
        }
        for field in AcceptanceField::answers().filter(|field| !field.is_always_required()) {
            if !self.filled_in.contains(&field) && field != AcceptanceField::FollowupOwner {
                self.answers.insert(field, Answer::NotApplicable("not deployed".to_owned()));
            }
        }
    }
}
