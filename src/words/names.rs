//! The schema versions, paths, namespaces and id prefixes. Each is defined here once.

/// The `schema_version` of each document.
pub(crate) const LEDGER_VERSION: &str = "monitoring_owner_response_acceptance_v1";
#[cfg(feature = "cli")]
pub(crate) const INVENTORY_VERSION: &str = "monitoring_alerting_observability_inventory_v1";
#[cfg(feature = "cli")]
pub(crate) const OWNER_REQUESTS_VERSION: &str = "monitoring_owner_request_draft_v1";
pub(crate) const RESPONSE_VERSION: &str = "monitoring_owner_response_v1";
pub(crate) const RECORD_VERSION: &str = "monitoring_reviewer_record_v1";
pub(crate) const EVENT_VERSION: &str = "monitoring_journal_event_v1";

/// The `schema_version` of each JSON output.
pub(crate) const STATUS_VERSION: &str = "acceptance_ledger_status_v1";
pub(crate) const SURFACE_STATUS_VERSION: &str = "acceptance_ledger_surface_status_v1";
pub(crate) const TRIAGE_VERSION: &str = "acceptance_ledger_triage_v1";
pub(crate) const TRIAGE_LINE_VERSION: &str = "acceptance_ledger_triage_line_v1";
pub(crate) const REVIEW_VERSION: &str = "acceptance_ledger_review_v1";
pub(crate) const VERIFY_VERSION: &str = "acceptance_ledger_verify_v1";

/// The `schema_version` of each kind of row that `export` prints.
pub(crate) const EXPORT_CANDIDATES_VERSION: &str = "acceptance_ledger_export_candidates_v1";
pub(crate) const EXPORT_EVENTS_VERSION: &str = "acceptance_ledger_export_events_v1";
pub(crate) const EXPORT_FINDINGS_VERSION: &str = "acceptance_ledger_export_findings_v1";

/// The id of a candidate is this prefix, then the id of its surface.
pub(crate) const CANDIDATE_PREFIX: &str = "monitoring_owner_response_acceptance:";

/// The id of a request is this prefix, then the id of its surface.
#[cfg(feature = "cli")]
pub(crate) const REQUEST_PREFIX: &str = "monitoring_owner_request:";

/// The file with the JSON Schema of a form. It is beside the form, so that an editor finds it.
pub(crate) const RESPONSE_SCHEMA_FILE: &str = "monitoring_owner_response_v1.schema.json";

/// The file with the JSON Schema of a reviewer's draft. It is beside the draft, so that an editor finds it.
#[cfg(feature = "cli")]
pub(crate) const RECORD_SCHEMA_FILE: &str = "monitoring_reviewer_record_v1.schema.json";

#[cfg(feature = "store")]
pub(crate) use paths::*;

/// Paths in a repository, relative to its root, and names of files in the journal's folder.
#[cfg(feature = "store")]
mod paths {
    #[cfg(feature = "cli")]
    pub(crate) const INVENTORY: &str =
        "docs/security/monitoring-alerting-observability-inventory.snapshot.json";
    pub(crate) const OWNER_REQUESTS: &str =
        "docs/security/monitoring-owner-request-draft.snapshot.json";
    #[cfg(feature = "cli")]
    pub(crate) const LEDGER: &str =
        "docs/security/monitoring-owner-response-acceptance.snapshot.json";
    pub(crate) const JOURNAL: &str = "docs/security/monitoring-owner-response-acceptance.journal";
    pub(crate) const ALLOWED_SIGNERS: &str =
        "docs/security/monitoring-owner-response-acceptance.allowed-signers";

    /// The events of a surface, one per line.
    pub(crate) const EVENTS: &str = "events.jsonl";
    /// The file extension of a document's signature.
    pub(crate) const SIGNATURE: &str = ".sig";
    /// Stops git from converting line endings in the journal, because its digests are computed over the exact bytes.
    pub(crate) const ATTRIBUTES: &str = ".gitattributes";
}
