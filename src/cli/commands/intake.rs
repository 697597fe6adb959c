//! `intake`: triages answers and records them in the journal.

use std::path::Path;

use crate::cli::failure::{CommandResult, Failures};
use crate::cli::formats::Report as _;
use crate::cli::incoming::{Inbox, Incoming, Outcome};
use crate::cli::judged::{AnswerArgs, Judged, exit_code, read_response};
use crate::cli::output;
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::store::Recorded;

/// Check owner responses and record them in the journal
///
/// Checks each response in the same way as `triage`, and then records it. If an answer is quarantined or rejected, only
/// the findings are kept. Exits with 0 if every answer is ready for a reviewer, and with 1 if an answer is not ready or
/// was refused.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) answers: AnswerArgs,

    #[command(flatten)]
    wait: WaitArgs,
}

pub(super) fn run(Args { answers: args, wait }: &Args, is_quiet: bool) -> CommandResult {
    let repository = Repository::open(&args.inputs)?;
    let read = |file: &Path| read_response(file).map_err(Failures::from);
    let inbox = Inbox::read(&repository, &args.documents(), read);
    let judge = |Incoming { file, document, .. }: Incoming<_>, recorded: &Recorded| {
        Judged::new(&file, &document, recorded.candidate())
    };
    let Outcome { taken: judged, mut failures, mut notes } =
        inbox.record(&args.inputs, wait, is_quiet, judge)?;
    let printed = judged.print(args.format);
    if !is_quiet {
        notes.extend(args.inputs.next_after_recording(judged.len()));
        output::print_notes(&notes);
    }
    failures.extend_with(printed);
    exit_code(&judged, failures)
}
