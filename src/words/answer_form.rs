//! What an answer to each field must contain. To add a part, add one row here: the template, the schema, triage,
//! `explain`, the docs and the reviewer's draft are generated from these tables.

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
    /// One of the six decisions.
    Decision,
    /// A text that names the surface.
    Scope,
    /// A text of three words or more that are not placeholders.
    Text,
    /// A text as in [`Text`](Self::Text), or a ref.
    TextOrRef,
    /// The name of a person, a team, a role or a rota.
    Name,
    /// A name, a ref, or `disable: <path>`: who rolls a change back, or how it is switched off.
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
    /// The key of the part.
    pub name: &'static str,
    /// The form of its value.
    pub form: PartForm,
    /// When the part is required.
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
    /// A text of two words or more that are not placeholders. The part's name says the rest.
    Text,
    /// A text as in [`Text`](Self::Text), or a ref.
    TextOrRef,
    /// When to stop. Two plans may have the same condition. `not_applicable` is not allowed.
    StopCondition,
    /// A ref.
    Ref(ReferenceUse),
    /// `clear`, or a list of what was found. An entry says what it is, who owns it and, if it hides alerts, until when.
    Entries {
        /// The kinds of end that an entry can have. `None`: an entry has no end.
        until: Option<Until>,
    },
    /// A list of health grounds.
    Grounds,
}

/// How long something may hide alerts.
///
/// ```
/// use acceptance_ledger::Until;
///
/// assert!(Until::EndsOrByDesign.may_be_by_design() && !Until::Ends.may_be_by_design());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until a date or a time.
    Ends,
    /// Until a date or a time, or permanently, because the owner intends it (`by_design`).
    EndsOrByDesign,
}

impl Until {
    /// Whether the end may be `by_design`.
    #[must_use]
    pub const fn may_be_by_design(self) -> bool {
        matches!(self, Self::EndsOrByDesign)
    }
}

/// When a part is required.
///
/// ```
/// use acceptance_ledger::PartNeed;
///
/// assert_ne!(PartNeed::Always, PartNeed::AfterChange);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartNeed {
    /// Whenever its field is answered.
    Always,
    /// Only if the decision is `confirm_after_change`.
    AfterChange,
    /// Unless `receiver_receipt_proof_ref` gives the receipt.
    UnlessProven,
}

const fn part(name: &'static str, form: PartForm) -> AnswerPart {
    AnswerPart { name, form, need: PartNeed::Always }
}

/// What `validation_plan_present` tells a reviewer to look for.
const VALIDATION: &[AnswerPart] = &[
    part("route", PartForm::TextOrRef),
    part("receipt", PartForm::TextOrRef),
    part("alert_state", PartForm::TextOrRef),
    part("metrics", PartForm::TextOrRef),
    part("stop_condition", PartForm::StopCondition),
];

/// The lane `post_reload_readback_required` asks for `metrics` and `receipt` after a change. Before a change, a plan says
/// only what is read back and when to stop.
const READBACK: &[AnswerPart] = &[
    part("readback", PartForm::TextOrRef),
    AnswerPart { name: "metrics", form: PartForm::TextOrRef, need: PartNeed::AfterChange },
    AnswerPart { name: "receipt", form: PartForm::TextOrRef, need: PartNeed::AfterChange },
    part("stop_condition", PartForm::StopCondition),
];

/// What `alert_chain_health_not_route_only` demands instead of a route that answers 200.
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

/// What `stale_alert_review_present` tells a reviewer to look for.
const STALE: &[AnswerPart] = &[
    part("stale", FOUND),
    part("pending", FOUND),
    part("resolved_not_cleared", FOUND),
    part("source_stopped", FOUND),
];

const ENDS: PartForm = PartForm::Entries { until: Some(Until::Ends) };

/// A mute, dedup or inhibit rule may be meant to stay. A silence or a maintenance must end.
const MAY_STAY: PartForm = PartForm::Entries { until: Some(Until::EndsOrByDesign) };

/// What `silence_or_dedup_review_present` tells a reviewer to look for.
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

/// Prefixes of an answer, as in `ref: ticket:OPS-12`. In an object, the prefix may be a key.
pub(crate) const NOT_APPLICABLE: &str = "not_applicable";
pub(crate) const REF: &str = "ref";
pub(crate) const WINDOW: &str = "window";
pub(crate) const STANDING: &str = "standing";
pub(crate) const PER_CHANGE: &str = "per_change";
pub(crate) const DISABLE: &str = "disable";

/// What the owner writes in a part of a review if nothing was found.
pub(crate) const CLEAR: &str = "clear";

/// What the owner writes instead of an end if something is meant to stay.
pub(crate) const BY_DESIGN: &str = "by_design";

impl AnswerForm {
    /// Returns the parts of an answer. The list is empty if the form has no parts.
    #[must_use]
    pub const fn parts(self) -> &'static [AnswerPart] {
        match self {
            Self::Parts(parts) => parts,
            _ => &[],
        }
    }

    /// Returns the part with this name.
    #[must_use]
    pub fn part(self, name: &str) -> Option<&'static AnswerPart> {
        self.parts().iter().find(|part| part.name == name)
    }

    /// Returns the prefixes that may be written as a key, as in `{ref: ticket:OPS-12}`.
    pub(crate) const fn prefix_keys(self) -> &'static [&'static str] {
        match self {
            Self::Decision | Self::Scope => &[],
            Self::Text | Self::Name | Self::Refs(_) | Self::Parts(_) => &[NOT_APPLICABLE],
            Self::Ref(_) | Self::TextOrRef => &[REF, NOT_APPLICABLE],
            Self::NameRefOrDisable => &[REF, DISABLE, NOT_APPLICABLE],
            Self::Window => &[WINDOW, STANDING, PER_CHANGE, NOT_APPLICABLE],
        }
    }

    /// Returns what the form accepts, in a few English words.
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
                format!("an object with the parts {}", names.join(", "))
            }
        }
    }
}

impl AnswerPart {
    /// Returns what the part accepts and when it is required, in a few English words.
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
                format!("{CLEAR}, or a list of entries with {what}, {owner}{end}")
            }
            PartForm::Grounds => format!("a list of {}", grounds()),
        };
        match self.need {
            PartNeed::Always => form,
            PartNeed::AfterChange => format!("{form}; only for confirm_after_change"),
            PartNeed::UnlessProven => {
                format!("{form}; if it is blank, receiver_receipt_proof_ref counts instead")
            }
        }
    }
}

impl AcceptanceField {
    /// Returns the form of the answer, or `None` if the owner does not answer this field.
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

    /// Returns the problem of an answer that lacks this field. (After an incident, triage uses
    /// [`Problem::IncidentContextMissing`] for a missing `incident_context_ref`.)
    #[must_use]
    pub const fn problem_if_missing(self) -> Problem {
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

    /// Whether the name is a step inside an answer: a part, a key of an entry, or a prefix as a key.
    pub(crate) fn is_step_of_an_answer(name: &str) -> bool {
        let prefixes = [NOT_APPLICABLE, REF, WINDOW, STANDING, PER_CHANGE, DISABLE];
        ENTRY_KEYS.contains(&name)
            || prefixes.contains(&name)
            || Self::answers()
                .any(|field| field.form().is_some_and(|form| form.part(name).is_some()))
    }
}

/// Returns all health grounds, as a message lists them.
pub(crate) fn grounds() -> String {
    HealthGround::ALL.iter().map(|ground| ground.as_str()).collect::<Vec<_>>().join(", ")
}
