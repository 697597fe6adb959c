use std::collections::{HashMap, HashSet};

use crate::json::Json;
use crate::surface::Surface;
use crate::words::AcceptanceField;

/// All surfaces that owners are asked about: an answer for one must not speak of another.
///
/// ```
/// use acceptance_ledger::{OwnerRequests, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let surfaces = Surfaces::new(requests.surfaces());
/// assert!(surfaces.contains("alertmanager_config:alertmanager/config.yml"));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Surfaces {
    ids: HashSet<String>,
    /// Those ids that are no single token.
    odd_ids: Vec<String>,
    /// How many surfaces have each label or expected scope.
    names: HashMap<(AcceptanceField, String), usize>,
}

impl Surfaces {
    /// An index of these surfaces.
    #[must_use]
    pub fn new(surfaces: &[Surface]) -> Self {
        let mut index = Self::default();
        for surface in surfaces {
            let id = surface.surface_id();
            if !id.chars().all(is_token_character) {
                index.odd_ids.push(id.to_owned());
            }
            index.ids.insert(id.to_owned());
            for field in NAMES {
                if let Some(name) = surface.descriptor(field).and_then(Json::as_str) {
                    *index.names.entry((field, name.trim().to_owned())).or_default() += 1;
                }
            }
        }
        index
    }

    /// Whether there is a surface of this id.
    #[must_use]
    pub fn contains(&self, surface_id: &str) -> bool {
        self.ids.contains(surface_id)
    }

    /// Whether `scope` is a name that `surface` alone has.
    pub(super) fn is_its_own_name(&self, surface: &Surface, scope: &str) -> bool {
        NAMES.into_iter().any(|field| {
            let name = surface.descriptor(field).and_then(Json::as_str).map(str::trim);
            name == Some(scope) && self.names.get(&(field, scope.to_owned())) == Some(&1)
        })
    }

    /// The ids of surfaces that stand in `text` as whole tokens.
    pub(super) fn named_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let odd = self.odd_ids.iter().map(String::as_str).filter(move |id| stands_in(text, id));
        tokens(text).filter(|token| self.ids.contains(*token)).chain(odd)
    }
}

/// The descriptors that may name a surface in an answer.
pub(super) const NAMES: [AcceptanceField; 2] =
    [AcceptanceField::Label, AcceptanceField::ExpectedScope];

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-/:.".contains(character)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    // A final full stop ends a sentence and belongs to no token.
    text.split(|character| !is_token_character(character))
        .map(|token| token.strip_suffix('.').unwrap_or(token))
}

/// Whether `id` stands in `text` and no token goes on at either end.
pub(super) fn stands_in(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + id.len()..).unwrap_or_default().chars();
        let next = after.next();
        let ends = match next {
            Some('.') => !after.next().is_some_and(is_token_character),
            next => !next.is_some_and(is_token_character),
        };
        ends && !before.is_some_and(is_token_character)
    })
}
