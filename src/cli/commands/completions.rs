//! `completions`: prints a completion script for a shell.

use std::process::ExitCode;

use clap_complete::Shell;

use crate::cli::failure::CommandResult;
use crate::io::stdout;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shell that will run the script
    shell: Shell,
}

pub(super) fn run(args: &Args, mut tool: clap::Command) -> CommandResult {
    let mut script = Vec::new();
    let name = tool.get_name().to_owned();
    clap_complete::generate(args.shell, &mut tool, name, &mut script);
    stdout::print_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}
