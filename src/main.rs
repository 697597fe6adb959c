//! The entry point of the command-line tool. The tool itself is in [`acceptance_ledger::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_ledger::cli::main()
}
