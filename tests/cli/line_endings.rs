//! The journal on its way through git. Git may convert the line breaks of text files.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::case::{Case, DASHBOARD, JOURNAL, RULES};
use crate::crash::{journal, scratch};
use crate::tool::{example, names, stderr, stdout, tool, write};

/// Another surface with an answer.
const DOCKER: &str = "grafana_dashboard:grafana/provisioning/dashboards/docker_containers.json";

/// Runs git without the configuration of this machine.
fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
}

/// Makes a repository with this `core.autocrlf`, and commits all files.
fn commit(folder: &Path, autocrlf: &str) {
    git(folder, &["init", "-q"]);
    git(folder, &["config", "core.autocrlf", autocrlf]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "as it stands"]);
}

/// Clones a repository with this `core.autocrlf`.
fn clone(of: &Path, autocrlf: &str) -> TempDir {
    let folder = scratch();
    let config = format!("core.autocrlf={autocrlf}");
    git(folder.path(), &["clone", "-q", "-c", &config, of.to_str().unwrap(), "."]);
    folder
}

/// Changes the first `lines` line breaks of a file to CR LF.
fn with_crlf(case: &Case, file: &str, lines: usize) {
    let text = std::fs::read_to_string(case.path().join(file)).unwrap();
    case.write(file, text.replacen('\n', "\r\n", lines));
}

/// A case with answers whose lines end with LF, with CR LF, and with both, and with a record.
fn answered() -> Case {
    let case = Case::new();
    case.answer("lf.json", 20, &[]);
    case.answer_for("crlf.json", DASHBOARD, 20, &[]);
    with_crlf(&case, "crlf.json", usize::MAX);
    case.answer_for("both.json", DOCKER, 20, &[]);
    with_crlf(&case, "both.json", 3);
    case.run_to(0, &["intake", "lf.json", "crlf.json", "both.json"]);
    case.record_for("record.json", DASHBOARD, "owner_review_only_update", &[]);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    case.write("witness.txt", "one\ntwo\n");
    case
}

/// Writes `.gitattributes` in the root: the lines `first`, then lines that keep git from converting the files with
/// which the journal is compared.
fn root_attributes(case: &Case, first: &str) {
    let mut attributes = first.to_owned();
    for name in names(&example()).iter().filter(|name| *name != "docs") {
        attributes.extend(["/", name, " -text\n/", name, "/** -text\n"]);
    }
    attributes += "/docs/security/*.json -text\n";
    case.write(".gitattributes", attributes);
}

/// Runs `verify`. Returns the code and the message of each finding.
fn found(root: &Path) -> Vec<(String, String)> {
    let output = tool(root).args(["verify", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_str(stdout(&output)).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(&finding["code"]), text(&finding["message"]))).collect()
}

fn codes(root: &Path) -> Vec<String> {
    found(root).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn the_journal_keeps_its_bytes_on_its_way_through_git() {
    for (autocrlf, first, converted) in [
        ("true", "", "one\r\ntwo\r\n"),
        ("input", "", "one\ntwo\n"),
        ("false", "* text=auto eol=crlf\n", "one\r\ntwo\r\n"),
        ("true", "* text eol=crlf\n", "one\r\ntwo\r\n"),
    ] {
        let case = answered();
        root_attributes(&case, first);
        commit(case.path(), autocrlf);
        let other = clone(case.path(), autocrlf);
        let witness = std::fs::read_to_string(other.path().join("witness.txt")).unwrap();
        assert_eq!(witness, converted, "{first}");
        assert_eq!(journal(other.path()), journal(case.path()), "{first}");
        assert_eq!(codes(other.path()), [""; 0], "{first}");

        // The clone takes another step, and is cloned back.
        let at = |args: &[&str]| tool(other.path()).args(args).output().unwrap();
        let later = std::fs::read_to_string(case.path().join("crlf.json")).unwrap();
        write(other.path(), "later.json", later.replace("2026-10-20", "2026-10-21"));
        let output = at(&["intake", "later.json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let ledger = crate::case::LEDGER;
        assert!(at(&["replay", "--output", ledger]).status.success());
        git(other.path(), &["add", "-A"]);
        git(other.path(), &["commit", "-qm", "another answer"]);
        let back = clone(other.path(), "false");
        assert_eq!(journal(back.path()), journal(other.path()), "{first}");
        assert_ne!(journal(back.path()), journal(case.path()));
        assert_eq!(codes(back.path()), [""; 0], "{first}");
        let since = tool(back.path()).args(["verify", "--since", "HEAD~"]).output().unwrap();
        assert!(since.status.success(), "{}", stdout(&since));
    }
}

/// A case without the attributes file that keeps git from converting the journal.
fn unprotected(first: &str) -> Case {
    let case = answered();
    root_attributes(&case, first);
    std::fs::remove_file(case.path().join(JOURNAL).join(".gitattributes")).unwrap();
    case
}

const ONLY_ITS_LINE_BREAK: &str =
    "line 1: only the line break differs: a tool changed LF to CR LF.";
const ONLY_LINE_BREAKS: &str =
    "Only the line breaks differ: a tool changed LF to CR LF, or CR LF to LF.";

#[test]
fn events_with_other_line_breaks_are_told_as_such() {
    let case = unprotected("");
    commit(case.path(), "false");
    assert_eq!(codes(case.path()), ["attributes_differ"]);
    let other = clone(case.path(), "true");
    let found = found(other.path());
    let is_reported = |(code, message): &&(String, String)| {
        code == "chain_broken" && message.starts_with(ONLY_ITS_LINE_BREAK)
    };
    assert_eq!(found[0].0, "attributes_differ");
    assert_eq!(found.iter().filter(is_reported).count(), 3, "{found:?}");
    // A step reports it, too.
    write(other.path(), "later.json", std::fs::read(case.path().join("lf.json")).unwrap());
    let output = tool(other.path()).args(["intake", "later.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("only the line break differs"), "{}", stderr(&output));
}

#[test]
fn documents_with_other_line_breaks_are_told_as_such() {
    // First, git changes CR LF to LF at the commit. Then, it changes LF to CR LF at the checkout.
    for (autocrlf, first, kept) in [
        ("true", "", [RULES, DASHBOARD]),
        ("false", "*.response.json text eol=crlf\n", [DASHBOARD, RULES]),
    ] {
        let case = unprotected(first);
        commit(case.path(), autocrlf);
        let other = clone(case.path(), "false");
        let found = found(other.path());
        let altered = |of: &str| {
            let output = tool(other.path()).args(["status", of, "--format", "json"]).output();
            let status: Value = serde_json::from_str(stdout(&output.unwrap())).unwrap();
            let faults = status["journal_faults"].as_array().unwrap().clone();
            faults
                .into_iter()
                .filter(|fault| fault["code"] == "document_altered")
                .collect::<Vec<_>>()
        };
        assert!(altered(kept[0]).is_empty(), "{first}");
        assert_eq!(altered(kept[1]).len(), 1, "{first}");
        assert_eq!(altered(kept[1])[0]["message"], ONLY_LINE_BREAKS);
        // If a document had both kinds of line break, it is unknown which line had which.
        assert_eq!(altered(DOCKER).len(), 1, "{first}");
        assert!(found.iter().any(|(code, message)| {
            code == "document_altered" && message.starts_with(ONLY_LINE_BREAKS)
        }));
        let codes: Vec<_> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["attributes_differ", "document_altered", "document_altered"], "{first}");
    }
}

#[test]
fn the_next_step_keeps_git_from_converting_the_journal_again() {
    let case = unprotected("");
    case.answer("later.json", 21, &[]);
    case.run_to(0, &["intake", "later.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    case.write(&format!("{JOURNAL}/.gitattributes"), "* text\n");
    assert_eq!(case.codes(&[]), ["attributes_differ"]);
    case.answer("latest.json", 22, &[]);
    let (_, err) = case.run_to(0, &["intake", "latest.json"]);
    assert!(err.contains(".gitattributes, which keeps git from converting the journal"), "{err}");
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}
