//! What is left when a command is interrupted at any moment, or when any of its system calls fails.

mod disk;
pub(super) mod output;
mod power;
mod reading;
pub(super) mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::case::JOURNAL;
use crate::tool::{copy_all, names, stderr, stdout, write};

/// Creates a temporary folder, in memory if the machine has `/dev/shm`: nothing there waits for a disk.
pub(super) fn scratch() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

/// Creates a temporary folder on a disk that the tool syncs as a whole. `None` if the tests do not run on such a disk.
pub(super) fn scratch_on_disk() -> Option<TempDir> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let kind = Command::new("stat").args(["-f", "-c", "%T"]).arg(folder.path()).output();
    let kind = kind.map(|output| stdout(&output).trim().to_owned()).unwrap_or_default();
    ["ext2/ext3", "xfs", "btrfs"].contains(&kind.as_str()).then_some(folder)
}

/// Copies a folder into a new temporary folder, see [`scratch`].
pub(super) fn scratch_of(folder: &Path) -> TempDir {
    let copy = scratch();
    copy_all(folder, copy.path());
    copy
}

/// The bytes of files, by path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Reads every file below a folder. The paths are relative to the folder.
fn files_below(folder: &Path) -> Files {
    let mut files = Files::new();
    let names = if folder.is_dir() { names(folder) } else { Vec::new() };
    for name in names {
        let path = folder.join(&name);
        if path.is_dir() {
            let below = files_below(&path).into_iter();
            files.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            files.insert(name, std::fs::read(path).unwrap());
        }
    }
    files
}

/// Reads every file of the journal.
pub(super) fn journal(root: &Path) -> Files {
    files_below(&root.join(JOURNAL))
}

/// Replaces the journal by this one.
fn put_journal(root: &Path, journal: &Files) {
    let _ = std::fs::remove_dir_all(root.join(JOURNAL));
    for (file, bytes) in journal {
        write(root, &format!("{JOURNAL}/{file}"), bytes);
    }
}

/// Whether strace follows threads and child processes. With `--since` it does not, because the tool runs git, and the
/// calls of git are not the tool's.
fn follows(args: &[&str]) -> bool {
    !args.contains(&"--since")
}

/// Runs the tool under strace.
pub(super) fn traced(folder: &Path, strace: &[&str], args: &[&str]) -> Output {
    Command::new("strace")
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", "/")
        // With this variable, the loader would make many more calls to search its folders.
        .env_remove("LD_LIBRARY_PATH")
        .args(follows(args).then_some("-f"))
        .args(["-e", "quiet=all", "-e", "signal=none"])
        .args(strace)
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .args(args)
        .output()
        .unwrap()
}

/// Runs the tool and injects `fault` into one of its calls.
fn faulty(folder: &Path, args: &[&str], call: &Call, fault: &str) -> Output {
    let Call { name, path, when } = call;
    let inject = format!("inject={name}:{fault}:when={when}");
    let trace = format!("trace={name}");
    let mut strace = vec!["-o", "/dev/null", "-e", &trace, "-e", &inject];
    if let Some(path) = path {
        strace.extend(["-P", path]);
    }
    if !fault.starts_with("signal") && follows(args) {
        // This mode is faster. It cannot inject signals, and it needs `-f`.
        strace.push("--seccomp-bpf");
    }
    traced(folder, &strace, args)
}

/// One system call of a thread. `when` counts the thread's calls of this name from 1; if there is a path, only the
/// calls about this path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    name: String,
    path: Option<String>,
    when: usize,
}

/// Records the calls of these names that a command makes. The command must make the same calls when it runs again in
/// this folder. Calls of the runtime are left out.
fn calls(folder: &Path, args: &[&str], names: &[&str]) -> BTreeSet<Call> {
    calls_by(folder, args, names, |_| None)
}

/// Like [`calls`], but counts the calls for each path separately. The paths must be the same in every run.
fn calls_by_path(folder: &Path, args: &[&str], names: &[&str]) -> BTreeSet<Call> {
    let folder = folder.canonicalize().unwrap();
    let folder = folder.to_str().unwrap();
    let mut calls = calls_by(folder.as_ref(), args, names, |arguments| {
        let path = arguments.split('"').nth(1).filter(|path| !path.is_empty());
        let opened = || arguments.split(['<', '>']).nth(1).filter(|path| path.starts_with(folder));
        path.or_else(opened).map(str::to_owned)
    });
    calls.retain(|call| call.path.is_some());
    calls
}

fn calls_by(
    folder: &Path,
    args: &[&str],
    names: &[&str],
    path_of: impl Fn(&str) -> Option<String>,
) -> BTreeSet<Call> {
    /// Folders of the system: only the runtime uses files there.
    const SYSTEM: [&str; 5] = ["/etc/", "/lib", "/usr/", "/proc/", "/sys/"];
    let record = scratch();
    let file = record.path().join("trace");
    // Not every machine has every call. The `?` makes strace ignore a name that it does not know.
    let only = format!("trace=?{}", names.join(",?"));
    let output = traced(folder, &["-y", "-o", file.to_str().unwrap(), "-e", &only], args);
    assert!(output.status.code().is_some(), "{}", stderr(&output));
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    let mut calls = BTreeSet::new();
    let record = std::fs::read(&file).unwrap();
    for line in String::from_utf8_lossy(&record).lines() {
        let is_number = |c: char| c.is_whitespace() || c.is_ascii_digit();
        let (thread, rest) = line.split_at(line.find(|c| !is_number(c)).unwrap_or(0));
        let Some((name, arguments)) = rest.split_once('(') else { continue };
        if !names.contains(&name) {
            continue;
        }
        let path = path_of(arguments);
        let when = counts.entry((thread, name, path.clone())).or_default();
        *when += 1;
        let is_about = |place: &str| {
            arguments.contains(&format!("\"{place}")) || arguments.contains(&format!("<{place}"))
        };
        if !SYSTEM.into_iter().any(is_about) {
            calls.insert(Call { name: name.to_owned(), path, when: *when });
        }
    }
    assert!(!calls.is_empty());
    calls
}
