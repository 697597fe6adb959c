use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::edges::files;
use crate::edges::journal::{Journal, Lock};
use crate::ledger::Ledger;

use super::Outcome;
use super::failure::{Failure, Failures};
use super::generate;
use super::inputs::InputArgs;
use super::repository::{Replayed, Repository};

/// Write the ledger that the inputs and the journal make
///
/// Without a journal it is the baseline. On a broken chain or an illegal step nothing is written.
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true, args_override_self = true)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    generate: generate::Args,
}

pub(super) fn run(Args { generate: args }: &Args, is_quiet: bool) -> Outcome {
    if let Some(output) = args.output() {
        refuse_to_overwrite(args.inputs(), output)?;
    }
    let lock = Lock::share(args.inputs().root());
    let (folders, _) = Journal::below(args.inputs().root()).folders()?;
    if folders.is_empty() {
        return generate::run(args, is_quiet);
    }
    let mut repository = Repository::open(args.inputs())?;
    let Replayed { candidates, seen, .. } =
        repository.replay(|history, _| history.faults().to_vec())?;
    drop(lock);
    let (mut failures, mut notes) = (Failures::default(), String::new());
    for (folder, faults) in &seen {
        for fault in faults {
            let code = fault.code();
            if code.breaks_replay() {
                failures.push(repository.refusal_for(folder, fault));
            } else {
                let path = repository.path_of(folder, fault);
                // Writing to a string cannot fail.
                let _ = writeln!(notes, "note: {}: {code}: {fault}", path.display());
            }
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let Repository { inventory, requests, .. } = repository;
    let ledger = Ledger::of(inventory, requests, args.stamp(), candidates);
    let tally = match args.output() {
        Some(output) => {
            files::replace(output, |sink| ledger.write_to(sink).map(Some))?.unwrap_or_default()
        }
        None => files::print(|sink| ledger.write_to(sink))?,
    };
    if !is_quiet {
        // Where nobody can be told, the ledger still says it.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    Ok(generate::finish(&tally, is_quiet))
}

/// Refuses to write the ledger over what it is made from.
fn refuse_to_overwrite(inputs: &InputArgs, output: &Path) -> Result<(), Failure> {
    let Ok(target) = output.canonicalize() else { return Ok(()) };
    let sources =
        [inputs.inventory(), inputs.owner_requests(), Journal::below(inputs.root()).path("")];
    let is_source =
        |source: &PathBuf| source.canonicalize().is_ok_and(|source| target.starts_with(source));
    if sources.iter().any(is_source) {
        return Err(Failure::Usage {
            message: format!("{} is what the ledger is made from", output.display()),
            next_step: "name another file for --output".to_owned(),
        });
    }
    Ok(())
}
