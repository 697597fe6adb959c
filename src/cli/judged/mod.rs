//! Answers in files, what triage makes of them, and how that is shown.

mod entries;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::document::Notation;
use crate::inputs::{OwnerRequests, Surface};
use crate::io::error::shown;
use crate::io::files;
use crate::response::{Hint, ResponseDocument};
use crate::review::ReviewDocument;
use crate::triage::{Finding, Surfaces};
use crate::words::{AcceptanceField, Lane, Problem};

use super::failure::{Failure, Failures, Outcome};
use super::inputs::{InputArgs, path};
use super::report::{Notice, Report, ReportFormat, Severity};
use super::workers::in_parallel;
use entries::Entries;

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
    pub(super) format: ReportFormat,
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
        in_parallel(files, FILES_A_THREAD, |file| self.judge(file))
    }

    fn judge(&self, file: &Path) -> Result<Judged, Failure> {
        let document = read_response(file)?;
        let surface = surface_for(file, &document, &self.surfaces)?;
        let candidate: AnyCandidate =
            AnyCandidate::new(surface.clone()).receive(&self.surfaces, &document).into();
        Ok(Judged::new(file, &document, &candidate))
    }
}

/// 0 where every answer is ready for a reviewer, and 1 where one is not.
pub(super) fn exit_code(judged: &[Judged], failures: Failures) -> Outcome {
    if failures.is_empty() {
        Ok(ExitCode::from(u8::from(!judged.iter().all(Judged::is_ready))))
    } else {
        Err(failures)
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

/// How many files a thread takes at once. Fewer are judged sooner than a thread is started.
const FILES_A_THREAD: usize = 32;

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

    fn is_ready(&self) -> bool {
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

/// What triage makes of several answers.
impl Report for [Judged] {
    fn for_people(&self) -> String {
        let mut text = String::new();
        for (index, judged) in self.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}{judged}", if index == 0 { "" } else { "\n" });
        }
        text
    }

    fn to_json(&self) -> Value {
        self.iter().map(Judged::to_json).collect()
    }

    fn notices(&self) -> Vec<Notice> {
        self.iter().flat_map(Judged::notices).collect()
    }

    fn describe(code: &str) -> &'static str {
        code.parse().map_or("", Problem::english)
    }
}
