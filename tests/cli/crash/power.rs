//! What a power cut leaves of a step. Anything that was not synced may be on the disk, or only a part of it, or
//! nothing.
//!
//! The test records a step once, call by call. For each call it builds every disk that a power cut right after the call
//! may leave. Bytes that were not synced are there, absent, cut off or zeros. Names that were not synced are there or
//! not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::disk::{Disk, Operation, record};
use super::{Call, Files, calls, journal, scratch_of, scratch_on_disk};
use crate::batches::three_answers;
use crate::case::{Case, DASHBOARD, JOURNAL, LEDGER, RULES, answer_of, surface_ids};
use crate::signatures::{RECORD, RESPONSE, sign, signed_case};
use crate::tool::{copy_all, example, is_installed, stderr, stdout, tool, write};

/// A step, and the repository in which the test takes it.
struct Step {
    root: TempDir,
    args: Vec<&'static str>,
    /// The step after the power is back.
    next: Vec<&'static str>,
    /// The journal before the step.
    before: Files,
    /// The event lines of the surface that count before the step.
    acknowledged: Vec<u8>,
    /// The event files of the other surfaces before the step.
    acknowledged_files: Files,
    /// The lanes in which the surface may be: before the step, after it, and after an interruption.
    lanes: Vec<String>,
}

const EVENTS: &str = "events.jsonl";

/// The answer of the next step, after the power is back.
const NEXT: &str = "next.json";

/// Reads the files of the journal. The paths are relative to the root.
fn journal_of(root: &Path) -> Files {
    let files = journal(root).into_iter();
    files.map(|(file, bytes)| (format!("{JOURNAL}/{file}"), bytes)).collect()
}

/// Removes the folders from a set of files.
fn files_of(mut disk: Files) -> Files {
    disk.retain(|path, _| !path.ends_with('/'));
    disk
}

/// Returns the event lines of the rules.
fn events_in(files: &Files) -> Vec<u8> {
    let name = |file: &&String| file.contains("prometheus_rules") && file.ends_with(EVENTS);
    files.keys().find(name).map(|file| files[file].clone()).unwrap_or_default()
}

/// Replaces the journal by this one, and removes the ledger.
fn put(root: &Path, disk: &Files) {
    let _ = std::fs::remove_dir_all(root.join(JOURNAL));
    let _ = std::fs::remove_file(root.join(LEDGER));
    for (path, bytes) in disk {
        match path.strip_suffix('/') {
            Some(folder) => std::fs::create_dir_all(root.join(folder)).unwrap(),
            None => drop(write(root, path, bytes)),
        }
    }
}

/// Returns the lane of the rules, as `status` shows it.
fn lane_at(root: &Path) -> String {
    let output = tool(root).args(["status", RULES, "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let status: Value = serde_json::from_str(stdout(&output)).unwrap();
    status["lane"].as_str().unwrap().to_owned()
}

impl Step {
    fn new(case: &Case, args: &[&'static str]) -> Self {
        if !case.path().join(NEXT).exists() {
            case.answer(NEXT, 27, &[]);
        }
        let root = scratch_of(case.path());
        let before = journal_of(root.path());
        let lane = lane_at(root.path());
        let events = events_in(&before);
        // A line that was cut off may have been a hold, so it suspends an acceptance.
        let suspended = (lane == ACCEPTED).then(|| "ready_for_monitoring_review".to_owned());
        let lanes = suspended.into_iter().chain([lane]).collect();
        let next = vec!["intake", NEXT];
        let mut acknowledged_files = before.clone();
        acknowledged_files
            .retain(|file, _| file.ends_with(EVENTS) && !file.contains("prometheus_rules"));
        Self {
            root,
            args: args.to_vec(),
            next,
            before,
            acknowledged: events,
            acknowledged_files,
            lanes,
        }
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    /// Cuts the power after every call, and checks every disk that may be found. Returns how many there were.
    fn cut_the_power(&mut self) -> usize {
        let before = Disk::with(&self.before);
        let (operations, after) = self.take();
        self.lanes.push(lane_at(self.path()));
        let (count, disk) = self.cut_after_each(before, &operations);
        assert_eq!(
            files_of(disk.now()),
            after,
            "the recorded operations do not lead to the files of the step"
        );
        // The step was acknowledged, so all of it must be there.
        for possible in disk.possible() {
            assert_eq!(files_of(possible), after, "{:?}", self.args);
        }
        count
    }

    /// Takes the step. Returns its operations and the journal after it.
    fn take(&self) -> (Vec<Operation>, Files) {
        put(self.path(), &self.before);
        let (code, operations) = record(self.path(), &[], &self.args);
        assert_eq!(code, 0, "{:?}", self.args);
        (operations, journal_of(self.path()))
    }

    /// Applies these operations, and cuts the power after each. Returns how many disks may be found, and the last disk.
    fn cut_after_each(&self, mut disk: Disk, operations: &[Operation]) -> (usize, Disk) {
        let mut found = BTreeSet::new();
        let mut faults = BTreeMap::new();
        for (index, operation) in operations.iter().enumerate() {
            disk.apply(operation);
            for possible in disk.possible() {
                if found.insert(possible.clone())
                    && let Some(fault) = self.fault(&possible)
                {
                    let place = format!("after operation {} of {}", index + 1, operations.len());
                    faults.entry(fault).or_insert_with(|| format!("{place}\n{}", shown(&possible)));
                }
            }
        }
        let faults: Vec<_> =
            faults.iter().map(|(fault, disk)| format!("{fault}\n{disk}")).collect();
        assert!(faults.is_empty(), "{:?}\n{}", self.args, faults.join("\n"));
        (found.len(), disk)
    }

    /// Returns what is wrong with a disk, or `None`.
    fn fault(&self, disk: &Files) -> Option<String> {
        put(self.path(), disk);
        let at = |args: &[&str]| tool(self.path()).args(args).output().unwrap();
        let status = at(&["status", RULES, "--format", "json"]);
        let status: Value = serde_json::from_str(stdout(&status)).unwrap();
        let Some(lane) = status["lane"].as_str() else {
            return Some(format!("the journal is broken: {}", status["journal_faults"]));
        };
        if !self.lanes.iter().any(|allowed| allowed == lane) {
            return Some(format!("the lane is {lane}, expected one of {:?}", self.lanes));
        }
        assert!(at(&["replay", "--output", LEDGER]).status.success());
        let found = at(&["verify", "--format", "json"]);
        let report: Value = serde_json::from_str(stdout(&found)).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            let code = finding["code"].as_str().unwrap();
            if !["torn_event", "orphan_document", "attributes_differ"].contains(&code) {
                return Some(finding.to_string());
            }
        }
        let next = at(&self.next);
        if !next.status.success() {
            return Some(format!("the next step fails: {}", stderr(&next)));
        }
        let journal = journal_of(self.path());
        let is_kept = |(file, events): (&String, &Vec<u8>)| {
            journal.get(file).is_some_and(|now| now.starts_with(events))
        };
        if !events_in(&journal).starts_with(&self.acknowledged)
            || !self.acknowledged_files.iter().all(is_kept)
        {
            return Some("an acknowledged event is missing".to_owned());
        }
        assert!(at(&["replay", "--output", LEDGER]).status.success());
        let found = at(&["verify"]);
        let is_ok = stdout(&found) == "OK: 12 candidates, runtime_gate=0\n";
        (!is_ok).then(|| format!("the next step does not repair it: {}", stdout(&found)))
    }
}

/// Shows a disk in short lines, so that a person can compare two of them.
fn shown(disk: &Files) -> String {
    let mut text = String::new();
    for (path, bytes) in disk {
        let path = path.strip_prefix(JOURNAL).unwrap_or(path);
        let last = bytes.split_inclusive(|byte| *byte == b'\n').next_back().unwrap_or_default();
        let last = if path.ends_with(EVENTS) { last } else { &last[..last.len().min(20)] };
        writeln!(text, "  {path}: {} bytes, last: {}", bytes.len(), last.escape_ascii()).unwrap();
    }
    text.replace("\\x00\\x00\\x00\\x00", "0").replace("00000000", "0")
}

const ACCEPTED: &str = "waiting_runtime_gate";
const HOLD: &str = "receiver_receipt_gap_required";
const QUARANTINE: &str = "quarantine_secret_or_raw_payload";

/// A case in which an answer was accepted, with the files for each next step.
fn accepted() -> Case {
    let case = Case::accepted();
    case.answer("later.json", 21, &[]);
    case.record("withdraw.json", QUARANTINE, &[]);
    case.record("hold.json", HOLD, &[]);
    case
}

#[test]
fn a_power_cut_leaves_a_whole_step_or_none() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    let count = Step::new(&case, &["intake", "answer.json"]).cut_the_power();
    assert!(count > 40, "{count}");
    case.run_to(0, &["intake", "answer.json"]);
    case.record("record.json", "owner_review_only_update", &[]);
    let mut count = Step::new(&case, &["review", "record.json"]).cut_the_power();
    let case = accepted();
    for args in [["intake", "later.json"], ["review", "hold.json"], ["review", "withdraw.json"]] {
        count += Step::new(&case, &args).cut_the_power();
    }
    assert!(count > 80, "{count}");
}

#[test]
fn a_power_cut_gives_no_acceptance_back_that_was_revoked() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = accepted();
    let answer = case.files(".response.json").remove(0);
    let bytes = std::fs::read(&answer).unwrap();
    case.run_to(0, &["review", "hold.json"]);
    for args in [["intake", "later.json"], ["review", "withdraw.json"]] {
        let mut step = Step::new(&case, &args);
        assert_eq!(step.lanes, [HOLD]);
        step.cut_the_power();
        assert!(step.lanes.iter().all(|lane| lane != ACCEPTED));
    }
    // An interrupted withdrawal left the answer.
    case.run_to(0, &["review", "withdraw.json"]);
    std::fs::write(&answer, bytes).unwrap();
    Step::new(&case, &["intake", "later.json"]).cut_the_power();
}

#[test]
fn a_power_cut_leaves_a_whole_signed_step_or_none() {
    if !is_installed("strace", "--version") || !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let answers = [("answer.json", 20), ("later.json", 21), (NEXT, 27)];
    for (file, day) in answers {
        case.answer(file, day, &[("responder", json!("ada@example.com"))]);
        sign(&case, "ada", RESPONSE, file);
    }
    case.run_to(0, &["intake", "answer.json"]);
    let reviewer = [("reviewer", json!("rex@example.com"))];
    case.record("withdraw.json", QUARANTINE, &reviewer);
    sign(&case, "rex", RECORD, "withdraw.json");
    for args in [["intake", "later.json"], ["review", "withdraw.json"]] {
        let count = Step::new(&case, &args).cut_the_power();
        assert!(count > 30, "{count}");
    }
}

#[test]
fn a_power_cut_behind_another_leaves_a_document_that_the_next_step_removes() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = accepted();
    let orphan = case.surface_folder().join(format!("{}.response.json", "a".repeat(64)));
    std::fs::write(&orphan, "{}").unwrap();
    Step::new(&case, &["intake", "later.json"]).cut_the_power();
}

#[test]
fn a_torn_line_suspends_an_acceptance_until_an_event_takes_its_place() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = accepted();
    let whole = std::fs::read(case.events()).unwrap();
    let held = events_in(&Step::new(&case, &["review", "hold.json"]).take().1);
    for torn in [&held[whole.len()..held.len() - 30], &[0; 400]] {
        std::fs::write(case.events(), [&whole, torn].concat()).unwrap();
        for args in [["intake", "later.json"], ["review", "withdraw.json"]] {
            let mut step = Step::new(&case, &args);
            step.acknowledged.clone_from(&whole);
            step.cut_the_power();
        }
    }
}

#[test]
fn an_event_that_lacks_its_line_break_stays_when_the_power_goes_at_the_next() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = accepted();
    let whole = std::fs::read(case.events()).unwrap();
    std::fs::write(case.events(), &whole[..whole.len() - 1]).unwrap();
    for args in [["intake", "later.json"], ["review", "withdraw.json"]] {
        Step::new(&case, &args).cut_the_power();
    }
}

#[test]
fn a_power_cut_leaves_each_step_of_a_batch_whole_or_none() {
    if !is_installed("strace", "--version") {
        return;
    }
    let (case, [rules, dashboard, _]) = three_answers();
    // Both surfaces have an event before, which must outlast the cut.
    case.run_to(0, &["intake", rules, dashboard]);
    case.answer("later.json", 21, &[]);
    case.answer_for("later-dashboard.json", DASHBOARD, 21, &[]);
    case.answer_for("next-dashboard.json", DASHBOARD, 27, &[]);
    let mut step = Step::new(&case, &["intake", "later.json", "later-dashboard.json"]);
    step.next.push("next-dashboard.json");
    let count = step.cut_the_power();
    assert!(count > 60, "{count}");
}

#[test]
fn all_documents_are_on_the_disk_before_the_first_event() {
    if !is_installed("strace", "--version") {
        return;
    }
    let (case, files) = three_answers();
    let root = scratch_of(case.path());
    let (code, operations) = record(root.path(), &[], &[&["intake"], &files[..]].concat());
    assert_eq!(code, 0);
    let places = |is_it: &dyn Fn(&Operation) -> bool| -> Vec<usize> {
        let found = operations.iter().enumerate().filter(|(_, operation)| is_it(operation));
        found.map(|(at, _)| at).collect()
    };
    let ends = |path: &str, end: &str| path.ends_with(end);
    let documents = places(
        &|operation| matches!(operation, Operation::SyncFile(path) if ends(path, ".response.json")),
    );
    let added = places(
        &|operation| matches!(operation, Operation::Add(path, _) if ends(path, "events.jsonl")),
    );
    let synced = places(
        &|operation| matches!(operation, Operation::SyncFile(path) if ends(path, "events.jsonl")),
    );
    assert_eq!([documents.len(), added.len(), synced.len()], [3; 3], "{operations:?}");
    assert!(documents.last() < added.first() && added.last() < synced.first(), "{operations:?}");
}

/// Records so many answers that the tool syncs the whole file system. They are too many to try each disk after each call.
#[test]
fn many_documents_are_on_the_disk_before_the_first_event() {
    let root = is_installed("strace", "--version").then(scratch_on_disk).flatten();
    let Some(root) = root else { return };
    copy_all(&example(), root.path());
    let mut args = vec!["intake".to_owned()];
    for (index, surface) in surface_ids().iter().enumerate() {
        let file = format!("{index}.json");
        write(root.path(), &file, answer_of(surface, 20, &[]));
        args.push(file);
    }
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (code, operations) = record(root.path(), &[], &args);
    assert_eq!(code, 0);
    let mut disk = Disk::with(&Files::new());
    let mut events = 0;
    for operation in &operations {
        if matches!(operation, Operation::Add(path, _) if path.ends_with(EVENTS)) {
            let documents = |mut files: Files| {
                files.retain(|path, _| path.ends_with(".response.json"));
                files
            };
            let certain = documents(disk.certain());
            assert_eq!(certain, documents(disk.now()), "{operations:?}");
            assert_eq!(certain.len(), args.len() - 1);
            events += 1;
        }
        disk.apply(operation);
    }
    assert_eq!(events, args.len() - 1);
    let syncs = operations.iter().filter(|operation| **operation == Operation::SyncAll);
    assert_eq!(syncs.count(), 2, "{operations:?}");
    assert_eq!(files_of(disk.certain()), journal_of(root.path()));
}

/// A step is killed after each of its calls in turn. The next step is acknowledged, and then the power fails.
#[test]
fn a_step_that_is_acknowledged_behind_a_killed_one_outlasts_a_power_cut() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    let mut step = Step::new(&case, &["intake", "answer.json"]);
    let (operations, _) = step.take();
    step.args = vec!["intake", NEXT];
    let mut disk = Disk::with(&Files::new());
    for killed_after in &operations {
        disk.apply(killed_after);
        step.before = disk.now();
        let (operations, after) = step.take();
        let mut disk = disk.clone();
        for operation in &operations {
            disk.apply(operation);
        }
        for possible in disk.possible() {
            // `.gitattributes` is not part of a step. If it is missing, verify reports it and the next step writes
            // it.
            let steps = |files: Files| {
                let mut files = files_of(files);
                files.retain(|path, _| !path.ends_with(".gitattributes"));
                files
            };
            assert_eq!(steps(possible), steps(after.clone()), "{killed_after:?}");
        }
    }
}

/// A call of a step fails, the step removes what it wrote, and then the power fails.
#[test]
fn a_step_that_failed_does_not_come_back_broken_when_the_power_goes() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = accepted();
    for args in [["intake", "later.json"], ["review", "withdraw.json"]] {
        let mut step = Step::new(&case, &args);
        let done = lane_after(&step);
        step.lanes.push(done);
        put(step.path(), &step.before);
        for Call { name, when, .. } in calls(step.path(), &args, &["write", "fsync"]) {
            let inject = format!("inject={name}:error=EIO:when={when}");
            put(step.path(), &step.before);
            let (code, operations) = record(step.path(), &["-e", &inject], &args);
            if code != 0 && journal_of(step.path()) == step.before {
                step.cut_after_each(Disk::with(&step.before), &operations);
            }
        }
    }
}

/// Returns the lane of the surface after the step.
fn lane_after(step: &Step) -> String {
    step.take();
    lane_at(step.path())
}

#[test]
fn an_output_is_old_or_new_when_the_power_goes() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = Case::accepted();
    let schema = "docs/monitoring_owner_response_v1.schema.json";
    for (args, outputs) in [
        (&["replay", "--output", LEDGER][..], &[LEDGER][..]),
        (&["generate", "--output", LEDGER], &[LEDGER]),
        (&["template", RULES, "--review", "--output", "docs/record.json"], &["docs/record.json"]),
        (&["template", RULES, "--output", "docs/answer.json"], &["docs/answer.json", schema]),
    ] {
        let root = scratch_of(case.path());
        let old = b"before".to_vec();
        let before: Files = [LEDGER, schema].map(|file| (file.to_owned(), old.clone())).into();
        for (file, bytes) in &before {
            write(root.path(), file, bytes);
        }
        let (code, operations) = record(root.path(), &[], args);
        assert_eq!(code, 0, "{args:?}");
        let mut disk = Disk::with(&before);
        let mut count = 0;
        for operation in &operations {
            disk.apply(operation);
            for possible in disk.possible() {
                count += 1;
                for output in outputs {
                    let (found, new) = (possible.get(*output), read_in(root.path(), output));
                    assert!(
                        found == before.get(*output) || found == Some(&new),
                        "{args:?}: {output}"
                    );
                }
            }
        }
        assert!(count > 10, "{args:?}: {count}");
        // The output was acknowledged, so it must be there.
        for possible in disk.possible() {
            assert!(outputs.iter().all(|output| possible[*output] == read_in(root.path(), output)));
        }
    }
}

#[test]
fn an_output_in_a_new_folder_outlasts_a_power_cut() {
    if !is_installed("strace", "--version") {
        return;
    }
    let root = scratch_of(Case::accepted().path());
    let output = "docs/new/folder/ledger.json";
    let (code, operations) = record(root.path(), &[], &["replay", "--output", output]);
    assert_eq!(code, 0);
    let mut disk = Disk::with(&Files::new());
    for operation in &operations {
        disk.apply(operation);
    }
    for possible in disk.possible() {
        assert_eq!(possible.get(output), Some(&read_in(root.path(), output)));
    }
}

fn read_in(root: &Path, file: &str) -> Vec<u8> {
    std::fs::read(root.join(file)).unwrap()
}
