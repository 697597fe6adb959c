//! Where a surface stands: who has to act next, why, and what happened.

/// Who has to act next.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::VariantArray,
)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[strum(serialize_all = "snake_case")]
pub(crate) enum WaitingOn {
    /// The owner has to answer, or to answer again
    Owner,
    /// A reviewer has to judge the answer
    Reviewer,
    /// The answer is accepted
    Nobody,
}

/// Why a surface is where it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Why {
    NeverAnswered,
    SurfaceChanged,
    Expired,
    /// Triage holds the answer back. No reviewer has decided.
    HeldByTriage,
    /// A reviewer holds the answer back.
    HeldByReviewer,
    Ready,
    Accepted,
    JournalBroken,
}

/// What happened to a surface.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum What {
    Answered,
    Reviewed,
    Expired,
}
