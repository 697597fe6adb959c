//! The history of one surface: its events, the checks that a reviewer failed, and the next step.

use std::fmt;

use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::cli::repository::Replay;
use crate::cli::signed::{self, Signed};
use crate::escape;
use crate::escape::lines_for_terminal;
use crate::forms::wrapped;
use crate::inputs::Surface;
use crate::io::signatures::AllowedSigners;
use crate::io::store::Folder;
use crate::journal::{Event, History, JournalLog};
use crate::response::ResponseDocument;
use crate::review::{ReviewDocument, ReviewerRecord, Verdict};
use crate::time::Time;
use crate::triage::carries_anything_withheld;
use crate::words::{AcceptanceField, Lane, ResponseKey, ReviewerCheck};

/// Everything that the history of one surface shows.
pub(super) struct SurfaceStory<'a> {
    pub(super) now: &'a Time,
    /// Whether the file in the work tree has a different digest than the owner request.
    pub(super) is_of_another_file: bool,
    pub(super) surface: &'a Surface,
    pub(super) replay: &'a Replay,
    pub(super) log: &'a JournalLog,
    pub(super) folder: &'a Folder,
    pub(super) signers: Option<&'a AllowedSigners>,
    /// The owner that the request suggests.
    pub(super) owner: Option<&'a str>,
}

/// What the document of an event adds to the event.
struct EventDetails {
    /// Who answered or reviewed.
    who: Option<String>,
    /// The reason that a reviewer gave.
    reason: Option<String>,
    is_withdrawn: bool,
    signed: Signed,
}

impl SurfaceStory<'_> {
    fn details_of(&self, event: &Event) -> EventDetails {
        let name = event.document();
        let bytes = name.and_then(|name| self.folder.dossier.documents.get(&name));
        let (mut who, mut reason) = (None, None);
        match (bytes, event.is_review()) {
            (Some(bytes), true) => {
                // If today's rules find something in the texts of a record, the texts are not printed.
                let record = ReviewDocument::parse(bytes).ok();
                if let Some(record) = record.filter(|record| record.record().is_ok()) {
                    who = Some(lines_for_terminal(record.reviewer()));
                    reason = Some(lines_for_terminal(record.reason()));
                }
            }
            (Some(bytes), false) => {
                let response = ResponseDocument::parse(bytes).ok();
                let responder =
                    response.and_then(|response| response.responder().map(lines_for_terminal));
                // The rules may have become stricter since intake, and a withheld text must not be printed.
                who = responder.filter(|name| !carries_anything_withheld(name));
            }
            (None, _) => {}
        }
        let is_withdrawn = name.is_some_and(|name| self.log.has_withdrawn(name));
        let signed = signed::check(event, self.log, self.signers, self.folder);
        EventDetails { who, reason, is_withdrawn, signed }
    }

    /// The record that holds or accepts the answer now; `None` if its document is missing or no longer valid.
    fn latest_record(&self) -> Option<ReviewDocument> {
        self.replay.as_ref().ok()?.candidate().record()?;
        let event = self.log.events().iter().rfind(|event| event.is_review())?;
        let bytes = self.folder.dossier.documents.get(&event.document()?)?;
        ReviewDocument::parse(bytes).ok().filter(|document| document.record().is_ok())
    }

    /// Whether an event is the latest review.
    fn is_latest_review(&self, event: &Event) -> bool {
        let latest = self.log.events().iter().rfind(|event| event.is_review());
        latest.is_some_and(|latest| latest.sequence() == event.sequence())
    }

    /// The latest answer; `None` if it is not stored.
    fn latest_answer(&self) -> Option<ResponseDocument> {
        let event = self.log.since_the_answer().first()?;
        ResponseDocument::parse(self.folder.dossier.documents.get(&event.document()?)?).ok()
    }

    /// The checks that the reviewer failed. The owner has to fix these.
    fn failed_checks(&self) -> Vec<ReviewerCheck> {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let record = candidate.and_then(AnyCandidate::record);
        let verdicts = record.into_iter().flat_map(ReviewerRecord::verdicts);
        verdicts.filter(|(_, verdict)| *verdict == Verdict::Fail).map(|(check, _)| check).collect()
    }

    /// Writes the failed checks with their lines in the answer, the reason, and the number of verdicts of each kind.
    fn write_failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed_checks();
        let Some(record) = self.latest_record().filter(|_| !failed.is_empty()) else {
            return Ok(());
        };
        writeln!(
            f,
            "\nFailed by {} ({}), {}, {}",
            lines_for_terminal(record.reviewer()),
            record.reviewer_kind(),
            record.reviewed_at(),
            lines_for_terminal(record.record_ref())
        )?;
        let answer = self.latest_answer();
        for check in &failed {
            let lines = answer.as_ref().map_or_else(String::new, |answer| {
                let keys = AcceptanceField::answers().filter(|field| field.check() == Some(*check));
                let lines: Vec<_> = keys
                    .filter_map(|field| answer.line_of_key(ResponseKey::Field(field)))
                    .map(|line| line.to_string())
                    .collect();
                match lines.as_slice() {
                    [] => String::new(),
                    lines => format!("   line {} of the answer", lines.join(", ")),
                }
            });
            writeln!(f, "  {check}{lines}")?;
            for text in [check.english(), check.instruction()] {
                for line in wrapped("    ", "    ", text) {
                    writeln!(f, "{line}")?;
                }
            }
        }
        for line in wrapped("  reason: ", "          ", &lines_for_terminal(record.reason())) {
            writeln!(f, "{line}")?;
        }
        let verdicts = self.replay.as_ref().ok().and_then(|history| history.candidate().record());
        let count = |wanted| {
            verdicts.map_or(0, |record| record.verdicts().filter(|(_, one)| *one == wanted).count())
        };
        let [passed, failed, skipped] =
            [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable].map(count);
        let rest = ReviewerCheck::ALL.len() - passed - failed - skipped;
        writeln!(
            f,
            "  {passed} passed, {failed} failed, {skipped} not applicable, {rest} not judged."
        )
    }

    /// The JSON document for programs.
    pub(super) fn to_json(&self) -> Value {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let events = self.log.events().iter().map(|event| {
            let EventDetails { who, reason, is_withdrawn, signed } = self.details_of(event);
            json!({
                "sequence": event.sequence(),
                "event": event.name(),
                "recorded_at": event.recorded_at().as_str(),
                "lane": event.lane(),
                "who": who,
                "reason": reason,
                "signed": matches!(signed, Signed::Valid { .. }),
                "withdrawn": is_withdrawn,
                "findings": event.findings().len(),
            })
        });
        let findings = candidate.map(AnyCandidate::findings).unwrap_or_default();
        let missing = findings.iter().map(|finding| {
            json!({"problem": finding.problem(), "field": finding.field(), "message": finding.message()})
        });
        let faults = self.log.faults().iter();
        json!({
            "surface_id": self.surface.surface_id(),
            "acceptance_candidate_id": self.surface.candidate_id(),
            "suggested_owner": self.owner,
            "lane": candidate.map(|candidate| self.lane_of(candidate)),
            "valid_until":
                candidate.and_then(AnyCandidate::valid_until).map(|until| until.as_str().to_owned()),
            "failed_checks": self.failed_checks(),
            "response_event": self.log.response_event().map(|digest| digest.to_string()),
            "events": events.collect::<Vec<_>>(),
            "missing": missing.collect::<Vec<_>>(),
            "journal_faults":
                faults.map(|fault| json!({"code": fault.code(), "message": fault.to_string()})).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for SurfaceStory<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let id = lines_for_terminal(self.surface.surface_id());
        match candidate.map(|candidate| self.lane_of(candidate)) {
            Some(lane) if self.is_over() => {
                writeln!(
                    f,
                    "{id}: {lane}\n  The acceptance has expired. The owner has to answer again."
                )?;
            }
            Some(lane) => writeln!(f, "{id}: {lane}\n  {}", lane.english())?,
            None => writeln!(f, "{id}: the journal is broken\n  So the surface has no lane.")?,
        }
        if let Some(owner) = self.owner {
            writeln!(f, "  Suggested owner: {}", lines_for_terminal(owner))?;
        }
        if let Some(until) = candidate.and_then(AnyCandidate::valid_until) {
            let is_over = !self.now.is_before(until);
            writeln!(
                f,
                "  {} {until}",
                if is_over { "Was accepted until" } else { "Accepted until" }
            )?;
        }
        if self.is_of_another_file {
            writeln!(
                f,
                "  The file has changed since the owner request was made: run acceptance-ledger init."
            )?;
        }
        self.write_failed(f)?;
        if !self.log.events().is_empty() {
            writeln!(f, "\nWhat happened:")?;
        }
        let is_failed = !self.failed_checks().is_empty();
        for event in self.log.events() {
            let EventDetails { who, reason, is_withdrawn, signed } = self.details_of(event);
            let what = if event.is_review() { "reviewed" } else { "answered" };
            let who = who.as_deref().unwrap_or("somebody");
            let signed = match signed {
                Signed::Valid { .. } => ", signed",
                Signed::Unchecked => ", signature can no longer be checked",
                Signed::Invalid(..) => ", signature missing or invalid",
                Signed::No => "",
            };
            write!(f, "  {}. {} {who} {what}{signed}: ", event.sequence(), event.recorded_at())?;
            writeln!(f, "{}", event.lane())?;
            // The reason of the latest record is already printed above, with its failed checks.
            let is_shown = is_failed && self.is_latest_review(event);
            if let Some(reason) = reason.filter(|_| !is_shown) {
                writeln!(f, "     {}", reason.replace('\n', "\n     "))?;
            }
            for finding in event.findings() {
                writeln!(f, "     {} {}", finding.problem(), finding.field())?;
            }
            if is_withdrawn {
                writeln!(f, "     withdrawn: the document was deleted")?;
            }
        }
        if let Some(until) =
            candidate.and_then(AnyCandidate::valid_until).filter(|_| self.is_over())
        {
            writeln!(f, "  –  {until} the acceptance ended: {}", Lane::WaitingOwnerResponse)?;
        }
        let findings = candidate.map(AnyCandidate::findings).unwrap_or_default();
        if !findings.is_empty() {
            writeln!(f, "\nWhat is missing now:")?;
        }
        for finding in findings {
            writeln!(f, "  {}: {}", lines_for_terminal(finding.field()), finding.message())?;
        }
        if !self.log.faults().is_empty() {
            writeln!(f, "\nWhat is wrong with the journal:")?;
        }
        for fault in self.log.faults() {
            writeln!(f, "  {}: {fault}\n    next: {}", fault.code(), fault.code().next_step())?;
        }
        writeln!(f, "\nNext:\n  {}", self.next_step())
    }
}

impl SurfaceStory<'_> {
    /// Whether the acceptance has expired.
    fn is_over(&self) -> bool {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        candidate.is_some_and(|candidate| candidate.is_expired(Some(self.now)))
    }

    /// The lane of the candidate now. An expired acceptance no longer counts.
    fn lane_of(&self, candidate: &AnyCandidate) -> Lane {
        if self.is_over() { Lane::WaitingOwnerResponse } else { candidate.lane() }
    }

    /// The next step for the candidate.
    fn next_step(&self) -> String {
        let Ok(history) = self.replay else {
            return "repair the journal first: a broken journal accepts no new answer or review"
                .to_owned();
        };
        let id = escape::for_shell(self.surface.surface_id().as_bytes());
        let is_stored = self.latest_answer().is_some();
        let like = if is_stored { " --like last" } else { "" };
        match self.lane_of(history.candidate()) {
            Lane::WaitingOwnerResponse => {
                format!("ask the owner: acceptance-ledger template {id}{like} --output answer.yaml")
            }
            Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => {
                "nothing to do in this ledger; a change of the surface needs a separate approval"
                    .to_owned()
            }
            lane if lane.is_hold() && history.candidate().record().is_some() => format!(
                "ask the owner to answer again:\n    acceptance-ledger template {id}{like} --output answer.yaml\n    acceptance-ledger intake answer.yaml"
            ),
            _ => format!(
                "review the answer: acceptance-ledger template {id} --review --output record.yaml\n  or ask the owner to answer again: acceptance-ledger template {id}{like} --output answer.yaml"
            ),
        }
    }
}
