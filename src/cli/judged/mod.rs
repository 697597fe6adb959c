//! Reads answers from files, triages them, and shows the result.

mod entries;

use std::fmt::Write as _;
use std::io::{self, Write as _};
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
use crate::words::names::{RECORD_SCHEMA_FILE, RESPONSE_SCHEMA_FILE, SIGNATURE, TRIAGE_VERSION};
use crate::words::{AcceptanceField, Lane, LedgerKey, Problem};

use super::failure::{CommandResult, Failure, Failures};
use super::formats::{Notice, Report, ReportFormat, Severity};
use super::inputs::{InputArgs, path};
use super::progress::Progress;
use crate::io::workers::in_parallel;
use entries::Entries;

/// The arguments of a command about answers in files.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct AnswerArgs {
    /// The responses in YAML or JSON, as `template` writes them; `-` is standard input
    #[arg(value_name = "FILE", required = true, value_parser = path())]
    pub(super) responses: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ReportFormat,
}

impl AnswerArgs {
    /// The files with answers; see [`without_companions`].
    pub(super) fn documents(&self) -> Vec<PathBuf> {
        without_companions(&self.responses, |bytes| ResponseDocument::parse(bytes).is_ok())
    }
}

/// Leaves out the JSON Schemas and the signatures that are beside documents, and says so. A user can then name all files of
/// a folder.
///
/// A file is left out only by its name and its content: it has the name that this tool gives to a schema, or the name of a
/// signature of another file that is named, and it is no document. So no document is skipped. If nothing would be left, all
/// files stay: their errors then say what they are.
pub(super) fn without_companions(
    files: &[PathBuf],
    is_document: impl Fn(&[u8]) -> bool,
) -> Vec<PathBuf> {
    let is_schema = |file: &Path| {
        let name = file.file_name();
        [RESPONSE_SCHEMA_FILE, RECORD_SCHEMA_FILE]
            .into_iter()
            .any(|schema| name == Some(schema.as_ref()))
    };
    let is_signature = |file: &Path| {
        let signed = file.to_str().and_then(|name| name.strip_suffix(SIGNATURE));
        signed.is_some_and(|signed| files.iter().any(|other| other == Path::new(signed)))
    };
    let is_companion = |file: &PathBuf| {
        (is_schema(file) || is_signature(file))
            && files::read_document(file).is_ok_and(|bytes| !is_document(&bytes))
    };
    let (companions, documents): (Vec<_>, Vec<_>) = files.iter().cloned().partition(is_companion);
    if documents.is_empty() {
        return files.to_vec();
    }
    for file in companions {
        let what = if is_schema(&file) { "the JSON Schema of a form" } else { "a signature" };
        let _ = writeln!(io::stderr(), "skipped {}: it is {what}", shown(&file));
    }
    documents
}

/// Everything that triage needs to judge an answer.
#[derive(Debug)]
pub(super) struct Judge {
    surfaces: Surfaces,
}

/// An answer in a file, and the result of its triage.
#[derive(Debug)]
pub(super) struct Judged {
    file: PathBuf,
    candidate_id: String,
    lane: Lane,
    findings: Vec<Located>,
    hints: Vec<Hint>,
    entries: Entries,
    /// Whether the document is JSON, which has no comments that explain the fields.
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

    /// Judges all files. The results are in the order of the files.
    pub(super) fn judge_all(
        &self,
        files: &[PathBuf],
        is_quiet: bool,
    ) -> Vec<Result<Judged, Failure>> {
        let mut progress = Progress::new("answers checked", Some(files.len()), is_quiet);
        let judge = |file: &PathBuf| self.judge(file, &files::read_given_document(file)?);
        in_parallel(files, ANSWERS_A_THREAD, judge, |done| progress.show(done))
    }

    /// Judges an answer. Messages call it `file`.
    pub(super) fn judge(&self, file: &Path, bytes: &[u8]) -> Result<Judged, Failure> {
        let document = parse_response(file, bytes)?;
        let surface = surface_for(file, &document, &self.surfaces)?;
        let candidate: AnyCandidate =
            AnyCandidate::new(surface.clone()).receive(&self.surfaces, &document).into();
        Ok(Judged::new(file, &document, &candidate))
    }
}

/// Returns 0 if every answer is ready for a reviewer, and 1 if one is not. If there are failures, it returns them.
pub(super) fn exit_code(judged: &[Judged], failures: Failures) -> CommandResult {
    if failures.is_empty() {
        Ok(ExitCode::from(u8::from(!judged.iter().all(Judged::is_ready))))
    } else {
        Err(failures)
    }
}

/// Finds the surface of a response. Fails if no candidate has the id that the response names.
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

/// Reads a response.
pub(super) fn read_response(file: &Path) -> Result<ResponseDocument, Failure> {
    parse_response(file, &files::read_given_document(file)?)
}

/// Parses a response. If it is a reviewer record, the error says so.
fn parse_response(file: &Path, bytes: &[u8]) -> Result<ResponseDocument, Failure> {
    ResponseDocument::parse(bytes).map_err(|error| {
        if ReviewDocument::parse(bytes).is_ok() {
            return Failure::Usage {
                message: format!(
                    "{}: this is a reviewer record, not an owner response",
                    shown(file)
                ),
                next_step: "record it with `acceptance-ledger review`".to_owned(),
            };
        }
        Failure::document(file, error)
    })
}

/// How many files a thread takes at a time. This many files or fewer are judged without threads: starting one would
/// take longer.
const ANSWERS_A_THREAD: usize = 32;

impl Judged {
    /// Collects the result for the answer in `file`, with the line and column of each finding.
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

    pub(super) fn candidate_id(&self) -> &str {
        &self.candidate_id
    }

    pub(super) const fn lane(&self) -> Lane {
        self.lane
    }

    pub(super) fn findings_to_json(&self) -> Vec<Value> {
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
        findings.collect()
    }

    pub(super) fn hints_to_json(&self) -> Vec<Value> {
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
        hints.collect()
    }

    fn to_json(&self) -> Value {
        json!({
            LedgerKey::SchemaVersion.as_str(): TRIAGE_VERSION,
            "response": self.file.to_string_lossy(),
            "acceptance_candidate_id": self.candidate_id,
            "lane": self.lane,
            "hints": self.hints_to_json(),
            "findings": self.findings_to_json(),
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

/// The severity of a finding in a lane. Only the two lanes in which the answer is withheld are errors.
fn severity(lane: Lane) -> Severity {
    match lane {
        Lane::QuarantineSecretOrRawPayload | Lane::RejectExecutionRequest => Severity::Error,
        _ => Severity::Warning,
    }
}

/// The color of a lane in the text for people.
fn color(lane: Lane) -> Style {
    let color = match (lane, severity(lane)) {
        (Lane::ReadyForMonitoringReview, _) => AnsiColor::Green,
        (_, Severity::Warning) => AnsiColor::Yellow,
        (_, Severity::Error) => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

/// The report about several answers.
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
