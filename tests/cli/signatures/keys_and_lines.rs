//! Which keys and which lines of the list of signers are accepted: those that OpenSSH accepts, and no others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parts::{Parts, compress};
use super::{
    ED25519, P256, P384, RESPONSE, RSA, SIGNERS, key, openssh_verifies, sign, signed_case,
    ssh_keygen, we_accept,
};
use crate::case::Case;
use crate::tool::is_installed;

/// For each kind of key that we support, we and OpenSSH accept its signatures.
#[test]
fn we_and_openssh_agree_about_each_kind_of_key() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let agree = |name: &str| {
        assert!(openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{name}");
        assert!(we_accept(&case, "answer.json"), "{name}");
    };
    for (name, kind) in [("ed25519", ED25519), ("p256", P256), ("p384", P384), ("rsa", RSA)] {
        let public = key(&case, name, kind);
        case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {public}\n"));
        sign(&case, name, RESPONSE, "answer.json");
        agree(name);
        // The other hash that ssh-keygen can use.
        std::fs::remove_file(case.path().join("answer.json.sig")).unwrap();
        let hashed = ["-q", "-Y", "sign", "-O", "hashalg=sha256", "-f", name, "-n", RESPONSE];
        ssh_keygen(case.path(), &[&hashed[..], &["answer.json"]].concat());
        agree(name);
    }
}

/// Checks that, with each of these lists, we accept a signature if and only if OpenSSH does.
fn agree_about(case: &Case, lists: impl IntoIterator<Item = (String, bool)>) {
    let (mut agreed, mut wrong) = ([0, 0], Vec::new());
    for (list, is_allowed) in lists {
        case.write(SIGNERS, format!("{list}\n"));
        let theirs = openssh_verifies(case, "ada@example.com", RESPONSE, "answer.json");
        assert_eq!(theirs, is_allowed, "OpenSSH: {list}");
        if we_accept(case, "answer.json") == theirs {
            agreed[usize::from(theirs)] += 1;
        } else {
            wrong.push((list, theirs));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        agreed.iter().all(|count| *count >= 8),
        "too few lists that refuse or that allow: {agreed:?}"
    );
}

#[test]
fn we_and_openssh_agree_about_each_form_of_a_line() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let [public, other] = ["one", "two"].map(|name| key(&case, name, ED25519));
    let [any, any_other] = [&public, &other].map(|key| format!("namespaces=\"*\" {key}"));
    sign(&case, "one", RESPONSE, "answer.json");
    let lists = [
        (format!("ada@example.com {any} a comment"), true),
        (format!("  \tada@example.com\t {any}"), true),
        (format!("ada@example.com {}", any.replace(' ', " \t ")), true),
        (format!("ada@example.com valid-after=\"19600101Z\",namespaces=\"*\" {public}"), false),
        (format!("\"ada@example.com\" {any}"), true),
        (format!("*@example.com {any}"), true),
        (format!("a?a@* {any}"), true),
        (format!("bo@example.com,ada@example.com {any}"), true),
        (format!("*,!ada@example.com {any}"), false),
        (format!("!ada@example.com,* {any}"), false),
        (format!("ADA@example.com {any}"), false),
        (format!("ada {any}"), false),
        (format!("ada@example.com {any_other}"), false),
        (format!("ada@example.com {any_other}\nada@example.com {any}"), true),
        (format!("ada@example.com namespaces=\"{RESPONSE}\" {public}"), true),
        (format!("ada@example.com namespaces=\"git,owner-*\" {public}"), true),
        (format!("ada@example.com NAMESPACES=\"owner-*\" {public}"), true),
        (format!("ada@example.com namespaces=\"git\" {public}"), false),
        (format!("ada@example.com namespaces=\"*,!owner-response@*\" {public}"), false),
        (format!("ada@example.com valid-after=\"20200101Z\",namespaces=\"*\" {public}"), true),
        (
            format!(
                "ada@example.com valid-after=\"20200101Z\",valid-before=\"209901010000Z\",namespaces=\"*\" {public}"
            ),
            true,
        ),
        (
            format!("ada@example.com valid-before=\"20990101000000Z\",namespaces=\"*\" {public}"),
            true,
        ),
        (format!("ada@example.com valid-after=\"20990101Z\",namespaces=\"*\" {public}"), false),
        (format!("ada@example.com valid-before=\"20200101Z\",namespaces=\"*\" {public}"), false),
        (format!("# nothing\n\nada@example.com {any}\r"), true),
        (
            format!(
                "ada@example.com valid-before=\"20200101Z\",namespaces=\"*\" {public}\nada@example.com {any}"
            ),
            true,
        ),
        ("ada@example.com".to_owned(), false),
        (format!("ada@example.com nonsense,namespaces=\"*\" {public}"), false),
        (format!("ada@example.com cert-authority,namespaces=\"*\" {public}"), false),
    ];
    agree_about(&case, lists);
}

#[test]
fn we_and_openssh_agree_about_lines_that_are_almost_right() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let public = key(&case, "one", ED25519);
    let any = format!("namespaces=\"*\" {public}");
    sign(&case, "one", RESPONSE, "answer.json");
    let lists = [
        (format!("\"ada@example.com\"{any}"), true),
        (format!("ada@example.com,bo@example.com, {any}"), true),
        (format!("ada@example.com namespaces=\"{RESPONSE}\"{public}"), false),
        (format!("ada@example.com namespaces=\"{RESPONSE}\", {public}"), false),
        (format!("ada@example.com namespaces=\"{RESPONSE}\" , {public}"), false),
        (format!("ada@example.com namespaces {public}"), false),
        (format!("ada@example.com namespaces= {public}"), false),
        (format!("ada@example.com namespaces=\"\" {public}"), false),
        (format!("ada@example.com namespaces=\"*\\\" {public}"), false),
        (format!("ada@example.com namespaces=\",{RESPONSE}\" {public}"), true),
        (format!("ada@example.com namespaces=\"*\",namespaces=\"*\" {public}"), false),
        (format!("ada@example.com valid-after=\"\",namespaces=\"*\" {public}"), false),
        (format!("ada@example.com valid-after=\"19700101Z\",namespaces=\"*\" {public}"), false),
        (
            format!("ada@example.com valid-after=\"19700101000001Z\",namespaces=\"*\" {public}"),
            true,
        ),
        (format!("ada@example.com valid-before=\"99991230Z\",namespaces=\"*\" {public}"), true),
        (format!("ada@example.com #{any}"), false),
        (format!("ada@example.com\0,bo@example.com {any}"), false),
        (format!("ada@example.com\0 {any}"), false),
        (format!("*\"@example.com {any}"), false),
        (format!("ada@example.com,{} {any}", "x".repeat(1_022)), true),
        (format!("ada@example.com,{} {any}", "x".repeat(1_023)), false),
        (format!("ada@example.com,!{} {any}", "x".repeat(1_022)), true),
        (format!("ada@example.com,!{} {any}", "x".repeat(1_023)), false),
        (format!("ada@example.com namespaces=\"*,{}\" {public}", "x".repeat(1_022)), true),
        (format!("ada@example.com namespaces=\"*,{}\" {public}", "x".repeat(1_023)), false),
    ];
    agree_about(&case, lists);
}

#[test]
fn one_key_is_not_two_keys_by_being_written_twice() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let public = key(&case, "p256", P256);
    let (kind, digits) = public.split_once(' ').unwrap();
    let compressed = Parts::changed(&STANDARD.decode(digits).unwrap(), |strings| {
        compress(&mut strings[2]);
    });
    let other = format!("{kind} {}", STANDARD.encode(&compressed));
    case.write(
        SIGNERS,
        format!(
            "ada@example.com namespaces=\"*\" {public}\nrex@example.com namespaces=\"*\" {other}\n"
        ),
    );
    sign(&case, "p256", RESPONSE, "answer.json");
    let (_, err) = case.run_to(2, &["intake", "answer.json"]);
    assert!(err.contains("allowed-signers:2:32:") && err.contains("compressed"), "{err}");
    // OpenSSH does not accept such a key, either.
    assert!(!openssh_verifies(&case, "rex@example.com", RESPONSE, "answer.json"));
    case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {public}\n"));
    case.run_to(0, &["intake", "answer.json"]);
}
