//! The original bytes of a document, with their digest and the places of their lines.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::digest::Digest;
use crate::json::Lines;

/// The original bytes of a document, and their digest. Only [`new`](Self::new) makes one, so the two always match.
#[derive(Clone)]
pub(crate) struct Original {
    bytes: Arc<[u8]>,
    digest: Digest,
    /// Made on first use: most documents have nothing that a message points to.
    lines: OnceLock<Lines>,
}

impl Original {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), digest: Digest::of(bytes), lines: OnceLock::new() }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) const fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the line of byte `offset` and its column in characters, both from 1.
    pub(crate) fn line_and_column(&self, offset: usize) -> (usize, usize) {
        self.lines.get_or_init(|| Lines::of(&self.bytes)).line_and_column(&self.bytes, offset)
    }
}

impl PartialEq for Original {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest && self.bytes == other.bytes
    }
}

impl Eq for Original {}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes may carry a secret.
        f.debug_struct("Original").field("digest", &self.digest).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn originals_are_equal_whether_or_not_their_lines_were_used() {
        let (used, unused) = (Original::new(b"a\nb"), Original::new(b"a\nb"));
        assert_eq!(used.line_and_column(2), (2, 1));
        assert_eq!(used, unused);
        assert_ne!(used, Original::new(b"a\nc"));
    }
}
