//! `triage --ndjson`: one line of JSON for each answer, in the order of the answers.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, filled_in};
use crate::schemas::fits_exactly;
use crate::tool::{copy_of, example, tool};

/// Pipes lines through the tool. Returns the exit code and the lines that it prints.
fn pipe(case: &Case, args: &[&str], lines: &[String]) -> (Option<i32>, Vec<Value>) {
    let mut child = tool(case.path())
        .args(["triage", "--ndjson", "-"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = lines.concat();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), printed)
}

fn line(repo: &str, changes: &[(&str, Value)]) -> String {
    let mut answer = filled_in(&example(), DASHBOARD);
    for (key, value) in changes {
        answer.insert((*key).to_owned(), value.clone());
    }
    format!("{}\n", json!({"repo": repo, "response": Value::from(answer).to_string()}))
}

#[test]
fn each_line_is_judged_as_the_file_would_be() {
    let case = Case::new();
    let held = [("followup_owner", json!("TBD"))];
    let lines = [line("a", &[]), line("b", &held)];
    let (code, printed) = pipe(&case, &[], &lines);
    assert_eq!(code, Some(1));
    case.answer_for("held.json", DASHBOARD, 20, &held);
    let (out, _) = case.run_to(1, &["triage", "held.json", "--format", "json"]);
    let judged: Value = serde_json::from_str(&out).unwrap();
    for key in ["lane", "findings", "hints", "acceptance_candidate_id"] {
        assert_eq!(printed[1][key], judged[0][key], "{key}");
    }
    assert_eq!(printed[0]["lane"], "ready_for_monitoring_review");
    for (index, line) in printed.iter().enumerate() {
        assert_eq!(line["line"], index + 1);
        fits_exactly(&case, "triage-line", line);
    }
    assert_eq!(pipe(&case, &[], &[line("a", &[])]).0, Some(0));
    assert_eq!(pipe(&case, &[], &[]), (Some(0), vec![]));
}

#[test]
fn a_line_that_cannot_be_judged_says_why_and_repeats_nothing() {
    let case = Case::new();
    let secret = "hunter2Zx81";
    let lines = [
        format!("{secret}\n"),
        format!("{{\"repo\": \"a\", \"{secret}\": 1}}\n"),
        json!({"repo": "a", "response": format!("{secret}: [")}).to_string() + "\n",
        json!({"repo": "a", "response": format!("acceptance_candidate_id: {secret}")}).to_string()
            + "\n",
        line("a", &[]),
    ];
    let (code, printed) = pipe(&case, &[], &lines);
    assert_eq!(code, Some(2));
    let errors: Vec<_> = printed.iter().map(|line| line["error"].is_string()).collect();
    assert_eq!(errors, [true, true, true, true, false]);
    for line in &printed {
        fits_exactly(&case, "triage-line", line);
        assert!(!line.to_string().contains(secret));
    }
    // The last line is judged, whatever is wrong with those before it.
    assert_eq!(printed[4]["lane"], "ready_for_monitoring_review");
    assert!(printed[2]["error"].as_str().unwrap().starts_with("line 3:"));
}

#[test]
fn each_repository_has_its_own_inputs() {
    let case = Case::new();
    let other = copy_of(&example());
    std::fs::create_dir_all(case.path().join("repos/org")).unwrap();
    std::fs::rename(other.path(), case.path().join("repos/org/other")).unwrap();
    let answers = [
        line("org/other", &[]),
        line("org/none", &[]),
        line("../..", &[]),
        line("/", &[]),
        line("", &[]),
        line("org/other", &[]),
    ];
    let (code, printed) = pipe(&case, &["--repos", "repos"], &answers);
    assert_eq!(code, Some(2));
    let lanes: Vec<_> = printed.iter().map(|line| line["lane"].as_str()).collect();
    let ready = Some("ready_for_monitoring_review");
    assert_eq!(lanes, [ready, None, None, None, None, ready]);
    let errors = printed.iter().map(|line| line["error"].as_str().unwrap_or_default());
    let errors: Vec<_> = errors.collect();
    assert!(errors[1].contains("org/none"), "{}", errors[1]);
    assert!(errors[2..5].iter().all(|error| error.starts_with("`repo` must be a folder")));
}

/// More answers than are judged at a time, from more than one repository, keep their order.
#[test]
fn many_lines_keep_their_order() {
    let case = Case::new();
    let held = [("followup_owner", json!("TBD"))];
    let answers: Vec<_> =
        (0..700).map(|index| line("a", if index % 3 == 0 { &held } else { &[] })).collect();
    let (code, printed) = pipe(&case, &[], &answers);
    assert_eq!((code, printed.len()), (Some(1), 700));
    for (index, line) in printed.iter().enumerate() {
        assert_eq!(line["line"], index + 1);
        assert_eq!(line["lane"] == "request_supplement", index % 3 == 0);
    }
}

#[test]
fn only_one_file_is_read_as_lines() {
    let case = Case::new();
    let (_, err) = case.run_to(2, &["triage", "--ndjson", "a", "b"]);
    assert!(err.contains("--ndjson reads one file"), "{err}");
    case.run_to(2, &["triage", "--repos", ".", "a"]);
}
