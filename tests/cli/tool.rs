//! Runs the built tool as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const INVENTORY: &str =
    "docs/security/monitoring-alerting-observability-inventory.snapshot.json";
pub(crate) const OWNER_REQUESTS: &str =
    "docs/security/monitoring-owner-request-draft.snapshot.json";

/// The root of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command that runs the tool in a folder. The tool ignores a git repository around the folder.
pub(crate) fn tool(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
    command.current_dir(folder).env("GIT_CEILING_DIRECTORIES", "/").env("NO_COLOR", "1");
    command
}

/// The example repository: the surfaces' files, and the inputs that list them.
pub(crate) fn example() -> PathBuf {
    repository().join("examples/monitoring")
}

/// The inputs of a golden ledger, without the files of the surfaces.
pub(crate) fn golden_inputs(name: &str) -> PathBuf {
    repository().join("tests/golden/inputs").join(name)
}

/// Copies a folder into a new temporary folder.
pub(crate) fn copy_of(folder: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    copy_all(folder, copy.path());
    copy
}

pub(crate) fn copy_all(from: &Path, to: &Path) {
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_all(&from, &to);
        } else {
            std::fs::write(to, std::fs::read(from).unwrap()).unwrap();
        }
    }
}

/// Writes a file below a folder, and creates its parent folders. Returns its path.
pub(crate) fn write(folder: &Path, file: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

pub(crate) fn golden(name: &str) -> String {
    std::fs::read_to_string(repository().join(format!("tests/golden/{name}.json"))).unwrap()
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Returns the names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether a program that only some tests need is installed. In CI, it must be installed.
pub(crate) fn is_installed(program: &str, probe: &str) -> bool {
    let is_there = Command::new(program).arg(probe).output().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "{program} is not installed");
    if !is_there {
        eprintln!("skipped: {program} is not installed");
    }
    is_there
}
