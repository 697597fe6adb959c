use std::process::ExitCode;

use clap::builder::PossibleValuesParser;

use crate::edges::files;
use crate::explain::Explanation;

use super::Outcome;
use super::failure::Failure;

/// Say what a lane, check, problem, blocked action or gate means, in Chinese and English
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The word, as in `receiver_receipt_gap_required`
    #[arg(value_parser = PossibleValuesParser::new(Explanation::ids()), hide_possible_values = true)]
    id: String,
}

pub(super) fn run(args: &Args) -> Outcome {
    let explanation = Explanation::of(&args.id).ok_or_else(|| Failure::Usage {
        message: "no word has this id".to_owned(),
        next_step: "take one from the ledger or from a finding".to_owned(),
    })?;
    files::print_bytes(explanation.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
