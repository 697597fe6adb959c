//! The columns of `export` that come from an owner's answer: names and refs. An export has no prose, so no other answer
//! has a column.

use super::{AcceptanceField, AnswerForm, PartForm};

/// A column that holds an answer, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportColumn {
    /// One of the decisions.
    Decision(AcceptanceField),
    /// The name of a person, a team, a role or a rota.
    Name(AcceptanceField),
    /// A ref.
    Ref(AcceptanceField),
    /// A list of refs.
    Refs(AcceptanceField),
    /// A part that is a ref.
    PartRef(AcceptanceField, &'static str),
}

impl ExportColumn {
    /// Every column, in the order of the fields.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        AcceptanceField::answers().flat_map(Self::of)
    }

    fn of(field: AcceptanceField) -> Vec<Self> {
        match field.form() {
            Some(AnswerForm::Decision) => vec![Self::Decision(field)],
            Some(AnswerForm::Name | AnswerForm::NameRefOrDisable) => vec![Self::Name(field)],
            Some(AnswerForm::Ref(_)) => vec![Self::Ref(field)],
            Some(AnswerForm::Refs(_)) => vec![Self::Refs(field)],
            Some(AnswerForm::Parts(parts)) => {
                let refs = parts.iter().filter(|part| matches!(part.form, PartForm::Ref(_)));
                refs.map(|part| Self::PartRef(field, part.name)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The name of the column: the field, and for a part also the part.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Decision(field) | Self::Name(field) | Self::Ref(field) | Self::Refs(field) => {
                field.to_string()
            }
            Self::PartRef(field, part) => format!("{field}_{part}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_refs_have_columns_and_prose_has_none() {
        let names: Vec<_> = ExportColumn::all().map(ExportColumn::name).collect();
        for name in [
            "decision",
            "owner_role_or_team",
            "rollback_owner",
            "receiver_receipt_proof_ref",
            "redacted_evidence_refs",
            "alert_chain_health_ref_receipt",
        ] {
            assert!(names.contains(&name.to_owned()), "{name}");
        }
        for prose in ["decision_reason", "affected_scope", "route_smoke_plan", "validation_plan"] {
            assert!(!names.iter().any(|name| name.starts_with(prose)), "{prose}");
        }
    }
}
