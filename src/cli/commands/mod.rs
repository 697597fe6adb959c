//! The subcommands. Each has its own file or folder.

mod completions;
mod diagram;
mod draft;
mod explain;
mod export;
mod generate;
mod init;
mod intake;
mod inventory;
mod man;
mod replay;
mod report;
mod review;
mod schema;
mod status;
mod template;
mod triage;
mod verify;

use clap::Subcommand;

use crate::cli::failure::CommandResult;
use crate::cli::inputs::InputArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
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
    Report(report::Args),
    Export(export::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Diagram(diagram::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// The arguments about the inputs, if the command reads a repository.
    pub(super) const fn inputs(&self) -> Option<&InputArgs> {
        Some(match self {
            Self::Init(args) => &args.inputs,
            Self::Inventory(args) => &args.inputs,
            Self::Draft(args) => &args.inputs,
            Self::Generate(args) => &args.inputs,
            Self::Template(args) => &args.inputs,
            Self::Triage(args) => &args.answers.inputs,
            Self::Intake(args) => &args.answers.inputs,
            Self::Review(args) => &args.inputs,
            Self::Replay(args) => &args.generate.inputs,
            Self::Verify(args) => &args.compared.inputs,
            Self::Status(args) => &args.inputs,
            Self::Report(args) => &args.inputs,
            Self::Export(args) => &args.inputs,
            Self::Explain(_)
            | Self::Schema(_)
            | Self::Diagram(_)
            | Self::Completions(_)
            | Self::Man(_) => return None,
        })
    }

    /// Runs the command. `tool` builds the description of all commands, for the manual and the completions.
    pub(super) fn run(&self, tool: fn() -> clap::Command, is_quiet: bool) -> CommandResult {
        match self {
            Self::Init(args) => init::run(args, is_quiet),
            Self::Inventory(args) => inventory::run(args, is_quiet),
            Self::Draft(args) => draft::run(args, is_quiet),
            Self::Generate(args) => generate::run(args, is_quiet),
            Self::Template(args) => template::run(args, is_quiet),
            Self::Triage(args) => triage::run(args, is_quiet),
            Self::Intake(args) => intake::run(args, is_quiet),
            Self::Review(args) => review::run(args, is_quiet),
            Self::Replay(args) => replay::run(args, is_quiet),
            Self::Verify(args) => verify::run(args, is_quiet),
            Self::Status(args) => status::run(args, is_quiet),
            Self::Report(args) => report::run(args, is_quiet),
            Self::Export(args) => export::run(args, is_quiet),
            Self::Explain(args) => explain::run(args),
            Self::Schema(args) => schema::run(args),
            Self::Diagram(args) => diagram::run(args),
            Self::Completions(args) => completions::run(args, tool()),
            Self::Man(args) => man::run(args, tool()),
        }
    }
}
