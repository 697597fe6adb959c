//! The command-line tool; see [`acceptance_ledger::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_ledger::cli::main()
}
