//! Every schema version, path, namespace and prefix of an id, once.

/// The `schema_version` of each document.
pub(crate) const LEDGER_VERSION: &str = "monitoring_owner_response_acceptance_v1";
#[cfg(feature = "cli")]
pub(crate) const INVENTORY_VERSION: &str = "monitoring_alerting_observability_inventory_v1";
#[cfg(feature = "cli")]
pub(crate) const OWNER_REQUESTS_VERSION: &str = "monitoring_owner_request_draft_v1";
pub(crate) const RESPONSE_VERSION: &str = "monitoring_owner_response_v1";
pub(crate) const RECORD_VERSION: &str = "monitoring_reviewer_record_v1";
pub(crate) const EVENT_VERSION: &str = "monitoring_journal_event_v1";

/// The id of a candidate is this prefix and the id of its surface.
pub(crate) const CANDIDATE_PREFIX: &str = "monitoring_owner_response_acceptance:";

/// The id of a request is this prefix and the id of its surface.
#[cfg(feature = "cli")]
pub(crate) const REQUEST_PREFIX: &str = "monitoring_owner_request:";

/// The file beside a form in which an editor finds its JSON Schema.
pub(crate) const RESPONSE_SCHEMA_FILE: &str = "monitoring_owner_response_v1.schema.json";

/// The file beside a reviewer's draft in which an editor finds its JSON Schema.
#[cfg(feature = "cli")]
pub(crate) const RECORD_SCHEMA_FILE: &str = "monitoring_reviewer_record_v1.schema.json";

#[cfg(feature = "cli")]
pub(crate) use paths::*;

/// Paths below the root of a repository, and names below the journal's folder.
#[cfg(feature = "cli")]
mod paths {
    pub(crate) const INVENTORY: &str =
        "docs/security/monitoring-alerting-observability-inventory.snapshot.json";
    pub(crate) const OWNER_REQUESTS: &str =
        "docs/security/monitoring-owner-request-draft.snapshot.json";
    pub(crate) const LEDGER: &str =
        "docs/security/monitoring-owner-response-acceptance.snapshot.json";
    pub(crate) const JOURNAL: &str = "docs/security/monitoring-owner-response-acceptance.journal";
    pub(crate) const ALLOWED_SIGNERS: &str =
        "docs/security/monitoring-owner-response-acceptance.allowed-signers";

    /// The events of a surface, one a line.
    pub(crate) const EVENTS: &str = "events.jsonl";
    /// The ending of a document's signature.
    pub(crate) const SIGNATURE: &str = ".sig";
    /// Keeps git from changing line ends in the journal: its digests are over bytes.
    pub(crate) const ATTRIBUTES: &str = ".gitattributes";
}
