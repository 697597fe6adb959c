//! `diagram`: prints the state machine as a Mermaid diagram.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cli::failure::CommandResult;
use crate::io::stdout;

/// Print the state machine as a Mermaid diagram, generated from the code
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

pub(super) fn run(Args {}: &Args) -> CommandResult {
    stdout::print(|sink| sink.write_str(&crate::mermaid()))?;
    Ok(ExitCode::SUCCESS)
}
