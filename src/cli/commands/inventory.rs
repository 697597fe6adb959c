//! `inventory`: lists the surfaces of a repository.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::cli::failure::CommandResult;
use crate::cli::inputs::InputArgs;
use crate::cli::output::OutputArgs;
use crate::cli::survey::{read_back, survey};

/// List the monitoring and alerting surfaces of a repository
///
/// Reads the files that git tracks. Outside git, it reads the files that `.gitignore` does not exclude. It recognizes a
/// surface by the structure of the file. It never prints the content of a file.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let text = survey(&args.inputs, is_quiet)?.inventory;
    args.output.write(&args.inputs, &args.inputs.inventory(), &text)?;
    if !is_quiet {
        let (listed, remarks) = read_back(&args.inputs, &text)?;
        let _ = writeln!(
            io::stderr(),
            "{} surfaces, {} remarks; next: acceptance-ledger draft{}",
            listed.len(),
            remarks.len(),
            args.inputs.options()
        );
    }
    Ok(ExitCode::SUCCESS)
}
