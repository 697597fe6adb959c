//! `report`: writes one page of HTML that shows where every surface stands.

mod page;
mod picture;

use std::path::PathBuf;
use std::process::ExitCode;

use askama::Template as _;

use crate::cli::failure::CommandResult;
use crate::cli::inputs::{InputArgs, path};
use crate::cli::output;
use crate::cli::overview::{Overview, as_of};
use crate::cli::repository::Repository;
use crate::cli::wait_args::WaitArgs;
use crate::io::{git, replace, stdout};
use crate::time::Time;
use page::Page;

/// Write a page of HTML that shows what waits for whom, and the history of each surface
///
/// The page is one file to read in a browser. It has no script, no form and no button, and it loads nothing. Exits with 1
/// if a journal is broken; the page then says so.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    wait: WaitArgs,

    /// The file to write, relative to the working directory. By default, standard output
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,

    /// Show the state at this time, in RFC 3339. By default, the current time
    #[arg(long, value_name = "TIME")]
    as_of: Option<Time>,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let output = output::given(args.output.as_deref());
    if let Some(output) = output {
        output::check(&args.inputs, output)?;
        output::check_not_ledger(&args.inputs, output)?;
    }
    let now = as_of(args.as_of.as_ref())?;
    let lock = args.wait.share(&args.inputs)?;
    let mut repository = Repository::open(&args.inputs)?;
    let overview = Overview::of(&mut repository, &args.inputs, now, is_quiet)?;
    drop(lock);
    let commit = git::short_head(args.inputs.root()).unwrap_or_else(|| "unknown".to_owned());
    let page = Page::of(&overview, commit);
    // The page is written piece by piece: a page of many surfaces is large.
    match output {
        Some(output) => {
            replace::replace(output, |sink| {
                page.render_into(sink).map(Some).map_err(|_| std::fmt::Error)
            })?;
        }
        None => stdout::print(|sink| page.render_into(sink).map_err(|_| std::fmt::Error))?,
    }
    Ok(ExitCode::from(u8::from(overview.broken() > 0)))
}
