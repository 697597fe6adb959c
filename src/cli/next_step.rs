//! The commands that messages suggest. A user can paste them as they are.

use std::path::Path;

use crate::io::error::quoted;
use crate::words::names::LEDGER;

use super::inputs::InputArgs;

/// The next step after steps were recorded in the journal. Empty if there were none.
pub(super) fn next_replay(inputs: &InputArgs, recorded: usize) -> String {
    if recorded == 0 {
        return String::new();
    }
    let ledger = quoted(&inputs.below_root(Path::new(LEDGER)));
    let options = inputs.options();
    format!(
        "the ledger does not show this yet; next: acceptance-ledger replay{options} --output {ledger}\n"
    )
}

/// The commands that read a repository, so that they need the options of its inputs.
const REPOSITORY_COMMANDS: [&str; 13] = [
    "init",
    "inventory",
    "draft",
    "generate",
    "template",
    "triage",
    "intake",
    "review",
    "replay",
    "verify",
    "status",
    "report",
    "export",
];

/// Adds the options that say where the inputs are, such as `--root`, to each command in a text.
///
/// Many texts are written where the options are not known, for example those of an error.
pub(super) fn with_options(text: &str, options: &str) -> String {
    const NAME: &str = "acceptance-ledger ";
    if options.is_empty() {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len() + options.len());
    let mut parts = text.split(NAME);
    result.push_str(parts.next().unwrap_or_default());
    for part in parts {
        result.push_str(NAME);
        let end = part.find(|one: char| !one.is_ascii_lowercase()).unwrap_or(part.len());
        let (command, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        result.push_str(command);
        if REPOSITORY_COMMANDS.contains(&command) {
            result.push_str(options);
        }
        result.push_str(rest);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_suggested_command_gets_the_options() {
        let options = " --root a";
        for (text, expected) in [
            ("run `acceptance-ledger init`", "run `acceptance-ledger init --root a`"),
            (
                "acceptance-ledger status X, or acceptance-ledger explain Y",
                "acceptance-ledger status --root a X, or acceptance-ledger explain Y",
            ),
            ("the acceptance-ledger initial", "the acceptance-ledger initial"),
            ("no command", "no command"),
        ] {
            assert_eq!(with_options(text, options), expected);
            assert_eq!(with_options(text, ""), text);
        }
    }
}
