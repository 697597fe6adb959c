//! The index of all surfaces that owners are asked about, and how an answer may name one.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::inputs::{OwnerRequests, Surface};
use crate::json::Json;
use crate::words::AcceptanceField;

/// All surfaces that owners are asked about. An answer for one surface must not name another one. An answer for a
/// surface that is not in this set is held.
///
/// The surfaces come only from owner requests. A clone shares them.
///
/// ```
/// use acceptance_ledger::{OwnerRequests, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let surfaces = Surfaces::of(&requests);
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// assert_eq!(surface, &requests.surfaces()[0]);
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Surfaces(Arc<Index>);

#[derive(Debug, Default, PartialEq)]
struct Index {
    surfaces: HashSet<ById>,
    /// The ids that are not a single token, so that a search by token does not find them.
    odd_ids: Vec<String>,
    /// How many surfaces have each label or expected scope.
    names: HashMap<(AcceptanceField, String), usize>,
}

/// A surface that is compared and hashed by its id only.
#[derive(Debug)]
struct ById(Surface);

impl Borrow<str> for ById {
    fn borrow(&self) -> &str {
        self.0.surface_id()
    }
}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.surface_id().hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.surface_id() == other.0.surface_id()
    }
}

impl Eq for ById {}

impl Surfaces {
    /// Returns the surfaces of these requests.
    #[must_use]
    pub fn of(requests: &OwnerRequests) -> Self {
        let mut index = Index::default();
        for surface in requests.surfaces() {
            let id = surface.surface_id();
            if !id.chars().all(is_token_character) {
                index.odd_ids.push(id.to_owned());
            }
            index.surfaces.insert(ById(surface.clone()));
            for field in NAMES {
                if let Some(name) = surface.descriptor(field).and_then(Json::as_str) {
                    *index.names.entry((field, name.trim().to_owned())).or_default() += 1;
                }
            }
        }
        Self(Arc::new(index))
    }

    /// Returns the surface with this id, if there is one.
    #[must_use]
    pub fn get(&self, surface_id: &str) -> Option<&Surface> {
        self.0.surfaces.get(surface_id).map(|ById(surface)| surface)
    }

    /// Returns the surface of the candidate with this id, if there is one.
    #[must_use]
    pub fn of_candidate(&self, candidate_id: &str) -> Option<&Surface> {
        self.get(Surface::id_in(candidate_id)?)
    }

    /// Returns whether exactly this surface is in the set. A surface that only has the same id may ask for something else.
    pub(super) fn has(&self, surface: &Surface) -> bool {
        self.get(surface.surface_id()) == Some(surface)
    }

    /// Returns whether `scope` is a name that only `surface` has.
    pub(super) fn is_its_own_name(&self, surface: &Surface, scope: &str) -> bool {
        NAMES.into_iter().any(|field| {
            let name = surface.descriptor(field).and_then(Json::as_str).map(str::trim);
            name == Some(scope) && self.0.names.get(&(field, scope.to_owned())) == Some(&1)
        })
    }

    /// Returns the ids of surfaces that occur in `text` as whole tokens.
    pub(super) fn named_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let odd =
            self.0.odd_ids.iter().map(String::as_str).filter(move |id| occurs_as_token(text, id));
        tokens(text).filter(|token| self.get(token).is_some()).chain(odd)
    }
}

/// The descriptors that an answer may use as the name of a surface.
pub(super) const NAMES: [AcceptanceField; 2] =
    [AcceptanceField::Label, AcceptanceField::ExpectedScope];

/// Returns whether a character can be part of an id: letters, digits, and the signs of paths.
fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-/:.".contains(character)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    // A full stop at the end of a token ends the sentence. It is not part of the token.
    text.split(|character| !is_token_character(character))
        .map(|token| token.strip_suffix('.').unwrap_or(token))
}

/// Returns whether `id` occurs in `text` as a whole token: no token character directly before or after it.
pub(super) fn occurs_as_token(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + id.len()..).unwrap_or_default().chars();
        let next = after.next();
        let ends = match next {
            // A full stop ends the id, unless a token goes on after it, as in `node.yml.bak`.
            Some('.') => !after.next().is_some_and(is_token_character),
            next => !next.is_some_and(is_token_character),
        };
        ends && !before.is_some_and(is_token_character)
    })
}
