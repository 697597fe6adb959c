//! `template`: writes a form for an owner, or a draft for a reviewer.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::candidate::review_leads_to;
use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::inputs::{InputArgs, find_surface, path};
use crate::cli::judged::read_response;
use crate::cli::next_step::with_options;
use crate::cli::output;
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::escape;
use crate::forms::Carried;
use crate::inputs::Surface;
use crate::io::error::shown;
use crate::io::sources::{Source, Sources};
use crate::io::{clock, files, replace, stdout};
use crate::journal::{DocumentName, Event, journal_folder};
use crate::render::{
    DraftOptions, Schema, TemplateFormat, TemplateOptions, response_template, review_template,
};
use crate::response::ResponseDocument;
use crate::review::ACCEPT;
use crate::triage::carries_anything_withheld;
use crate::words::names::{JOURNAL, RECORD_SCHEMA_FILE, RESPONSE_SCHEMA_FILE};
use crate::words::{Decision, Lane, ReviewerCheck};

/// Write a form for an owner's response, or a draft of a reviewer's record
///
/// A form has only the fields that the surface and the decision need. A draft has every check. For each check, it names
/// the lines of the latest answer that the reviewer must read.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The ids of the surfaces, such as `prometheus_rules:rules/node.yml`, or parts of ids. A part must be in no other id
    #[arg(required_unless_present = "owner")]
    surface_id: Vec<String>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// The decision of the owner; some decisions need more fields
    #[arg(long, value_parser = decision(), conflicts_with = "review")]
    decision: Option<Decision>,

    /// Copy the owners, the plans and the reasons for `not_applicable` from this answer. `last` means the last stored
    /// answer of the surface
    #[arg(long, value_name = "FILE", value_parser = path(), conflicts_with = "review")]
    like: Option<PathBuf>,

    /// The format of the document. By default, JSON if the name in --output ends in .json, otherwise YAML
    #[arg(long, value_enum)]
    format: Option<DocumentFormat>,

    /// Write a draft of a reviewer's record about the latest answer of the surface
    #[arg(long, conflicts_with = "owner")]
    review: bool,

    #[command(flatten)]
    draft: DraftArgs,

    /// The file to write. The JSON Schema for editors is written into the same folder. An existing file is not
    /// overwritten. By default, the document is written to standard output
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,

    /// Write a form for every surface with this suggested owner, such as `@team`
    #[arg(long, value_name = "NAME", requires = "output_dir", conflicts_with_all = ["surface_id", "output"])]
    owner: Option<String>,

    /// The folder for several forms, one file per surface; an existing file is not overwritten
    #[arg(long, value_name = "DIR", value_parser = path(), conflicts_with_all = ["output", "review"])]
    output_dir: Option<PathBuf>,
}

/// The parts of a reviewer's record that are known when the draft is written.
#[derive(Debug, clap::Args)]
#[group(skip)]
struct DraftArgs {
    /// The outcome of the review: `accept`, or the lane that holds the answer
    #[arg(long, value_name = "LANE", value_parser = outcome(), requires = "review")]
    outcome: Option<Lane>,

    /// A check that failed, and the reason. The record then has verdicts only for the checks that are given with --fail
    #[arg(long = "fail", value_name = "CHECK=WHY", value_parser = failed_check, requires = "outcome")]
    fails: Vec<(ReviewerCheck, String)>,

    /// The name of the reviewer
    #[arg(long, value_name = "NAME", requires = "review")]
    reviewer: Option<String>,

    /// Whether the reviewer is a person or a program
    #[arg(long, value_name = "KIND", value_parser = ["person", "automation"], requires = "review")]
    reviewer_kind: Option<String>,

    /// The place where the decision is kept, such as ticket:OPS-12
    #[arg(long, value_name = "REF", requires = "review")]
    record_ref: Option<String>,
}

/// The format of a form or a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DocumentFormat {
    /// YAML with instructions, for people
    Yaml,
    /// JSON without instructions, for programs
    Json,
}

/// Parses a decision, and lists all decisions in the help.
fn decision() -> impl clap::builder::TypedValueParser<Value = Decision> {
    PossibleValuesParser::new(Decision::ALL.iter().map(|decision| decision.as_str()))
        .try_map(|name| name.parse::<Decision>())
}

/// Parses an outcome: `accept` or a lane that holds. It lists them in the help.
fn outcome() -> impl clap::builder::TypedValueParser<Value = Lane> {
    let holds = Lane::ALL.iter().filter(|lane| lane.is_hold()).map(|lane| lane.as_str());
    PossibleValuesParser::new(std::iter::once(ACCEPT).chain(holds)).try_map(|name| {
        if name == ACCEPT { Ok(Lane::OwnerReviewOnlyUpdate) } else { name.parse::<Lane>() }
    })
}

/// Parses `CHECK=WHY`.
fn failed_check(text: &str) -> Result<(ReviewerCheck, String), String> {
    let (check, why) = text.split_once('=').ok_or("write it as CHECK='why it failed'")?;
    let why = why.trim();
    if why.is_empty() {
        return Err("the reason is missing; write it after the =".to_owned());
    }
    let check = check.parse().map_err(
        |_| "unknown check; `acceptance-ledger template SURFACE --review` lists all checks",
    )?;
    Ok((check, why.to_owned()))
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    if let Some(output) = args.output() {
        output::check(&args.inputs, output)?;
    }
    if args.review {
        return write_draft(args);
    }
    let (_, requests) = args.inputs.read()?;
    let surfaces = requests.surfaces();
    let (chosen, folder) = match (&args.owner, &args.output_dir) {
        (Some(owner), Some(folder)) => (suggested_to(owner, args, surfaces)?, Some(folder)),
        (_, folder) => {
            let named = args.surface_id.iter().map(|id| find_surface(surfaces, id));
            (named.collect::<Result<Vec<_>, _>>()?, folder.as_ref())
        }
    };
    let like = Like::read(args)?;
    match (folder, chosen.as_slice()) {
        (Some(folder), _) => write_all(args, &chosen, &like, folder, is_quiet)?,
        (None, [surface]) => write_one(args, surface, &like)?,
        (None, _) => {
            return Err(Failure::Usage {
                message: "several surfaces are given, but one file has only one answer".to_owned(),
                next_step: "name a folder with --output-dir".to_owned(),
            }
            .into());
        }
    }
    if !is_quiet {
        let mut sources = Sources::new(args.inputs.root());
        for surface in &chosen {
            if sources.compare(surface)? == Source::Differs {
                let init = with_options("acceptance-ledger init", &args.inputs.options());
                let _ = writeln!(
                    io::stderr(),
                    "note: the file of {} has changed since the owner request was made; run `{init}` first",
                    escape::for_terminal(surface.surface_id())
                );
            }
        }
        for name in chosen.iter().flat_map(|surface| surface.unanswerable_fields()) {
            let _ = writeln!(
                io::stderr(),
                "note: the owner request asks for {name:?}, but responses have no such field: every answer lacks it"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer that a form copies from.
enum Like {
    Nothing,
    File(Box<ResponseDocument>),
    /// The last stored answer of each surface.
    Last(Box<Repository>),
}

impl Like {
    /// Reads the answer that `--like` names.
    fn read(args: &Args) -> Result<Self, Failures> {
        match &args.like {
            None => Ok(Self::Nothing),
            Some(file) if file.as_os_str() == "last" => {
                Ok(Self::Last(Box::new(Repository::open(&args.inputs)?)))
            }
            Some(file) => {
                let document = read_response(file)?;
                refuse_withheld(file, &document)?;
                Ok(Self::File(Box::new(document)))
            }
        }
    }

    /// The answer to copy from for a surface. With `last`, it fails if no answer is stored.
    fn of(&self, args: &Args, surface: &Surface) -> Result<Option<ResponseDocument>, Failures> {
        let repository = match self {
            Self::Nothing => return Ok(None),
            Self::File(document) => {
                return Ok(ResponseDocument::parse(document.bytes()).ok());
            }
            Self::Last(repository) => repository,
        };
        let lock = args.wait.share(&args.inputs)?;
        let (history, folder) = repository.history_of(surface)?;
        drop(lock);
        let answers = history.log().events().iter().rev().filter(|event| !event.is_review());
        // The document of a withdrawn answer may still be there, after an interrupted step. It is not copied.
        let kept = |name: &DocumentName| history.log().keeps(*name);
        let mut names = answers.filter_map(Event::document).filter(kept);
        let last = names.find_map(|name| {
            let document = ResponseDocument::parse(folder.dossier.documents.get(&name)?).ok()?;
            Some((name, document))
        });
        match last {
            Some((name, last)) => {
                let folder = journal_folder(surface.surface_id());
                // The rules may have become stricter since the answer was stored.
                refuse_withheld(&repository.journal.path(&folder).join(name.to_string()), &last)?;
                Ok(Some(last))
            }
            None => Err(Failure::Usage {
                message: "no answer for this surface is stored, so there is nothing to copy"
                    .to_owned(),
                next_step: format!(
                    "run it without --like: acceptance-ledger template {}",
                    escape::for_shell(surface.surface_id().as_bytes())
                ),
            }
            .into()),
        }
    }
}

/// Refuses an answer if the form would copy a secret, a payload, a command or a request from it.
fn refuse_withheld(file: &Path, document: &ResponseDocument) -> Result<(), Failure> {
    let carried = Carried::from(document);
    let withheld = carried.texts().find(|(_, text)| carries_anything_withheld(text));
    let Some((pointer, _)) = withheld else { return Ok(()) };
    Err(Failure::Refused {
        path: file.to_owned(),
        place: Some(document.place_of(pointer)),
        message:
            "this text must not be copied: it contains a secret, a payload, a command or a request"
                .to_owned(),
        next_step: "run `acceptance-ledger triage` on this file, and use another answer".to_owned(),
    })
}

/// Makes the form for a surface.
fn template_of(
    args: &Args,
    surface: &Surface,
    like: &Like,
    output: Option<&Path>,
) -> Result<String, Failures> {
    let like = like.of(args, surface)?;
    let schema = format!("./{RESPONSE_SCHEMA_FILE}");
    let options = TemplateOptions {
        decision: args.decision,
        like: like.as_ref(),
        format: args.format_for(output),
        schema: &schema,
    };
    Ok(response_template(surface, &options))
}

/// Writes one form to the output or to standard output.
fn write_one(args: &Args, surface: &Surface, like: &Like) -> Result<(), Failures> {
    let template = template_of(args, surface, like, args.output())?;
    match args.output() {
        None => stdout::print_bytes(template.as_bytes())?,
        Some(output) => {
            files::check_absent(output)?;
            // The form is written last: if the schema cannot be written, no form is left behind.
            write_schema(args, Schema::Response, output.parent().unwrap_or(Path::new("")))?;
            replace::create(output, template.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes the JSON Schema that a form or a draft names, beside it.
fn write_schema(args: &Args, schema: Schema, folder: &Path) -> Result<(), Failures> {
    let name = if schema == Schema::Response { RESPONSE_SCHEMA_FILE } else { RECORD_SCHEMA_FILE };
    let schema = format!("{:#}\n", schema.to_json());
    let beside = folder.join(name);
    output::check(&args.inputs, &beside)?;
    files::check_no_link(&beside)?;
    Ok(replace::replace_with(&beside, schema.as_bytes())?)
}

/// Finds the surfaces whose suggested owner is `owner`. A surface can have several owners, separated by spaces.
fn suggested_to<'s>(
    owner: &str,
    args: &Args,
    surfaces: &'s [Surface],
) -> Result<Vec<&'s Surface>, Failures> {
    let owners = args.inputs.suggested_owners()?;
    let is_theirs = |surface: &&Surface| {
        let names = owners.get(surface.surface_id());
        names.is_some_and(|names| names == owner || names.split(' ').any(|name| name == owner))
    };
    let theirs: Vec<_> = surfaces.iter().filter(is_theirs).collect();
    if theirs.is_empty() {
        let known: BTreeSet<_> = owners.values().flat_map(|names| names.split(' ')).collect();
        let known: Vec<_> = known.into_iter().map(escape::for_terminal).collect();
        return Err(Failure::Usage {
            message: "no surface has this suggested owner".to_owned(),
            next_step: if known.is_empty() {
                "name owners in CODEOWNERS, then run `acceptance-ledger init`".to_owned()
            } else {
                format!("use one of {}", known.join(", "))
            },
        }
        .into());
    }
    Ok(theirs)
}

/// Writes a form for each surface.
///
/// All forms are made, and all paths are checked, before the first is written.
fn write_all(
    args: &Args,
    surfaces: &[&Surface],
    like: &Like,
    folder: &Path,
    is_quiet: bool,
) -> Result<(), Failures> {
    let extension = if args.format == Some(DocumentFormat::Json) { "json" } else { "yaml" };
    let mut files_to_write = Vec::new();
    for surface in surfaces {
        let output = folder.join(format!("{}.{extension}", file_name(surface.surface_id())));
        output::check(&args.inputs, &output)?;
        files::check_absent(&output)?;
        let template = template_of(args, surface, like, Some(&output))?;
        files_to_write.push((output, template));
    }
    write_schema(args, Schema::Response, folder)?;
    for (output, template) in &files_to_write {
        replace::create(output, template.as_bytes())?;
    }
    if !is_quiet {
        let _ = writeln!(io::stderr(), "wrote {} forms to {}", files_to_write.len(), shown(folder));
    }
    Ok(())
}

/// Turns the id of a surface into the name of a file. Unusual characters, such as `/` and `:`, become `_`.
fn file_name(surface_id: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    surface_id.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// Writes a draft of a reviewer's record.
fn write_draft(args: &Args) -> CommandResult {
    let [id] = args.surface_id.as_slice() else {
        return Err(Failure::Usage {
            message: "a reviewer's draft is for exactly one surface".to_owned(),
            next_step: "name one surface".to_owned(),
        }
        .into());
    };
    let lock = args.wait.share(&args.inputs)?;
    let repository = Repository::open(&args.inputs)?;
    let surface = find_surface(repository.requests.surfaces(), id)?;
    let (history, folder) = repository.history_of(surface)?;
    drop(lock);
    let draft = &args.draft;
    // At least one of the failed checks must be a reason for the outcome.
    let unfit = draft
        .outcome
        .zip(draft.fails.first())
        .filter(|(outcome, _)| !draft.fails.iter().any(|(check, _)| check.belongs_to(*outcome)));
    if let Some((outcome, (check, _))) = unfit {
        let belong = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(outcome));
        return Err(Failure::Usage {
            message: format!("{check} is not a reason to hold an answer in {outcome}"),
            next_step: format!(
                "set one of these checks to fail: {}",
                belong.map(|check| check.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }
        .into());
    }
    let given = [&draft.reviewer, &draft.record_ref].into_iter().flatten();
    let mut given = given.chain(draft.fails.iter().map(|(_, why)| why));
    if given.any(|text| carries_anything_withheld(text)) {
        return Err(Failure::Usage {
            message: "a draft must not contain a secret, a payload, a command or a request"
                .to_owned(),
            next_step: "describe what is wrong, and quote nothing".to_owned(),
        }
        .into());
    }
    let is_write_capable = surface.is_write_capable();
    let lane = history.candidate().lane();
    let is_dead_end = |outcome: &Lane| {
        lane != Lane::WaitingOwnerResponse
            && review_leads_to(lane, *outcome, is_write_capable).is_none()
    };
    if draft.outcome.as_ref().is_some_and(is_dead_end) {
        let leads_on =
            |outcome: &&Lane| review_leads_to(lane, **outcome, is_write_capable).is_some();
        let outcomes: Vec<_> =
            Lane::ALL.iter().filter(leads_on).map(|lane| lane.as_str()).collect();
        return Err(Failure::Usage {
            message: format!("a review cannot change the lane from {lane} to this outcome"),
            next_step: format!("use one of {}", outcomes.join(", ")),
        }
        .into());
    }
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    // With --fail, one command writes the whole record, so the decision is made now.
    let reviewed_at = (!draft.fails.is_empty()).then(|| now.to_string());
    let schema = format!("./{RECORD_SCHEMA_FILE}");
    let options = DraftOptions {
        outcome: draft.outcome,
        fails: &draft.fails,
        reviewer: draft.reviewer.as_deref(),
        reviewer_kind: draft.reviewer_kind.as_deref(),
        reviewed_at: reviewed_at.as_deref(),
        record_ref: draft.record_ref.as_deref(),
        format: args.format_for(args.output()),
        schema: &schema,
        journal: JOURNAL,
    };
    let text =
        review_template(&history, &folder.dossier, &options).ok_or_else(|| Failure::Usage {
            message:
                "no owner has answered for this surface as it is today; there is nothing to review"
                    .to_owned(),
            next_step: format!(
                "ask its owner: acceptance-ledger template {}",
                escape::for_shell(surface.surface_id().as_bytes())
            ),
        })?;
    match args.output() {
        None => stdout::print_bytes(text.as_bytes())?,
        Some(output) => {
            files::check_absent(output)?;
            write_schema(args, Schema::ReviewerRecord, output.parent().unwrap_or(Path::new("")))?;
            replace::create(output, text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// The file to write; `None` for standard output.
    fn output(&self) -> Option<&Path> {
        output::given(self.output.as_deref())
    }

    /// The format of what goes to a file or to standard output. `--format` counts more than the file's name.
    fn format_for(&self, output: Option<&Path>) -> TemplateFormat {
        let ends_in_json =
            output.and_then(Path::extension).is_some_and(|extension| extension == "json");
        match self.format {
            Some(DocumentFormat::Json) => TemplateFormat::Json,
            None if ends_in_json => TemplateFormat::Json,
            Some(DocumentFormat::Yaml) | None => TemplateFormat::Yaml,
        }
    }
}
