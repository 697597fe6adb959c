//! The tool's input and output: files, the journal's folder, signatures, git and the clock.

pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod files;
#[cfg(fuzzing)]
pub(crate) mod fuzz_hooks;
pub(crate) mod git;
mod interrupt;
pub(crate) mod listing;
pub(crate) mod lock;
pub(crate) mod root;
pub(crate) mod signatures;
pub(crate) mod sink;
pub(crate) mod stdout;
pub(crate) mod store;
