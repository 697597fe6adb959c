//! Commands that run at the same time: one at a time changes the journal, and no command waits forever or without a
//! reason.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, RULES};
use crate::crash::step::events;
use crate::crash::{journal, scratch_of, traced};
use crate::tool::{OWNER_REQUESTS, is_installed, stderr, stdout, tool};

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
    // Eight answers for one surface: an answer is refused if a later one was recorded before it.
    let one: Vec<_> = (1..=8).map(|day| format!("one-{day}.json")).collect();
    for (day, file) in (1..).zip(&one) {
        case.answer(file, day, &[("rollback_owner", json!(format!("group {day}")))]);
    }
    let recorded = at_once(&one);
    assert!((1..=8).contains(&recorded));
    assert_eq!(events(&journal(case.path())), recorded);
    // Eight answers for eight surfaces: all are recorded.
    let many: Vec<_> =
        surfaces.iter().take(8).map(|id| format!("{}.json", id.replace('/', "-"))).collect();
    for (id, file) in surfaces.iter().zip(&many) {
        case.answer_for(file, id, 20, &[]);
    }
    assert_eq!(at_once(&many), 8);
    assert_eq!(events(&journal(case.path())), recorded + 8);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// Starts a program in the background, with its output captured.
pub(crate) fn started(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal to a process.
pub(crate) fn send(signal: &str, process: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -{signal} {process}")]).status();
    assert!(status.unwrap().success(), "{signal}");
}

/// Waits until a condition is true. Fails if it is still false after half a minute.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let happened = (0..6_000).any(|_| {
        thread::sleep(Duration::from_millis(5));
        is_so()
    });
    assert!(happened, "timeout: {what}");
}

/// Creates a named pipe.
pub(crate) fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Opens a named pipe for writing. This waits until a reader has opened it.
pub(crate) fn open_pipe(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).unwrap()
}

/// Runs the tool under strace, which delays each call of this name by 30 ms.
fn slowed(folder: &Path, call: &str, args: &[&str]) -> Output {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:delay_enter=30000");
    traced(folder, &["-o", "/dev/null", "-e", &trace, "-e", &inject], args)
}

#[test]
fn readers_starve_no_writer_and_see_whole_steps() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = Case::accepted();
    case.answer("later.json", 21, &[]);
    case.commit_ledger();
    let root = scratch_of(case.path());
    let (rounds, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let read_repeatedly = |reader: u32| {
        // The readers start one after the other, so that one of them holds the lock at any time.
        thread::sleep(Duration::from_millis(20) * reader);
        let mut count = 0;
        while !is_done.load(Ordering::Relaxed) {
            // The delayed call is one that the reader makes while it holds the lock.
            let output = slowed(root.path(), "getdents64", &["verify", "--format", "json"]);
            let report: Value = serde_json::from_str(stdout(&output)).unwrap();
            // Once the answer is recorded, the ledger file is older than the journal. Nothing else may be wrong.
            for finding in report["findings"].as_array().unwrap() {
                assert_eq!(finding["code"], "ledger_bytes_differ", "{finding}");
            }
            rounds.fetch_add(1, Ordering::Relaxed);
            count += 1;
            assert!(count < 1_000, "the writer never gets the lock");
        }
    };
    thread::scope(|scope| {
        let read_repeatedly = &read_repeatedly;
        let readers: Vec<_> =
            (0..8).map(|reader| scope.spawn(move || read_repeatedly(reader))).collect();
        until("the readers have run", || rounds.load(Ordering::Relaxed) > 12);
        let writer = slowed(root.path(), "fsync", &["intake", "later.json", "--wait", "8"]);
        is_done.store(true, Ordering::Relaxed);
        assert_eq!(writer.status.code(), Some(0), "{}", stderr(&writer));
        for reader in readers {
            reader.join().unwrap();
        }
    });
    assert_eq!(events(&journal(root.path())), 3);
}

#[test]
fn who_waits_for_a_stopped_writer_says_so_and_gives_up() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = Case::accepted();
    case.answer("later.json", 21, &[]);
    case.answer("latest.json", 22, &[]);
    let trace = case.path().join("trace");
    let stopped = started(
        Command::new("strace")
            .current_dir(case.path())
            // With -D the child process is the tool, not strace, so that the signal below reaches the tool.
            .args(["-D", "-f", "-o", "trace", "-e", "trace=fsync"])
            .args(["-e", "inject=fsync:signal=SIGSTOP:when=1"])
            .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
            .args(["intake", "later.json"]),
    );
    let is_stopped =
        || std::fs::read_to_string(&trace).is_ok_and(|text| text.contains("stopped by"));
    until("the writer stops", is_stopped);
    for args in [
        &["intake", "latest.json", "--wait", "2"][..],
        &["verify", "--wait", "0"],
        &["status", "--wait", "0"],
        &["replay", "--wait", "0"],
        &["template", RULES, "--review", "--wait", "0"],
    ] {
        let (out, err) = case.run_to(2, args);
        assert_eq!(out, "", "{args:?}");
        let message = "error: cannot lock .: another process has the journal's lock\n";
        assert!(err.contains(message), "{args:?}: {err}");
        let waiting = "waiting for another process that has the journal's lock (up to 2 s)\n";
        assert_eq!(err.contains(waiting), args.contains(&"2"), "{err}");
    }
    send("CONT", stopped.id());
    let output = stopped.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    case.run_to(0, &["intake", "latest.json", "--wait", "0"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_stopped_reader_keeps_writers_out_and_lets_readers_in() {
    let case = Case::accepted();
    case.answer("later.json", 21, &[]);
    let inventory = std::fs::read(case.path().join(crate::tool::INVENTORY)).unwrap();
    let pipe = case.path().join("pipe");
    make_pipe(&pipe);
    let reader = started(tool(case.path()).args(["status", "--inventory-report", "pipe"]));
    let mut pipe = open_pipe(&pipe);
    send("STOP", reader.id());
    case.run_to(0, &["status", "--wait", "0"]);
    let (_, err) = case.run_to(2, &["intake", "later.json", "--wait", "0"]);
    assert!(err.contains("another process has the journal's lock"), "{err}");
    pipe.write_all(&inventory).unwrap();
    drop(pipe);
    send("CONT", reader.id());
    let output = reader.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    case.run_to(0, &["intake", "later.json", "--wait", "0"]);
}

#[test]
fn a_document_that_comes_slowly_keeps_nobody_waiting() {
    let case = Case::new();
    case.answer_for("slow.json", DASHBOARD, 20, &[]);
    let slow = std::fs::read(case.path().join("slow.json")).unwrap();
    let pipe = case.path().join("pipe");
    make_pipe(&pipe);

    let waiting = started(tool(case.path()).args(["intake", "pipe"]));
    let mut pipe = open_pipe(&pipe);
    case.answer("quick.json", 20, &[]);
    case.run_to(0, &["intake", "quick.json", "--wait", "1"]);
    pipe.write_all(&slow).unwrap();
    drop(pipe);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("pipe: ready_for_monitoring_review"));

    // The same for a record on standard input. A pipe holds fewer blanks than this, so the write ends only if the tool
    // reads.
    case.record_for("record.json", DASHBOARD, "request_supplement", &[]);
    let record = std::fs::read(case.path().join("record.json")).unwrap();
    let mut command = tool(case.path());
    let mut waiting = started(command.args(["review", "/dev/stdin"]).stdin(Stdio::piped()));
    let mut input = waiting.stdin.take().unwrap();
    input.write_all(&vec![b' '; 200 << 10]).unwrap();
    case.answer("quick.json", 21, &[]);
    case.run_to(0, &["intake", "quick.json", "--wait", "1"]);
    input.write_all(&record).unwrap();
    drop(input);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("/dev/stdin: request_supplement"));
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

/// The tool gets a quarter of the memory that the document would need.
#[test]
fn a_document_of_two_gigabytes_is_refused_and_not_read() {
    let case = Case::accepted();
    let large = File::create(case.path().join("large.json")).unwrap();
    large.set_len(2 << 30).unwrap();
    for command in ["intake", "review", "triage"] {
        let output = Command::new("sh")
            .current_dir(case.path())
            .args(["-c", "ulimit -v 500000; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
            .args([command, "large.json"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {}", stderr(&output));
        assert!(stderr(&output).contains("more than 256 KiB"), "{}", stderr(&output));
    }
    // A document of this size in the journal is not read, either.
    let planted = case.surface_folder().join(format!("{}.response.json", "a".repeat(64)));
    File::create(planted).unwrap().set_len(2 << 30).unwrap();
    let output = Command::new("sh")
        .current_dir(case.path())
        .args(["-c", "ulimit -v 500000; exec \"$0\" verify --format json"])
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("orphan_document"));
}
