//! The commands that messages suggest. A user can paste them as they are.

/// The commands that read a repository, so that they need the options of its inputs.
const REPOSITORY_COMMANDS: [&str; 12] = [
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
