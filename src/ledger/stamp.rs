//! The stamp of a ledger: when and at which commit it was made, and when a stamp is valid.

use crate::time::Time;

/// The time and the commit at which a ledger was made. The core has no clock and no git, so the caller gives both.
///
/// ```
/// use acceptance_ledger::Stamp;
///
/// let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
/// assert_eq!(stamp.git_commit(), "unknown");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub(super) generated_at: String,
    pub(super) git_commit: String,
}

impl Stamp {
    /// Creates a stamp from a time, as the ledger will show it, and a short commit or `unknown`.
    #[must_use]
    pub fn new(generated_at: impl Into<String>, git_commit: impl Into<String>) -> Self {
        Self { generated_at: generated_at.into(), git_commit: git_commit.into() }
    }

    /// The text of the time at which the ledger was made.
    #[must_use]
    pub fn generated_at(&self) -> &str {
        &self.generated_at
    }

    /// The time at which the ledger was made; `None` if the text is not a valid time.
    pub(crate) fn time(&self) -> Option<Time> {
        self.generated_at.parse().ok()
    }

    /// The commit at which the ledger was made, or `unknown`.
    #[must_use]
    pub fn git_commit(&self) -> &str {
        &self.git_commit
    }
}

#[cfg(feature = "cli")]
impl Stamp {
    /// Whether the stamp is a valid time with a hexadecimal commit or `unknown`.
    ///
    /// `verify` copies the stamp from the committed ledger into the replay, so comparing the two cannot find any other
    /// text here.
    pub(crate) fn is_valid(&self) -> bool {
        let commit = self.git_commit.as_str();
        let is_hex = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.time().is_some() && (is_hex || commit == "unknown")
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_a_time_and_a_commit_or_none() {
        let time = "2026-01-01T08:00:00+08:00";
        for (generated_at, git_commit, is_valid) in [
            (time, "unknown", true),
            (time, "0aF9", true),
            (time, "", false),
            (time, "unknown ", false),
            (time, "HEAD", false),
            ("today", "unknown", false),
            ("today", "0aF9", false),
            ("today", "", false),
        ] {
            let stamp = Stamp::new(generated_at, git_commit);
            assert_eq!(stamp.is_valid(), is_valid, "{generated_at} {git_commit}");
        }
    }
}
