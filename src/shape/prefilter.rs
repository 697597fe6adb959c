//! A fast check before parsing: can a text contain a surface? It must contain the words of at least one shape.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::pattern;

use super::table::{MONITORING_NAMES, MONITORING_OWNERS, SHAPES};
use super::text::TEXT_SHAPES;
use super::{ANY, Test};

/// The words of all shapes, and which words each shape needs.
struct Filter {
    words: AhoCorasick,
    count: usize,
    /// For each shape its groups of words, as indexes. A text needs one word of each group.
    needs: Vec<Vec<Vec<usize>>>,
}

static FILTER: LazyLock<Filter> = LazyLock::new(|| {
    let mut words: Vec<&'static str> = Vec::new();
    let mut index_of = |word: &'static str| {
        words.iter().position(|other| *other == word).unwrap_or_else(|| {
            words.push(word);
            words.len() - 1
        })
    };
    let whole = SHAPES.iter().filter(|shape| shape.is_whole);
    let by_structure = whole.map(|shape| shape.has.iter().flat_map(|path| groups(path)).collect());
    let by_text = TEXT_SHAPES.iter().map(|shape| vec![shape.words.to_vec()]);
    // A Secret and `binaryData` contain base64, which hides the words of a shape. So these files are always parsed.
    let encoded = [vec![vec!["Secret"], vec!["data"]], vec![vec!["binaryData"]]];
    let needs = by_structure
        .chain(by_text)
        .chain(encoded)
        .map(|groups: Vec<Vec<&'static str>>| {
            groups.into_iter().map(|words| words.into_iter().map(&mut index_of).collect()).collect()
        })
        .collect();
    let kind = Some(AhoCorasickKind::DFA);
    Filter { words: pattern::keywords(kind, words.iter().copied()), count: words.len(), needs }
});

/// Returns the words of a path in groups. A text needs one word of each group.
fn groups(path: &'static str) -> Vec<Vec<&'static str>> {
    let mut groups = Vec::new();
    for segment in super::segments(path) {
        if segment == "[]" || segment == ANY {
            continue;
        }
        let (name, test) = Test::of(segment);
        groups.push(vec![name]);
        match test {
            Some(Test::OneOf(values) | Test::BeginsWith(values)) => {
                groups.push(values.split('|').collect());
            }
            // `$` begins a variable, and its value may be the name of any image.
            Some(Test::MonitoringImage) => groups.push(
                MONITORING_OWNERS.iter().chain(MONITORING_NAMES).copied().chain(["$"]).collect(),
            ),
            Some(Test::LangfuseImage) => groups.push(vec!["langfuse", "$"]),
            None => {}
        }
    }
    groups
}

/// Whether a text can contain a surface. JSON escapes hide the words of a key, so a text with a string that begins
/// with an escape such as `\u0061` counts, too.
pub(crate) fn may_hold_a_surface(text: &str) -> bool {
    let filter = &*FILTER;
    let mut has = vec![false; filter.count];
    for found in filter.words.find_overlapping_iter(text) {
        if let Some(has) = has.get_mut(found.pattern().as_usize()) {
            *has = true;
        }
    }
    let is_present = |word: &usize| has.get(*word).copied().unwrap_or(true);
    filter.needs.iter().any(|groups| groups.iter().all(|words| words.iter().any(is_present)))
        || text.contains("\"\\u00")
}
