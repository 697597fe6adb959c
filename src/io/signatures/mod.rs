//! Checks signatures: SSHSIG over a file's bytes, as `ssh-keygen -Y sign` makes them, and an allowed-signers file.
//!
//! The check uses no SSH agent and no network.

mod allowed;
mod key;
mod pattern;
mod security_key;

use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::io::error::FileError;
use crate::io::files;
use crate::review::ReviewerKind;
use crate::signer::Signer;
use crate::words::names::ALLOWED_SIGNERS;

pub(crate) use allowed::{AllowedSigners, NotAllowed, Unreadable};

/// What a signature is for. A signature for a response is not valid for a record. Persons and programs sign records in
/// different namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    OwnerResponse,
    ReviewerRecord,
    ReviewerAutomation,
}

impl Namespace {
    /// Returns the namespace in which a reviewer of this kind signs records.
    pub(crate) const fn of_reviewer(kind: ReviewerKind) -> Self {
        match kind {
            ReviewerKind::Person => Self::ReviewerRecord,
            ReviewerKind::Automation => Self::ReviewerAutomation,
        }
    }

    /// Returns the name to give to `ssh-keygen -n`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OwnerResponse => "owner-response@acceptance-ledger",
            Self::ReviewerRecord => "reviewer-record@acceptance-ledger",
            Self::ReviewerAutomation => "reviewer-automation@acceptance-ledger",
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self {
            Self::OwnerResponse => "answers of owners",
            Self::ReviewerRecord => "records of persons",
            Self::ReviewerAutomation => "records of programs",
        };
        write!(f, "{}, for {whose}", self.as_str())
    }
}

/// Why a signature is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    #[error("the signature file does not contain an SSH signature")]
    NoSignature,
    #[error("the signature file differs from the form that ssh-keygen writes")]
    OtherForm,
    #[error("the signature's key is not supported: {0}")]
    Key(&'static str),
    #[error("the signature is in the wrong namespace: expected {0}")]
    OtherNamespace(Namespace),
    #[error("the signature's algorithm does not match its key")]
    OtherAlgorithm,
    #[error("the signature does not match the bytes of the document")]
    OtherBytes,
    #[error("the security key was not touched: the user-presence flag of the signature is not set")]
    NotTouched,
    #[error("{0}")]
    NotAllowed(NotAllowed),
}

/// Why the list of allowed signers of a repository cannot be used.
#[derive(Debug)]
pub(crate) enum SignersError {
    File(FileError),
    Line(allowed::Unreadable),
}

/// Reads the list of allowed signers of the repository at `root`; `None` if the repository has no list.
pub(crate) fn allowed_below(root: &Path) -> Result<Option<AllowedSigners>, SignersError> {
    let path = root.join(ALLOWED_SIGNERS);
    // An error is not the same as a missing list: without a list, documents would not have to be signed.
    match files::metadata_if_exists(&path).map_err(SignersError::File)? {
        None => Ok(None),
        Some(found) if found.is_symlink() => {
            let message = "the list of signers must be a regular file, not a symbolic link";
            Err(SignersError::File(FileError::new("use", &path)(io::Error::other(message))))
        }
        Some(_) => {
            let bytes = files::read(&path).map_err(SignersError::File)?;
            AllowedSigners::parse(&bytes).map(Some).map_err(SignersError::Line)
        }
    }
}

/// The result of a valid signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) signer: Signer,
    /// Whether a security key signed and reported a touch.
    pub(crate) is_touched: bool,
}

/// Checks a signature over `bytes`, and returns its signer.
///
/// `at` is the time at which the key must be valid.
///
/// # Errors
///
/// If the signature is not in the one accepted form, is in another namespace or over other bytes, is by a security key
/// that was not touched, or if `signers` does not allow its key for `principal` in `namespace` at `at`.
pub(crate) fn verify(
    signers: &AllowedSigners,
    namespace: Namespace,
    principal: &str,
    bytes: &[u8],
    signature: &[u8],
    at: Timestamp,
) -> Result<Verified, SignatureError> {
    let signature = read_signature(signature)?;
    if signature.namespace() != namespace.as_str() {
        return Err(SignatureError::OtherNamespace(namespace));
    }
    let key = PublicKey::from(signature.public_key().clone());
    key.verify(namespace.as_str(), bytes, &signature).map_err(|_| SignatureError::OtherBytes)?;
    let is_by_security_key = security_key::is_security_key(key.key_data());
    if is_by_security_key && !security_key::says_touched(&signature) {
        return Err(SignatureError::NotTouched);
    }
    let role = signers.allow(&key, principal, namespace, at).map_err(SignatureError::NotAllowed)?;
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    let signer = Signer::verified(principal, fingerprint, role);
    Ok(Verified { signer, is_touched: is_by_security_key })
}

/// Parses a signature. Accepts only the form that `ssh-keygen` writes.
///
/// The parser accepts more. The journal would keep such a file, its extra bytes could hide something, and OpenSSH does
/// not read it.
fn read_signature(bytes: &[u8]) -> Result<SshSig, SignatureError> {
    let signature = SshSig::from_pem(bytes).map_err(|_| SignatureError::NoSignature)?;
    key::check(signature.public_key()).map_err(SignatureError::Key)?;
    if !security_key::has_own_algorithm(&signature) {
        return Err(SignatureError::OtherAlgorithm);
    }
    let canonical = canonical_text(&signature).ok_or(SignatureError::OtherForm)?;
    if canonical.as_bytes() == bytes { Ok(signature) } else { Err(SignatureError::OtherForm) }
}

/// Returns the signature file as `ssh-keygen` writes it: version 1, with an empty reserved field.
///
/// The writer of the `ssh-key` crate is not used: it puts the flags and the counter of an `sk-ecdsa` signature in the
/// wrong place.
fn canonical_text(signature: &SshSig) -> Option<String> {
    /// The number of base64 characters in a line.
    const WIDTH: usize = 70;
    let key = PublicKey::from(signature.public_key().clone()).to_bytes().ok()?;
    let proper = security_key::canonical_signature(signature.signature())?;
    let (namespace, hash) = (signature.namespace().as_bytes(), signature.hash_alg());
    let mut blob = [&b"SSHSIG"[..], &SshSig::VERSION.to_be_bytes()].concat();
    // The empty field is the reserved one.
    for field in [&key[..], namespace, b"", hash.as_str().as_bytes(), &proper] {
        blob.extend(ssh_string(field)?);
    }
    let mut text = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
    for line in STANDARD.encode(blob).as_bytes().chunks(WIDTH) {
        text.push_str(std::str::from_utf8(line).ok()?);
        text.push('\n');
    }
    text.push_str("-----END SSH SIGNATURE-----\n");
    Some(text)
}

/// Encodes a string as SSH does: its length in four bytes, then its bytes.
fn ssh_string(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(bytes.len()).ok()?.to_be_bytes();
    Some([&length[..], bytes].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNERS: &str = "ada namespaces=\"owner-*\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPPzlhuIGZVQd7k7H2cQG34/sxrVydet3cUCoSMfigm1";
    const BYTES: &[u8] = b"an answer\n";
    const SIGNATURE: &str = "\
-----BEGIN SSH SIGNATURE-----\n\
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg8/OWG4gZlVB3uTsfZxAbfj+zGt\n\
XJ163dxQKhIx+KCbUAAAAgb3duZXItcmVzcG9uc2VAYWNjZXB0YW5jZS1sZWRnZXIAAAAA\n\
AAAABnNoYTUxMgAAAFMAAAALc3NoLWVkMjU1MTkAAABActeziDPyWTGpOlJBeCALAWltH5\n\
T4FKSsFghv5KLyq9i+AbilYJm4DwFvaxwW635csHVygiabGR1CG46qrwx6AQ==\n\
-----END SSH SIGNATURE-----\n";

    fn verify_with(signature: &[u8]) -> Result<Verified, SignatureError> {
        let signers = AllowedSigners::parse(SIGNERS.as_bytes()).unwrap();
        verify(&signers, Namespace::OwnerResponse, "ada", BYTES, signature, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_signature_has_no_second_form() {
        assert!(verify_with(SIGNATURE.as_bytes()).is_ok());
        let mut taken = Vec::new();
        for at in 0..=SIGNATURE.len() {
            let (before, after) = SIGNATURE.as_bytes().split_at(at);
            let changed = [&[][..], b"\n", b"\r", b" ", b"\t", b"=", b"A", b"-", b"\0"];
            for put in changed {
                // Once in place of the byte at this position, and once before it.
                let instead = [before, put, after.get(1..).unwrap_or_default()].concat();
                let more = [before, put, after].concat();
                taken.extend([instead, more].into_iter().filter(|changed| {
                    changed != SIGNATURE.as_bytes() && verify_with(changed).is_ok()
                }));
            }
        }
        assert!(taken.is_empty(), "{taken:?}");
    }

    #[test]
    fn what_is_wrong_with_a_signature_file_is_told() {
        for (signature, problem) in [
            (String::new(), SignatureError::NoSignature),
            ("\0".repeat(10_000), SignatureError::NoSignature),
            (SIGNATURE.replace("SSH", "PGP"), SignatureError::NoSignature),
            (SIGNATURE.trim_end().to_owned(), SignatureError::OtherForm),
            (SIGNATURE.replace('\n', "\r\n"), SignatureError::OtherForm),
            (SIGNATURE.replace("AAAAAQAAADM", "AAAAAAAAADM"), SignatureError::OtherForm),
        ] {
            assert_eq!(verify_with(signature.as_bytes()), Err(problem), "{signature}");
        }
    }

    /// A line of base64 has 70 characters. If the last one is full, no empty line follows.
    #[test]
    fn whole_lines_are_written_as_ssh_keygen_writes_them() {
        let signature = read_signature(SIGNATURE.as_bytes()).unwrap();
        // With a namespace of the right length, the base64 text fills its last line.
        let filled = (1..105).filter_map(|length| {
            let (key, proper) = (signature.public_key().clone(), signature.signature().clone());
            let other = SshSig::new(key, "n".repeat(length), HashAlg::Sha512, proper).unwrap();
            let written = canonical_text(&other).unwrap();
            let last = written.lines().rev().nth(1).unwrap().to_owned();
            (last.len() == 70).then_some(written)
        });
        let filled: Vec<_> = filled.collect();
        assert!(!filled.is_empty());
        for written in filled {
            assert!(written.lines().all(|line| !line.is_empty()) && written.ends_with("-----\n"));
            assert!(read_signature(written.as_bytes()).is_ok(), "{written}");
        }
    }
}
