//! Signatures: SSHSIG over a file's bytes, as `ssh-keygen -Y sign` makes them, held against an allowed-signers
//! file. Nothing is asked of an agent or a network.

mod allowed;
mod key;
mod pattern;
mod security_key;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::review::ReviewerKind;
use crate::signer::Signer;

pub(crate) use allowed::{AllowedSigners, NotAllowed};

/// What a signature is for: one for a response signs no record, and a program does not sign where persons do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    OwnerResponse,
    ReviewerRecord,
    ReviewerAutomation,
}

impl Namespace {
    /// Where a reviewer of this kind signs records.
    pub(crate) const fn of_reviewer(kind: ReviewerKind) -> Self {
        match kind {
            ReviewerKind::Person => Self::ReviewerRecord,
            ReviewerKind::Automation => Self::ReviewerAutomation,
        }
    }

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
        let who = match self {
            Self::OwnerResponse => "owners sign answers",
            Self::ReviewerRecord => "persons sign records",
            Self::ReviewerAutomation => "programs sign records",
        };
        write!(f, "{}, where {who}", self.as_str())
    }
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("the signature file holds no SSH signature")]
    NoSignature,
    #[error("the signature file is not what ssh-keygen writes, byte for byte")]
    OtherForm,
    #[error("the signature's key is not taken: {0}")]
    Key(&'static str),
    #[error("the signature is for another namespace than {0}")]
    OtherNamespace(Namespace),
    #[error("the signature is of another kind than its key")]
    OtherAlgorithm,
    #[error("the signature is not of these bytes")]
    OtherBytes,
    #[error(
        "it was signed with a security key that nobody touched: the user-presence flag of the signature is not set"
    )]
    NotTouched,
    #[error("{0}")]
    NotAllowed(NotAllowed),
}

/// What a signature that holds tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) signer: Signer,
    /// Whether a security key signed, and says that somebody touched it.
    pub(crate) is_touched: bool,
}

/// The signer of `bytes`, if `signature` is theirs and `principal` may sign so at the moment.
pub(crate) fn verify(
    signers: &AllowedSigners,
    namespace: Namespace,
    principal: &str,
    bytes: &[u8],
    signature: &[u8],
    at: Timestamp,
) -> Result<Verified, BadSignature> {
    let signature = read_signature(signature)?;
    if signature.namespace() != namespace.as_str() {
        return Err(BadSignature::OtherNamespace(namespace));
    }
    let key = PublicKey::from(signature.public_key().clone());
    key.verify(namespace.as_str(), bytes, &signature).map_err(|_| BadSignature::OtherBytes)?;
    let is_by_security_key = security_key::is_one(key.key_data());
    if is_by_security_key && !security_key::says_touched(&signature) {
        return Err(BadSignature::NotTouched);
    }
    let role = signers.allow(&key, principal, namespace, at).map_err(BadSignature::NotAllowed)?;
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    let signer = Signer::verified(principal, fingerprint, role);
    Ok(Verified { signer, is_touched: is_by_security_key })
}

/// Reads a signature. It has one form: whatever else the parser lets through would be kept, could hide
/// something, and is not what OpenSSH reads.
fn read_signature(bytes: &[u8]) -> Result<SshSig, BadSignature> {
    let signature = SshSig::from_pem(bytes).map_err(|_| BadSignature::NoSignature)?;
    key::check(signature.public_key()).map_err(BadSignature::Key)?;
    if !security_key::has_own_algorithm(&signature) {
        return Err(BadSignature::OtherAlgorithm);
    }
    let written = written(&signature).ok_or(BadSignature::OtherForm)?;
    if written.as_bytes() == bytes { Ok(signature) } else { Err(BadSignature::OtherForm) }
}

/// What ssh-keygen would have written: of the first version, and with nothing in the reserved field.
///
/// The parser's own writer puts the flags and the counter of an `sk-ecdsa` signature where `ssh-keygen` does not.
fn written(signature: &SshSig) -> Option<String> {
    /// How many digits stand in a line.
    const WIDTH: usize = 70;
    let key = PublicKey::from(signature.public_key().clone()).to_bytes().ok()?;
    let proper = security_key::written(signature.signature())?;
    let (namespace, hash) = (signature.namespace().as_bytes(), signature.hash_alg());
    let mut blob = [&b"SSHSIG"[..], &SshSig::VERSION.to_be_bytes()].concat();
    for field in [&key[..], namespace, b"", hash.as_str().as_bytes(), &proper] {
        blob.extend(string(field)?);
    }
    let mut text = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
    for line in STANDARD.encode(blob).as_bytes().chunks(WIDTH) {
        text.push_str(std::str::from_utf8(line).ok()?);
        text.push('\n');
    }
    text.push_str("-----END SSH SIGNATURE-----\n");
    Some(text)
}

/// A string as SSH writes it: its length, and its bytes.
fn string(bytes: &[u8]) -> Option<Vec<u8>> {
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

    fn verify_with(signature: &[u8]) -> Result<Verified, BadSignature> {
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
                // Instead of the byte that stands there, and before it.
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
            (String::new(), BadSignature::NoSignature),
            ("\0".repeat(10_000), BadSignature::NoSignature),
            (SIGNATURE.replace("SSH", "PGP"), BadSignature::NoSignature),
            (SIGNATURE.trim_end().to_owned(), BadSignature::OtherForm),
            (SIGNATURE.replace('\n', "\r\n"), BadSignature::OtherForm),
            (SIGNATURE.replace("AAAAAQAAADM", "AAAAAAAAADM"), BadSignature::OtherForm),
        ] {
            assert_eq!(verify_with(signature.as_bytes()), Err(problem), "{signature}");
        }
    }

    /// Armor ends a line after 70 digits, also where nothing is left for another line.
    #[test]
    fn whole_lines_are_written_as_ssh_keygen_writes_them() {
        let signature = read_signature(SIGNATURE.as_bytes()).unwrap();
        // With a namespace of another length, the digits fill their lines.
        let filled = (1..105).filter_map(|length| {
            let (key, proper) = (signature.public_key().clone(), signature.signature().clone());
            let other = SshSig::new(key, "n".repeat(length), HashAlg::Sha512, proper).unwrap();
            let written = written(&other).unwrap();
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
