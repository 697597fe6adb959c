//! The tool in a shell: pipes, standard input, folders below the root, and completion.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::case::{Case, LEDGER, RULES};
use crate::tool::{is_installed, stderr, stdout, tool};

/// What a shell reports for a program that SIGPIPE ended.
const CLOSED_PIPE: i32 = 141;

/// Runs the tool with a standard output that its reader has closed. Returns its exit code and its standard error.
fn with_closed_output(case: &Case, args: &[&str]) -> (Option<i32>, String) {
    // The shell starts the tool only when the pipe is closed.
    let mut child = Command::new("sh")
        .args(["-c", "read -r go; exec \"$@\"", "sh"])
        .arg(tool(case.path()).get_program())
        .args(args)
        .current_dir(case.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn a_reader_that_closes_the_pipe_gets_no_error_message() {
    let case = Case::new();
    for args in [&["status"][..], &["replay"], &["report"], &["verify", "--format", "json"]] {
        let (code, said) = with_closed_output(&case, args);
        assert_eq!(code, Some(CLOSED_PIPE), "{args:?}: {said}");
        assert!(!said.contains("error:"), "{args:?}: {said}");
    }
}

#[test]
fn a_dash_is_standard_input_and_standard_output() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    let answer = fs::read(case.path().join("answer.json")).unwrap();
    for (command, code) in [("triage", 0), ("intake", 0), ("intake", 1)] {
        let mut child = tool(case.path())
            .args([command, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&answer).unwrap();
        let output = child.wait_with_output().unwrap();
        // The second intake is refused: the same answer was recorded before.
        assert_eq!(output.status.code(), Some(code), "{command}: {}", stderr(&output));
        assert!(code == 1 || stdout(&output).starts_with("-: ready_for_monitoring_review"));
    }
    for command in ["generate", "replay", "inventory", "report"] {
        let (text, _) = case.run_to(0, &[command, "--output", "-"]);
        assert!(text.starts_with(['{', '<']), "{command}: {text}");
        assert!(!case.path().join("-").exists());
    }
}

#[test]
fn the_root_is_the_nearest_folder_above_with_the_inputs() {
    let case = Case::new();
    let below = case.path().join("prometheus");
    let output = tool(&below).args(["status", "alert.rules"]).output().unwrap();
    assert!(stdout(&output).starts_with(RULES), "{}", stderr(&output));
    let ledger = format!("../{LEDGER}");
    let output = tool(&below).args(["replay", "--output", &ledger]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(case.path().join(LEDGER).exists());
    // The search stops at the top of a git work tree: what is above belongs to somebody else.
    fs::create_dir(below.join(".git")).unwrap();
    let output = tool(&below).args(["status"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_suggested_command_names_the_root_that_was_given() {
    let case = Case::new();
    let above = case.path().parent().unwrap();
    let root = case.path().file_name().unwrap().to_str().unwrap();
    for (args, suggested) in [
        (&["status"][..], "acceptance-ledger template --root"),
        (&["status", "alert.rules"], "acceptance-ledger template --root"),
        (&["verify"], "acceptance-ledger replay --root"),
        (&["init", "--check"], "acceptance-ledger init --root"),
    ] {
        let output = tool(above).args(args).args(["--root", root]).output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(said.contains(&format!("{suggested} {root}")), "{args:?}: {said}");
    }
}

#[test]
fn every_file_of_a_folder_can_be_named() {
    let case = Case::new();
    case.run_to(0, &["template", RULES, "--output", "answers/rules.yaml"]);
    let schema = "answers/monitoring_owner_response_v1.schema.json";
    case.write("answers/rules.yaml.sig", "a signature");
    let (out, err) =
        case.run_to(1, &["triage", schema, "answers/rules.yaml", "answers/rules.yaml.sig"]);
    assert!(out.starts_with("answers/rules.yaml: nothing is answered yet"), "{out}");
    assert!(err.contains(&format!("skipped {schema}: it is the JSON Schema of a form")), "{err}");
    assert!(err.contains("skipped answers/rules.yaml.sig: it is a signature"), "{err}");
    // A name alone skips no answer: with content of an answer, the file is checked.
    let answer = fs::read(case.path().join("answers/rules.yaml")).unwrap();
    case.write("other/monitoring_owner_response_v1.schema.json", &answer);
    case.write("answers/rules.yaml.sig", &answer);
    let other = "other/monitoring_owner_response_v1.schema.json";
    let (out, _) =
        case.run_to(1, &["triage", other, "answers/rules.yaml", "answers/rules.yaml.sig"]);
    assert_eq!(out.matches("nothing is answered yet").count(), 3, "{out}");
    case.write("answers/rules.yaml.sig", "a signature");
    // Alone, such files are an error: nothing was checked.
    case.run_to(2, &["triage", schema, schema]);
    case.run_to(2, &["triage", schema]);
    case.run_to(2, &["triage", "answers/rules.yaml.sig"]);
}

#[test]
fn a_quarantine_says_that_the_file_still_has_the_secret() {
    let case = Case::new();
    case.answer("answer.json", 20, &[("decision_reason", json!("password: Zx81hunter2Qp"))]);
    for command in ["triage", "intake"] {
        let (out, _) = case.run_to(1, &[command, "answer.json"]);
        assert!(out.contains("answer.json still contains it."), "{out}");
    }
}

#[test]
fn a_placeholder_behind_not_applicable_is_told() {
    let case = Case::new();
    case.answer("answer.json", 20, &[("incident_context_ref", json!("not_applicable: none"))]);
    let (out, _) = case.run_to(1, &["triage", "answer.json"]);
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("The text after not_applicable: gives no reason."), "{out}");
}

/// Asks a shell for the words that can follow a command line.
fn completions(shell: &str, script: &str, line: &str) -> Option<String> {
    if !is_installed(shell, "--version") {
        return None;
    }
    let program = match shell {
        "bash" => format!(
            "source {script}\nCOMP_WORDS=({line} '')\nCOMP_CWORD=$((${{#COMP_WORDS[@]}}-1))\nCOMP_LINE='{line} '\n\
             COMP_POINT=${{#COMP_LINE}}\n$(complete -p acceptance-ledger | sed 's/.*-F \\([^ ]*\\) .*/\\1/') acceptance-ledger '' \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             echo \"${{COMPREPLY[@]}}\""
        ),
        "fish" => format!("source {script}\ncomplete --do-complete '{line} --'"),
        // zsh completes only in a terminal: `_arguments` gets a stand-in that prints what it was asked to offer.
        _ => format!(
            "compdef() {{ :; }}\nsource {script}\n_arguments() {{ print -l -- \"$@\"; }}\n_describe() {{ :; }}\n_acceptance-ledger\n"
        ),
    };
    let output = Command::new(shell).args(["-c", &program]).output().unwrap();
    Some(format!("{}{}", stdout(&output), stderr(&output)))
}

#[test]
fn a_shell_completes_the_options_behind_a_subcommand() {
    let case = Case::new();
    for shell in ["bash", "fish", "zsh"] {
        let (script, _) = case.run_to(0, &["completions", shell]);
        let file = case.write(&format!("completion.{shell}"), &script);
        let file = file.to_str().unwrap();
        let Some(top) = completions(shell, file, "acceptance-ledger") else { continue };
        assert!(top.contains("--quiet") || top.contains("verify"), "{shell}: {top}");
        if shell == "zsh" {
            // The script has the options of each subcommand; the stand-in shows only the first level.
            assert!(script.contains("(verify)") && script.contains("--since"));
            continue;
        }
        let verify = completions(shell, file, "acceptance-ledger verify").unwrap();
        assert!(
            verify.contains("--since") && !verify.contains("command not found"),
            "{shell}: {verify}"
        );
        let status = completions(shell, file, "acceptance-ledger status").unwrap();
        assert!(status.contains("--waiting-on"), "{shell}: {status}");
    }
}

/// A list of surfaces fits a terminal of 80 columns, whatever their names are.
#[test]
fn a_status_fits_the_terminal() {
    let case = Case::accepted();
    crate::report::make_hostile(&case, 16);
    let (text, _) = case.run_to(0, &["status"]);
    for line in text.lines().filter(|line| !line.starts_with("next:")) {
        let columns = textwrap::core::display_width(line);
        assert!(columns <= 80, "{columns}: {line}");
    }
    let (text, _) = case.run_to(0, &["status", "--format", "json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["schema_version"], "acceptance_ledger_status_v1");
}

/// A reader that closes standard output hides no error of another file.
#[test]
fn a_closed_pipe_hides_no_refusal() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.answer("early.json", 19, &[]);
    let (code, said) = with_closed_output(&case, &["triage", "no-such-file.json", "answer.json"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("cannot read no-such-file.json"), "{said}");
    let (code, said) = with_closed_output(&case, &["intake", "answer.json", "early.json"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("early.json") && said.contains("is not later than"), "{said}");
}
