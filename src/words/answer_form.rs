//! What an answer to each field has to contain. Adding a part is one row here: the template, the schema, triage,
//! `explain`, the docs and the reviewer's draft are made from these tables.

use super::{AcceptanceField, HealthGround, Problem, ReferenceUse};

/// The form of an answer.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, AnswerForm};
///
/// let Some(AnswerForm::Parts(parts)) = AcceptanceField::ValidationPlan.form() else { unreachable!() };
/// let names: Vec<_> = parts.iter().map(|part| part.name).collect();
/// assert_eq!(names, ["route", "receipt", "alert_state", "metrics", "stop_condition"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AnswerForm {
    /// One of the decisions.
    Decision,
    /// A text that names the surface.
    Scope,
    /// A text that says something.
    Text,
    /// A text that says something, or a ref.
    TextOrRef,
    /// The name of a person, a team, a role or a rota.
    Name,
    /// A name, a ref, or `disable: <path>`: who or what takes a change back.
    NameRefOrDisable,
    /// A ref.
    Ref(ReferenceUse),
    /// A list of refs.
    Refs(ReferenceUse),
    /// When a change may happen: `START/END`, `standing: <when>` or `per_change: <who>`.
    Window,
    /// An object of named parts.
    Parts(&'static [AnswerPart]),
}

/// One named part of an answer.
///
/// ```
/// use acceptance_ledger::{AcceptanceField, AnswerForm, PartForm};
///
/// let Some(AnswerForm::Parts(parts)) = AcceptanceField::StaleAlertReview.form() else { unreachable!() };
/// assert_eq!(parts[0].name, "stale");
/// assert_eq!(parts[0].form, PartForm::Entries { until: None });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerPart {
    /// Its key.
    pub name: &'static str,
    /// What it has to be.
    pub form: PartForm,
    /// When it has to be there.
    pub need: PartNeed,
}

/// The form of a part.
///
/// ```
/// use acceptance_ledger::{PartForm, Until};
///
/// assert_ne!(PartForm::Entries { until: None }, PartForm::Entries { until: Some(Until::Ends) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartForm {
    /// A text that says something.
    Text,
    /// A text that says something, or a ref.
    TextOrRef,
    /// When to stop. It may be the same in two plans, and never `not_applicable`.
    StopCondition,
    /// A ref.
    Ref(ReferenceUse),
    /// `clear`, or a list of what was found: what, whose, and where something hides alerts, until when.
    Entries {
        /// Which ends an entry can have; `None` where it has none.
        until: Option<Until>,
    },
    /// A list of health grounds.
    Grounds,
}

/// How long something that hides alerts may stay.
///
/// ```
/// use acceptance_ledger::Until;
///
/// assert!(Until::EndsOrByDesign.may_be_by_design() && !Until::Ends.may_be_by_design());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// To a date or a time.
    Ends,
    /// To a date or a time, or for good, because it is meant so.
    EndsOrByDesign,
}

impl Until {
    /// Whether it may say `by_design`.
    #[must_use]
    pub const fn may_be_by_design(self) -> bool {
        matches!(self, Self::EndsOrByDesign)
    }
}

/// When a part has to be there.
///
/// ```
/// use acceptance_ledger::PartNeed;
///
/// assert_ne!(PartNeed::Always, PartNeed::AfterChange);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartNeed {
    /// Wherever its field is answered.
    Always,
    /// After a change.
    AfterChange,
    /// Unless the receipt stands in `receiver_receipt_proof_ref`.
    UnlessProven,
}

const fn part(name: &'static str, form: PartForm) -> AnswerPart {
    AnswerPart { name, form, need: PartNeed::Always }
}

const VALIDATION: &[AnswerPart] = &[
    part("route", PartForm::TextOrRef),
    part("receipt", PartForm::TextOrRef),
    part("alert_state", PartForm::TextOrRef),
    part("metrics", PartForm::TextOrRef),
    part("stop_condition", PartForm::StopCondition),
];

const READBACK: &[AnswerPart] = &[
    part("readback", PartForm::TextOrRef),
    AnswerPart { name: "metrics", form: PartForm::TextOrRef, need: PartNeed::AfterChange },
    AnswerPart { name: "receipt", form: PartForm::TextOrRef, need: PartNeed::AfterChange },
    part("stop_condition", PartForm::StopCondition),
];

const CHAIN_HEALTH: &[AnswerPart] = &[
    part("rule", PartForm::Ref(ReferenceUse::Any)),
    part("state", PartForm::Ref(ReferenceUse::Any)),
    part("receiver", PartForm::Ref(ReferenceUse::Any)),
    AnswerPart {
        name: "receipt",
        form: PartForm::Ref(ReferenceUse::Receipt),
        need: PartNeed::UnlessProven,
    },
];

const FOUND: PartForm = PartForm::Entries { until: None };
const STALE: &[AnswerPart] = &[
    part("stale", FOUND),
    part("pending", FOUND),
    part("resolved_not_cleared", FOUND),
    part("source_stopped", FOUND),
];

const ENDS: PartForm = PartForm::Entries { until: Some(Until::Ends) };
const MAY_STAY: PartForm = PartForm::Entries { until: Some(Until::EndsOrByDesign) };
const SILENCE: &[AnswerPart] = &[
    part("silence", ENDS),
    part("mute", MAY_STAY),
    part("dedup", MAY_STAY),
    part("inhibit", MAY_STAY),
    part("maintenance", ENDS),
];

const FALSE_GREEN: &[AnswerPart] =
    &[part("health_rests_on", PartForm::Grounds), part("risks", PartForm::Text)];

/// The keys of an entry.
pub(crate) const ENTRY_KEYS: [&str; 3] = ["what", "owner", "until"];

/// Answers that begin with a word and a colon. In an object the word may be a key.
pub(crate) const NOT_APPLICABLE: &str = "not_applicable";
pub(crate) const REF: &str = "ref";
pub(crate) const WINDOW: &str = "window";
pub(crate) const STANDING: &str = "standing";
pub(crate) const PER_CHANGE: &str = "per_change";
pub(crate) const DISABLE: &str = "disable";

/// What the owner says of a part in which nothing was found.
pub(crate) const CLEAR: &str = "clear";

/// What stands for an end of what is meant to stay.
pub(crate) const BY_DESIGN: &str = "by_design";

impl AnswerForm {
    /// The parts of an answer; none where it has none.
    #[must_use]
    pub const fn parts(self) -> &'static [AnswerPart] {
        match self {
            Self::Parts(parts) => parts,
            _ => &[],
        }
    }

    /// The part of a name.
    #[must_use]
    pub fn part(self, name: &str) -> Option<&'static AnswerPart> {
        self.parts().iter().find(|part| part.name == name)
    }

    /// The words that may stand as a key in place of a prefix.
    pub(crate) const fn prefix_keys(self) -> &'static [&'static str] {
        match self {
            Self::Decision | Self::Scope => &[],
            Self::Text | Self::Name | Self::Refs(_) | Self::Parts(_) => &[NOT_APPLICABLE],
            Self::Ref(_) | Self::TextOrRef => &[REF, NOT_APPLICABLE],
            Self::NameRefOrDisable => &[REF, DISABLE, NOT_APPLICABLE],
            Self::Window => &[WINDOW, STANDING, PER_CHANGE, NOT_APPLICABLE],
        }
    }

    /// What it takes, in a few English words.
    #[must_use]
    pub fn english(self) -> String {
        match self {
            Self::Decision => "one of the decisions".to_owned(),
            Self::Scope => {
                "a text that names the surface_id, or a label that only this surface has".to_owned()
            }
            Self::Text => "a text of three words or more".to_owned(),
            Self::TextOrRef => "a text of three words or more, or a ref".to_owned(),
            Self::Name => "the name of a person, a team, a role or a rota".to_owned(),
            Self::NameRefOrDisable => {
                format!("a name, a ref, or `{DISABLE}: <the way to switch it off>`")
            }
            Self::Ref(of) => format!("a ref: {}", of.kinds()),
            Self::Refs(of) => format!("a list of refs: {}", of.kinds()),
            Self::Window => format!(
                "START/END in RFC 3339, `{STANDING}: <when>`, or `{PER_CHANGE}: <who agrees on each window>`"
            ),
            Self::Parts(parts) => {
                let names: Vec<_> = parts.iter().map(|part| part.name).collect();
                format!("an object of {}", names.join(", "))
            }
        }
    }
}

impl AnswerPart {
    /// What it takes, in a few English words.
    #[must_use]
    pub fn english(&self) -> String {
        let form = match self.form {
            PartForm::Text => "a text of two words or more".to_owned(),
            PartForm::TextOrRef => "a text of two words or more, or a ref".to_owned(),
            PartForm::StopCondition => "when to stop, in two words or more".to_owned(),
            PartForm::Ref(of) => format!("a ref: {}", of.kinds()),
            PartForm::Entries { until } => {
                let [what, owner, end] = ENTRY_KEYS;
                let end = match until {
                    None => String::new(),
                    Some(Until::Ends) => format!(", {end} (a date or a time)"),
                    Some(Until::EndsOrByDesign) => {
                        format!(", {end} (a date, a time or {BY_DESIGN})")
                    }
                };
                format!("{CLEAR}, or a list of {what}, {owner}{end}")
            }
            PartForm::Grounds => format!("a list of {}", grounds()),
        };
        match self.need {
            PartNeed::Always => form,
            PartNeed::AfterChange => format!("{form}; only after a change"),
            PartNeed::UnlessProven => {
                format!("{form}; blank, it takes receiver_receipt_proof_ref")
            }
        }
    }
}

impl AcceptanceField {
    /// The form of its answer, or `None` where the field is not the owner's to answer.
    #[must_use]
    pub const fn form(self) -> Option<AnswerForm> {
        Some(match self {
            Self::Decision => AnswerForm::Decision,
            Self::DecisionReason => AnswerForm::Text,
            Self::AffectedScope => AnswerForm::Scope,
            Self::OwnerRoleOrTeam
            | Self::ReloadOwner
            | Self::ReceiverOwner
            | Self::NoiseBudgetOwner
            | Self::FollowupOwner => AnswerForm::Name,
            Self::RollbackOwner => AnswerForm::NameRefOrDisable,
            Self::RedactedEvidenceRefs => AnswerForm::Refs(ReferenceUse::Any),
            Self::LiveConfigHashRef => AnswerForm::Ref(ReferenceUse::Digest),
            Self::ReceiverReceiptProofRef => AnswerForm::Ref(ReferenceUse::Receipt),
            Self::OwnerResponseRef
            | Self::IncidentContextRef
            | Self::CrossProjectNotificationRef => AnswerForm::Ref(ReferenceUse::Context),
            Self::AlertChainHealthRef => AnswerForm::Parts(CHAIN_HEALTH),
            Self::StaleAlertReview => AnswerForm::Parts(STALE),
            Self::SilenceOrDedupReview => AnswerForm::Parts(SILENCE),
            Self::FalseGreenRiskReview => AnswerForm::Parts(FALSE_GREEN),
            Self::RouteSmokePlan => AnswerForm::TextOrRef,
            Self::ValidationPlan => AnswerForm::Parts(VALIDATION),
            Self::PostReloadReadbackPlan => AnswerForm::Parts(READBACK),
            Self::MaintenanceWindow => AnswerForm::Window,
            _ => return None,
        })
    }

    /// What is wrong with an answer that lacks it. (After an incident, a missing incident is worse.)
    #[must_use]
    pub const fn problem_where_missing(self) -> Problem {
        match self {
            Self::AlertChainHealthRef => Problem::HealthRefMissing,
            Self::FalseGreenRiskReview => Problem::FalseGreenReviewMissing,
            Self::ReceiverReceiptProofRef => Problem::ReceiptMissing,
            Self::StaleAlertReview => Problem::StaleReviewMissing,
            Self::SilenceOrDedupReview => Problem::SilenceReviewMissing,
            Self::PostReloadReadbackPlan => Problem::ReadbackMissing,
            _ => Problem::FieldMissing,
        }
    }

    /// Whether the name stands for a step inside an answer: a part, a key of an entry, or a prefix as a key.
    pub(crate) fn is_step_of_an_answer(name: &str) -> bool {
        let prefixes = [NOT_APPLICABLE, REF, WINDOW, STANDING, PER_CHANGE, DISABLE];
        ENTRY_KEYS.contains(&name)
            || prefixes.contains(&name)
            || Self::answers()
                .any(|field| field.form().is_some_and(|form| form.part(name).is_some()))
    }
}

/// The grounds, as a message lists them.
pub(crate) fn grounds() -> String {
    HealthGround::ALL.iter().map(|ground| ground.as_str()).collect::<Vec<_>>().join(", ")
}
