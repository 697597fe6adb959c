//! Answers in files, what triage makes of them, and how that is shown.

mod entries;

use std::fmt::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::cli::report::{Notice, Severity, github, sarif};
use crate::document::Notation;
use crate::escape;
use crate::inputs::OwnerRequests;
use crate::inputs::Surface;
use crate::io::files::{self, FileError, shown};
use crate::response::{Hint, ResponseDocument};
use crate::review::ReviewDocument;
use crate::triage::{Finding, Surfaces};
use crate::words::{AcceptanceField, Lane, Problem};

use super::failure::{Failure, Failures};
use super::inputs::{InputArgs, finished, path};
use entries::Entries;

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// As annotations in a pull request
    Github,
    /// As a SARIF 2.1.0 log
    Sarif,
}

/// What a command about answers in files takes.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct AnswerArgs {
    /// The responses: YAML or JSON documents, as `template` writes them
    #[arg(value_name = "FILE", required = true, value_parser = path())]
    pub(super) responses: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// All that an answer is judged by.
#[derive(Debug)]
pub(super) struct Judge {
    surfaces: Surfaces,
}

/// An answer, and what triage makes of it.
#[derive(Debug)]
pub(super) struct Judged {
    file: PathBuf,
    candidate_id: String,
    lane: Lane,
    findings: Vec<Located>,
    hints: Vec<Hint>,
    entries: Entries,
    /// Whether the document has no comments that say what to write.
    is_json: bool,
}

/// A finding, and the line and column of its field in the file.
#[derive(Debug)]
struct Located {
    finding: Finding,
    place: (usize, usize),
}

impl Judge {
    pub(super) fn new(requests: &OwnerRequests) -> Self {
        Self { surfaces: Surfaces::of(requests) }
    }

    /// Judges each file, in their order.
    pub(super) fn judge_all(&self, files: &[PathBuf]) -> Vec<Result<Judged, Failure>> {
        let judge =
            |files: &[PathBuf]| -> Vec<_> { files.iter().map(|file| self.judge(file)).collect() };
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let share = files.len().div_ceil(workers);
        if share < WORTH_A_THREAD {
            return judge(files);
        }
        thread::scope(|scope| {
            let workers: Vec<_> =
                files.chunks(share).map(|share| scope.spawn(move || judge(share))).collect();
            workers.into_iter().flat_map(finished).collect()
        })
    }

    fn judge(&self, file: &Path) -> Result<Judged, Failure> {
        let document = read_response(file)?;
        let surface = surface_for(file, &document, &self.surfaces)?;
        let candidate: AnyCandidate =
            AnyCandidate::new(surface.clone()).receive(&self.surfaces, &document).into();
        Ok(Judged::new(file, &document, &candidate))
    }
}

/// The surface that a response is for.
pub(super) fn surface_for<'s>(
    file: &Path,
    document: &ResponseDocument,
    surfaces: &'s Surfaces,
) -> Result<&'s Surface, Failure> {
    let named = document.candidate_id().and_then(|id| surfaces.of_candidate(id));
    named.ok_or_else(|| {
        let field = format!("/{}", AcceptanceField::AcceptanceCandidateId);
        Failure::NoSuchCandidate { path: file.to_owned(), place: document.place_of(&field) }
    })
}

/// Reads a response, and says where it is a reviewer record instead.
pub(super) fn read_response(file: &Path) -> Result<ResponseDocument, Failure> {
    let bytes = files::read_document(file)?;
    ResponseDocument::parse(&bytes).map_err(|error| {
        if ReviewDocument::parse(&bytes).is_ok() {
            return Failure::Usage {
                message: format!(
                    "{}: this is a reviewer record, not an owner response",
                    shown(file)
                ),
                next_step: "file it with `acceptance-ledger review`".to_owned(),
            };
        }
        Failure::document(file, error)
    })
}

/// How many files a worker has to have to be worth its start.
const WORTH_A_THREAD: usize = 32;

impl Judged {
    /// What became of the answer in a file.
    pub(super) fn new(file: &Path, document: &ResponseDocument, candidate: &AnyCandidate) -> Self {
        let located = |finding: &Finding| Located {
            finding: finding.clone(),
            place: document.place_of(finding.field()),
        };
        Self {
            file: file.to_owned(),
            candidate_id: candidate.surface().candidate_id(),
            lane: candidate.lane(),
            findings: candidate.findings().iter().map(located).collect(),
            hints: candidate.response().map_or_else(Vec::new, |response| response.hints().to_vec()),
            entries: Entries::of(document, candidate),
            is_json: document.notation() == Notation::Json,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.lane == Lane::ReadyForMonitoringReview
    }

    fn to_json(&self) -> Value {
        let findings = self.findings.iter().map(|Located { finding, .. }| {
            let characters = finding.characters();
            json!({
                "check": finding.check(),
                "lane": finding.lane(),
                "field": finding.field(),
                "problem": finding.problem(),
                "message": finding.message(),
                "start": characters.as_ref().map(|range| range.start),
                "end": characters.as_ref().map(|range| range.end),
            })
        });
        let hints = self.hints.iter().map(|hint| {
            let characters = hint.characters();
            json!({
                "check": hint.check(),
                "field": hint.field(),
                "message": hint.message(),
                "start": characters.as_ref().map(|range| range.start),
                "end": characters.as_ref().map(|range| range.end),
            })
        });
        json!({
            "response": self.file.to_string_lossy(),
            "acceptance_candidate_id": self.candidate_id,
            "lane": self.lane,
            "hints": hints.collect::<Vec<_>>(),
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn notices(&self) -> impl Iterator<Item = Notice> {
        self.findings.iter().map(|Located { finding, place }| Notice {
            code: finding.problem().as_str(),
            severity: severity(finding.lane()),
            message: finding.message(),
            file: self.file.to_string_lossy().into_owned(),
            place: Some(*place),
            field: finding.field().to_owned(),
        })
    }
}

fn severity(lane: Lane) -> Severity {
    match lane {
        Lane::QuarantineSecretOrRawPayload | Lane::RejectExecutionRequest => Severity::Error,
        _ => Severity::Warning,
    }
}

fn color(lane: Lane) -> Style {
    let color = match (lane, severity(lane)) {
        (Lane::ReadyForMonitoringReview, _) => AnsiColor::Green,
        (_, Severity::Warning) => AnsiColor::Yellow,
        (_, Severity::Error) => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

/// Writes all of them to standard output.
pub(super) fn print(judged: &[Judged], format: Format) -> Result<(), FileError> {
    let text = show(judged, format);
    if format == Format::Human {
        files::print_styled(&text)
    } else {
        files::print_bytes(text.as_bytes())
    }
}

/// All of them, as one text.
fn show(judged: &[Judged], format: Format) -> String {
    let notices = || judged.iter().flat_map(Judged::notices).collect::<Vec<_>>();
    match format {
        Format::Human => {
            let mut text = String::new();
            for (index, judged) in judged.iter().enumerate() {
                // Writing to a string cannot fail.
                let _ = write!(text, "{}{judged}", if index == 0 { "" } else { "\n" });
            }
            text
        }
        Format::Json => {
            let all = judged.iter().map(Judged::to_json).collect::<Value>();
            escape::for_json(&format!("{all:#}\n"))
        }
        Format::Github => github(&notices()),
        Format::Sarif => {
            let describe = |code: &str| code.parse().map_or("", Problem::english).to_owned();
            escape::for_json(&format!("{:#}\n", sarif(&notices(), describe)))
        }
    }
}

/// Those that could be judged, and why the others could not.
pub(super) fn divide<F: Into<Failures>>(
    all: Vec<Result<Judged, F>>,
) -> (Vec<Judged>, Option<Failures>) {
    let (mut judged, mut failures) = (Vec::new(), Failures::default());
    for one in all {
        match one {
            Ok(one) => judged.push(one),
            Err(failure) => failures.extend(failure.into()),
        }
    }
    (judged, (!failures.is_empty()).then_some(failures))
}
