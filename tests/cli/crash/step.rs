//! A step that is interrupted at any moment is recorded completely or not at all. No acknowledged step is lost. This
//! holds for each step of a batch separately.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Files, calls, faulty, journal, put_journal, scratch_of, scratch_on_disk};
use crate::case::{Case, DASHBOARD, LEDGER, RULES, answer_of, surface_ids};
use crate::tool::{copy_all, example, is_installed, stderr, stdout, tool, write};

/// Counts the complete event lines in these files.
pub(crate) fn events(files: &Files) -> usize {
    let events = files.iter().filter(|(name, _)| name.ends_with("events.jsonl"));
    events.map(|(_, bytes)| whole(bytes).split_inclusive(|byte| *byte == b'\n').count()).sum()
}

/// Returns the lines of a file that end with a line break.
fn whole(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &bytes[..end]
}

/// A journal, and the steps that can come next.
struct Before {
    /// The repository in which each step is taken.
    folder: TempDir,
    journal: Files,
    /// The journal without what an interrupted step left.
    repaired: Files,
    steps: &'static [&'static [&'static str]],
    /// The step that repairs what an interrupted one left.
    next: &'static [&'static str],
    /// The journals that a step left and that were checked before, so that each is checked once.
    harmless: RefCell<BTreeSet<(bool, Files)>>,
}

/// Another answer, and a record that withdraws the stored answer.
const STEPS: &[&[&str]] = &[&["intake", "later.json"], &["review", "withdraw.json"]];

/// Answers for two surfaces, which are recorded together.
const BATCH: &[&[&str]] = &[&["intake", "later.json", "dashboard.json"]];

/// So many answers that the tool syncs the whole file system.
const MANY: &[&[&str]] =
    &[&["intake", "0.json", "1.json", "2.json", "3.json", "4.json", "5.json", "6.json", "7.json"]];

/// A later answer for each of their surfaces.
const MANY_NEXT: &[&str] = &[
    "intake",
    "0-next.json",
    "1-next.json",
    "2-next.json",
    "3-next.json",
    "4-next.json",
    "5-next.json",
    "6-next.json",
    "7-next.json",
];

const FILES: [&str; 5] =
    ["later.json", "latest.json", "withdraw.json", "dashboard.json", "dashboard-latest.json"];

impl Before {
    /// A journal with an accepted answer.
    fn accepted() -> Self {
        let case = Case::accepted();
        case.answer("later.json", 21, &[]);
        case.answer("latest.json", 22, &[]);
        case.answer_for("dashboard.json", DASHBOARD, 20, &[]);
        case.answer_for("dashboard-latest.json", DASHBOARD, 22, &[]);
        case.record("withdraw.json", "quarantine_secret_or_raw_payload", &[]);
        let folder = scratch_of(&example());
        for file in FILES {
            write(folder.path(), file, std::fs::read(case.path().join(file)).unwrap());
        }
        let journal = journal(case.path());
        Self {
            folder,
            repaired: journal.clone(),
            journal,
            steps: STEPS,
            next: &["intake", "latest.json"],
            harmless: RefCell::default(),
        }
    }

    /// No owner has answered, so the first step creates the folder.
    fn without_answers() -> Self {
        let mut before = Self::accepted();
        before.journal.clear();
        before.repaired.clear();
        Self { steps: &STEPS[..1], ..before }
    }

    /// A journal with an accepted answer, and two answers that are recorded together.
    fn batch() -> Self {
        let next = &["intake", "latest.json", "dashboard-latest.json"];
        Self { steps: BATCH, next, ..Self::accepted() }
    }

    /// No owner has answered, and many answers are recorded together. `None` if this disk is not synced as a whole.
    fn many() -> Option<Self> {
        let folder = scratch_on_disk()?;
        copy_all(&example(), folder.path());
        for (index, surface) in surface_ids().iter().take(MANY[0].len() - 1).enumerate() {
            for (name, day) in [(format!("{index}.json"), 20), (format!("{index}-next.json"), 22)] {
                write(folder.path(), &name, answer_of(surface, day, &[]));
            }
        }
        let before = Self::without_answers();
        Some(Self { folder, steps: MANY, next: MANY_NEXT, ..before })
    }

    /// A journal in which an interrupted step left a torn line and a document.
    fn interrupted() -> Self {
        let mut before = Self::accepted();
        let (name, events) =
            before.journal.iter_mut().find(|(name, _)| name.ends_with("events.jsonl")).unwrap();
        events.extend(b"{\"schema_version\":\"monitoring_jour");
        let orphan = name.replace("events.jsonl", &format!("{}.response.json", "a".repeat(64)));
        before.journal.insert(orphan, b"{}".to_vec());
        before
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes the step through `run`, and checks what it leaves. Returns whether the step was acknowledged.
    fn interrupt(&self, step: &[&str], run: impl FnOnce(&Path) -> Output) -> bool {
        put_journal(self.path(), &self.journal);
        let output = run(self.path());
        let context = format!("{step:?}: {}{}", stdout(&output), stderr(&output));
        let is_acknowledged = output.status.success();
        let after = journal(self.path());
        let taken = events(&after) - events(&self.journal);
        let documents = step.len() - 1;
        assert!(taken <= documents && (taken == documents || !is_acknowledged), "{context}");
        for (file, bytes) in self.repaired.iter().filter(|(file, _)| file.ends_with("events.jsonl"))
        {
            assert!(after[file].starts_with(bytes), "{context}");
        }
        if output.status.code().is_some_and(|code| code != 0) {
            // What was reported is there.
            assert!(stderr(&output).matches("recorded in ").count() <= taken, "{context}");
            // The step reported a failure, so nothing of it may be left. It may have repaired what was there before.
            for (file, bytes) in &after {
                if self.has_new_event(file, &after) {
                    continue;
                }
                let was_there = self.journal.get(file) == Some(bytes);
                // A line that was torn before may still be torn.
                let is_repaired = self.repaired.get(file).is_some_and(|repaired| {
                    repaired == bytes || file.ends_with("events.jsonl") && repaired == whole(bytes)
                });
                // `.gitattributes` is not part of a step.
                let is_attributes = file == ".gitattributes";
                assert!(was_there || is_repaired || is_attributes, "{context}{file}");
            }
            let is_kept =
                |file: &String| after.contains_key(file) || self.has_new_event(file, &after);
            assert!(self.repaired.keys().all(is_kept), "{context}");
        }
        if self.harmless.borrow_mut().insert((is_acknowledged, after)) {
            self.check_what_is_left(is_acknowledged, &context);
        }
        is_acknowledged
    }

    /// Whether the folder of a file has more events than before: then its step was recorded.
    fn has_new_event(&self, file: &str, after: &Files) -> bool {
        let Some((folder, _)) = file.rsplit_once('/') else { return false };
        let of_folder = |files: &Files| {
            let mut files = files.clone();
            files.retain(|file, _| file.starts_with(folder));
            events(&files)
        };
        of_folder(after) > of_folder(&self.journal)
    }

    /// Checks that `verify` finds only what an interrupted step may leave, and that the next step repairs it.
    fn check_what_is_left(&self, is_acknowledged: bool, context: &str) {
        let at = |args: &[&str]| tool(self.path()).args(args).output().unwrap();
        assert!(at(&["replay", "--output", LEDGER]).status.success(), "{context}");
        let found = at(&["verify", "--format", "json"]);
        for line in stdout(&found).lines().filter(|line| line.contains("\"code\"")) {
            let is_harmless = ["torn_event", "orphan_document", "attributes_differ"]
                .iter()
                .any(|code| line.contains(code));
            assert!(is_harmless && !is_acknowledged, "{context}{line}");
        }
        // The next step repairs it.
        let next = at(self.next);
        assert!(next.status.success(), "{context}{}", stderr(&next));
        assert!(at(&["replay", "--output", LEDGER]).status.success());
        assert_eq!(stdout(&at(&["verify"])), "OK: 12 candidates, runtime_gate=0\n", "{context}");
    }

    /// Injects `fault` into each of these calls of each step in turn. Returns how often the step was still
    /// acknowledged, and how often it was not.
    fn at_every_call(&self, names: &[&str], fault: &str) -> (usize, usize) {
        let (mut taken, mut interrupted) = (0, 0);
        for step in self.steps {
            put_journal(self.path(), &self.journal);
            for call in calls(self.path(), step, names) {
                let is_taken = self.interrupt(step, |folder| faulty(folder, step, &call, fault));
                *(if is_taken { &mut taken } else { &mut interrupted }) += 1;
            }
        }
        (taken, interrupted)
    }
}

/// The calls by which a step changes the file system.
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
    "linkat",
    "unlink",
    "unlinkat",
    "ftruncate",
];

/// The calls by which a step reads the file system, and locks the journal.
const QUERIES: &[&str] = &[
    "read",
    "pread64",
    "lseek",
    "statx",
    "newfstatat",
    "readlink",
    "readlinkat",
    "getdents64",
    "flock",
];

#[test]
fn a_kill_at_any_call_leaves_a_whole_step_or_none() {
    if is_installed("strace", "--version") {
        for (before, least) in [
            (Before::accepted(), 40),
            (Before::without_answers(), 15),
            (Before::interrupted(), 40),
            (Before::batch(), 30),
        ] {
            let (_, count) = before.at_every_call(CHANGES, "signal=SIGKILL");
            assert!(count > least, "{count}");
        }
    }
}

#[test]
fn a_failure_of_any_call_leaves_a_whole_step_or_none() {
    if is_installed("strace", "--version") {
        let all = &[CHANGES, QUERIES].concat();
        for (before, names, error, least) in [
            (Before::accepted(), &all[..], "error=EIO", 60),
            (Before::accepted(), CHANGES, "error=ENOSPC", 30),
            (Before::without_answers(), CHANGES, "error=EDQUOT", 12),
            (Before::interrupted(), all, "error=EIO", 60),
            (Before::batch(), CHANGES, "error=EIO", 20),
        ] {
            let (_, count) = before.at_every_call(names, error);
            assert!(count > least, "{error}: {count}");
        }
    }
}

#[test]
fn a_sync_of_the_file_system_that_is_interrupted_leaves_whole_steps_or_none() {
    let before = is_installed("strace", "--version").then(Before::many).flatten();
    if let Some(before) = before {
        // One call for the documents, and one for the events.
        assert_eq!(before.at_every_call(&["syncfs"], "signal=SIGKILL"), (0, 2));
        // If it fails, each file is synced.
        assert_eq!(before.at_every_call(&["syncfs"], "error=EIO"), (2, 0));
        let (_, failed) = before.at_every_call(&["write"], "error=EIO");
        assert!(failed >= 16, "{failed}");
    }
}

#[test]
fn a_call_that_a_signal_interrupts_is_made_again() {
    if is_installed("strace", "--version") {
        let before = Before::interrupted();
        let calls = ["write", "fsync", "openat", "read"];
        let (taken, failed) = before.at_every_call(&calls, "error=EINTR");
        // Only the listing of a folder is not repeated. At that time the step has not changed anything.
        assert!(taken > 60 && failed <= before.steps.len(), "{taken}, {failed}");
    }
}

#[test]
fn a_write_that_writes_nothing_leaves_a_whole_step_or_none() {
    if is_installed("strace", "--version") {
        let (_, failed) = Before::accepted().at_every_call(&["write"], "retval=0");
        assert!(failed > 4, "{failed}");
    }
}

/// The system writes a part of a text, and refuses the rest.
#[test]
fn a_write_that_comes_short_leaves_a_whole_step_or_none() {
    for before in [Before::accepted(), Before::interrupted()] {
        for step in STEPS {
            let mut blocks = 0;
            while !before.interrupt(step, |folder| limited(folder, step, blocks)) {
                blocks += 1;
                assert!(blocks < 40, "no step writes that much");
            }
            assert!(blocks > 2, "{blocks}");
        }
    }
}

#[test]
fn a_step_that_fails_gives_no_acceptance_back_that_a_torn_line_suspends() {
    let before = Before::interrupted();
    let lane = || {
        let output = tool(before.path()).args(["status", RULES]).output().unwrap();
        stdout(&output).lines().nth(1).unwrap().to_owned()
    };
    put_journal(before.path(), &before.journal);
    let suspended = "  ready_for_monitoring_review, waiting on a reviewer";
    assert!(lane().starts_with(suspended), "{}", lane());
    let output = limited(before.path(), STEPS[0], 0);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(lane().starts_with(suspended), "{}", lane());
}

/// Runs the tool with a limit: no file may become longer than `blocks` blocks.
pub(super) fn limited(folder: &Path, step: &[&str], blocks: usize) -> Output {
    // Without the trap, the signal would kill the tool, and no write would fail.
    let mut command = Command::new("sh");
    command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    command.arg(env!("CARGO_BIN_EXE_acceptance-ledger")).args(step).current_dir(folder);
    command.env("GIT_CEILING_DIRECTORIES", "/").output().unwrap()
}

#[test]
fn a_kill_at_a_random_moment_leaves_a_whole_step_or_none() {
    let before = Before::accepted();
    let mut killed = 0;
    for turn in 0..60_u64 {
        let step = STEPS[usize::from(turn % 2 == 1)];
        before.interrupt(step, |folder| {
            let mut child = tool(folder)
                .args(step)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(turn * 331 % 9_000));
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            killed += usize::from(output.status.code().is_none());
            output
        });
    }
    assert!(killed > 5, "{killed}");
}
