//! What is left when a command is interrupted, or a call of its to the operating system fails, at any moment.

pub(super) mod output;
mod power;
mod reading;
pub(super) mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::case::JOURNAL;
use crate::tool::{copy_all, names, stderr, write};

/// A new folder in memory, where there is one: nothing there waits for a disk.
pub(super) fn scratch() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

/// A copy of a folder in memory.
pub(super) fn scratch_of(folder: &Path) -> TempDir {
    let copy = scratch();
    copy_all(folder, copy.path());
    copy
}

/// Files by their paths.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Every file below a folder, by its path from there.
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

/// Every file of the journal.
pub(super) fn journal(root: &Path) -> Files {
    files_below(&root.join(JOURNAL))
}

/// Puts a journal in the place of the one that is there.
fn put_journal(root: &Path, journal: &Files) {
    let _ = std::fs::remove_dir_all(root.join(JOURNAL));
    for (file, bytes) in journal {
        write(root, &format!("{JOURNAL}/{file}"), bytes);
    }
}

/// Whether threads are traced, and other programs: the calls of git are git's.
fn follows(args: &[&str]) -> bool {
    !args.contains(&"--since")
}

/// The tool under strace.
pub(super) fn traced(folder: &Path, strace: &[&str], args: &[&str]) -> Output {
    Command::new("strace")
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", "/")
        // Its folders would be searched first, at many calls.
        .env_remove("LD_LIBRARY_PATH")
        .args(follows(args).then_some("-f"))
        .args(["-e", "quiet=all", "-e", "signal=none"])
        .args(strace)
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .args(args)
        .output()
        .unwrap()
}

/// The tool, to one of whose calls `fault` happens.
fn faulty(folder: &Path, args: &[&str], call: &Call, fault: &str) -> Output {
    let Call { name, path, when } = call;
    let inject = format!("inject={name}:{fault}:when={when}");
    let trace = format!("trace={name}");
    let mut strace = vec!["-o", "/dev/null", "-e", &trace, "-e", &inject];
    if let Some(path) = path {
        strace.extend(["-P", path]);
    }
    if !fault.starts_with("signal") && follows(args) {
        // A quicker way that sends no signals.
        strace.push("--seccomp-bpf");
    }
    traced(folder, &strace, args)
}

/// The so-manieth call of a name that a thread makes, or that it makes about a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    name: String,
    path: Option<String>,
    when: usize,
}

/// Which calls of these names a command makes, in a folder where it does what it will do again. Those of the runtime
/// are left out.
fn calls(folder: &Path, args: &[&str], names: &[&str]) -> BTreeSet<Call> {
    calls_by(folder, args, names, |_| None)
}

/// As [`calls`], by the paths that the calls are about: those paths have to stay as they are.
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
    /// Where no file is that a command is about.
    const SYSTEM: [&str; 5] = ["/etc/", "/lib", "/usr/", "/proc/", "/sys/"];
    let record = scratch();
    let file = record.path().join("trace");
    // Not every machine has every call.
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
        let names_one = |place: &str| {
            arguments.contains(&format!("\"{place}")) || arguments.contains(&format!("<{place}"))
        };
        if !SYSTEM.into_iter().any(names_one) {
            calls.insert(Call { name: name.to_owned(), path, when: *when });
        }
    }
    assert!(!calls.is_empty());
    calls
}
