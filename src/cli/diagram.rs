use std::fmt::Write as _;
use std::process::ExitCode;

use super::Outcome;
use crate::edges::files;

/// Print the state machine as a Mermaid diagram, drawn from the code
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(Args {}: &Args) -> Outcome {
    files::print(|sink| sink.write_str(&crate::mermaid()))?;
    Ok(ExitCode::SUCCESS)
}
