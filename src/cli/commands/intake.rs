//! `intake`: triages answers and records them in the journal.

use std::io::{self, Write as _};

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::Report as _;
use crate::cli::judged::{AnswerArgs, Judged, exit_code, read_response, surface_for};
use crate::cli::repository::{Incoming, Repository};
use crate::cli::source::refuse_another_file;
use crate::cli::wait_args::WaitArgs;
use crate::io::clock;
use crate::io::signatures::Namespace;
use crate::io::store::Leftovers;
use crate::journal::IntakeRefusal;
use crate::response::ResponseDocument;
use crate::words::{AcceptanceField, ResponseKey};

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
    let documents = args.documents(is_quiet);
    let incoming = documents
        .iter()
        .map(|file| {
            let incoming = Incoming::read(&repository, file, read_response)?;
            let document = &incoming.document;
            let surface = surface_for(file, document, repository.surfaces())?;
            let place =
                document.place_of(&ResponseKey::Field(AcceptanceField::RepoSha256).pointer());
            refuse_another_file(&repository.root, surface, file, place)?;
            Ok(incoming)
        })
        .collect::<Vec<Result<_, Failures>>>();
    let lock = wait.take(&args.inputs)?;
    let mut notes = String::new();
    let taken = incoming.into_iter().map(|incoming| take_in(&repository, incoming?, &mut notes));
    let (judged, failures) = Failures::partition(taken);
    drop(lock);
    let printed = judged.print(args.format);
    if !is_quiet {
        notes.push_str(&args.inputs.next_after_recording(judged.len()));
        // If standard error is closed, the journal still shows what was recorded.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    printed?;
    exit_code(&judged, failures)
}

/// Records one response, and adds to `notes` where it is recorded. Fails if the signature or the response is refused.
fn take_in(
    repository: &Repository,
    incoming: Incoming<ResponseDocument>,
    notes: &mut String,
) -> Result<Judged, Failures> {
    let Incoming { file, document, signature } = incoming;
    let surface = surface_for(&file, &document, repository.surfaces())?;
    let (history, folder) = repository.history_for_step(surface, notes)?;
    let recorded_at = history.time_of_next(clock::event_time().ok_or_else(Failure::clock)?);
    let responder = document.responder().unwrap_or_default();
    let signer = repository.signer_of(
        &file,
        document.bytes(),
        signature.as_deref(),
        Namespace::OwnerResponse,
        responder,
        &recorded_at,
    )?;
    let is_signed = signer.is_some();
    let document = match signer {
        Some(signer) => document.signed_by(signer),
        None => document,
    };
    let leftovers = Leftovers::of(&history, &folder);
    let step = history.receive(&document, recorded_at).map_err(|refusal| Failure::Refused {
        path: file.clone(),
        place: Some(document.place_of(&field_of(refusal).pointer())),
        message: refusal.to_string(),
        next_step: refusal.next_step().to_owned(),
    })?;
    let signature = signature.filter(|_| is_signed);
    repository.record_step(&file, folder, &leftovers, &step, signature.as_deref(), notes)?;
    Ok(Judged::new(&file, &document, step.candidate()))
}

/// The field of an answer that caused a refusal.
const fn field_of(refusal: IntakeRefusal) -> ResponseKey {
    match refusal {
        IntakeRefusal::NotTheSigner => ResponseKey::Responder,
        _ => ResponseKey::RespondedAt,
    }
}
