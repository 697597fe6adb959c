//! `review`: records the decisions of reviewers in the journal.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::{HumanOrJson, json};
use crate::cli::inputs::{InputArgs, path};
use crate::cli::judged::without_companions;
use crate::cli::output;
use crate::cli::refused::{self, Refused};
use crate::cli::repository::{Incoming, Repository};
use crate::cli::wait_args::WaitArgs;
use crate::io::error::shown;
use crate::io::signatures::Namespace;
use crate::io::{clock, files, stdout};
use crate::response::ResponseDocument;
use crate::review::ReviewDocument;
use crate::store::StoreError;
use crate::words::names::REVIEW_VERSION;
use crate::words::{Lane, LedgerKey};

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
            let checked = repository.recorder().check_source(surface);
            checked.map_err(|error| refused(&repository, file, document, error))?;
        }
        Ok(incoming)
    };
    let records = without_companions(&args.records, |bytes| ReviewDocument::parse(bytes).is_ok());
    let incoming: Vec<_> = records.iter().map(read).collect();
    let lock = args.wait.take(&args.inputs)?;
    let (mut taken, mut notes) = (Vec::new(), Vec::new());
    let mut failures = Failures::default();
    for incoming in incoming {
        match incoming.and_then(|incoming| take_in(&repository, &incoming, &mut notes)) {
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
        notes.extend(args.inputs.next_after_recording(taken.len()));
        output::print_notes(&notes);
    }
    failures.extend_with(printed);
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
    incoming: &Incoming<ReviewDocument>,
    notes: &mut Vec<String>,
) -> Result<Taken, Failures> {
    let Incoming { file, document, signature } = incoming;
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    let recorded = repository
        .recorder()
        .record_review(document, signature.as_deref(), now, notes)
        .map_err(|error| refused(repository, file, document, error))?;
    repository.note_recorded(&recorded, notes);
    Ok(Taken {
        file: file.clone(),
        candidate_id: document.candidate_id().to_owned(),
        lane: recorded.candidate().lane(),
        withdraws: recorded.step.withdraws().is_some(),
    })
}

/// The errors for a record that the journal did not take.
fn refused(
    repository: &Repository,
    file: &Path,
    document: &ReviewDocument,
    error: StoreError,
) -> Failures {
    let place_of = |pointer: &str| document.place_of(pointer);
    let namespace = Namespace::of_reviewer(document.reviewer_kind());
    refused::refused(repository, &Refused { file, place_of: &place_of, namespace }, error)
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
