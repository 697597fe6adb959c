use super::word_list;

word_list! {
    /// One of the 17 keys of a ledger. Some of them a candidate or an input file has too.
    pub(crate) enum LedgerKey("ledger key") {
        AcceptanceCandidates = "acceptance_candidates": "The candidates, one a surface.",
        AcceptanceFields = "acceptance_fields": "The 38 fields of a candidate.",
        BlockedActions = "blocked_actions": "The 34 blocked actions.",
        ExecutionBoundaries = "execution_boundaries": "The 33 boundaries, for ever closed.",
        GeneratedAt = "generated_at": "When the ledger was made.",
        GitCommit = "git_commit": "The short commit that the ledger was made at.",
        NextSteps = "next_steps": "What comes next, for people.",
        OutcomeLanes = "outcome_lanes": "The 12 lanes and their meaning.",
        RequiredOwnerFields = "required_owner_fields": "What the owners are asked to answer.",
        ReviewerChecks = "reviewer_checks": "The 23 checks and their instruction.",
        SchemaVersion = "schema_version": "The version of the document's format.",
        SourceInventorySchemaVersion = "source_inventory_schema_version": "The schema version of the inventory.",
        SourceInventoryStatus = "source_inventory_status": "The status of the inventory.",
        SourceOwnerRequestSchemaVersion = "source_owner_request_schema_version": "The schema version of the owner requests.",
        SourceOwnerRequestStatus = "source_owner_request_status": "The status of the owner requests.",
        Status = "status": "What the document, or a candidate, stands at.",
        Summary = "summary": "The counts.",
    }
}

word_list! {
    /// One of the 10 counts of a ledger's summary that no flag stands behind.
    pub(crate) enum SourceCount("count") {
        SourceSurfaces = "source_surface_count": "What the inventory says it holds.",
        SourceRequestDrafts = "source_request_draft_count": "What the owner requests say they hold.",
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
