//! Remembers texts that carry nothing, so that they are not examined again. A team answers for many surfaces, and most of
//! the texts of its answers are the same: names, `not_applicable:` with a reason, the parts of a plan.
//!
//! What is found in a text depends on nothing but the text and its kind, so the result is the same with this memory and
//! without it. A text with a match is never remembered: it may be a secret.

use std::cell::RefCell;
use std::collections::HashSet;

use strum::EnumCount as _;

use super::TextKind;

/// The most texts that a thread remembers of each kind. With [`MAX_BYTES`], this bounds the memory of a thread: 6 MiB of
/// text.
const MAX_TEXTS: usize = 2048;

/// The longest text that is remembered, in bytes. Longer ones seldom repeat.
const MAX_BYTES: usize = 1024;

/// The texts of one kind.
type Texts = HashSet<Box<str>>;

thread_local! {
    /// One set for each kind. Threads share nothing, so none waits for another.
    static KNOWN: RefCell<[Texts; TextKind::COUNT]> = RefCell::default();
}

/// Whether this text was examined before as this kind, and carried nothing.
pub(super) fn carries_nothing(text: &str, kind: TextKind) -> bool {
    KNOWN.with_borrow(|known| known.get(kind as usize).is_some_and(|texts| texts.contains(text)))
}

/// Remembers a text that carries nothing.
pub(super) fn remember(text: &str, kind: TextKind) {
    if text.len() > MAX_BYTES {
        return;
    }
    KNOWN.with_borrow_mut(|known| {
        let Some(texts) = known.get_mut(kind as usize) else { return };
        // To forget everything is simpler than to find out what is old. The texts that repeat come back at once.
        if texts.len() >= MAX_TEXTS {
            texts.clear();
        }
        texts.insert(text.into());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_bounded() {
        let texts: Vec<_> = (0..=MAX_TEXTS).map(|number| format!("text {number}")).collect();
        for text in &texts {
            remember(text, TextKind::Prose);
            assert!(carries_nothing(text, TextKind::Prose));
            assert!(!carries_nothing(text, TextKind::Plan));
        }
        assert!(!carries_nothing(&texts[0], TextKind::Prose));
        let longest = "a".repeat(MAX_BYTES);
        for (text, is_kept) in [(longest.clone(), true), (longest + "a", false)] {
            remember(&text, TextKind::Prose);
            assert_eq!(carries_nothing(&text, TextKind::Prose), is_kept);
        }
    }
}
