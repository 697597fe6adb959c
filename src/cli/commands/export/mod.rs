//! `export`: prints candidates, events or findings as rows for query engines such as Spark.

mod rows;

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cli::commands::verify;
use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::inputs::InputArgs;
use crate::cli::overview::{Overview, as_of};
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::io::{files, git, stdout};
use crate::time::Time;
use rows::{Keys, Row};

/// Print candidates, events or findings as lines of JSON, for query engines such as Spark
///
/// A line is one row with plain columns. The rows are sorted by surface. They have no text that a person wrote, except
/// names and refs. Exits with 1 if a journal is broken: then the row of its surface has no lane, and its events and
/// findings have no rows. A surface that nobody is asked about any more has no rows either.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What a row is about
    #[arg(value_enum)]
    what: Export,

    /// The name of the repository in each row. By default, the name of its root folder
    #[arg(long, value_name = "NAME")]
    repo: Option<String>,

    /// Show the state at this time, in RFC 3339. It must not be before the last event. By default, the current time
    #[arg(long, value_name = "TIME")]
    as_of: Option<Time>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Export {
    /// One row for each surface: where it stands
    Candidates,
    /// One row for each answer, each decision of a reviewer, and each acceptance that ended
    Events,
    /// One row for each finding in an answer
    Findings,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let now = as_of(args.as_of.as_ref())?;
    let lock = args.wait.share(&args.inputs)?;
    let is_verified = match args.what {
        Export::Candidates => Some(verify::holds(&args.inputs, &now, is_quiet)?),
        Export::Events | Export::Findings => None,
    };
    let mut repository = Repository::open(&args.inputs)?;
    let mut overview = Overview::of(&mut repository, &args.inputs, now, is_quiet)?;
    drop(lock);
    overview.stories.sort_by(|one, other| one.surface.surface_id().cmp(other.surface.surface_id()));
    if args.as_of.is_some() {
        check_is_after_all_events(&overview)?;
    }
    let repo = args.repository_name()?;
    let commit = git::head(args.inputs.root());
    let keys = Keys { repo: &repo, commit: commit.as_deref(), as_of: &overview.as_of };
    stdout::print(|sink| {
        overview.stories.iter().try_for_each(|story| {
            let rows: Vec<Row> = match is_verified {
                Some(is_verified) => vec![keys.candidate(story, is_verified)],
                None if args.what == Export::Events => keys.events(story).collect(),
                None => keys.findings(story).collect(),
            };
            rows.iter().try_for_each(|row| writeln!(sink, "{row}"))
        })
    })?;
    Ok(ExitCode::from(u8::from(overview.broken() > 0)))
}

/// Refuses a time before the last event: the state at that time is not known, because the inputs are those of today.
fn check_is_after_all_events(overview: &Overview) -> Result<(), Failure> {
    let events = overview.stories.iter().flat_map(|story| &story.told);
    let mut recorded = events.filter(|told| told.sequence.is_some()).map(|told| &told.at);
    match recorded.find(|at| overview.as_of.is_before(at)) {
        None => Ok(()),
        Some(at) => Err(Failure::Usage {
            message: format!("--as-of is before an event of {at}"),
            next_step: "use a later time, or check out the commit of that time".to_owned(),
        }),
    }
}

impl Args {
    fn repository_name(&self) -> Result<String, Failures> {
        if let Some(name) = &self.repo {
            return Ok(name.clone());
        }
        let root = files::absolute(self.inputs.root()).ok();
        let name = root.as_deref().and_then(|root| Some(root.file_name()?.to_str()?.to_owned()));
        Ok(name.ok_or_else(|| Failure::Usage {
            message: "the root folder has no name that can stand in a row".to_owned(),
            next_step: "name the repository with --repo".to_owned(),
        })?)
    }
}
