//! Matches patterns as OpenSSH does: `*` matches any number of bytes, `?` matches one byte.

/// The longest pattern that OpenSSH matches, in bytes, without a leading `!`. OpenSSH copies a pattern to a buffer of
/// 1,024 bytes. If a list has a longer pattern, the list matches nothing there.
pub(super) const MAX_PATTERN: usize = 1_022;

/// Returns the offset of the first pattern that is too long; `None` if there is none.
pub(super) fn too_long(list: &str) -> Option<usize> {
    let mut start = 0;
    list.split(',').find_map(|pattern| {
        let at = start;
        start += pattern.len() + 1;
        let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
        (pattern.len() > MAX_PATTERN).then_some(at)
    })
}

/// Whether a comma-separated list of patterns matches. At least one pattern must match, and no pattern that begins with
/// `!` may match.
pub(super) fn matches_list(patterns: &str, text: &str) -> bool {
    let mut is_matched = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern, text) => return false,
            Some(_) => {}
            None => is_matched |= matches(pattern, text),
        }
    }
    is_matched
}

/// Whether a pattern matches the whole text.
///
/// If the text after the last `*` does not match, that `*` takes one byte more. Earlier `*` need not be tried again:
/// whatever they could take, the last `*` can take, too. So the time grows at most with the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    // The pattern after the last `*`, and the text where it was last tried.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, text) {
            ([], []) => return true,
            ([b'*', rest @ ..], _) => {
                pattern = rest;
                star = Some((rest, text));
            }
            ([symbol, rest @ ..], [byte, after @ ..]) if *symbol == b'?' || symbol == byte => {
                (pattern, text) = (rest, after);
            }
            _ => match star {
                Some((rest, [_, after @ ..])) => {
                    (pattern, text) = (rest, after);
                    star = Some((rest, after));
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, FileFailurePersistence};

    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, is_match) in [
            ("", "", true),
            ("*", "", true),
            ("?", "", false),
            ("a?c", "abc", true),
            ("a*c", "ac", true),
            ("a*c*", "abcabc", true),
            ("a*d", "abcabc", false),
            ("*告*", "警告了", true),
            ("abc", "abcd", false),
            ("abcd", "abc", false),
            ("???", "告", true),
            ("?", "告", false),
            ("*?", "", false),
            ("**", "a", true),
            ("A", "a", false),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
        assert!(
            !matches_list("!a", "b") && matches_list("!a,*", "b") && !matches_list("*,!b", "b")
        );
    }

    #[test]
    fn a_pattern_that_is_too_long_is_found_where_it_begins() {
        let [longest, longer] = [MAX_PATTERN, MAX_PATTERN + 1]
            .map(|length| "告".repeat(length / 3) + &"x".repeat(length % 3));
        assert_eq!(too_long(&format!("{longest},!{longest}")), None);
        assert_eq!(too_long(&format!("a,{longer},{longer}")), Some(2));
        assert_eq!(too_long(&format!("{longest},!{longer}")), Some(MAX_PATTERN + 1));
    }

    /// A matcher that tries every `*` would need far too long for these patterns.
    #[test]
    fn a_hostile_pattern_at_the_limits_comes_to_an_end() {
        let text = "a".repeat(1_024);
        let many = "*a".repeat(MAX_PATTERN / 2);
        for hostile in [
            format!("{}b", many.split_at(MAX_PATTERN - 2).0),
            format!("*{}b", "a".repeat(MAX_PATTERN / 2)),
            format!("{}b", "*?".repeat(MAX_PATTERN / 2 - 1)),
        ] {
            assert!(too_long(&hostile).is_none() && !matches(&hostile, &text), "{hostile}");
        }
        assert!(matches(&many, &text));
    }

    /// A simple matcher that tries everything, to compare with.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
            [symbol, rest @ ..] => text.split_first().is_some_and(|(byte, after)| {
                (*symbol == b'?' || symbol == byte) && naive(rest, after)
            }),
        }
    }

    #[test]
    fn a_pattern_matches_what_a_naive_matcher_says() {
        let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
        let config =
            Config { failure_persistence: Some(Box::new(persistence)), ..Config::default() };
        proptest!(config, |(pattern in "(a|b|告|[?]|[*]|[*]){0,9}", text in "[ab告]{0,6}")| {
            prop_assert_eq!(matches(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
        });
    }
}
