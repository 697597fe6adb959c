//! `generate`: writes the baseline ledger. It has the same flags and the same last line as the Python generator.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use crate::candidate::AnyCandidate;
use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::inputs::{BYTES_WORTH_A_THREAD, InputArgs, path, read, read_in_pieces};
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::io::error::{FileError, shown};
use crate::io::sink::Sink;
use crate::io::workers::finished;
use crate::io::{clock, files, git, replace, stdout};
use crate::ledger::{Ledger, LedgerWriter, Stamp, Tally};
use crate::words::{Lane, ProgressFlag, ReviewerCheck, RuntimeGate};

/// Write the baseline ledger: no owner has answered yet, and every candidate waits
// The Python generator that this command replaces accepts shortened flags, lets the last of a repeated flag count, and
// takes a negative number as a value. Pipelines may rely on it.
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true, args_override_self = true)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// The file to write, relative to the working directory. By default, standard output
    #[arg(long, value_name = "FILE", allow_negative_numbers = true, value_parser = path())]
    output: Option<PathBuf>,

    /// The time to write into the ledger. By default, the current time at +08:00
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    generated_at: Option<String>,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let output = args.output();
    if let Some(output) = output {
        output::check(&args.inputs, output)?;
    }
    let tally = match output {
        // The ledger is written to a temporary file while its inputs are read. An invalid input leaves no file.
        Some(output) if replace::can_replace_atomically(output) => {
            args.written(is_quiet, |write| replace::replace(output, write))?
        }
        _ if args.is_large() => {
            // What is written here cannot be taken back. So the inputs are read once to find their faults, and once more
            // to write. Both times, the memory does not grow with them.
            args.read(is_quiet, |_| true)?;
            args.written(is_quiet, |write| match output {
                Some(output) => replace::replace(output, write),
                None => stdout::print(write),
            })?
        }
        _ => {
            let mut surfaces = Vec::new();
            let Inputs { inventory, requests, stamp } = args.read(is_quiet, |batch| {
                surfaces.append(batch);
                true
            })?;
            let candidates = surfaces.into_iter().map(AnyCandidate::new).collect();
            let ledger = Ledger::of(inventory, requests, stamp, candidates);
            match output {
                Some(output) => replace::replace(output, |sink| ledger.write_to(sink).map(Some))?
                    .unwrap_or_default(),
                None => stdout::print(|sink| ledger.write_to(sink))?,
            }
        }
    };
    Ok(finish(&tally, is_quiet))
}

/// Prints the last line of the output, and returns the exit code.
pub(super) fn finish(tally: &Tally, is_quiet: bool) -> ExitCode {
    // Pipelines look for this line. If it cannot be printed, the exit code must report it.
    let is_printed = is_quiet || writeln!(io::stderr(), "{}", last_line(tally)).is_ok();
    ExitCode::from(if is_printed { 0 } else { 2 })
}

/// Everything that a ledger is made from, except the surfaces.
struct Inputs {
    inventory: Inventory,
    requests: OwnerRequests,
    stamp: Stamp,
}

impl Args {
    pub(super) const fn inputs(&self) -> &InputArgs {
        &self.inputs
    }

    /// Whether the time of the ledger is given.
    pub(super) fn has_time(&self) -> bool {
        self.generated_at.as_deref().is_some_and(|time| !time.is_empty())
    }

    /// The file to write; `None` for standard output.
    pub(super) fn output(&self) -> Option<&Path> {
        output::given(self.output.as_deref())
    }

    /// Whether the inputs are large, and can be read twice.
    fn is_large(&self) -> bool {
        let inputs = [self.inputs.inventory(), self.inputs.owner_requests()];
        let are_at_least =
            |length| inputs.iter().map(move |input| files::is_regular_and_at_least(input, length));
        are_at_least(0).all(|is_regular| is_regular) && are_at_least(LARGE).any(|is_large| is_large)
    }

    /// Writes the ledger while its inputs are read. `write_with` writes what it is told to.
    fn written(
        &self,
        is_quiet: bool,
        write_with: impl FnOnce(&mut WriteLedger<'_>) -> Result<Option<Tally>, FileError>,
    ) -> Result<Tally, Failures> {
        let mut unread = None;
        let written = write_with(&mut |sink| {
            let mut ledger = LedgerWriter::new(sink);
            let read = self.read(is_quiet, |surfaces| {
                surfaces.iter().all(|surface| ledger.push_waiting(surface).is_ok())
            });
            match read {
                Ok(Inputs { inventory, requests, stamp }) => {
                    ledger.finish(inventory, requests, stamp).map(Some)
                }
                Err(failures) => {
                    unread = Some(failures);
                    Ok(None)
                }
            }
        });
        match unread {
            Some(failures) => Err(failures),
            None => Ok(written?.unwrap_or_default()),
        }
    }

    /// Reads both inputs in parallel, and passes the surfaces to `each` in batches.
    ///
    /// On a terminal, it shows how many surfaces were passed, unless `is_quiet`.
    ///
    /// It stops passing batches when `each` returns `false`. If both inputs are invalid, the errors of both are
    /// reported.
    fn read(
        &self,
        is_quiet: bool,
        mut each: impl FnMut(&mut Vec<Surface>) -> bool,
    ) -> Result<Inputs, Failures> {
        let [inventory, requests] = [self.inputs.inventory(), self.inputs.owner_requests()];
        if [&inventory, &requests]
            .into_iter()
            .all(|input| files::is_shorter(input, BYTES_WORTH_A_THREAD))
        {
            let mut surfaces = Vec::new();
            let requests =
                read(&requests, |bytes| OwnerRequests::parse_each(bytes, |one| surfaces.push(one)));
            let (inventory, requests) =
                Failures::join(read(&inventory, Inventory::parse), requests)?;
            each(&mut surfaces);
            return Ok(Inputs { inventory, requests, stamp: self.stamp() });
        }
        thread::scope(|scope| {
            let rest = scope.spawn(move || {
                let parsed = read_in_pieces(&inventory, |more| Inventory::parse_pieces(more));
                let whole = || read(&inventory, Inventory::parse);
                (parsed.and_then(|parsed| parsed.map_or_else(whole, Ok)), self.stamp())
            });
            let (batches, full) = sync_channel(BATCHES);
            let (used, emptied) = channel::<Vec<Surface>>();
            let requests = scope.spawn(move || {
                let mut batch = Vec::with_capacity(BATCH);
                let requests = read_requests(&requests, |surface| {
                    batch.push(surface);
                    if batch.len() == BATCH {
                        // The writing thread sends used batches back, and this thread frees their surfaces:
                        // an allocator is slow if one thread frees memory that another thread allocated.
                        let mut empty = emptied.try_recv().unwrap_or_default();
                        empty.clear();
                        // Sending fails only if writing has failed. The writer returns that error.
                        let _ = batches.send(std::mem::replace(&mut batch, empty));
                    }
                });
                let _ = batches.send(batch);
                requests
            });
            let mut progress = Progress::new("surfaces written", None, is_quiet);
            let mut written = 0;
            full.iter().all(|mut batch| {
                written += batch.len();
                progress.show(written);
                let goes_on = each(&mut batch);
                let _ = used.send(batch);
                goes_on
            });
            drop((full, progress));
            let (inventory, stamp) = finished(rest);
            let (inventory, requests) = Failures::join(inventory, finished(requests))?;
            Ok(Inputs { inventory, requests, stamp })
        })
    }

    /// The time and the git commit to write into the ledger. The commit is `unknown` if git has none.
    pub(super) fn stamp(&self) -> Stamp {
        let root = self.inputs.root();
        let generated_at = self.generated_at.clone().filter(|time| !time.is_empty());
        let git_commit = git::short_head(root).unwrap_or_else(|| "unknown".to_owned());
        Stamp::new(generated_at.unwrap_or_else(clock::now), git_commit)
    }
}

/// Reads the owner requests in pieces if that is possible, and passes each surface to `each`.
fn read_requests(path: &Path, mut each: impl FnMut(Surface)) -> Result<OwnerRequests, Failure> {
    let mut count = 0;
    let requests = read_in_pieces(path, |more| {
        OwnerRequests::parse_pieces(more, |surface| {
            count += 1;
            each(surface);
        })
    })?;
    match requests {
        Some(requests) => Ok(requests),
        None if count == 0 => read(path, |bytes| OwnerRequests::parse_each(bytes, each)),
        // The file has a fault. Reading it as a whole says which one. What was passed on before is not used.
        None => {
            read(path, OwnerRequests::parse)?;
            Err(Failure::Usage {
                message: format!("{} changed while it was read", shown(path)),
                next_step: "run the command again".to_owned(),
            })
        }
    }
}

/// Inputs of this many bytes are read in pieces, also if the output cannot be replaced as a whole: their surfaces would
/// need a multiple of it in memory.
const LARGE: u64 = 16 << 20;

/// Writes a ledger into a sink. The result is `None` if an input is invalid.
type WriteLedger<'w> = dyn FnMut(&mut Sink) -> Result<Option<Tally>, fmt::Error> + 'w;

/// How many surfaces the reading thread sends to the writing thread at a time.
const BATCH: usize = 256;

/// How many batches may wait for the writing thread. The limit keeps memory small if reading is faster than writing.
const BATCHES: usize = 16;

/// The last line of the output. Pipelines look for it: the Python generator that this command replaces prints the same.
fn last_line(tally: &Tally) -> String {
    format!(
        "MONITORING_OWNER_RESPONSE_ACCEPTANCE_OK candidates={} write_capable={} checks={} lanes={} \
         accepted={} runtime_gate={}",
        tally.candidates(),
        tally.write_capable(),
        ReviewerCheck::ALL.len(),
        Lane::ALL.len(),
        tally.with(ProgressFlag::OwnerResponseAccepted),
        tally.open(RuntimeGate::RuntimeGate),
    )
}
