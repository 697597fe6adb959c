//! Examines an answer before a person judges it, up to limits of size (`oversized`). Each finding can only hold the answer back.

mod answers;
mod finding;
mod repeated;
mod structure;
mod surfaces;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod theorems;
mod whole_answer;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use crate::cut;
use crate::detect::{self, Detected, Folded, Opinion, Rules, Target, TextKind};
use crate::document::{CommentTexts, below};
use crate::forms::printed_lines;
use crate::inputs::Surface;
use crate::json::Json;
use crate::response::{
    Answers, COMMENT, Hint, OwnerResponse, ResponseDocument, is_not_applicable, is_placeholder,
};
use crate::time::Time;
use crate::words::limits::MAX_CHARACTERS;
use crate::words::{
    AcceptanceField, Boundary, Decision, ItemFlag, Lane, Problem, ProgressFlag, ResponseKey,
    RuntimeGate, SourceCount, counted_word,
};

pub use finding::Finding;
pub use surfaces::Surfaces;

/// The maximum number of texts of an answer that are examined, names of unknown keys included. It is ten times the number
/// in a form. Texts after the limit are not examined, so the answer is oversized.
///
/// The limits of this module bound the time that any document can take.
const MAX_TEXTS: usize = 400;

/// The maximum number of bytes that are examined in all texts together. The texts of a list or an object count again for
/// each way in which they are examined as a whole. It is about ten times what owners write.
const MAX_BYTES: usize = 24_000;

/// The maximum number of bytes of a value, with its key, that are examined as a document. A longer value is oversized.
const MAX_STRUCTURE: usize = 4 * 1024;

/// The maximum number of findings for one answer. The next finding says that the answer is oversized. A reader needs no
/// more, and the journal stores every finding.
const MAX_FINDINGS: usize = 200;

/// An answer with all findings against it. Only the core can make one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Triage {
    pub(crate) response: OwnerResponse,
    pub(crate) findings: Vec<Finding>,
}

impl fmt::Debug for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The response is left out: it may carry the secret that a finding points to.
        f.debug_struct("Triage").field("findings", &self.findings).finish_non_exhaustive()
    }
}

impl Triage {
    /// Returns the strictest lane of the findings. Without findings the answer is ready for review.
    pub(crate) fn lane(&self) -> Lane {
        self.findings
            .iter()
            .map(Finding::lane)
            .max_by_key(|lane| lane.strictness())
            .unwrap_or(Lane::ReadyForMonitoringReview)
    }
}

/// Examines a response for `surface`, and returns every finding.
pub(crate) fn triage(
    surface: &Surface,
    surfaces: &Surfaces,
    document: &ResponseDocument,
) -> Triage {
    let mut examination = Examination {
        surface,
        surfaces,
        document,
        decision: decision_of(document),
        responded_at: document.responded_at(),
        answers: Answers::default(),
        filled_in: BTreeSet::new(),
        findings: Vec::new(),
        hints: Vec::new(),
        answered: Vec::new(),
        names_shared_project: OnceCell::new(),
        budget: Budget::default(),
    };
    // The members come first: the later steps need the answers and the texts that they give.
    for (position, (name, value)) in document.members().iter().enumerate() {
        examination.examine_member(name, value, position);
    }
    examination.examine_comments();
    examination.examine_identity();
    examination.take_common_reason();
    examination.fill_in_what_is_not_deployed();
    examination.examine_requirements();
    examination.examine_parts();
    examination.examine_scope();
    examination.examine_grounds();
    examination.examine_claims();
    examination.examine_repetitions();
    let responder = examination.text(ResponseKey::Responder).unwrap_or_default().to_owned();
    let Examination { answers, findings, hints, .. } = examination;
    Triage { response: OwnerResponse { responder, answers, hints, signer: None }, findings }
}

/// Returns the decision, if the document has a valid one.
fn decision_of(document: &ResponseDocument) -> Option<Decision> {
    let key = ResponseKey::Field(AcceptanceField::Decision);
    document.value(key)?.as_str()?.trim().parse().ok()
}

/// Returns the problems that a reviewer record must not have, with their ranges of characters: secrets, payloads, commands
/// and requests.
pub(crate) fn withheld_problems(text: &str) -> impl Iterator<Item = (Problem, Range<usize>)> {
    let found = detect::detect(Rules::get(), text, &Folded::new(text), TextKind::Prose);
    found.matches.into_iter().filter(|(problem, _)| problem.lane().is_withheld())
}

/// Returns whether a text has a problem that [`withheld_problems`] finds.
#[cfg(feature = "cli")]
pub(crate) fn carries_anything_withheld(text: &str) -> bool {
    withheld_problems(text).next().is_some()
}

/// The state of one examination.
struct Examination<'a> {
    surface: &'a Surface,
    surfaces: &'a Surfaces,
    document: &'a ResponseDocument,
    decision: Option<Decision>,
    responded_at: Option<Time>,
    /// The usable answers. Placeholders, values of a wrong type, and prose in place of a ref are left out.
    answers: Answers,
    /// The fields that are not blank, even if their answer is not usable.
    filled_in: BTreeSet<AcceptanceField>,
    findings: Vec<Finding>,
    hints: Vec<Hint>,
    /// The texts of the answers, folded as detectors read them.
    answered: Vec<AnsweredText>,
    /// Whether the answer names a shared project. It is found out when it is first asked for, after all texts are read.
    names_shared_project: OnceCell<bool>,
    budget: Budget,
}

/// A text of an answer, with its field and its JSON pointer.
struct AnsweredText {
    field: AcceptanceField,
    pointer: String,
    /// Whether it is `not_applicable:` with a reason.
    is_reason: bool,
    folded: Folded,
    /// The claims of health and of recovery that the model sees in it.
    claims: Vec<Opinion>,
}

/// How many texts were examined, how many bytes they have, and whether the limit is exceeded.
#[derive(Debug, Default)]
struct Budget {
    texts: usize,
    bytes: usize,
    is_exhausted: bool,
}

impl Budget {
    /// Counts a text, and returns whether it may be examined.
    fn take(&mut self, bytes: usize) -> bool {
        self.texts += 1;
        self.bytes += bytes;
        self.is_exhausted |= self.texts > MAX_TEXTS || self.bytes > MAX_BYTES;
        !self.is_exhausted
    }
}

impl<'a> Examination<'a> {
    /// Adds a finding at the JSON pointer `field`. The finding counts against the check of `key`.
    fn find(
        &mut self,
        problem: Problem,
        key: Option<ResponseKey>,
        field: String,
        characters: Option<Range<usize>>,
    ) {
        let check_of_field = key.and_then(ResponseKey::check);
        self.add(Finding::new(problem, check_of_field, field, characters));
    }

    /// Adds a finding, unless it equals the last one or there are too many.
    fn add(&mut self, finding: Finding) {
        if self.findings.last() == Some(&finding) {
            return;
        }
        match self.findings.len() {
            ..MAX_FINDINGS => self.findings.push(finding),
            // One finding says that there are more.
            MAX_FINDINGS => {
                self.findings.push(Finding::new(Problem::Oversized, None, finding.field, None));
            }
            _ => {}
        }
    }

    /// Adds a hint: the place may have this problem. The check of the problem says what a reviewer has to look at.
    fn hint(&mut self, problem: Problem, pointer: &str, characters: Option<Range<usize>>) {
        let hint = Hint { check: problem.check(None), field: pointer.to_owned(), characters };
        if self.hints.last() != Some(&hint) {
            self.hints.push(hint);
        }
    }

    /// Adds a finding for a whole field that the response should have.
    fn find_in(&mut self, problem: Problem, key: ResponseKey) {
        self.find(problem, Some(key), key.pointer(), None);
    }

    /// Returns the text of a key, if it is not a placeholder.
    fn text(&self, key: ResponseKey) -> Option<&'a str> {
        self.document
            .value(key)
            .and_then(Json::as_str)
            .map(str::trim)
            .filter(|text| !is_placeholder(text))
    }

    /// Examines one key of the document and its value. `position` counts the keys from 0.
    fn examine_member(&mut self, name: &str, value: &Json, position: usize) {
        let key = ResponseKey::parse(name);
        let pointer = match key {
            Some(key) => key.pointer(),
            // The name of an unknown key may be the secret, so a finding shows only its position.
            None => format!("/#{}", position + 1),
        };
        if key.is_none() {
            self.examine_text(name, None, &pointer, false);
            if !is_flag(name) {
                self.find(Problem::UnknownField, None, pointer.clone(), None);
            }
        }
        // What the ledger says about the surface carries nothing that the ledger does not publish, and each answer has it.
        let repeats_the_ledger = matches!(key, Some(ResponseKey::Field(field))
            if value.as_str().is_some_and(|text| self.identifies_surface(field, text)));
        if !repeats_the_ledger {
            self.examine_value(name, value, key, &pointer, true);
            self.examine_structure(name, value, key, &pointer);
        }
        match key {
            Some(ResponseKey::Field(AcceptanceField::NotApproval)) => {
                let claims = *value != Json::Bool(true);
                claims.then(|| self.find(Problem::ApprovalClaimed, key, pointer, None));
            }
            Some(ResponseKey::Field(field)) if field.form().is_some() => {
                self.take_answer(field, value, &pointer);
            }
            // `take_common_reason` reads it after all members, when it is known which fields have an answer.
            Some(ResponseKey::NotApplicable) => {}
            Some(_) if !matches!(value, Json::String(_) | Json::Null) => {
                self.find(Problem::WrongType, key, pointer, None);
            }
            _ => {}
        }
    }

    /// Examines the comments that the form did not print. A reader of the file reads comments, too.
    fn examine_comments(&mut self) {
        let mut own: Vec<_> = self.document.comments().iter().enumerate().collect();
        // The form may have been printed for another decision than the one that is filled in now.
        let decisions = Decision::ALL.iter().map(|decision| Some(*decision));
        for decision in [self.decision, None].into_iter().chain(decisions) {
            if own.is_empty() {
                return;
            }
            let printed = printed_lines(self.surface, decision);
            own.retain(|(_, comment)| !printed.contains(&comment.text));
        }
        let CommentTexts { runs, joined } = CommentTexts::of(&own);
        let before = self.findings.len();
        for (first, text) in &runs {
            self.examine_text(text, None, &format!("/{COMMENT}/{first}"), false);
        }
        // What a run has, the runs together have, too. So they are examined only if no run has a finding.
        if let Some((first, text)) = joined.filter(|_| self.findings.len() == before) {
            self.examine_text(&text, None, &format!("/{COMMENT}/{first}"), false);
        }
    }

    /// Examines a value and everything inside it: all texts, and all keys that belong to the ledger.
    ///
    /// `is_direct` says that `pointer` leads to this value itself. Below an unknown key it leads to the nearest known
    /// value.
    fn examine_value(
        &mut self,
        name: &str,
        value: &Json,
        key: Option<ResponseKey>,
        pointer: &str,
        is_direct: bool,
    ) {
        if key.is_none() && is_flag(name) {
            // `false` or 0 sets nothing, but the key is still unknown. `not_authorization` is harmless only if it is true.
            let is_harmless = match value {
                Json::Bool(value) => *value == (fold(name) == Boundary::NOT_AUTHORIZATION),
                Json::Number(number) => {
                    fold(name) != Boundary::NOT_AUTHORIZATION && number.as_str().parse() == Ok(0.0)
                }
                _ => false,
            };
            let problem = if is_harmless { Problem::UnknownField } else { Problem::SetsFlag };
            self.find(problem, None, pointer.to_owned(), None);
        }
        match value {
            Json::String(text) => self.examine_text(text, key, pointer, is_direct),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let pointer =
                        if is_direct { format!("{pointer}/{index}") } else { pointer.to_owned() };
                    // A list or object in a list has a known place only if the answer has named keys.
                    let has_parts = key.is_some_and(|key| !key.steps().is_empty());
                    let is_direct = is_direct && (item.as_str().is_some() || has_parts);
                    self.examine_value("", item, key, &pointer, is_direct);
                }
            }
            Json::Object(members) => {
                for (name, value) in members {
                    if is_direct && key.is_some_and(|key| key.steps().contains(&name.as_str())) {
                        self.examine_value(name, value, key, &below(pointer, name), true);
                    } else {
                        // The name of an unknown key is a text of the answer, too.
                        self.examine_text(name, key, pointer, false);
                        self.examine_value(name, value, None, pointer, false);
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// Examines a member as a whole. The items of a list or an object may be harmless alone and a payload together, and a
    /// value may be a secret only together with its key.
    fn examine_structure(
        &mut self,
        name: &str,
        value: &Json,
        key: Option<ResponseKey>,
        pointer: &str,
    ) {
        let readings = match value {
            Json::Null | Json::Bool(_) => return,
            Json::String(_) | Json::Number(_) if key.is_some() => return,
            Json::Array(items) if items.is_empty() => return,
            // The form gives these key names, so they say nothing about what was pasted. Only the texts are joined.
            value if key.is_some_and(|key| structure::has_only(value, &key.steps())) => {
                structure::readings_of_texts(&self.document.texts_below(pointer, value))
            }
            value => structure::readings(key.is_none().then_some(name), value),
        };
        for mut text in readings {
            if self.budget.is_exhausted {
                return;
            }
            if text.len() > MAX_STRUCTURE {
                self.find(Problem::Oversized, key, pointer.to_owned(), None);
                text.truncate(cut::floor(&text, MAX_STRUCTURE));
            }
            if !self.may_examine(&text, key, pointer) {
                return;
            }
            let folded = Folded::new(&text);
            // As a plan, a text is a request only if it addresses and urges somebody. Problems that do not withhold the
            // answer were found in the single texts already.
            let found = detect::detect(Rules::get(), &text, &folded, TextKind::Members);
            for (problem, _) in found.matches {
                if problem.lane().is_withheld() {
                    self.find(problem, key, pointer.to_owned(), None);
                }
            }
        }
    }

    /// Counts a text, and returns whether it may be examined. The first text beyond the limit adds a finding.
    fn may_examine(&mut self, text: &str, key: Option<ResponseKey>, pointer: &str) -> bool {
        if self.budget.is_exhausted {
            return false;
        }
        let is_within_budget = self.budget.take(text.len());
        if !is_within_budget {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        is_within_budget
    }

    /// Examines one text. `is_direct` says that `pointer` leads to this text itself, so that a range of characters fits.
    fn examine_text(
        &mut self,
        text: &str,
        key: Option<ResponseKey>,
        pointer: &str,
        is_direct: bool,
    ) {
        // Text beyond the limit is not examined. Oversized has the strictest lane, so nothing that hides there is kept.
        let end = cut::behind(text, MAX_CHARACTERS);
        if end.is_some() {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        let text = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
        if !self.may_examine(text, key, pointer) {
            return;
        }
        let is_plan = matches!(key, Some(ResponseKey::Field(field)) if field.is_plan());
        let kind = match end {
            Some(_) => TextKind::Beginning,
            None if is_plan => TextKind::Plan,
            None => TextKind::Prose,
        };
        let folded = Folded::new(text);
        let Detected { mut matches, mut opinions } =
            detect::detect(Rules::get(), text, &folded, kind);
        // The model knows prose and names. In a ref, it is never certain. The reason why there is no ref is prose:
        // `not_applicable: it works again`.
        let is_reason = is_not_applicable(text);
        let is_prose = match key {
            Some(ResponseKey::Field(field)) => field.is_in_words() || is_reason,
            Some(_) => false,
            None => true,
        };
        if !is_prose {
            matches.retain(|(problem, _)| *problem != Problem::RequestToAct);
            opinions.retain(|opinion| opinion.is_certain);
            for opinion in &mut opinions {
                opinion.is_certain = false;
            }
        }
        for (problem, characters) in matches {
            self.find(problem, key, pointer.to_owned(), is_direct.then_some(characters));
        }
        // An unknown field holds the answer back anyway, and the journal does not repeat its name.
        let is_known = key.is_some() || pointer.contains(COMMENT);
        let is_probable =
            |opinion: &&Opinion| opinion.target == Target::Request && !opinion.is_certain;
        for request in opinions.iter().filter(is_probable).filter(|_| is_known) {
            self.hint(
                Problem::RequestToAct,
                pointer,
                is_direct.then(|| request.characters.clone()),
            );
        }
        if let Some(ResponseKey::Field(field)) = key.filter(|_| is_direct) {
            let claims =
                opinions.into_iter().filter(|opinion| opinion.target != Target::Request).collect();
            let pointer = pointer.to_owned();
            self.answered.push(AnsweredText { field, pointer, is_reason, folded, claims });
        }
    }
}

/// Returns whether a key is a flag, gate, count or boundary of the ledger, in any spelling that folds to it.
fn is_flag(name: &str) -> bool {
    let name = fold(name);
    let flag = counted_word(&name).unwrap_or(&name);
    name == Boundary::NOT_AUTHORIZATION
        || flag.parse::<ProgressFlag>().is_ok()
        || flag.parse::<ItemFlag>().is_ok()
        || flag.parse::<RuntimeGate>().is_ok()
        || name.parse::<Boundary>().is_ok()
        || name.parse::<SourceCount>().is_ok()
}

fn fold(name: &str) -> String {
    detect::fold_name(name)
}
