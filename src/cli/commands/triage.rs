//! `triage`: checks answers without recording them.

use crate::cli::failure::{CommandResult, Failures};
use crate::cli::formats::Report as _;
use crate::cli::judged::{AnswerArgs, Judge, exit_code};

/// Check owner responses without recording them
///
/// Exits with 0 if every answer is ready for a reviewer, with 1 if an answer is not ready, and with 2 if a file cannot
/// be read.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) answers: AnswerArgs,
}

pub(super) fn run(Args { answers: args }: &Args, is_quiet: bool) -> CommandResult {
    let (_, requests) = args.inputs.read()?;
    let answers = Judge::new(&requests).judge_all(&args.documents(), is_quiet);
    let (judged, mut failures) = Failures::partition(answers);
    failures.extend_with(judged.print(args.format));
    exit_code(&judged, failures)
}
