use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::edges::clock;
use crate::edges::files::{self, shown};
use crate::edges::journal::Folder;
use crate::edges::signatures::AllowedSigners;
use crate::escape;
use crate::journal::{Event, History, JournalFault, JournalLog};
use crate::response::{ResponseDocument, ResponseKey};
use crate::review::{ReviewDocument, ReviewerRecord, Verdict};
use crate::surface::Surface;
use crate::template::wrapped;
use crate::time::Time;
use crate::triage::carries_anything_withheld;
use crate::words::{AcceptanceField, Lane, ProgressFlag, ReviewerCheck, RuntimeGate};

use super::Outcome;
use super::failure::Failure;
use super::inputs::InputArgs;
use super::repository::{Replay, Replayed, Repository, log_of};
use super::signed::{self, Signed};
use super::template::find;
use super::wait::WaitArgs;

/// Show the lanes and their counts, or the history of one surface
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The surface, as in `prometheus_rules:rules/node.yml`
    surface_id: Option<String>,

    #[command(flatten)]
    inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// List every surface with its lane, too
    #[arg(long, conflicts_with = "surface_id")]
    surfaces: bool,

    /// List the acceptances that end within so many days, and those that are over, too
    #[arg(long, value_name = "DAYS", conflicts_with = "surface_id")]
    expiring: Option<u32>,

    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a status is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> Outcome {
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    let lock = args.wait.share(&args.inputs)?;
    let mut repository = Repository::open(&args.inputs)?;
    let owners = args.inputs.suggested_owners()?;
    let (text, is_sound) = match &args.surface_id {
        None => lanes(&mut repository, args, &owners, &now)?,
        Some(id) => {
            let surface = find(repository.requests.surfaces(), id)?;
            let (replay, folder) = repository.replay_of(surface)?;
            let signers = repository.signers.as_ref();
            let account = Account {
                now: &now,
                replay: &replay,
                log: log_of(&replay),
                folder: &folder,
                signers,
                surface,
                owner: owners.get(id).map(String::as_str),
            };
            let text = match args.format {
                Format::Human => account.to_string(),
                Format::Json => escape::for_json(&format!("{:#}\n", account.to_json())),
            };
            (text, replay.is_ok())
        }
    };
    drop(lock);
    files::print_bytes(text.as_bytes())?;
    Ok(ExitCode::from(u8::from(!is_sound)))
}

/// How many candidates stand in each lane, and whether every journal is sound.
fn lanes(
    repository: &mut Repository,
    args: &Args,
    owners: &BTreeMap<String, String>,
    now: &Time,
) -> Result<(String, bool), super::failure::Failures> {
    let replayed = repository.replay(|_, _| ())?;
    let is_sound = !replayed.is_broken();
    let Replayed { candidates, journals, .. } = replayed;
    let ends = Ends::within(args.expiring, &candidates, now);
    let candidates: Vec<_> =
        candidates.into_iter().map(|candidate| candidate.as_of(Some(now))).collect();
    let count = |lane: Lane| candidates.iter().filter(|candidate| candidate.lane() == lane).count();
    let with = |flag| candidates.iter().filter(|candidate| candidate.entry().has(flag)).count();
    let (received, accepted) =
        (with(ProgressFlag::OwnerResponseReceived), with(ProgressFlag::OwnerResponseAccepted));
    let faults: Vec<(&str, &JournalFault)> = journals
        .iter()
        .flat_map(|journal| journal.faults.iter().map(|fault| (journal.folder.as_str(), fault)))
        .collect();
    let text = match args.format {
        Format::Json => {
            let lanes: serde_json::Map<_, _> =
                Lane::ALL.iter().map(|lane| (lane.to_string(), count(*lane).into())).collect();
            let surfaces: serde_json::Map<_, _> = candidates
                .iter()
                .map(|candidate| {
                    (candidate.surface().surface_id().to_owned(), json!(candidate.lane()))
                })
                .collect();
            let status = json!({
                "surfaces": surfaces, "suggested_owners": owners,
                "candidates": candidates.len(), "lanes": lanes, "received": received,
                "accepted": accepted, "journal_faults": faults.len(), "runtime_gate": 0,
            });
            let status = match &ends {
                Some(ends) => crate::json::with(status, "expiring", ends.to_json()),
                None => status,
            };
            escape::for_json(&format!("{status:#}\n"))
        }
        Format::Human => {
            let mut text = String::new();
            for lane in Lane::ALL {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{:>6}  {lane}", count(*lane));
            }
            let _ = writeln!(
                text,
                "{:>6}  candidates, {received} received, {accepted} accepted, {}=0",
                candidates.len(),
                RuntimeGate::RuntimeGate
            );
            let listed = candidates.iter().filter(|_| args.surfaces);
            for candidate in listed {
                let id = plain(candidate.surface().surface_id());
                let owner = owners.get(candidate.surface().surface_id());
                let owner = owner.map(|owner| format!("  ({})", plain(owner))).unwrap_or_default();
                let _ = writeln!(text, "{}  {id}{owner}", candidate.lane());
            }
            if let Some(ends) = &ends {
                text.push_str(&ends.to_string());
            }
            for (folder, fault) in &faults {
                let path = repository.path_of(folder, fault);
                let _ = writeln!(text, "{}: {}: {fault}", shown(&path), fault.code());
            }
            text
        }
    };
    Ok((text, is_sound))
}

/// When acceptances end.
struct Ends {
    days: u32,
    /// Each surface, its end, and in how many days that is; the soonest first.
    ends: Vec<(String, Time, i64)>,
}

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

impl Ends {
    fn within(days: Option<u32>, candidates: &[AnyCandidate], now: &Time) -> Option<Self> {
        let days = days?;
        let end = |candidate: &AnyCandidate| {
            let until = candidate.valid_until()?;
            let left = now.seconds_to(until);
            let is_soon = left <= i64::from(days) * SECONDS_OF_A_DAY;
            let id = candidate.surface().surface_id().to_owned();
            is_soon.then(|| (id, until.clone(), left.div_euclid(SECONDS_OF_A_DAY)))
        };
        let mut ends: Vec<_> = candidates.iter().filter_map(end).collect();
        ends.sort_by_key(|(_, until, _)| now.seconds_to(until));
        Some(Self { days, ends })
    }

    fn to_json(&self) -> Value {
        let ends = self.ends.iter().map(|(id, until, days)| {
            json!({"surface_id": id, "valid_until": until.as_str(), "days": days})
        });
        ends.collect()
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ends.is_empty() {
            return writeln!(f, "\nNo acceptance ends within {} days.", self.days);
        }
        writeln!(f, "\nAcceptances that end within {} days:", self.days)?;
        for (id, until, days) in &self.ends {
            let when = match days {
                ..0 => "over".to_owned(),
                0 => "today".to_owned(),
                1 => "in 1 day".to_owned(),
                days => format!("in {days} days"),
            };
            writeln!(f, "  {}\n    until {until}, {when}", plain(id))?;
        }
        if let Some((id, ..)) = self.ends.first() {
            let id = escape::for_shell(id.as_bytes());
            writeln!(f, "next: acceptance-ledger template {id} --like last --output answer.yaml")?;
        }
        Ok(())
    }
}

/// What happened to one surface.
struct Account<'a> {
    now: &'a Time,
    surface: &'a Surface,
    replay: &'a Replay,
    log: &'a JournalLog,
    folder: &'a Folder,
    signers: Option<&'a AllowedSigners>,
    /// Whom the request suggests as the owner.
    owner: Option<&'a str>,
}

/// One event, with what its document adds to it.
struct Told {
    /// Who answered or reviewed.
    who: Option<String>,
    /// What a reviewer gave as the reason.
    reason: Option<String>,
    is_withdrawn: bool,
    signed: Signed,
}

impl Account<'_> {
    fn tell(&self, event: &Event) -> Told {
        let name = event.document();
        let bytes = name.and_then(|name| self.folder.dossier.documents.get(&name));
        let (mut who, mut reason) = (None, None);
        match (bytes, event.is_review()) {
            (Some(bytes), true) => {
                // A record whose texts do not pass is not shown.
                let record = ReviewDocument::parse(bytes).ok();
                if let Some(record) = record.filter(|record| record.record().is_ok()) {
                    who = Some(plain(record.reviewer()));
                    reason = Some(plain(record.reason()));
                }
            }
            (Some(bytes), false) => {
                let response = ResponseDocument::parse(bytes).ok();
                let responder = response.and_then(|response| response.responder().map(plain));
                // Rules may have become stricter since it was taken in.
                who = responder.filter(|name| !carries_anything_withheld(name));
            }
            (None, _) => {}
        }
        let is_withdrawn = name.is_some_and(|name| self.log.has_withdrawn(name));
        let signed = signed::check(event, self.log, self.signers, self.folder);
        Told { who, reason, is_withdrawn, signed }
    }

    /// The record that holds or accepts the answer now, where its document is still there and passes.
    fn latest_record(&self) -> Option<ReviewDocument> {
        self.replay.as_ref().ok()?.candidate().record()?;
        let event = self.log.events().iter().rfind(|event| event.is_review())?;
        let bytes = self.folder.dossier.documents.get(&event.document()?)?;
        ReviewDocument::parse(bytes).ok().filter(|document| document.record().is_ok())
    }

    /// The latest answer, where it is stored.
    fn latest_answer(&self) -> Option<ResponseDocument> {
        let event = self.log.since_the_answer().first()?;
        ResponseDocument::parse(self.folder.dossier.documents.get(&event.document()?)?).ok()
    }

    /// The checks that the reviewer failed: that is what the owner has to mend.
    fn failed_checks(&self) -> Vec<ReviewerCheck> {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let record = candidate.and_then(AnyCandidate::record);
        let verdicts = record.into_iter().flat_map(ReviewerRecord::verdicts);
        verdicts.filter(|(_, verdict)| *verdict == Verdict::Fail).map(|(check, _)| check).collect()
    }

    fn write_failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed_checks();
        let Some(record) = self.latest_record().filter(|_| !failed.is_empty()) else {
            return Ok(());
        };
        writeln!(
            f,
            "\nFailed by {} ({}), {}, {}",
            plain(record.reviewer()),
            record.reviewer_kind(),
            record.reviewed_at(),
            plain(record.record_ref())
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
        for line in wrapped("  reason: ", "          ", &plain(record.reason())) {
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

    fn to_json(&self) -> Value {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let events = self.log.events().iter().map(|event| {
            let Told { who, reason, is_withdrawn, signed } = self.tell(event);
            json!({
                "sequence": event.sequence(),
                "event": if event.is_review() { "review_recorded" } else { "response_received" },
                "recorded_at": event.recorded_at().as_str(),
                "lane": event.lane(),
                "who": who,
                "reason": reason,
                "signed": matches!(signed, Signed::Holds { .. }),
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

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidate = self.replay.as_ref().ok().map(History::candidate);
        let id = plain(self.surface.surface_id());
        match candidate.map(|candidate| self.lane_of(candidate)) {
            Some(lane) => writeln!(f, "{id}: {lane}\n  {}", lane.english())?,
            None => writeln!(f, "{id}: the journal is broken\n  No lane follows from it.")?,
        }
        if let Some(owner) = self.owner {
            writeln!(f, "  Suggested owner: {}", plain(owner))?;
        }
        if let Some(until) = candidate.and_then(AnyCandidate::valid_until) {
            let is_over = !self.now.is_before(until);
            writeln!(
                f,
                "  {} {until}",
                if is_over { "Was accepted until" } else { "Accepted until" }
            )?;
        }
        self.write_failed(f)?;
        if !self.log.events().is_empty() {
            writeln!(f, "\nWhat happened:")?;
        }
        for event in self.log.events() {
            let Told { who, reason, is_withdrawn, signed } = self.tell(event);
            let what = if event.is_review() { "reviewed" } else { "answered" };
            let who = who.as_deref().unwrap_or("somebody");
            let signed = match signed {
                Signed::Holds { .. } => ", signed",
                Signed::Unchecked => ", signature no longer there",
                Signed::Fails(..) => ", signature missing or invalid",
                Signed::No => "",
            };
            write!(f, "  {}. {} {who} {what}{signed}: ", event.sequence(), event.recorded_at())?;
            writeln!(f, "{}", event.lane())?;
            if let Some(reason) = reason {
                writeln!(f, "     {}", reason.replace('\n', "\n     "))?;
            }
            for finding in event.findings() {
                writeln!(f, "     {} {}", finding.problem(), finding.field())?;
            }
            if is_withdrawn {
                writeln!(f, "     withdrawn: the document was deleted")?;
            }
        }
        let findings = candidate.map(AnyCandidate::findings).unwrap_or_default();
        if !findings.is_empty() {
            writeln!(f, "\nWhat is missing now:")?;
        }
        for finding in findings {
            writeln!(f, "  {}: {}", plain(finding.field()), finding.message())?;
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

impl Account<'_> {
    /// The lane of the candidate now: an acceptance that is over no longer counts.
    fn lane_of(&self, candidate: &AnyCandidate) -> Lane {
        let is_over = candidate.valid_until().is_some_and(|until| !self.now.is_before(until));
        if is_over { Lane::WaitingOwnerResponse } else { candidate.lane() }
    }

    /// What can be done for the candidate now.
    fn next_step(&self) -> String {
        let Ok(history) = self.replay else {
            return "mend the journal first: until then nothing can be recorded".to_owned();
        };
        let id = escape::for_shell(self.surface.surface_id().as_bytes());
        let is_stored = self.latest_answer().is_some();
        let like = if is_stored { " --like last" } else { "" };
        match self.lane_of(history.candidate()) {
            Lane::WaitingOwnerResponse => {
                format!("ask the owner: acceptance-ledger template {id}{like} --output answer.yaml")
            }
            Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => {
                "nothing in this ledger; a change needs an approval of its own".to_owned()
            }
            lane if lane.is_hold() && history.candidate().record().is_some() => format!(
                "the owner answers again: acceptance-ledger template {id}{like} --output answer.yaml\n  then: acceptance-ledger intake answer.yaml"
            ),
            _ => format!(
                "decide: acceptance-ledger template {id} --review --output record.yaml\n  or have the owner answer again: acceptance-ledger template {id}{like} --output answer.yaml"
            ),
        }
    }
}

/// A text without what could steer a terminal; its line breaks stay.
fn plain(text: &str) -> String {
    text.split('\n').map(escape::for_terminal).collect::<Vec<_>>().join("\n")
}
