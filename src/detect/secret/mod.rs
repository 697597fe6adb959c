//! Finds secrets, whole or in part, also in base64 and percent escapes.
//!
//! A text is read several times: as it is, with percent escapes and base64 decoded, then without line breaks, then
//! without white space. So a secret that is encoded, wrapped or split is found too.

mod counts;
mod manifest;
mod parts;
mod prose;
mod rules;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::escape::is_unseen;
use crate::words::Problem;

use super::Match;
use super::fold::Folded;
use super::rule::{Rule, RuleSet};
use crate::pattern::Pattern;
pub(crate) use parts::{IN_PIECES, PARTS};
pub(crate) use prose::IN_PROSE;
pub(crate) use rules::RULES;

/// The base of every rule for whole secrets.
const SECRET: Rule = Rule { problem: Problem::SecretValue, ..Rule::BASE };

/// How many layers of base64 or percent escapes are decoded. A text with more layers is `oversized`, because the rest
/// would not be examined.
const DEPTH: usize = 2;

/// The rules for secrets, and the pattern for text that must be decoded first.
#[derive(Debug)]
pub(crate) struct Secrets {
    rules: RuleSet,
    in_pieces: RuleSet,
    /// A run that may be base64, standard or URL-safe, of [`MIN_ENCODED`] characters or more.
    base64: Pattern,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        Self {
            rules: RuleSet::new(RULES.iter().chain(IN_PROSE).chain(PARTS)),
            in_pieces: RuleSet::new(IN_PIECES),
            // As long as `MIN_ENCODED` at least.
            base64: Pattern::new(&[r"[a-z0-9+/_-]{16,}={0,2}"]),
        }
    }

    #[cfg(test)]
    pub(crate) fn compile(&self) {
        let Self { rules, in_pieces, base64 } = self;
        rules.compile();
        in_pieces.compile();
        base64.compile();
    }

    /// Returns each place of the text that carries a secret, or that is encoded too often.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Match> {
        let mut matches = self.find_decoded(text, DEPTH);
        // Tools such as `base64` wrap their output, so the lines are joined.
        if matches.is_empty() && text.as_str().contains('\n') {
            matches = self.find_decoded(&text.without_line_breaks(), DEPTH);
        }
        // The keywords are looked for first. Most texts have none, and need no joined copy with its map of places.
        if matches.is_empty() && self.in_pieces.has_keyword(&without_white_space(text.lower())) {
            matches = self.in_pieces.find(&text.joined());
        }
        matches.sort_by_key(|(problem, range)| (range.start, range.end, *problem));
        matches.dedup();
        matches
    }

    /// Finds secrets in a text, and in each part of it that can be decoded, down to `depth` layers.
    fn find_decoded(&self, text: &Folded, depth: usize) -> Vec<Match> {
        let mut matches = self.rules.find(text);
        for part in self.base64.places(text.lower()) {
            let encoded = text.as_str().get(part.clone()).unwrap_or_default();
            for (start, decoded) in decode_texts(encoded) {
                let part = part.start + start..part.end;
                if depth == 0 {
                    // This layer is not decoded, so its contents are not examined.
                    matches.push((Problem::Oversized, text.origin(&part)));
                } else {
                    if is_pair(&decoded, text.lower()) {
                        matches.push((Problem::SecretValue, text.origin(&part)));
                    }
                    let decoded = text.decoded_from(&part, decoded);
                    matches.extend(self.find_decoded(&decoded, depth - 1));
                }
            }
        }
        if let Some(decoded) = text.percent_decoded() {
            if depth == 0 {
                matches.push((Problem::Oversized, text.origin(&(0..text.as_str().len()))));
            } else {
                matches.extend(self.find_decoded(&decoded, depth - 1));
            }
        }
        matches
    }
}

/// Decodes a run of base64. Returns each start in the run that gives a text, with that text.
///
/// A path or a name may be directly before the base64, as in `secretstore/path/ZGJf...`, and its characters look like
/// base64. So decoding is tried from the beginning and after each `/`, `-` and `_`.
fn decode_texts(run: &str) -> impl Iterator<Item = (usize, String)> {
    /// The most starts that are tried. A real path has fewer parts, and each start costs one decoding.
    const MAX_PARTS: usize = 8;
    let breaks = run.match_indices(['/', '-', '_']).map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(breaks).take(MAX_PARTS);
    starts.filter_map(|start| {
        let part = run.get(start..).filter(|part| part.len() >= MIN_ENCODED)?;
        Some((start, decode_text(part)?))
    })
}

/// Whether a decoded text is a user and a password, as HTTP and SMTP have them. Ids and cursors of an API have
/// this form, too. So the password has a sign, or the text around it speaks of a login.
fn is_pair(decoded: &str, around: &str) -> bool {
    let is_user = |user: &str| {
        let names = ["user", "cursor", "offset", "id", "sha256", "channel", "time", "next"];
        user.len() > 1
            && user.starts_with(|first: char| first.is_ascii_alphabetic())
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte))
            && !names.contains(&user)
    };
    let speaks_of_login = || {
        let words = ["basic", "auth", "smtp", "login", "password", "credential", "密碼", "帳"];
        words.iter().any(|word| around.contains(word))
    };
    let is_password = |password: &str| {
        password.len() >= MIN_PASSWORD
            && password.bytes().all(|byte| byte.is_ascii_graphic())
            && counts::is_odd_value(password, decoded)
            && (password.contains(|c| "!@#$%^&*?~+=".contains(c)) || speaks_of_login())
    };
    // `echo` writes a line break behind them.
    let pair = decoded.trim().split_once(':');
    pair.is_some_and(|(user, password)| is_user(user) && is_password(password))
}

/// The shortest password of a decoded pair. Something shorter may be a port.
const MIN_PASSWORD: usize = 6;

/// The shortest run that is decoded. A shorter one holds at most eleven bytes, and no rule finds a secret in that.
const MIN_ENCODED: usize = 16;

/// Returns a text without white space, for the search for keywords.
fn without_white_space(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Decodes base64. Returns `None` if it does not decode, or if the result is not a text.
fn decode_text(encoded: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    // The URL-safe alphabet has `-` and `_` in place of `+` and `/`.
    let is_url_safe = encoded.contains(['-', '_']);
    let alphabet = if is_url_safe { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    // A run may be cut off. One character of a group holds no whole byte, so it is dropped.
    let trimmed = encoded.trim_end_matches('=');
    let whole = trimmed.get(..trimmed.len() - usize::from(trimmed.len() % 4 == 1))?;
    let bytes = GeneralPurpose::new(alphabet, config).decode(whole).ok()?;
    // Up to one byte in eight may be something other than visible text. A few such bytes must not hide a secret.
    let text = String::from_utf8_lossy(&bytes);
    let is_seen = |character: &char| *character != '\u{fffd}' && !is_unseen(*character);
    let seen: String = text.chars().filter(is_seen).collect();
    let is_text = text.chars().count() - seen.chars().count() <= bytes.len() / 8;
    is_text.then_some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_no_text_hides_no_secret_that_is_escaped() {
        let secret = "ghp%5Fa8K2mZ7qX4vB9nL1cR6tY3wE5uI0oP2sD4fG";
        for text in [secret.to_owned(), format!("{secret} 100%ff"), format!("%C3({secret}")] {
            assert_eq!(Secrets::new().find(&Folded::new(&text)).len(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_encoded_more_often_than_it_is_decoded_is_oversized() {
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let mut text = "plain words, often encoded".to_owned();
        for times in 1..=5 {
            text = encode(&text);
            let found = Secrets::new().find(&Folded::new(&format!("see {text}")));
            let is_oversized = found.iter().any(|(problem, _)| *problem == Problem::Oversized);
            assert_eq!(is_oversized, times > DEPTH, "{times}");
        }
        for (text, is_oversized) in
            [("a%2541b", false), ("a%25252541b", true), ("100%25 of it", false)]
        {
            let found = Secrets::new().find(&Folded::new(text));
            let problems: Vec<_> = found.iter().map(|(problem, _)| *problem).collect();
            assert_eq!(problems.contains(&Problem::Oversized), is_oversized, "{text}");
        }
    }

    #[test]
    fn a_split_token_is_found_whatever_follows_it() {
        for text in [
            "AIzaSyB7qK2mZ7 qX4vB9nL1cR6tY3wE5uI0oP2s in the ingest job",
            "AIzaSyB7qK2mZ7\nqX4vB9nL1cR6tY3wE5uI0oP2s\nrotated on Monday",
            "the token xoxb-2048 1234-4096 5678-a8K2mZ7qX4vB was removed on Monday",
        ] {
            assert!(!Secrets::new().find(&Folded::new(text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_variable_without_a_value_does_not_take_the_next_line_for_it() {
        for text in [
            "SMTP_KEY=\nSMTP_HOST=relay1.local",
            "GITHUB_API_KEY=\nOTHER_API_KEY=",
            "app.password=\r\nspring.datasource.url=",
        ] {
            assert_eq!(Secrets::new().find(&Folded::new(text)), [], "{text}");
        }
        for text in
            ["SMTP_PASSWORD=\nhunter2x", "DB_PASSWORD=A_B=hunter2x", "password=a.b=hunter2x"]
        {
            assert!(!Secrets::new().find(&Folded::new(text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn base64_is_read_as_far_as_it_is_text() {
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let secret = b"db_password=Qm7xV2bN9cR4tY6wEx";
        let read = |encoded: &str| decode_text(encoded).is_some_and(|text| text.contains("=Qm7"));
        // Cut off in the middle of a group.
        assert!(read(&format!("{}A", encode(secret))));
        // A byte in eight may be no text, and no more.
        assert!(read(&encode(&[&b"\xff\xff\xff"[..], secret].concat())));
        assert!(!read(&encode(&[&b"\xff".repeat(8)[..], secret].concat())));
        // What cannot be seen does not part what can.
        let parted = decode_text(&encode(b"db_pass\0word=Qm7xV2bN9cR4tY6wEx")).unwrap();
        assert_eq!(parted, "db_password=Qm7xV2bN9cR4tY6wEx");
    }

    #[test]
    fn a_user_and_a_password_in_base64_are_a_secret() {
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        for (pair, is_secret) in [
            ("smtpuser:Kasetori!77", true),
            ("ops@mail.local:hunter2x", true),
            ("grafana.local:3000", false),
            ("the route: mail, 24 hours", false),
            ("alerting:platform", false),
            ("smtpuser:Kasetori!77\n", true),
            ("04:User583231", false),
            ("user:U0G9WFXNZ", false),
            ("2026-10-20T08:00:00Z", false),
        ] {
            let text = format!("auth 是 {}", encode(pair));
            let found = Secrets::new().find(&Folded::new(&text));
            assert_eq!(
                found.iter().any(|(problem, _)| *problem == Problem::SecretValue),
                is_secret,
                "{pair}"
            );
        }
    }

    #[test]
    fn a_pair_without_a_sign_needs_a_word_for_a_login() {
        let encoded = base64::engine::general_purpose::STANDARD.encode("grafana:winter2026");
        for (before, is_secret) in [("basic", true), ("the cursor is", false)] {
            let found = Secrets::new().find(&Folded::new(&format!("{before} {encoded}")));
            assert_eq!(!found.is_empty(), is_secret, "{before}");
        }
    }

    #[test]
    fn a_secret_is_found_where_it_stands() {
        let token = "ghp_a8K2mZ7qX4vB9nL1cR6tY3wE5uI0oP2sD4fG";
        let range = |text: &str| {
            let found = Secrets::new().find(&Folded::new(text));
            found.into_iter().map(|(_, range)| range).collect::<Vec<_>>()
        };
        let ranges = range(&format!("see {token}\nabcdef"));
        assert_eq!(
            ranges.iter().map(|range| (range.start, range.end)).collect::<Vec<_>>(),
            [(4, 44)]
        );
        let encoded =
            base64::engine::general_purpose::STANDARD.encode("db_password=Qm7xV2bN9cR4tY6wEx");
        let ranges = range(&format!("see kkkkkkk/{encoded}"));
        assert!(ranges.iter().all(|range| range.start >= 4 && range.end <= 12 + encoded.len()));
        assert!(ranges.iter().any(|range| range.start == 12), "{ranges:?}");
    }

    #[test]
    fn a_secret_in_pieces_is_found() {
        for hit in IN_PIECES.iter().flat_map(|rule| rule.hits) {
            let spaced: Vec<_> = hit.chars().map(String::from).collect();
            assert!(!Secrets::new().find(&Folded::new(&spaced.join(" "))).is_empty());
        }
    }

    #[test]
    fn what_is_encoded_behind_a_path_or_with_other_bytes_is_found() {
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let secret = b"db_password=Qm7xV2bN9cR4tY6wEx";
        let wrapped =
            encode(&[&b"some longer text before it, so that it is wrapped; "[..], secret].concat());
        let (first, second) = wrapped.split_at(76);
        for text in [
            encode(secret),
            encode(&[&b"\x01"[..], secret].concat()),
            encode(&[secret, &b"\0"[..]].concat()),
            encode(&[&b"\xff"[..], secret].concat()),
            format!("k/{}", encode(secret)),
            format!("secretstore/path/{}", encode(secret)),
            format!("{first}\n{second}"),
            format!("{first}\r\n{second}"),
        ] {
            let found = Secrets::new().find(&Folded::new(&text));
            assert!(found.iter().any(|(problem, _)| *problem == Problem::SecretValue), "{text}");
        }
    }
}
