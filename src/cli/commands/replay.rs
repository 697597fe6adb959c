//! `replay`: writes the ledger from the inputs and the journal.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use crate::io::error::shown;
use crate::io::store::JournalStore;
use crate::io::{replace, stdout};
use crate::ledger::Ledger;

use super::generate;
use crate::cli::failure::{CommandResult, Failures};
use crate::cli::ledger_file::differs_only_in_stamp;
use crate::cli::output;
use crate::cli::repository::{Replayed, Repository};
use crate::cli::wait_args::WaitArgs;

/// Write the ledger from the inputs and the journal
///
/// Without a journal, it writes the baseline ledger: every candidate waits for its owner. If the journal is broken, it
/// writes nothing. If the file in --output differs in nothing but its time and commit, it stays as it is, unless
/// --generated-at is given.
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true, args_override_self = true)]
// clap names a group of arguments after its struct. The flattened struct is also named `Args`, and group names must be
// unique.
#[group(skip)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) generate: generate::Args,

    #[command(flatten)]
    wait: WaitArgs,
}

pub(super) fn run(Args { generate: args, wait }: &Args, is_quiet: bool) -> CommandResult {
    if let Some(output) = args.output() {
        output::check(args.inputs(), output)?;
    }
    let lock = wait.share(args.inputs())?;
    let (folders, _) = JournalStore::below(args.inputs().root()).folders()?;
    // The file that may stay as it is.
    let existing = args.output().filter(|output| !args.has_time() && output.is_file());
    if folders.is_empty() && existing.is_none() {
        return generate::run(args, is_quiet);
    }
    let mut repository = Repository::open(args.inputs())?;
    let Replayed { candidates, journals, .. } = repository.replay(|_, _, _| (), is_quiet)?;
    drop(lock);
    let (mut failures, mut notes) = (Failures::default(), String::new());
    for journal in &journals {
        for fault in &journal.faults {
            let code = fault.code();
            if code.breaks_replay() {
                failures.push(repository.refusal_for(&journal.folder, fault));
            } else {
                let path = repository.path_of(&journal.folder, fault);
                // Writing to a string cannot fail.
                let _ = writeln!(notes, "note: {}: {code}: {fault}", shown(&path));
            }
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let Repository { inventory, requests, .. } = repository;
    let mut ledger = Ledger::of(inventory, requests, args.stamp(), candidates);
    let unchanged = match existing {
        Some(output) => differs_only_in_stamp(&mut ledger, output)?.map(|tally| (output, tally)),
        None => None,
    };
    let tally = match (unchanged, args.output()) {
        (Some((output, tally)), _) => {
            let _ = writeln!(notes, "{} is up to date; nothing was written", shown(output));
            tally
        }
        (None, Some(output)) => {
            replace::replace(output, |sink| ledger.write_to(sink).map(Some))?.unwrap_or_default()
        }
        (None, None) => stdout::print(|sink| ledger.write_to(sink))?,
    };
    if !is_quiet {
        // If standard error is closed, the ledger is still complete.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    Ok(generate::finish(&tally, is_quiet))
}
