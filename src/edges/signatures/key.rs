//! Which public keys are taken: those whose signatures are checked, each in one encoding only.

use ssh_key::PublicKey;
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};

const KINDS: &str = "keys are ed25519, ecdsa with p256 or p384, or rsa of 2,048 to 4,096 bits";
const COMPRESSED: &str = "the point of the key is compressed: list the key as ssh-keygen writes it";
const OTHER_FORM: &str = "this is not the encoding of the key that ssh-keygen writes";

/// Reads a key that a text begins with: its kind and its digits, whatever blanks stand between and behind them.
/// None: there is none.
pub(super) fn read(text: &str) -> Option<Result<PublicKey, &'static str>> {
    let mut words = text.split_ascii_whitespace();
    let text = format!("{} {}", words.next()?, words.next()?);
    let key: PublicKey = text.parse().ok()?;
    Some(check(key.key_data()).and_then(|()| {
        // The parser overlooks wrong lengths and names within. Two encodings would be two keys to whoever
        // compares them.
        if key.to_openssh().is_ok_and(|again| again == text) { Ok(key) } else { Err(OTHER_FORM) }
    }))
}

/// Whether signatures of the key are checked here.
pub(super) fn check(key: &KeyData) -> Result<(), &'static str> {
    /// What begins a point that is not compressed.
    const UNCOMPRESSED: u8 = 4;
    match key {
        KeyData::Ed25519(_) => Ok(()),
        KeyData::Rsa(key) if (2_048..=4_096).contains(&bits(key)) => Ok(()),
        KeyData::Ecdsa(key @ (EcdsaPublicKey::NistP256(_) | EcdsaPublicKey::NistP384(_))) => {
            let is_whole = key.as_sec1_bytes().first() == Some(&UNCOMPRESSED);
            if is_whole { Ok(()) } else { Err(COMPRESSED) }
        }
        _ => Err(KINDS),
    }
}

/// The length of the modulus.
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

    /// A key whose blob has these strings, each with the length that it is said to have.
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
        // A leading zero keeps a number positive.
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
        // No key at all, to the parser.
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
            // Compact, hybrid, and no point.
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
        let token = key_of("sk-ssh-ed25519@openssh.com", &[(32, &[7; 32]), (4, b"ssh:")]);
        assert_eq!(problem("sk-ssh-ed25519@openssh.com", &token), Some(KINDS));
    }
}
