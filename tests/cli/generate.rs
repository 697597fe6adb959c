//! `generate` as a pipeline uses it: it has the flags of the reference, and writes its bytes and its last line.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use serde_json::{Value, json};

use crate::tool::{
    OWNER_REQUESTS, copy_of, example, golden, golden_inputs, names, stderr, stdout, tool, write,
};

const TIME: &str = "2026-01-01T08:00:00+08:00";

#[test]
fn the_ledger_is_the_references() {
    for (name, counts) in [
        ("dockprom", "candidates=12 write_capable=4"),
        ("kube-prometheus", "candidates=40 write_capable=18"),
    ] {
        let folder = copy_of(&golden_inputs(name));
        let output =
            tool(folder.path()).args(["generate", "--generated-at", TIME]).output().unwrap();
        assert!(output.status.success());
        assert!(stdout(&output) == golden(name), "{name} differs");
        assert_eq!(
            stderr(&output),
            format!(
                "MONITORING_OWNER_RESPONSE_ACCEPTANCE_OK {counts} checks=23 lanes=12 accepted=0 runtime_gate=0\n"
            )
        );
    }
}

#[test]
fn the_flags_are_the_references() {
    let folder = copy_of(&golden_inputs("dockprom"));
    let path = folder.path();
    std::fs::rename(path.join("docs/security"), path.join("inputs")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = tool(elsewhere.path())
        .arg("generate")
        .arg("--root")
        .arg(path)
        // The flag is abbreviated and given twice. The last one counts.
        .args(["--inventory=nowhere.json"])
        .args([
            "--inventory-report",
            "inputs/monitoring-alerting-observability-inventory.snapshot.json",
        ])
        .arg("--owner-request-report")
        .arg(path.join("inputs/monitoring-owner-request-draft.snapshot.json"))
        .args(["--out", "new/folder/ledger.json", "--generated-at", TIME])
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "");
    assert!(output.status.success(), "{}", stderr(&output));
    let written = std::fs::read_to_string(elsewhere.path().join("new/folder/ledger.json")).unwrap();
    assert!(written == golden("dockprom"));
}

#[test]
fn empty_arguments_count_as_absent() {
    let folder = copy_of(&example());
    let args = ["generate", "--root", "", "--output", "", "--generated-at", ""];
    let output = tool(folder.path()).args(args).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let ledger: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let time = ledger["generated_at"].as_str().unwrap();
    assert!(time.len() == TIME.len() && time.ends_with("+08:00"), "{time}");
}

#[test]
fn quiet_says_nothing_but_errors() {
    let folder = copy_of(&example());
    let quiet = tool(folder.path()).args(["generate", "--quiet"]).output().unwrap();
    assert!(quiet.status.success() && quiet.stderr.is_empty());
    let wrong =
        tool(folder.path()).args(["generate", "--quiet", "--root", "nowhere"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    // Both inputs are missing, and one run reports both.
    assert_eq!(stderr(&wrong).matches("error: cannot read nowhere/docs").count(), 2);
    assert_eq!(
        stderr(&wrong).matches("\n  next: run `acceptance-ledger init --root nowhere`").count(),
        2
    );
}

#[test]
fn the_commit_is_the_short_head_of_the_root() {
    let folder = copy_of(&example());
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).trim().to_owned()
    };
    let commit = || {
        let output = tool(folder.path()).arg("generate").output().unwrap();
        let ledger: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ledger["git_commit"].as_str().unwrap().to_owned()
    };
    assert_eq!(commit(), "unknown");
    git(&["init", "-q"]);
    assert_eq!(commit(), "unknown", "no commit yet");
    git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    assert_eq!(commit(), git(&["rev-parse", "--short", "HEAD"]));
}

#[test]
fn a_file_is_replaced_whole_and_keeps_its_mode() {
    let folder = copy_of(&golden_inputs("dockprom"));
    let path = folder.path();
    let target = write(path, "out/ledger.json", "before");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("out/ledger.json", path.join("link.json")).unwrap();

    let args = ["generate", "--generated-at", TIME, "--output", "link.json"];
    assert!(tool(path).args(args).status().unwrap().success());
    assert!(std::fs::read_to_string(&target).unwrap() == golden("dockprom"));
    assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert!(path.join("link.json").is_symlink());
    assert_eq!(names(&path.join("out")), ["ledger.json"]);
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    let folder = copy_of(&example());
    let status = Command::new("sh")
        .args(["-c", "umask 027 && exec \"$0\" generate --output ledger.json"])
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    let mode = folder.path().join("ledger.json").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn what_is_no_file_is_written_to_as_it_stands() {
    let folder = copy_of(&golden_inputs("dockprom"));
    let args = ["generate", "--generated-at", TIME, "--output", "/dev/stdout"];
    let output = tool(folder.path()).args(args).output().unwrap();
    assert!(output.status.success() && stdout(&output) == golden("dockprom"));
}

/// A write fails in the middle, the folder accepts no file, or the target is a folder.
/// The old file must stay, and nothing else may be left.
#[test]
fn a_failed_write_changes_nothing() {
    let folder = copy_of(&golden_inputs("kube-prometheus"));
    let path = folder.path();
    write(path, "out/ledger.json", "before");
    std::fs::create_dir(path.join("out/folder")).unwrap();

    // A file may grow to 100 blocks; the ledger is larger.
    let full = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" generate --output out/ledger.json"])
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .current_dir(path)
        .output()
        .unwrap();
    assert_eq!(full.status.code(), Some(2));
    assert!(
        stderr(&full).contains("error: cannot write out/ledger.json: File too large"),
        "{}",
        stderr(&full)
    );

    for (target, said) in [
        ("out/folder", "cannot write out/folder"),
        ("out/ledger.json/below", "cannot make the folder out/ledger.json"),
        ("/proc/ledger.json", "cannot write /proc/ledger.json"),
        ("/dev/full", "cannot write /dev/full: No space left on device"),
    ] {
        let output = tool(path).args(["generate", "--output", target]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{target}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert!(!stderr(&output).contains("_OK"));
    }
    assert_eq!(std::fs::read_to_string(path.join("out/ledger.json")).unwrap(), "before");
    assert_eq!(names(&path.join("out")), ["folder", "ledger.json"]);
}

/// There are more surfaces than the threads pass on at once. A file is written while the inputs are
/// read; standard output is not. Both must have the same bytes.
#[test]
fn many_surfaces_are_written_in_order() {
    let folder = copy_of(&example());
    let path = folder.path();
    let draft = |index: usize| {
        format!(
            r#"{{"request_id": "r{index}", "surface_id": "s{index}", "label": {index}, "expected_scope": 1,
            "config_kind": 1, "observability_scope": 1, "control_tier": 1, "repo_source_path": 1,
            "repo_sha256": 1, "source_line_count": 1, "write_capable_surface": true,
            "requires_live_evidence": true, "required_owner_fields": ["a", "b{}"]}}"#,
            index / 300
        )
    };
    let drafts: Vec<_> = (0..1_300).map(draft).collect();
    let text =
        format!(r#"{{"required_owner_fields": [], "request_drafts": [{}]}}"#, drafts.join(","));
    write(path, OWNER_REQUESTS, text);
    let generate = ["generate", "--generated-at", TIME];
    let to_output = tool(path).args(generate).output().unwrap();
    let status = tool(path).args(generate).args(["--output", "ledger.json"]).status().unwrap();
    assert!(to_output.status.success() && status.success());
    assert!(std::fs::read(path.join("ledger.json")).unwrap() == to_output.stdout);
    let ledger: serde_json::Value = serde_json::from_slice(&to_output.stdout).unwrap();
    for (index, candidate) in ledger["acceptance_candidates"].as_array().unwrap().iter().enumerate()
    {
        assert_eq!(candidate["label"], index);
        assert_eq!(candidate["required_owner_fields"][1], format!("b{}", index / 300));
    }
}

#[test]
fn a_closed_standard_error_is_no_panic() {
    let folder = copy_of(&example());
    for args in ["generate --output ledger.json", "generate --root nowhere"] {
        let status = Command::new("sh")
            .args(["-c", &format!("\"$0\" {args} 2> /dev/full")])
            .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
            .current_dir(folder.path())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(2), "{args}");
    }
}

#[test]
fn the_output_may_be_named_as_the_reference_takes_it() {
    let folder = copy_of(&golden_inputs("dockprom"));
    let path = folder.path();
    symlink("target.json", path.join("dangling.json")).unwrap();
    for (output, written) in
        [("dangling.json", "target.json"), ("slash/", "slash"), ("dot/.", "dot"), ("-7", "-7")]
    {
        let args = ["generate", "--generated-at", TIME, "--output", output];
        let output = tool(path).args(args).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(std::fs::read_to_string(path.join(written)).unwrap() == golden("dockprom"));
    }
    assert!(path.join("dangling.json").is_symlink());
}

#[test]
fn a_full_standard_output_is_an_error_and_no_panic() {
    let folder = copy_of(&golden_inputs("kube-prometheus"));
    let output = Command::new("sh")
        .args(["-c", "\"$0\" generate > /dev/full"])
        .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: cannot write standard output: "));
}

#[test]
fn a_closed_standard_output_is_an_error_and_one_that_goes_nowhere_is_none() {
    let folder = copy_of(&example());
    for command in ["generate", "replay"] {
        for (to, code) in [(">&-", 2), ("> /dev/null", 0)] {
            let output = Command::new("sh")
                .args(["-c", &format!("\"$0\" {command} {to}")])
                .arg(env!("CARGO_BIN_EXE_acceptance-ledger"))
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{command} {to}");
            let err = stderr(&output);
            let is_reported =
                err.starts_with("error: cannot write standard output: it is closed\n");
            assert_eq!(is_reported, code == 2, "{command} {to}: {err}");
            assert_eq!(err.contains("_OK candidates=12"), code == 0, "{command} {to}: {err}");
        }
    }
}

/// Every error about the inputs, as a user reads it. The output file must stay unchanged.
#[test]
fn refusals() {
    let draft = std::fs::read_to_string(example().join(OWNER_REQUESTS)).unwrap();
    let replaced = |from: &str, to: &str| {
        assert!(draft.contains(from), "{from}");
        draft.replacen(from, to, 1)
    };
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let with_label =
        |value: &str| replaced("\"label\": \"config.yml\"", &format!("\"label\": {value}"));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not JSON", replaced("\"label\":", "\"label\"").into()),
        ("cut off", draft.as_bytes()[..2_000].into()),
        ("trailing data", format!("{draft}x").into()),
        (
            "a trailing comma",
            replaced("\"write_capable_surface\": true", "\"write_capable_surface\": true,").into(),
        ),
        ("a control character", with_label("\"a\tb\"").into()),
        ("an escape that JSON lacks", with_label("\"\\x\"").into()),
        ("a leading zero", with_label("01").into()),
        ("not UTF-8", [&draft.as_bytes()[..60], &[0xff], &draft.as_bytes()[60..]].concat()),
        ("a byte order mark", format!("\u{feff}{draft}").into()),
        ("NaN", with_label("NaN").into()),
        ("minus infinity", with_label("[1, -Infinity]").into()),
        ("a float that overflows", with_label("1e400").into()),
        (
            "a float that overflows in a value that is not used",
            replaced("\"request_sent\": false", "\"request_sent\": -1e400").into(),
        ),
        ("too many digits", with_label(&"9".repeat(4_301)).into()),
        ("too deep", with_label(&deep(125)).into()),
        ("a lone surrogate", with_label("\"\\ud83d!\"").into()),
        ("a lone trailing surrogate in a key", with_label("{\"\\udc00\": 1}").into()),
        ("a duplicate key", replaced("\"control_tier\": \"C0\"", "\"label\": 1").into()),
        (
            "a duplicate key, once escaped",
            replaced("\"control_tier\": \"C0\"", "\"l\\u0061bel\": 1").into(),
        ),
        (
            "a duplicate unknown key",
            with_label("{\"hunter2\": 1, \"x\": {}, \"hunter2\": 2}").into(),
        ),
        ("a missing key", replaced("\"label\": \"config.yml\",", "").into()),
        ("a missing list of fields", br#"{"request_drafts": []}"#.to_vec()),
        ("not an object", b"[]".to_vec()),
        ("an empty document", b" \n".to_vec()),
        (
            "drafts that are not an array",
            br#"{"required_owner_fields": [], "request_drafts": {}}"#.to_vec(),
        ),
        (
            "drafts that are null",
            br#"{"required_owner_fields": [], "request_drafts": null}"#.to_vec(),
        ),
        (
            "a draft that is not an object",
            br#"{"required_owner_fields": [], "request_drafts": [7]}"#.to_vec(),
        ),
        (
            "a summary that is not an object",
            br#"{"required_owner_fields": [], "summary": null}"#.to_vec(),
        ),
        ("required fields that are not strings", replaced("\"decision\",", "null,").into()),
        ("required fields that are not an array", br#"{"required_owner_fields": "all"}"#.to_vec()),
        ("an empty id", replaced("\"alertmanager_config:alertmanager/config.yml\"", "\"\"").into()),
        (
            "an id that is not a string",
            replaced("\"alertmanager_config:alertmanager/config.yml\"", "7").into(),
        ),
        (
            "a trait that is not a boolean",
            replaced("\"requires_live_evidence\": true", "\"requires_live_evidence\": 1").into(),
        ),
        (
            "two drafts for one surface",
            replaced(
                "\"grafana_dashboard:grafana/provisioning/dashboards/docker_containers.json\"",
                "\"alertmanager_config:alertmanager/config.yml\"",
            )
            .into(),
        ),
    ];
    let mut said = String::new();
    for (name, document) in cases {
        let folder = copy_of(&example());
        write(folder.path(), OWNER_REQUESTS, document);
        write(folder.path(), "out/ledger.json", "before");
        let output =
            tool(folder.path()).args(["generate", "--output", "out/ledger.json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty());
        assert_eq!(
            std::fs::read_to_string(folder.path().join("out/ledger.json")).unwrap(),
            "before"
        );
        assert_eq!(names(&folder.path().join("out")), ["ledger.json"]);
        assert!(!stderr(&output).contains("hunter2"));
        said += &["# ", name, "\n", stderr(&output), "\n"].concat();
    }
    insta::assert_snapshot!(said);
}

/// The deepest nesting and the longest integer that are allowed.
#[test]
fn the_limits_themselves_are_allowed() {
    let draft = std::fs::read_to_string(example().join(OWNER_REQUESTS)).unwrap();
    for label in [format!("{}{}", "[".repeat(124), "]".repeat(124)), "9".repeat(4_300)] {
        let folder = copy_of(&example());
        write(folder.path(), OWNER_REQUESTS, draft.replacen("\"config.yml\"", &label, 1));
        let output = tool(folder.path()).arg("generate").output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(
            stdout(&output)
                .replace(char::is_whitespace, "")
                .contains(&format!("\"label\":{label},"))
        );
    }
}

/// Inputs of more than 16 MiB are read in pieces. The bytes are those of the same inputs through a pipe, which are read
/// as a whole.
#[test]
fn large_inputs_give_the_same_bytes_by_every_way() {
    let folder = copy_of(&example());
    let path = folder.path();
    let requests = path.join(OWNER_REQUESTS);
    let mut document: Value = serde_json::from_slice(&std::fs::read(&requests).unwrap()).unwrap();
    let draft = document["request_drafts"][0].clone();
    let drafts = (0..14_000).map(|index| {
        let mut draft = draft.clone();
        draft["surface_id"] = json!(format!("prometheus_rules:告警-{index}.yml"));
        draft["label"] = json!("long ".repeat(80));
        draft
    });
    document["request_drafts"] = drafts.collect();
    let text = document.to_string();
    assert!(text.len() > 16 << 20);
    std::fs::write(&requests, &text).unwrap();
    let generate = || {
        let mut command = tool(path);
        command.args(["generate", "--generated-at", TIME]);
        command
    };
    let printed = generate().output().unwrap();
    assert!(printed.status.success(), "{}", stderr(&printed));
    let written = generate().args(["--output", "ledger.json"]).output().unwrap();
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(std::fs::read(path.join("ledger.json")).unwrap() == printed.stdout);
    let file = std::fs::File::open(&requests).unwrap();
    let piped = Command::new("sh")
        .args(["-c", "cat | \"$0\" \"$@\"", env!("CARGO_BIN_EXE_acceptance-ledger")])
        .args(["generate", "--generated-at", TIME, "--owner-request-report", "/dev/stdin"])
        .current_dir(path)
        .stdin(file)
        .output()
        .unwrap();
    assert!(piped.stdout == printed.stdout, "{}", stderr(&piped));

    // A fault at the very end is told with its place, and nothing is printed or written.
    let last = text.rfind("prometheus_rules:告警-13999.yml").unwrap();
    for (broken, problem) in [
        (text.replace("告警-13999.yml", "告警-7.yml"), "asks about the same surface"),
        (format!("{} x", text.trim_end()), "expected the end of the document"),
        (text.get(..last).unwrap().to_owned(), "the text ends here"),
    ] {
        std::fs::write(&requests, broken).unwrap();
        std::fs::write(path.join("ledger.json"), "old").unwrap();
        let printed = generate().output().unwrap();
        assert_eq!((printed.status.code(), stdout(&printed)), (Some(2), ""), "{problem}");
        let written = generate().args(["--output", "ledger.json"]).output().unwrap();
        assert_eq!(stderr(&written), stderr(&printed));
        assert!(stderr(&printed).contains(problem), "{}", stderr(&printed));
        assert_eq!(std::fs::read(path.join("ledger.json")).unwrap(), b"old");
    }
}
