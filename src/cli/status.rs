use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::edges::files::{self, shown};
use crate::edges::journal::Folder;
use crate::edges::signatures::AllowedSigners;
use crate::escape;
use crate::journal::{Event, History, JournalFault, JournalLog};
use crate::response::ResponseDocument;
use crate::review::ReviewDocument;
use crate::surface::Surface;
use crate::triage::carries_anything_withheld;
use crate::words::{Lane, ProgressFlag, RuntimeGate};

use super::Outcome;
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
    let lock = args.wait.share(&args.inputs)?;
    let mut repository = Repository::open(&args.inputs)?;
    let owners = args.inputs.suggested_owners()?;
    let (text, is_sound) = match &args.surface_id {
        None => lanes(&mut repository, args, &owners)?,
        Some(id) => {
            let surface = find(repository.requests.surfaces(), id)?;
            let (replay, folder) = repository.replay_of(surface)?;
            let signers = repository.signers.as_ref();
            let account = Account {
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
) -> Result<(String, bool), super::failure::Failures> {
    let replayed = repository.replay(|_, _| ())?;
    let is_sound = !replayed.is_broken();
    let Replayed { candidates, journals, .. } = replayed;
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
            for (folder, fault) in &faults {
                let path = repository.path_of(folder, fault);
                let _ = writeln!(text, "{}: {}: {fault}", shown(&path), fault.code());
            }
            text
        }
    };
    Ok((text, is_sound))
}

/// What happened to one surface.
struct Account<'a> {
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
            "lane": candidate.map(AnyCandidate::lane),
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
        match candidate.map(AnyCandidate::lane) {
            Some(lane) => writeln!(f, "{id}: {lane}\n  {}", lane.english())?,
            None => writeln!(f, "{id}: the journal is broken\n  No lane follows from it.")?,
        }
        if let Some(owner) = self.owner {
            writeln!(f, "  Suggested owner: {}", plain(owner))?;
        }
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
    /// What can be done for the candidate now.
    fn next_step(&self) -> String {
        let Ok(history) = self.replay else {
            return "mend the journal first: until then nothing can be recorded".to_owned();
        };
        let id = escape::for_shell(self.surface.surface_id().as_bytes());
        match history.candidate().lane() {
            Lane::WaitingOwnerResponse => {
                format!("ask the owner: acceptance-ledger template {id} --output answer.json")
            }
            Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate => {
                "nothing in this ledger; a change needs an approval of its own".to_owned()
            }
            _ => format!(
                "decide: acceptance-ledger template {id} --review --output record.json, or have the owner answer again"
            ),
        }
    }
}

/// A text without what could steer a terminal; its line breaks stay.
fn plain(text: &str) -> String {
    text.split('\n').map(escape::for_terminal).collect::<Vec<_>>().join("\n")
}
