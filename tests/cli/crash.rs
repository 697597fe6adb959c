//! What is left when a step is interrupted at any moment: it happened whole or not at all, and no acknowledged step
//! is missing.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::case::{Case, JOURNAL, folders};
use crate::tool::{
    OWNER_REQUESTS, copy_of, example, is_installed, names, stderr, stdout, tool, write,
};

/// Every file of the journal.
fn journal(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in folders(root) {
        for name in names(&root.join(JOURNAL).join(&folder)) {
            let path = root.join(JOURNAL).join(&folder).join(&name);
            files.insert(format!("{folder}/{name}"), std::fs::read(path).unwrap());
        }
    }
    files
}

fn events(files: &BTreeMap<String, Vec<u8>>) -> usize {
    let events = files.iter().filter(|(name, _)| name.ends_with("events.jsonl"));
    events.map(|(_, bytes)| whole(bytes).split_inclusive(|byte| *byte == b'\n').count()).sum()
}

/// The lines of a file that have their line break.
fn whole(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &bytes[..end]
}

/// A journal, and the steps that can come next.
struct Before {
    case: Case,
    journal: BTreeMap<String, Vec<u8>>,
    /// The journal without what an interrupted step left in it.
    mended: BTreeMap<String, Vec<u8>>,
    steps: &'static [&'static [&'static str]],
}

/// Another answer, and a record that withdraws the one that is there.
const STEPS: &[&[&str]] = &[&["intake", "later.json"], &["review", "withdraw.json"]];

const FILES: [&str; 3] = ["later.json", "latest.json", "withdraw.json"];

impl Before {
    /// An answer was accepted.
    fn accepted() -> Self {
        let case = Case::accepted();
        case.answer("later.json", 21, &[]);
        case.answer("latest.json", 22, &[]);
        case.record("withdraw.json", "quarantine_secret_or_raw_payload", &[]);
        let journal = journal(case.path());
        Self { case, mended: journal.clone(), journal, steps: STEPS }
    }

    /// Nobody has answered: the first step makes the folder.
    fn without_answers() -> Self {
        let mut before = Self::accepted();
        before.journal.clear();
        before.mended.clear();
        Self { steps: &STEPS[..1], ..before }
    }

    /// An interrupted step left a torn line and a document.
    fn interrupted() -> Self {
        let mut before = Self::accepted();
        let (name, events) =
            before.journal.iter_mut().find(|(name, _)| name.ends_with("events.jsonl")).unwrap();
        events.extend(b"{\"schema_version\":\"monitoring_jour");
        let orphan = name.replace("events.jsonl", &format!("{}.response.json", "a".repeat(64)));
        before.journal.insert(orphan, b"{}".to_vec());
        before
    }

    /// Takes the step in a copy, through `run`, and holds what is left against what it may be. Says whether the step
    /// was acknowledged.
    fn interrupt(&self, step: &[&str], run: impl FnOnce(&Path) -> Output) -> bool {
        let copy = copy_of(&example());
        for file in FILES {
            write(copy.path(), file, std::fs::read(self.case.path().join(file)).unwrap());
        }
        for (file, bytes) in &self.journal {
            write(copy.path(), &format!("{JOURNAL}/{file}"), bytes);
        }
        if !self.journal.is_empty() {
            let attributes = format!("{JOURNAL}/.gitattributes");
            let bytes = std::fs::read(self.case.path().join(&attributes)).unwrap();
            write(copy.path(), &attributes, bytes);
        }
        let output = run(copy.path());
        let told = format!("{step:?}: {}{}", stdout(&output), stderr(&output));
        let is_acknowledged = output.status.success();
        let after = journal(copy.path());
        let taken = events(&after) - events(&self.journal);
        assert!(taken <= 1 && (taken == 1 || !is_acknowledged), "{told}");
        for (file, bytes) in self.mended.iter().filter(|(file, _)| file.ends_with("events.jsonl")) {
            assert!(after[file].starts_with(bytes), "{told}");
        }
        if output.status.code().is_some_and(|code| code != 0) && taken == 0 {
            // It failed and knew it: nothing is left of it, though it may have mended what was there.
            for (file, bytes) in &after {
                let was_there = self.journal.get(file) == Some(bytes);
                assert!(was_there || self.mended.get(file) == Some(bytes), "{told}{file}");
            }
            assert!(self.mended.keys().all(|file| after.contains_key(file)), "{told}");
        }

        // What verify finds is what an interrupted step may leave, and nothing else.
        let at = |args: &[&str]| tool(copy.path()).args(args).output().unwrap();
        let ledger = "docs/security/monitoring-owner-response-acceptance.snapshot.json";
        assert!(at(&["replay", "--output", ledger]).status.success(), "{told}");
        let found = at(&["verify", "--format", "json"]);
        for line in stdout(&found).lines().filter(|line| line.contains("\"code\"")) {
            let is_harmless = ["torn_event", "orphan_document", "attributes_differ"]
                .iter()
                .any(|code| line.contains(code));
            assert!(is_harmless && !is_acknowledged, "{told}{line}");
        }
        // And the next step mends it.
        let next = at(&["intake", "latest.json"]);
        assert!(next.status.success(), "{told}{}", stderr(&next));
        assert!(at(&["replay", "--output", ledger]).status.success());
        assert_eq!(stdout(&at(&["verify"])), "OK: 12 candidates, runtime_gate=0\n", "{told}");
        is_acknowledged
    }
}

/// The tool under strace, which does `fault` to it.
fn faulty(folder: &Path, step: &[&str], fault: &str) -> Output {
    Command::new("strace")
        .current_dir(folder)
        // Its folders would be searched first, at many calls.
        .env_remove("LD_LIBRARY_PATH")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={fault}")])
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .args(step)
        .output()
        .unwrap()
}

/// What a step does to the file system.
const CALLS: [&str; 6] = ["write", "fsync", "openat", "mkdir", "unlink", "ftruncate"];

/// Interrupts each step at each call in turn, until it is no longer reached. Gives how often a step was interrupted.
fn at_every_call(before: &Before, fault: &str) -> usize {
    /// Some calls do no harm when they fail.
    const HARMLESS: usize = 6;
    let mut interrupted = 0;
    for step in before.steps {
        for call in CALLS {
            let mut unharmed = 0;
            for when in 1.. {
                assert!(when < 60, "{call} is reached without end");
                let fault = format!("{call}:{fault}:when={when}");
                if before.interrupt(step, |folder| faulty(folder, step, &fault)) {
                    unharmed += 1;
                } else {
                    unharmed = 0;
                    interrupted += 1;
                }
                if unharmed == HARMLESS {
                    break;
                }
            }
        }
    }
    interrupted
}

#[test]
fn a_kill_at_any_call_leaves_a_whole_step_or_none() {
    if is_installed("strace", "--version") {
        for (before, least) in
            [(Before::accepted(), 40), (Before::without_answers(), 15), (Before::interrupted(), 40)]
        {
            let count = at_every_call(&before, "signal=SIGKILL");
            assert!(count > least, "{count}");
        }
    }
}

#[test]
fn a_failure_of_any_call_leaves_a_whole_step_or_none() {
    if is_installed("strace", "--version") {
        for (before, error, least) in [
            (Before::accepted(), "error=EIO", 30),
            (Before::accepted(), "error=ENOSPC", 30),
            (Before::without_answers(), "error=ENOSPC", 12),
            (Before::interrupted(), "error=ENOSPC", 30),
        ] {
            let count = at_every_call(&before, error);
            assert!(count > least, "{count}");
        }
    }
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

#[test]
fn a_full_disk_leaves_nothing_of_a_step() {
    let before = Before::accepted();
    for step in STEPS {
        let is_done = before.interrupt(step, |folder| {
            // No file may grow: not the document's, and not the events'.
            Command::new("sh")
                .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
                .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
                .args(*step)
                .current_dir(folder)
                .output()
                .unwrap()
        });
        assert!(!is_done);
    }
}

#[test]
fn eight_writers_at_once_lose_nothing() {
    let case = Case::new();
    let draft = std::fs::read(case.path().join(OWNER_REQUESTS)).unwrap();
    let draft: serde_json::Value = serde_json::from_slice(&draft).unwrap();
    let surfaces: Vec<_> = draft["request_drafts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|draft| draft["surface_id"].as_str().unwrap().to_owned())
        .collect();
    let at_once = |files: &[String]| -> usize {
        let writers: Vec<_> = files
            .iter()
            .map(|file| {
                let mut command = tool(case.path());
                command.args(["intake", file]).stdout(Stdio::null()).stderr(Stdio::null());
                command.spawn().unwrap()
            })
            .collect();
        writers.into_iter().map(|mut writer| usize::from(writer.wait().unwrap().success())).sum()
    };
    let one: Vec<_> = (1..=8).map(|day| format!("one-{day}.json")).collect();
    for (day, file) in (1..).zip(&one) {
        case.answer(file, day, &[("rollback_owner", json!(format!("group {day}")))]);
    }
    let taken = at_once(&one);
    assert!((1..=8).contains(&taken));
    assert_eq!(events(&journal(case.path())), taken);
    let many: Vec<_> =
        surfaces.iter().take(8).map(|id| format!("{}.json", id.replace('/', "-"))).collect();
    for (id, file) in surfaces.iter().zip(&many) {
        case.answer_for(file, id, 20, &[]);
    }
    assert_eq!(at_once(&many), 8);
    assert_eq!(events(&journal(case.path())), taken + 8);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}
