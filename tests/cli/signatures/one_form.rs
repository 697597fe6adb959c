//! A signature file has one form: the one that ssh-keygen writes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parts::{
    Parts, armored, blob_of, compress, joined, string, strings, with_longer_length,
};
use super::{
    ED25519, P256, RESPONSE, RSA, SIGNERS, key, openssh_verifies, sign, signed_case, we_accept,
};
use crate::case::Case;
use crate::tool::is_installed;

/// We accept at most what OpenSSH accepts, and only in the form that ssh-keygen writes.
#[test]
fn a_signature_stands_alone_in_its_file_and_is_of_a_kind_that_is_checked() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let public = key(&case, "ed25519", ED25519);
    sign(&case, "ed25519", RESPONSE, "answer.json");
    case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {public}\n"));
    let whole = std::fs::read_to_string(case.path().join("answer.json.sig")).unwrap();
    assert_eq!(armored(&blob_of(&whole)), whole);
    assert!(we_accept(&case, "answer.json"));
    let flat = whole.replace('\n', "").replace("SIGNATURE-----", "SIGNATURE-----\n");
    for (signature, is_valid) in [
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
        assert_eq!(theirs, is_valid, "OpenSSH: {signature}");
        assert!(!we_accept(&case, "answer.json"), "{signature:?}");
    }
    // Trailing data would be stored together with the signature.
    case.write("answer.json.sig", format!("{whole}TOKEN=x\n"));
    assert!(!we_accept(&case, "answer.json"));
    for (name, kind) in
        [("p521", &["-t", "ecdsa", "-b", "521"][..]), ("rsa1024", &["-t", "rsa", "-b", "1024"])]
    {
        let public = key(&case, name, kind);
        case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {public}\n"));
        assert!(
            case.run_to(2, &["intake", "answer.json"])
                .1
                .contains("expected a key of the kind ed25519"),
            "{name}"
        );
    }
}

/// Returns a case whose list has one key, of this kind, and the parts of the answer's signature by that key.
fn signed_with(kind: &[&str]) -> (Case, Parts) {
    let case = signed_case();
    let public = key(&case, "key", kind);
    case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {public}\n"));
    sign(&case, "key", RESPONSE, "answer.json");
    let parts = Parts::of(&case, "answer.json");
    (case, parts)
}

/// Checks that we and OpenSSH accept the signed blob, and that we accept none of the changed blobs.
fn accepts_only(case: &Case, signed: &Parts, hostile: &[(&str, Vec<u8>)]) {
    let is_accepted = |blob: &[u8]| {
        case.write("answer.json.sig", armored(blob));
        we_accept(case, "answer.json")
    };
    assert!(is_accepted(&signed.blob()));
    assert!(openssh_verifies(case, "ada@example.com", RESPONSE, "answer.json"));
    let accepted = hostile.iter().filter(|(_, blob)| is_accepted(blob)).map(|(name, _)| name);
    let accepted: Vec<_> = accepted.collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
}

#[test]
fn a_signature_with_another_length_or_more_behind_it_is_none() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let (case, signed) = signed_with(ED25519);
    let Parts { key, namespace, reserved, hash, signature, .. } = &signed;
    let after_key = joined(&[namespace, reserved, hash, signature]);
    let [kind, point]: [Vec<u8>; 2] = strings(key).try_into().unwrap();
    let [algorithm, inner]: [Vec<u8>; 2] = strings(signature).try_into().unwrap();
    let with_key = |key: &[u8]| [&signed.head(), key, &after_key].concat();
    let before_signature = [signed.head(), joined(&[key, namespace, reserved, hash])].concat();
    let with_signature = |signature: &[u8]| [&before_signature, signature].concat();
    let longer_point = [string(&kind), with_longer_length(&point)].concat();
    let longer_inner = [string(&algorithm), with_longer_length(&inner)].concat();
    let hostile = [
        ("a longer key", with_key(&with_longer_length(key))),
        ("a longer point", with_key(&string(&longer_point))),
        ("a key with trailing data", with_key(&string(&[&key[..], b"TOKEN"].concat()))),
        ("a longer signature", with_signature(&with_longer_length(signature))),
        ("a longer inner signature", with_signature(&string(&longer_inner))),
        (
            "a signature with trailing data",
            with_signature(&string(&[&signature[..], b"TOKEN"].concat())),
        ),
        ("trailing data at the end", [&signed.blob()[..], b"TOKEN"].concat()),
        ("cut off", signed.blob().split_last().unwrap().1.to_vec()),
    ];
    accepts_only(&case, &signed, &hostile);
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
    let sound = || signed.clone();
    let reserved = || Parts { reserved: b"TOKEN".to_vec(), ..sound() };
    let sk = Parts::changed(&signed.signature, |strings| {
        strings[0] = b"sk-ssh-ed25519@openssh.com".to_vec();
    });
    let hostile = [
        ("version 0", Parts { version: 0, ..sound() }.blob()),
        ("version 2", Parts { version: 2, ..sound() }.blob()),
        ("something reserved", reserved().blob()),
        ("something reserved that is signed", reserved().signed_by(&case, "key", &bytes).blob()),
        ("no namespace", Parts { namespace: Vec::new(), ..sound() }.blob()),
        (
            "a namespace with a NUL",
            Parts { namespace: [&signed.namespace[..], b"\0"].concat(), ..sound() }.blob(),
        ),
        ("another hash", Parts { hash: b"sha256".to_vec(), ..sound() }.blob()),
        ("an old hash", Parts { hash: b"sha1".to_vec(), ..sound() }.blob()),
        ("a signature of another kind", Parts { signature: sk, ..sound() }.blob()),
    ];
    accepts_only(&case, &signed, &hostile);
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
    accepts_only(&case, &signed, &hostile);
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
    accepts_only(&case, &signed, &hostile);
    // The list could have the key in the compressed form.
    let compressed = Parts::changed(&signed.key, |strings| compress(&mut strings[2]));
    let line = format!(
        "ada@example.com namespaces=\"*\" ecdsa-sha2-nistp256 {}\n",
        STANDARD.encode(compressed)
    );
    case.write(SIGNERS, line);
    case.write("answer.json.sig", armored(&hostile[0].1));
    assert!(!we_accept(&case, "answer.json"));
}
