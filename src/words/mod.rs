//! The vocabulary of the ledger. Each identifier and each text is defined here once.

mod acceptance_field;
mod answer_form;
pub(crate) mod answer_help;
mod blocked_action;
mod boundary;
mod decision;
mod event_name;
mod export_column;
mod health_ground;
mod inventory_remark;
mod item_flag;
mod lane;
mod ledger_key;
pub(crate) mod limits;
pub(crate) mod names;
mod problem;
mod progress_flag;
mod record_key;
mod reference_kind;
mod response_key;
mod reviewer_check;
mod runtime_gate;
mod standing;
mod surface_kind;
mod verify_code;

pub use acceptance_field::{AcceptanceField, AnswerShape};
pub use answer_form::{AnswerForm, AnswerPart, PartForm, PartNeed, Until};
pub(crate) use answer_form::{
    BY_DESIGN, CLEAR, DISABLE, ENTRY_KEYS, NOT_APPLICABLE, PER_CHANGE, REF, STANDING, WINDOW,
    grounds,
};
pub use blocked_action::BlockedAction;
pub use boundary::Boundary;
pub use decision::Decision;
pub(crate) use event_name::EventName;
pub(crate) use export_column::ExportColumn;
pub use health_ground::HealthGround;
pub(crate) use inventory_remark::InventoryRemark;
pub use item_flag::ItemFlag;
pub use lane::Lane;
pub(crate) use ledger_key::{LedgerKey, SourceCount, count_key, counted_word};
pub use problem::Problem;
pub use progress_flag::ProgressFlag;
pub(crate) use record_key::RecordKey;
pub use reference_kind::{ReferenceKind, ReferenceUse};
pub(crate) use response_key::{FIELDS, REASON, ResponseKey};
pub use reviewer_check::ReviewerCheck;
pub use runtime_gate::RuntimeGate;
pub(crate) use standing::{WaitingOn, What, Why};
pub use surface_kind::{ControlTier, SurfaceKind, WriteClass};
pub use verify_code::VerifyCode;

/// Defines a word list: an enum with one variant per word. A word has the identifier that documents use and one
/// English sentence that says what it means. If `explain` needs our Chinese text, it has the same sentence in Chinese.
macro_rules! word_list {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident($what:literal) {
            $($variant:ident = $id:literal: $english:literal $(| $chinese:literal)?,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
        $vis enum $name {
            $(
                #[doc = concat!("`", $id, "`: ", $english)]
                #[strum(serialize = $id)]
                $variant,
            )+
        }

        impl $name {
            /// Every word of the list, in the ledger's order.
            $vis const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// Returns the identifier, as documents and the ledger write it.
            #[must_use]
            $vis fn as_str(self) -> &'static str {
                self.into()
            }

            /// Returns what the word means, in one English sentence.
            #[must_use]
            $vis const fn english(self) -> &'static str {
                match self {
                    $(Self::$variant => $english,)+
                }
            }
        }

        word_list!(@chinese $vis $name { $($variant $($chinese)?,)+ });

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
                // The message does not repeat the word: it may be a secret in the wrong place.
                word.parse().map_err(|_| serde::de::Error::custom(concat!("unknown ", $what)))
            }
        }
    };
    (@chinese $vis:vis $name:ident { $($variant:ident $chinese:literal,)+ }) => {
        impl $name {
            /// Returns what the word means, in one sentence of Traditional Chinese.
            #[must_use]
            $vis const fn chinese(self) -> &'static str {
                match self {
                    $(Self::$variant => $chinese,)+
                }
            }
        }
    };
    // A list without Chinese: the ledger has its own Chinese text for it, or no command prints one.
    (@chinese $vis:vis $name:ident { $($variant:ident,)+ }) => {};
}
use word_list;
