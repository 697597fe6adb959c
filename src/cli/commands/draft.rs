//! `draft`: writes the owner requests from an inventory.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::cli::failure::CommandResult;
use crate::cli::inputs::{InputArgs, read};
use crate::cli::output::OutputArgs;
use crate::inventory::{RequestDrafts, draft};

/// Write the owner requests from the inventory, one for each surface
///
/// Each request asks for the fields that its surface needs. Nothing is sent.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let RequestDrafts { text, count } = read(&args.inputs.inventory(), draft)?;
    args.output.write(&args.inputs, &args.inputs.owner_requests(), &text)?;
    if !is_quiet {
        let _ = writeln!(
            io::stderr(),
            "{count} requests drafted, none sent; next: acceptance-ledger generate{}",
            args.inputs.options()
        );
    }
    Ok(ExitCode::SUCCESS)
}
