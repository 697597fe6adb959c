//! Whatever interrupts a command, a file that it writes has either its old bytes or its new bytes.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use super::step::limited;
use super::{Files, calls, faulty, files_below, scratch, scratch_of};
use crate::case::{Case, RULES, TIME};
use crate::tool::{OWNER_REQUESTS, example, is_installed, stderr, stdout, tool, write};

/// A command that writes files below `out`. Nothing else writes there.
struct Writing {
    folder: TempDir,
    args: Vec<&'static str>,
    /// The files below `out` before the command.
    before: Files,
    /// The files below `out` after the command.
    after: Files,
}

/// The calls by which a command changes the file system for an output.
const CHANGES: &[&str] = &[
    "write",
    "fsync",
    "fdatasync",
    "openat",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "ftruncate",
    "fchmod",
];

/// The calls by which it reads the file system before that.
const QUERIES: &[&str] = &["read", "statx", "newfstatat", "readlink", "readlinkat", "getdents64"];

const OUTPUT: &str = "out/ledger.json";

impl Writing {
    /// Prepares the command in a copy of this folder. The files of `before` already exist below `out`.
    fn new(folder: &Path, args: &[&'static str], before: &[&str]) -> Self {
        let folder = scratch_of(folder);
        let before = before.iter().map(|file| ((*file).to_owned(), b"before".to_vec())).collect();
        let writing = Self { folder, args: args.to_vec(), before, after: Files::new() };
        writing.restore_before();
        let output = tool(writing.path()).args(args).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let after = files_below(&writing.path().join("out"));
        assert_ne!(after, writing.before);
        Self { after, ..writing }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn restore_before(&self) {
        let _ = std::fs::remove_dir_all(self.path().join("out"));
        for (file, bytes) in &self.before {
            write(self.path(), &format!("out/{file}"), bytes);
        }
    }

    /// Runs the command, and checks that it leaves only what it may leave. Returns whether it succeeded.
    fn interrupt(&self, run: impl FnOnce(&Path, &[&str]) -> Output) -> bool {
        self.restore_before();
        let output = run(self.path(), &self.args);
        let context = format!("{:?}: {}{}", self.args, stdout(&output), stderr(&output));
        let is_done = output.status.success();
        let is_killed = output.status.signal() == Some(9);
        let left = files_below(&self.path().join("out"));
        for file in self.after.keys() {
            let is_new = left.get(file) == self.after.get(file);
            assert!(
                is_new || !is_done && left.get(file) == self.before.get(file),
                "{context}{file}"
            );
        }
        for file in left.keys().filter(|file| !self.after.contains_key(*file)) {
            assert!(is_killed && file.contains(".acceptance-ledger-"), "{context}{file} is left");
        }
        let is_whole =
            |left: &Files| self.after.iter().all(|(file, new)| left.get(file) == Some(new));
        if is_killed && !is_whole(&left) {
            // The files that are left must not disturb the next run.
            let again = tool(self.path()).args(&self.args).output().unwrap();
            assert!(again.status.success(), "{context}{}", stderr(&again));
            assert!(is_whole(&files_below(&self.path().join("out"))), "{context}");
        }
        is_done
    }

    /// Injects `fault` into each of these calls in turn. Returns how often the output was not written.
    fn at_every_call(&self, names: &[&str], fault: &str) -> usize {
        self.restore_before();
        let calls = calls(self.path(), &self.args, names);
        let is_stopped =
            |call: &_| !self.interrupt(|folder, args| faulty(folder, args, call, fault));
        calls.iter().filter(|call| is_stopped(call)).count()
    }
}

/// Every command that writes an output, over an old file and in a new folder.
fn writings() -> Vec<Writing> {
    let (bare, accepted) = (example(), Case::accepted());
    let generate = ["generate", "--generated-at", TIME, "--output", OUTPUT];
    let replay = ["replay", "--generated-at", TIME, "--output", OUTPUT];
    let record = ["template", RULES, "--review", "--output", "out/new/record.json"];
    let schema = "monitoring_owner_response_v1.schema.json";
    vec![
        Writing::new(&bare, &generate, &["ledger.json"]),
        Writing::new(&bare, &generate, &[]),
        Writing::new(&bare, &replay, &["ledger.json"]),
        Writing::new(accepted.path(), &replay, &["ledger.json"]),
        Writing::new(accepted.path(), &record, &[]),
        Writing::new(&bare, &["template", RULES, "--output", "out/answer.json"], &[schema]),
    ]
}

#[test]
fn a_kill_at_any_call_leaves_the_old_output_or_the_new_one() {
    if is_installed("strace", "--version") {
        for writing in writings() {
            let count = writing.at_every_call(CHANGES, "signal=SIGKILL");
            assert!(count > 5, "{:?}: {count}", writing.args);
        }
    }
}

#[test]
fn a_failure_of_any_call_leaves_the_old_output_or_the_new_one_and_nothing_else() {
    if is_installed("strace", "--version") {
        for writing in writings() {
            let all = [CHANGES, QUERIES].concat();
            for (names, error, least) in [
                (&all[..], "error=EIO", 10),
                (CHANGES, "error=ENOSPC", 5),
                (CHANGES, "error=EDQUOT", 5),
            ] {
                let count = writing.at_every_call(names, error);
                assert!(count > least, "{:?}: {error}: {count}", writing.args);
            }
            let count = writing.at_every_call(&["write"], "retval=0");
            assert!(count > 0, "{:?}: {count}", writing.args);
        }
    }
}

#[test]
fn a_call_that_a_signal_interrupts_stops_no_output() {
    if is_installed("strace", "--version") {
        for writing in writings().iter().take(1) {
            let names = ["write", "fsync", "openat", "read"];
            assert_eq!(writing.at_every_call(&names, "error=EINTR"), 0);
        }
    }
}

#[test]
fn a_signal_at_any_call_leaves_the_old_output_or_the_new_one_and_nothing_else() {
    if is_installed("strace", "--version") {
        // A short command may end before its signal thread runs. So only the sum is certain to be more than 0.
        let mut count = 0;
        for writing in writings() {
            for signal in ["signal=SIGINT", "signal=SIGTERM"] {
                count += writing.at_every_call(CHANGES, signal);
            }
        }
        assert!(count > 0);
    }
}

#[test]
fn a_file_in_memory_is_old_or_new_too() {
    let (inputs, memory) = (scratch_of(&example()), scratch());
    let output = memory.path().join("ledger.json");
    std::fs::write(&output, "before").unwrap();
    let generate = ["generate", "--output", output.to_str().unwrap()];
    let ended = limited(inputs.path(), &generate, 20);
    assert_eq!(ended.status.code(), Some(2), "{}", stderr(&ended));
    assert_eq!(std::fs::read_to_string(&output).unwrap(), "before");
}

/// This ledger is so large that separate threads read the inputs and write the output.
#[test]
fn a_large_output_is_old_or_new_too() {
    if !is_installed("strace", "--version") {
        return;
    }
    let folder = scratch_of(&example());
    write(folder.path(), OWNER_REQUESTS, many_drafts(2_000));
    let generate = ["generate", "--generated-at", TIME, "--output", OUTPUT];
    let writing = Writing::new(folder.path(), &generate, &["ledger.json"]);
    let size = writing.after["ledger.json"].len();
    assert!(size > 3 << 20, "{size}");
    for (names, fault, least) in [
        (&["write", "fsync", "rename", "renameat2"][..], "signal=SIGKILL", 4),
        (&["write", "fsync", "rename", "renameat2", "read", "openat"], "error=EIO", 8),
    ] {
        let count = writing.at_every_call(names, fault);
        assert!(count > least, "{fault}: {count}");
    }
}

/// Builds owner requests for `count` surfaces. The text must be so large that the tool reads it in a separate thread.
pub(crate) fn many_drafts(count: usize) -> String {
    let mut drafts = String::new();
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        write!(
            drafts,
            r#"{comma}{{"request_id": "r{index}", "surface_id": "s{index}", "label": {index}, "expected_scope": 1,
            "config_kind": 1, "observability_scope": 1, "control_tier": 1, "repo_source_path": 1,
            "repo_sha256": 1, "source_line_count": 1, "write_capable_surface": true,
            "requires_live_evidence": true, "required_owner_fields": ["a", "b"]}}"#
        )
        .unwrap();
    }
    assert!(drafts.len() > 1 << 19, "less than 512 KiB, which the tool reads without a thread");
    format!(r#"{{"required_owner_fields": [], "request_drafts": [{drafts}]}}"#)
}
