//! The lanes: their meaning, how strict they are, and in which the journal keeps nothing of an answer.

use super::word_list;

word_list! {
    /// One of the 12 lanes of a candidate. Each lane has its own typestate.
    ///
    /// The order of the words is the order in the ledger's bytes. For another order, sort by [`Lane::strictness`].
    ///
    /// ```
    /// use acceptance_ledger::Lane;
    ///
    /// assert_eq!(Lane::WaitingRuntimeGate.as_str(), "waiting_runtime_gate");
    /// assert!(Lane::QuarantineSecretOrRawPayload.strictness() > Lane::RequestSupplement.strictness());
    /// ```
    pub enum Lane("lane") {
        WaitingOwnerResponse = "waiting_owner_response": "No owner has answered for the current version of the surface.",
        QuarantineSecretOrRawPayload = "quarantine_secret_or_raw_payload": "The answer contained a secret or a raw payload; only the findings are kept.",
        RejectExecutionRequest = "reject_execution_request": "The answer asked for an action on production; only the findings are kept.",
        RequestSupplement = "request_supplement": "A field is missing or unclear, or has no pointer; the owner must add more.",
        ReadyForMonitoringReview = "ready_for_monitoring_review": "Triage found no problem in the answer; a reviewer must judge it.",
        IncidentRecoveryBackfillRequired = "incident_recovery_backfill_required": "The answer follows an incident, but shows only that the service recovered.",
        NoFalseGreenSupplementRequired = "no_false_green_supplement_required": "The answer says that alerting is healthy, but its only reason is that a page, container or dashboard is up.",
        ReceiverReceiptGapRequired = "receiver_receipt_gap_required": "No receipt proves that a notification reached its receiver.",
        StaleOrSilencedAlertReviewRequired = "stale_or_silenced_alert_review_required": "The review of stale alerts, silences or dedup is missing, or is not enough.",
        PostReloadReadbackRequired = "post_reload_readback_required": "The readback plan for a reload or rule change is missing.",
        OwnerReviewOnlyUpdate = "owner_review_only_update": "A reviewer accepted the answer; the surface is not write-capable, and only the ledger changes.",
        WaitingRuntimeGate = "waiting_runtime_gate": "A reviewer accepted the answer; a change still waits for a gate that this ledger cannot open.",
    }
}

impl Lane {
    /// Returns the meaning of the lane, in the ledger's own text.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::WaitingOwnerResponse => {
                "尚未收到 owner response所有 accepted / runtime count 維持 0。"
            }
            Self::QuarantineSecretOrRawPayload => {
                "收到 secret、raw config、raw receiver payload、未脫敏 log 或截圖時隔離。"
            }
            Self::RejectExecutionRequest => {
                "夾帶 reload、deploy、route change、Telegram send、fire alert、SSH 或 kubectl 要求時拒收。"
            }
            Self::RequestSupplement => {
                "欄位不足、scope 不清、reload / receiver / route smoke / rollback / noise owner 缺失時要求補件。"
            }
            Self::ReadyForMonitoringReview => "metadata 合格後,只能進 monitoring reviewer review。",
            Self::IncidentRecoveryBackfillRequired => {
                "事故後只看到服務恢復時,要求補 incident context、receiver receipt、stale / silence review 與 post-check refs。"
            }
            Self::NoFalseGreenSupplementRequired => {
                "只用 route 200、container up、dashboard up 或 UI 可見代表告警健康時,要求補 no-false-green 證據。"
            }
            Self::ReceiverReceiptGapRequired => {
                "缺 Telegram / webhook / receiver receipt proof 或 delivery state 時,不得接受告警鏈路健康。"
            }
            Self::StaleOrSilencedAlertReviewRequired => {
                "缺 stale alert、silence、dedup、inhibit 或 maintenance rule review 時,要求補件。"
            }
            Self::PostReloadReadbackRequired => {
                "reload / deploy / rule change 後必須有 readback、metrics、receipt 與 rollback stop condition。"
            }
            Self::OwnerReviewOnlyUpdate => {
                "只允許更新只讀 owner review ledger不得 reload、send Telegram 或 fire alert。"
            }
            Self::WaitingRuntimeGate => {
                "即使 owner response acceptedruntime gate 仍等待獨立人工批准。"
            }
        }
    }

    /// Whether the lane holds an answer back: one of the eight lanes from quarantine to a supplement.
    #[must_use]
    pub const fn is_hold(self) -> bool {
        matches!(self.strictness(), Some(1..))
    }

    /// Whether only the findings of an answer in this lane are kept: quarantine and rejection.
    #[must_use]
    pub const fn is_withheld(self) -> bool {
        matches!(self, Self::QuarantineSecretOrRawPayload | Self::RejectExecutionRequest)
    }

    /// Returns how strict the lane is: `Some(8)` for quarantine down to `Some(1)` for a supplement, and `Some(0)`
    /// for ready. `None` means that triage never puts an answer into the lane.
    #[must_use]
    pub const fn strictness(self) -> Option<u8> {
        Some(match self {
            Self::QuarantineSecretOrRawPayload => 8,
            Self::RejectExecutionRequest => 7,
            Self::IncidentRecoveryBackfillRequired => 6,
            Self::NoFalseGreenSupplementRequired => 5,
            Self::ReceiverReceiptGapRequired => 4,
            Self::StaleOrSilencedAlertReviewRequired => 3,
            Self::PostReloadReadbackRequired => 2,
            Self::RequestSupplement => 1,
            Self::ReadyForMonitoringReview => 0,
            Self::WaitingOwnerResponse | Self::OwnerReviewOnlyUpdate | Self::WaitingRuntimeGate => {
                return None;
            }
        })
    }
}
