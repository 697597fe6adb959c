//! `inventory`, `draft` and `init`: from any repository to a ledger that is ready to commit.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::{Case, LEDGER, RULES};
use crate::tool::{INVENTORY, OWNER_REQUESTS, copy_of, example, stderr, stdout, tool, write};

const ROUTE: &str = "route:\n  receiver: a\nreceivers:\n- name: a\n";
const GROUPS: &str = "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n";

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
}

fn run(folder: &Path, args: &[&str]) -> Output {
    tool(folder).args(args).output().unwrap()
}

#[track_caller]
fn run_to(folder: &Path, code: i32, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(&output), stderr(&output));
    format!("{}{}", stdout(&output), stderr(&output))
}

/// Runs `inventory` on a folder. Returns the surface ids, and each remark with its path.
fn inventory(folder: &Path) -> (Vec<String>, Vec<(String, String)>) {
    let output = run(folder, &["inventory", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let surfaces = document["surfaces"].as_array().unwrap();
    let remarks = document["remarks"].as_array().unwrap();
    (
        surfaces.iter().map(|surface| text(&surface["surface_id"])).collect(),
        remarks.iter().map(|remark| (text(&remark["remark"]), text(&remark["path"]))).collect(),
    )
}

/// The remark that a file was not examined.
fn not_examined(path: &str) -> (String, String) {
    ("not_examined".to_owned(), path.to_owned())
}

#[test]
fn a_repository_becomes_a_ledger_that_verifies_and_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    write(root, "monitoring/alertmanager.yml", ROUTE);
    write(root, "rules/node.yml", format!("# pint file/owner night-shift\n{GROUPS}"));
    write(root, "CODEOWNERS", "* @platform\n/monitoring/ @on-call\n");
    write(root, "README.md", "# Nothing\n");
    write(root, "untracked.yml", GROUPS);
    git(root, &["add", "monitoring", "rules", "CODEOWNERS", "README.md"]);
    git(root, &["commit", "-qm", "a"]);
    let said = run_to(root, 0, &["init"]);
    insta::assert_snapshot!("init_says", said);
    // Only a command may be longer than 80 columns: it stays on one line, so that a user can paste it.
    let mut lines = said.lines().filter(|line| !line.contains("acceptance-ledger template"));
    assert!(lines.all(|line| line.chars().count() <= 80), "{said}");
    run_to(root, 0, &["verify"]);
    let requests: Value =
        serde_json::from_slice(&fs::read(root.join(OWNER_REQUESTS)).unwrap()).unwrap();
    let owners: Vec<_> = requests["request_drafts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|draft| draft["suggested_owner"].as_str().unwrap())
        .collect();
    assert_eq!(owners, ["@on-call", "night-shift"]);

    let files = [INVENTORY, OWNER_REQUESTS, LEDGER];
    let read = || files.map(|file| fs::read(root.join(file)).unwrap());
    let before = read();
    fs::remove_file(root.join("untracked.yml")).unwrap();
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "b"]);
    run_to(root, 0, &["init", "--check"]);
    let said = run_to(root, 0, &["init", "--generated-at", "2030-01-01T00:00:00Z"]);
    assert!(said.contains("Nothing to write"), "{said}");
    // Another commit and another time alone change no file.
    assert_eq!(before, read());
}

#[test]
fn what_changed_is_told_and_the_answers_that_it_outdates() {
    let case = Case::accepted();
    let root = case.path();
    assert!(run_to(root, 1, &["init", "--check"]).contains("next: acceptance-ledger init"));
    run_to(root, 0, &["init"]);
    run_to(root, 0, &["init", "--check"]);
    let rules = root.join("prometheus/alert.rules");
    let text = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, format!("{text}# changed\n")).unwrap();
    write(root, "new/route.yml", ROUTE);
    fs::remove_file(root.join("docker-compose.exporters.yml")).unwrap();
    let stale = run_to(root, 1, &["init", "--check"]);
    let said = run_to(root, 0, &["init"]);
    for said in [&stale, &said] {
        for line in [
            "1 new:\n      alertmanager_config:new/route.yml",
            "1 gone:\n      monitoring_compose:docker-compose.exporters.yml",
            "1 changed:\n      prometheus_rules:prometheus/alert.rules",
            "1 with an answer that no longer counts; ask the owner again:\n      prometheus_rules:prometheus/alert.rules (answered by ",
        ] {
            assert!(said.contains(line), "{line}: {said}");
        }
    }
    assert!(run_to(root, 0, &["init"]).contains("no surface is new, gone or changed"));
    assert_eq!(case.row()["status"], json!("waiting_owner_response"));
    run_to(root, 0, &["verify"]);
}

#[test]
fn each_step_alone_writes_what_init_writes() {
    let folder = copy_of(&example());
    let root = folder.path();
    for (command, file) in [("inventory", INVENTORY), ("draft", OWNER_REQUESTS)] {
        let printed = run(root, &[command]);
        assert_eq!(stdout(&printed), fs::read_to_string(root.join(file)).unwrap(), "{command}");
        fs::remove_file(root.join(file)).unwrap();
        run_to(root, 0, &[command, "--output", file]);
        assert_eq!(stdout(&printed), fs::read_to_string(root.join(file)).unwrap(), "{command}");
    }
    // `draft` must not overwrite the inventory.
    run_to(root, 2, &["draft", "--output", INVENTORY]);
    assert_eq!(
        fs::read(root.join(INVENTORY)).unwrap(),
        fs::read(example().join(INVENTORY)).unwrap()
    );
}

#[test]
fn an_owner_gets_a_response_for_each_surface() {
    let folder = copy_of(&example());
    let root = folder.path();
    run_to(root, 0, &["template", "--owner", "@on-call", "--output-dir", "answers"]);
    let names = crate::tool::names(&root.join("answers"));
    assert_eq!(
        names,
        [
            "alertmanager_config_alertmanager_config.yml.yaml",
            "monitoring_owner_response_v1.schema.json",
            "prometheus_rules_prometheus_alert.rules.yaml"
        ]
    );
    let before = fs::read(root.join("answers").join(&names[0])).unwrap();
    run_to(root, 2, &["template", "--owner", "@on-call", "--output-dir", "answers"]);
    assert_eq!(fs::read(root.join("answers").join(&names[0])).unwrap(), before);
    let said = run_to(root, 2, &["template", "--owner", "@nobody", "--output-dir", "other"]);
    assert!(said.contains("use one of @dashboards, @on-call, @platform"), "{said}");
    assert!(!root.join("other").exists());
    assert!(run_to(root, 0, &["status", RULES]).contains("Owner: @on-call"));
    let listed = run_to(root, 0, &["status", "--owner", "on-call"]);
    assert!(listed.contains("alert.rules") && listed.contains("@on-call"), "{listed}");
    assert!(!listed.contains("@dashboards"), "{listed}");
}

#[test]
fn every_fault_of_an_input_is_told_in_one_run() {
    let folder = copy_of(&example());
    let root = folder.path();
    let draft = json!({"summary": 1, "request_drafts": [
        {"surface_id": "", "write_capable_surface": "no"}, 7, {"request_id": 1}]});
    write(root, OWNER_REQUESTS, draft.to_string());
    let said = run_to(root, 2, &["generate"]);
    let count = said.matches("\nerror: ").count() + 1;
    // The summary, the missing list of fields, an id and a flag, missing keys of the first draft, a draft that is not
    // an object, a wrong type, and missing keys of the last draft.
    assert_eq!(count, 1 + 1 + 2 + 11 + 1 + 1 + 12, "{said}");
    assert!(!root.join("out.json").exists());
}

#[test]
fn a_secret_of_a_configuration_is_neither_printed_nor_stored() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let secret = "8012345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";
    write(
        root,
        "a.yml",
        format!("{ROUTE}  telegram_configs:\n  - bot_token: {secret}\n    chat_id: 1\n"),
    );
    write(root, "broken.yml", format!("{ROUTE}bad: 'unclosed {secret}\n: : x\n"));
    write(
        root,
        "sh/notify.sh",
        format!("#!/bin/sh\ncurl https://api.telegram.org/bot{secret}/sendMessage\n"),
    );
    let said = run_to(root, 0, &["init"]);
    assert!(said.contains("3 surfaces"), "{said}");
    assert!(!said.contains(secret));
    for file in [INVENTORY, OWNER_REQUESTS, LEDGER] {
        assert!(!fs::read_to_string(root.join(file)).unwrap().contains(secret), "{file}");
    }
}

#[test]
fn links_in_circles_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    write(root, "a/rules.yml", GROUPS);
    symlink("..", root.join("a/up")).unwrap();
    symlink("self.yml", root.join("self.yml")).unwrap();
    symlink("two.yml", root.join("one.yml")).unwrap();
    symlink("one.yml", root.join("two.yml")).unwrap();
    symlink("/etc/hosts", root.join("out.yml")).unwrap();
    symlink("a/rules.yml", root.join("inside.yml")).unwrap();
    let expected = ["one.yml", "out.yml", "self.yml", "two.yml"].map(not_examined);
    for is_tracked in [true, false] {
        if is_tracked {
            git(root, &["add", "-A"]);
        } else {
            fs::remove_dir_all(root.join(".git")).unwrap();
        }
        let (surfaces, remarks) = inventory(root);
        assert_eq!(surfaces, ["prometheus_rules:a/rules.yml"], "{is_tracked}");
        assert_eq!(remarks, expected, "{is_tracked}");
    }
}

#[test]
fn a_folder_that_became_a_link_is_not_examined() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    write(root, "a/rules.yml", GROUPS);
    git(root, &["add", "-A"]);
    let elsewhere = TempDir::new().unwrap();
    write(elsewhere.path(), "rules.yml", GROUPS);
    fs::remove_dir_all(root.join("a")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), root.join("a")).unwrap();
    let (surfaces, remarks) = inventory(root);
    assert_eq!((surfaces.len(), remarks), (0, vec![not_examined("a/rules.yml")]));
}

#[test]
fn a_sparse_file_of_a_gigabyte_and_a_binary_one_are_named() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, "rules.yml", GROUPS);
    fs::File::create(root.join("huge.yml")).unwrap().set_len(1 << 30).unwrap();
    write(root, "binary.yaml", b"groups:\0\x01\x02");
    write(root, "picture.png", b"\x89PNG\0");
    let (surfaces, remarks) = inventory(root);
    assert_eq!(surfaces, ["prometheus_rules:rules.yml"]);
    assert_eq!(remarks, ["binary.yaml", "huge.yml"].map(not_examined));
}

#[test]
fn bombs_and_endless_nesting_hide_no_other_file() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let levels = (1..30).map(|level| {
        let item = format!("*a{}", level - 1);
        format!("a{level}: &a{level} [{}]\n", [item.as_str(); 9].join(","))
    });
    let levels = levels.collect::<Vec<_>>().concat();
    write(
        root,
        "bomb.yml",
        format!("a0: &a0 [{{alert: x, expr: y}}]\n{levels}groups: *a29\nname: n\nrules: r\n"),
    );
    let nested = |open: &str, close: &str| {
        format!("groups: {}alert expr rules name{}\n", open.repeat(20_000), close.repeat(20_000))
    };
    write(root, "lists.yml", nested("[", "]"));
    write(root, "maps.json", "{\"groups\":".repeat(20_000));
    write(root, "dashes.yml", format!("groups:\n{}alert expr rules name", "- ".repeat(20_000)));
    write(root, "rules.yml", GROUPS);
    let (surfaces, _) = inventory(root);
    assert_eq!(surfaces, ["prometheus_rules:rules.yml"]);
}

#[test]
fn names_and_bytes_that_are_no_utf8_are_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, "latin.yml", [ROUTE.as_bytes(), b"# caf\xe9\n"].concat());
    fs::write(root.join(std::ffi::OsStr::from_bytes(b"caf\xe9.yml")), ROUTE).unwrap();
    let expected =
        [("not_utf8".to_owned(), "latin.yml".to_owned()), not_examined("caf\u{fffd}.yml")];
    for is_tracked in [false, true] {
        if is_tracked {
            git(root, &["init", "-q"]);
            git(root, &["add", "-A"]);
        }
        let (surfaces, mut remarks) = inventory(root);
        assert_eq!(surfaces, ["alertmanager_config:latin.yml"]);
        remarks.sort_by(|one, other| other.cmp(one));
        assert_eq!(remarks, expected, "{is_tracked}");
    }
}

#[test]
fn a_submodule_is_named_and_not_examined() {
    let other = TempDir::new().unwrap();
    git(other.path(), &["init", "-q"]);
    write(other.path(), "rules.yml", GROUPS);
    git(other.path(), &["add", "-A"]);
    git(other.path(), &["commit", "-qm", "a"]);
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["submodule", "add", "-q", other.path().to_str().unwrap(), "sub"]);
    write(root, "rules.yml", GROUPS);
    git(root, &["add", "-A"]);
    let (surfaces, remarks) = inventory(root);
    assert_eq!(surfaces, ["prometheus_rules:rules.yml"]);
    assert_eq!(remarks, [not_examined("sub")]);
    // Inside, the submodule is a repository of its own.
    assert_eq!(inventory(&root.join("sub")).0, ["prometheus_rules:rules.yml"]);
}

#[test]
fn a_repository_without_files_is_said_to_be_so() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q", "--bare"]);
    let said = run_to(root, 2, &["init"]);
    assert!(said.contains("bare repository") && said.contains("next: clone it"), "{said}");
    assert!(!root.join("docs").exists());

    // If git cannot list the files that it tracks, `init` does not guess them.
    let broken = TempDir::new().unwrap();
    write(broken.path(), "rules.yml", GROUPS);
    write(broken.path(), ".git/HEAD", "nonsense");
    let said = run_to(broken.path(), 2, &["init"]);
    assert!(said.contains("git cannot list the files"), "{said}");

    let empty = TempDir::new().unwrap();
    write(empty.path(), "a.txt", "a");
    let said = run_to(empty.path(), 2, &["init"]);
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!empty.path().join("docs").exists());
    let said = run_to(empty.path(), 2, &["init", "--root", "none"]);
    assert!(said.contains("none"), "{said}");
}

#[test]
fn without_git_the_files_are_those_that_are_not_ignored() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, "rules.yml", GROUPS);
    write(root, "build/rules.yml", GROUPS);
    write(root, ".gitignore", "build/\n");
    assert_eq!(inventory(root).0, ["prometheus_rules:rules.yml"]);
}

/// Stops the background thread of a test when dropped, so that the thread also ends if the test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_file_that_is_replaced_again_and_again_is_read_as_it_is_at_one_moment() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let texts = ["a", "bb"].map(|word| format!("{GROUPS}# {}\n", word.repeat(200_000)));
    let digests = texts.clone().map(|text| acceptance_ledger::Digest::of(text.as_bytes()).hex());
    let path = write(root, "rules.yml", &texts[0]);
    let next = TempDir::new_in(root.parent().unwrap()).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _stop = StopOnDrop(&is_over);
        scope.spawn(|| {
            for text in texts.iter().cycle().take_while(|_| !is_over.load(Ordering::Relaxed)) {
                let next = write(next.path(), "next.yml", text);
                fs::rename(next, &path).unwrap();
            }
        });
        for _ in 0..20 {
            let output = run(root, &["inventory", "--quiet"]);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            let digest = document["surfaces"][0]["repo_sha256"].as_str().unwrap().to_owned();
            assert!(digests.contains(&digest), "the file was read as a mixture of two versions");
        }
    });
}

#[test]
fn a_compose_file_is_known_by_its_images_after_its_variables() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, "a/compose.yml", "services:\n  one:\n    image: ${IMAGE}:${TAG}\n");
    assert_eq!(inventory(root).0, [""; 0]);
    write(root, "a/.env", "# which one\nexport IMAGE=\"prom/prometheus\"\nTAG=v3\n");
    assert_eq!(inventory(root).0, ["monitoring_compose:a/compose.yml"]);
}

#[test]
fn the_first_file_of_owners_counts_and_nobody_is_made_up() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, "route.yml", ROUTE);
    let suggested = || {
        let document: Value =
            serde_json::from_slice(&run(root, &["inventory", "--quiet"]).stdout).unwrap();
        document["surfaces"][0]["suggested_owner"].as_str().map(str::to_owned)
    };
    assert_eq!(suggested(), None);
    write(root, ".gitlab/CODEOWNERS", "[Alerts] @gitlab\nroute.yml\n");
    assert_eq!(suggested().as_deref(), Some("@gitlab"));
    write(root, "CODEOWNERS", "* @root\n");
    assert_eq!(suggested().as_deref(), Some("@root"));
    write(root, ".github/CODEOWNERS", "*.yml @github\nroute.yml\n");
    assert_eq!(suggested(), None, "the last rule names no owner");
}

#[test]
fn a_kind_is_explained_by_what_is_looked_for() {
    let said = run_to(Path::new("."), 0, &["explain", "alertmanager_config"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("route/receiver, receivers/[]/name"), "{said}");
    assert!(said.contains("receiver_owner, receiver_receipt_proof_ref"), "{said}");
    let said = run_to(Path::new("."), 0, &["explain", "prometheus_config"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("if it has one of alerting, rule_files, a change to it changes alerts, so its tier is C0"), "{said}");
}
