//! The kinds of refs, and which kinds a field accepts.

use super::word_list;

word_list! {
    /// The kind of a ref: the prefix of a pointer to evidence.
    ///
    /// ```
    /// use acceptance_ledger::{ReferenceKind, ReferenceUse};
    ///
    /// assert!(ReferenceUse::Receipt.takes(ReferenceKind::MessageId));
    /// assert!(!ReferenceUse::Receipt.takes(ReferenceKind::Commit));
    /// ```
    pub enum ReferenceKind("kind of ref") {
        Sha256 = "sha256": "A digest of 64 hexadecimal digits.",
        Sha512 = "sha512": "A digest of 128 hexadecimal digits.",
        Commit = "commit": "A commit: 7 to 64 hexadecimal digits of its id.",
        Ticket = "ticket": "A ticket, as in ticket:OPS-12 or ticket:org/repo#12.",
        Artifact = "artifact": "The name of a stored artifact, without spaces.",
        MessageId = "message-id": "The id of a message, also the one in a chat's permalink.",
        Https = "https": "A page: https://host/path, without user info.",
    }
}

/// What a ref in a field must show. This decides which kinds of ref the field accepts.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, AnswerForm, ReferenceUse};
///
/// let form = AcceptanceField::LiveConfigHashRef.form();
/// assert_eq!(form, Some(AnswerForm::Ref(ReferenceUse::Digest)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceUse {
    /// Which bytes something has, without showing them. Only a digest does both.
    Digest,
    /// That a notification arrived. A commit or a page cannot show a delivery.
    Receipt,
    /// What happened or was said. A person cannot read this from a digest or a commit.
    Context,
    /// Any evidence.
    Any,
}

impl ReferenceUse {
    /// Whether a ref of this kind can show it. A digest of a stored receipt shows a delivery.
    #[must_use]
    pub const fn takes(self, kind: ReferenceKind) -> bool {
        use ReferenceKind as Kind;
        match self {
            Self::Digest => matches!(kind, Kind::Sha256 | Kind::Sha512),
            Self::Receipt => matches!(
                kind,
                Kind::MessageId | Kind::Ticket | Kind::Artifact | Kind::Sha256 | Kind::Sha512
            ),
            Self::Context => {
                matches!(kind, Kind::Ticket | Kind::Https | Kind::Artifact | Kind::MessageId)
            }
            Self::Any => true,
        }
    }

    /// Returns the accepted kinds, as a message lists them: `ticket:, https: or artifact:`.
    #[must_use]
    pub fn kinds(self) -> String {
        let kinds: Vec<_> = ReferenceKind::ALL
            .iter()
            .filter(|kind| self.takes(**kind))
            .map(|kind| format!("{kind}:"))
            .collect();
        match kinds.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => kinds.concat(),
        }
    }
}
