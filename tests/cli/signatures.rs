//! Signed answers and records, made and checked beside OpenSSH itself.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::case::{Case, RULES};
use crate::tool::is_installed;

const SIGNERS: &str = "docs/security/monitoring-owner-response-acceptance.allowed-signers";
pub(crate) const RESPONSE: &str = "owner-response@acceptance-ledger";
pub(crate) const RECORD: &str = "reviewer-record@acceptance-ledger";

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
const P256: &[&str] = &["-t", "ecdsa", "-b", "256"];
const P384: &[&str] = &["-t", "ecdsa", "-b", "384"];
const RSA: &[&str] = &["-t", "rsa", "-b", "2048"];

pub(crate) fn sign(case: &Case, key: &str, namespace: &str, file: &str) {
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

/// Each kind of key that we take is one whose signatures we and OpenSSH take.
#[test]
fn we_and_openssh_agree_about_each_kind_of_key() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let agree = |name: &str| {
        assert!(openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{name}");
        assert!(we_take(&case, "answer.json"), "{name}");
    };
    for (name, kind) in [("ed25519", ED25519), ("p256", P256), ("p384", P384), ("rsa", RSA)] {
        let public = key(&case, name, kind);
        case.write(SIGNERS, format!("ada@example.com {public}\n"));
        sign(&case, name, RESPONSE, "answer.json");
        agree(name);
        // The other hash that ssh-keygen has.
        std::fs::remove_file(case.path().join("answer.json.sig")).unwrap();
        let hashed = ["-q", "-Y", "sign", "-O", "hashalg=sha256", "-f", name, "-n", RESPONSE];
        ssh_keygen(case.path(), &[&hashed[..], &["answer.json"]].concat());
        agree(name);
    }
}

/// With each of these lists, we take a signature if and only if OpenSSH does.
fn agree_about(case: &Case, lists: impl IntoIterator<Item = (String, bool)>) {
    let (mut agreed, mut wrong) = ([0, 0], Vec::new());
    for (list, is_allowed) in lists {
        case.write(SIGNERS, format!("{list}\n"));
        let theirs = openssh_verifies(case, "ada@example.com", RESPONSE, "answer.json");
        assert_eq!(theirs, is_allowed, "OpenSSH: {list}");
        if we_take(case, "answer.json") == theirs {
            agreed[usize::from(theirs)] += 1;
        } else {
            wrong.push((list, theirs));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(agreed.iter().all(|count| *count >= 8), "{agreed:?}");
}

#[test]
fn we_and_openssh_agree_about_each_form_of_a_line() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let [public, other] = ["one", "two"].map(|name| key(&case, name, ED25519));
    sign(&case, "one", RESPONSE, "answer.json");
    let lists = [
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
    sign(&case, "one", RESPONSE, "answer.json");
    let lists = [
        (format!("\"ada@example.com\"{public}"), true),
        (format!("ada@example.com,bo@example.com, {public}"), true),
        (format!("ada@example.com namespaces=\"{RESPONSE}\"{public}"), false),
        (format!("ada@example.com namespaces=\"{RESPONSE}\", {public}"), false),
        (format!("ada@example.com namespaces=\"{RESPONSE}\" , {public}"), false),
        (format!("ada@example.com namespaces {public}"), false),
        (format!("ada@example.com namespaces= {public}"), false),
        (format!("ada@example.com namespaces=\"\" {public}"), false),
        (format!("ada@example.com namespaces=\"*\\\" {public}"), false),
        (format!("ada@example.com namespaces=\",{RESPONSE}\" {public}"), true),
        (format!("ada@example.com namespaces=\"*\",namespaces=\"*\" {public}"), false),
        (format!("ada@example.com valid-after=\"\" {public}"), false),
        (format!("ada@example.com valid-after=\"19700101Z\" {public}"), false),
        (format!("ada@example.com valid-after=\"19700101000001Z\" {public}"), true),
        (format!("ada@example.com valid-before=\"99991230Z\" {public}"), true),
        (format!("ada@example.com #{public}"), false),
        (format!("ada@example.com\0,bo@example.com {public}"), false),
        (format!("ada@example.com\0 {public}"), false),
        (format!("*\"@example.com {public}"), false),
        (format!("ada@example.com,{} {public}", "x".repeat(1_022)), true),
        (format!("ada@example.com,{} {public}", "x".repeat(1_023)), false),
        (format!("ada@example.com,!{} {public}", "x".repeat(1_022)), true),
        (format!("ada@example.com,!{} {public}", "x".repeat(1_023)), false),
        (format!("ada@example.com namespaces=\"*,{}\" {public}", "x".repeat(1_022)), true),
        (format!("ada@example.com namespaces=\"*,{}\" {public}", "x".repeat(1_023)), false),
    ];
    agree_about(&case, lists);
}

/// The blob of a signature or key: what its base64 says.
fn blob_of(armored: &str) -> Vec<u8> {
    let digits: String = armored.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(digits).unwrap()
}

/// A blob in the armor of ssh-keygen.
fn armored(blob: &[u8]) -> String {
    let digits = STANDARD.encode(blob);
    let lines = digits.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap());
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----\n")
}

/// A string as SSH encodes it: its length, and its bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// The strings that a blob consists of.
fn strings(mut blob: &[u8]) -> Vec<Vec<u8>> {
    let mut strings = Vec::new();
    while let Some((length, rest)) = blob.split_at_checked(4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()).try_into().unwrap();
        let (string, rest) = rest.split_at(length);
        strings.push(string.to_vec());
        blob = rest;
    }
    strings
}

fn joined(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    parts.iter().flat_map(|part| string(part.as_ref())).collect()
}

/// The same string with a length that says one more.
fn with_longer_length(bytes: &[u8]) -> Vec<u8> {
    let mut string = string(bytes);
    string[3] += 1;
    string
}

/// A signature taken apart, to be put together as ssh-keygen would not.
#[derive(Clone)]
struct Parts {
    version: u32,
    key: Vec<u8>,
    namespace: Vec<u8>,
    reserved: Vec<u8>,
    hash: Vec<u8>,
    signature: Vec<u8>,
}

impl Parts {
    const MAGIC: &[u8] = b"SSHSIG";

    fn of(case: &Case, file: &str) -> Self {
        let armored = std::fs::read_to_string(case.path().join(format!("{file}.sig"))).unwrap();
        let blob = blob_of(&armored);
        assert!(blob.starts_with(Self::MAGIC));
        let strings: [Vec<u8>; 5] = strings(&blob[10..]).try_into().unwrap();
        let [key, namespace, reserved, hash, signature] = strings;
        Self { version: 1, key, namespace, reserved, hash, signature }
    }

    fn head(&self) -> Vec<u8> {
        [Self::MAGIC, &self.version.to_be_bytes()].concat()
    }

    fn blob(&self) -> Vec<u8> {
        let Self { key, namespace, reserved, hash, signature, .. } = self;
        [self.head(), joined(&[key, namespace, reserved, hash, signature])].concat()
    }

    /// The strings of the key, or of the signature proper, changed.
    fn changed(part: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let mut strings = strings(part);
        change(&mut strings);
        joined(&strings)
    }

    /// Signs anew, with whatever stands in the other fields.
    fn signed_by(mut self, case: &Case, key: &str, bytes: &[u8]) -> Self {
        fn sign(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> ssh_key::Signature {
            key.try_sign(bytes).unwrap()
        }
        let key = ssh_key::PrivateKey::read_openssh_file(&case.path().join(key)).unwrap();
        let digest = ssh_key::HashAlg::Sha512.digest(bytes);
        let signed = joined(&[&self.namespace[..], &self.reserved, &self.hash, &digest]);
        let signature = sign(&key, &[Self::MAGIC, &signed].concat());
        self.signature = signature.try_into().unwrap();
        self
    }
}

/// What we take is at most what OpenSSH takes, and in one form only: the one that ssh-keygen writes.
#[test]
fn a_signature_stands_alone_in_its_file_and_is_of_a_kind_that_is_checked() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let public = key(&case, "ed25519", ED25519);
    sign(&case, "ed25519", RESPONSE, "answer.json");
    case.write(SIGNERS, format!("ada@example.com {public}\n"));
    let whole = std::fs::read_to_string(case.path().join("answer.json.sig")).unwrap();
    assert_eq!(armored(&blob_of(&whole)), whole);
    assert!(we_take(&case, "answer.json"));
    let flat = whole.replace('\n', "").replace("SIGNATURE-----", "SIGNATURE-----\n");
    for (signature, is_one) in [
        (format!("{whole}\n"), true),
        (format!("{whole} \t\n"), true),
        (whole.trim_end().to_owned(), true),
        (flat.replace("-----END", "\n-----END"), true),
        (whole.replacen("\nU1NI", "\n\nU1NI", 1), true),
        (whole.replacen("U1NI", "U1 \tNI", 1), true),
        (format!("TOKEN=x\n{whole}"), false),
        (format!("\n{whole}"), false),
        (whole.replace('\n', "\r\n"), false),
        (whole.replace("SSH SIGNATURE", "SIGNATURE"), false),
    ] {
        case.write("answer.json.sig", &signature);
        let theirs = openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json");
        assert_eq!(theirs, is_one, "OpenSSH: {signature}");
        assert!(!we_take(&case, "answer.json"), "{signature:?}");
    }
    // What stands behind a signature would be kept with it.
    case.write("answer.json.sig", format!("{whole}TOKEN=x\n"));
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

/// A case whose list has one key of a kind, with the answer signed by it: the parts of that signature.
fn signed_with(kind: &[&str]) -> (Case, Parts) {
    let case = signed_case();
    let public = key(&case, "key", kind);
    case.write(SIGNERS, format!("ada@example.com {public}\n"));
    sign(&case, "key", RESPONSE, "answer.json");
    let parts = Parts::of(&case, "answer.json");
    (case, parts)
}

/// We take the blob as it was signed, and so does OpenSSH; none of those that it was changed into.
fn takes_none_but(case: &Case, signed: &Parts, hostile: &[(&str, Vec<u8>)]) {
    let is_taken = |blob: &[u8]| {
        case.write("answer.json.sig", armored(blob));
        we_take(case, "answer.json")
    };
    assert!(is_taken(&signed.blob()));
    assert!(openssh_verifies(case, "ada@example.com", RESPONSE, "answer.json"));
    let taken = hostile.iter().filter(|(_, blob)| is_taken(blob)).map(|(name, _)| name);
    let taken: Vec<_> = taken.collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

#[test]
fn a_signature_with_another_length_or_more_behind_it_is_none() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let (case, signed) = signed_with(ED25519);
    let Parts { key, namespace, reserved, hash, signature, .. } = &signed;
    let behind_key = joined(&[namespace, reserved, hash, signature]);
    let [kind, point]: [Vec<u8>; 2] = strings(key).try_into().unwrap();
    let [of, proper]: [Vec<u8>; 2] = strings(signature).try_into().unwrap();
    let with_key = |key: &[u8]| [&signed.head(), key, &behind_key].concat();
    let before_signature = [signed.head(), joined(&[key, namespace, reserved, hash])].concat();
    let with_signature = |signature: &[u8]| [&before_signature, signature].concat();
    let longer_point = [string(&kind), with_longer_length(&point)].concat();
    let longer_proper = [string(&of), with_longer_length(&proper)].concat();
    let hostile = [
        ("a longer key", with_key(&with_longer_length(key))),
        ("a longer point", with_key(&string(&longer_point))),
        ("a key with more behind it", with_key(&string(&[&key[..], b"TOKEN"].concat()))),
        ("a longer signature", with_signature(&with_longer_length(signature))),
        ("a longer signature proper", with_signature(&string(&longer_proper))),
        (
            "a signature with more behind it",
            with_signature(&string(&[&signature[..], b"TOKEN"].concat())),
        ),
        ("more behind it all", [&signed.blob()[..], b"TOKEN"].concat()),
        ("less", signed.blob().split_last().unwrap().1.to_vec()),
    ];
    takes_none_but(&case, &signed, &hostile);
}

#[test]
fn a_signature_with_another_field_is_none() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let (case, signed) = signed_with(ED25519);
    let bytes = std::fs::read(case.path().join("answer.json")).unwrap();
    let by_hand = signed.clone().signed_by(&case, "key", &bytes);
    assert_eq!(by_hand.blob(), signed.blob());
    let of = || signed.clone();
    let reserved = || Parts { reserved: b"TOKEN".to_vec(), ..of() };
    let sk = Parts::changed(&signed.signature, |strings| {
        strings[0] = b"sk-ssh-ed25519@openssh.com".to_vec();
    });
    let hostile = [
        ("version 0", Parts { version: 0, ..of() }.blob()),
        ("version 2", Parts { version: 2, ..of() }.blob()),
        ("something reserved", reserved().blob()),
        ("something reserved that is signed", reserved().signed_by(&case, "key", &bytes).blob()),
        ("no namespace", Parts { namespace: Vec::new(), ..of() }.blob()),
        (
            "a namespace with a NUL",
            Parts { namespace: [&signed.namespace[..], b"\0"].concat(), ..of() }.blob(),
        ),
        ("another hash", Parts { hash: b"sha256".to_vec(), ..of() }.blob()),
        ("an old hash", Parts { hash: b"sha1".to_vec(), ..of() }.blob()),
        ("a signature of another kind", Parts { signature: sk, ..of() }.blob()),
    ];
    takes_none_but(&case, &signed, &hostile);
}

#[test]
fn an_rsa_signature_has_the_names_and_the_length_of_ssh_keygen() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let (case, signed) = signed_with(RSA);
    let key = Parts::changed(&signed.key, |strings| strings[0] = b"rsa-sha2-512".to_vec());
    let with_signature = |change: fn(&mut Vec<Vec<u8>>)| {
        Parts { signature: Parts::changed(&signed.signature, change), ..signed.clone() }.blob()
    };
    let hostile = [
        ("SHA-1", with_signature(|strings| strings[0] = b"ssh-rsa".to_vec())),
        ("another hash", with_signature(|strings| strings[0] = b"rsa-sha2-256".to_vec())),
        ("a key named as its signatures", Parts { key, ..signed.clone() }.blob()),
        ("no leading byte", with_signature(|strings| _ = strings[1].remove(0))),
        ("a leading zero", with_signature(|strings| strings[1].insert(0, 0))),
    ];
    takes_none_but(&case, &signed, &hostile);
}

#[test]
fn an_ecdsa_signature_has_whole_points_and_short_numbers() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let (case, signed) = signed_with(P256);
    let key = Parts::changed(&signed.key, |strings| compress(&mut strings[2]));
    let signature = Parts::changed(&signed.signature, |strings| {
        strings[1] = Parts::changed(&strings[1], |numbers| numbers[0].insert(0, 0));
    });
    let hostile = [
        ("a compressed key", Parts { key, ..signed.clone() }.blob()),
        ("a number with a leading zero", Parts { signature, ..signed.clone() }.blob()),
    ];
    takes_none_but(&case, &signed, &hostile);
    // The list could have the key so.
    let compressed = Parts::changed(&signed.key, |strings| compress(&mut strings[2]));
    let line = format!("ada@example.com ecdsa-sha2-nistp256 {}\n", STANDARD.encode(compressed));
    case.write(SIGNERS, line);
    case.write("answer.json.sig", armored(&hostile[0].1));
    assert!(!we_take(&case, "answer.json"));
}

/// A point of a curve with only the sign of its second coordinate.
fn compress(point: &mut Vec<u8>) {
    assert_eq!(point[0], 4);
    point[0] = 2 + point.last().unwrap() % 2;
    point.truncate(1 + point.len() / 2);
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
    case.write(SIGNERS, format!("ada@example.com {public}\nrex@example.com {other}\n"));
    sign(&case, "p256", RESPONSE, "answer.json");
    let (_, err) = case.run_to(2, &["intake", "answer.json"]);
    assert!(err.contains("allowed-signers:2:17:") && err.contains("compressed"), "{err}");
    // OpenSSH knows no such key, either.
    assert!(!openssh_verifies(&case, "rex@example.com", RESPONSE, "answer.json"));
    case.write(SIGNERS, format!("ada@example.com {public}\n"));
    case.run_to(0, &["intake", "answer.json"]);
}

/// A clock that ran ahead: the next event carries the last one's time, and the key is judged at that.
#[test]
fn a_key_is_judged_at_the_time_that_the_event_carries() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    // As if the clock had been years ahead.
    let line = std::fs::read_to_string(case.events()).unwrap();
    let (open, _) = line.split_once(",\"digest\":\"").unwrap();
    let (before, rest) = open.split_once("\"recorded_at\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    let open = format!("{before}\"recorded_at\":\"2031-01-01T00:00:00Z\"{after}");
    let digest = acceptance_ledger::Digest::of(open.as_bytes());
    std::fs::write(case.events(), format!("{open},\"digest\":\"{digest}\"}}\n")).unwrap();
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    let until_2030 = list.replacen("namespaces", "valid-before=\"20300101Z\",namespaces", 1);
    case.write(SIGNERS, until_2030);
    case.answer("later.json", 21, &[("responder", json!("ada@example.com"))]);
    sign(&case, "ada", RESPONSE, "later.json");
    let (_, err) = case.run_to(1, &["intake", "later.json"]);
    assert!(err.contains("no longer valid when the document was recorded"), "{err}");
    case.write(SIGNERS, list);
    case.run_to(0, &["intake", "later.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_status_says_signed_only_where_the_signature_holds() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    let status = || case.run_to(0, &["status", RULES]).0;
    assert!(status().contains("ada@example.com answered, signed: "), "{}", status());
    let signature = case.files(".sig")[0].clone();
    let kept = std::fs::read(&signature).unwrap();
    for bytes in [&b""[..], b"no signature", &kept[..kept.len() - 1]] {
        std::fs::write(&signature, bytes).unwrap();
        assert!(status().contains("answered, signature missing or invalid: "), "{}", status());
        let (json, _) = case.run_to(0, &["status", RULES, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["events"][0]["signed"], false);
    }
    std::fs::write(&signature, kept).unwrap();
    assert!(status().contains("answered, signed: "));
    std::fs::remove_file(case.path().join(SIGNERS)).unwrap();
    assert!(status().contains("answered, signature missing or invalid: "));
}
