use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::candidate::{AnyCandidate, Refused, review_leads_to};
use crate::edges::clock;
use crate::edges::files;
use crate::edges::journal::{EVENTS, Filed, Leftovers, Lock};
use crate::edges::signatures::Namespace;
use crate::journal::journal_folder;
use crate::response::ResponseDocument;
use crate::review::{Refusal, ReviewDocument};
use crate::triage::Finding;
use crate::words::{Lane, ReviewerCheck};

use super::Outcome;
use super::failure::{Failure, Failures};
use super::inputs::{InputArgs, path};
use super::repository::Repository;
use super::status::Format;

/// Take reviewer records into the journal
///
/// Each is held against the latest answer of its surface. What is refused changes nothing. No record opens a gate.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The records: JSON documents, as `template --review` writes them
    #[arg(value_name = "FILE", required = true, value_parser = path())]
    records: Vec<PathBuf>,

    #[command(flatten)]
    inputs: InputArgs,

    /// How to write where the candidates stand now
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A record that was taken in.
#[derive(Debug)]
struct Taken {
    file: PathBuf,
    candidate_id: String,
    lane: Lane,
    withdraws: bool,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    let lock = Lock::take(args.inputs.root())?;
    let repository = Repository::open(&args.inputs)?;
    let (mut taken, mut notes) = (Vec::new(), String::new());
    let mut failures = Failures::default();
    for file in &args.records {
        match take_in(&repository, file, &mut notes) {
            Ok(one) => taken.push(one),
            Err(more) => failures.extend(more),
        }
    }
    drop(lock);
    let text = match args.format {
        Format::Human => taken.iter().map(Taken::to_string).collect(),
        Format::Json => format!("{:#}\n", taken.iter().map(Taken::to_json).collect::<Value>()),
    };
    let printed = files::print_bytes(text.as_bytes());
    if !is_quiet {
        // Where nobody can be told, the journal still says it.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    printed?;
    if failures.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(failures) }
}

/// Takes in one record, and says where the candidate stands now.
fn take_in(repository: &Repository, file: &Path, notes: &mut String) -> Result<Taken, Failures> {
    let bytes = files::read(file)?;
    let document = ReviewDocument::parse(&bytes).map_err(|errors| {
        if ResponseDocument::parse(&bytes).is_ok() {
            return Failures::from(Failure::Usage {
                message: format!(
                    "{}: this is an owner response, and no reviewer record",
                    file.display()
                ),
                next_step: "take it in with `acceptance-ledger intake`".to_owned(),
            });
        }
        let errors = errors.into_iter().map(|error| Failure::document(file, error));
        Failures::of(errors.collect()).unwrap_or_default()
    })?;
    let place = |pointer: &str| document.place_of(pointer, &bytes);
    let Some(surface) = repository.surface_of(Some(document.candidate_id())) else {
        let place = place("/acceptance_candidate_id");
        return Err(Failure::NoSuchCandidate { path: file.to_owned(), place }.into());
    };
    let recorded_at = clock::now();
    let proof = repository.signer_of(
        file,
        &bytes,
        Namespace::ReviewerRecord,
        document.reviewer(),
        &recorded_at,
    )?;
    let (signer, signature) = proof.unzip();
    let record = document.record(signer).map_err(|findings| {
        let refused = |finding: &Finding| Failure::Refused {
            path: file.to_owned(),
            place: Some(place(finding.field())),
            message: format!("{}: {}", finding.field(), finding.problem().english()),
            next_step: finding.next_step().to_owned(),
        };
        Failures::of(findings.iter().map(refused).collect()).unwrap_or_default()
    })?;

    let (history, folder) = repository.sound_history_of(surface)?;
    let leftovers = Leftovers::of(&history, &folder);
    let step =
        history.review(record, &bytes, &recorded_at).map_err(|Refused { candidate, reason }| {
            Failure::Refused {
                path: file.to_owned(),
                place: Some(place(field_of(reason))),
                message: reason.to_string(),
                next_step: way_out(candidate.candidate(), reason),
            }
        })?;
    let filed = Filed { document: &bytes, signature: signature.as_deref() };
    let name = journal_folder(surface.surface_id());
    repository.journal.append(&name, &leftovers, &step, filed)?;
    // Writing to a string cannot fail.
    let _ =
        writeln!(notes, "recorded in {}", repository.journal.path(&name).join(EVENTS).display());

    Ok(Taken {
        file: file.to_owned(),
        candidate_id: surface.candidate_id(),
        lane: step.candidate().lane(),
        withdraws: step.withdraws().is_some(),
    })
}

impl Taken {
    fn to_json(&self) -> Value {
        json!({
            "record": self.file.to_string_lossy(),
            "acceptance_candidate_id": self.candidate_id,
            "lane": self.lane,
            "withdrawn": self.withdraws,
        })
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}\n  {}", self.file.display(), self.lane, self.lane.english())?;
        if self.withdraws {
            writeln!(
                f,
                "  The answer was withdrawn and its document deleted. Rotate what was secret in it: git history keeps \
                 what was committed."
            )?;
        }
        Ok(())
    }
}

/// What a reviewer can do instead of what was refused.
fn way_out(candidate: &AnyCandidate, reason: Refusal) -> String {
    let (lane, id) = (candidate.lane(), candidate.surface().surface_id());
    let list = |words: Vec<&str>| words.join(", ");
    match reason {
        Refusal::NoSuchStep { .. } if lane == Lane::WaitingOwnerResponse => {
            format!("have the owner answer first: acceptance-ledger template {id}")
        }
        Refusal::NoSuchStep { .. } => {
            let is_write_capable = candidate.surface().is_write_capable();
            let leads_on =
                |outcome: &&Lane| review_leads_to(lane, **outcome, is_write_capable).is_some();
            let outcomes = Lane::ALL.iter().filter(leads_on).map(|lane| lane.as_str()).collect();
            format!("it stands in {lane}, from where an outcome can be {}", list(outcomes))
        }
        Refusal::NoFailedCheck(outcome) => {
            let checks = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(outcome));
            format!("fail one of {}", list(checks.map(|check| check.as_str()).collect()))
        }
        _ => format!("it stands in {lane}; acceptance-ledger status {id} tells its history"),
    }
}

/// The field of a record that a refusal speaks of.
const fn field_of(reason: Refusal) -> &'static str {
    match reason {
        Refusal::OtherCandidate => "/acceptance_candidate_id",
        Refusal::OtherAnswer => "/response_event",
        Refusal::NotAPerson => "/reviewer_kind",
        Refusal::OwnAnswer | Refusal::NotTheSigner | Refusal::AnswerUnsigned => "/reviewer",
        Refusal::NoSuchStep { .. } | Refusal::NoFailedCheck(_) => "/outcome",
        Refusal::FailedCheck(_)
        | Refusal::PassAgainstFinding(_)
        | Refusal::NotApplicableUnearned(_) => "/checks",
        Refusal::FiledBefore => "",
    }
}
