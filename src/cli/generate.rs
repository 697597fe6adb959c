use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::edges::{clock, files, git};
use crate::inputs::{Inventory, OwnerRequests};
use crate::json::DocumentError;
use crate::ledger::{Ledger, Stamp, Tally};
use crate::words::{Lane, ProgressFlag, ReviewerCheck, RuntimeGate};

use super::Outcome;
use super::failure::{Failure, Failures};

/// Write the baseline ledger: every candidate waits for its owner's response
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true, args_override_self = true)]
pub(super) struct Args {
    /// The root of the repository
    #[arg(long, value_name = "DIR", default_value = ".", value_parser = path())]
    root: PathBuf,

    /// The inventory, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/security/monitoring-alerting-observability-inventory.snapshot.json",
        value_parser = path()
    )]
    inventory_report: PathBuf,

    /// The owner requests, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/security/monitoring-owner-request-draft.snapshot.json",
        value_parser = path()
    )]
    owner_request_report: PathBuf,

    /// Where to write the ledger, relative to the working directory; standard output without it
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,

    /// The time to show in the ledger; now at +08:00 without it
    #[arg(long, value_name = "TIME")]
    generated_at: Option<String>,
}

/// A path as the reference takes it: an empty one is the working directory.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(|path: OsString| PathBuf::from(path))
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    let is_here = args.root == Path::new("") || args.root == Path::new(".");
    let (root, folder) =
        if is_here { (Path::new("."), Path::new("")) } else { (&*args.root, &*args.root) };
    let (inventory, requests) = Failures::both(
        read(&folder.join(&args.inventory_report), Inventory::parse),
        read(&folder.join(&args.owner_request_report), OwnerRequests::parse),
    )?;
    let generated_at = args.generated_at.clone().filter(|time| !time.is_empty());
    let git_commit = git::short_head(root).unwrap_or_else(|| "unknown".to_owned());
    let stamp = Stamp::new(generated_at.unwrap_or_else(clock::now), git_commit);
    let ledger = Ledger::baseline(inventory, requests, stamp);
    let tally = match args.output.as_deref().filter(|output| !output.as_os_str().is_empty()) {
        Some(output) => files::replace(output, |sink| ledger.write_to(sink))?,
        None => files::print(|sink| ledger.write_to(sink))?,
    };
    if !is_quiet {
        eprintln!("{}", last_line(&tally));
    }
    Ok(ExitCode::SUCCESS)
}

fn read<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, DocumentError>,
) -> Result<T, Failure> {
    parse(&files::read(path)?).map_err(|error| Failure::document(path, error))
}

/// What pipelines look for: the last line of the generator that this one replaces.
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
