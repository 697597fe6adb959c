//! Writes a reviewer's draft: the values, the verdicts that are left, and what to read for each check. For each check, it says what the check asks, which lines of the answer to read, and which
//! verdicts are allowed.
//!
//! It quotes nothing of the answer: an answer can be withdrawn, but the record stays.

use std::fmt::Write as _;

use crate::candidate::review_leads_to;
use crate::forms::{
    ADVICE, LINES, NEXT, NO_LIVE_SYSTEM, NOTHING_KEPT, UNTIL, VERDICTS, WHEN, WHO, WHO_CHINESE,
    WHY, comment, instruction,
};
use crate::journal::{Dossier, History, journal_folder};
use crate::json::{Json, write_json, write_object};
use crate::response::ResponseDocument;
use crate::review::{ACCEPT, Verdict};
use crate::words::names::RECORD_VERSION;
use crate::words::{AcceptanceField, Decision, Lane, RecordKey, ResponseKey, ReviewerCheck};

use super::template::TemplateFormat;
use super::yaml::scalar;

/// The options of a reviewer's draft.
///
/// ```
/// use acceptance_ledger::{DraftOptions, Lane, ReviewerCheck};
///
/// let fails = [(ReviewerCheck::RollbackOwnerPresent, "Nobody is named.".to_owned())];
/// let options = DraftOptions { outcome: Some(Lane::RequestSupplement), fails: &fails, ..DraftOptions::default() };
/// assert_eq!(options.reviewer, None);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DraftOptions<'a> {
    /// The outcome, if it is already decided.
    pub outcome: Option<Lane>,
    /// The checks that failed, each with the reason. If there are any, the draft has only these checks.
    pub fails: &'a [(ReviewerCheck, String)],
    /// The name of the reviewer.
    pub reviewer: Option<&'a str>,
    /// `person` or `automation`.
    pub reviewer_kind: Option<&'a str>,
    /// The time of the review.
    pub reviewed_at: Option<&'a str>,
    /// A ref to the place where the decision is kept, such as `ticket:OPS-12`.
    pub record_ref: Option<&'a str>,
    /// The format of the draft.
    pub format: TemplateFormat,
    /// The path of the JSON Schema, for editors. If it is empty, the draft names no schema.
    pub schema: &'a str,
    /// The path of the journal's folder. The draft shows it, so that the reviewer finds the answer.
    pub journal: &'a str,
}

/// Returns a reviewer record to fill in for the latest answer of a surface.
///
/// It has every check. A check that can only fail is already `fail`. The reviewer decides everything else. `dossier`
/// is the contents of the surface's folder.
///
/// Returns `None` if no owner has answered for the surface as it is today.
///
/// ```
/// use acceptance_ledger::{Dossier, DraftOptions, History, OwnerRequests, ResponseDocument, Surfaces, review_template};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let answer = format!(
///     "schema_version: monitoring_owner_response_v1\nnot_approval: true\nresponded_at: 2026-01-02T08:00:00Z
/// acceptance_candidate_id: {}\n",
///     surface.candidate_id()
/// );
/// let response = ResponseDocument::parse(answer.as_bytes())?;
/// let mut dossier = Dossier::default();
/// let options = DraftOptions::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// assert_eq!(review_template(&history, &dossier, &options), None);
///
/// dossier.store(&history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?);
/// let history = History::replay(surface, &surfaces, &dossier)?;
/// let draft = review_template(&history, &dossier, &options).unwrap();
/// assert!(draft.contains("\noutcome:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn review_template(
    history: &History,
    dossier: &Dossier,
    options: &DraftOptions<'_>,
) -> Option<String> {
    let answer = history.log().response_event()?;
    let lane = history.candidate().lane();
    if lane == Lane::WaitingOwnerResponse {
        return None;
    }
    let draft = ReviewDraft {
        history,
        options,
        event: answer.to_string(),
        document: stored_answers(history, dossier).next(),
        before: stored_answers(history, dossier).nth(1),
    };
    Some(match options.format {
        TemplateFormat::Yaml => draft.as_yaml(),
        TemplateFormat::Json => draft.as_json(),
    })
}

/// Returns the stored answers, the latest first. If the latest answer was not stored, there are none: a
/// record does not judge an earlier answer.
fn stored_answers<'d>(
    history: &'d History,
    dossier: &'d Dossier,
) -> impl Iterator<Item = ResponseDocument> + 'd {
    let answers = history.log().events().iter().rev().filter(|event| !event.is_review());
    let latest_is_stored = answers.clone().next().is_some_and(|event| event.document().is_some());
    answers
        .filter_map(|event| dossier.documents.get(&event.document()?))
        .filter_map(|bytes| ResponseDocument::parse(bytes).ok())
        .take(if latest_is_stored { usize::MAX } else { 0 })
}

struct ReviewDraft<'a> {
    history: &'a History,
    options: &'a DraftOptions<'a>,
    event: String,
    /// The latest answer, if it is stored.
    document: Option<ResponseDocument>,
    /// The stored answer before it.
    before: Option<ResponseDocument>,
}

/// Returns the keys of an answer that belong to a check. `responder` and `responded_at` belong to one, too.
fn fields_of(check: ReviewerCheck) -> Vec<ResponseKey> {
    let of_the_answer = AcceptanceField::answers().map(ResponseKey::Field);
    [ResponseKey::Responder, ResponseKey::RespondedAt]
        .into_iter()
        .chain(of_the_answer)
        .filter(|key| key.check() == Some(check))
        .collect()
}

impl ReviewDraft<'_> {
    fn lane(&self) -> Lane {
        self.history.candidate().lane()
    }

    /// Returns the value of a key, if the options give it or if there is only one possible value.
    fn value(&self, key: RecordKey) -> Option<Json> {
        let given = |text: Option<&str>| text.map(Json::from);
        match key {
            RecordKey::SchemaVersion => given(Some(RECORD_VERSION)),
            RecordKey::AcceptanceCandidateId => {
                Some(Json::String(self.history.candidate().surface().candidate_id()))
            }
            RecordKey::ResponseEvent => given(Some(&self.event)),
            RecordKey::NotAuthorization => Some(Json::Bool(true)),
            RecordKey::Reviewer => given(self.options.reviewer),
            RecordKey::ReviewerKind => given(self.options.reviewer_kind),
            RecordKey::ReviewedAt => given(self.options.reviewed_at),
            RecordKey::RecordRef => given(self.options.record_ref),
            // The lane of a held answer is the default: it is the only outcome that needs no decision.
            RecordKey::Outcome => match self.options.outcome {
                Some(Lane::OwnerReviewOnlyUpdate) => given(Some(ACCEPT)),
                Some(outcome) => given(Some(outcome.as_str())),
                None => given(self.lane().is_hold().then(|| self.lane().as_str())),
            },
            RecordKey::Reason => {
                let reasons: Vec<_> = match self.options.fails {
                    // With one reason, the verdict already shows which check failed.
                    [(_, why)] => vec![why.clone()],
                    fails => fails.iter().map(|(check, why)| format!("{check}: {why}")).collect(),
                };
                (!reasons.is_empty()).then(|| Json::String(reasons.join("\n")))
            }
            RecordKey::ValidUntil | RecordKey::Checks => None,
        }
    }

    /// Returns the checks that the draft shows.
    fn checks(&self) -> impl Iterator<Item = ReviewerCheck> {
        let fails = self.options.fails;
        let is_shown = move |check: &ReviewerCheck| {
            fails.is_empty() || fails.iter().any(|(failed, _)| failed == check)
        };
        ReviewerCheck::ALL.iter().copied().filter(is_shown)
    }

    /// Returns the verdict to write into the draft: `fail` if no other is allowed or if the options say so. Otherwise
    /// none.
    fn verdict(&self, check: ReviewerCheck) -> Option<Verdict> {
        let has_failed = self.options.fails.iter().any(|(failed, _)| *failed == check);
        (has_failed || self.history.candidate().can_only_fail(check)).then_some(Verdict::Fail)
    }

    fn as_json(&self) -> String {
        let mut text = String::new();
        let keys = RecordKey::ALL.iter().map(|key| (key.as_str(), *key));
        write_object(&mut text, keys, 0, |text, key| {
            if key == RecordKey::Checks {
                self.write_checks(text);
            } else {
                write_json(text, &self.value(key).unwrap_or(Json::Null), 1);
            }
        });
        text.push('\n');
        text
    }

    /// Writes the checks in the order of the ledger. A map of `serde_json` would sort them by name.
    fn write_checks(&self, text: &mut String) {
        let checks = self.checks().map(|check| (check.as_str(), check));
        write_object(text, checks, 1, |text, check| {
            let verdict = self.verdict(check).map(|verdict| verdict.to_string());
            write_json(text, &verdict.map_or(Json::Null, Json::String), 2);
        });
    }

    fn as_yaml(&self) -> String {
        let mut lines = self.header();
        for key in RecordKey::ALL {
            let (name, value) = (key.as_str(), self.value(*key));
            lines.extend(self.comments_above(*key));
            match (key, &value) {
                (RecordKey::Checks, _) => lines.push(format!("{name}:")),
                (RecordKey::Reason, None) => lines.push(format!("{name}: |")),
                (RecordKey::Reason, Some(Json::String(text))) if fits_in_block(text) => {
                    lines.push(format!("{name}: |"));
                    lines.extend(text.lines().map(|line| format!("  {line}")));
                }
                (_, Some(Json::String(text))) => lines.push(format!("{name}: {}", scalar(text))),
                (_, Some(_)) => lines.push(format!("{name}: true")),
                (_, None) => lines.push(format!("{name}:")),
            }
        }
        for check in self.checks() {
            lines.push(String::new());
            lines.extend(instruction(check));
            lines.extend(self.guidance(check).iter().flat_map(|text| comment("  #   ", text)));
            let verdict = self.verdict(check).map(|verdict| format!(" {verdict}"));
            lines.push(format!("  {check}:{}", verdict.unwrap_or_default()));
        }
        lines.join("\n") + "\n"
    }

    fn header(&self) -> Vec<String> {
        let surface = self.history.candidate().surface();
        let shown = |field| match surface.descriptor(field) {
            // A path may contain a line break, which would end the comment.
            Some(Json::String(text)) => crate::escape::for_terminal(text).into_owned(),
            _ => surface.surface_id().to_owned(),
        };
        let mut texts = Vec::new();
        let access = if surface.is_write_capable() { "write-capable" } else { "read-only" };
        texts.push(format!(
            "Review of the answer for {}, {access}, {}",
            shown(AcceptanceField::RepoSourcePath),
            shown(AcceptanceField::ControlTier)
        ));
        texts.push(String::new());
        if self.decision() == Some(Decision::ConfirmNotDeployed) {
            texts.extend([NO_LIVE_SYSTEM.to_owned(), String::new()]);
        }
        let event = self.history.log().since_the_answer().first();
        match (&self.document, event.and_then(crate::journal::Event::document)) {
            (Some(_), Some(name)) => {
                texts.push(LINES.to_owned());
                texts.push(format!("  {}/", self.options.journal));
                texts.push(format!("    {}/", journal_folder(surface.surface_id())));
                texts.push(format!("      {name}"));
            }
            _ => texts.push(NOTHING_KEPT.to_owned()),
        }
        if let Some(answered) = event.and_then(crate::journal::Event::responded_at) {
            let written = self.document.as_ref().and_then(ResponseDocument::responded_at);
            texts.push(format!("Answered at {}.", written.as_ref().unwrap_or(answered)));
        }
        let findings = self.history.candidate().findings().len();
        let hints = self.hints().len();
        texts.push(format!(
            "Triage: {}, {}, {}.",
            self.lane(),
            counted(findings, "finding"),
            counted(hints, "hint")
        ));
        if self.document.is_some() {
            texts.push(self.what_changed());
        }
        texts.push(String::new());
        texts.extend(ADVICE.map(str::to_owned));
        texts.push(String::new());
        texts.push(NEXT.to_owned());

        let mut lines = Vec::new();
        if !self.options.schema.is_empty() {
            lines.push(format!("# yaml-language-server: $schema={}", self.options.schema));
            lines.push("#".to_owned());
        }
        for text in texts {
            if text.is_empty() {
                lines.push("#".to_owned());
            } else {
                lines.extend(comment("# ", &text));
            }
        }
        lines.push(String::new());
        lines
    }

    fn decision(&self) -> Option<Decision> {
        let key = ResponseKey::Field(AcceptanceField::Decision);
        self.document.as_ref()?.value(key)?.as_str()?.trim().parse().ok()
    }

    fn hints(&self) -> &[crate::response::Hint] {
        self.history.candidate().response().map_or(&[], |response| response.hints())
    }

    /// Returns the keys whose values differ from those of the answer before, without `responded_at`, which always
    /// differs. Returns `None` if there was no answer before.
    fn changed(&self) -> Option<Vec<ResponseKey>> {
        let (document, before) = (self.document.as_ref()?, self.before.as_ref()?);
        let names =
            document.members().iter().chain(before.members()).map(|(name, _)| name.as_str());
        let keys: Vec<_> = names.filter_map(ResponseKey::parse).collect();
        let mut changed = Vec::new();
        for key in keys {
            let is_other = document.value(key) != before.value(key);
            if is_other && key != ResponseKey::RespondedAt && !changed.contains(&key) {
                changed.push(key);
            }
        }
        Some(changed)
    }

    fn what_changed(&self) -> String {
        let Some((changed, before)) = self.changed().zip(self.before.as_ref()) else {
            return "This is the first stored answer for this surface.".to_owned();
        };
        let date = before.responded_at().map_or_else(String::new, |time| date(time.as_str()));
        if changed.is_empty() {
            return format!("Only responded_at changed since the answer of {date}.");
        }
        let names: Vec<_> = changed.into_iter().map(ResponseKey::as_str).collect();
        format!("Changed since the answer of {date}: {}.", names.join(", "))
    }

    fn comments_above(&self, key: RecordKey) -> Vec<String> {
        let mut lines = Vec::new();
        let texts: Vec<String> = match key {
            RecordKey::Reviewer => vec![WHO.to_owned(), WHO_CHINESE.to_owned()],
            RecordKey::ReviewedAt => vec![WHEN.to_owned()],
            RecordKey::Outcome => vec![self.outcomes()],
            RecordKey::ValidUntil => UNTIL.map(str::to_owned).to_vec(),
            RecordKey::Reason => WHY.map(str::to_owned).to_vec(),
            RecordKey::Checks => VERDICTS.map(str::to_owned).to_vec(),
            _ => Vec::new(),
        };
        if matches!(key, RecordKey::Reviewer | RecordKey::Outcome | RecordKey::Checks) {
            lines.push(String::new());
        }
        lines.extend(texts.iter().flat_map(|text| comment("# ", text)));
        lines
    }

    /// Returns the line with the outcomes that a record can have.
    fn outcomes(&self) -> String {
        let surface = self.history.candidate().surface();
        let is_allowed = |outcome: &&Lane| {
            review_leads_to(self.lane(), **outcome, surface.is_write_capable()).is_some()
        };
        let mut holds: Vec<_> =
            Lane::ALL.iter().filter(is_allowed).filter(|lane| lane.is_hold()).collect();
        holds.sort_by_key(|lane| lane.strictness());
        let holds: Vec<_> = holds.into_iter().map(|lane| lane.as_str()).collect();
        if self.lane() == Lane::ReadyForMonitoringReview {
            let then = if surface.is_write_capable() {
                " (the candidate then waits for a runtime gate)"
            } else {
                ""
            };
            format!("{ACCEPT}{then}, or a hold: {}", holds.join(" | "))
        } else {
            format!("A hold, as strict as now or stricter: {}", holds.join(" | "))
        }
    }

    /// Returns what a reviewer needs to judge a check: lines to read, findings, hints, changes and the possible
    /// verdicts.
    fn guidance(&self, check: ReviewerCheck) -> Vec<String> {
        let mut texts = Vec::new();
        let fields = fields_of(check);
        if let Some(document) = &self.document {
            let answered: Vec<_> = fields
                .iter()
                .filter_map(|key| {
                    let line = document.line_of_key(*key)?;
                    Some(format!("{} (line {line})", key.as_str()))
                })
                .collect();
            if !answered.is_empty() {
                texts.push(format!("lines to read: {}", answered.join(", ")));
            }
            let line = |pointer: &str| document.place_of(pointer).0;
            let findings = self.history.candidate().findings().iter();
            texts.extend(findings.filter(|finding| finding.check() == check).map(|finding| {
                format!("finding at line {}: {}", line(finding.field()), finding.problem())
            }));
            let hints = self.hints().iter();
            texts.extend(hints.filter(|hint| hint.check() == check).map(|hint| {
                let range = hint.characters().map_or_else(String::new, |range| {
                    format!(", characters {} to {}", range.start, range.end)
                });
                format!("hint at line {}{range}: {}", line(hint.field()), hint.message())
            }));
        } else {
            let findings = self.history.candidate().findings().iter();
            texts.extend(
                findings
                    .filter(|finding| finding.check() == check)
                    .map(|finding| format!("finding: {}", finding.problem())),
            );
        }
        // Two findings of the same problem on one line give the same text.
        texts.dedup();
        let changed = self.changed().unwrap_or_default();
        let changed: Vec<_> =
            fields.iter().filter(|key| changed.contains(key)).map(|key| key.as_str()).collect();
        if !changed.is_empty() {
            texts.push(format!("changed since the last answer: {}", changed.join(", ")));
        }
        let verdicts = self.history.candidate().possible_verdicts(check);
        let verdicts: Vec<_> = verdicts.iter().map(Verdict::to_string).collect();
        texts.push(format!("possible verdicts: {}", verdicts.join(" | ")));
        texts
    }
}

/// Whether a text can be written in a YAML block. A block has no escapes, and takes leading spaces for indentation.
fn fits_in_block(text: &str) -> bool {
    let fits = |line: &str| crate::escape::for_terminal(line) == line && !line.starts_with(' ');
    text.lines().all(fits)
}

/// Returns a number with its noun, such as `2 findings`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{count} {what}{plural}");
    text
}

/// Returns the date of a time, in the offset in which it is written.
fn date(time: &str) -> String {
    time.split(['T', 't']).next().unwrap_or_default().to_owned()
}
