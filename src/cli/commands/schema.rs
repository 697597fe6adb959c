//! `schema`: prints the JSON Schema of a document.

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::cli::failure::CommandResult;
use crate::io::stdout;
use crate::render::Schema;

/// Print the JSON Schema (draft 2020-12) of a kind of document
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The kind of document
    #[arg(value_parser = name())]
    name: Schema,
}

/// Parses the name of a schema, and lists all names in the help.
fn name() -> impl clap::builder::TypedValueParser<Value = Schema> {
    PossibleValuesParser::new(Schema::ALL.iter().map(|schema| schema.as_str()))
        .try_map(|name| name.parse::<Schema>())
}

pub(super) fn run(args: &Args) -> CommandResult {
    stdout::print_bytes(format!("{:#}\n", args.name.to_json()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
