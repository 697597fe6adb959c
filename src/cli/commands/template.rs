use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::candidate::review_leads_to;
use crate::cli::failure::{Failure, Failures, Outcome};
use crate::cli::inputs::{InputArgs, find_surface, path};
use crate::cli::judged::read_response;
use crate::cli::output;
use crate::cli::repository::Repository;
use crate::cli::source::{Source, Sources};
use crate::cli::wait::WaitArgs;
use crate::escape;
use crate::forms::Carried;
use crate::inputs::Surface;
use crate::io::error::shown;
use crate::io::{clock, files, stdout};
use crate::render::{
    DraftOptions, Schema, TemplateFormat, TemplateOptions, response_template, review_template,
};
use crate::response::ResponseDocument;
use crate::review::ACCEPT;
use crate::triage::carries_anything_withheld;
use crate::words::names::{JOURNAL, RECORD_SCHEMA_FILE, RESPONSE_SCHEMA_FILE};
use crate::words::{Decision, Lane, ReviewerCheck};

/// Write a response to fill in for surfaces, or a reviewer's draft
///
/// A response has every field that has to be answered for this surface and decision, and none that need not. A draft
/// has every check, with where the surface's latest answer speaks of it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The surfaces, as in `prometheus_rules:rules/node.yml`, or any part of an id that only one has
    #[arg(required_unless_present = "owner")]
    surface_id: Vec<String>,

    #[command(flatten)]
    inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// What the owner is about to decide: some decisions need more fields
    #[arg(long, value_parser = decision(), conflicts_with = "review")]
    decision: Option<Decision>,

    /// An answer whose owners, plans and reasons for `not_applicable` are carried over; `last` is the surface's own last
    /// stored one
    #[arg(long, value_name = "FILE", value_parser = path(), conflicts_with = "review")]
    like: Option<PathBuf>,

    /// How to write it; an --output that ends in .json is JSON, too
    #[arg(long, value_enum)]
    format: Option<DocumentFormat>,

    /// Write a reviewer's draft for the surface's latest answer
    #[arg(long, conflicts_with = "owner")]
    review: bool,

    #[command(flatten)]
    draft: DraftArgs,

    /// Where to write it, with its JSON Schema beside it for editors; a file that is there stays as it is. Standard
    /// output without it
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,

    /// A response for every surface that is suggested to this owner, as in `@team`
    #[arg(long, value_name = "NAME", requires = "output_dir", conflicts_with_all = ["surface_id", "output"])]
    owner: Option<String>,

    /// The folder for several responses, a file a surface; a file that is there stays as it is
    #[arg(long, value_name = "DIR", value_parser = path(), conflicts_with_all = ["output", "review"])]
    output_dir: Option<PathBuf>,
}

/// What is decided already when a draft is written.
#[derive(Debug, clap::Args)]
#[group(skip)]
struct DraftArgs {
    /// The outcome of the review: a lane, or accept
    #[arg(long, value_name = "LANE", value_parser = outcome(), requires = "review")]
    outcome: Option<Lane>,

    /// A check that failed, and why: a hold that judges these checks and no others
    #[arg(long = "fail", value_name = "CHECK=WHY", value_parser = failed_check, requires = "outcome")]
    fails: Vec<(ReviewerCheck, String)>,

    /// Who reviews
    #[arg(long, value_name = "NAME", requires = "review")]
    reviewer: Option<String>,

    /// Whether that is a person or a program
    #[arg(long, value_name = "KIND", value_parser = ["person", "automation"], requires = "review")]
    reviewer_kind: Option<String>,

    /// Where the decision is kept, as in ticket:OPS-12
    #[arg(long, value_name = "REF", requires = "review")]
    record_ref: Option<String>,
}

/// How a template is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DocumentFormat {
    /// With instructions, for people
    Yaml,
    /// Without, for programs
    Json,
}

fn decision() -> impl clap::builder::TypedValueParser<Value = Decision> {
    PossibleValuesParser::new(Decision::ALL.iter().map(|decision| decision.as_str()))
        .try_map(|name| name.parse::<Decision>())
}

fn outcome() -> impl clap::builder::TypedValueParser<Value = Lane> {
    let holds = Lane::ALL.iter().filter(|lane| lane.is_hold()).map(|lane| lane.as_str());
    PossibleValuesParser::new(std::iter::once(ACCEPT).chain(holds)).try_map(|name| {
        if name == ACCEPT { Ok(Lane::OwnerReviewOnlyUpdate) } else { name.parse::<Lane>() }
    })
}

fn failed_check(text: &str) -> Result<(ReviewerCheck, String), String> {
    let (check, why) = text.split_once('=').ok_or("write it as CHECK='why it failed'")?;
    let why = why.trim();
    if why.is_empty() {
        return Err("say why the check failed, behind the =".to_owned());
    }
    let check = check.parse().map_err(
        |_| "no check has this name; `acceptance-ledger template SURFACE --review` lists them",
    )?;
    Ok((check, why.to_owned()))
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
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
                message: "several surfaces are named, and one file holds one answer".to_owned(),
                next_step: "name a folder with --output-dir".to_owned(),
            }
            .into());
        }
    }
    if !is_quiet {
        let mut sources = Sources::new(args.inputs.root());
        for surface in &chosen {
            if sources.compare(surface)? == Source::Differs {
                let _ = writeln!(
                    io::stderr(),
                    "note: the file of {} is no longer the one that is asked about; run `acceptance-ledger init` first",
                    escape::for_terminal(surface.surface_id())
                );
            }
        }
        for name in chosen.iter().flat_map(|surface| surface.unanswerable_fields()) {
            let _ = writeln!(
                io::stderr(),
                "note: the request asks for {name:?}, which no response has: every answer lacks it"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer that is carried over from.
enum Like {
    Nothing,
    File(Box<ResponseDocument>),
    /// Each surface's own last one.
    Last(Box<Repository>),
}

impl Like {
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

    /// The answer for a surface.
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
        let mut stored =
            answers.filter_map(|event| folder.dossier.documents.get(&event.document()?));
        let last = stored.next().and_then(|bytes| ResponseDocument::parse(bytes).ok());
        match last {
            Some(last) => Ok(Some(last)),
            None => Err(Failure::Usage {
                message: "no answer for this surface is stored; there is nothing to carry over"
                    .to_owned(),
                next_step: format!(
                    "write it without --like: acceptance-ledger template {}",
                    escape::for_shell(surface.surface_id().as_bytes())
                ),
            }
            .into()),
        }
    }
}

/// Refuses an answer of which something would be repeated that no answer may carry.
fn refuse_withheld(file: &Path, document: &ResponseDocument) -> Result<(), Failure> {
    let carried = Carried::from(document);
    let withheld = carried.texts().find(|(_, text)| carries_anything_withheld(text));
    let Some((pointer, _)) = withheld else { return Ok(()) };
    Err(Failure::Refused {
        path: file.to_owned(),
        place: Some(document.place_of(pointer)),
        message: "this text may not be carried over: it holds a secret, a payload, a command or a request"
            .to_owned(),
        next_step: "see `acceptance-ledger triage` of this file, and take another answer".to_owned(),
    })
}

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

fn write_one(args: &Args, surface: &Surface, like: &Like) -> Result<(), Failures> {
    let template = template_of(args, surface, like, args.output())?;
    match args.output() {
        None => stdout::print_bytes(template.as_bytes())?,
        Some(output) => {
            files::check_absent(output)?;
            // The answer comes last: where the schema cannot be written, there is none.
            write_schema(args, Schema::Response, output.parent().unwrap_or(Path::new("")))?;
            files::create(output, template.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes the schema that a template names, beside it.
fn write_schema(args: &Args, schema: Schema, folder: &Path) -> Result<(), Failures> {
    let name = if schema == Schema::Response { RESPONSE_SCHEMA_FILE } else { RECORD_SCHEMA_FILE };
    let schema = format!("{:#}\n", schema.to_json());
    let beside = folder.join(name);
    output::check(&args.inputs, &beside)?;
    files::check_no_link(&beside)?;
    Ok(files::replace_with(&beside, schema.as_bytes())?)
}

/// The surfaces that are suggested to an owner.
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
            message: "no surface is suggested to this owner".to_owned(),
            next_step: if known.is_empty() {
                "name owners in CODEOWNERS, then run `acceptance-ledger init`".to_owned()
            } else {
                format!("take one of {}", known.join(", "))
            },
        }
        .into());
    }
    Ok(theirs)
}

/// Writes a response for each surface: all of them, or none.
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
        files::create(output, template.as_bytes())?;
    }
    if !is_quiet {
        let _ = writeln!(
            io::stderr(),
            "{} responses to fill in, in {}",
            files_to_write.len(),
            shown(folder)
        );
    }
    Ok(())
}

/// The id of a surface as the name of a file.
fn file_name(surface_id: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    surface_id.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

fn write_draft(args: &Args) -> Outcome {
    let [id] = args.surface_id.as_slice() else {
        return Err(Failure::Usage {
            message: "a draft is for one surface".to_owned(),
            next_step: "name one".to_owned(),
        }
        .into());
    };
    let lock = args.wait.share(&args.inputs)?;
    let repository = Repository::open(&args.inputs)?;
    let surface = find_surface(repository.requests.surfaces(), id)?;
    let (history, folder) = repository.history_of(surface)?;
    drop(lock);
    let draft = &args.draft;
    if let Some(outcome) = draft.outcome
        && let Some((check, _)) = draft.fails.iter().find(|(check, _)| !check.belongs_to(outcome))
        && !draft.fails.iter().any(|(check, _)| check.belongs_to(outcome))
    {
        let belong = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(outcome));
        return Err(Failure::Usage {
            message: format!("{check} is no reason to hold an answer in {outcome}"),
            next_step: format!(
                "fail one of {}",
                belong.map(|check| check.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }
        .into());
    }
    let given = [&draft.reviewer, &draft.record_ref].into_iter().flatten();
    let mut given = given.chain(draft.fails.iter().map(|(_, why)| why));
    if given.any(|text| carries_anything_withheld(text)) {
        return Err(Failure::Usage {
            message: "a draft may not hold a secret, a payload, a command or a request".to_owned(),
            next_step: "say it without: name what is wrong, and quote nothing".to_owned(),
        }
        .into());
    }
    let is_write_capable = surface.is_write_capable();
    let lane = history.candidate().lane();
    if let Some(outcome) = draft.outcome
        && lane != Lane::WaitingOwnerResponse
        && review_leads_to(lane, outcome, is_write_capable).is_none()
    {
        let leads_on =
            |outcome: &&Lane| review_leads_to(lane, **outcome, is_write_capable).is_some();
        let outcomes: Vec<_> =
            Lane::ALL.iter().filter(leads_on).map(|lane| lane.as_str()).collect();
        return Err(Failure::Usage {
            message: format!("no review leads from {lane} to this outcome"),
            next_step: format!("take one of {}", outcomes.join(", ")),
        }
        .into());
    }
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    // A hold that is written in one command is decided now.
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
                "nobody has answered for this surface as it is today; there is nothing to review"
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
            files::create(output, text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// Where to write; an empty path is none.
    fn output(&self) -> Option<&Path> {
        self.output.as_deref().filter(|output| !output.as_os_str().is_empty())
    }

    /// How to write what goes to a file, or to standard output.
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
