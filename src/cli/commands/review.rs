//! `review`: records the decisions of reviewers in the journal.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::{HumanOrJson, json};
use crate::cli::incoming::{Inbox, Incoming, Outcome};
use crate::cli::inputs::{InputArgs, path};
use crate::cli::judged::without_companions;
use crate::cli::output;
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::io::error::shown;
use crate::io::{files, stdout};
use crate::response::ResponseDocument;
use crate::review::ReviewDocument;
use crate::store::Recorded;
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
struct Added {
    file: PathBuf,
    candidate_id: String,
    lane: Lane,
    withdraws: bool,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let repository = Repository::open(&args.inputs)?;
    let records = without_companions(&args.records, |bytes| ReviewDocument::parse(bytes).is_ok());
    let inbox = Inbox::read(&repository, &records, read_record);
    let Outcome { taken: added, mut failures, mut notes } =
        inbox.record(&args.inputs, &args.wait, is_quiet, Added::new)?;
    let text = match args.format {
        HumanOrJson::Human => added.iter().map(Added::to_string).collect(),
        HumanOrJson::Json => json::document(&added.iter().map(Added::to_json).collect::<Value>()),
    };
    let printed = stdout::print_bytes(text.as_bytes());
    if !is_quiet {
        notes.extend(args.inputs.next_after_recording(added.len()));
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

impl Added {
    fn new(Incoming { file, document, .. }: Incoming<ReviewDocument>, recorded: &Recorded) -> Self {
        Self {
            file,
            candidate_id: document.candidate_id().to_owned(),
            lane: recorded.candidate().lane(),
            withdraws: recorded.step.withdraws().is_some(),
        }
    }

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

impl fmt::Display for Added {
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
