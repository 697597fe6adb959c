//! `completions`: prints a completion script for a shell.

use std::process::ExitCode;

use clap_complete::Shell;

use crate::cli::failure::CommandResult;
use crate::io::stdout;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shell that will run the script
    shell: Shell,
}

pub(super) fn run(args: &Args, mut tool: clap::Command) -> CommandResult {
    let mut script = Vec::new();
    let name = tool.get_name().to_owned();
    clap_complete::generate(args.shell, &mut tool, &name, &mut script);
    let script = String::from_utf8_lossy(&script);
    stdout::print_bytes(with_one_spelling(&script, &name, args.shell).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Corrects the name of the tool in a script for bash.
///
/// In the script, a name is spelled with `__` for `-`, and `__subcmd__` separates a command from its subcommand.
/// `clap_complete` 4.6 takes the `__` of the tool's own name for such a separator in one of two places. The two spellings
/// then differ, and bash completes nothing behind a subcommand.
fn with_one_spelling(script: &str, name: &str, shell: Shell) -> String {
    if shell != Shell::Bash {
        return script.to_owned();
    }
    let [right, wrong] = ["__", "__subcmd__"].map(|hyphen| name.replace('-', hyphen));
    script
        .replace(&format!("{wrong}__subcmd__"), &format!("{right}__subcmd__"))
        .replace(&format!("{wrong})"), &format!("{right})"))
}
