use std::fmt::{self, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::detect::is_ignorable;
use crate::edges::files;
use crate::edges::journal::{Folder, Lock};
use crate::journal::{Event, History, JournalFault};
use crate::response::ResponseDocument;
use crate::review::ReviewDocument;
use crate::triage::carries_anything_withheld;
use crate::words::{Lane, ProgressFlag, RuntimeGate};

use super::Outcome;
use super::inputs::InputArgs;
use super::repository::{Replayed, Repository};
use super::template::find;

/// Show the lanes and their counts, or the history of one surface
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The surface, as in `prometheus_rules:rules/node.yml`
    surface_id: Option<String>,

    #[command(flatten)]
    inputs: InputArgs,

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
    let lock = Lock::share(args.inputs.root());
    let mut repository = Repository::open(&args.inputs)?;
    let (text, is_sound) = match &args.surface_id {
        None => lanes(&mut repository, args)?,
        Some(id) => {
            let surface = find(repository.requests.surfaces(), id)?;
            let (history, folder) = repository.history_of(surface)?;
            let account = Account { history: &history, folder: &folder };
            let text = match args.format {
                Format::Human => account.to_string(),
                Format::Json => format!("{:#}\n", account.to_json()),
            };
            (text, !history.is_broken())
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
) -> Result<(String, bool), super::failure::Failures> {
    let Replayed { candidates, seen, .. } =
        repository.replay(|history, _| history.faults().to_vec())?;
    let count = |lane: Lane| candidates.iter().filter(|candidate| candidate.lane() == lane).count();
    let with = |flag| candidates.iter().filter(|candidate| candidate.entry().has(flag)).count();
    let (received, accepted) =
        (with(ProgressFlag::OwnerResponseReceived), with(ProgressFlag::OwnerResponseAccepted));
    let faults: Vec<(&str, &JournalFault)> = seen
        .iter()
        .flat_map(|(folder, faults)| faults.iter().map(move |fault| (folder.as_str(), fault)))
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
                "surfaces": surfaces,
                "candidates": candidates.len(), "lanes": lanes, "received": received,
                "accepted": accepted, "journal_faults": faults.len(), "runtime_gate": 0,
            });
            format!("{status:#}\n")
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
                let _ = writeln!(text, "{}  {id}", candidate.lane());
            }
            for (folder, fault) in &faults {
                let path = repository.path_of(folder, fault);
                let _ = writeln!(text, "{}: {}: {fault}", path.display(), fault.code());
            }
            text
        }
    };
    Ok((text, !faults.iter().any(|(_, fault)| fault.code().breaks_replay())))
}

/// What happened to one surface.
struct Account<'a> {
    history: &'a History,
    folder: &'a Folder,
}

/// One event, with what its document adds to it.
struct Told {
    /// Who answered or reviewed.
    who: Option<String>,
    /// What a reviewer gave as the reason.
    reason: Option<String>,
    is_withdrawn: bool,
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
                if let Some(record) = record.filter(|record| record.findings().is_empty()) {
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
        let is_withdrawn = name.is_some_and(|name| self.history.has_withdrawn(name));
        Told { who, reason, is_withdrawn }
    }

    fn to_json(&self) -> Value {
        let candidate = self.history.candidate();
        let events = self.history.events().iter().map(|event| {
            let Told { who, reason, is_withdrawn } = self.tell(event);
            json!({
                "sequence": event.sequence(),
                "event": if event.is_review() { "review_recorded" } else { "response_received" },
                "recorded_at": event.recorded_at(),
                "lane": event.lane(),
                "who": who,
                "reason": reason,
                "signed": event.signer().is_some(),
                "withdrawn": is_withdrawn,
                "findings": event.findings().len(),
            })
        });
        let missing = candidate.findings().iter().map(|finding| {
            json!({"problem": finding.problem(), "field": finding.field(), "message": finding.message()})
        });
        let faults = self.history.faults().iter();
        json!({
            "surface_id": candidate.surface().surface_id(),
            "acceptance_candidate_id": candidate.surface().candidate_id(),
            "lane": candidate.lane(),
            "response_event": self.history.response_event().map(|digest| digest.to_string()),
            "events": events.collect::<Vec<_>>(),
            "missing": missing.collect::<Vec<_>>(),
            "journal_faults":
                faults.map(|fault| json!({"code": fault.code(), "message": fault.to_string()})).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidate = self.history.candidate();
        let lane = candidate.lane();
        let id = plain(candidate.surface().surface_id());
        writeln!(f, "{id}: {lane}\n  {}", lane.english())?;
        if !self.history.events().is_empty() {
            writeln!(f, "\nWhat happened:")?;
        }
        for event in self.history.events() {
            let Told { who, reason, is_withdrawn } = self.tell(event);
            let what = if event.is_review() { "reviewed" } else { "answered" };
            let who = who.as_deref().unwrap_or("somebody");
            let signed = if event.signer().is_some() { ", signed" } else { "" };
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
        if !candidate.findings().is_empty() {
            writeln!(f, "\nWhat is missing now:")?;
        }
        for finding in candidate.findings() {
            writeln!(f, "  {}: {}", finding.field(), finding.message())?;
        }
        if !self.history.faults().is_empty() {
            writeln!(f, "\nWhat is wrong with the journal:")?;
        }
        for fault in self.history.faults() {
            writeln!(f, "  {}: {fault}\n    next: {}", fault.code(), fault.code().next_step())?;
        }
        writeln!(f, "\nNext:\n  {}", next_step(self.history))
    }
}

/// A text without what could steer a terminal.
fn plain(text: &str) -> String {
    let is_unseen =
        |character: char| (character.is_control() && character != '\n') || is_ignorable(character);
    text.replace(is_unseen, "\u{fffd}")
}

/// What can be done for a candidate now.
fn next_step(history: &History) -> String {
    if history.is_broken() {
        return "mend the journal first: what stands above is not to be relied on".to_owned();
    }
    let id = plain(history.candidate().surface().surface_id());
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
