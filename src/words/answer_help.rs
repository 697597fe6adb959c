//! The help that a template prints above each field: English first, then Traditional Chinese. A line that begins with
//! two spaces is printed as it is. Other lines are wrapped.
//!
//! Triage does not examine a comment that a template prints. If a text here changes, triage examines the old text in
//! older forms.

use super::AcceptanceField;

/// The help above the fields that name owners.
pub(crate) const NAMES: [&str; 2] =
    ["The same name may be in all of them.", "可以都是同一個人或團隊。"];

/// The help above the reviews.
pub(crate) const LOOKED_AT: [&str; 2] = [
    "Each line: clear, or what you found:\n      pending:\n        - what: HighLatency, since Friday\n          owner: Dana Lim\nNot looked at? Leave it blank.",
    "每行寫 clear，或寫查到的項目。沒查就留白。",
];

/// The help above `responder` and `responded_at`.
pub(crate) const RESPONDER: [&str; 2] = [
    "Who answers, and when (`date -Iseconds` prints it). Role or team must be traceable.",
    "誰回覆、何時回覆；角色或團隊必須可追溯。",
];

/// The help above the fields that share one reason.
pub(crate) const COMMON_REASON: [&str; 2] = [
    "The request asks for these, too. One reason answers all of them. If one does apply, remove its name from the list and answer it at the end of this file (`acceptance-ledger explain NAME` says how).",
    "下列項目請用一個理由一起回答；若有適用的，從清單移除，並在檔尾回答。",
];

impl AcceptanceField {
    /// Returns what to write in the field, in English and in Chinese.
    pub(crate) const fn help(self) -> [&'static str; 2] {
        match self {
            Self::OwnerResponseRef => [
                "Where your own words can be found: ticket:, https:, artifact: or message-id:.",
                "原始回覆的所在，給 ref。",
            ],
            Self::OwnerRoleOrTeam => ["The role or the team that answers.", "回覆的角色或團隊。"],
            Self::Decision => [
                "One of:\n  confirm_current_state | confirm_after_change | confirm_after_incident\n  propose_change | confirm_not_deployed | decline_ownership\nGive the decision and its reason. confirm_not_deployed: no live system reads the file.",
                "決定與理由必須同時存在；沒有任何線上系統讀取此檔就填 confirm_not_deployed。",
            ],
            Self::DecisionReason => ["Why, in three words or more.", "為什麼，至少三個詞。"],
            Self::AffectedScope => [
                "What you answer for. It must name the surface above. Change it only to narrow it.",
                "範圍必須能對回上面的 surface_id；只答一部分時才改。",
            ],
            Self::RedactedEvidenceRefs => [
                "Other redacted evidence, at least one ref: one a line, \"  - ticket:OPS-12\".",
                "其他脫敏證據，至少一個 ref，每行一個。",
            ],
            Self::LiveConfigHashRef => [
                "sha256: or sha512: of what runs now; metadata only, never the config itself.",
                "現在線上設定的雜湊；不得貼設定內容。",
            ],
            Self::ReloadOwner => ["Who reloads or deploys a change.", "誰負責 reload / deploy。"],
            Self::ReceiverOwner => [
                "Who owns routes, receipts and the notification policy.",
                "誰負責 receiver 路由、回執與通知政策。",
            ],
            Self::RouteSmokePlan => [
                "How you would test the route and show the receipt, or a ref to the plan. Nothing is fired.",
                "路由 smoke 與回執的計畫或 ref；不得直接觸發告警。",
            ],
            Self::IncidentContextRef => [
                "After an incident: the ref of the incident, change or outage; \"it is back\" is not enough. Otherwise the reason. Fill in one of the two.",
                "事故後必填事故、變更或停機的 ref，只寫「已恢復」不夠。沒有事故就寫理由；兩行擇一。",
            ],
            Self::AlertChainHealthRef => [
                "Health of the alert chain: one ref for each line. Lines may share a ref. A page that answers 200 or opens proves nothing here. If receipt is blank, receiver_receipt_proof_ref counts.",
                "告警鏈路健康，每項一個 ref，可以相同；網頁 200 或打得開不算。receipt 留白就用 receiver_receipt_proof_ref。",
            ],
            Self::ReceiverReceiptProofRef => [
                "Something that shows a notification arrived: message-id:, ticket:, artifact: or a digest; never the notification itself.",
                "通知確實送達的證據；不得貼通知內容。",
            ],
            Self::StaleAlertReview => [
                "Alerts that are stale, pending, resolved but not cleared, or whose source no longer reports.",
                "告警是否 stale、pending、resolved 未清，或資料來源停止更新。",
            ],
            Self::SilenceOrDedupReview => [
                "What keeps alerts quiet. Each active one needs what, owner and until: a date, or by_design for a mute, dedup or inhibit rule that stays on purpose.",
                "是否有 silence、mute、dedup、inhibit 或維護規則造成 false green；生效中的要有 what、owner、until（日期，或常設的 by_design）。",
            ],
            Self::FalseGreenRiskReview => [
                "What a claim that alerting is healthy rests on here, one or more of\n  alert_rule_state | receiver_receipt | end_to_end_test | metrics\n  route_status | container_status | dashboard_status | ui_visible\nThe second row alone is not a proof. Write only no_health_claimed if nobody judges health by this surface. risks: what may look green here and is not.",
                "這裡說「健康」的根據是什麼；只有第二列不算。沒有人拿它判斷健康就填 no_health_claimed。risks：什麼會看起來綠燈卻不是。",
            ],
            Self::PostReloadReadbackPlan => [
                "Before any reload or deploy: what is read back, and when to stop and roll back. metrics and receipt only for confirm_after_change.",
                "任何 reload / deploy 前要有回讀計畫與停止條件；metrics、receipt 只有 confirm_after_change 要填。",
            ],
            Self::CrossProjectNotificationRef => [
                "Where other projects, a public site or shared monitoring are affected: the ref of their notification. Otherwise the reason.",
                "影響其他專案、公開網站或共用監控時給通知 ref；沒有就寫理由。",
            ],
            Self::MaintenanceWindow => [
                "When a reload, deploy, route change, smoke or send may happen. Keep one line:\n  window: 2026-12-01T10:00:00+08:00/2026-12-01T12:00:00+08:00\n  standing: every Tuesday 10 to 12\n  per_change: who agrees on the window of each change (none is planned now)",
                "維護窗口：填其中一行；目前沒有變更就填 per_change（每次由誰核定）。",
            ],
            Self::RollbackOwner => [
                "Who rolls back; or a rollback ref, or \"disable: the way to switch it off\".",
                "誰負責回滾；或回滾 ref，或停用途徑。",
            ],
            Self::ValidationPlan => [
                "How you would check that a change went well.",
                "變更後如何確認；必須列 route、receipt、alert state、metrics 與停止條件。",
            ],
            Self::NoiseBudgetOwner => [
                "Who owns noise, silences, dedup and test notifications.",
                "誰負責噪音、silence、dedup 與測試通知。",
            ],
            Self::FollowupOwner => ["Who to ask next.", "後續找誰。"],
            _ => ["", ""],
        }
    }
}
