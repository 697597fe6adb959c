//! Parses public keys. Accepts the kinds whose signatures the tool can check, each in one encoding only.

use ssh_key::PublicKey;
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};

const KINDS: &str = "expected a key of the kind ed25519, ecdsa with p256 or p384, rsa of 2,048 to 4,096 bits, \
     sk-ssh-ed25519 or sk-ecdsa-sha2-nistp256";
const COMPRESSED: &str = "the point of the key is compressed: list the key as ssh-keygen writes it";
const OTHER_FORM: &str = "the key is not in the encoding that ssh-keygen writes";

/// Parses the key at the start of a text: its kind, blanks and its base64 text. Ignores the text after it, such as a
/// comment.
///
/// Returns `None` if the text does not begin with a key, and an error if the key is not accepted.
pub(super) fn read(text: &str) -> Option<Result<PublicKey, &'static str>> {
    let mut words = text.split_ascii_whitespace();
    let text = format!("{} {}", words.next()?, words.next()?);
    let key: PublicKey = text.parse().ok()?;
    Some(check(key.key_data()).and_then(|()| {
        // The parser ignores wrong lengths and names inside the key. With two encodings, one key could count as two.
        if key.to_openssh().is_ok_and(|again| again == text) { Ok(key) } else { Err(OTHER_FORM) }
    }))
}

/// Checks that the tool can verify signatures of the key, and that its parts have only one encoding.
///
/// # Errors
///
/// If the kind or the length is not supported, or if the encoding is not the one that `ssh-keygen` writes.
pub(super) fn check(key: &KeyData) -> Result<(), &'static str> {
    match key {
        KeyData::Ed25519(_) => Ok(()),
        KeyData::Rsa(key) if (2_048..=4_096).contains(&bits(key)) => Ok(()),
        KeyData::Ecdsa(key @ (EcdsaPublicKey::NistP256(_) | EcdsaPublicKey::NistP384(_))) => {
            check_uncompressed(key.as_sec1_bytes())
        }
        KeyData::SkEd25519(key) => check_application(key.application()),
        KeyData::SkEcdsaSha2NistP256(key) => check_uncompressed(key.ec_point().as_bytes())
            .and_then(|()| check_application(key.application())),
        _ => Err(KINDS),
    }
}

/// Checks that the point of an elliptic curve is not compressed.
fn check_uncompressed(point: &[u8]) -> Result<(), &'static str> {
    /// The first byte of an uncompressed point.
    const UNCOMPRESSED: u8 = 4;
    if point.first() == Some(&UNCOMPRESSED) { Ok(()) } else { Err(COMPRESSED) }
}

/// Checks that OpenSSH reads the same application. OpenSSH stops at a NUL.
fn check_application(application: &str) -> Result<(), &'static str> {
    if application.contains('\0') { Err(OTHER_FORM) } else { Ok(()) }
}

/// Returns the length of the modulus in bits; 0 if it is not positive.
fn bits(key: &RsaPublicKey) -> usize {
    match key.n.as_positive_bytes() {
        Some(bytes @ [first, ..]) => bytes.len() * 8 - first.leading_zeros() as usize,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// The base64 text of a key with these strings. Each string has a length field, which may be wrong.
    fn key_of(kind: &str, strings: &[(usize, &[u8])]) -> String {
        let strings = [(kind.len(), kind.as_bytes())].into_iter().chain(strings.iter().copied());
        let blob = strings.flat_map(|(length, bytes)| {
            let length = u32::try_from(length).unwrap().to_be_bytes();
            length.into_iter().chain(bytes.iter().copied()).collect::<Vec<u8>>()
        });
        STANDARD.encode(blob.collect::<Vec<_>>())
    }

    fn problem(kind: &str, digits: &str) -> Option<&'static str> {
        read(&format!("{kind} \t {digits} a comment")).and_then(Result::err)
    }

    fn rsa(kind: &str, first: u8, bytes: usize) -> String {
        // A leading zero byte keeps the number positive: its first bit is the sign.
        let sign: &[u8] = if first < 0x80 { &[] } else { &[0] };
        let modulus = [sign, &[first], &vec![1; bytes - 1]].concat();
        key_of(kind, &[(3, &[1, 0, 1]), (modulus.len(), &modulus)])
    }

    #[test]
    fn a_key_has_one_encoding() {
        let point = [7; 32];
        let ed = key_of("ssh-ed25519", &[(32, &point)]);
        assert_eq!(problem("ssh-ed25519", &ed), None);
        assert!(read(&format!("ssh-ed25519 {ed}")).is_some());
        let longer = key_of("ssh-ed25519", &[(33, &point)]);
        assert_eq!(problem("ssh-ed25519", &longer), Some(OTHER_FORM));
        assert_eq!(problem("ssh-rsa", &rsa("ssh-rsa", 0x80, 256)), None);
        assert_eq!(problem("ssh-rsa", &rsa("rsa-sha2-512", 0x80, 256)), Some(OTHER_FORM));
        let padded = rsa("ssh-rsa", 0x80, 257);
        assert!(padded.ends_with("AQ==") && problem("ssh-rsa", &padded).is_none());
        // The parser rejects these.
        for (kind, digits) in [
            ("ssh-rsa", &ed),
            ("ssh-rsa", &padded.replace('=', "")),
            ("ssh-rsa", &padded.replace("AQ==", "AR==")),
            ("ssh-ed25519", &format!("{ed}AAAA")),
            ("ssh-ed25519", &key_of("ssh-ed25519", &[(31, &point[..31])])),
            ("ssh-ed25519", &key_of("ssh-ed25519", &[(32, &point), (1, b"x")])),
        ] {
            assert!(read(&format!("{kind} {digits}")).is_none_or(|key| key.is_err()), "{digits}");
        }
    }

    #[test]
    fn a_point_is_not_compressed() {
        for (kind, curve, length) in
            [("ecdsa-sha2-nistp256", b"nistp256", 32), ("ecdsa-sha2-nistp384", b"nistp384", 48)]
        {
            let of = |tag: u8, length: usize| {
                let point = [&[tag][..], &vec![1; length]].concat();
                key_of(kind, &[(curve.len(), curve), (point.len(), &point)])
            };
            assert_eq!(problem(kind, &of(4, 2 * length)), None);
            assert_eq!(problem(kind, &of(2, length)), Some(COMPRESSED));
            assert_eq!(problem(kind, &of(3, length)), Some(COMPRESSED));
            // Compact, hybrid, and the point at infinity.
            for (tag, length) in [(5, length), (6, 2 * length), (7, 2 * length), (0, 0)] {
                let text = format!("{kind} {}", of(tag, length));
                assert!(read(&text).is_none_or(|key| key.is_err()), "{text}");
            }
        }
    }

    #[test]
    fn keys_are_of_a_kind_and_length_that_is_checked() {
        for (first, bytes, is_taken) in [
            (0x7f, 256, false),
            (0x80, 256, true),
            (0x01, 257, true),
            (0xff, 512, true),
            (0x01, 513, false),
            (0xff, 1024, false),
        ] {
            let problem = problem("ssh-rsa", &rsa("ssh-rsa", first, bytes));
            assert_eq!(problem, (!is_taken).then_some(KINDS), "{first} {bytes}");
        }
        let negative = key_of("ssh-rsa", &[(3, &[1, 0, 1]), (256, &[0xff; 256])]);
        assert_eq!(problem("ssh-rsa", &negative), Some(KINDS));
        let dsa = key_of("ssh-dss", &[(1, &[7]), (1, &[7]), (1, &[7]), (1, &[7])]);
        assert_eq!(problem("ssh-dss", &dsa), Some(KINDS));
    }

    #[test]
    fn a_security_keys_key_has_one_encoding() {
        const ED25519: &str = "sk-ssh-ed25519@openssh.com";
        const P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";
        let ed25519 = |application: &[u8]| {
            key_of(ED25519, &[(32, &[7; 32]), (application.len(), application)])
        };
        let p256 = |tag: u8, length: usize, application: &[u8]| {
            let point = [&[tag][..], &vec![1; length]].concat();
            let strings: [&[u8]; 3] = [b"nistp256", &point, application];
            key_of(P256, &strings.map(|string| (string.len(), string)))
        };
        for application in [&b"ssh:"[..], b"ssh:work", b""] {
            assert_eq!(problem(ED25519, &ed25519(application)), None);
            assert_eq!(problem(P256, &p256(4, 64, application)), None);
            assert!(read(&format!("{ED25519} {}", ed25519(application))).is_some());
            assert!(read(&format!("{P256} {}", p256(4, 64, application))).is_some());
        }
        for application in [&b"ssh:\0"[..], b"\0", b"ssh:\0work"] {
            assert_eq!(problem(ED25519, &ed25519(application)), Some(OTHER_FORM));
            assert_eq!(problem(P256, &p256(4, 64, application)), Some(OTHER_FORM));
        }
        assert_eq!(problem(P256, &p256(2, 32, b"ssh:")), Some(COMPRESSED));
        for (kind, digits) in [
            // Without an application, with trailing data, with a wrong length, with the wrong curve, and with a hybrid
            // point.
            (ED25519, key_of(ED25519, &[(32, &[7; 32])])),
            (ED25519, key_of(ED25519, &[(32, &[7; 32]), (4, b"ssh:"), (1, b"x")])),
            (ED25519, key_of(ED25519, &[(32, &[7; 32]), (5, b"ssh:")])),
            (P256, key_of(P256, &[(8, b"nistp384"), (65, &[4; 65]), (4, b"ssh:")])),
            (P256, p256(6, 64, b"ssh:")),
        ] {
            let text = format!("{kind} {digits}");
            assert!(read(&text).is_none_or(|key| key.is_err()), "{text}");
        }
    }
}
