use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::inventory::Listed;
use crate::io::files;

use crate::cli::failure::Failures;
use crate::cli::failure::Outcome;
use crate::cli::inputs::{InputArgs, path};
use crate::cli::output;
use crate::cli::survey::survey;

/// List the monitoring and alerting surfaces of a repository
///
/// Reads the files that git tracks, or outside git those that are not ignored, and tells by their structure what they
/// are. It never prints what a file holds.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    inputs: InputArgs,

    /// Where to write the inventory, relative to the working directory; standard output without it
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    let text = survey(&args.inputs, is_quiet)?.inventory;
    write(&args.inputs, args.output.as_deref(), &args.inputs.inventory(), &text)?;
    if !is_quiet {
        let (listed, remarks) = parse(&args.inputs, &text)?;
        let _ = writeln!(
            io::stderr(),
            "{} surfaces, {} remarks; next: acceptance-ledger draft",
            listed.len(),
            remarks.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an inventory that was just made.
pub(super) fn parse(
    inputs: &InputArgs,
    text: &str,
) -> Result<(Vec<Listed>, Vec<crate::inventory::Told>), Failures> {
    let parsed = Listed::parse(text.as_bytes());
    parsed
        .map_err(|error| crate::cli::failure::Failure::document(&inputs.inventory(), error).into())
}

/// Writes a document to standard output, or to a file: its own place, or any that holds nothing else of the ledger's.
pub(super) fn write(
    inputs: &InputArgs,
    output: Option<&Path>,
    own_place: &Path,
    text: &str,
) -> Result<(), Failures> {
    match output.filter(|output| !output.as_os_str().is_empty()) {
        None => files::print_bytes(text.as_bytes())?,
        Some(output) => {
            if !output::is_same(output, own_place)? {
                output::check(inputs, output)?;
            }
            files::replace_with(output, text.as_bytes())?;
        }
    }
    Ok(())
}
