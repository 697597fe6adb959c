use std::fmt::Write as _;
use std::io::{self, Write as _};

use crate::edges::files;
use crate::edges::journal::{Journal, Lock};
use crate::ledger::Ledger;

use super::Outcome;
use super::failure::{Failure, Failures};
use super::generate;
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
            let (path, code) = (repository.path_of(folder, fault), fault.code());
            if code.breaks_replay() {
                failures.push(Failure::Refused {
                    path,
                    place: fault.line().map(|line| (line, 1)),
                    message: format!("{code}: {fault}"),
                    next_step: code.next_step().to_owned(),
                });
            } else {
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
