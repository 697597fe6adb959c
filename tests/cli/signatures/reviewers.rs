//! Who signs as a person, and who as a program: the list of signers decides it by the namespaces of each key.

use serde_json::json;

use super::{
    AUTOMATION, ED25519, RECORD, RESPONSE, SIGNERS, key, openssh_verifies, sign, signed_case,
    we_accept,
};
use crate::case::{Case, TIME};
use crate::tool::is_installed;

const ACCEPT: &str = "owner_review_only_update";
const HOLD: &str = "request_supplement";

/// A case in which the owner has answered. A program has a key, too.
fn answered() -> Case {
    let case = signed_case();
    let bot = key(&case, "bot", ED25519);
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    case.write(SIGNERS, format!("{list}bot@example.com namespaces=\"{AUTOMATION}\" {bot}\n"));
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    case
}

/// Writes a record by a reviewer of this kind, and signs it with their key in this namespace.
fn record(case: &Case, outcome: &str, name: &str, kind: &str, namespace: &str) {
    let reviewer = format!("{name}@example.com");
    let changes = [("reviewer", json!(reviewer)), ("reviewer_kind", json!(kind))];
    case.record("record.json", outcome, &changes);
    sign(case, name, namespace, "record.json");
}

/// Adds a line to the list of signers. Returns the list as it was before.
fn list_with(case: &Case, line: &str) -> String {
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    case.write(SIGNERS, format!("{list}{line}\n"));
    list
}

/// Returns the public key of this name.
fn public(case: &Case, name: &str) -> String {
    let key = std::fs::read_to_string(case.path().join(format!("{name}.pub"))).unwrap();
    key.trim().to_owned()
}

#[test]
fn a_program_signs_in_its_own_namespace_and_can_only_hold() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = answered();
    record(&case, ACCEPT, "bot", "automation", AUTOMATION);
    let (_, err) = case.run_to(1, &["review", "record.json"]);
    assert!(err.contains("only a person can accept"), "{err}");
    record(&case, HOLD, "bot", "automation", AUTOMATION);
    case.run_to(0, &["review", "record.json"]);
    let events = std::fs::read_to_string(case.events()).unwrap();
    let roles: Vec<_> =
        events.lines().map(|line| line.split("\"role\":").nth(1).unwrap()).collect();
    assert!(
        roles[0].starts_with("\"owner\"") && roles[1].starts_with("\"automation\""),
        "{events}"
    );
    // A hold by a program does not mark the answer as received.
    let row = case.row();
    assert_eq!(row["status"], HOLD);
    assert_eq!(row["owner_response_received"], false);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn reviewer_kind_agrees_with_the_namespace_of_the_signature() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = answered();
    // The namespace is checked before the list of signers.
    for (name, kind, signed_in, place) in [
        ("rex", "person", AUTOMATION, RECORD),
        ("rex", "person", RESPONSE, RECORD),
        ("rex", "automation", RECORD, AUTOMATION),
        ("bot", "automation", RECORD, AUTOMATION),
        ("bot", "person", AUTOMATION, RECORD),
    ] {
        for outcome in [ACCEPT, HOLD] {
            record(&case, outcome, name, kind, signed_in);
            let (_, err) = case.run_to(1, &["review", "record.json"]);
            let problem = format!("the signature is in the wrong namespace: expected {place}, for");
            assert!(err.contains(&problem), "{name} {kind} {signed_in}: {err}");
            let next = format!(
                "next: sign it in that namespace: ssh-keygen -Y sign -n {place} -f KEY record.json; or correct reviewer_kind"
            );
            assert!(err.contains(&next), "{name} {kind} {signed_in}: {err}");
        }
    }
    // A key that may sign in one namespace is not accepted in the other.
    for (name, kind, namespace) in
        [("rex", "automation", AUTOMATION), ("bot", "person", RECORD), ("ada", "person", RECORD)]
    {
        record(&case, HOLD, name, kind, namespace);
        let (_, err) = case.run_to(1, &["review", "record.json"]);
        assert!(
            err.contains("does not allow the key to sign this kind of document"),
            "{name}: {err}"
        );
    }
    // The error for a missing signature names the namespace that belongs to the record's reviewer_kind.
    std::fs::remove_file(case.path().join("record.json.sig")).unwrap();
    for (kind, namespace) in [("person", RECORD), ("automation", AUTOMATION)] {
        case.record("record.json", HOLD, &[("reviewer_kind", json!(kind))]);
        let (_, err) = case.run_to(1, &["review", "record.json"]);
        assert!(err.contains(&format!("ssh-keygen -Y sign -n {namespace} -f KEY")), "{err}");
    }
    record(&case, ACCEPT, "rex", "person", RECORD);
    case.run_to(0, &["review", "record.json"]);
}

/// One line that lets a key sign as automation is enough, for any principal and at any time.
#[test]
fn a_key_that_may_sign_as_automation_accepts_nothing() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = answered();
    let rex = public(&case, "rex");
    for line in [
        format!("rex@example.com namespaces=\"{AUTOMATION}\" {rex}"),
        format!("bot@example.com namespaces=\"{AUTOMATION}\" {rex}"),
        format!("bot@example.com namespaces=\"{AUTOMATION}\",valid-before=\"20200101Z\" {rex}"),
        format!(
            "bot@example.com namespaces=\"{AUTOMATION}\",valid-after=\"20990101Z\" {rex} a comment"
        ),
        format!("nobody namespaces=\"*\" {rex}"),
    ] {
        let list = list_with(&case, &line);
        for outcome in [ACCEPT, HOLD] {
            record(&case, outcome, "rex", "person", RECORD);
            let (_, err) = case.run_to(1, &["review", "record.json"]);
            assert!(
                err.contains(
                    "reviewer_kind is person, but the key of the signature has the role automation"
                ),
                "{line}: {err}"
            );
            assert!(
                err.contains("record.json:") && err.contains("next: have a person sign"),
                "{err}"
            );
        }
        case.write(SIGNERS, list);
    }
    // As automation, the same key may still hold.
    list_with(&case, &format!("rex@example.com namespaces=\"{AUTOMATION}\" {rex}"));
    record(&case, HOLD, "rex", "automation", AUTOMATION);
    case.run_to(0, &["review", "record.json"]);
    assert_eq!(case.row()["owner_response_received"], false);
}

/// If the list later lets a key sign as automation, what the key accepted no longer verifies. With `--since`, the list
/// of that revision decides.
#[test]
fn verify_holds_the_role_of_an_event_against_the_list() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = answered();
    record(&case, ACCEPT, "rex", "person", RECORD);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    case.commit_all();
    assert_eq!(case.codes(&[]), [""; 0]);
    let rex = public(&case, "rex");
    let list = list_with(&case, &format!("bot@example.com namespaces=\"{AUTOMATION}\" {rex}"));
    assert_eq!(case.codes(&[]), ["signature_invalid"]);
    let (out, _) = case.run_to(1, &["verify"]);
    let message = format!(
        "its event says that its key signs as person, but {SIGNERS} lists it as automation"
    );
    assert!(out.contains(&message), "{out}");
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    case.write(SIGNERS, list);
    assert_eq!(case.codes(&[]), [""; 0]);

    // Rewriting the event with correct digests does not help.
    let events = std::fs::read_to_string(case.events()).unwrap();
    let (answer, record) = events.trim_end().split_once('\n').unwrap();
    for (role, codes) in [
        ("automation", &["illegal_step", "signature_invalid"][..]),
        ("owner", &["illegal_step", "signature_invalid"]),
        ("somebody", &["chain_broken"]),
    ] {
        let (open, _) = record.split_once(",\"digest\":\"").unwrap();
        let open = open.replace("\"role\":\"person\"", &format!("\"role\":\"{role}\""));
        assert!(!record.starts_with(&open));
        let digest = acceptance_ledger::Digest::of(open.as_bytes());
        std::fs::write(case.events(), format!("{answer}\n{open},\"digest\":\"{digest}\"}}\n"))
            .unwrap();
        let found = case.codes(&[]);
        assert!(codes.iter().all(|code| found.iter().any(|one| one == code)), "{role}: {found:?}");
        case.run_to(1, &["replay", "--generated-at", TIME]);
    }
}

/// For OpenSSH, a key without namespaces may sign anything. For us, such a line is an error, whoever signs.
#[test]
fn a_line_without_namespaces_is_an_error() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    sign(&case, "ada", RESPONSE, "answer.json");
    let ada = public(&case, "ada");
    let own = format!("ada@example.com namespaces=\"{RESPONSE}\" {ada}\n");
    for (line, column) in [
        (format!("ada@example.com {ada}"), 17),
        (format!("eve@example.com  valid-after=\"20200101Z\" {ada} a comment"), 18),
    ] {
        case.write(SIGNERS, format!("# signers\n{own}{line}\n"));
        assert!(openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{line}");
        for command in [&["intake", "answer.json"][..], &["verify"], &["status"]] {
            let (_, err) = case.run_to(2, command);
            let place = format!("{SIGNERS}:3:{column}: this line has no namespaces=");
            assert!(err.contains(&place), "{line}: {err}");
            for namespace in [RESPONSE, RECORD, AUTOMATION] {
                assert!(err.contains(namespace), "{err}");
            }
        }
    }
    case.write(SIGNERS, format!("# signers\n{own}"));
    assert!(we_accept(&case, "answer.json"));
}
