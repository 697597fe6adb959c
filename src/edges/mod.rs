//! Where the tool touches the world: files, git and the clock.

pub(crate) mod clock;
pub(crate) mod files;
pub(crate) mod git;
