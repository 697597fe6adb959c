//! The keys of an owner response.

use super::{AcceptanceField, ENTRY_KEYS, LedgerKey, NOT_APPLICABLE, PartForm, ReviewerCheck};

// Keys that are in no word list, because only an owner response has them.
const SCHEMA: &str = "$schema";
const RESPONDER: &str = "responder";
const RESPONDED_AT: &str = "responded_at";

/// A key of an owner response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseKey {
    SchemaVersion,
    Schema,
    Responder,
    RespondedAt,
    /// The common `not_applicable`: one reason for several fields.
    NotApplicable,
    /// A field of the surface's identity, `not_approval`, or an answer.
    Field(AcceptanceField),
}

impl ResponseKey {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            SCHEMA => Some(Self::Schema),
            RESPONDER => Some(Self::Responder),
            RESPONDED_AT => Some(Self::RespondedAt),
            NOT_APPLICABLE => Some(Self::NotApplicable),
            _ if name == LedgerKey::SchemaVersion.as_str() => Some(Self::SchemaVersion),
            _ => {
                let field: AcceptanceField = name.parse().ok()?;
                let is_identity = matches!(
                    field,
                    AcceptanceField::AcceptanceCandidateId
                        | AcceptanceField::RequestId
                        | AcceptanceField::SurfaceId
                        | AcceptanceField::RepoSha256
                        | AcceptanceField::NotApproval
                );
                (is_identity || field.form().is_some()).then_some(Self::Field(field))
            }
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SchemaVersion => LedgerKey::SchemaVersion.as_str(),
            Self::Schema => SCHEMA,
            Self::Responder => RESPONDER,
            Self::RespondedAt => RESPONDED_AT,
            Self::NotApplicable => NOT_APPLICABLE,
            Self::Field(field) => field.as_str(),
        }
    }

    /// Returns the JSON pointer of the key at the top level of a document.
    pub(crate) fn pointer(self) -> String {
        ["/", self.as_str()].concat()
    }

    /// Returns the names that are allowed below the key: parts, keys of entries, and prefixes as keys.
    pub(crate) fn steps(self) -> Vec<&'static str> {
        match self {
            Self::NotApplicable => vec![REASON, FIELDS],
            Self::Field(field) => field.form().map_or_else(Vec::new, |form| {
                let parts = form.parts();
                let has_entries =
                    parts.iter().any(|part| matches!(part.form, PartForm::Entries { .. }));
                let entry_keys = if has_entries { &ENTRY_KEYS[..] } else { &[] };
                let names = parts.iter().map(|part| part.name);
                names.chain(form.prefix_keys().iter().chain(entry_keys).copied()).collect()
            }),
            _ => Vec::new(),
        }
    }

    /// Returns the check that a problem in this field counts against.
    pub(crate) fn check(self) -> Option<ReviewerCheck> {
        match self {
            Self::Responder | Self::RespondedAt => Some(ReviewerCheck::OwnerIdentityPresent),
            Self::Field(field) => field.check(),
            Self::SchemaVersion | Self::Schema | Self::NotApplicable => None,
        }
    }
}

/// The keys below the common `not_applicable`.
pub(crate) const REASON: &str = "reason";
pub(crate) const FIELDS: &str = "fields";
