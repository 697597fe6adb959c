//! git, through its command line.

use std::path::Path;
use std::process::{Command, Stdio};

/// The short HEAD of the repository around `root`; `None` where there is none to be had.
pub(crate) fn short_head(root: &Path) -> Option<String> {
    if !may_be_in_repository(root) {
        return None;
    }
    let output = Command::new("git")
        // Reading a commit runs no program that the repository configures.
        .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(["rev-parse", "--short", "HEAD"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// Whether git could find a repository from `root`: asking it costs more than a small ledger.
fn may_be_in_repository(root: &Path) -> bool {
    let is_repository = |folder: &Path| {
        folder.join(".git").exists()
            || (folder.join("HEAD").exists() && folder.join("objects").exists())
    };
    std::env::var_os("GIT_DIR").is_some()
        || root.canonicalize().is_ok_and(|root| root.ancestors().any(is_repository))
}
