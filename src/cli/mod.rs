//! The command-line tool. Data goes to standard output, everything else to standard error.
//!
//! It exits with 0 if everything is clean, and with 1 if there are findings. It exits with 2 if the arguments are
//! wrong, an input cannot be read or an output cannot be written.

mod commands;
mod failure;
mod formats;
mod incoming;
mod inputs;
mod judged;
mod ledger_file;
mod next_step;
mod output;
mod overview;
mod progress;
mod refused;
mod repository;
mod signed;
mod survey;
mod wait_args;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, Parser};

use crate::escape;

use commands::Command;
use inputs::InputArgs;

/// Keeps a ledger of the answers that owners give about their monitoring and alerting surfaces.
///
/// Automation may only hold back. Only a reviewer's record moves forward. Nothing opens a gate.
#[derive(Debug, Parser)]
// The Python generator that `generate` replaces accepts shortened flags, and its last flag counts if one is repeated.
// This tool does the same.
#[command(name = "acceptance-ledger", version, infer_long_args = true, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print only results and errors. Leave out notes and the summary
    #[arg(long, global = true)]
    quiet: bool,

    /// When to print messages in color; if `NO_COLOR` is set, `auto` prints no color
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

/// Runs the tool with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { command, quiet, color } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return print_usage(&error),
    };
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::AlwaysAnsi,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    let options = command.inputs().map_or_else(String::new, InputArgs::options);
    command.run(Cli::command, quiet).unwrap_or_else(|failures| failures.report(&options))
}

/// Prints what is wrong with the arguments, or the help or version that the user asked for.
///
/// An error is escaped line by line: it can quote an argument, such as a file name that somebody else chose.
fn print_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // If standard output is closed, the help cannot be shown, and nothing else has to be done.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let lines: Vec<_> = text.lines().map(escape::for_terminal).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
    ExitCode::from(2)
}
