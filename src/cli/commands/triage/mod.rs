//! `triage`: checks answers without recording them.

mod lines;

use std::path::PathBuf;

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::Report as _;
use crate::cli::inputs::path;
use crate::cli::judged::{AnswerArgs, Judge, exit_code};

/// Check owner responses without recording them
///
/// Exits with 0 if every answer is ready for a reviewer, with 1 if an answer is not ready, and with 2 if a file or a line
/// cannot be read.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) answers: AnswerArgs,

    /// Read FILE as lines of JSON, `{"repo": NAME, "response": TEXT}`, and print one line of JSON for each, in the same
    /// order. The text is the whole response. Any number of lines needs the same memory. Results are printed after 512
    /// lines and at the end
    #[arg(long, conflicts_with = "format")]
    ndjson: bool,

    /// With --ndjson: DIR/NAME is the root folder of the repository NAME. Sort the lines by repository, because only the
    /// inputs of the last repository are kept. By default, all lines are about the repository of --root
    #[arg(long, value_name = "DIR", requires = "ndjson", conflicts_with = "root", value_parser = path())]
    repos: Option<PathBuf>,
}

pub(super) fn run(Args { answers: args, ndjson, repos }: &Args, is_quiet: bool) -> CommandResult {
    if *ndjson {
        let [file] = args.responses.as_slice() else {
            return Err(Failure::Usage {
                message: "--ndjson reads one file".to_owned(),
                next_step: "name one file, or `-` for standard input".to_owned(),
            }
            .into());
        };
        return lines::run(file, &args.inputs, repos.as_deref());
    }
    let (_, requests) = args.inputs.read()?;
    let answers = Judge::new(&requests).judge_all(&args.documents(), is_quiet);
    let (judged, mut failures) = Failures::partition(answers);
    failures.extend_with(judged.print(args.format));
    exit_code(&judged, failures)
}
