use std::process::ExitCode;

use crate::cli::failure::Outcome;
use crate::cli::judged::{AnswerArgs, Judge, Judged, divide, print};

/// Say what owner responses are worth, and write nothing
///
/// Exits with 0 when every answer is ready for a reviewer, with 1 when one is not, and with 2 when
/// one could not be read.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    answers: AnswerArgs,
}

pub(super) fn run(Args { answers: args }: &Args) -> Outcome {
    let (_, requests) = args.inputs.read()?;
    let (judged, failures) = divide(Judge::new(&requests).judge_all(&args.responses));
    print(&judged, args.format)?;
    match failures {
        Some(failures) => Err(failures),
        None => Ok(ExitCode::from(u8::from(!judged.iter().all(Judged::is_ready)))),
    }
}
