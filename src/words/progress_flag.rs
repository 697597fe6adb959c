//! The progress flags of a candidate.

use super::word_list;

word_list! {
    /// One of the 8 flags that show the progress of an answer.
    ///
    /// ```
    /// use acceptance_ledger::ProgressFlag;
    ///
    /// assert!(ProgressFlag::RequestSent.must_be_false());
    /// assert!(!ProgressFlag::OwnerResponseAccepted.must_be_false());
    /// ```
    pub enum ProgressFlag("progress flag") {
        RequestSent = "request_sent": "Must be false: this crate does not send requests.",
        RecipientConfirmed = "recipient_confirmed": "Must be false: this crate does not confirm recipients.",
        OwnerResponseReceived = "owner_response_received": "A person's reviewer record acknowledges the answer.",
        OwnerResponseAccepted = "owner_response_accepted": "A person's reviewer record accepts the answer.",
        OwnerResponseRejected = "owner_response_rejected": "A person's reviewer record rejects the answer.",
        OwnerResponseQuarantined = "owner_response_quarantined": "The answer is in quarantine.",
        SupplementRequested = "supplement_requested": "The owner is asked for more.",
        LiveEvidenceReceived = "live_evidence_received": "A person's reviewer record passes the live config hash of a surface that needs live evidence.",
    }
}

impl ProgressFlag {
    /// Whether the flag must be false, because this crate sends nothing to anyone.
    #[must_use]
    pub const fn must_be_false(self) -> bool {
        matches!(self, Self::RequestSent | Self::RecipientConfirmed)
    }
}
