//! Signatures: SSHSIG over a file's bytes, as `ssh-keygen -Y sign` makes them, held against an allowed-signers
//! file. Nothing is asked of an agent or a network.

mod allowed;
mod key;
mod pattern;

use jiff::Timestamp;
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::signer::Signer;

pub(crate) use allowed::{AllowedSigners, NotAllowed};

/// Where the allowed signers are listed, below the root of the repository.
pub(crate) const ALLOWED_SIGNERS: &str =
    "docs/security/monitoring-owner-response-acceptance.allowed-signers";

/// What a signature is for: one for a response signs no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    OwnerResponse,
    ReviewerRecord,
}

impl Namespace {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OwnerResponse => "owner-response@acceptance-ledger",
            Self::ReviewerRecord => "reviewer-record@acceptance-ledger",
        }
    }
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("the signature file holds no SSH signature")]
    NoSignature,
    #[error("the signature is for another namespace")]
    OtherNamespace,
    #[error("the signature is not of these bytes")]
    OtherBytes,
    #[error("{0}")]
    NotAllowed(NotAllowed),
}

/// The signer of `bytes`, if `signature` is theirs and `principal` may sign so at the moment.
pub(crate) fn verify(
    signers: &AllowedSigners,
    namespace: Namespace,
    principal: &str,
    bytes: &[u8],
    signature: &[u8],
    at: Timestamp,
) -> Result<Signer, BadSignature> {
    let signature = read_signature(signature).ok_or(BadSignature::NoSignature)?;
    if signature.namespace() != namespace.as_str() {
        return Err(BadSignature::OtherNamespace);
    }
    let key = PublicKey::from(signature.public_key().clone());
    key.verify(namespace.as_str(), bytes, &signature).map_err(|_| BadSignature::OtherBytes)?;
    signers.allow(&key, principal, namespace.as_str(), at).map_err(BadSignature::NotAllowed)?;
    Ok(Signer::verified(principal, key.fingerprint(HashAlg::Sha256).to_string()))
}

/// Reads an armored signature. Nothing but white space may stand around it: the file is kept as it is.
fn read_signature(bytes: &[u8]) -> Option<SshSig> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body = text.strip_prefix(BEGIN)?.trim_end().strip_suffix(END)?;
    // As ssh-keygen wraps it: a parser of armor wants lines of one length.
    let body: Vec<char> =
        body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let lines = body.chunks(70).flat_map(|line| line.iter().chain(&['\n']));
    SshSig::from_pem(format!("{BEGIN}{}{END}\n", lines.collect::<String>())).ok()
}

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----";
