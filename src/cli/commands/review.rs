//! `review`: records the decisions of reviewers in the journal.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::candidate::{AnyCandidate, Refused, review_leads_to};
use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::{HumanOrJson, json};
use crate::cli::inputs::{InputArgs, path};
use crate::cli::judged::without_companions;
use crate::cli::repository::{Incoming, Repository};
use crate::cli::source::refuse_another_file;
use crate::cli::wait_args::WaitArgs;
use crate::escape;
use crate::io::error::shown;
use crate::io::signatures::Namespace;
use crate::io::store::Leftovers;
use crate::io::{clock, files, stdout};
use crate::response::ResponseDocument;
use crate::review::{Refusal, ReviewDocument};
use crate::triage::Finding;
use crate::words::names::{ALLOWED_SIGNERS, REVIEW_VERSION};
use crate::words::{Lane, LedgerKey, RecordKey, ReviewerCheck};

/// Check reviewer records and add them to the journal
///
/// Each record is compared with the latest answer of its surface. A refused record changes nothing. No record opens a
/// gate.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The records in YAML or JSON, as `template --review` writes them; `-` is standard input
    #[arg(value_name = "FILE", required = true, value_parser = path())]
    records: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: HumanOrJson,
}

/// A record that was added to the journal.
#[derive(Debug)]
struct Taken {
    file: PathBuf,
    candidate_id: String,
    lane: Lane,
    withdraws: bool,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let repository = Repository::open(&args.inputs)?;
    // Slow reads happen before the lock is taken, so that other processes do not wait for them.
    let read = |file: &PathBuf| -> Result<_, Failures> {
        let incoming = Incoming::read(&repository, file, read_record)?;
        let document = &incoming.document;
        let surface = repository.surfaces().of_candidate(document.candidate_id());
        // A hold is allowed even if the file has changed, since it only holds back.
        if let Some(surface) = surface.filter(|_| !document.outcome().is_hold()) {
            let place = document.place_of(&RecordKey::Outcome.pointer());
            refuse_another_file(&repository.root, surface, file, place)?;
        }
        Ok(incoming)
    };
    let records = without_companions(&args.records, is_quiet);
    let incoming: Vec<_> = records.iter().map(read).collect();
    let lock = args.wait.take(&args.inputs)?;
    let (mut taken, mut notes) = (Vec::new(), String::new());
    let mut failures = Failures::default();
    for incoming in incoming {
        match incoming.and_then(|incoming| take_in(&repository, incoming, &mut notes)) {
            Ok(one) => taken.push(one),
            Err(more) => failures.extend(more),
        }
    }
    drop(lock);
    let text = match args.format {
        HumanOrJson::Human => taken.iter().map(Taken::to_string).collect(),
        HumanOrJson::Json => json::document(&taken.iter().map(Taken::to_json).collect::<Value>()),
    };
    let printed = stdout::print_bytes(text.as_bytes());
    if !is_quiet {
        notes.push_str(&args.inputs.next_after_recording(taken.len()));
        // If standard error is closed, the journal still shows what was recorded.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    printed?;
    if failures.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(failures) }
}

/// Reads a record. If the file is an owner response, the error says so.
fn read_record(file: &Path) -> Result<ReviewDocument, Failures> {
    let bytes = files::read_given_document(file)?;
    ReviewDocument::parse(&bytes).map_err(|errors| {
        if ResponseDocument::parse(&bytes).is_ok() {
            return Failures::from(Failure::Usage {
                message: format!(
                    "{}: this is an owner response, not a reviewer record",
                    shown(file)
                ),
                next_step: "record it with `acceptance-ledger intake`".to_owned(),
            });
        }
        let errors = errors.into_iter().map(|error| Failure::document(file, error));
        Failures::of(errors.collect()).unwrap_or_default()
    })
}

/// Adds one record to the journal, and returns the new lane of the candidate. Fails if the record is refused.
fn take_in(
    repository: &Repository,
    incoming: Incoming<ReviewDocument>,
    notes: &mut String,
) -> Result<Taken, Failures> {
    let Incoming { file, document, signature } = incoming;
    let place = |pointer: &str| document.place_of(pointer);
    let Some(surface) = repository.surfaces().of_candidate(document.candidate_id()) else {
        let place = place(&RecordKey::AcceptanceCandidateId.pointer());
        return Err(Failure::NoSuchCandidate { path: file, place }.into());
    };
    let (history, folder) = repository.history_for_step(surface, notes)?;
    let recorded_at = history.time_of_next(clock::event_time().ok_or_else(Failure::clock)?);
    let signer = repository.signer_of(
        &file,
        document.bytes(),
        signature.as_deref(),
        Namespace::of_reviewer(document.reviewer_kind()),
        document.reviewer(),
        &recorded_at,
    )?;
    let is_signed = signer.is_some();
    let document = match signer {
        Some(signer) => document.signed_by(signer),
        None => document,
    };
    let place = |pointer: &str| document.place_of(pointer);
    let record = document.record().map_err(|findings| {
        let refused = |finding: &Finding| Failure::Refused {
            path: file.clone(),
            place: Some(place(finding.field())),
            message: format!("{}: {}", finding.field(), finding.problem().english()),
            next_step: finding.next_step(),
        };
        Failures::of(findings.iter().map(refused).collect()).unwrap_or_default()
    })?;
    let leftovers = Leftovers::of(&history, &folder);
    let step = history.review(record, recorded_at).map_err(|Refused { candidate, reason }| {
        Failure::Refused {
            path: file.clone(),
            place: Some(place(&reason.pointer())),
            message: reason.to_string(),
            next_step: next_step_after(candidate.candidate(), reason),
        }
    })?;
    let signature = signature.filter(|_| is_signed);
    repository.record_step(&file, folder, &leftovers, &step, signature.as_deref(), notes)?;
    Ok(Taken {
        file,
        candidate_id: surface.candidate_id(),
        lane: step.candidate().lane(),
        withdraws: step.withdraws().is_some(),
    })
}

impl Taken {
    fn to_json(&self) -> Value {
        json!({
            LedgerKey::SchemaVersion.as_str(): REVIEW_VERSION,
            "record": self.file.to_string_lossy(),
            "acceptance_candidate_id": self.candidate_id,
            "lane": self.lane,
            "withdrawn": self.withdraws,
        })
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}\n  {}", shown(&self.file), self.lane, self.lane.english())?;
        if self.withdraws {
            writeln!(
                f,
                "  The answer was withdrawn and its document was deleted. Rotate every secret that was in it: git \
                 history keeps what was committed."
            )?;
        }
        Ok(())
    }
}

/// The next step of a reviewer whose record was refused.
fn next_step_after(candidate: &AnyCandidate, reason: Refusal) -> String {
    let lane = candidate.lane();
    let id = escape::for_shell(candidate.surface().surface_id().as_bytes());
    let list = |words: Vec<&str>| words.join(", ");
    match reason {
        Refusal::NoSuchStep { .. } if lane == Lane::WaitingOwnerResponse => {
            format!(
                "the owner must answer first; to write a form, run acceptance-ledger template {id}"
            )
        }
        Refusal::NoSuchStep { .. } => {
            let is_write_capable = candidate.surface().is_write_capable();
            let leads_on =
                |outcome: &&Lane| review_leads_to(lane, **outcome, is_write_capable).is_some();
            let outcomes = Lane::ALL.iter().filter(leads_on).map(|lane| lane.as_str()).collect();
            format!("the candidate is in {lane}; use one of these outcomes: {}", list(outcomes))
        }
        Refusal::NoFailedCheck(outcome) => {
            let checks = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(outcome));
            format!(
                "set one of these checks to fail: {}",
                list(checks.map(|check| check.as_str()).collect())
            )
        }
        Refusal::OtherRole { .. } => format!(
            "have a person sign the record with a key that {ALLOWED_SIGNERS} does not list for automation; or hold the \
             answer as automation: set reviewer_kind to automation and sign in {}",
            Namespace::ReviewerAutomation.as_str()
        ),
        _ => format!(
            "the candidate is now in {lane}; to see its history, run acceptance-ledger status {id}"
        ),
    }
}
