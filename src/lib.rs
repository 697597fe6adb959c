//! acceptance-ledger keeps the ledger of answers from the owners of monitoring and alerting surfaces.
//! Each owner is asked to confirm a surface: a rule file, a route, a receiver.
//!
//! > Automation may only hold back. Only a reviewer's record moves forward. Nothing opens a gate.
//! > Nothing is true unearned.
//!
//! # Where to find what
//!
//! | to | use |
//! |---|---|
//! | read what owners are asked | [`OwnerRequests`], [`Inventory`], [`Surface`], [`Surfaces`] |
//! | read an answer, or make one | [`ResponseDocument`], [`ResponseBuilder`], [`response_template`] |
//! | understand an answer | [`Answers`], [`Answer`], [`EvidenceRef`], [`MaintenanceWindow`], [`AcceptanceField`], [`AnswerForm`] |
//! | judge an answer | [`Candidate::receive`], [`Received`], [`Finding`], [`Problem`], [`Hint`] |
//! | follow a candidate through its states | [`Candidate`], [`AnyCandidate`], [`Held`], [`Accepted`], [`Lane`], [`mermaid`] |
//! | read a review, or make one | [`ReviewDocument`], [`RecordBuilder`], [`review_template`], [`ReviewerCheck`], [`Verdict`] |
//! | know why a step is refused | [`Refused`], [`Refusal`], [`IntakeRefusal`] |
//! | keep a journal in memory or elsewhere | [`Dossier`], [`History`], [`Step`], [`Event`], [`BrokenJournal`] |
//! | use the journal of a repository | `store::Journal` (feature `store`) |
//! | write and read the ledger | [`Ledger`], [`LedgerDocument`], [`Entry`], [`Tally`], [`Stamp`] |
//! | see that every gate is shut | [`Gates`], [`Shut`], [`RuntimeGate`], [`Boundary`], [`BlockedAction`] |
//! | explain a word, or validate a document | [`Explanation`], [`Schema`] |
//! | report an invalid document | [`DocumentError`], [`DocumentProblem`] |
//! | test your own code | `strategies` (feature `proptest`) |
//!
//! # How the code is built
//!
//! The map, from the bottom up. Each module uses only modules above it in this table; a test checks that.
//!
//! | layer | module | what is in it |
//! |---|---|---|
//! | words | `escape` | text made safe for terminals, JSON and shells |
//! | words | `cut` | where a text can be cut |
//! | words | `words` | every identifier and text of the ledger, once; versions, paths and prefixes |
//! | core | `pattern` | regular expressions that are compiled when first used |
//! | core | `time` | times with an offset |
//! | core | `digest` | SHA-256 of lines and documents |
//! | core | `signer` | who signed a document, and in which role |
//! | core | `json` | strict JSON: reader, writer, errors with line, column and path |
//! | core | `original` | the bytes of a document, with their digest and the places of their lines |
//! | core | `document` | one reader for answers and records in YAML or JSON |
//! | core | `gate` | the runtime gate: a type whose only value is shut |
//! | core | `inputs` | the two input documents, and the surfaces in them |
//! | core | `shape` | what kind of configuration a file is, judged by its structure |
//! | core | `detect` | secrets, payloads, commands, requests and claims in texts |
//! | core | `response` | an owner's answer, and what it has to contain |
//! | core | `forms` | what the owner's form and the reviewer's draft print |
//! | core | `triage` | the findings against an answer, and its lane |
//! | core | `review` | a reviewer's record, and when it is refused |
//! | core | `candidate` | the typestates and their transitions |
//! | core | `journal` | events, replay, and the next step of a surface |
//! | core | `ledger` | the ledger's bytes: written, read, counted |
//! | core | `render` | forms, drafts, JSON Schemas, explanations, the diagram |
//! | core | `inventory` | which surfaces a repository holds (feature `cli`) |
//! | io | `io` | files, git, the clock, the lock, signatures (features `store` and `cli`) |
//! | io | `store` | the journal on disk, for other tools (feature `store`) |
//! | tool | `cli` | the command line: one file or folder for each subcommand (feature `cli`) |
//!
//! The core is pure: no I/O, no clock, no process.
//!
//! # Embed it
//!
//! To embed the core, take the crate with `default-features = false`. `docs/embedding.md` says more.
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
mod cut;
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
mod original;
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

// They use signals, modes of files, locks and flags of `open`, which only Unix has.
#[cfg(all(feature = "store", not(unix)))]
compile_error!("the command line and the feature store need Unix; use default-features = false");
// Without Unix, the message above is the only error.
#[cfg(all(feature = "cli", unix))]
pub mod cli;
#[cfg(all(feature = "store", unix))]
mod io;
/// For the crate's own fuzz targets, and nobody else.
#[cfg(all(fuzzing, feature = "cli"))]
#[doc(hidden)]
pub mod fuzz_hooks {
    pub use crate::io::fuzz_hooks::{
        Unreadable, allowed_signers, code_owner, inventory, list_differences, verify,
    };
}
#[cfg(all(feature = "store", unix))]
pub mod store;
#[cfg(any(test, feature = "proptest"))]
pub mod strategies;
/// Trains the model that tells requests and claims. Only a change of the model needs it.
#[cfg(feature = "train")]
pub mod train {
    pub use crate::detect::model::train::{LabelError, Trained, train};
}

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
    DraftOptions, Explanation, RecordBuilder, ResponseBuilder, Schema, TemplateFormat,
    TemplateOptions, mermaid, response_template, review_template,
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
