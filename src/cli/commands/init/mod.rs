//! `init`: writes inventory, owner requests and ledger of a repository, or checks that they are up to date.

mod changes;
mod summary;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::inputs::InputArgs;
use crate::cli::ledger_file::differs_only_in_stamp;
use crate::cli::repository::{Replay, Replayed, Repository, log_of};
use crate::cli::survey::{Surveyed, read_back, survey};
use crate::cli::wait_args::WaitArgs;
use crate::forms::count_blanks;
use crate::inputs::{Inventory, OwnerRequests};
use crate::inventory::draft;
use crate::io::error::shown;
use crate::io::store::Folder;
use crate::io::{clock, files, git, replace, stdout};
use crate::ledger::{Ledger, Stamp, Tally};
use crate::response::ResponseDocument;
use crate::triage::carries_anything_withheld;
use crate::words::Lane;
use crate::words::names::LEDGER;
use changes::{Changes, Outdated};
use summary::Summary;

/// Write the inventory, the owner requests and the ledger of a repository
///
/// Commit the three files. Run the command again after a change. It then reports which surfaces are new, gone or
/// changed, and which answers no longer count.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// Only report which of the three files are stale. Write nothing, and exit with 1 if a file is stale
    #[arg(long)]
    check: bool,

    /// The time to write into the ledger if the ledger changes. By default, the current time at +08:00
    #[arg(long, value_name = "TIME")]
    generated_at: Option<String>,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let inputs = &args.inputs;
    let Surveyed { inventory, has_owners } = survey(inputs, is_quiet)?;
    let requests = draft(inventory.as_bytes())
        .map_err(|error| Failure::document(&inputs.inventory(), error))?
        .text;
    let places =
        [inputs.inventory(), inputs.owner_requests(), inputs.below_root(Path::new(LEDGER))];
    for place in &places {
        files::check_no_link(place)?;
    }
    let lock = args.wait.share(inputs)?;
    let [old_inventory, old_requests, old_ledger] = read_all(&places)?;
    let before = match &old_inventory {
        // An invalid inventory is replaced. The result is then reported as if there had been no inventory.
        Some(bytes) => crate::inventory::Listed::parse(bytes).ok().map(|(listed, _)| listed),
        None => None,
    };
    let (listed, remarks) = read_back(inputs, &inventory)?;
    let mut changes = Changes::between(before.as_deref(), &listed);
    let (ledger, tally, blanks) = replay(args, &inventory, &requests, &mut changes, is_quiet)?;
    drop(lock);
    let new = [inventory.as_bytes(), requests.as_bytes(), ledger.as_bytes()];
    let old = [old_inventory, old_requests, old_ledger];
    let is_stale: Vec<bool> =
        old.iter().zip(new).map(|(old, new)| old.as_deref() != Some(new)).collect();
    let summary = Summary {
        options: inputs.options(),
        listed: &listed,
        blanks: &blanks,
        remarks: &remarks,
        changes: &changes,
        has_owners,
        tally: &tally,
        places: &places,
        is_stale: &is_stale,
        is_first: before.is_none(),
    };
    if args.check {
        stdout::print_bytes(summary.check().as_bytes())?;
        return Ok(ExitCode::from(u8::from(is_stale.contains(&true))));
    }
    if listed.is_empty() {
        return Err(nothing_found(inputs.root()).into());
    }
    for ((place, new), is_stale) in places.iter().zip(new).zip(&is_stale) {
        if *is_stale {
            replace::replace_with(place, new)?;
        }
    }
    if !is_quiet {
        stdout::print_bytes(summary.to_string().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The error if a repository has no surface.
fn nothing_found(root: &Path) -> Failure {
    Failure::Usage {
        message: format!(
            "{}: no file that git tracks is a surface of monitoring or alerting; nothing was written",
            shown(root)
        ),
        next_step:
            "set --root to the repository, or `git add` its files first; `acceptance-ledger \
                    explain KIND` says what the tool looks for"
                .to_owned(),
    }
}

/// Reads the three files as they are now; `None` for a file that does not exist.
fn read_all(places: &[PathBuf; 3]) -> Result<[Option<Vec<u8>>; 3], Failures> {
    let [one, two, three] = places;
    Ok([files::read_if_exists(one)?, files::read_if_exists(two)?, files::read_if_exists(three)?])
}

/// Makes the ledger from the new inputs and the journal.
///
/// If nothing else in the ledger changes, it keeps its old time and commit. So `init` without changes writes nothing.
fn replay(
    args: &Args,
    inventory: &str,
    requests: &str,
    changes: &mut Changes<'_>,
    is_quiet: bool,
) -> Result<(String, Tally, Blanks), Failures> {
    let inputs = &args.inputs;
    let inventory = Inventory::parse(inventory.as_bytes())
        .map_err(|error| Failure::document(&inputs.inventory(), error))?;
    let requests = OwnerRequests::parse(requests.as_bytes())
        .map_err(|error| Failure::document(&inputs.owner_requests(), error))?;
    let surfaces = requests.surfaces().iter();
    let blanks =
        surfaces.map(|surface| (surface.surface_id().to_owned(), count_blanks(surface))).collect();
    let mut repository = Repository::of(inputs, inventory, requests)?;
    let Replayed { candidates, journals, retired, .. } = repository.replay(outdated, is_quiet)?;
    let mut failures = Failures::default();
    for journal in &journals {
        for fault in journal.faults.iter().filter(|fault| fault.code().breaks_replay()) {
            failures.push(repository.refusal_for(&journal.folder, fault));
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    changes.outdate(journals.into_iter().filter_map(|journal| journal.seen), &retired);
    let Repository { inventory, requests, .. } = repository;
    let time = args.generated_at.clone().filter(|time| !time.is_empty());
    let commit = git::short_head(inputs.root()).unwrap_or_else(|| "unknown".to_owned());
    let stamp = Stamp::new(time.unwrap_or_else(clock::now), commit);
    let mut ledger = Ledger::of(inventory, requests, stamp, candidates);
    // If only the stamp differs, the ledger keeps its own, so that `init` without changes writes nothing.
    differs_only_in_stamp(&mut ledger, &inputs.below_root(Path::new(LEDGER)))?;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let tally = ledger.write_to(&mut text).unwrap_or_default();
    Ok((text, tally, blanks))
}

/// The number of blanks in the template of each surface, by surface id.
type Blanks = BTreeMap<String, usize>;

/// Returns the latest answer of a journal if that answer no longer counts.
fn outdated(_: &str, replay: &Replay, folder: &Folder) -> Option<Outdated> {
    let log = log_of(replay);
    let answer = log.events().iter().rev().find(|event| !event.is_review())?;
    let candidate = replay.as_ref().ok()?.candidate();
    if candidate.lane() != Lane::WaitingOwnerResponse {
        return None;
    }
    let name = answer.document().filter(|name| !log.has_withdrawn(*name));
    let bytes = name.and_then(|name| folder.dossier.documents.get(&name));
    let response = bytes.and_then(|bytes| ResponseDocument::parse(bytes).ok());
    let responder = response.and_then(|response| response.responder().map(str::to_owned));
    // The rules may have become stricter since intake, and a withheld text must not be printed.
    let responder = responder.filter(|name| !carries_anything_withheld(name));
    Some(Outdated {
        surface_id: candidate.surface().surface_id().to_owned(),
        responder,
        answered_at: answer.recorded_at().to_string(),
    })
}
