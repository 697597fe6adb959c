//! `man`: prints a manual page.

use std::process::ExitCode;

use crate::cli::failure::{CommandResult, Failure};
use crate::io::error::FileError;
use crate::io::stdout;

/// Print the manual page of the tool or of one command
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The name of a command. By default, the page of the tool
    command: Option<String>,
}

pub(super) fn run(args: &Args, mut tool: clap::Command) -> CommandResult {
    // Without this, the page of a command would lack its full name and the global options.
    tool.build();
    let page = match &args.command {
        None => tool,
        Some(name) => {
            let known =
                tool.get_subcommands().map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
            tool.find_subcommand(name).cloned().ok_or_else(|| Failure::Usage {
                message: "unknown command".to_owned(),
                next_step: format!("use one of {known}"),
            })?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(FileError::of_output)?;
    stdout::print_bytes(&text)?;
    Ok(ExitCode::SUCCESS)
}
