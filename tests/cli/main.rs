//! The tool as a user runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod generate;
mod other_commands;
mod tool;
