//! Finds the surfaces of monitoring and alerting in a repository. All functions are pure: they depend only on the
//! bytes and paths of the files.

mod classify;
mod draft;
mod owners;
mod report;

pub(crate) use classify::{Examined, examine, variables};
pub(crate) use draft::{RequestDrafts, draft, suggested_owners};
pub(crate) use owners::{CodeOwners, PLACES as CODEOWNERS, owner_comment};
pub(crate) use report::{Listed, ListedRemark, Survey, Version};
