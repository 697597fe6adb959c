//! `explain`: explains a word of the ledger.

use std::process::ExitCode;

use crate::cli::failure::{CommandResult, Failure};
use crate::io::stdout;
use crate::render::Explanation;

/// Explain a lane, check, problem, field or other word, in Chinese and English
///
/// It also explains blocked actions, gates, finding codes, kinds of surfaces and remarks of the inventory.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The word, such as `receiver_receipt_gap_required`
    id: String,
}

pub(super) fn run(args: &Args) -> CommandResult {
    let explanation = Explanation::of(&args.id).ok_or_else(|| Failure::Usage {
        message: "unknown word".to_owned(),
        next_step: match nearest(&args.id) {
            Some(id) => format!("try {id}"),
            None => "use a lane, check, problem, field, blocked action, gate, finding code, kind or remark".to_owned(),
        },
    })?;
    stdout::print_bytes(explanation.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the word that is most similar to a mistyped one; `None` if no word is similar.
fn nearest(id: &str) -> Option<&'static str> {
    /// The smallest similarity, from 0 to 1, at which a word is suggested. Below it, two words have little in common.
    const MIN_SIMILARITY: f64 = 0.7;
    Explanation::ids()
        .map(|word| (word, strsim::jaro_winkler(word, id)))
        .filter(|(_, similarity)| *similarity >= MIN_SIMILARITY)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(word, _)| word)
}
