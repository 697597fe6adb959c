use std::process::ExitCode;

use clap_complete::Shell;

use crate::cli::failure::Outcome;
use crate::io::stdout;

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, mut tool: clap::Command) -> Outcome {
    let mut script = Vec::new();
    let name = tool.get_name().to_owned();
    clap_complete::generate(args.shell, &mut tool, name, &mut script);
    stdout::print_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}
