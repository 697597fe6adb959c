//! Finds the root of the repository that a command is about.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Returns the nearest folder, from the working directory upwards, in which all `inputs` exist. If there is none, returns
/// the folder of the git work tree; outside git, the working directory.
///
/// The search does not leave the git work tree, and it ends where a folder belongs to another user: somebody else may have
/// put inputs there, for example into `/tmp`. The result is relative to the working directory, such as `../..`, so that
/// messages show short paths.
pub(crate) fn nearest(inputs: [&Path; 2]) -> PathBuf {
    let Ok(start) = std::env::current_dir() else { return PathBuf::from(".") };
    let owner = |folder: &Path| folder.metadata().map(|found| found.uid()).ok();
    let mut relative = PathBuf::new();
    for folder in start.ancestors() {
        if owner(folder) != owner(&start) {
            return PathBuf::from(".");
        }
        let is_work_tree = folder.join(".git").exists();
        if is_work_tree || inputs.iter().all(|input| folder.join(input).exists()) {
            break;
        }
        if folder.parent().is_none() {
            return PathBuf::from(".");
        }
        relative.push("..");
    }
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}
