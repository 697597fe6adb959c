//! The tool as a user runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod generate;
mod other_commands;
mod tool;
