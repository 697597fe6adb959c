//! What an answer is worth, before a person has judged it.

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

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use crate::detect::{self, Folded, Rules, TextKind};
use crate::document::texts_of_comments;
use crate::forms::printed_lines;
use crate::inputs::Surface;
use crate::json::Json;
use crate::response::{Answers, COMMENT, Hint, OwnerResponse, ResponseDocument, is_placeholder};
use crate::time::Time;
use crate::words::{
    AcceptanceField, Boundary, Decision, ItemFlag, Lane, Problem, ProgressFlag, ResponseKey,
    RuntimeGate,
};

pub use finding::Finding;
pub use surfaces::Surfaces;

/// How many texts of an answer are examined, names of unknown keys among them: ten times those of a template.
/// What comes behind them is not looked at, and so is oversized.
const MAX_TEXTS: usize = 400;

/// How many bytes are examined of all texts together: as many as all fields of a template hold.
const MAX_BYTES: usize = AcceptanceField::ANSWERS * MAX_CHARACTERS;

/// How many bytes of a value with its key are examined as a document. A longer one is oversized.
const MAX_STRUCTURE: usize = 16 * 1024;

/// How many findings are reported against one answer. The next one is oversized: nobody reads more, and the journal
/// keeps each.
const MAX_FINDINGS: usize = 200;

/// How many characters a text may have.
pub(crate) const MAX_CHARACTERS: usize = 4_000;

/// An answer with everything that was found against it. Only the core makes one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Triage {
    pub(crate) response: OwnerResponse,
    pub(crate) findings: Vec<Finding>,
}

impl fmt::Debug for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The response may carry a secret as long as nobody has looked at the findings.
        f.debug_struct("Triage").field("findings", &self.findings).finish_non_exhaustive()
    }
}

impl Triage {
    /// The strictest lane among the findings, or ready where there are none.
    pub(crate) fn lane(&self) -> Lane {
        self.findings
            .iter()
            .map(Finding::lane)
            .max_by_key(|lane| lane.strictness())
            .unwrap_or(Lane::ReadyForMonitoringReview)
    }
}

/// Finds everything that is to be said against a response for `surface`.
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
        budget: Budget::default(),
    };
    for (position, (name, value)) in document.members().iter().enumerate() {
        examination.examine_member(name, value, position);
    }
    examination.examine_comments();
    examination.examine_identity();
    examination.take_common_reason();
    examination.take_what_is_not_deployed();
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

/// The decision, as far as the document has one.
fn decision_of(document: &ResponseDocument) -> Option<Decision> {
    let key = ResponseKey::Field(AcceptanceField::Decision);
    document.value(key)?.as_str()?.trim().parse().ok()
}

/// The problems of a text that no document may have in a record of its own, and where: secrets, payloads, commands
/// and requests.
pub(crate) fn withheld_problems(text: &str) -> impl Iterator<Item = (Problem, Range<usize>)> {
    let found = detect::detect(Rules::get(), text, &Folded::new(text), TextKind::Prose);
    found.into_iter().filter(|(problem, _)| problem.lane().is_withheld())
}

/// Whether a text has such a problem.
#[cfg(feature = "cli")]
pub(crate) fn carries_anything_withheld(text: &str) -> bool {
    withheld_problems(text).next().is_some()
}

struct Examination<'a> {
    surface: &'a Surface,
    surfaces: &'a Surfaces,
    document: &'a ResponseDocument,
    decision: Option<Decision>,
    responded_at: Option<Time>,
    /// The answers that are answers: no placeholders, no values of another type, no prose for a
    /// pointer.
    answers: Answers,
    /// Fields that have an answer of their own, whatever it is worth.
    filled_in: BTreeSet<AcceptanceField>,
    findings: Vec<Finding>,
    hints: Vec<Hint>,
    /// The texts of the answers, as detectors read them.
    answered: Vec<AnsweredText>,
    budget: Budget,
}

/// A text of an answer, and where it stands.
struct AnsweredText {
    field: AcceptanceField,
    pointer: String,
    folded: Folded,
}

/// How many texts were examined, how many bytes they have, and whether no more are.
#[derive(Debug, Default)]
struct Budget {
    texts: usize,
    bytes: usize,
    is_exhausted: bool,
}

impl Budget {
    /// Takes a text into account. Says whether it may be examined.
    fn take(&mut self, bytes: usize) -> bool {
        self.texts += 1;
        self.bytes += bytes;
        self.is_exhausted |= self.texts > MAX_TEXTS || self.bytes > MAX_BYTES;
        !self.is_exhausted
    }
}

impl<'a> Examination<'a> {
    fn find(
        &mut self,
        problem: Problem,
        key: Option<ResponseKey>,
        field: String,
        characters: Option<Range<usize>>,
    ) {
        let of_field = key.and_then(ResponseKey::check);
        self.add(Finding::new(problem, of_field, field, characters));
    }

    /// Adds a finding, unless it was just found or there are too many.
    fn add(&mut self, finding: Finding) {
        if self.findings.last() == Some(&finding) {
            return;
        }
        match self.findings.len() {
            ..MAX_FINDINGS => self.findings.push(finding),
            MAX_FINDINGS => {
                self.findings.push(Finding::new(Problem::Oversized, None, finding.field, None));
            }
            _ => {}
        }
    }

    /// A problem in a field that the response should have.
    fn find_in(&mut self, problem: Problem, key: ResponseKey) {
        self.find(problem, Some(key), key.pointer(), None);
    }

    fn text(&self, key: ResponseKey) -> Option<&'a str> {
        self.document
            .value(key)
            .and_then(Json::as_str)
            .map(str::trim)
            .filter(|text| !is_placeholder(text))
    }

    fn examine_member(&mut self, name: &str, value: &Json, position: usize) {
        let key = ResponseKey::parse(name);
        let pointer = match key {
            Some(key) => key.pointer(),
            None => format!("/#{}", position + 1),
        };
        if key.is_none() {
            self.examine_text(name, None, &pointer, false);
            if !is_flag(name) {
                self.find(Problem::UnknownField, None, pointer.clone(), None);
            }
        }
        self.examine_value(name, value, key, &pointer, true);
        self.examine_structure(name, value, key, &pointer);
        match key {
            Some(ResponseKey::Field(AcceptanceField::NotApproval)) => {
                let claims = *value != Json::Bool(true);
                claims.then(|| self.find(Problem::ApprovalClaimed, key, pointer, None));
            }
            Some(ResponseKey::Field(field)) if field.form().is_some() => {
                self.take_answer(field, value, &pointer);
            }
            Some(ResponseKey::NotApplicable) => {}
            Some(_) if !matches!(value, Json::String(_) | Json::Null) => {
                self.find(Problem::WrongType, key, pointer, None);
            }
            _ => {}
        }
    }

    /// Looks at the comments that are not the template's own: whoever reads the file reads them, too.
    fn examine_comments(&mut self) {
        let mut own: Vec<_> = self.document.comments().iter().enumerate().collect();
        // A template can have been printed for another decision than the one that it says now.
        let decisions = Decision::ALL.iter().map(|decision| Some(*decision));
        for decision in [self.decision, None].into_iter().chain(decisions) {
            if own.is_empty() {
                return;
            }
            let printed = printed_lines(self.surface, decision);
            own.retain(|(_, comment)| !printed.contains(&comment.text));
        }
        let before = self.findings.len();
        for (index, (first, text)) in texts_of_comments(&own).iter().enumerate() {
            // What is found in a run of lines is found in all of them again.
            let is_all = index > 0 && *first == own.first().map_or(0, |(first, _)| first + 1);
            if !is_all || self.findings.len() == before {
                self.examine_text(text, None, &format!("/{COMMENT}/{first}"), false);
            }
        }
    }

    /// Looks at a value and all that it holds: its texts, and its keys that are the ledger's.
    fn examine_value(
        &mut self,
        name: &str,
        value: &Json,
        key: Option<ResponseKey>,
        pointer: &str,
        is_direct: bool,
    ) {
        if key.is_none() && is_flag(name) {
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
                    let has_parts = key.is_some_and(|key| !key.steps().is_empty());
                    let is_direct = is_direct && (item.as_str().is_some() || has_parts);
                    self.examine_value("", item, key, &pointer, is_direct);
                }
            }
            Json::Object(members) => {
                for (name, value) in members {
                    if is_direct && key.is_some_and(|key| key.steps().contains(&name.as_str())) {
                        self.examine_value(name, value, key, &format!("{pointer}/{name}"), true);
                    } else {
                        self.examine_text(name, key, pointer, false);
                        self.examine_value(name, value, None, pointer, false);
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// Looks at a member as a whole: the parts of a list or an object may say nothing alone, and a value may be a secret
    /// only beside its key.
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
            // The names of parts are the form's own, and say nothing of what was pasted.
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
                text.truncate(text.floor_char_boundary(MAX_STRUCTURE));
            }
            if !self.may_examine(&text, key, pointer) {
                return;
            }
            let folded = Folded::new(&text);
            for (problem, _) in detect::detect(Rules::get(), &text, &folded, TextKind::Plan) {
                if problem.lane().is_withheld() {
                    self.find(problem, key, pointer.to_owned(), None);
                }
            }
        }
    }

    /// Counts a text that is about to be examined; says so, once, where it no longer is.
    fn may_examine(&mut self, text: &str, key: Option<ResponseKey>, pointer: &str) -> bool {
        if self.budget.is_exhausted {
            return false;
        }
        let may = self.budget.take(text.len());
        if !may {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        may
    }

    fn examine_text(
        &mut self,
        text: &str,
        key: Option<ResponseKey>,
        pointer: &str,
        has_place: bool,
    ) {
        // What is beyond the limit is held as strictly as anything that could be found in it.
        let end = text.char_indices().nth(MAX_CHARACTERS).map(|(end, _)| end);
        if end.is_some() {
            self.find(Problem::Oversized, key, pointer.to_owned(), None);
        }
        let text = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
        if !self.may_examine(text, key, pointer) {
            return;
        }
        let kind = if key.is_some_and(is_plan) { TextKind::Plan } else { TextKind::Prose };
        let folded = Folded::new(text);
        for (problem, characters) in detect::detect(Rules::get(), text, &folded, kind) {
            self.find(problem, key, pointer.to_owned(), has_place.then_some(characters));
        }
        if let Some(ResponseKey::Field(field)) = key.filter(|_| has_place) {
            self.answered.push(AnsweredText { field, pointer: pointer.to_owned(), folded });
        }
    }
}

/// Whether a key is one of the ledger's flags, gates, counts or boundaries, however it is spelled.
fn is_flag(name: &str) -> bool {
    let name = fold(name);
    let flag = name.strip_suffix("_count").unwrap_or(&name);
    name == Boundary::NOT_AUTHORIZATION
        || name == "action_button_count"
        || flag.parse::<ProgressFlag>().is_ok()
        || flag.parse::<ItemFlag>().is_ok()
        || flag.parse::<RuntimeGate>().is_ok()
        || name.parse::<Boundary>().is_ok()
        || name.parse::<crate::words::SourceCount>().is_ok()
}

fn fold(name: &str) -> String {
    detect::fold_name(name)
}

/// Claims in a plan are what would be checked.
fn is_plan(key: ResponseKey) -> bool {
    matches!(
        key,
        ResponseKey::Field(
            AcceptanceField::RouteSmokePlan
                | AcceptanceField::PostReloadReadbackPlan
                | AcceptanceField::ValidationPlan
                | AcceptanceField::MaintenanceWindow
        )
    )
}
