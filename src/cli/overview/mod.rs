//! What every surface waits for, and its story. `status` and `report` show it.

mod age;
mod remarks;
mod story;

use std::collections::BTreeMap;

use crate::candidate::AnyCandidate;
use crate::io::clock;
use crate::io::store::Folder;
use crate::time::Time;
use crate::words::Lane;

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::repository::{Replay, Replayed, Repository};
pub(super) use age::{Age, days_left};
pub(super) use remarks::{hints, remarks};
pub(super) use story::{Decision, Reading, Story, Told, date, is_about};

/// The time at which a command shows the state: the given one, or now.
pub(super) fn as_of(given: Option<&Time>) -> Result<Time, Failure> {
    given.cloned().or_else(clock::event_time).ok_or_else(Failure::clock)
}

/// The stories of all surfaces, in the order of the owner requests.
#[derive(Debug)]
pub(super) struct Overview {
    pub(super) as_of: Time,
    pub(super) stories: Vec<Story>,
}

impl Overview {
    /// Replays every journal, and tells every story as it is at `as_of`.
    pub(super) fn of(
        repository: &mut Repository,
        inputs: &InputArgs,
        as_of: Time,
        is_quiet: bool,
    ) -> Result<Self, Failures> {
        let owners = inputs.suggested_owners()?;
        let owner_of = |id: &str| owners.get(id).map(String::as_str);
        let ids: Vec<_> = repository
            .requests
            .surfaces()
            .iter()
            .map(|surface| surface.surface_id().to_owned())
            .collect();
        let signers = repository.signers.clone();
        let look = |_: &str, replay: &Replay, folder: &Folder| {
            let surface = match replay {
                Ok(history) => history.candidate().surface(),
                Err(broken) => broken.surface(),
            };
            let owner = owner_of(surface.surface_id());
            let signers = signers.as_ref();
            Story::of(&Reading { replay, folder, signers, owner, as_of: &as_of })
        };
        let Replayed { candidates, journals, .. } = repository.replay(look, is_quiet)?;
        let mut told: BTreeMap<String, Story> = journals
            .into_iter()
            .map(|journal| (journal.seen.surface.surface_id().to_owned(), journal.seen))
            .collect();
        let mut candidates = candidates.into_iter().peekable();
        let mut stories = Vec::with_capacity(ids.len());
        for id in ids {
            // A broken journal has a story and no candidate.
            let candidate: Option<AnyCandidate> =
                candidates.next_if(|candidate| candidate.surface().surface_id() == id);
            let story = told.remove(&id).or_else(|| {
                let surface = candidate?.surface().clone();
                Some(Story::unanswered(surface, owner_of(&id)))
            });
            stories.extend(story);
        }
        Ok(Self { as_of, stories })
    }

    /// How many surfaces are in a lane.
    pub(super) fn in_lane(&self, lane: Lane) -> usize {
        self.count(|story| story.lane == Some(lane))
    }

    /// How many surfaces have an answer that a person reviewed.
    pub(super) fn received(&self) -> usize {
        self.count(|story| story.is_received)
    }

    /// How many surfaces have an answer that a person accepted and whose acceptance has not ended.
    pub(super) fn accepted(&self) -> usize {
        self.count(Story::is_accepted)
    }

    /// How many journals are broken.
    pub(super) fn broken(&self) -> usize {
        self.count(|story| story.lane.is_none())
    }

    pub(super) fn count(&self, is_counted: impl Fn(&Story) -> bool) -> usize {
        self.stories.iter().filter(|story| is_counted(story)).count()
    }
}
