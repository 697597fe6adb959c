use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::edges::files;
use crate::escape;
use crate::schema::Schema;
use crate::surface::Surface;
use crate::template::{response_template, review_template};
use crate::words::Decision;

use super::Outcome;
use super::failure::Failure;
use super::inputs::{InputArgs, path};
use super::output;
use super::repository::Repository;
use super::wait::WaitArgs;

/// Write a response to fill in for one surface, or a reviewer record
///
/// A response has every field that has to be answered for this surface and decision, and none that need not. A record
/// has every check, for the surface's latest answer.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The surface, as in `prometheus_rules:rules/node.yml`
    #[arg(required_unless_present = "owner")]
    surface_id: Option<String>,

    #[command(flatten)]
    inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// What the owner is about to decide: some decisions need more fields
    #[arg(long, value_parser = decision())]
    decision: Option<Decision>,

    /// Write a reviewer record for the surface's latest answer
    #[arg(long, conflicts_with = "decision")]
    review: bool,

    /// Where to write it, a response with its JSON Schema beside it for editors; a file that is there
    /// stays as it is. Standard output without it
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,

    /// A response for every surface that is suggested to this owner, as in `@team`
    #[arg(long, value_name = "NAME", requires = "output_dir", conflicts_with_all = ["surface_id", "review", "output"])]
    owner: Option<String>,

    /// The folder for the responses of one owner, a file a surface; a file that is there stays as it is
    #[arg(long, value_name = "DIR", requires = "owner", value_parser = path())]
    output_dir: Option<PathBuf>,
}

fn decision() -> impl clap::builder::TypedValueParser<Value = Decision> {
    PossibleValuesParser::new(Decision::ALL.iter().map(|decision| decision.as_str()))
        .try_map(|name| name.parse::<Decision>())
}

/// The file name that `$schema` of a template gives.
const SCHEMA_FILE: &str = "monitoring_owner_response_v1.schema.json";

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    if let Some(output) = args.output() {
        output::check(&args.inputs, output)?;
    }
    if args.review {
        return write_record(args);
    }
    let (_, requests) = args.inputs.read()?;
    if let (Some(owner), Some(folder)) = (&args.owner, &args.output_dir) {
        return write_all_of(args, owner, folder, requests.surfaces(), is_quiet);
    }
    let surface = find(requests.surfaces(), args.surface_id())?;
    let template = response_template(surface, args.decision, &format!("./{SCHEMA_FILE}"));
    match args.output() {
        None => files::print_bytes(template.as_bytes())?,
        Some(output) => {
            files::check_absent(output)?;
            // The answer comes last: where the schema cannot be written, there is none.
            write_schema(args, output.parent().unwrap_or(Path::new("")))?;
            files::create(output, template.as_bytes())?;
        }
    }
    if !is_quiet {
        for name in surface.unanswerable_fields() {
            let _ = writeln!(
                io::stderr(),
                "note: the request asks for {name:?}, which no response has: every answer lacks it"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the schema that a response names, beside it.
fn write_schema(args: &Args, folder: &Path) -> Result<(), Failure> {
    let schema = format!("{:#}\n", Schema::Response.to_json());
    let beside = folder.join(SCHEMA_FILE);
    output::check(&args.inputs, &beside)?;
    files::check_no_link(&beside)?;
    Ok(files::replace_with(&beside, schema.as_bytes())?)
}

/// Writes a response for each surface that is suggested to an owner: all of them, or none.
fn write_all_of(
    args: &Args,
    owner: &str,
    folder: &Path,
    surfaces: &[Surface],
    is_quiet: bool,
) -> Outcome {
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
    let mut outputs = Vec::new();
    for surface in &theirs {
        let output = folder.join(format!("{}.json", file_name(surface.surface_id())));
        output::check(&args.inputs, &output)?;
        files::check_absent(&output)?;
        outputs.push(output);
    }
    write_schema(args, folder)?;
    for (surface, output) in theirs.iter().zip(&outputs) {
        let template = response_template(surface, args.decision, &format!("./{SCHEMA_FILE}"));
        files::create(output, template.as_bytes())?;
    }
    if !is_quiet {
        let _ = writeln!(
            io::stderr(),
            "{} responses to fill in, in {}",
            outputs.len(),
            files::shown(folder)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The id of a surface as the name of a file.
fn file_name(surface_id: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    surface_id.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

fn write_record(args: &Args) -> Outcome {
    let lock = args.wait.share(&args.inputs)?;
    let repository = Repository::open(&args.inputs)?;
    let surface = find(repository.requests.surfaces(), args.surface_id())?;
    let (history, _) = repository.history_of(surface)?;
    drop(lock);
    let record = review_template(&history).ok_or_else(|| Failure::Usage {
        message: "nobody has answered for this surface as it is today; there is nothing to review"
            .to_owned(),
        next_step: format!(
            "ask its owner: acceptance-ledger template {}",
            escape::for_shell(surface.surface_id().as_bytes())
        ),
    })?;
    match args.output() {
        None => files::print_bytes(record.as_bytes())?,
        Some(output) => files::create(output, record.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// The surface; there is one unless an owner was named.
    fn surface_id(&self) -> &str {
        self.surface_id.as_deref().unwrap_or_default()
    }

    /// Where to write; an empty path is none.
    fn output(&self) -> Option<&Path> {
        self.output.as_deref().filter(|output| !output.as_os_str().is_empty())
    }
}

/// The surface of an id, or what to do where there is none.
pub(super) fn find<'a>(surfaces: &'a [Surface], id: &str) -> Result<&'a Surface, Failure> {
    surfaces.iter().find(|surface| surface.surface_id() == id).ok_or_else(|| Failure::Usage {
        message: "no surface has this id".to_owned(),
        next_step: match surfaces {
            [] => "run `acceptance-ledger init`: the owner requests are empty".to_owned(),
            [first, ..] => format!(
                "take a surface_id from the owner requests, such as {}",
                escape::for_shell(nearest(surfaces, id).unwrap_or(first).surface_id().as_bytes())
            ),
        },
    })
}

/// A surface that the id is a part of, such as a path without its kind.
fn nearest<'a>(surfaces: &'a [Surface], id: &str) -> Option<&'a Surface> {
    surfaces.iter().find(|surface| !id.is_empty() && surface.surface_id().contains(id))
}
