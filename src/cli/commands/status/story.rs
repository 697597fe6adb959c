//! The story of one surface, for people and as JSON.

use std::fmt;

use serde_json::{Value, json};

use crate::cli::next_step::with_options;
use crate::cli::overview::{Age, Decision, Story, Told, date, hints};
use crate::cli::signed::Signed;
use crate::escape;
use crate::escape::lines_for_terminal;
use crate::forms::wrapped;
use crate::io::sources::Source;
use crate::review::Verdict;
use crate::time::Time;
use crate::words::names::SURFACE_STATUS_VERSION;
use crate::words::{LedgerKey, ReviewerCheck, WaitingOn, Why};

/// A story, and what the command adds to it.
pub(super) struct SurfaceStatus<'a> {
    pub(super) story: Story,
    pub(super) now: &'a Time,
    /// How the file in the work tree compares with the owner request.
    pub(super) file: Source,
    /// The options of the inputs, for the commands that are suggested.
    pub(super) options: &'a str,
}

impl SurfaceStatus<'_> {
    /// The JSON document for programs.
    pub(super) fn to_json(&self) -> Value {
        let story = &self.story;
        let events = story.told.iter().map(|told| {
            json!({
                "sequence": told.sequence,
                "event": told.what.to_string(),
                "recorded_at": told.at.as_str(),
                "lane": told.lane,
                "who": told.who,
                "reason": told.reason,
                "valid_until": told.valid_until.as_ref().map(Time::as_str),
                "signed": matches!(told.signed, Signed::Valid { .. }),
                "withdrawn": told.is_withdrawn,
                "findings": told.findings.len(),
                "hints": told.hints,
            })
        });
        let missing = story.findings.iter().map(|finding| {
            json!({"problem": finding.problem(), "field": finding.field(), "message": finding.message()})
        });
        let faults = story
            .faults
            .iter()
            .map(|fault| json!({"code": fault.code(), "message": fault.to_string()}));
        json!({
            LedgerKey::SchemaVersion.as_str(): SURFACE_STATUS_VERSION,
            "as_of": self.now.as_str(),
            "surface_id": story.surface.surface_id(),
            "acceptance_candidate_id": story.surface.candidate_id(),
            "owner": story.owner,
            "lane": story.lane,
            "waiting_on": story.waiting_on().map(|who| who.to_string()),
            "why": story.why.to_string(),
            "since": story.since().map(Time::as_str),
            "valid_until": story.valid_until.as_ref().map(Time::as_str),
            "failed_checks": story.failed_checks(),
            "response_event": story.response_event.map(|digest| digest.to_string()),
            "events": events.collect::<Vec<_>>(),
            "missing": missing.collect::<Vec<_>>(),
            "hints": story.hints.iter().map(|hint| json!({"check": hint.check(), "field": hint.field()})).collect::<Vec<_>>(),
            "file_differs": self.file != Source::Same,
            "journal_faults": faults.collect::<Vec<_>>(),
        })
    }

    /// Writes what the surface is and where it stands.
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let story = &self.story;
        let mut traits = Vec::new();
        traits.extend(story.surface.is_write_capable().then_some("write-capable"));
        traits.extend(story.surface.requires_live_evidence().then_some("needs live evidence"));
        traits.extend(story.tier());
        let id = lines_for_terminal(story.surface.surface_id());
        writeln!(f, "{id}   {}", escape::for_terminal(&traits.join(", ")))?;
        // If the surface changed, it is not known when. The age of the old answer would mislead.
        let since = story.since().filter(|_| story.why != Why::SurfaceChanged);
        let since = since.map(|since| Age::between(since, self.now));
        let since = since.map_or_else(String::new, |age| format!(" for {age:#}"));
        match (story.lane, story.waiting_on()) {
            (Some(lane), Some(WaitingOn::Owner)) => {
                writeln!(f, "  {lane}, waiting on the owner{since}")?;
            }
            (Some(lane), Some(WaitingOn::Reviewer)) => {
                writeln!(f, "  {lane}, waiting on a reviewer{since}")?;
            }
            (Some(lane), _) => writeln!(f, "  {lane}, waiting on nobody")?,
            (None, _) => writeln!(f, "  The journal is broken, so the surface has no lane.")?,
        }
        if let Some(lane) = story.lane {
            for line in wrapped("  ", "  ", lane.english()) {
                writeln!(f, "{line}")?;
            }
        }
        if let Some(owner) = &story.owner {
            writeln!(f, "  Owner: {}", lines_for_terminal(owner))?;
        }
        match (&story.valid_until, story.why) {
            (Some(until), Why::Expired) => {
                writeln!(f, "  The acceptance has expired: it ended on {until}.")?;
            }
            (Some(until), _) => writeln!(f, "  Accepted until {until}")?,
            (None, Why::SurfaceChanged) => {
                let answered = story.answered_on().unwrap_or_default();
                writeln!(f, "  The surface changed after its answer of {answered}.")?;
            }
            (None, _) => {}
        }
        let what = match self.file {
            Source::Same => None,
            Source::Differs => Some("The file has changed since the owner request was made"),
            Source::Missing(why) => Some(why),
        };
        if let Some(what) = what {
            let init = with_options("acceptance-ledger init", self.options);
            let text = format!("{what}: run {init}.");
            for line in wrapped("  ", "  ", &text) {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }

    /// Writes the failed checks with their lines in the answer, the reason, and the number of verdicts of each kind.
    fn write_failed(f: &mut fmt::Formatter<'_>, decision: &Decision) -> fmt::Result {
        writeln!(
            f,
            "\nFailed by {} ({}), {}, {}",
            lines_for_terminal(&decision.reviewer),
            decision.kind,
            decision.reviewed_at,
            lines_for_terminal(&decision.record_ref)
        )?;
        for check in decision.checks(Verdict::Fail) {
            let lines = decision.lines.get(&check).map(Vec::as_slice).unwrap_or_default();
            let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
            let lines = match lines.as_slice() {
                [] => String::new(),
                [line] => format!("   line {line} of the answer"),
                lines => format!("   lines {} of the answer", lines.join(", ")),
            };
            writeln!(f, "  {check}{lines}")?;
            for text in [check.english(), check.instruction()] {
                for line in wrapped("    ", "    ", text) {
                    writeln!(f, "{line}")?;
                }
            }
        }
        for line in wrapped("  reason: ", "          ", &lines_for_terminal(&decision.reason)) {
            writeln!(f, "{line}")?;
        }
        let [passed, failed, skipped] = [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable]
            .map(|verdict| decision.checks(verdict).count());
        let rest = ReviewerCheck::ALL.len() - passed - failed - skipped;
        writeln!(
            f,
            "  {passed} passed, {failed} failed, {skipped} not applicable, {rest} not judged."
        )
    }

    /// Writes what happened, one line for each event.
    fn write_history(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let story = &self.story;
        let digits = story.told.len().to_string().len();
        // The details of an event are below its verb.
        let indent = " ".repeat(2 + digits + "  2026-01-31  ".len());
        for (index, told) in story.told.iter().enumerate() {
            let number = told.sequence.map_or_else(|| "–".to_owned(), |number| number.to_string());
            let is_last = index + 1 == story.told.len();
            let is_now = is_last && story.lane == Some(told.lane);
            let now = if is_now { "  <- now" } else { "" };
            writeln!(
                f,
                "  {number:>digits$}  {}  {:<8}  {}{}{now}",
                date(&told.at),
                told.what.to_string(),
                told.lane,
                extras(told)
            )?;
            // The reason of the decision that counts is already printed above, with its failed checks.
            let is_shown = !is_last || story.failed_checks().is_empty();
            for detail in details(told, is_shown) {
                for line in wrapped(&indent, &format!("{indent}  "), &detail) {
                    writeln!(f, "{line}")?;
                }
            }
        }
        let last = story.told.last().map(|told| told.lane);
        match story.lane {
            // No event says this: the surface changed, or today's rules are stricter.
            Some(lane) if last != Some(lane) => {
                let what = if story.why == Why::SurfaceChanged { "changed" } else { "triaged" };
                writeln!(f, "  {:>digits$}  today       {what:<8}  {lane}  <- now", "–")
            }
            _ => Ok(()),
        }
    }

    /// The next step, one line each. A line that begins with two blanks is a command.
    fn next_step(&self) -> Vec<String> {
        let story = &self.story;
        let id = escape::for_shell(story.surface.surface_id().as_bytes());
        let like = if story.is_stored { " --like last" } else { "" };
        let form = format!("  acceptance-ledger template {id}{like} --output answer.yaml");
        let intake = "  acceptance-ledger intake answer.yaml".to_owned();
        match story.waiting_on() {
            None => vec![
                "repair the journal first: a broken journal accepts no new answer or review"
                    .to_owned(),
                "  acceptance-ledger verify".to_owned(),
            ],
            Some(WaitingOn::Nobody) => vec![
                "nothing to do in this ledger; a change of the surface needs a separate approval"
                    .to_owned(),
            ],
            Some(WaitingOn::Reviewer) => vec![
                "a reviewer judges the answer:".to_owned(),
                format!("  acceptance-ledger template {id} --review --output record.yaml"),
                "  acceptance-ledger review record.yaml".to_owned(),
            ],
            Some(WaitingOn::Owner) => {
                let mut lines = match story.why {
                    Why::NeverAnswered => vec!["the owner answers:".to_owned(), form, intake],
                    _ if story.is_stored => {
                        vec![
                            "the owner answers again, from the last answer:".to_owned(),
                            form,
                            intake,
                        ]
                    }
                    _ => vec!["the owner answers again:".to_owned(), form, intake],
                };
                if let Some(last) =
                    story.last_answer.as_ref().filter(|_| story.why != Why::NeverAnswered)
                {
                    lines.push(format!(
                        "the same file again is refused, and so is a responded_at that is not later than {last}"
                    ));
                }
                if story.why == Why::HeldByTriage && story.is_stored {
                    lines.push("or a reviewer records the hold:".to_owned());
                    lines.push(format!(
                        "  acceptance-ledger template {id} --review --output record.yaml"
                    ));
                }
                lines
            }
        }
    }
}

/// What follows the lane of an event.
fn extras(told: &Told) -> String {
    let until = told.valid_until.as_ref().map(|until| format!(", until {}", date(until)));
    format!("{}{}", until.unwrap_or_default(), hints(told.hints))
}

/// Who acted, why, and what triage found.
fn details(told: &Told, with_reason: bool) -> Vec<String> {
    if told.sequence.is_none() {
        return Vec::new();
    }
    let who = told.who.as_deref().map_or_else(|| "somebody".to_owned(), lines_for_terminal);
    let mut lines = vec![format!("by {who}{}", told.signature())];
    if let Some(reason) = told.reason.as_deref().filter(|_| with_reason) {
        lines.push(format!("reason: {}", lines_for_terminal(reason)));
    }
    for finding in &told.findings {
        lines.push(format!("{} {}", finding.problem(), finding.field()).trim_end().to_owned());
    }
    if told.is_withdrawn {
        lines.push("withdrawn: the document was deleted".to_owned());
    }
    lines
}

impl fmt::Display for SurfaceStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let story = &self.story;
        self.write_head(f)?;
        let failed = story.decision.as_ref().filter(|_| !story.failed_checks().is_empty());
        if let Some(decision) = failed {
            Self::write_failed(f, decision)?;
        }
        if !story.told.is_empty() {
            writeln!(f, "\nHistory")?;
            self.write_history(f)?;
        }
        if !story.findings.is_empty() {
            writeln!(f, "\nMissing now")?;
        }
        for finding in &story.findings {
            let field = lines_for_terminal(finding.field());
            for line in wrapped("  ", "    ", &format!("{field}: {}", finding.message())) {
                writeln!(f, "{line}")?;
            }
        }
        if !story.hints.is_empty() {
            writeln!(f, "\nA reviewer should look at")?;
        }
        for hint in &story.hints {
            for line in wrapped("  ", "    ", &format!("{}: {}", hint.field(), hint.message())) {
                writeln!(f, "{line}")?;
            }
        }
        if !story.faults.is_empty() {
            writeln!(f, "\nFaults of the journal")?;
        }
        for fault in &story.faults {
            for line in wrapped("  ", "    ", &format!("{}: {fault}", fault.code())) {
                writeln!(f, "{line}")?;
            }
            let next = with_options(fault.code().next_step(), self.options);
            for line in wrapped("    next: ", "          ", &next) {
                writeln!(f, "{line}")?;
            }
        }
        writeln!(f, "\nNext")?;
        for step in self.next_step() {
            // A command stays on one line, so that it can be pasted.
            let lines = match step.strip_prefix("  ") {
                Some(command) => vec![format!("    {}", with_options(command, self.options))],
                None => wrapped("  ", "  ", &step),
            };
            for line in lines {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}
