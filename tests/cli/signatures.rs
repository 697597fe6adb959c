//! Signed answers and records, made and checked beside OpenSSH itself.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::case::{Case, RULES};
use crate::tool::is_installed;

const SIGNERS: &str = "docs/security/monitoring-owner-response-acceptance.allowed-signers";
const RESPONSE: &str = "owner-response@acceptance-ledger";
const RECORD: &str = "reviewer-record@acceptance-ledger";

fn ssh_keygen(folder: &Path, args: &[&str]) {
    let output = Command::new("ssh-keygen").current_dir(folder).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a key, and gives its public half without its comment.
fn key(case: &Case, name: &str, kind: &[&str]) -> String {
    ssh_keygen(case.path(), &[&["-q", "-N", "", "-C", "", "-f", name], kind].concat());
    let public = std::fs::read_to_string(case.path().join(format!("{name}.pub"))).unwrap();
    public.trim().to_owned()
}

const ED25519: &[&str] = &["-t", "ed25519"];

fn sign(case: &Case, key: &str, namespace: &str, file: &str) {
    let _ = std::fs::remove_file(case.path().join(format!("{file}.sig")));
    ssh_keygen(case.path(), &["-q", "-Y", "sign", "-f", key, "-n", namespace, file]);
}

/// Whether OpenSSH itself takes the signature.
fn openssh_verifies(case: &Case, principal: &str, namespace: &str, file: &str) -> bool {
    let mut child = Command::new("ssh-keygen")
        .current_dir(case.path())
        .args(["-q", "-Y", "verify", "-f", SIGNERS, "-I", principal, "-n", namespace])
        .args(["-s", &format!("{file}.sig")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let bytes = std::fs::read(case.path().join(file)).unwrap();
    // It does not read its input where the list cannot be read.
    let _ = child.stdin.take().unwrap().write_all(&bytes);
    child.wait().unwrap().success()
}

/// A case with two people, each with a key.
fn signed_case() -> Case {
    let case = Case::new();
    let [ada, rex] = ["ada", "rex"].map(|name| key(&case, name, ED25519));
    case.write(
        SIGNERS,
        format!("ada@example.com namespaces=\"{RESPONSE}\" {ada}\nrex@example.com namespaces=\"{RECORD}\" {rex}\n"),
    );
    case.answer("answer.json", 20, &[("responder", json!("ada@example.com"))]);
    case
}

#[test]
fn signed_answers_and_records_are_taken_in_and_held_to_their_signatures() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let (_, err) = case.run_to(1, &["intake", "answer.json"]);
    assert!(
        err.contains("ssh-keygen -Y sign -n owner-response@acceptance-ledger -f KEY answer.json"),
        "{err}"
    );
    for (key, namespace, problem) in [
        ("rex", RESPONSE, "gives this principal this key"),
        ("ada", RECORD, "for another namespace"),
    ] {
        sign(&case, key, namespace, "answer.json");
        assert!(case.run_to(1, &["intake", "answer.json"]).1.contains(problem));
    }
    case.write("answer.json.sig", "no signature");
    assert!(case.run_to(1, &["intake", "answer.json"]).1.contains("holds no SSH signature"));
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    let accept = [("reviewer", json!("rex@example.com"))];
    case.record("record.json", "owner_review_only_update", &accept);
    assert!(case.run_to(1, &["review", "record.json"]).1.contains("has to be signed"));
    sign(&case, "rex", RECORD, "record.json");
    let whole = std::fs::read_to_string(case.path().join("record.json")).unwrap();
    case.write("record.json", whole.replace("readback.", "readback!"));
    assert!(case.run_to(1, &["review", "record.json"]).1.contains("not of these bytes"));
    case.write("record.json", whole);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert!(case.run_to(0, &["status", RULES]).0.contains("rex@example.com reviewed, signed"));
    assert_eq!(case.files(".sig").len(), 2);

    let signature = &case.files(".review.json.sig")[0];
    let kept = std::fs::read(signature).unwrap();
    std::fs::remove_file(signature).unwrap();
    assert_eq!(case.codes(&[]), ["signature_missing"]);
    std::fs::write(signature, std::fs::read(&case.files(".response.json.sig")[0]).unwrap())
        .unwrap();
    assert_eq!(case.codes(&[]), ["signature_invalid"]);
    std::fs::write(signature, kept).unwrap();
    assert_eq!(case.codes(&[]), [""; 0]);

    // Who removes the list, or gives a key to another, is found out; the list of the revision decides.
    case.commit_all();
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    std::fs::remove_file(case.path().join(SIGNERS)).unwrap();
    assert_eq!(case.codes(&[]), ["signature_invalid"; 2]);
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    case.write(SIGNERS, list.replace("rex@", "eve@"));
    assert_eq!(case.codes(&[]), ["signature_invalid"]);
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    case.write(SIGNERS, "rex@example.com nonsense");
    let (_, err) = case.run_to(2, &["verify"]);
    assert!(err.contains("allowed-signers:1:17:"), "{err}");
}

#[test]
fn what_was_filed_unsigned_does_not_hold_once_signatures_are_asked_for() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = Case::accepted();
    case.commit_ledger();
    let ada = key(&case, "ada", ED25519);
    case.write(SIGNERS, format!("ada@example.com {ada}\n"));
    assert_eq!(case.codes(&[]), ["signature_missing"; 2]);

    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let rex = key(&case, "rex", ED25519);
    case.write(SIGNERS, format!("rex@example.com {rex}\n"));
    case.record(
        "record.json",
        "owner_review_only_update",
        &[("reviewer", json!("rex@example.com"))],
    );
    sign(&case, "rex", RECORD, "record.json");
    let (_, err) = case.run_to(1, &["review", "record.json"]);
    assert!(err.contains("the answer is not signed"), "{err}");
}

#[test]
fn nobody_accepts_with_the_key_that_signed_the_answer() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let ada = std::fs::read_to_string(case.path().join("ada.pub")).unwrap();
    case.write(SIGNERS, format!("*@example.com {ada}"));
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    for reviewer in ["rex@example.com", "ada@example.com"] {
        case.record("record.json", "owner_review_only_update", &[("reviewer", json!(reviewer))]);
        sign(&case, "ada", RECORD, "record.json");
        let (_, err) = case.run_to(1, &["review", "record.json"]);
        assert!(err.contains("the reviewer is the responder"), "{err}");
    }
}

/// Whether we take the signed answer in.
fn we_take(case: &Case, file: &str) -> bool {
    // A step that is taken would change what the next finds.
    let copy = Case::new();
    for name in [SIGNERS, file, &format!("{file}.sig")] {
        copy.write(name, std::fs::read(case.path().join(name)).unwrap());
    }
    copy.run(&["intake", file]).status.code() == Some(0)
}

/// Each kind of key and each form of a line: we take a signature if and only if OpenSSH does.
#[test]
fn we_and_openssh_agree() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let kinds: [(&str, &[&str]); 4] = [
        ("ed25519", ED25519),
        ("p256", &["-t", "ecdsa", "-b", "256"]),
        ("p384", &["-t", "ecdsa", "-b", "384"]),
        ("rsa", &["-t", "rsa", "-b", "2048"]),
    ];
    let keys = kinds.map(|(name, kind)| (name, key(&case, name, kind)));
    for (name, public) in &keys {
        case.write(SIGNERS, format!("ada@example.com {public}\n"));
        sign(&case, name, RESPONSE, "answer.json");
        assert!(openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{name}");
        assert!(we_take(&case, "answer.json"), "{name}");
    }
    let public = &keys[0].1;
    let other = &keys[1].1;
    sign(&case, "ed25519", RESPONSE, "answer.json");
    let mut agreed = [0, 0];
    for (line, is_allowed) in [
        (format!("ada@example.com {public} a comment"), true),
        (format!("  \tada@example.com\t {public}"), true),
        (format!("ada@example.com {}", public.replace(' ', " \t ")), true),
        (format!("ada@example.com valid-after=\"19600101Z\" {public}"), false),
        (format!("\"ada@example.com\" {public}"), true),
        (format!("*@example.com {public}"), true),
        (format!("a?a@* {public}"), true),
        (format!("bo@example.com,ada@example.com {public}"), true),
        (format!("*,!ada@example.com {public}"), false),
        (format!("!ada@example.com,* {public}"), false),
        (format!("ADA@example.com {public}"), false),
        (format!("ada {public}"), false),
        (format!("ada@example.com {other}"), false),
        (format!("ada@example.com {other}\nada@example.com {public}"), true),
        (format!("ada@example.com namespaces=\"{RESPONSE}\" {public}"), true),
        (format!("ada@example.com namespaces=\"git,owner-*\" {public}"), true),
        (format!("ada@example.com NAMESPACES=\"owner-*\" {public}"), true),
        (format!("ada@example.com namespaces=\"git\" {public}"), false),
        (format!("ada@example.com namespaces=\"*,!owner-response@*\" {public}"), false),
        (format!("ada@example.com valid-after=\"20200101Z\" {public}"), true),
        (
            format!(
                "ada@example.com valid-after=\"20200101Z\",valid-before=\"209901010000Z\" {public}"
            ),
            true,
        ),
        (
            format!("ada@example.com valid-before=\"20990101000000Z\",namespaces=\"*\" {public}"),
            true,
        ),
        (format!("ada@example.com valid-after=\"20990101Z\" {public}"), false),
        (format!("ada@example.com valid-before=\"20200101Z\" {public}"), false),
        (format!("# nothing\n\nada@example.com {public}\r"), true),
        (
            format!(
                "ada@example.com valid-before=\"20200101Z\" {public}\nada@example.com {public}"
            ),
            true,
        ),
        ("ada@example.com".to_owned(), false),
        (format!("ada@example.com nonsense {public}"), false),
        (format!("ada@example.com cert-authority {public}"), false),
    ] {
        case.write(SIGNERS, format!("{line}\n"));
        let theirs = openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json");
        assert_eq!(theirs, is_allowed, "OpenSSH: {line}");
        assert_eq!(we_take(&case, "answer.json"), theirs, "{line}");
        agreed[usize::from(theirs)] += 1;
    }
    assert!(agreed.iter().all(|count| *count >= 10), "{agreed:?}");
}

#[test]
fn a_signature_stands_alone_in_its_file_and_is_of_a_kind_that_is_checked() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let public = key(&case, "ed25519", ED25519);
    sign(&case, "ed25519", RESPONSE, "answer.json");
    case.write(SIGNERS, format!("ada@example.com {public}\n"));
    let armored = std::fs::read_to_string(case.path().join("answer.json.sig")).unwrap();
    let flat = armored.replace('\n', "").replace("SIGNATURE-----", "SIGNATURE-----\n");
    for (signature, is_one) in [
        (format!("{armored}\n"), true),
        (flat.replace("-----END", "\n-----END"), true),
        (format!("TOKEN=x\n{armored}"), false),
        (format!("\n{armored}"), false),
        (armored.replace('\n', "\r\n"), false),
    ] {
        case.write("answer.json.sig", &signature);
        assert_eq!(
            openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"),
            is_one,
            "OpenSSH: {signature}"
        );
        assert_eq!(we_take(&case, "answer.json"), is_one, "{signature}");
    }
    // What stands behind a signature would be kept with it.
    case.write("answer.json.sig", format!("{armored}TOKEN=x\n"));
    assert!(!we_take(&case, "answer.json"));
    for (name, kind) in
        [("p521", &["-t", "ecdsa", "-b", "521"][..]), ("rsa1024", &["-t", "rsa", "-b", "1024"])]
    {
        let public = key(&case, name, kind);
        case.write(SIGNERS, format!("ada@example.com {public}\n"));
        assert!(
            case.run_to(2, &["intake", "answer.json"]).1.contains("keys are ed25519"),
            "{name}"
        );
    }
}
