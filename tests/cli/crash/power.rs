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

use super::{Call, Files, calls, journal, scratch, scratch_of, traced};
use crate::case::{Case, JOURNAL, LEDGER, RULES};
use crate::signatures::{RECORD, RESPONSE, sign, signed_case};
use crate::tool::{is_installed, stderr, stdout, tool, write};

/// One change or sync that a step asks the file system for. Paths are relative to the root.
#[derive(Clone, Debug, PartialEq)]
enum Operation {
    /// Creates a file, or a folder if the path ends with a slash.
    Make(String),
    /// Truncates a file to a length.
    Cut(String, usize),
    /// Appends bytes to a file.
    Add(String, Vec<u8>),
    /// Writes bytes at an offset.
    Put(String, usize, Vec<u8>),
    Rename(String, String),
    Unlink(String),
    SyncFile(String),
    SyncFolder(String),
}

/// The calls by which a step could change or sync something.
const CALLS: &str = "trace=?openat,?write,?ftruncate,?fsync,?fdatasync,?rename,?renameat,?renameat2,?link,?linkat,\
                     ?unlink,?unlinkat,?mkdir,?mkdirat,?pwrite64,?writev,?fallocate,?copy_file_range,?sendfile";

/// The calls that this model of a disk knows. The test fails on any other one of [`CALLS`].
const KNOWN: [&str; 12] = [
    "openat",
    "write",
    "ftruncate",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "pwrite64",
];

/// Runs a step under strace. Returns its exit code and its operations below the root.
fn record(root: &Path, strace: &[&str], args: &[&str]) -> (i32, Vec<Operation>) {
    let folder = scratch();
    let file = folder.path().join("trace");
    let record = ["-y", "-xx", "-s", "1000000", "-o", file.to_str().unwrap(), "-e", CALLS];
    let output = traced(root, &[&record, strace].concat(), args);
    let code = output.status.code().unwrap();
    let root = root.canonicalize().unwrap();
    let trace = std::fs::read_to_string(&file).unwrap();
    (code, trace.lines().flat_map(|line| operations(line, &root)).collect())
}

/// Parses the operations of one line of a trace.
fn operations(line: &str, root: &Path) -> Vec<Operation> {
    let Some((call, result)) = line.rsplit_once(" = ") else { return Vec::new() };
    let (call, arguments) = call.split_once('(').unwrap();
    let call = call.rsplit(' ').next().unwrap();
    if result.starts_with('-') {
        // A call that fails changes nothing. After a failed sync, anything may be on the disk, as without the sync.
        return Vec::new();
    }
    assert!(KNOWN.contains(&call), "unknown call {call}: add it to the model of the disk");
    // strace prints texts in quotes, and the path of a descriptor in angle brackets.
    let texts: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(unhex).collect();
    let below_root = |path: &[u8]| {
        let path = root.join(std::str::from_utf8(path).unwrap());
        Some(path.strip_prefix(root).ok()?.to_str().unwrap().to_owned())
    };
    let named = |index: usize| below_root(&texts[index]);
    let opened = || {
        let path = arguments.split(['<', '>']).nth(1).unwrap();
        below_root(&unhex(path)).filter(|_| path.starts_with("\\x2f"))
    };
    let last_number = || arguments.rsplit([' ', ')']).nth(1).unwrap().parse().unwrap();
    let operation = match call {
        "openat" if !arguments.contains("O_CREAT") && !arguments.contains("O_TRUNC") => None,
        "openat" => {
            let made = named(0).map(Operation::Make).filter(|_| arguments.contains("O_CREAT"));
            let cut = named(0).map(|path| Operation::Cut(path, 0));
            let cut = cut.filter(|_| arguments.contains("O_TRUNC"));
            return made.into_iter().chain(cut).collect();
        }
        "mkdir" => named(0).map(|path| Operation::Make(path + "/")),
        "write" => {
            let length: usize = result.parse().unwrap();
            opened().map(|path| Operation::Add(path, texts[0][..length].to_vec()))
        }
        "ftruncate" => opened().map(|path| Operation::Cut(path, last_number())),
        "pwrite64" => opened().map(|path| Operation::Put(path, last_number(), texts[0].clone())),
        "rename" | "renameat" | "renameat2" => {
            named(0).map(|from| Operation::Rename(from, named(1).unwrap()))
        }
        "unlink" | "unlinkat" => named(0).map(Operation::Unlink),
        "fsync" | "fdatasync" => opened().map(|path| {
            if root.join(&path).is_dir() {
                Operation::SyncFolder(path)
            } else {
                Operation::SyncFile(path)
            }
        }),
        _ => None,
    };
    operation.into_iter().collect()
}

/// Decodes the `\x2f` escapes of strace.
fn unhex(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

/// A change of the bytes of a file.
#[derive(Clone, Debug)]
enum Change {
    Cut(usize),
    Add(Vec<u8>),
    Put(usize, Vec<u8>),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Cut(length) => bytes.truncate(*length),
            Self::Add(more) => bytes.extend(more),
            Self::Put(at, others) => {
                bytes.resize(bytes.len().max(at + others.len()), 0);
                bytes[*at..at + others.len()].copy_from_slice(others);
            }
        }
    }
}

/// A file: the bytes that are certainly on the disk, and the changes since then.
#[derive(Clone, Debug, Default)]
struct Inode {
    synced: Vec<u8>,
    since: Vec<Change>,
}

impl Inode {
    /// The bytes that programs see.
    fn now(&self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        self.since.iter().for_each(|change| change.apply(&mut bytes));
        bytes
    }

    /// Every content that may be on the disk.
    fn possible(&self) -> BTreeSet<Vec<u8>> {
        let mut possible = BTreeSet::from([self.synced.clone()]);
        let mut bytes = self.synced.clone();
        for change in &self.since {
            let before = bytes.clone();
            change.apply(&mut bytes);
            possible.insert(bytes.clone());
            let Change::Add(added) = change else { continue };
            let (half, last) = (added.len() / 2, added.len() - 1);
            let zeros = vec![0; added.len()];
            for parts in [
                // The new bytes are cut off.
                &[&added[..1]][..],
                &[&added[..half]],
                &[&added[..last]],
                // The file has its new length, but all or some of the new bytes are zeros.
                &[&zeros],
                &[&added[..half], &zeros[half..]],
                &[&zeros[..half], &added[half..]],
                &[&zeros[..last], &added[last..]],
                &[&added[..half], &zeros[half..last], &added[last..]],
            ] {
                possible.insert([&[&before[..]], parts].concat().concat());
            }
            // Bytes that were truncated before are still there, in place of the first half of the new bytes.
            let middle = before.len() + half;
            if self.synced.len() > middle {
                possible.insert([&self.synced[..middle], &bytes[middle..]].concat());
            }
        }
        possible
    }
}

/// A change of the names in a folder.
#[derive(Clone, Debug)]
enum Naming {
    Is(String, Entry),
    IsNot(String),
    /// A file moves to another name in one step.
    Moves(String, String, Entry),
}

/// What a name refers to.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Folder,
    File(usize),
}

impl Entry {
    const fn file(&self) -> Option<usize> {
        match self {
            Self::File(index) => Some(*index),
            Self::Folder => None,
        }
    }
}

/// The part of a disk that a step can change.
#[derive(Clone, Debug, Default)]
struct Disk {
    inodes: Vec<Inode>,
    /// The names that are certainly on the disk, by path.
    synced: BTreeMap<String, Entry>,
    /// The names that programs see, by path.
    seen: BTreeMap<String, Entry>,
    /// The changes of names in folders that were not synced since.
    since: Vec<Naming>,
}

fn folder_of(path: &str) -> &str {
    path.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Naming {
    fn path(&self) -> &str {
        match self {
            Self::Is(path, _) | Self::IsNot(path) | Self::Moves(_, path, _) => path,
        }
    }

    fn apply(&self, names: &mut BTreeMap<String, Entry>) {
        match self {
            Self::Is(path, entry) => drop(names.insert(path.clone(), *entry)),
            Self::IsNot(path) => drop(names.remove(path)),
            Self::Moves(from, to, entry) => {
                names.remove(from);
                names.insert(to.clone(), *entry);
            }
        }
    }
}

impl Disk {
    /// A disk on which these files are synced.
    fn with(files: &Files) -> Self {
        let mut disk = Self::default();
        for folder in ["", "docs", "docs/security"] {
            disk.synced.insert(folder.to_owned(), Entry::Folder);
        }
        for (path, bytes) in files.iter().filter(|(path, _)| !path.ends_with('/')) {
            let inode = Inode { synced: bytes.clone(), since: Vec::new() };
            disk.inodes.push(inode);
            disk.synced.insert(path.clone(), Entry::File(disk.inodes.len() - 1));
            let folders = Path::new(path).ancestors().skip(1);
            for folder in folders.map(|folder| folder.to_str().unwrap()) {
                disk.synced.insert(folder.to_owned(), Entry::Folder);
            }
        }
        disk.seen = disk.synced.clone();
        disk
    }

    fn file(&mut self, path: &str) -> &mut Inode {
        let index = self.seen.get(path).and_then(Entry::file).unwrap();
        &mut self.inodes[index]
    }

    fn change_name(&mut self, naming: Naming) {
        naming.apply(&mut self.seen);
        self.since.push(naming);
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Make(path) => {
                let folder = path.strip_suffix('/');
                let path = folder.unwrap_or(path);
                if self.seen.contains_key(path) {
                    return;
                }
                let entry = match folder {
                    Some(_) => Entry::Folder,
                    None => Entry::File(self.inodes.len()),
                };
                self.inodes.extend(folder.is_none().then(Inode::default));
                self.change_name(Naming::Is(path.to_owned(), entry));
            }
            Operation::Cut(path, length) => self.file(path).since.push(Change::Cut(*length)),
            Operation::Add(path, bytes) => self.file(path).since.push(Change::Add(bytes.clone())),
            Operation::Put(path, at, bytes) => {
                self.file(path).since.push(Change::Put(*at, bytes.clone()));
            }
            Operation::Unlink(path) => self.change_name(Naming::IsNot(path.clone())),
            Operation::Rename(from, to) => {
                let entry = self.seen[from];
                self.change_name(Naming::Moves(from.clone(), to.clone(), entry));
            }
            Operation::SyncFile(path) => {
                let file = self.file(path);
                *file = Inode { synced: file.now(), since: Vec::new() };
            }
            Operation::SyncFolder(path) => {
                let (synced, since): (Vec<_>, Vec<_>) = std::mem::take(&mut self.since)
                    .into_iter()
                    .partition(|naming| folder_of(naming.path()) == path);
                self.since = since;
                for naming in &synced {
                    naming.apply(&mut self.synced);
                }
            }
        }
    }

    /// The files that programs see. The path of a folder ends with a slash.
    fn now(&self) -> Files {
        let seen = self.seen.iter().filter(|(path, _)| !path.is_empty());
        seen.map(|(path, entry)| match entry {
            Entry::File(index) => (path.clone(), self.inodes[*index].now()),
            Entry::Folder => (format!("{path}/"), Vec::new()),
        })
        .collect()
    }

    /// Every set of files that may be there when the power is back, in the form of [`Disk::now`].
    fn possible(&self) -> BTreeSet<Files> {
        let mut possible = BTreeSet::new();
        for subset in 0..1_usize << self.since.len() {
            let mut names = self.synced.clone();
            for (index, naming) in self.since.iter().enumerate() {
                if subset >> index & 1 == 1 {
                    naming.apply(&mut names);
                }
            }
            let is_there = |path: &str| {
                let folders = Path::new(path).ancestors().skip(1);
                folders
                    .map(|folder| folder.to_str().unwrap())
                    .all(|folder| names.contains_key(folder))
            };
            let mut disks = vec![Files::new()];
            for (path, entry) in names.iter().filter(|(path, _)| !path.is_empty() && is_there(path))
            {
                let (path, contents) = match entry {
                    Entry::Folder => (format!("{path}/"), BTreeSet::from([Vec::new()])),
                    Entry::File(index) => (path.clone(), self.inodes[*index].possible()),
                };
                let with = |disk: &Files| {
                    let disk = disk.clone();
                    let each = contents.iter().map(|bytes| (path.clone(), bytes.clone()));
                    each.map(move |file| disk.clone().into_iter().chain([file]).collect::<Files>())
                        .collect::<Vec<_>>()
                };
                disks = disks.iter().flat_map(with).collect();
            }
            possible.extend(disks);
        }
        possible
    }
}

/// A step, and the repository in which the test takes it.
struct Step {
    root: TempDir,
    args: Vec<&'static str>,
    /// The journal before the step.
    before: Files,
    /// The event lines of the surface that count before the step.
    acknowledged: Vec<u8>,
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
        Self { root, args: args.to_vec(), before, acknowledged: events, lanes }
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
        let next = at(&["intake", NEXT]);
        if !next.status.success() {
            return Some(format!("the next step fails: {}", stderr(&next)));
        }
        if !events_in(&journal_of(self.path())).starts_with(&self.acknowledged) {
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
