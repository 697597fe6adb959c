//! The command-line tool: data goes to standard output, the rest to standard error.
//!
//! It exits with 0 when all is clean, 1 when there are findings, and 2 when it was used wrongly,
//! could not read its input or could not write its output.

mod completions;
mod diagram;
mod draft;
mod explain;
mod failure;
mod generate;
mod init;
mod inputs;
mod intake;
mod inventory;
mod judged;
mod man;
mod output;
mod replay;
mod repository;
mod review;
mod schema;
mod signed;
mod source;
mod status;
mod survey;
mod template;
mod triage;
mod verify;
mod wait;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

use crate::escape;

use failure::Failures;

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

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Inventory(inventory::Args),
    Draft(draft::Args),
    Generate(generate::Args),
    Template(template::Args),
    Triage(triage::Args),
    Intake(intake::Args),
    Review(review::Args),
    Replay(replay::Args),
    Verify(verify::Args),
    Status(status::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Diagram(diagram::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// How a command ended, if it did not fail.
type Outcome = Result<ExitCode, Failures>;

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
    let outcome = match command {
        Command::Init(args) => init::run(&args, quiet),
        Command::Inventory(args) => inventory::run(&args, quiet),
        Command::Draft(args) => draft::run(&args, quiet),
        Command::Generate(args) => generate::run(&args, quiet),
        Command::Template(args) => template::run(&args, quiet),
        Command::Triage(args) => triage::run(&args),
        Command::Intake(args) => intake::run(&args, quiet),
        Command::Review(args) => review::run(&args, quiet),
        Command::Replay(args) => replay::run(&args, quiet),
        Command::Verify(args) => verify::run(&args, quiet),
        Command::Status(args) => status::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Diagram(args) => diagram::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    outcome.unwrap_or_else(|failures| failures.report())
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
