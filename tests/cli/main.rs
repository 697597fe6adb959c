//! The tool as a user runs it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod answer_lines;
mod answered;
mod answers;
mod batches;
mod case;
mod crash;
mod embedding;
mod export;
mod forms;
mod generate;
mod init;
mod journal;
mod line_endings;
mod lock;
mod other_commands;
mod outputs;
mod report;
mod schemas;
mod shells;
mod signals;
mod signatures;
mod since;
mod sources;
mod tool;
mod verify;
