/// Who signed a document, as an edge has verified it. The core checks no signature; it is told.
///
/// ```
/// use acceptance_ledger::Signer;
///
/// let signer = Signer::verified("ada@example.com", "SHA256:abc");
/// assert_eq!(signer.principal(), "ada@example.com");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    principal: String,
    key: String,
}

impl Signer {
    /// The signer of a document whose signature the caller has verified: the principal that the
    /// key belongs to, and the key's fingerprint.
    #[must_use]
    pub fn verified(principal: impl Into<String>, key: impl Into<String>) -> Self {
        Self { principal: principal.into(), key: key.into() }
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
}
