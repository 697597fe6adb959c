//! The keys at the top of a ledger, and the counts of its summary that do not count a flag, an item or a gate. The key of
//! every other count is made from the word that it counts.

use super::word_list;

word_list! {
    /// One of the 17 top-level keys of a ledger. A candidate or an input file has some of them too.
    pub(crate) enum LedgerKey("ledger key") {
        AcceptanceCandidates = "acceptance_candidates": "The candidates, one per surface.",
        AcceptanceFields = "acceptance_fields": "The 38 fields of a candidate.",
        BlockedActions = "blocked_actions": "The 34 blocked actions.",
        ExecutionBoundaries = "execution_boundaries": "The 33 boundaries, which always stay closed.",
        GeneratedAt = "generated_at": "When the ledger was generated.",
        GitCommit = "git_commit": "The short id of the commit at which the ledger was generated.",
        NextSteps = "next_steps": "The next steps, for people.",
        OutcomeLanes = "outcome_lanes": "The 12 lanes and their meanings.",
        RequiredOwnerFields = "required_owner_fields": "What the owners are asked to answer.",
        ReviewerChecks = "reviewer_checks": "The 23 checks and their instructions.",
        SchemaVersion = "schema_version": "The version of the document's format.",
        SourceInventorySchemaVersion = "source_inventory_schema_version": "The schema version of the inventory.",
        SourceInventoryStatus = "source_inventory_status": "The status of the inventory.",
        SourceOwnerRequestSchemaVersion = "source_owner_request_schema_version": "The schema version of the owner requests.",
        SourceOwnerRequestStatus = "source_owner_request_status": "The status of the owner requests.",
        Status = "status": "The status of the document, or of a candidate.",
        Summary = "summary": "The counts.",
    }
}

word_list! {
    /// One of the 10 counts of a ledger's summary that do not count a flag or a gate.
    pub(crate) enum SourceCount("count") {
        SourceSurfaces = "source_surface_count": "The number of surfaces that the inventory states.",
        SourceRequestDrafts = "source_request_draft_count": "The number of drafts that the owner requests state.",
        AcceptanceCandidates = "acceptance_candidate_count": "All candidates.",
        WriteCapableAcceptanceCandidates = "write_capable_acceptance_candidate_count": "Candidates of write-capable surfaces.",
        LiveEvidenceRequiredCandidates = "live_evidence_required_candidate_count": "Candidates that need live evidence.",
        AcceptanceFields = "acceptance_field_count": "Acceptance fields.",
        RequiredOwnerFields = "required_owner_field_count": "Fields that the owners are asked to answer.",
        ReviewerChecks = "reviewer_check_count": "Reviewer checks.",
        OutcomeLanes = "outcome_lane_count": "Lanes.",
        BlockedActions = "blocked_action_count": "Blocked actions.",
    }
}

/// The one count whose key is not the gate's name: [`RuntimeGate::ActionButtonsAllowed`](super::RuntimeGate).
const ACTION_BUTTONS: (&str, &str) = ("action_buttons_allowed", "action_button_count");

/// The key of the count of a flag, an item or a gate.
pub(crate) fn count_key(word: &str) -> String {
    if word == ACTION_BUTTONS.0 { ACTION_BUTTONS.1.to_owned() } else { format!("{word}_count") }
}

/// The word that a count counts, if its key has the form of [`count_key`].
pub(crate) fn counted_word(key: &str) -> Option<&str> {
    if key == ACTION_BUTTONS.1 { Some(ACTION_BUTTONS.0) } else { key.strip_suffix("_count") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{ItemFlag, ProgressFlag, RuntimeGate};

    #[test]
    fn each_count_leads_back_to_its_word() {
        let words = ProgressFlag::ALL
            .iter()
            .map(|flag| flag.as_str())
            .chain(ItemFlag::ALL.iter().map(|flag| flag.as_str()))
            .chain(RuntimeGate::ALL.iter().map(|gate| gate.as_str()));
        for word in words {
            assert_eq!(counted_word(&count_key(word)), Some(word));
        }
    }
}
