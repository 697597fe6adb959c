//! Signed answers and records. OpenSSH itself makes the signatures, and checks the same ones.

mod keys_and_lines;
mod one_form;
mod parts;
mod reviewers;
mod security_keys;
mod taken_in;
mod token;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::case::Case;

const SIGNERS: &str = "docs/security/monitoring-owner-response-acceptance.allowed-signers";
pub(crate) const RESPONSE: &str = "owner-response@acceptance-ledger";
pub(crate) const RECORD: &str = "reviewer-record@acceptance-ledger";
const AUTOMATION: &str = "reviewer-automation@acceptance-ledger";

fn ssh_keygen(folder: &Path, args: &[&str]) {
    let output = Command::new("ssh-keygen").current_dir(folder).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a key. Returns its public key without a comment.
fn key(case: &Case, name: &str, kind: &[&str]) -> String {
    ssh_keygen(case.path(), &[&["-q", "-N", "", "-C", "", "-f", name], kind].concat());
    let public = std::fs::read_to_string(case.path().join(format!("{name}.pub"))).unwrap();
    public.trim().to_owned()
}

const ED25519: &[&str] = &["-t", "ed25519"];
const P256: &[&str] = &["-t", "ecdsa", "-b", "256"];
const P384: &[&str] = &["-t", "ecdsa", "-b", "384"];
const RSA: &[&str] = &["-t", "rsa", "-b", "2048"];

/// Signs a file of the case with ssh-keygen. Replaces an older signature.
pub(crate) fn sign(case: &Case, key: &str, namespace: &str, file: &str) {
    let _ = std::fs::remove_file(case.path().join(format!("{file}.sig")));
    ssh_keygen(case.path(), &["-q", "-Y", "sign", "-f", key, "-n", namespace, file]);
}

/// Whether OpenSSH itself accepts the signature.
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
    // If ssh-keygen cannot read the list, it does not read its input, and this write may fail.
    let _ = child.stdin.take().unwrap().write_all(&bytes);
    child.wait().unwrap().success()
}

/// A case with an answer and two people. Each of them has a key.
pub(crate) fn signed_case() -> Case {
    let case = Case::new();
    let [ada, rex] = ["ada", "rex"].map(|name| key(&case, name, ED25519));
    case.write(
        SIGNERS,
        format!("ada@example.com namespaces=\"{RESPONSE}\" {ada}\nrex@example.com namespaces=\"{RECORD}\" {rex}\n"),
    );
    case.answer("answer.json", 20, &[("responder", json!("ada@example.com"))]);
    case
}

/// Whether `intake` records the signed answer.
fn we_accept(case: &Case, file: &str) -> bool {
    // This uses a copy, because a recorded step would change the result of the next call.
    let copy = Case::new();
    for name in [SIGNERS, file, &format!("{file}.sig")] {
        copy.write(name, std::fs::read(case.path().join(name)).unwrap());
    }
    copy.run(&["intake", file]).status.code() == Some(0)
}
