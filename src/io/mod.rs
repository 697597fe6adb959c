//! The tool's input and output: files, the journal's folder, signatures, git and the clock.
//!
//! The feature `store` has what a journal needs. The rest is for the command line.

pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod file_system;
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "what only the commands read comes with the command line")
)]
pub(crate) mod files;
#[cfg(fuzzing)]
pub(crate) mod fuzz_hooks;
#[cfg(feature = "cli")]
pub(crate) mod git;
#[cfg(feature = "cli")]
mod interrupt;
#[cfg(feature = "cli")]
pub(crate) mod listing;
pub(crate) mod lock;
#[cfg(feature = "cli")]
pub(crate) mod replace;
#[cfg(feature = "cli")]
pub(crate) mod root;
pub(crate) mod signatures;
#[cfg(feature = "cli")]
pub(crate) mod sink;
pub(crate) mod sources;
#[cfg(feature = "cli")]
pub(crate) mod stdout;
pub(crate) mod store;
pub(crate) mod workers;
