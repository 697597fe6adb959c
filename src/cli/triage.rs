use std::path::PathBuf;
use std::process::ExitCode;

use super::Outcome;
use super::inputs::{InputArgs, path};
use super::judged::{Format, Judge, Judged, divide, print};

/// Say what owner responses are worth, and write nothing
///
/// Exits with 0 when every answer is ready for a reviewer, with 1 when one is not, and with 2 when
/// one could not be read.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The responses: JSON documents, as `template` writes them
    #[arg(value_name = "FILE", required = true, value_parser = path())]
    responses: Vec<PathBuf>,

    #[command(flatten)]
    inputs: InputArgs,

    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args) -> Outcome {
    let (_, requests) = args.inputs.read()?;
    let (judged, failures) = divide(Judge::new(&requests).judge_all(&args.responses));
    print(&judged, args.format)?;
    match failures {
        Some(failures) => Err(failures),
        None => Ok(ExitCode::from(u8::from(!judged.iter().all(Judged::is_ready)))),
    }
}
