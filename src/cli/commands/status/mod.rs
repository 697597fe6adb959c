//! `status`: counts the lanes, lists surfaces, or shows one surface.

mod ends;
mod story;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::inputs::{InputArgs, find_surface};
use crate::cli::report::{HumanOrJson, json};
use crate::cli::repository::{Replayed, Repository, log_of};
use crate::cli::source::{Source, Sources};
use crate::cli::wait_args::WaitArgs;
use crate::escape::lines_for_terminal;
use crate::io::error::shown;
use crate::io::{clock, stdout};
use crate::journal::JournalFault;
use crate::time::Time;
use crate::words::{Lane, ProgressFlag, RuntimeGate};
use ends::Ends;
use story::SurfaceStory;

/// Show how many candidates are in each lane, or the history of one surface
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The id of the surface, such as `prometheus_rules:rules/node.yml`, or a part of its id that is in no other id
    surface_id: Option<String>,

    #[command(flatten)]
    inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// Also list every surface with its lane
    #[arg(long, conflicts_with = "surface_id")]
    surfaces: bool,

    /// Also list the acceptances that end within this many days, and those that have expired
    #[arg(long, value_name = "DAYS", conflicts_with = "surface_id")]
    expiring: Option<u32>,

    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: HumanOrJson,
}

pub(super) fn run(args: &Args) -> CommandResult {
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    let lock = args.wait.share(&args.inputs)?;
    let mut repository = Repository::open(&args.inputs)?;
    let owners = args.inputs.suggested_owners()?;
    let (text, is_valid) = match &args.surface_id {
        None => lanes(&mut repository, args, &owners, &now)?,
        Some(id) => {
            let surface = find_surface(repository.requests.surfaces(), id)?;
            let (replay, folder) = repository.replay_of(surface)?;
            let signers = repository.signers.as_ref();
            let story = SurfaceStory {
                now: &now,
                is_of_another_file: Sources::new(args.inputs.root()).compare(surface)?
                    == Source::Differs,
                replay: &replay,
                log: log_of(&replay),
                folder: &folder,
                signers,
                surface,
                owner: owners.get(surface.surface_id()).map(String::as_str),
            };
            let text = match args.format {
                HumanOrJson::Human => story.to_string(),
                HumanOrJson::Json => json::document(&story.to_json()),
            };
            (text, replay.is_ok())
        }
    };
    drop(lock);
    stdout::print_bytes(text.as_bytes())?;
    Ok(ExitCode::from(u8::from(!is_valid)))
}

/// Returns the text with the number of candidates in each lane, and whether every journal is valid.
fn lanes(
    repository: &mut Repository,
    args: &Args,
    owners: &BTreeMap<String, String>,
    now: &Time,
) -> Result<(String, bool), crate::cli::failure::Failures> {
    let replayed = repository.replay(|_, _| ())?;
    let is_valid = !replayed.is_broken();
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
        HumanOrJson::Json => {
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
            json::document(&status)
        }
        HumanOrJson::Human => {
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
                let id = lines_for_terminal(candidate.surface().surface_id());
                let owner = owners.get(candidate.surface().surface_id());
                let owner = owner
                    .map(|owner| format!("  ({})", lines_for_terminal(owner)))
                    .unwrap_or_default();
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
    Ok((text, is_valid))
}
