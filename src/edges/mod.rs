//! Where the tool touches the world: files, git, the clock, and reports for other programs.

pub(crate) mod clock;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod report;
