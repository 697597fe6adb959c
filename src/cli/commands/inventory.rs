use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::failure::Outcome;
use crate::cli::inputs::{InputArgs, path};
use crate::cli::output;
use crate::cli::survey::{read_back, survey};

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
    output::write_document(&args.inputs, args.output.as_deref(), &args.inputs.inventory(), &text)?;
    if !is_quiet {
        let (listed, remarks) = read_back(&args.inputs, &text)?;
        let _ = writeln!(
            io::stderr(),
            "{} surfaces, {} remarks; next: acceptance-ledger draft",
            listed.len(),
            remarks.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}
