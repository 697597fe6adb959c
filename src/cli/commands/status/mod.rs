//! `status`: lists what waits for whom, or tells the story of one surface.

mod rows;
mod story;
mod table;

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::formats::json;
use crate::cli::inputs::{InputArgs, find_surface};
use crate::cli::overview::{Overview, Reading, Story, days_left};
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::io::sources::Sources;
use crate::io::{clock, stdout};
use crate::words::{Lane, WaitingOn};
use rows::Rows;
use story::SurfaceStatus;

/// Show what waits for whom, or the story of one surface
///
/// A surface waits for its owner, for a reviewer, or for nobody. The options select the surfaces that are listed. The
/// counts at the end are of all surfaces.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The id of the surface, such as `prometheus_rules:rules/node.yml`, or a part of its id that is in no other id
    surface_id: Option<String>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    filter: Filter,

    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: StatusFormat,
}

/// The output format of a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum StatusFormat {
    /// Text for people
    #[default]
    Human,
    /// JSON for programs
    Json,
    /// CSV for spreadsheets: one line for each surface
    Csv,
}

/// Which surfaces are listed. A surface is listed if every given option selects it.
#[derive(Debug, Default, clap::Args)]
struct Filter {
    /// List only the surfaces in this lane
    #[arg(long, value_name = "LANE", value_parser = lane(), conflicts_with = "surface_id")]
    lane: Option<Lane>,

    /// List only the surfaces whose owner contains this text. Upper and lower case are the same
    #[arg(long, value_name = "TEXT", conflicts_with = "surface_id")]
    owner: Option<String>,

    /// List only the surfaces that wait for this party
    #[arg(long, value_name = "WHO", value_enum, conflicts_with = "surface_id")]
    waiting_on: Option<WaitingOn>,

    /// List only the acceptances that end within this many days, and those that have expired
    #[arg(long, value_name = "DAYS", conflicts_with = "surface_id")]
    expiring: Option<u32>,
}

/// Parses a lane, and lists all lanes in the help.
fn lane() -> impl TypedValueParser<Value = Lane> {
    let lanes = Lane::ALL.iter().map(|lane| lane.as_str());
    PossibleValuesParser::new(lanes).try_map(|name| name.parse::<Lane>())
}

impl Filter {
    fn selects(&self, story: &Story, overview: &Overview) -> bool {
        let owner = || story.owner.as_deref().unwrap_or_default().to_lowercase();
        let ends_within = |days: u32| {
            let until = story.valid_until.as_ref();
            until.is_some_and(|until| days_left(&overview.as_of, until) <= i64::from(days))
        };
        self.lane.is_none_or(|lane| story.lane == Some(lane))
            && self.owner.as_ref().is_none_or(|text| owner().contains(&text.to_lowercase()))
            && self.waiting_on.is_none_or(|who| story.waiting_on() == Some(who))
            && self.expiring.is_none_or(ends_within)
    }

    /// The options that are given, as text.
    const fn is_given(&self) -> bool {
        self.lane.is_some()
            || self.owner.is_some()
            || self.waiting_on.is_some()
            || self.expiring.is_some()
    }
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let now = clock::event_time().ok_or_else(Failure::clock)?;
    if args.surface_id.is_some() && args.format == StatusFormat::Csv {
        return Err(Failure::Usage {
            message: "the story of one surface has no CSV form".to_owned(),
            next_step: "use --format json".to_owned(),
        }
        .into());
    }
    let lock = args.wait.share(&args.inputs)?;
    let mut repository = Repository::open(&args.inputs)?;
    let options = args.inputs.options();
    let (text, is_valid) = if let Some(id) = &args.surface_id {
        let surface = find_surface(repository.requests.surfaces(), id)?;
        let owners = args.inputs.suggested_owners()?;
        let (replay, folder) = repository.recorder().replay_of(surface)?;
        let status = SurfaceStatus {
            story: Story::of(&Reading {
                replay: &replay,
                folder: &folder,
                signers: repository.signers.as_ref(),
                owner: owners.get(surface.surface_id()).map(String::as_str),
                as_of: &now,
            }),
            now: &now,
            file: Sources::new(args.inputs.root()).compare(surface)?,
            options: &options,
        };
        let text = match args.format {
            StatusFormat::Human | StatusFormat::Csv => status.to_string(),
            StatusFormat::Json => json::document(&status.to_json()),
        };
        (text, replay.is_ok())
    } else {
        let overview = Overview::of(&mut repository, &args.inputs, now, is_quiet)?;
        let shown = |story: &&Story| args.filter.selects(story, &overview);
        let rows = Rows {
            stories: overview.stories.iter().filter(shown).collect(),
            overview: &overview,
            is_filtered: args.filter.is_given(),
            options: &options,
        };
        let text = match args.format {
            StatusFormat::Human => rows.to_string(),
            StatusFormat::Json => json::document(&table::json(&rows)),
            StatusFormat::Csv => table::csv(&rows),
        };
        (text, overview.broken() == 0)
    };
    drop(lock);
    stdout::print_bytes(text.as_bytes())?;
    Ok(ExitCode::from(u8::from(!is_valid)))
}
