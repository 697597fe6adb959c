//! Security keys: FIDO devices whose signatures report whether somebody touched the device.
//!
//! A security key signs four parts: the digest of its application, a byte of flags, a counter, and the digest of the
//! data from `ssh-keygen`. The flags and the counter follow the raw signature. The `ssh-key` crate keeps them as the
//! last bytes of the signature.

use ssh_key::public::KeyData;
use ssh_key::{Algorithm, Signature, SshSig};

use super::ssh_string;

/// The flag that reports a touch (user presence).
const USER_PRESENCE: u8 = 0x01;

/// The length of the flags (one byte) and the counter (four bytes).
const TRAILER: usize = 5;

/// Whether a public key belongs to a security key.
pub(super) const fn is_security_key(key: &KeyData) -> bool {
    matches!(key, KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

/// Whether a signature of a security key has the algorithm of its key. True for all other keys.
///
/// `ssh-key` verifies such a signature under any algorithm name. OpenSSH refuses it under another name.
pub(super) fn has_own_algorithm(signature: &SshSig) -> bool {
    let key = signature.public_key();
    !is_security_key(key) || signature.algorithm() == key.algorithm()
}

/// Whether the security key reports that somebody touched it for this signature.
pub(super) fn says_touched(signature: &SshSig) -> bool {
    let trailer = signature.signature_bytes().last_chunk::<TRAILER>();
    trailer.is_some_and(|[flags, ..]| flags & USER_PRESENCE != 0)
}

/// Returns the signature field as `ssh-keygen` writes it: the algorithm and the raw signature. For a security key, the
/// flags and the counter follow.
pub(super) fn canonical_signature(signature: &Signature) -> Option<Vec<u8>> {
    let (name, bytes) = (signature.algorithm(), signature.as_bytes());
    let is_by_security_key = matches!(name, Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256);
    let length = if is_by_security_key { bytes.len().checked_sub(TRAILER)? } else { bytes.len() };
    let (raw, trailer) = bytes.split_at_checked(length)?;
    Some([&ssh_string(name.as_str().as_bytes())?, &ssh_string(raw)?, trailer].concat())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ssh_key::private::Ed25519Keypair;
    use ssh_key::public::SkEd25519;
    use ssh_key::{HashAlg, PrivateKey, PublicKey};

    use super::super::{AllowedSigners, Namespace, SignatureError, Verified, verify};
    use super::*;

    const BYTES: &[u8] = b"an answer\n";
    const NAMESPACE: Namespace = Namespace::OwnerResponse;

    /// A security key made in software, with two signatures: the flags are 1 in `TOUCHED` and 0 in `UNTOUCHED`. Both
    /// were checked with `ssh-keygen -Y verify`.
    const P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20\
         AAAAIbmlzdHAyNTYAAABBBBVO7Zy3N26QinhS/g6/EAqE0YXF2HFcX6ruFc4DEZMVfZ/roeOHtYwNmPuqhfLTDm/J+OsFS6vzEuIszWbVgIc\
         AAAAEc3NoOg==";
    const TOUCHED: &str = "\
-----BEGIN SSH SIGNATURE-----\n\
U1NIU0lHAAAAAQAAAH8AAAAic2stZWNkc2Etc2hhMi1uaXN0cDI1NkBvcGVuc3NoLmNvbQ\n\
AAAAhuaXN0cDI1NgAAAEEEFU7tnLc3bpCKeFL+Dr8QCoTRhcXYcVxfqu4VzgMRkxV9n+uh\n\
44e1jA2Y+6qF8tMOb8n46wVLq/MS4izNZtWAhwAAAARzc2g6AAAAIG93bmVyLXJlc3Bvbn\n\
NlQGFjY2VwdGFuY2UtbGVkZ2VyAAAAAAAAAAZzaGE1MTIAAAB3AAAAInNrLWVjZHNhLXNo\n\
YTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAABIAAAAIGIrIUK77LzLGPX6l5+K2amokknhUq\n\
+AS5aSECKAyySzAAAAIH0w5s8SahoIW/VhOcoUAwYYE5Ax5SsLtGD8mhxGzCiTAQECAwQ=\n\
-----END SSH SIGNATURE-----\n";
    const UNTOUCHED: &str = "\
-----BEGIN SSH SIGNATURE-----\n\
U1NIU0lHAAAAAQAAAH8AAAAic2stZWNkc2Etc2hhMi1uaXN0cDI1NkBvcGVuc3NoLmNvbQ\n\
AAAAhuaXN0cDI1NgAAAEEEFU7tnLc3bpCKeFL+Dr8QCoTRhcXYcVxfqu4VzgMRkxV9n+uh\n\
44e1jA2Y+6qF8tMOb8n46wVLq/MS4izNZtWAhwAAAARzc2g6AAAAIG93bmVyLXJlc3Bvbn\n\
NlQGFjY2VwdGFuY2UtbGVkZ2VyAAAAAAAAAAZzaGE1MTIAAAB5AAAAInNrLWVjZHNhLXNo\n\
YTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAABKAAAAIQCzgJ8JLyH6z15MXrPyG0IzUjus7r\n\
RXvWWzKUC3aSUaQwAAACEAwnzTIfbuLiwZcrcrSQY5fTFBTbDWjqhoDW3/WT58kZwAAQID\n\
BA==\n\
-----END SSH SIGNATURE-----\n";

    fn verify_with(key: &str, signature: &str) -> Result<Verified, SignatureError> {
        let signers = format!("ada namespaces=\"*\" {key}\n");
        let signers = AllowedSigners::parse(signers.as_bytes()).unwrap();
        verify(&signers, NAMESPACE, "ada", BYTES, signature.as_bytes(), Timestamp::UNIX_EPOCH)
    }

    /// The public key of a security key made in software, and its signature with these flags and this algorithm name.
    fn ed25519(flags: u8, name: &str) -> (String, String) {
        fn sign(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> Signature {
            key.try_sign(bytes).unwrap()
        }
        let pair = Ed25519Keypair::from_seed(&[7; 32]);
        let key = KeyData::from(SkEd25519::new(pair.public, "ssh:"));
        let message = SshSig::signed_data(NAMESPACE.as_str(), HashAlg::Sha512, BYTES).unwrap();
        let [application, message] =
            [&b"ssh:"[..], &message].map(|bytes| HashAlg::Sha256.digest(bytes));
        let trailer = [flags, 0, 0, 1, 2];
        let proper =
            sign(&PrivateKey::from(pair), &[&application, &trailer[..], &message].concat());
        let bytes = [proper.as_bytes(), &trailer].concat();
        let proper = Signature::new(Algorithm::new(name).unwrap(), bytes).unwrap();
        let public = PublicKey::from(key.clone()).to_openssh().unwrap();
        let signature = SshSig::new(key, NAMESPACE.as_str(), HashAlg::Sha512, proper).unwrap();
        (public, super::super::canonical_text(&signature).unwrap())
    }

    #[test]
    fn only_the_bit_of_user_presence_is_a_touch() {
        for flags in 0..=u8::MAX {
            let (key, signature) = ed25519(flags, "sk-ssh-ed25519@openssh.com");
            let verified = verify_with(&key, &signature).map(|verified| verified.is_touched);
            let expected = if flags % 2 == 1 { Ok(true) } else { Err(SignatureError::NotTouched) };
            assert_eq!(verified, expected, "{flags}");
        }
        assert!(verify_with(P256, TOUCHED).unwrap().is_touched);
        assert_eq!(verify_with(P256, UNTOUCHED), Err(SignatureError::NotTouched));
    }

    #[test]
    fn a_security_keys_signature_has_no_second_form() {
        for at in 0..TOUCHED.len() {
            for put in ["A", "\n", "="] {
                let (mut more, mut instead) = (TOUCHED.to_owned(), TOUCHED.to_owned());
                more.insert_str(at, put);
                instead.replace_range(at..=at, put);
                for changed in [more, instead] {
                    assert!(
                        changed == TOUCHED || verify_with(P256, &changed).is_err(),
                        "{changed}"
                    );
                }
            }
        }
    }

    /// `ssh-key` verifies the signature under either name.
    #[test]
    fn a_security_keys_signature_under_another_name_is_none() {
        for name in ["rsa-sha2-512", "made-up@example.com"] {
            let (key, signature) = ed25519(USER_PRESENCE, name);
            let parsed = SshSig::from_pem(&signature).unwrap();
            let key_of_it = key.parse::<PublicKey>().unwrap();
            assert!(key_of_it.verify(NAMESPACE.as_str(), BYTES, &parsed).is_ok(), "{name}");
            assert_eq!(
                verify_with(&key, &signature),
                Err(SignatureError::OtherAlgorithm),
                "{name}"
            );
        }
    }
}
