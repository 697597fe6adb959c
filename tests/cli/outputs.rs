//! What a command must not overwrite, and how it shows names that it does not control.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::case::{Case, JOURNAL, LEDGER, RULES};
use crate::tool::{INVENTORY, OWNER_REQUESTS, names, stderr, stdout, tool};

const SIGNERS: &str = "docs/security/monitoring-owner-response-acceptance.allowed-signers";

#[test]
fn no_command_writes_over_what_the_ledger_is_made_from() {
    let case = Case::accepted();
    case.write(SIGNERS, "");
    let events = case.events();
    let events = events.strip_prefix(case.path()).unwrap().to_str().unwrap();
    let attributes = format!("{JOURNAL}/.gitattributes");
    let new = format!("{JOURNAL}/new.json");
    symlink(INVENTORY, case.path().join("link.json")).unwrap();
    symlink("docs/security", case.path().join("folder")).unwrap();
    let by_link = OWNER_REQUESTS.replace("docs/security", "folder");
    let respelled = format!("./docs/../{OWNER_REQUESTS}");
    for command in [&["generate"][..], &["replay"], &["template", RULES]] {
        for target in [
            INVENTORY,
            OWNER_REQUESTS,
            events,
            SIGNERS,
            JOURNAL,
            &attributes,
            &new,
            "link.json",
            &by_link,
            &respelled,
        ] {
            let before = std::fs::read(case.path().join(target)).ok();
            let (out, err) = case.run_to(2, &[command, &["--output", target]].concat());
            assert!(
                out.is_empty()
                    && err.contains("is an input of the ledger or a file of its journal"),
                "{err}"
            );
            assert_eq!(std::fs::read(case.path().join(target)).ok(), before, "{target}");
        }
    }
}

#[test]
fn no_link_in_the_repository_leads_an_output_out_of_it() {
    let case = Case::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let victim = elsewhere.path().join("victim");
    std::fs::write(&victim, "mine").unwrap();
    symlink(&victim, case.path().join("out.json")).unwrap();
    symlink(elsewhere.path(), case.path().join("out")).unwrap();
    symlink(elsewhere.path().join("new"), case.path().join("dangling.json")).unwrap();
    for command in [&["generate"][..], &["replay"], &["template", RULES]] {
        for target in ["out.json", "out/victim", "out/new.json", "dangling.json"] {
            let (_, err) = case.run_to(2, &[command, &["--output", target]].concat());
            assert!(err.contains("goes through a symbolic link out of the repository"), "{err}");
        }
    }
    assert_eq!(names(elsewhere.path()), ["victim"]);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    // A path outside the repository, or a link outside it, is allowed: only the user can have chosen it.
    let direct = elsewhere.path().join("ledger.json");
    case.run_to(0, &["generate", "--output", direct.to_str().unwrap()]);
    symlink(&direct, elsewhere.path().join("link")).unwrap();
    let link = elsewhere.path().join("link");
    case.run_to(0, &["generate", "--output", link.to_str().unwrap()]);
    case.run_to(0, &["generate", "--output", LEDGER]);
}

#[test]
fn a_template_without_its_schema_is_not_left() {
    let case = Case::new();
    std::fs::create_dir(case.path().join("monitoring_owner_response_v1.schema.json")).unwrap();
    case.run_to(2, &["template", RULES, "--output", "answer.json"]);
    assert!(!case.path().join("answer.json").exists());
}

/// A name with characters that control a terminal or a build server, or that a shell would execute.
const HOSTILE: &str =
    "a\u{1b}[31m\n::set-output name=x::y\r$(touch pwned)`touch pwned`'\u{202e}.json";

/// A case in which a surface, its label and a required field have the hostile name.
fn hostile_case() -> Case {
    let case = Case::new();
    let bytes = std::fs::read(case.path().join(OWNER_REQUESTS)).unwrap();
    let mut document: Value = serde_json::from_slice(&bytes).unwrap();
    let mut draft = document["request_drafts"][0].clone();
    draft["surface_id"] = json!(HOSTILE);
    draft["label"] = json!(HOSTILE);
    draft["repo_source_path"] = json!(HOSTILE);
    // The test writes a file of this name that contains `{`.
    draft["repo_sha256"] = json!(acceptance_ledger::Digest::of(b"{").hex());
    draft["required_owner_fields"].as_array_mut().unwrap().push(json!(HOSTILE));
    document["request_drafts"].as_array_mut().unwrap().push(draft);
    case.write(OWNER_REQUESTS, document.to_string());
    case
}

#[test]
fn hostile_names_reach_no_terminal_and_no_build_server_as_they_are() {
    let case = hostile_case();
    let broken = HOSTILE.to_owned();
    case.write(&broken, "{");
    let answer = case.run(&["template", HOSTILE, "--format", "json"]);
    let mut answer: Value = serde_json::from_str(stdout(&answer)).unwrap();
    answer["responded_at"] = json!("2026-11-20T10:00:00+08:00");
    answer["responder"] = json!(HOSTILE);
    let sent = HOSTILE.replace(".json", ".answer.json");
    case.write(&sent, answer.to_string());
    case.write(SIGNERS, "");
    let unsigned = case.run(&["intake", &sent]);
    assert!(stderr(&unsigned).contains("ssh-keygen -Y sign"), "{}", stderr(&unsigned));
    std::fs::remove_file(case.path().join(SIGNERS)).unwrap();
    let recorded = case.run(&["intake", &sent]);
    std::fs::write(case.path().join(JOURNAL).join(HOSTILE.replace('/', "-")), "x").unwrap();
    let mut outputs = vec![unsigned, recorded];
    for args in [
        &["triage", &broken][..],
        &["triage", &sent],
        &["triage", &sent, "--format", "github"],
        &["triage", "absent\u{1b}[31m\n::error::x"],
        &["intake", &sent],
        &["review", &sent],
        &["status", HOSTILE],
        &["status", "--format", "csv"],
        &["report"],
        &["status", "no such surface"],
        &["template", HOSTILE, "--review"],
        &["template", HOSTILE, "--output", &sent],
        &["verify"],
        &["verify", "--format", "github"],
        &["verify", "--since", HOSTILE],
        &["verify", "--ledger", HOSTILE],
        &["generate", "--output", INVENTORY],
        &["replay", "--root", HOSTILE],
        &["generate", "--inventory-report", HOSTILE],
    ] {
        outputs.push(case.run(args));
    }
    for output in &outputs {
        for text in [stdout(output), stderr(output)] {
            assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
            // A JSON document is for a file, and keeps names as they are.
            assert!(text.starts_with('{') || !text.contains('\u{202e}'), "{text:?}");
            let is_command = |line: &str| {
                let line = line.trim_start();
                let is_ours =
                    line.starts_with("::error file=") || line.starts_with("::warning file=");
                line.starts_with("::") && !is_ours
            };
            assert!(!text.lines().any(is_command), "{text}");
        }
    }
    // A user who pastes a suggested command must run only that command, and nothing that a name contains.
    let mut pasted = 0;
    for output in &outputs {
        for text in [stdout(output), stderr(output)] {
            for line in text.lines() {
                let Some(at) =
                    line.find("acceptance-ledger ").or_else(|| line.find("git checkout"))
                else {
                    continue;
                };
                let command = line[at..].split([';', '`']).next().unwrap();
                let command = if line.contains("touch") { &line[at..] } else { command };
                let harmless = format!("acceptance-ledger() {{ :; }}; git() {{ :; }}; {command}");
                let _ = std::process::Command::new("bash")
                    .args(["-c", &harmless])
                    .current_dir(case.path())
                    .output()
                    .unwrap();
                pasted += 1;
            }
        }
    }
    assert!(pasted > 3, "{pasted}");
    assert!(!names(case.path()).contains(&"pwned".to_owned()));
}

#[test]
fn a_name_that_is_not_utf_8_is_shown_and_refused() {
    let case = Case::new();
    let name = std::ffi::OsStr::from_bytes(b"answer\xff\x1b.json");
    std::fs::write(case.path().join(name), "{").unwrap();
    let output = tool(case.path()).arg("triage").arg(name).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!stderr(&output).contains('\u{1b}'));
}

#[test]
fn no_link_that_was_committed_is_written_through() {
    let elsewhere = tempfile::tempdir().unwrap();
    let victim = elsewhere.path().join("victim");
    std::fs::write(&victim, "mine").unwrap();
    // The link replaces the attributes file of the journal.
    let case = Case::accepted();
    let attributes = case.path().join(JOURNAL).join(".gitattributes");
    std::fs::remove_file(&attributes).unwrap();
    symlink(&victim, &attributes).unwrap();
    case.answer("later.json", 22, &[]);
    let (_, err) = case.run_to(2, &["intake", "later.json"]);
    assert!(err.contains("no symbolic links"), "{err}");
    // The link replaces the schema next to a template.
    for target in [victim.as_path(), &case.path().join(OWNER_REQUESTS)] {
        let before = std::fs::read(target).unwrap();
        let schema = case.path().join("answers/monitoring_owner_response_v1.schema.json");
        std::fs::create_dir_all(schema.parent().unwrap()).unwrap();
        symlink(target, &schema).unwrap();
        case.run_to(2, &["template", RULES, "--output", "answers/a.json"]);
        assert_eq!(std::fs::read(target).unwrap(), before);
        std::fs::remove_file(schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    // The link replaces the list of signers.
    let case = Case::new();
    symlink(&victim, case.path().join(SIGNERS)).unwrap();
    assert!(case.run_to(2, &["verify"]).1.contains("not a symbolic link"));
}

#[test]
fn an_argument_that_is_not_one_is_shown_escaped() {
    let case = Case::new();
    for argument in ["--x\n::error file=a::b", "--\u{1b}]0;title\u{7}", "nonsense\n::set-output"] {
        let (out, err) = case.run_to(2, &[argument]);
        let is_command = |line: &str| line.trim_start().starts_with("::");
        assert!(out.is_empty() && !err.contains('\u{1b}') && !err.contains('\u{7}'), "{err:?}");
        assert!(!err.lines().any(is_command), "{err}");
    }
}

#[test]
fn json_holds_no_character_that_steers_a_terminal() {
    let case = Case::new();
    let name = "a\u{9b}31m\u{202e}\u{e0041}.json";
    case.answer(name, 20, &[("rollback_owner", json!("TBD"))]);
    case.write(&format!("{JOURNAL}/{name}"), "x");
    for args in [
        &["triage", name, "--format", "json"][..],
        &["triage", name, "--format", "sarif"],
        &["verify", "--format", "json"],
        &["verify", "--format", "sarif"],
    ] {
        let output = case.run(args);
        assert!(!stdout(&output).contains(['\u{9b}', '\u{202e}', '\u{e0041}']), "{args:?}");
        let shown: Value = serde_json::from_str(stdout(&output)).unwrap();
        assert!(shown.to_string().contains("31m"), "{shown}");
    }
}
