//! The keys of a reviewer record.

/// A key of a reviewer record. The order is that of the template.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum RecordKey {
    SchemaVersion,
    AcceptanceCandidateId,
    ResponseEvent,
    NotAuthorization,
    Reviewer,
    ReviewerKind,
    ReviewedAt,
    Outcome,
    ValidUntil,
    Reason,
    RecordRef,
    Checks,
}

impl RecordKey {
    pub(crate) const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(crate) fn pointer(self) -> String {
        format!("/{}", self.as_str())
    }
}
