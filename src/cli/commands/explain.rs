use std::process::ExitCode;

use crate::cli::failure::{Failure, Outcome};
use crate::io::stdout;
use crate::render::Explanation;

/// Say what a lane, check, problem, blocked action, gate or finding code means, in Chinese and English
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The word, as in `receiver_receipt_gap_required`
    id: String,
}

pub(super) fn run(args: &Args) -> Outcome {
    let explanation = Explanation::of(&args.id).ok_or_else(|| Failure::Usage {
        message: "no word has this id".to_owned(),
        next_step: match nearest(&args.id) {
            Some(id) => format!("perhaps {id}"),
            None => "take a lane, check, problem, blocked action, gate or finding code".to_owned(),
        },
    })?;
    stdout::print_bytes(explanation.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The word that a mistyped one is most like, if it is like any.
fn nearest(id: &str) -> Option<&'static str> {
    /// Below this, two words have little in common.
    const LIKE: f64 = 0.7;
    Explanation::ids()
        .map(|word| (word, strsim::jaro_winkler(word, id)))
        .filter(|(_, likeness)| *likeness >= LIKE)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(word, _)| word)
}
