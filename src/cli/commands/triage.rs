use crate::cli::failure::{Failures, Outcome};
use crate::cli::judged::{AnswerArgs, Judge, exit_code};
use crate::cli::report::Report as _;

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
    let answers = Judge::new(&requests).judge_all(&args.responses);
    let (judged, failures) = Failures::partition(answers);
    judged.print(args.format)?;
    exit_code(&judged, failures)
}
