//! Who signed a document, and the role of the key.

use serde::{Deserialize, Serialize};

/// What a signer may do with a signature. The role depends on what the signer's key may sign. It never depends on what a
/// document says about its author.
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
    /// An owner, who writes answers.
    Owner,
    /// A person, who reviews answers.
    Person,
    /// A program, which reviews answers. Its records can only hold an answer back.
    Automation,
}

/// The verified signer of a document. The core does not check signatures: an edge checks them and passes the signer in.
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
    /// Makes the signer of a document whose signature the caller has verified: the principal that owns the key, the
    /// key's fingerprint, and the role that the key gives its owner.
    #[must_use]
    pub fn verified(
        principal: impl Into<String>,
        key: impl Into<String>,
        role: SignerRole,
    ) -> Self {
        Self { principal: principal.into(), key: key.into(), role }
    }

    /// Returns the principal that owns the key.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// Returns the key's fingerprint, as in `SHA256:…`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns what the signer may do.
    #[must_use]
    pub const fn role(&self) -> SignerRole {
        self.role
    }
}
