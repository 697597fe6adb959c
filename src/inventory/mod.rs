//! Which surfaces of monitoring and alerting a repository holds: pure functions of the bytes of its files.

mod classify;
mod draft;
mod owners;
mod report;

pub(crate) use classify::{Examined, examine, variables};
pub(crate) use draft::{RequestDrafts, draft, suggested_owners};
pub(crate) use owners::{CodeOwners, PLACES as CODEOWNERS, owner_comment};
pub(crate) use report::{Listed, ListedRemark, Survey, Version};
