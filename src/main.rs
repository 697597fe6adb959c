//! The entry point of the command-line tool. The tool itself is in [`acceptance_ledger::cli`].

use std::process::ExitCode;

// The tool makes many small texts. With this allocator it takes a fifth less time; see docs/performance.md.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    acceptance_ledger::cli::main()
}
