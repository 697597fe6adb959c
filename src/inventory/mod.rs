//! Which surfaces of monitoring and alerting a repository holds: pure functions of the bytes of its files.

mod classify;
mod draft;
mod owners;
mod report;

pub(crate) use classify::{Confidence, Examined, Found, Remark, examine, variables};
pub(crate) use draft::{Draft, draft};
pub(crate) use owners::{CodeOwners, owner_comment};
pub(crate) use report::{Listed, Survey};
