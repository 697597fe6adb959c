//! The command-line tool: data goes to standard output, the rest to standard error.
//!
//! It exits with 0 when all is clean, 1 when there are findings, and 2 when it was used wrongly,
//! could not read its input or could not write its output.

mod commands;
mod failure;
mod inputs;
mod judged;
mod output;
mod report;
mod repository;
mod signed;
mod source;
mod survey;
mod wait;
mod workers;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, Parser};

use crate::escape;

use commands::Command;

/// Keeps the ledger of what the owners of monitoring and alerting surfaces answer.
///
/// Automation may only hold back. Only a reviewer's record moves forward. Nothing opens a gate.
#[derive(Debug, Parser)]
#[command(name = "acceptance-ledger", version, infer_long_args = true, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Say nothing on standard error but errors.
    #[arg(long, global = true)]
    quiet: bool,

    /// When to color messages; `NO_COLOR` is heeded.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

/// Runs the tool with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { command, quiet, color } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return say_usage(&error),
    };
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::AlwaysAnsi,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    command.run(Cli::command, quiet).unwrap_or_else(|failures| failures.report())
}

/// Says what is wrong with the arguments, or the help that was asked for. An argument may be a name of somebody else's.
fn say_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Where nobody can be told, there is nothing to tell.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let lines: Vec<_> = text.lines().map(escape::for_terminal).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
    ExitCode::from(2)
}
