//! Security keys: FIDO tokens, whose signatures say whether somebody touched them.
//!
//! Such a key signs the digest of its application, a byte of flags, a counter and the digest of what `ssh-keygen` gives
//! it. Flags and counter stand behind the signature proper, and the parser keeps them at its end.

use ssh_key::public::KeyData;
use ssh_key::{Algorithm, Signature, SshSig};

use super::string;

/// The bit of the flags that says that somebody was there and touched the key.
const USER_PRESENCE: u8 = 0x01;

/// Flags, and a counter of four bytes.
const TRAILER: usize = 5;

/// Whether the key is a security key's.
pub(super) const fn is_one(key: &KeyData) -> bool {
    matches!(key, KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

/// Whether a security key's signature is named as such. The parser would check it under any name, where OpenSSH
/// refuses it.
pub(super) fn has_own_algorithm(signature: &SshSig) -> bool {
    let key = signature.public_key();
    !is_one(key) || signature.algorithm() == key.algorithm()
}

/// Whether a security key says that somebody touched it to make the signature.
pub(super) fn says_touched(signature: &SshSig) -> bool {
    let trailer = signature.signature_bytes().last_chunk::<TRAILER>();
    trailer.is_some_and(|[flags, ..]| flags & USER_PRESENCE != 0)
}

/// A signature proper as `ssh-keygen` writes it.
pub(super) fn written(signature: &Signature) -> Option<Vec<u8>> {
    let (name, bytes) = (signature.algorithm(), signature.as_bytes());
    let is_by_security_key = matches!(name, Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256);
    let length = if is_by_security_key { bytes.len().checked_sub(TRAILER)? } else { bytes.len() };
    let (proper, trailer) = bytes.split_at_checked(length)?;
    Some([&string(name.as_str().as_bytes())?, &string(proper)?, trailer].concat())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ssh_key::private::Ed25519Keypair;
    use ssh_key::public::SkEd25519;
    use ssh_key::{HashAlg, PrivateKey, PublicKey};

    use super::super::{AllowedSigners, BadSignature, Namespace, Verified, verify};
    use super::*;

    const BYTES: &[u8] = b"an answer\n";
    const NAMESPACE: Namespace = Namespace::OwnerResponse;

    /// Made in software, and held against `ssh-keygen -Y verify`: the flags are 1 in one, and 0 in the other.
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

    fn verify_with(key: &str, signature: &str) -> Result<Verified, BadSignature> {
        let signers = format!("ada namespaces=\"*\" {key}\n");
        let signers = AllowedSigners::parse(signers.as_bytes()).unwrap();
        verify(&signers, NAMESPACE, "ada", BYTES, signature.as_bytes(), Timestamp::UNIX_EPOCH)
    }

    /// The public half of a token made in software, and its signature with these flags under a name.
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
        (public, super::super::written(&signature).unwrap())
    }

    #[test]
    fn only_the_bit_of_user_presence_is_a_touch() {
        for flags in 0..=u8::MAX {
            let (key, signature) = ed25519(flags, "sk-ssh-ed25519@openssh.com");
            let verified = verify_with(&key, &signature).map(|verified| verified.is_touched);
            let expected = if flags % 2 == 1 { Ok(true) } else { Err(BadSignature::NotTouched) };
            assert_eq!(verified, expected, "{flags}");
        }
        assert!(verify_with(P256, TOUCHED).unwrap().is_touched);
        assert_eq!(verify_with(P256, UNTOUCHED), Err(BadSignature::NotTouched));
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

    /// The parser checks the signature under either name.
    #[test]
    fn a_security_keys_signature_under_another_name_is_none() {
        for name in ["rsa-sha2-512", "made-up@example.com"] {
            let (key, signature) = ed25519(USER_PRESENCE, name);
            let parsed = SshSig::from_pem(&signature).unwrap();
            let key_of_it = key.parse::<PublicKey>().unwrap();
            assert!(key_of_it.verify(NAMESPACE.as_str(), BYTES, &parsed).is_ok(), "{name}");
            assert_eq!(verify_with(&key, &signature), Err(BadSignature::OtherAlgorithm), "{name}");
        }
    }
}
