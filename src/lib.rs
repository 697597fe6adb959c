//! acceptance-ledger keeps the ledger of what the owners of monitoring and alerting surfaces
//! answer when they are asked to confirm them.
//!
//! > Automation may only hold back. Only a reviewer's record moves forward. Nothing opens a gate.
//!
//! The map, from the bottom up; each layer knows only those before it:
//!
//! | layer | modules | what it is |
//! |---|---|---|
//! | words | `words` | every identifier and text of the ledger, once |
//! | core | `json`, `gate`, `surface`, `inputs`, `shape`, `response`, `triage`, `review`, `candidate`, `ledger`, `template`, `schema`, `diagram`, `explain` | pure: no I/O, no clock, no process |
//! | core | `inventory` (feature `cli`) | pure: which surfaces the bytes of files are |
//! | edges | `edges` (feature `cli`) | files, git, the clock |
//! | tool | `cli` (feature `cli`) | one file a subcommand |
//!
//! To embed the core, take the crate with `default-features = false`.
//!
//! ```
//! use acceptance_ledger::{Candidate, OwnerRequests, RuntimeGate};
//!
//! # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
//! for surface in OwnerRequests::parse(&draft)?.surfaces() {
//!     let candidate = Candidate::new(surface.clone());
//!     assert!(!candidate.gates().get(RuntimeGate::RuntimeGate).is_open());
//! }
//! # Ok::<(), acceptance_ledger::DocumentError>(())
//! ```

mod candidate;
mod detect;
mod digest;
mod document;
mod escape;
mod forms;
mod gate;
mod inputs;
#[cfg(feature = "cli")]
mod inventory;
mod journal;
mod json;
mod ledger;
mod pattern;
mod render;
mod response;
mod review;
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "what only an inventory needs of it comes with the command line")
)]
mod shape;
mod signer;
mod time;
mod triage;
mod words;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod io;
/// For the crate's own fuzz targets, and nobody else.
#[cfg(all(fuzzing, feature = "cli"))]
#[doc(hidden)]
pub mod fuzz_hooks {
    pub use crate::io::fuzz_hooks::{
        Unreadable, allowed_signers, code_owner, inventory, list_differences, verify,
    };
}
#[cfg(any(test, feature = "proptest"))]
pub mod strategies;

pub use candidate::{
    Accepted, AcceptedState, Answered, AnyCandidate, Candidate, Entry, ExecutionRejected,
    FalseGreenSupplementRequired, Held, HeldBack, IncidentBackfillRequired, OwnerReviewOnlyUpdate,
    Quarantined, ReadbackRequired, ReadyForReview, ReceiptGapRequired, Received, Refused,
    Reviewable, StaleOrSilencedReviewRequired, State, SupplementRequested, WaitingOwnerResponse,
    WaitingRuntimeGate,
};
pub use digest::{Digest, NotADigest};
pub use gate::{Gates, Shut};
pub use inputs::{Inventory, OwnerRequests, Source, Surface};
pub use journal::{
    BrokenJournal, DocumentName, Dossier, Event, History, IntakeRefusal, JournalFault, JournalLog,
    Step, journal_folder,
};
pub use json::{DocumentError, DocumentProblem, Json, Number};
pub use ledger::{Ledger, LedgerDocument, Stamp, Tally};
pub use render::{
    DraftOptions, Explanation, Schema, TemplateFormat, TemplateOptions, mermaid, response_template,
    review_template,
};
pub use response::{
    Answer, Answers, EntryEnd, EvidenceRef, FoundEntry, Hint, MaintenanceWindow, NotARef,
    OwnerResponse, PartAnswer, ResponseDocument,
};
pub use review::{Refusal, ReviewDocument, ReviewerKind, ReviewerRecord, Verdict};
pub use signer::{Signer, SignerRole};
pub use time::{NotATime, Time};
pub use triage::{Finding, Surfaces};
pub use words::{
    AcceptanceField, AnswerForm, AnswerPart, AnswerShape, BlockedAction, Boundary, ControlTier,
    Decision, HealthGround, ItemFlag, Lane, PartForm, PartNeed, Problem, ProgressFlag,
    ReferenceKind, ReferenceUse, ReviewerCheck, RuntimeGate, SurfaceKind, Until, VerifyCode,
    WriteClass,
};
