//! The changes of the surfaces since the last inventory.

use std::collections::BTreeMap;

use crate::inventory::Listed;
use crate::journal::journal_folder;

/// The surfaces that are new, gone or changed, and the answers that no longer count because of it.
#[derive(Debug, Default)]
pub(super) struct Changes<'l> {
    pub(super) new: Vec<&'l str>,
    pub(super) gone: Vec<&'l str>,
    /// Surfaces whose file has other bytes.
    pub(super) changed: Vec<&'l str>,
    /// Surfaces whose file has the same bytes, but whose entry in the inventory differs.
    pub(super) redescribed: Vec<&'l str>,
    pub(super) outdated: Vec<Outdated>,
    /// Surfaces that are gone and have a journal.
    pub(super) retired: Vec<&'l str>,
}

/// An answer that no longer counts, since its surface has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outdated {
    pub(super) surface_id: String,
    pub(super) responder: Option<String>,
    pub(super) answered_at: String,
}

impl<'l> Changes<'l> {
    /// Compares two inventories. If there was no inventory before, there are no changes.
    pub(super) fn between(before: Option<&'l [Listed]>, after: &'l [Listed]) -> Self {
        let Some(before) = before else { return Self::default() };
        let by_id = |listed: &'l [Listed]| -> BTreeMap<&'l str, &'l Listed> {
            listed.iter().map(|surface| (surface.surface_id.as_str(), surface)).collect()
        };
        let (old, new) = (by_id(before), by_id(after));
        let mut changes = Self::default();
        for (id, surface) in &new {
            match old.get(id) {
                None => changes.new.push(id),
                Some(known) if known.digest() != surface.digest() => changes.changed.push(id),
                Some(known) if known != surface => changes.redescribed.push(id),
                Some(_) => {}
            }
        }
        changes.gone = old.into_keys().filter(|id| !new.contains_key(id)).collect();
        changes
    }

    /// Whether the two inventories list the same surfaces.
    pub(super) fn are_none(&self) -> bool {
        [&self.new, &self.gone, &self.changed, &self.redescribed].iter().all(|ids| ids.is_empty())
    }

    /// Adds the answers that no longer count, and the surfaces that are gone but have a journal.
    pub(super) fn outdate(&mut self, outdated: impl Iterator<Item = Outdated>, retired: &[String]) {
        self.outdated = outdated.collect();
        self.outdated.sort_by(|one, other| one.surface_id.cmp(&other.surface_id));
        let has_journal = |id: &&&str| retired.contains(&journal_folder(id));
        self.retired = self.gone.iter().filter(has_journal).copied().collect();
    }
}
