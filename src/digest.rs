//! SHA-256 digests.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The prefix of a digest in a document.
const PREFIX: &str = "sha256:";

/// The SHA-256 of some bytes, written as `sha256:` and 64 hexadecimal digits in lower case.
///
/// ```
/// use acceptance_ledger::Digest;
///
/// let digest = Digest::of(b"abc");
/// assert!(digest.to_string().starts_with("sha256:ba7816bf"));
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Computes the digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Computes the digest of bytes that come in pieces. `next` fills in the next piece; an empty piece is the end.
    ///
    /// # Errors
    ///
    /// When `next` fails.
    #[cfg(feature = "store")]
    pub(crate) fn of_pieces<E>(
        mut next: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (mut hash, mut piece) = (Sha256::new(), Vec::new());
        loop {
            piece.clear();
            next(&mut piece)?;
            if piece.is_empty() {
                return Ok(Self(hash.finalize().into()));
            }
            hash.update(&piece);
        }
    }

    /// The 32 bytes of the digest.
    #[cfg(feature = "cli")]
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        base16ct::lower::encode_string(&self.0)
    }

    /// Parses 64 hexadecimal digits in lower case.
    pub(crate) fn from_hex(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        // A shorter text is decoded into a part of the bytes.
        let is_whole = base16ct::lower::decode(hex, &mut bytes).is_ok_and(|read| read.len() == 32);
        is_whole.then_some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error for a text that is not a digest. It does not repeat the text, which may be a secret in the wrong place.
///
/// ```
/// use acceptance_ledger::Digest;
///
/// assert!("sha256:00".parse::<Digest>().unwrap_err().to_string().contains("64"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid digest: expected sha256: and 64 hexadecimal digits in lower case")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.strip_prefix(PREFIX).and_then(Self::from_hex).ok_or(NotADigest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_and_nothing_else_does() {
        let hex = Digest::of(b"").hex();
        assert_eq!(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Digest::from_hex(&hex), Some(Digest::of(b"")));
        assert_eq!(format!("{:?}", Digest::of(b"")), format!("sha256:{hex}"));
        for text in [
            hex.clone(),
            format!("sha256:{}", hex.to_uppercase()),
            format!("sha256:{hex}0"),
            "sha256:".to_owned(),
            format!("sha256:{}+f", hex.split_at(62).0),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(NotADigest), "{text}");
        }
    }
}
