use super::word_list;

word_list! {
    /// One of the 8 flags that say how far an answer has come.
    ///
    /// ```
    /// use acceptance_ledger::ProgressFlag;
    ///
    /// assert!(ProgressFlag::RequestSent.is_never());
    /// assert!(!ProgressFlag::OwnerResponseAccepted.is_never());
    /// ```
    pub enum ProgressFlag("progress flag") {
        RequestSent = "request_sent": "False for ever: this crate sends no request.",
        RecipientConfirmed = "recipient_confirmed": "False for ever: this crate confirms no recipient.",
        OwnerResponseReceived = "owner_response_received": "A person's reviewer record acknowledges the answer.",
        OwnerResponseAccepted = "owner_response_accepted": "A person's reviewer record accepts the answer.",
        OwnerResponseRejected = "owner_response_rejected": "A person's reviewer record rejects the answer.",
        OwnerResponseQuarantined = "owner_response_quarantined": "The answer is in quarantine.",
        SupplementRequested = "supplement_requested": "The owner is asked for more.",
        LiveEvidenceReceived = "live_evidence_received": "A person's reviewer record passes the live config hash of a surface that needs live evidence.",
    }
}

impl ProgressFlag {
    /// Whether the flag is false for ever: this crate sends nothing to anyone.
    #[must_use]
    pub const fn is_never(self) -> bool {
        matches!(self, Self::RequestSent | Self::RecipientConfirmed)
    }
}
