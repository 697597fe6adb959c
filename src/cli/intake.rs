use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use crate::edges::clock;
use crate::edges::files;
use crate::edges::journal::{EVENTS, Filed, Leftovers, Lock};
use crate::edges::signatures::Namespace;
use crate::journal::journal_folder;
use crate::words::AcceptanceField;

use super::Outcome;
use super::failure::{Failure, Failures};
use super::judged::{AnswerArgs, Judged, divide, print, read_response};
use super::repository::Repository;

/// Take owner responses into the journal
///
/// Each is triaged as `triage` does, and recorded. Of an answer that is quarantined or rejected, nothing is kept but
/// what was found. Exits with 0 when every answer is ready for a reviewer, with 1 when one is not or was refused.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    answers: AnswerArgs,
}

pub(super) fn run(Args { answers: args }: &Args, is_quiet: bool) -> Outcome {
    let lock = Lock::take(args.inputs.root())?;
    let repository = Repository::open(&args.inputs)?;
    let mut notes = String::new();
    let taken = args.responses.iter().map(|file| take_in(&repository, file, &mut notes)).collect();
    drop(lock);
    let (judged, failures) = divide(taken);
    let printed = print(&judged, args.format);
    if !is_quiet {
        // Where nobody can be told, the journal still says it.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    printed?;
    match failures {
        Some(failures) => Err(failures),
        None => Ok(ExitCode::from(u8::from(!judged.iter().all(Judged::is_ready)))),
    }
}

/// Takes in one response, and says where it is recorded.
fn take_in(repository: &Repository, file: &Path, notes: &mut String) -> Result<Judged, Failures> {
    let bytes = files::read(file)?;
    let response = read_response(file, &bytes)?;
    let place = |pointer: &str| response.place_of(pointer, &bytes);
    let Some(surface) = repository.surface_of(response.candidate_id()) else {
        let field = format!("/{}", AcceptanceField::AcceptanceCandidateId);
        return Err(Failure::NoSuchCandidate { path: file.to_owned(), place: place(&field) }.into());
    };
    let recorded_at = clock::now();
    let responder = response.responder().unwrap_or_default();
    let proof =
        repository.signer_of(file, &bytes, Namespace::OwnerResponse, responder, &recorded_at)?;
    let (signer, signature) = proof.unzip();

    let (history, folder) = repository.sound_history_of(surface)?;
    let leftovers = Leftovers::of(&history, &folder);
    let step = history
        .receive(repository.surfaces(), &response, &bytes, &recorded_at, signer)
        .map_err(|refusal| Failure::Refused {
            path: file.to_owned(),
            place: None,
            message: refusal.to_string(),
            next_step: "have the owner answer anew, with the time of the new answer".to_owned(),
        })?;
    let name = journal_folder(surface.surface_id());
    let filed = Filed { document: &bytes, signature: signature.as_deref() };
    repository.journal.append(&name, &leftovers, &step, filed)?;
    // Writing to a string cannot fail.
    let _ = writeln!(
        notes,
        "recorded in {}{}",
        repository.journal.path(&name).join(EVENTS).display(),
        if step.document().is_some() { "" } else { "; nothing of the answer was kept" }
    );
    Ok(Judged::new(file, &surface.candidate_id(), step.candidate(), place))
}
