use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::failure::Outcome;
use crate::cli::inputs::{InputArgs, path, read};
use crate::cli::output;
use crate::inventory::{RequestDrafts, draft};

/// Draft the request to each surface's owner from the inventory
///
/// Each request asks for what its surface demands. Nothing is sent.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    inputs: InputArgs,

    /// Where to write the owner requests, relative to the working directory; standard output without it
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    let RequestDrafts { text, count } = read(&args.inputs.inventory(), draft)?;
    output::write_document(
        &args.inputs,
        args.output.as_deref(),
        &args.inputs.owner_requests(),
        &text,
    )?;
    if !is_quiet {
        let _ = writeln!(
            io::stderr(),
            "{count} requests drafted, none sent; next: acceptance-ledger generate"
        );
    }
    Ok(ExitCode::SUCCESS)
}
