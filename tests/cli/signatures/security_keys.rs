//! A signature by a security key counts only if somebody touched the key. `ssh-keygen` checks the same signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::parts::{Parts, armored, compress, joined, string, strings};
use super::token::{InnerSignature, Kind, PRESENT, RECOGNIZED, TOUCH, Token, Touch};
use super::{RECORD, RESPONSE, SIGNERS, openssh_verifies, sign, signed_case, we_accept};
use crate::case::{Case, RULES};
use crate::tool::is_installed;

const ACCEPT: &str = "owner_review_only_update";

/// Whether OpenSSH accepts the blob as the answer's signature, and whether we do.
fn is_accepted(case: &Case, blob: &[u8]) -> [bool; 2] {
    case.write("answer.json.sig", armored(blob));
    let theirs = openssh_verifies(case, "ada@example.com", RESPONSE, "answer.json");
    [theirs, we_accept(case, "answer.json")]
}

/// A case in which the owner has a security key.
fn case_with_token(kind: Kind) -> (Case, Token) {
    let case = signed_case();
    let token = Token::new(&case, "token", kind);
    case.write(SIGNERS, token.line("ada@example.com", RESPONSE));
    (case, token)
}

#[test]
fn a_security_key_signs_where_somebody_touched_it() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    for kind in Token::KINDS {
        let (case, token) = case_with_token(kind);
        for (flags, is_touched) in [
            (PRESENT, true),
            (PRESENT | RECOGNIZED, true),
            (PRESENT | 0x80, true),
            (0, false),
            (RECOGNIZED, false),
            (!PRESENT, false),
        ] {
            token.sign(&case, RESPONSE, "answer.json", Touch { flags, ..TOUCH });
            // ssh-keygen accepts the signature with any flags. A program that requires a touch must check the flags.
            assert!(openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{flags}");
            assert_eq!(we_accept(&case, "answer.json"), is_touched, "{} {flags}", kind.0);
        }
        token.sign(&case, RESPONSE, "answer.json", Touch { flags: 0, ..TOUCH });
        let (_, err) = case.run_to(1, &["intake", "answer.json"]);
        assert!(err.contains("the security key was not touched: the user-presence flag"), "{err}");
        let next = format!(
            "next: sign it again, and touch the key when it asks for that: ssh-keygen -Y sign -n {RESPONSE} -f KEY answer.json"
        );
        assert!(err.contains(&next), "{err}");
    }
}

/// No part of a token's signature may differ from what ssh-keygen writes: OpenSSH does not accept it, and we do not,
/// either.
#[test]
fn a_security_keys_signature_is_whole() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    for kind in Token::KINDS {
        let (case, token) = case_with_token(kind);
        let (parts, inner) = token.signed(&case, RESPONSE, "answer.json", TOUCH);
        let sound = parts.blob();
        assert_eq!(is_accepted(&case, &sound), [true; 2]);
        let InnerSignature { kind, bytes, trailer } = inner.clone();
        let with_trailer =
            |trailer: &[u8]| InnerSignature { trailer: trailer.to_vec(), ..inner.clone() };
        let with_bytes = |bytes: &[u8]| InnerSignature { bytes: bytes.to_vec(), ..inner.clone() };
        let both = [&bytes[..], &trailer].concat();
        for (name, signature) in [
            ("no flags and no counter", with_trailer(b"").written()),
            ("no counter", with_trailer(&trailer[..1]).written()),
            ("a short counter", with_trailer(&trailer[..4]).written()),
            ("a trailing byte", with_trailer(&[&trailer[..], b"x"].concat()).written()),
            (
                "other flags",
                with_trailer(&[&[PRESENT | RECOGNIZED], &trailer[1..]].concat()).written(),
            ),
            ("another counter", with_trailer(&[PRESENT, 1, 2, 3, 5]).written()),
            ("flags and counter as a string", joined(&[kind.as_bytes(), &bytes, &trailer])),
            ("flags and counter inside", joined(&[kind.as_bytes(), &both])),
            ("flags and counter inside, too", with_bytes(&both).written()),
            ("a longer signature", with_bytes(&[&bytes[..], b"x"].concat()).written()),
            ("a shorter signature", with_bytes(&bytes[..bytes.len() - 1]).written()),
            ("no signature", with_bytes(b"").written()),
        ] {
            let blob = Parts { signature, ..parts.clone() }.blob();
            assert_eq!(is_accepted(&case, &blob), [false; 2], "{kind}: {name}");
        }
        for at in (0..sound.len()).step_by(7) {
            assert_eq!(is_accepted(&case, &sound[..at]), [false; 2], "{kind}: cut at {at}");
            let mut flipped = sound.clone();
            flipped[at] ^= 1;
            assert_eq!(is_accepted(&case, &flipped), [false; 2], "{kind}: flipped at {at}");
        }
    }
}

#[test]
fn a_security_keys_signature_is_of_its_key_and_named_so() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    for kind in Token::KINDS {
        let (case, token) = case_with_token(kind);
        let sign = |token: &Token| token.signed(&case, RESPONSE, "answer.json", TOUCH);
        let (parts, inner) = sign(&token);
        assert_eq!(is_accepted(&case, &parts.blob()), [true; 2]);
        let other = Token::new(&case, "other", kind);
        let elsewhere = token.for_application(b"ssh:other");
        let both = [&inner.bytes[..], &inner.trailer].concat();
        let names = [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "rsa-sha2-512",
            "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
            "made-up@example.com",
            if kind.0 == Token::P256 { Token::ED25519 } else { Token::P256 },
        ];
        // The parser keeps flags and counter at the end of the signature, and would check them there under any name.
        let renamed = names.iter().flat_map(|name| {
            let as_written = InnerSignature { kind: name, ..inner.clone() }.written();
            [as_written, joined(&[name.as_bytes(), &both])].map(|signature| (*name, signature))
        });
        let renamed = renamed.map(|(name, signature)| (name, Parts { signature, ..parts.clone() }));
        let of_others = [
            ("another's key", Parts { key: other.blob(), ..parts.clone() }),
            ("another's signature", Parts { key: token.blob(), ..sign(&other).0 }),
            ("another's", sign(&other).0),
            ("another application's key", Parts { key: elsewhere.blob(), ..parts.clone() }),
            ("another application's signature", Parts { key: token.blob(), ..sign(&elsewhere).0 }),
            ("another application's", sign(&elsewhere).0),
            ("another namespace", Parts { namespace: RECORD.as_bytes().to_vec(), ..parts.clone() }),
        ];
        for (name, parts) in renamed.chain(of_others) {
            assert_eq!(is_accepted(&case, &parts.blob()), [false; 2], "{}: {name}", kind.0);
        }
    }
}

#[test]
fn a_security_keys_key_is_listed_as_ssh_keygen_writes_it() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    for kind in Token::KINDS {
        let case = signed_case();
        let token = Token::new(&case, "token", kind);
        let line = |blob: &[u8]| {
            let digits = STANDARD.encode(blob);
            format!("ada@example.com namespaces=\"{RESPONSE}\" {} {digits}\n", kind.0)
        };
        let whole = token.blob();
        let compressed = Parts::changed(&whole, |strings| {
            let point = strings.iter_mut().rev().nth(1).unwrap();
            if point.len() == 65 {
                compress(point);
            } else {
                point.pop();
            }
        });
        let all = strings(&whole);
        let (kind_name, application) = (&all[0], &all[all.len() - 1]);
        for (name, list) in [
            ("without an application", line(&whole[..whole.len() - string(application).len()])),
            ("cut off", line(&whole[..whole.len() - 1])),
            ("with trailing data", line(&[&whole[..], b"x"].concat())),
            ("another point", line(&compressed)),
            ("no point", line(&joined(&[kind_name, application]))),
        ] {
            case.write(SIGNERS, &list);
            token.sign(&case, RESPONSE, "answer.json", TOUCH);
            assert!(!openssh_verifies(&case, "ada@example.com", RESPONSE, "answer.json"), "{name}");
            case.run_to(2, &["intake", "answer.json"]);
        }
        // For OpenSSH, a NUL ends the application, so one key could be listed as two keys.
        let with_nul = token.for_application(b"ssh:\0").blob();
        let (parts, _) = token.signed(&case, RESPONSE, "answer.json", TOUCH);
        case.write(SIGNERS, line(&with_nul));
        assert_eq!(is_accepted(&case, &parts.blob()), [true, false]);
        case.write(SIGNERS, line(&whole));
        assert_eq!(
            is_accepted(&case, &Parts { key: with_nul, ..parts.clone() }.blob()),
            [true, false]
        );
        assert_eq!(is_accepted(&case, &parts.blob()), [true; 2]);
    }
}

#[test]
fn verify_says_which_acceptances_a_touch_stands_behind() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    for kind in Token::KINDS {
        let case = signed_case();
        let token = Token::new(&case, "token", kind);
        let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
        case.write(SIGNERS, format!("{list}{}", token.line("tess@example.com", RECORD)));
        sign(&case, "ada", RESPONSE, "answer.json");
        case.run_to(0, &["intake", "answer.json"]);
        let notes = |case: &Case| {
            case.commit_ledger();
            let (out, err) = case.run_to(0, &["verify", "--format", "json"]);
            let report: Value = serde_json::from_str(&out).unwrap();
            assert_eq!((&report["ok"], &report["findings"]), (&json!(true), &json!([])));
            assert!(!case.run_to(0, &["verify", "--quiet"]).1.contains("touch"));
            err
        };
        assert!(!notes(&case).contains("touch"));

        // First, on a copy, an ordinary key signs. After that, a security key signs.
        case.record("record.json", ACCEPT, &[("reviewer", json!("rex@example.com"))]);
        sign(&case, "rex", RECORD, "record.json");
        let plain = Case::of(case.path());
        plain.run_to(0, &["review", "record.json"]);
        let err = notes(&plain);
        assert!(
            err.contains("0 of 1 acceptances were signed with a touch of a security key\n"),
            "{err}"
        );
        assert!(!err.contains("accepted with a touch"), "{err}");

        case.record("record.json", ACCEPT, &[("reviewer", json!("tess@example.com"))]);
        token.sign(&case, RECORD, "record.json", Touch { flags: RECOGNIZED, ..TOUCH });
        assert!(case.run_to(1, &["review", "record.json"]).1.contains("was not touched"));
        token.sign(&case, RECORD, "record.json", TOUCH);
        case.run_to(0, &["review", "record.json"]);
        let err = notes(&case);
        assert!(
            err.contains("1 of 1 acceptances were signed with a touch of a security key\n"),
            "{err}"
        );
        let line = format!("accepted with a touch: {RULES}, by tess@example.com\n");
        assert!(err.contains(&line), "{err}");

        // A touch does not count if the signature is invalid, or if the answer is held again.
        let signature = &case.files(".review.json.sig")[0];
        let kept = std::fs::read(signature).unwrap();
        let record = case.path().join("record.json");
        token.sign(&case, RECORD, "record.json", Touch { flags: 0, ..TOUCH });
        std::fs::copy(record.with_extension("json.sig"), signature).unwrap();
        let (out, err) = case.run_to(1, &["verify"]);
        assert!(out.contains("signature_invalid") && out.contains("was not touched"), "{out}");
        assert!(err.contains("0 of 1 acceptances were signed with a touch"), "{err}");
        std::fs::write(signature, kept).unwrap();
        case.record("hold.json", "request_supplement", &[("reviewer", json!("tess@example.com"))]);
        token.sign(&case, RECORD, "hold.json", TOUCH);
        case.run_to(0, &["review", "hold.json"]);
        assert!(!notes(&case).contains("touch"));
    }
}
