//! The report that an owner reads about an answer: one entry per field, in the order of the file, each with one next
//! step.

use std::fmt::{self, Write as _};

use crate::candidate::AnyCandidate;
use crate::escape;
use crate::forms::{WIDTH, section_of, width, wrapped};
use crate::io::error::shown;
use crate::json::Json;
use crate::response::{Answers, COMMENT, Requirement, ResponseDocument, is_reason, requirement};
use crate::triage::Finding;
use crate::words::{
    AcceptanceField, FIELDS, HealthGround, Lane, NOT_APPLICABLE, PartForm, Problem, REASON,
    ResponseKey,
};

use super::{Judged, color};

/// The report about one answer.
#[derive(Debug)]
pub(super) struct Entries {
    /// How many answers the surface needs.
    asked: usize,
    /// Whether the form is as `template` wrote it.
    is_untouched: bool,
    list: Vec<FieldEntry>,
    hints: Vec<String>,
}

/// The entry of one field.
#[derive(Debug)]
struct FieldEntry {
    /// The line of the field; `None` if the document does not have the field.
    line: Option<usize>,
    key: Option<ResponseKey>,
    title: String,
    problems: Vec<Problem>,
    lane: Lane,
    next_step: String,
}

impl FieldEntry {
    /// The line number, or a dash if the document does not have the field.
    fn place(&self) -> String {
        self.line.map_or_else(|| "–".to_owned(), |line| line.to_string())
    }
}

impl Entries {
    /// Groups the findings of a candidate by the keys of its document.
    pub(super) fn of(document: &ResponseDocument, candidate: &AnyCandidate) -> Self {
        let surface = candidate.surface();
        let nothing = Answers::default();
        let answers = candidate.response().map_or(&nothing, |response| response.answers());
        let is_asked = |field: &AcceptanceField| {
            requirement(*field, surface, answers) != Requirement::Optional
        };
        // Every answer also needs `responder` and `responded_at`, which are not acceptance fields.
        let asked = 2 + AcceptanceField::answers().filter(is_asked).count();
        let is_filled_in = |field: AcceptanceField| {
            field != AcceptanceField::AffectedScope && !answers.is_blank(field)
        };
        let is_untouched = candidate.response().is_some()
            && !AcceptanceField::answers().any(is_filled_in)
            && candidate.findings().iter().all(is_about_a_blank);
        let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
        for finding in candidate.findings() {
            let name = group_of(document, finding);
            match groups.iter_mut().find(|(other, _)| *other == name) {
                Some((_, findings)) => findings.push(finding),
                None => groups.push((name, vec![finding])),
            }
        }
        let mut entries: Vec<_> = groups
            .iter()
            .map(|(name, findings)| entry(document, answers, name, findings))
            .collect();
        // What has no line comes last: its line was deleted or commented out.
        entries.sort_by_key(|entry| entry.line.unwrap_or(usize::MAX));
        let hints = candidate.response().map_or(&[][..], |response| response.hints());
        let hints = hints
            .iter()
            .map(|hint| {
                let field = hint.field().trim_start_matches('/').replace('/', ", ");
                let line = document.place_of(hint.field()).0;
                format!("hint at line {line}, {field}: {}", hint.message())
            })
            .collect();
        Self { asked, is_untouched, list: entries, hints }
    }
}

/// Whether a finding says only that something is still blank.
fn is_about_a_blank(finding: &Finding) -> bool {
    let field =
        finding.field().strip_prefix('/').and_then(|name| name.parse::<AcceptanceField>().ok());
    match field {
        Some(field) => finding.problem() == field.problem_if_missing(),
        None => finding.problem() == Problem::FieldMissing,
    }
}

/// Returns the key of the document that a finding belongs to.
///
/// A finding in a comment belongs to that comment. A field in the common `not_applicable` list belongs to that list as
/// long as the list has no reason.
fn group_of(document: &ResponseDocument, finding: &Finding) -> String {
    let mut steps = finding.field().split('/').skip(1);
    let name = steps.next().unwrap_or_default();
    if name == COMMENT {
        return finding.field().to_owned();
    }
    let has_own = document.members().iter().any(|(other, _)| other == name);
    // If the list has a reason, the finding is about the field itself: its reason is not enough for this field.
    if !has_own && line_in_common_list(document, name).is_some() && !has_reason(document) {
        NOT_APPLICABLE.to_owned()
    } else {
        name.to_owned()
    }
}

/// The line on which the common `not_applicable` list names a field.
fn line_in_common_list(document: &ResponseDocument, name: &str) -> Option<usize> {
    let Some(Json::Array(fields)) = common_reason(document, FIELDS) else { return None };
    let index = fields.iter().position(|field| field.as_str() == Some(name))?;
    Some(document.place_of(&format!("/{NOT_APPLICABLE}/{FIELDS}/{index}")).0)
}

/// Whether the common `not_applicable` has a reason.
fn has_reason(document: &ResponseDocument) -> bool {
    common_reason(document, REASON).and_then(Json::as_str).is_some_and(is_reason)
}

/// A part of the common `not_applicable`, which gives one reason for several fields.
fn common_reason<'d>(document: &'d ResponseDocument, part: &str) -> Option<&'d Json> {
    match document.value(ResponseKey::NotApplicable)? {
        Json::Object(members) => members.get(part),
        _ => None,
    }
}

/// Makes the entry of the field or key `name` from its findings.
fn entry(
    document: &ResponseDocument,
    answers: &Answers,
    name: &str,
    findings: &[&Finding],
) -> FieldEntry {
    let strictest = findings.iter().max_by_key(|finding| finding.lane().strictness());
    let lane = strictest.map_or(Lane::RequestSupplement, |finding| finding.lane());
    // A wrong value also counts as missing. The owner has only one thing to fix, so only the specific finding is shown.
    let specific: Vec<_> =
        findings.iter().copied().filter(|finding| !is_about_a_blank(finding)).collect();
    let findings = if specific.is_empty() { findings } else { &specific };
    let key = ResponseKey::parse(name);
    let is_shared = key == Some(ResponseKey::NotApplicable)
        && !findings.iter().any(|finding| finding.field().starts_with("/not_applicable"));
    let line_of = |pointer: &str| document.place_of(pointer).0;
    let place = if is_shared {
        Some(line_of("/not_applicable/reason"))
    } else if key.is_some_and(|key| document.line_of_key(key).is_none()) {
        line_in_common_list(document, name)
    } else {
        findings.iter().map(|finding| line_of(finding.field())).min()
    };
    let mut parts: Vec<String> = Vec::new();
    for finding in findings {
        let mut steps = finding.field().split('/').skip(2);
        let mut part = match (steps.next(), key) {
            _ if is_shared => "reason".to_owned(),
            (Some(part), Some(_)) => escape::for_terminal(part).into_owned(),
            _ => continue,
        };
        if let Some(number) = steps.next().and_then(|step| step.parse::<usize>().ok()) {
            let _ = write!(part, ", entry {}", number + 1);
        }
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut title = match key {
        Some(key) => key.as_str().to_owned(),
        None if name.starts_with('/') => "a comment".to_owned(),
        None if name.starts_with('#') => format!("key {}", name.trim_start_matches('#')),
        None => escape::for_terminal(name).into_owned(),
    };
    if !parts.is_empty() {
        let _ = write!(title, ": {}", parts.join(", "));
    }
    if let Some(range) = findings.iter().find_map(|finding| finding.characters()) {
        let _ = write!(title, ", characters {} to {}", range.start + 1, range.end);
    }
    let mut problems: Vec<Problem> = Vec::new();
    for finding in findings {
        if !problems.contains(&finding.problem()) {
            problems.push(finding.problem());
        }
    }
    FieldEntry {
        line: place,
        key,
        title,
        problems,
        lane,
        next_step: next_step(document, answers, findings, is_shared, &parts),
    }
}

/// The one next step of an entry. It is the next step of the strictest finding, unless one sentence covers all findings.
fn next_step(
    document: &ResponseDocument,
    answers: &Answers,
    findings: &[&Finding],
    is_shared: bool,
    parts: &[String],
) -> String {
    if is_shared {
        return "Give the reason that these fields share.".to_owned();
    }
    let Some(first) = findings.iter().max_by_key(|finding| finding.lane().strictness()) else {
        return String::new();
    };
    if let Some(placeholder) = findings.iter().find(|finding| has_no_real_reason(document, finding))
    {
        let or = if placeholder.is_excusable() {
            String::new()
        } else {
            format!(" {}", first.next_step())
        };
        return format!(
            "The text after not_applicable: gives no reason. Say why it does not apply, such as \"one site, one team\".{or}"
        );
    }
    let are_missing_parts =
        findings.iter().all(|finding| finding.problem() == Problem::PartMissing);
    let mut step = match parts.len() {
        2.. if are_missing_parts && !has_entries(first) => {
            format!("Answer {}.", parts.join(" and "))
        }
        _ => first.next_step(),
    };
    let rests_on = AcceptanceField::FalseGreenRiskReview;
    let grounds = answers.answer(rests_on).map_or(&[][..], |answer| answer.grounds());
    if first.problem() == Problem::ReceiptMissing
        && grounds.contains(&HealthGround::ReceiverReceipt)
    {
        let line = document.place_of(&format!("/{rests_on}/health_rests_on")).0;
        let _ = write!(step, " Line {line} says that health rests on it.");
    }
    step
}

/// Whether the owner wrote `not_applicable:` at a finding's place, with a placeholder in place of the reason.
fn has_no_real_reason(document: &ResponseDocument, finding: &Finding) -> bool {
    let mut steps = finding.field().split('/').skip(1);
    let key = steps.next().and_then(ResponseKey::parse);
    let mut value = key.and_then(|key| document.value(key));
    for step in steps {
        value = match value {
            Some(Json::Object(members)) => members.get(step),
            _ => None,
        };
    }
    let reason = match value {
        Some(Json::Object(members)) => members.get(NOT_APPLICABLE).and_then(Json::as_str),
        Some(value) => value
            .as_str()
            .and_then(|text| text.trim().strip_prefix(NOT_APPLICABLE)?.strip_prefix(':')),
        None => None,
    };
    reason.is_some_and(|reason| !reason.trim().is_empty() && !is_reason(reason.trim()))
}

/// Whether a finding is in a part that is a list of entries.
fn has_entries(finding: &Finding) -> bool {
    let mut steps = finding.field().split('/').skip(1);
    let form = steps.next().and_then(|name| name.parse::<AcceptanceField>().ok()?.form());
    let part = form.zip(steps.next()).and_then(|(form, part)| form.part(part));
    part.is_some_and(|part| matches!(part.form, PartForm::Entries { .. }))
}

/// The indent of an entry, in columns. It leaves room for the line number.
const INDENT: usize = 8;

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = color(self.lane);
        let file = shown(&self.file);
        let Entries { asked, is_untouched, list: entries, hints } = &self.entries;
        if *is_untouched {
            return self.write_blanks(f);
        }
        writeln!(f, "{file}: {style}{}{style:#}", self.lane)?;
        let keys = entries.iter().filter(|entry| entry.key.is_some()).count();
        let complete = asked.saturating_sub(keys);
        match (entries.len(), self.lane.is_withheld()) {
            (0, _) => {
                writeln!(f, "  All {asked} answers are complete. A reviewer has to judge them.")?;
            }
            (_, true) => writeln!(f, "  {}", self.lane.english())?,
            _ if keys == 0 => {
                writeln!(
                    f,
                    "  All {asked} answers are complete, but another part of the document needs a change."
                )?;
            }
            _ => {
                writeln!(f, "  {complete} of {asked} answers are complete, {keys} need a change.")?;
            }
        }
        if !entries.is_empty() {
            writeln!(f, "\n  line")?;
        }
        for entry in entries {
            let style = color(entry.lane);
            let problems: Vec<_> = entry.problems.iter().map(|problem| problem.as_str()).collect();
            let problems = problems.join(", ");
            let taken = INDENT + width(&entry.title) + 2 + problems.len();
            if taken <= WIDTH {
                let gap = " ".repeat(WIDTH - taken + 2);
                writeln!(
                    f,
                    "{:>6}  {}{gap}{style}{problems}{style:#}",
                    entry.place(),
                    entry.title
                )?;
            } else {
                writeln!(f, "{:>6}  {}", entry.place(), entry.title)?;
                let gap = " ".repeat(WIDTH.saturating_sub(problems.len()));
                writeln!(f, "{gap}{style}{problems}{style:#}")?;
            }
            for line in wrapped("        next: ", "              ", &entry.next_step) {
                writeln!(f, "{line}")?;
            }
        }
        for hint in hints {
            for line in wrapped("\n  ", "    ", hint) {
                writeln!(f, "{line}")?;
            }
        }
        if entries.is_empty() {
            return Ok(());
        }
        let of_lane = entries.iter().filter(|entry| entry.lane == self.lane);
        let mut lines: Vec<_> =
            of_lane.filter_map(|entry| entry.line).map(|line| line.to_string()).collect();
        lines.dedup();
        let lines = match lines.as_slice() {
            [] => String::new(),
            [line] => format!(", because of line {line}"),
            [lines @ .., last] => format!(", because of lines {} and {last}", lines.join(", ")),
        };
        let held = format!(
            "An answer like this is held in {}{lines}. To see each finding with its check, use --format json.",
            self.lane
        );
        writeln!(f)?;
        for line in wrapped("", "", &held) {
            writeln!(f, "{line}")?;
        }
        if self.lane == Lane::QuarantineSecretOrRawPayload {
            let still = format!(
                "{file} still contains it. If it is a secret, rotate it. Then remove it from the file, and from every place that the file was sent to."
            );
            for line in wrapped("", "", &still) {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl Judged {
    /// Writes the report about an untouched form: the blank fields, by section. It lists no problems, since the owner
    /// has not begun to answer.
    fn write_blanks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entries { asked, list: entries, .. } = &self.entries;
        writeln!(f, "{}: nothing is answered yet\n\n  line  blank", shown(&self.file))?;
        let mut sections: Vec<(String, &str, Vec<&str>)> = Vec::new();
        for entry in entries {
            let title = match entry.key {
                Some(ResponseKey::Field(field)) => section_of(field),
                Some(ResponseKey::NotApplicable) => "What does not apply here",
                _ => section_of(AcceptanceField::Decision),
            };
            match sections.iter_mut().find(|(_, other, _)| *other == title) {
                Some((_, _, names)) => names.push(&entry.title),
                None => sections.push((entry.place(), title, vec![&entry.title])),
            }
        }
        for (line, title, names) in &sections {
            let first = format!("{line:>6}  {title:<26}");
            for line in wrapped(&first, &" ".repeat(34), &names.join(", ")) {
                writeln!(f, "{line}")?;
            }
        }
        let line = entries.iter().find_map(|entry| entry.line).unwrap_or(1);
        let next = if self.is_json {
            "`acceptance-ledger explain FIELD` says what a field asks for"
        } else {
            "above each field, the form says what to write"
        };
        writeln!(f, "\n  next: start at line {line}; {next}.")?;
        writeln!(
            f,
            "        If the surface is not yours, write decision: decline_ownership and a\n        followup_owner.\n"
        )?;
        let sum = format!(
            "{} of {asked} answers are blank. An answer like this is held in {}.",
            self.findings.len(),
            self.lane
        );
        for line in wrapped("", "", &sum) {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
