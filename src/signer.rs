use serde::{Deserialize, Serialize};

/// What a signer may do with a signature. It follows from what the signer's key may sign, never from what a document
/// says of its author.
///
/// ```
/// use acceptance_ledger::{ReviewerKind, SignerRole};
///
/// assert_eq!(SignerRole::Automation.to_string(), "automation");
/// assert_eq!(SignerRole::from(ReviewerKind::Person), SignerRole::Person);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignerRole {
    /// An owner, who answers.
    Owner,
    /// A person, who reviews.
    Person,
    /// A program, which reviews: its records can only hold an answer back.
    Automation,
}

/// Who signed a document, as an edge has verified it. The core checks no signature; it is told.
///
/// ```
/// use acceptance_ledger::{Signer, SignerRole};
///
/// let signer = Signer::verified("ada@example.com", "SHA256:abc", SignerRole::Owner);
/// assert_eq!(signer.principal(), "ada@example.com");
/// assert_eq!(signer.role(), SignerRole::Owner);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    principal: String,
    key: String,
    role: SignerRole,
}

impl Signer {
    /// The signer of a document whose signature the caller has verified: the principal that the
    /// key belongs to, the key's fingerprint, and the role that the key gives its holder.
    #[must_use]
    pub fn verified(
        principal: impl Into<String>,
        key: impl Into<String>,
        role: SignerRole,
    ) -> Self {
        Self { principal: principal.into(), key: key.into(), role }
    }

    /// Whom the key belongs to.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The key's fingerprint, as in `SHA256:…`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What the signer may do.
    #[must_use]
    pub const fn role(&self) -> SignerRole {
        self.role
    }
}
