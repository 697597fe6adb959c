//! All keys of a candidate and of the summary, in the order of the bytes, and the values that are the same in every
//! ledger. The key of a count is made in `words/ledger_key.rs`.

use crate::gate::{Gates, Shut};
use crate::json::Json;
use crate::words::names::LEDGER_VERSION;
use crate::words::{
    AcceptanceField, BlockedAction, Boundary, ItemFlag, Lane, LedgerKey, ProgressFlag,
    ReviewerCheck, RuntimeGate, SourceCount, count_key,
};

/// The ledger's `status`.
const STATUS: &str = "owner_response_acceptance_ledger_ready_no_runtime_action";

/// The ledger's text about the next steps, for people. It is exactly the text of the Python generator that this crate
/// replaces.
const NEXT_STEPS: [&str; 3] = [
    "等待 owner response未收到前不得更新 received / accepted / rejected count。",
    "收到回覆後先做欄位完整性、敏感 payload 隔離、reload / send / smoke execution request 拒收。",
    "metadata 合格也只能進 monitoring reviewer reviewreload、receiver route change、Telegram send、live alert fire、alert chain smoke 與 production write 仍需獨立人工批准。",
];

/// One of the 93 keys of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CandidateKey {
    Field(AcceptanceField),
    /// A key that the top level of the ledger also has.
    Shared(LedgerKey),
    Progress(ProgressFlag),
    Item(ItemFlag),
    Gate(RuntimeGate),
}

impl CandidateKey {
    /// Returns all 93 keys in the order in which the ledger writes them.
    pub(super) fn sorted() -> Vec<Self> {
        let shared = [
            LedgerKey::Status,
            LedgerKey::AcceptanceFields,
            LedgerKey::RequiredOwnerFields,
            LedgerKey::ReviewerChecks,
            LedgerKey::OutcomeLanes,
            LedgerKey::BlockedActions,
        ];
        let mut keys: Vec<_> = all(AcceptanceField::ALL, Self::Field)
            .chain(shared.map(Self::Shared))
            .chain(all(ProgressFlag::ALL, Self::Progress))
            .chain(all(ItemFlag::ALL, Self::Item))
            .chain(all(RuntimeGate::ALL, Self::Gate))
            .collect();
        keys.sort_by_key(|key| key.as_str());
        keys
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Field(field) => field.as_str(),
            Self::Shared(key) => key.as_str(),
            Self::Progress(flag) => flag.as_str(),
            Self::Item(flag) => flag.as_str(),
            Self::Gate(gate) => gate.as_str(),
        }
    }

    /// The value, if it is the same for every candidate.
    pub(super) fn constant(self) -> Option<Json> {
        match self {
            Self::Field(AcceptanceField::NotApproval) => Some(Json::Bool(true)),
            Self::Shared(LedgerKey::AcceptanceFields) => Some(names(AcceptanceField::ALL)),
            Self::Shared(LedgerKey::ReviewerChecks) => Some(names(ReviewerCheck::ALL)),
            Self::Shared(LedgerKey::OutcomeLanes) => Some(names(Lane::ALL)),
            Self::Shared(LedgerKey::BlockedActions) => Some(names(BlockedAction::ALL)),
            Self::Progress(flag) if flag.must_be_false() => Some(Shut.into()),
            Self::Gate(gate) => Some(Gates.get(gate).into()),
            _ => None,
        }
    }
}

/// The value of a top-level key, if it is the same in every ledger.
pub(super) fn constant(key: LedgerKey) -> Option<Json> {
    match key {
        LedgerKey::SchemaVersion => Some(LEDGER_VERSION.into()),
        LedgerKey::Status => Some(STATUS.into()),
        LedgerKey::NextSteps => Some(Json::strings(NEXT_STEPS)),
        LedgerKey::AcceptanceFields => Some(names(AcceptanceField::ALL)),
        LedgerKey::BlockedActions => Some(names(BlockedAction::ALL)),
        LedgerKey::OutcomeLanes => Some(Json::Array(
            Lane::ALL
                .iter()
                .map(|lane| {
                    Json::object([
                        ("lane_id", Json::from(lane.as_str())),
                        ("meaning", Json::from(lane.meaning())),
                    ])
                })
                .collect(),
        )),
        LedgerKey::ReviewerChecks => Some(Json::Array(
            ReviewerCheck::ALL
                .iter()
                .map(|check| {
                    Json::object([
                        ("check_id", Json::from(check.as_str())),
                        ("instruction", Json::from(check.instruction())),
                    ])
                })
                .collect(),
        )),
        LedgerKey::ExecutionBoundaries => Some(Json::object(boundaries())),
        _ => None,
    }
}

/// The 33 execution boundaries, each with its only valid value.
pub(super) fn boundaries() -> impl Iterator<Item = (&'static str, Json)> {
    let flags = [ProgressFlag::OwnerResponseAccepted, ProgressFlag::LiveEvidenceReceived];
    // The boundaries list every gate except `runtime_gate` itself.
    let gates = RuntimeGate::ALL.iter().filter(|gate| **gate != RuntimeGate::RuntimeGate);
    all(Boundary::ALL, Boundary::as_str)
        .chain(flags.map(ProgressFlag::as_str))
        .chain(gates.map(|gate| gate.as_str()))
        .map(|key| (key, Shut.into()))
        .chain([(Boundary::NOT_AUTHORIZATION, Json::Bool(true))])
}

/// One of the 59 counts of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountKey {
    Source(SourceCount),
    Progress(ProgressFlag),
    Item(ItemFlag),
    Gate(RuntimeGate),
}

impl CountKey {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        all(SourceCount::ALL, Self::Source)
            .chain(all(ProgressFlag::ALL, Self::Progress))
            .chain(all(ItemFlag::ALL, Self::Item))
            .chain(all(RuntimeGate::ALL, Self::Gate))
    }

    /// The key in the summary.
    pub(super) fn name(self) -> String {
        match self {
            Self::Source(count) => count.as_str().to_owned(),
            Self::Progress(flag) => count_key(flag.as_str()),
            Self::Item(flag) => count_key(flag.as_str()),
            Self::Gate(gate) => count_key(gate.as_str()),
        }
    }
}

fn all<W: Copy, T>(words: &[W], wrap: impl Fn(W) -> T) -> impl Iterator<Item = T> {
    words.iter().map(move |word| wrap(*word))
}

fn names<W: Copy + Into<&'static str>>(words: &[W]) -> Json {
    Json::strings(words.iter().map(|word| (*word).into()))
}
