//! `diagram`, `completions` and `man`, and what the documents say about them.

use crate::tool::{repository, stderr, stdout, tool};

fn run(args: &[&str]) -> String {
    let output = tool(repository()).args(args).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).to_owned()
}

#[test]
fn the_documented_state_machine_is_the_one_in_the_code() {
    let document = std::fs::read_to_string(repository().join("docs/state-machine.md")).unwrap();
    let diagram = run(&["diagram"]);
    assert!(
        document.contains(&format!("```mermaid\n{diagram}```\n")),
        "docs/state-machine.md differs from `acceptance-ledger diagram`; paste its output there"
    );
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        for command in
            ["generate", "template", "triage", "explain", "schema", "diagram", "completions", "man"]
        {
            assert!(script.contains(command), "the completions for {shell} lack {command}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let page = run(&["man"]);
    assert!(page.contains(".TH acceptance-ledger 1") && page.contains("generate"));
    let generate = run(&["man", "generate"]);
    assert!(generate.contains("inventory\\-report") && generate.contains("The file to write"));

    let unknown = tool(repository()).args(["man", "hunter2"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(
        stderr(&unknown),
        "error: unknown command\n  next: use one of init, inventory, draft, generate, template, triage, intake, review, replay, verify, status, report, export, explain, schema, diagram, completions, man, help\n"
    );
}

#[test]
fn a_wrong_use_exits_with_2() {
    for args in [&["generate", "--no-such-flag"][..], &["no-such-command"], &[]] {
        let output = tool(repository()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stdout(&output).is_empty());
    }
}
