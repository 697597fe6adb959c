//! `intake`: triages answers and records them in the journal.

use std::path::Path;

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::Report as _;
use crate::cli::judged::{AnswerArgs, Judged, exit_code, read_response, surface_for};
use crate::cli::output;
use crate::cli::refused::{self, Refused};
use crate::cli::repository::{Incoming, Repository};
use crate::cli::wait_args::WaitArgs;
use crate::io::clock;
use crate::io::signatures::Namespace;
use crate::response::ResponseDocument;
use crate::store::StoreError;

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
    // Slow reads happen before the lock is taken, so that other processes do not wait for them.
    let documents = args.documents();
    let incoming = documents
        .iter()
        .map(|file| {
            let incoming = Incoming::read(&repository, file, read_response)?;
            let document = &incoming.document;
            let surface = surface_for(file, document, repository.surfaces())?;
            let checked = repository.recorder().check_source(surface);
            checked.map_err(|error| refused(&repository, file, document, error))?;
            Ok(incoming)
        })
        .collect::<Vec<Result<_, Failures>>>();
    let lock = wait.take(&args.inputs)?;
    let mut notes = Vec::new();
    let taken = incoming.into_iter().map(|incoming| take_in(&repository, &incoming?, &mut notes));
    let (judged, mut failures) = Failures::partition(taken);
    drop(lock);
    let printed = judged.print(args.format);
    if !is_quiet {
        notes.extend(args.inputs.next_after_recording(judged.len()));
        output::print_notes(&notes);
    }
    failures.extend_with(printed);
    exit_code(&judged, failures)
}

/// Records one response, and adds to `notes` where it is recorded. Fails if the signature or the response is refused.
fn take_in(
    repository: &Repository,
    incoming: &Incoming<ResponseDocument>,
    notes: &mut Vec<String>,
) -> Result<Judged, Failures> {
    let Incoming { file, document, signature } = incoming;
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    let recorded = repository
        .recorder()
        .record_response(document, signature.as_deref(), now, notes)
        .map_err(|error| refused(repository, file, document, error))?;
    repository.note_recorded(&recorded, notes);
    Ok(Judged::new(file, document, recorded.candidate()))
}

/// The errors for an answer that the journal did not take.
fn refused(
    repository: &Repository,
    file: &Path,
    document: &ResponseDocument,
    error: StoreError,
) -> Failures {
    let place_of = |pointer: &str| document.place_of(pointer);
    let namespace = Namespace::OwnerResponse;
    refused::refused(repository, &Refused { file, place_of: &place_of, namespace }, error)
}
