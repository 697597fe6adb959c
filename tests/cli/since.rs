//! `verify --since`: nothing leads it to another history, and it compares the inputs with history, too.

use std::path::Path;

use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, JOURNAL, RULES};
use crate::tool::{INVENTORY, OWNER_REQUESTS, stderr, stdout, tool};

/// A case whose acceptance is committed. `origin/main` names this commit.
fn committed() -> Case {
    let case = Case::accepted();
    case.commit_ledger();
    case.commit_all();
    case.git(&["remote", "add", "origin", "."]);
    case.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    case
}

/// Rewrites history as an attacker would: removes the journal, and commits a ledger in which no owner has answered.
fn forget_all(case: &Case) {
    std::fs::remove_dir_all(case.path().join(JOURNAL)).unwrap();
    case.commit_ledger();
    case.git(&["add", "-A"]);
    case.git(&["commit", "-qm", "nothing ever happened"]);
}

const SINCE: &[&str] = &["--since", "origin/main"];

#[test]
fn a_partial_clone_stops_with_the_command_that_completes_it() {
    let case = committed();
    case.write("later.txt", "so that the clone's own commit has other files\n");
    forget_all(&case);
    case.git(&["config", "uploadpack.allowFilter", "true"]);
    let clones = tempfile::tempdir().unwrap();
    let clone = clones.path().join("clone");
    let from = format!("file://{}", case.path().to_str().unwrap());
    case.git(&["clone", "-q", "--filter=blob:none", &from, clone.to_str().unwrap()]);
    let verify = || tool(&clone).args(["verify", "--since", "HEAD~1"]).output().unwrap();
    let output = verify();
    let err = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("partial clone") && err.contains("git fetch --refetch"), "{err}");
    let clone = Case::of(&clone);
    clone.git(&["fetch", "-q", "--refetch", "--no-filter"]);
    assert_eq!(clone.codes(&["--since", "HEAD~1"])[0], "history_rewritten");
}

#[test]
fn a_ref_that_takes_the_name_of_another_is_refused() {
    let plants: [&[&str]; 5] = [
        &["tag", "origin/main"],
        &["branch", "origin/main"],
        &["update-ref", "refs/origin/main", "HEAD"],
        &["update-ref", "refs/remotes/origin/main/HEAD", "HEAD"],
        &["tag", "-a", "-m", "a tag", "origin/main"],
    ];
    for plant in plants {
        let case = committed();
        forget_all(&case);
        assert_eq!(case.codes(SINCE), ["history_rewritten"; 3]);
        if plant.contains(&"refs/remotes/origin/main/HEAD") {
            // A ref cannot also be a folder of refs, so git refuses this one.
            continue;
        }
        case.git(plant);
        let (out, err) = case.run_to(2, &[&["verify"], SINCE].concat());
        assert!(out.is_empty() && err.contains("the name is ambiguous"), "{plant:?}: {err}");
        // The full name of the ref is not ambiguous.
        assert_eq!(case.codes(&["--since", "refs/remotes/origin/main"]), ["history_rewritten"; 3]);
    }
    // The branch of the remote is missing, and a tag or a branch has its name.
    for plant in ["tag", "branch"] {
        let case = committed();
        forget_all(&case);
        case.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
        case.git(&[plant, "origin/main"]);
        let (_, err) = case.run_to(2, &[&["verify"], SINCE].concat());
        assert!(err.contains("ambiguous"), "{err}");
    }
    // A ref must not have a name that also names a commit.
    let case = committed();
    let head = std::process::Command::new("git")
        .current_dir(case.path())
        .args(["rev-parse", "HEAD"])
        .output()
        .unwrap();
    let head = stdout(&head).trim().to_owned();
    forget_all(&case);
    assert_eq!(case.codes(&["--since", &head]), ["history_rewritten"; 3]);
    case.git(&["tag", &head]);
    case.git(&["tag", "HEAD"]);
    for name in [&head, "HEAD", "HEAD~1"] {
        assert!(case.run_to(2, &["verify", "--since", name]).1.contains("ambiguous"), "{name}");
    }
    for name in ["", ":/nothing", "@{u}", "refs/tags/*", "^HEAD"] {
        case.run_to(2, &["verify", &format!("--since={name}")]);
    }
}

#[test]
fn no_other_repository_is_asked() {
    // Environment variables that would lead git to another repository.
    let case = committed();
    forget_all(&case);
    let folder = case.path();
    let bare = |name: &str, to: &Path| {
        let status = std::process::Command::new("git")
            .args(["init", "-q", "--bare"])
            .arg(to)
            .status()
            .unwrap();
        assert!(status.success(), "{name}");
    };
    let elsewhere = tempfile::tempdir().unwrap();
    bare("elsewhere", elsewhere.path());
    case.git(&["push", "-q", elsewhere.path().to_str().unwrap(), "HEAD:refs/remotes/origin/main"]);
    for (name, value) in [
        ("GIT_DIR", elsewhere.path().to_str().unwrap()),
        ("GIT_COMMON_DIR", elsewhere.path().to_str().unwrap()),
        ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
        ("GIT_NAMESPACE", "other"),
        ("GIT_CONFIG_COUNT", "nonsense"),
    ] {
        let output = tool(folder)
            .env(name, value)
            .args(["verify", "--since", "origin/main", "--format", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_str(stdout(&output)).unwrap();
        assert_eq!(report["findings"].as_array().unwrap().len(), 3, "{name}: {}", stderr(&output));
    }

    // A bare repository that was committed into the tree, and --root points to it.
    let copy = tempfile::tempdir().unwrap();
    bare("in the tree", copy.path());
    case.git(&["push", "-q", copy.path().to_str().unwrap(), "HEAD:refs/remotes/origin/main"]);
    let status = std::process::Command::new("cp")
        .args(["-R", "docs"])
        .arg(copy.path())
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success());
    let output = tool(copy.path()).args(["verify", "--since", "origin/main"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("not a git work tree"), "{}", stderr(&output));
    let output = tool(copy.path()).args(["generate"]).output().unwrap();
    assert!(stdout(&output).contains("\"git_commit\": \"unknown\""));
}

#[test]
fn a_revision_is_named_in_full_and_one_without_a_journal_is_said() {
    let case = Case::new();
    case.commit_all();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    case.commit_ledger();
    let (_, err) = case.run_to(0, &["verify", "--since", "HEAD"]);
    assert!(err.contains("HEAD has no journal: there is no history to check"), "{err}");
    let commit =
        err.lines().find_map(|line| line.strip_prefix("history checked since HEAD, commit "));
    assert_eq!(commit.unwrap().len(), 40);
}

/// Removes a surface from both inputs, and writes the ledger without it.
fn drop_surface(case: &Case, id: &str) {
    for (file, key) in [(OWNER_REQUESTS, "request_drafts"), (INVENTORY, "surfaces")] {
        let bytes = std::fs::read(case.path().join(file)).unwrap();
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        document[key].as_array_mut().unwrap().retain(|surface| surface["surface_id"] != id);
        case.write(file, document.to_string());
    }
    case.commit_ledger();
}

#[test]
fn a_surface_that_was_answered_for_does_not_vanish_while_its_file_is_there() {
    let case = committed();
    // No owner has ever answered for the dashboard.
    drop_surface(&case, DASHBOARD);
    assert_eq!(case.codes(SINCE), [""; 0]);
    drop_surface(&case, RULES);
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.codes(SINCE), ["surface_vanished"]);
    let (out, _) = case.run_to(1, &[&["verify"], SINCE].concat());
    assert!(out.contains(RULES) && out.contains("Run `acceptance-ledger init`"), "{out}");
    std::fs::remove_file(case.path().join("prometheus/alert.rules")).unwrap();
    assert_eq!(case.codes(SINCE), [""; 0]);

    // All surfaces vanish at once, with an inventory that lists none.
    let case = committed();
    let empty = json!({"required_owner_fields": [], "request_drafts": []});
    case.write(OWNER_REQUESTS, empty.to_string());
    case.write(INVENTORY, "{}");
    case.commit_ledger();
    assert_eq!(case.codes(SINCE), ["surface_vanished"]);

    // The revision has no journal, and only its ledger shows the acceptance.
    let case = committed();
    case.git(&["rm", "-q", "-r", "--cached", JOURNAL]);
    case.git(&["commit", "-qm", "the ledger alone"]);
    drop_surface(&case, RULES);
    assert_eq!(case.codes(&["--since", "HEAD"]), ["surface_vanished"]);
}

/// An attacker replaces the root or the folder of the journal by a link, which leads git and the tool to another
/// history.
#[test]
fn no_link_leads_to_another_history() {
    let case = Case::accepted();
    case.commit_ledger();
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("monitoring");
    let copied = std::process::Command::new("cp").arg("-R").arg(case.path()).arg(&root).status();
    assert!(copied.unwrap().success());
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git")
            .current_dir(outer.path())
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "as it stands"]);
    let verify = |args: &[&str]| {
        let output = tool(outer.path()).arg("verify").args(args).output().unwrap();
        (output.status.code(), format!("{}{}", stdout(&output), stderr(&output)))
    };
    let since = ["--root", "monitoring", "--since", "HEAD"];
    assert_eq!(verify(&since).0, Some(0), "{}", verify(&since).1);
    // The root becomes a link to another folder of the tree.
    std::fs::rename(&root, outer.path().join("moved")).unwrap();
    std::os::unix::fs::symlink("moved", &root).unwrap();
    let (code, text) = verify(&since);
    assert!(
        code == Some(2) && text.contains("a symbolic link or a submodule leads to the root"),
        "{text}"
    );
    // A link to another repository is refused, too.
    std::fs::remove_file(&root).unwrap();
    let other = committed();
    std::os::unix::fs::symlink(other.path(), &root).unwrap();
    let (code, text) = verify(&since);
    assert!(
        code == Some(2) && text.contains("a symbolic link or a submodule leads to the root"),
        "{text}"
    );
    // By its own path, the other repository is compared with its own history.
    let own = ["--root", other.path().to_str().unwrap(), "--since", "HEAD"];
    assert_eq!(verify(&own).0, Some(0), "{}", verify(&own).1);

    // The folder of the journal becomes a link.
    let case = committed();
    let docs = case.path().join("docs/security");
    std::fs::rename(&docs, case.path().join("docs/moved")).unwrap();
    std::os::unix::fs::symlink("moved", &docs).unwrap();
    case.answer("later.json", 22, &[]);
    for args in
        [&["verify"][..], &["verify", "--since", "HEAD"], &["status"], &["intake", "later.json"]]
    {
        let (_, err) = case.run_to(2, args);
        assert!(err.contains("no symbolic links"), "{args:?}: {err}");
    }
}

#[test]
fn a_surface_does_not_leave_its_file_for_another() {
    let case = committed();
    for (file, key) in [(OWNER_REQUESTS, "request_drafts"), (INVENTORY, "surfaces")] {
        let bytes = std::fs::read(case.path().join(file)).unwrap();
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        let mut surfaces = document[key].as_array_mut().unwrap().iter_mut();
        let rules = surfaces.find(|surface| surface["surface_id"] == RULES).unwrap();
        rules["repo_source_path"] = json!("decoy.rules");
        case.write(file, document.to_string());
    }
    let bytes = std::fs::read(case.path().join("prometheus/alert.rules")).unwrap();
    case.write("decoy.rules", &bytes);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert_eq!(case.codes(SINCE), ["surface_vanished"]);
    std::fs::remove_file(case.path().join("prometheus/alert.rules")).unwrap();
    assert_eq!(case.codes(SINCE), [""; 0]);
}

#[test]
fn the_name_of_a_remote_is_no_tag() {
    let case = committed();
    case.git(&["tag", "origin"]);
    assert!(case.run_to(2, &["verify", "--since", "origin"]).1.contains("ambiguous"));
    case.git(&["tag", "-d", "origin"]);
    case.git(&["update-ref", "refs/remotes/origin/HEAD", "HEAD"]);
    assert!(case.run_to(2, &["verify", "--since", "origin"]).1.contains("ambiguous"));
}

/// A branch that began before the last events of `origin/main` has rewritten nothing. `verify` says with what to compare.
#[test]
fn a_branch_that_is_only_behind_is_told_where_it_began() {
    let case = committed();
    let began = case.git(&["rev-parse", "HEAD"]).trim().to_owned();
    case.answer("later.json", 22, &[]);
    case.run_to(0, &["intake", "later.json"]);
    case.commit_ledger();
    case.git(&["add", "docs"]);
    case.git(&["commit", "-qm", "another answer"]);
    case.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    case.git(&["reset", "-q", "--hard", &began]);
    let (_, err) = case.run_to(1, &[&["verify"], SINCE].concat());
    assert!(
        err.contains(&format!("compare with the commit where it began: --since {began}")),
        "{err}"
    );
    assert_eq!(case.codes(&["--since", &began]), [""; 0]);
    // A branch that contains `origin/main` and has lost its journal gets no such advice.
    let case = committed();
    forget_all(&case);
    let (_, err) = case.run_to(1, &[&["verify"], SINCE].concat());
    assert!(!err.contains("where it began"), "{err}");
}
