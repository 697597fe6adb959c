//! The problems that triage can find: text, next step, check and lane of each.

use super::{AcceptanceField, AnswerForm, Lane, PartForm, ReviewerCheck, word_list};

word_list! {
    /// What can be wrong with an answer. The problem decides the lane. The problem and its field decide the check.
    ///
    /// ```
    /// use acceptance_ledger::{AcceptanceField, Lane, Problem, ReviewerCheck};
    ///
    /// let problem = Problem::NotARef;
    /// assert_eq!(problem.lane(), Lane::RequestSupplement);
    /// assert_eq!(
    ///     problem.check(AcceptanceField::IncidentContextRef.check()),
    ///     ReviewerCheck::IncidentContextPresent,
    /// );
    /// assert_eq!(problem.check(None), ReviewerCheck::RedactedRefsOnly);
    /// ```
    pub enum Problem("problem") {
        SecretValue = "secret_value": "The text contains a secret." | "文字帶有 secret。",
        PartialSecret = "partial_secret": "The text contains a part of a secret: its first or last characters, or a secret with a masked middle." | "文字帶有 secret 的一部分：開頭或結尾幾碼，或中間遮蔽的片段。",
        RawPayload = "raw_payload": "The answer contains a pasted configuration, notification, log or image; it must only point to it." | "應放指標（ref）的地方貼上了設定、通知、日誌或圖片。",
        Oversized = "oversized": "The answer is too large to examine: a text has more than 4,000 characters, or the values are too many, too large or nested too deeply." | "回覆超過可檢查的大小：文字超過 4,000 字元，或值太多、太大、巢狀太深。",
        Command = "command": "The text contains a command that acts on a system." | "文字帶有會對系統動作的指令。",
        RequestToAct = "request_to_act": "The text asks someone to perform an action." | "文字要求別人執行動作。",
        SetsFlag = "sets_flag": "The document sets a flag, gate, count or boundary that belongs to the ledger." | "文件設定了屬於帳本的 flag、gate、計數或邊界。",
        ApprovalClaimed = "approval_claimed": "The document does not set `not_approval` to true." | "文件沒有聲明它不是核准（not_approval）。",
        IncidentContextMissing = "incident_context_missing": "The answer follows an incident, but the pointer to the incident is missing." | "事故之後，沒有指向該事故的 ref。",
        RecoveryOnly = "recovery_only": "The text says that the service recovered, but the answer does not name an incident." | "文字說服務已恢復，卻沒有指明事故。",
        RouteOnlyHealth = "route_only_health": "The answer says that alerting is healthy, but its only reason is that something responds." | "只憑有回應的東西（route 200、容器或頁面可開）就宣稱健康。",
        HealthRefMissing = "health_ref_missing": "A pointer to the proof of the alert chain's health is missing." | "缺少證明整條告警鏈路健康的 ref。",
        FalseGreenReviewMissing = "false_green_review_missing": "The review of the false-green risk is missing." | "缺少 false green 風險的檢視。",
        ReceiptMissing = "receipt_missing": "A pointer to the receiver's receipt is missing." | "缺少 receiver 收到通知的 receipt ref。",
        StaleReviewMissing = "stale_review_missing": "The review of stale alerts is missing." | "缺少 stale 告警的檢視。",
        SilenceReviewMissing = "silence_review_missing": "The review of silences and dedup is missing." | "缺少靜默與 dedup 的檢視。",
        ReadbackMissing = "readback_missing": "The plan to read the state back after a reload is missing." | "缺少重新載入後的 readback 計畫。",
        IdentityMismatch = "identity_mismatch": "The ids in the document belong to another request or surface." | "文件中的 id 屬於另一個請求或 surface。",
        StaleSurfaceVersion = "stale_surface_version": "The owner answered for another version of the file." | "負責人回覆的是檔案的另一個版本。",
        ScopeMismatch = "scope_mismatch": "The affected scope does not name the surface." | "影響範圍沒有指明這個 surface。",
        OtherSurfaceNamed = "other_surface_named": "The affected scope names another candidate's surface." | "影響範圍指到別的 candidate 的 surface。",
        DecisionUnknown = "decision_unknown": "The decision is not one of the six." | "decision 不是六個選項之一。",
        OwnershipDeclined = "ownership_declined": "The owner says that they do not own the surface; another owner must answer." | "負責人拒絕；請求必須另找負責人。",
        NotARef = "not_a_ref": "The answer is prose, but this field needs a pointer." | "應放指標（ref）的地方寫了文字。",
        WrongRefKind = "wrong_ref_kind": "This kind of ref cannot prove what the field asks for." | "這種 ref 無法證明此欄位要求的事。",
        OwnerNotNamed = "owner_not_named": "No person, team or role is named." | "沒有寫出人、團隊或角色。",
        SaysNothing = "says_nothing": "The text has too few words." | "文字太短，沒有說明任何事。",
        WindowUnreadable = "window_unreadable": "The window cannot be parsed, has ended, or is not allowed for this decision." | "維護窗口無法解讀、已經結束，或與 decision 不符。",
        RepeatedText = "repeated_text": "The same sentence answers two questions." | "同一句話回答了兩個不同的問題。",
        SilenceWithoutOwner = "silence_without_owner": "A silence or another rule that hides alerts has no owner or no end." | "造成靜默的項目沒有負責人，或沒有期限。",
        PartMissing = "part_missing": "A part of the answer is missing." | "回覆缺少其中一部分。",
        WrongType = "wrong_type": "The value does not have the type or form that the field needs." | "值的型別或格式與欄位不符。",
        UnknownField = "unknown_field": "The document has an unknown field." | "文件有回覆所沒有的欄位。",
        HiddenText = "hidden_text": "The text has invisible characters, or a word with letters of different alphabets." | "文字有看不見的字元，或混用不同字母的單字。",
        FieldMissing = "field_missing": "A field that this surface or decision needs is not answered." | "這個 surface 或 decision 需要的欄位沒有回答。",
    }
}

impl Problem {
    /// Returns the lane of an answer with this problem, if no other problem has a stricter lane.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::SecretValue | Self::PartialSecret | Self::RawPayload | Self::Oversized => {
                Lane::QuarantineSecretOrRawPayload
            }
            Self::Command | Self::RequestToAct | Self::SetsFlag | Self::ApprovalClaimed => {
                Lane::RejectExecutionRequest
            }
            Self::IncidentContextMissing | Self::RecoveryOnly => {
                Lane::IncidentRecoveryBackfillRequired
            }
            Self::RouteOnlyHealth | Self::HealthRefMissing | Self::FalseGreenReviewMissing => {
                Lane::NoFalseGreenSupplementRequired
            }
            Self::ReceiptMissing => Lane::ReceiverReceiptGapRequired,
            Self::StaleReviewMissing | Self::SilenceReviewMissing | Self::SilenceWithoutOwner => {
                Lane::StaleOrSilencedAlertReviewRequired
            }
            Self::ReadbackMissing => Lane::PostReloadReadbackRequired,
            Self::IdentityMismatch
            | Self::StaleSurfaceVersion
            | Self::ScopeMismatch
            | Self::OtherSurfaceNamed
            | Self::DecisionUnknown
            | Self::OwnershipDeclined
            | Self::NotARef
            | Self::WrongRefKind
            | Self::OwnerNotNamed
            | Self::SaysNothing
            | Self::WindowUnreadable
            | Self::RepeatedText
            | Self::PartMissing
            | Self::WrongType
            | Self::UnknownField
            | Self::HiddenText
            | Self::FieldMissing => Lane::RequestSupplement,
        }
    }

    /// Whether an answer of this form can have the problem. Some problems belong to one form: only a window can be
    /// unreadable.
    #[must_use]
    pub fn can_be_in(self, form: AnswerForm) -> bool {
        let parts = form.parts();
        let has_part = |is_it: fn(PartForm) -> bool| parts.iter().any(|part| is_it(part.form));
        let has_entries = has_part(|part| matches!(part, PartForm::Entries { .. }));
        let has_texts = has_part(|part| {
            matches!(part, PartForm::Text | PartForm::TextOrRef | PartForm::StopCondition)
        });
        let has_refs = has_part(|part| matches!(part, PartForm::Ref(_) | PartForm::TextOrRef));
        let is_text = matches!(form, AnswerForm::Text | AnswerForm::TextOrRef);
        match self {
            Self::NotARef => {
                matches!(form, AnswerForm::Ref(_) | AnswerForm::Refs(_))
                    || has_part(|part| matches!(part, PartForm::Ref(_)))
            }
            Self::WrongRefKind => {
                matches!(
                    form,
                    AnswerForm::Ref(_)
                        | AnswerForm::Refs(_)
                        | AnswerForm::TextOrRef
                        | AnswerForm::NameRefOrDisable
                ) || has_refs
            }
            Self::OwnerNotNamed => {
                matches!(form, AnswerForm::Name | AnswerForm::NameRefOrDisable | AnswerForm::Window)
                    || has_part(|part| matches!(part, PartForm::Entries { until: None }))
            }
            Self::SaysNothing => is_text || has_texts || has_entries,
            Self::RepeatedText => is_text || has_texts,
            Self::WindowUnreadable => form == AnswerForm::Window,
            Self::PartMissing => !parts.is_empty(),
            _ => true,
        }
    }

    /// Returns the lane of the problem if it counts against `check`. A missing part has the lane of its missing field.
    #[must_use]
    pub fn lane_against(self, check: ReviewerCheck) -> Lane {
        let of_field = |field: &AcceptanceField| {
            field.check() == Some(check) && !field.form().is_none_or(|form| form.parts().is_empty())
        };
        match self {
            Self::PartMissing => {
                let mut fields = AcceptanceField::answers().filter(of_field);
                fields.next().map_or(self.lane(), |field| field.problem_if_missing().lane())
            }
            _ => self.lane(),
        }
    }

    /// Returns the check that the problem counts against. `of_field` is the check of the field with the problem. It
    /// is `None` if the problem is in the document as a whole, or in a field without a check.
    #[must_use]
    pub fn check(self, of_field: Option<ReviewerCheck>) -> ReviewerCheck {
        let of_field = of_field.unwrap_or(ReviewerCheck::RedactedRefsOnly);
        match self {
            Self::SecretValue | Self::PartialSecret => ReviewerCheck::SecretValueAbsent,
            Self::RawPayload | Self::Oversized => match of_field {
                ReviewerCheck::LiveConfigHashMetadataOnly
                | ReviewerCheck::ReceiverReceiptProofMetadataOnly => of_field,
                _ => ReviewerCheck::RedactedRefsOnly,
            },
            Self::Command | Self::RequestToAct => ReviewerCheck::NoRuntimeRequest,
            Self::SetsFlag | Self::ApprovalClaimed => ReviewerCheck::CountsTransitionSafe,
            Self::IncidentContextMissing | Self::RecoveryOnly => {
                ReviewerCheck::IncidentContextPresent
            }
            Self::RouteOnlyHealth | Self::HealthRefMissing => {
                ReviewerCheck::AlertChainHealthNotRouteOnly
            }
            Self::FalseGreenReviewMissing => ReviewerCheck::FalseGreenRiskReviewPresent,
            Self::ReceiptMissing => ReviewerCheck::ReceiverReceiptProofMetadataOnly,
            Self::StaleReviewMissing => ReviewerCheck::StaleAlertReviewPresent,
            Self::SilenceReviewMissing | Self::SilenceWithoutOwner => {
                ReviewerCheck::SilenceOrDedupReviewPresent
            }
            Self::ReadbackMissing => ReviewerCheck::PostReloadReadbackPlanPresent,
            Self::IdentityMismatch
            | Self::StaleSurfaceVersion
            | Self::ScopeMismatch
            | Self::OtherSurfaceNamed => ReviewerCheck::AffectedScopeMatchesSurface,
            Self::DecisionUnknown | Self::OwnershipDeclined => ReviewerCheck::DecisionReasonPresent,
            Self::UnknownField | Self::HiddenText => ReviewerCheck::RedactedRefsOnly,
            Self::NotARef
            | Self::WrongRefKind
            | Self::OwnerNotNamed
            | Self::SaysNothing
            | Self::WindowUnreadable
            | Self::RepeatedText
            | Self::PartMissing
            | Self::WrongType
            | Self::FieldMissing => of_field,
        }
    }

    /// Returns what to do about the problem, in English.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::SecretValue => {
                "Remove the secret, point to where it is stored, and rotate it, because it is exposed."
            }
            Self::PartialSecret => {
                "Remove it. Identify the secret by its name, never by its characters."
            }
            Self::RawPayload => {
                "Store it where such data is allowed, and give its sha256:, artifact: or ticket: pointer."
            }
            Self::Oversized => "Shorten the text and point to the rest.",
            Self::Command => {
                "Describe the action in words, and point to the ticket that contains the command."
            }
            Self::RequestToAct => {
                "Report what was done, or write a plan in a plan field. A request to act needs its own change process."
            }
            Self::SetsFlag => "Remove the key: only the ledger writes it.",
            Self::ApprovalClaimed => "Set `not_approval` to true.",
            Self::IncidentContextMissing => "Point to the incident, for example ticket:INC-12.",
            Self::RecoveryOnly => {
                "Point to the incident in `incident_context_ref`, or describe what was checked instead."
            }
            Self::RouteOnlyHealth => {
                "Give a ref to a check of the alert chain and a ref to a receipt, or say what the green status does not prove."
            }
            Self::HealthRefMissing => "Give a ref for each of rule, state, receiver and receipt.",
            Self::FalseGreenReviewMissing => {
                "Say why a green status really means that alerts arrive."
            }
            Self::ReceiptMissing => {
                "Point to a delivered notification, for example message-id: or ticket:."
            }
            Self::StaleReviewMissing => {
                "Say whether the alert is stale, pending or unresolved, and how this was checked."
            }
            Self::SilenceReviewMissing => {
                "Name the silences, dedup rules and inhibition rules that apply, or say that there are none."
            }
            Self::ReadbackMissing => {
                "Say how the state would be read back after a reload, and when to stop."
            }
            Self::IdentityMismatch => "Copy the ids from the template of this surface.",
            Self::StaleSurfaceVersion => {
                "Check the current version of the file and answer for its sha256."
            }
            Self::ScopeMismatch => "Name the surface_id in the affected scope.",
            Self::OtherSurfaceNamed => "Answer for each surface in a separate response.",
            Self::DecisionUnknown => {
                "Write one of confirm_current_state, confirm_after_change, confirm_after_incident, propose_change, confirm_not_deployed, decline_ownership."
            }
            Self::OwnershipDeclined => "Send the request to the follow-up owner.",
            Self::NotARef => {
                "Write a pointer: sha256:, sha512:, commit:, ticket:, artifact:, message-id: or https://host/path."
            }
            Self::WrongRefKind => "Give a ref of a kind that the field accepts.",
            Self::OwnerNotNamed => "Name a person, a team, a role or a rota.",
            Self::SaysNothing => "Write three words or more, or six Chinese characters or more.",
            Self::WindowUnreadable => {
                "Write START/END with END in the future, `standing: <when>`, or, if no change is planned, `per_change: <who agrees>`."
            }
            Self::RepeatedText => "Answer each question separately.",
            Self::SilenceWithoutOwner => {
                "Add who owns it and until when: a date, a time, or `by_design` for mute, dedup and inhibit."
            }
            Self::PartMissing => "Answer this part.",
            Self::WrongType => "Write the value in the form that the template shows.",
            Self::UnknownField => {
                "Remove the field, or move its text into a field of the template."
            }
            Self::HiddenText => "Type the words again in plain characters.",
            Self::FieldMissing => "Answer it. `not_applicable` is not accepted here.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of problems, written out: problem, check without a field, lane.
    const TABLE: &str = "
        secret_value                secret_value_absent                   quarantine_secret_or_raw_payload
        partial_secret              secret_value_absent                   quarantine_secret_or_raw_payload
        raw_payload                 redacted_refs_only                    quarantine_secret_or_raw_payload
        oversized                   redacted_refs_only                    quarantine_secret_or_raw_payload
        command                     no_runtime_request                    reject_execution_request
        request_to_act              no_runtime_request                    reject_execution_request
        sets_flag                   counts_transition_safe                reject_execution_request
        approval_claimed            counts_transition_safe                reject_execution_request
        incident_context_missing    incident_context_present              incident_recovery_backfill_required
        recovery_only               incident_context_present              incident_recovery_backfill_required
        route_only_health           alert_chain_health_not_route_only     no_false_green_supplement_required
        health_ref_missing          alert_chain_health_not_route_only     no_false_green_supplement_required
        false_green_review_missing  false_green_risk_review_present       no_false_green_supplement_required
        receipt_missing             receiver_receipt_proof_metadata_only  receiver_receipt_gap_required
        stale_review_missing        stale_alert_review_present            stale_or_silenced_alert_review_required
        silence_review_missing      silence_or_dedup_review_present       stale_or_silenced_alert_review_required
        readback_missing            post_reload_readback_plan_present     post_reload_readback_required
        identity_mismatch           affected_scope_matches_surface        request_supplement
        stale_surface_version       affected_scope_matches_surface        request_supplement
        scope_mismatch              affected_scope_matches_surface        request_supplement
        other_surface_named         affected_scope_matches_surface        request_supplement
        decision_unknown            decision_reason_present               request_supplement
        ownership_declined          decision_reason_present               request_supplement
        not_a_ref                   redacted_refs_only                    request_supplement
        wrong_ref_kind              redacted_refs_only                    request_supplement
        owner_not_named             redacted_refs_only                    request_supplement
        says_nothing                redacted_refs_only                    request_supplement
        window_unreadable           redacted_refs_only                    request_supplement
        repeated_text               redacted_refs_only                    request_supplement
        silence_without_owner       silence_or_dedup_review_present       stale_or_silenced_alert_review_required
        part_missing                redacted_refs_only                    request_supplement
        wrong_type                  redacted_refs_only                    request_supplement
        unknown_field               redacted_refs_only                    request_supplement
        hidden_text                 redacted_refs_only                    request_supplement
        field_missing               redacted_refs_only                    request_supplement";

    /// The checks of the answer fields, written out.
    const FIELDS: &str = "
        owner_response_ref              owner_identity_present
        owner_role_or_team              owner_identity_present
        decision                        decision_reason_present
        decision_reason                 decision_reason_present
        affected_scope                  affected_scope_matches_surface
        redacted_evidence_refs          redacted_refs_only
        live_config_hash_ref            live_config_hash_metadata_only
        reload_owner                    reload_owner_present
        receiver_owner                  receiver_owner_present
        route_smoke_plan                route_smoke_plan_present
        incident_context_ref            incident_context_present
        alert_chain_health_ref          alert_chain_health_not_route_only
        receiver_receipt_proof_ref      receiver_receipt_proof_metadata_only
        stale_alert_review              stale_alert_review_present
        silence_or_dedup_review         silence_or_dedup_review_present
        false_green_risk_review         false_green_risk_review_present
        post_reload_readback_plan       post_reload_readback_plan_present
        cross_project_notification_ref  cross_project_notification_present
        maintenance_window              maintenance_window_present
        rollback_owner                  rollback_owner_present
        validation_plan                 validation_plan_present
        noise_budget_owner              noise_budget_owner_present
        followup_owner                  owner_identity_present";

    fn rows(table: &str) -> Vec<Vec<&str>> {
        table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect()
    }

    #[test]
    fn a_problem_has_the_check_and_lane_of_the_table() {
        let shown: Vec<_> = Problem::ALL
            .iter()
            .map(|problem| {
                [problem.as_str(), problem.check(None).as_str(), problem.lane().as_str()].to_vec()
            })
            .collect();
        assert_eq!(shown, rows(TABLE));
    }

    #[test]
    fn a_field_has_the_check_of_the_table() {
        let shown: Vec<_> = AcceptanceField::answers()
            .map(|field| vec![field.as_str(), field.check().unwrap().as_str()])
            .collect();
        assert_eq!(shown, rows(FIELDS));
        assert_eq!(AcceptanceField::SurfaceId.check(), None);
    }

    #[test]
    fn a_field_gives_its_check_to_the_problems_that_ask_for_it() {
        for row in rows(FIELDS) {
            let field: AcceptanceField = row[0].parse().unwrap();
            let check: ReviewerCheck = row[1].parse().unwrap();
            for problem in Problem::ALL {
                let expected = match problem {
                    Problem::NotARef
                    | Problem::WrongRefKind
                    | Problem::OwnerNotNamed
                    | Problem::SaysNothing
                    | Problem::WindowUnreadable
                    | Problem::RepeatedText
                    | Problem::PartMissing
                    | Problem::WrongType
                    | Problem::FieldMissing => check,
                    Problem::RawPayload | Problem::Oversized
                        if row[1].ends_with("metadata_only") =>
                    {
                        check
                    }
                    _ => problem.check(None),
                };
                assert_eq!(problem.check(field.check()), expected, "{problem} in {field}");
            }
        }
    }

    #[test]
    fn a_check_belongs_to_the_lanes_that_some_row_pairs_it_with() {
        use crate::words::Lane as L;
        let lanes = |check: ReviewerCheck| -> Vec<Lane> {
            Lane::ALL.iter().copied().filter(|lane| check.belongs_to(*lane)).collect()
        };
        let (quarantine, reject) = (L::QuarantineSecretOrRawPayload, L::RejectExecutionRequest);
        for (check, expected) in [
            (ReviewerCheck::SecretValueAbsent, vec![quarantine]),
            (ReviewerCheck::NoRuntimeRequest, vec![reject]),
            (ReviewerCheck::CountsTransitionSafe, vec![reject]),
            (ReviewerCheck::RedactedRefsOnly, vec![quarantine, L::RequestSupplement]),
            (ReviewerCheck::RollbackOwnerPresent, vec![L::RequestSupplement]),
            (
                ReviewerCheck::ReceiverReceiptProofMetadataOnly,
                vec![quarantine, L::RequestSupplement, L::ReceiverReceiptGapRequired],
            ),
            (
                ReviewerCheck::PostReloadReadbackPlanPresent,
                vec![L::RequestSupplement, L::PostReloadReadbackRequired],
            ),
        ] {
            assert_eq!(lanes(check), expected, "{check}");
        }
    }

    #[test]
    fn flags_and_gates_bear_the_names_of_what_stands_behind_them() {
        for flag in crate::words::ItemFlag::ALL {
            let item = flag.as_str().strip_suffix("_accepted").unwrap();
            assert!(flag.check().as_str().starts_with(item), "{flag}");
        }
        for gate in crate::words::RuntimeGate::ALL {
            let action = match gate.as_str() {
                "runtime_gate" => "runtime_gate_open",
                "action_buttons_allowed" => "add_action_button",
                name => name.trim_end_matches("_authorized").trim_end_matches("_allowed"),
            };
            assert_eq!(gate.blocks().as_str(), action);
        }
    }

    #[test]
    fn a_word_reads_and_writes_as_its_identifier_and_repeats_no_other() {
        let text = serde_json::to_string(&Problem::NotARef).unwrap();
        assert_eq!(text, "\"not_a_ref\"");
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), Problem::NotARef);
        let error = serde_json::from_str::<Problem>("\"hunter2\"").unwrap_err().to_string();
        assert!(error.starts_with("unknown problem"), "{error}");
        assert!(Problem::NotARef.english().contains("pointer"));
        assert_eq!(Problem::NotARef.to_string(), "not_a_ref");
    }
}
