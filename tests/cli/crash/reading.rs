//! A command reports what the files say, or that it cannot read them. It never treats a file that it cannot read as
//! absent.

use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};

use super::{Call, calls_by_path, faulty, scratch_of};
use crate::case::{Case, DASHBOARD, JOURNAL, RULES, TIME, folders};
use crate::tool::{INVENTORY, OWNER_REQUESTS, is_installed, stderr, stdout, tool};

/// The calls by which a command reads the file system.
const QUERIES: &[&str] = &[
    "openat",
    "read",
    "pread64",
    "lseek",
    "statx",
    "newfstatat",
    "readlink",
    "readlinkat",
    "getdents64",
];

const ALLOWED_SIGNERS: &str = "docs/security/monitoring-owner-response-acceptance.allowed-signers";

/// A list with one signer, who has signed nothing.
const SIGNERS: &str = "ada@example.com namespaces=\"*\" ssh-ed25519 \
    AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n";

/// A repository without faults: one surface is accepted, another is held.
fn sound() -> Case {
    let case = Case::accepted();
    case.answer_for("other.json", DASHBOARD, 20, &[("stale_alert_review", json!("TBD"))]);
    case.run_to(1, &["intake", "other.json"]);
    case.commit_ledger();
    case
}

/// A repository with many faults. Existing files cause all of them, so a fault would vanish if its file counted as
/// absent.
fn unsound() -> Case {
    let case = sound();
    case.write(ALLOWED_SIGNERS, SIGNERS);
    case.write(&format!("{JOURNAL}/README"), "x");
    case.write(&format!("{JOURNAL}/retired.{}/events.jsonl", "0".repeat(32)), "x\n");
    case.write(&format!("{JOURNAL}/.gitattributes"), "* text\n");
    case.write("prometheus/prometheus.yml", "x");
    let folder = dashboards_folder(&case);
    std::fs::write(folder.join(format!("{}.response.json", "a".repeat(64))), "{}").unwrap();
    std::fs::write(folder.join(format!("{}.response.json.sig", "b".repeat(64))), "x").unwrap();
    let mut events = std::fs::read(folder.join("events.jsonl")).unwrap();
    events.extend(b"{\"schema_version\":\"monitoring_jour");
    std::fs::write(folder.join("events.jsonl"), events).unwrap();
    case
}

fn dashboards_folder(case: &Case) -> PathBuf {
    let folder = folders(case.path()).into_iter().find(|name| name.starts_with("grafana")).unwrap();
    case.path().join(JOURNAL).join(folder)
}

/// A repository that no longer asks about a surface. At its last commit, this surface had an answer, and there was a
/// list of signers.
fn forgetful() -> Case {
    let case = sound();
    case.write(ALLOWED_SIGNERS, SIGNERS);
    case.commit_all();
    std::fs::remove_file(case.path().join(ALLOWED_SIGNERS)).unwrap();
    for (file, key) in [(INVENTORY, "surfaces"), (OWNER_REQUESTS, "request_drafts")] {
        let bytes = std::fs::read(case.path().join(file)).unwrap();
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        document[key].as_array_mut().unwrap().retain(|one| one["surface_id"] != DASHBOARD);
        case.write(file, document.to_string());
    }
    case.commit_ledger();
    case
}

/// The exit code, standard output and standard error.
fn report_of(output: &Output) -> (Option<i32>, &str, &str) {
    (output.status.code(), stdout(output), stderr(output))
}

/// Makes each call of a command fail in turn. Returns how often the command reported that it cannot read.
fn at_every_call(case: &Case, args: &[&str], error: &str) -> usize {
    let folder = scratch_of(case.path());
    let expected = tool(folder.path()).args(args).output().unwrap();
    let mut refused = 0;
    let calls = calls_by_path(folder.path(), args, QUERIES);
    let is_last = |call: &Call| !calls.contains(&Call { when: call.when + 1, ..call.clone() });
    // A file is read in many pieces. The test fails only the first and the last one.
    let selected =
        calls.iter().filter(|call| call.name != "read" || call.when == 1 || is_last(call));
    for call in selected {
        let output = faulty(folder.path(), args, call, error);
        if report_of(&output) != report_of(&expected) {
            let (code, out, err) = report_of(&output);
            let is_refusal = code == Some(2) && out.is_empty() && err.contains("error: ");
            assert!(is_refusal, "{args:?}, {error} at {call:?}: {code:?}\n{out}{err}");
            refused += 1;
        }
    }
    refused
}

#[test]
fn what_cannot_be_read_is_never_taken_for_absent() {
    if !is_installed("strace", "--version") {
        return;
    }
    let (sound, unsound) = (sound(), unsound());
    assert_eq!(sound.codes(&[]), [""; 0]);
    let found = unsound.codes(&[]);
    for code in ["signature_missing", "torn_event", "orphan_document", "attributes_differ"] {
        assert!(found.iter().any(|found| found == code), "{found:?}");
    }
    let replay = ["replay", "--generated-at", TIME];
    for (case, args) in [
        (&sound, &["verify"][..]),
        (&unsound, &["verify"]),
        (&sound, &["status"]),
        (&unsound, &["status", DASHBOARD]),
        (&sound, &replay),
        (&unsound, &replay),
        (&sound, &["template", RULES, "--review"]),
    ] {
        let refused = at_every_call(case, args, "error=EIO");
        assert!(refused > 12, "{args:?}: {refused}");
    }
}

#[test]
fn what_cannot_be_read_of_a_revision_is_never_taken_for_absent() {
    if !is_installed("strace", "--version") {
        return;
    }
    let case = forgetful();
    let found = case.codes(&["--since", "HEAD"]);
    for code in ["surface_vanished", "signature_missing"] {
        assert!(found.iter().any(|found| found == code), "{found:?}");
    }
    let refused = at_every_call(&case, &["verify", "--since", "HEAD"], "error=EIO");
    assert!(refused > 12, "{refused}");
}
