//! The allowed-signers file, as the manual of `ssh-keygen` describes it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};

/// Whose keys may sign what, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedSigners {
    lines: Vec<AllowedSigner>,
}

/// One line: some principals and one key of theirs.
#[derive(Clone, Debug)]
struct AllowedSigner {
    principals: String,
    namespaces: Option<String>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
    key: PublicKey,
}

/// What is wrong with an allowed-signers file, and where. Nothing of the file is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    pub(crate) problem: &'static str,
}

/// Why a key may not sign for a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAllowed {
    #[error("no line of the allowed-signers file gives this principal this key")]
    UnknownKey,
    #[error("the allowed-signers file does not allow the key to sign such documents")]
    OtherNamespace,
    #[error("the key was not yet valid when the document was recorded")]
    NotYetValid,
    #[error("the key was no longer valid when the document was recorded")]
    Expired,
}

impl AllowedSigners {
    /// Reads the file. Lines that are blank or begin with `#` say nothing; any other has to be readable.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut lines = Vec::new();
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = |column, problem| Unreadable { line: index + 1, column, problem };
            let line = std::str::from_utf8(line).map_err(|_| place(1, "this line is no UTF-8"))?;
            let line = line.strip_suffix('\r').unwrap_or(line);
            let text = line.trim_start_matches(BLANKS);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let read = read_line(text).map_err(|(rest, problem)| {
                let column = line.chars().count() - rest.chars().count() + 1;
                place(column, problem)
            })?;
            lines.push(read);
        }
        Ok(Self { lines })
    }

    /// Whether `key` may sign for `principal` in `namespace` at a moment.
    pub(crate) fn allow(
        &self,
        key: &PublicKey,
        principal: &str,
        namespace: &str,
        at: Timestamp,
    ) -> Result<(), NotAllowed> {
        let mut why_not = NotAllowed::UnknownKey;
        for line in &self.lines {
            let is_theirs =
                line.key.key_data() == key.key_data() && matches_list(&line.principals, principal);
            if !is_theirs {
                continue;
            }
            why_not = if line.namespaces.as_ref().is_some_and(|list| !matches_list(list, namespace))
            {
                NotAllowed::OtherNamespace
            } else if line.valid_after.is_some_and(|after| at < after) {
                NotAllowed::NotYetValid
            } else if line.valid_before.is_some_and(|before| at > before) {
                NotAllowed::Expired
            } else {
                return Ok(());
            };
        }
        Err(why_not)
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// What cannot be read: the rest of the line from there on, and what is wrong with it.
type Fault<'t> = (&'t str, &'static str);

fn read_line(line: &str) -> Result<AllowedSigner, Fault<'_>> {
    let (principals, rest) = field(line)?;
    if principals.is_empty() {
        return Err((line, "there are no principals"));
    }
    match read_key(rest) {
        Some(key) => Ok(AllowedSigner {
            principals: principals.to_owned(),
            namespaces: None,
            valid_after: None,
            valid_before: None,
            key: supported(key, rest)?,
        }),
        None => read_with_options(principals, rest),
    }
}

/// A key at the beginning of a text: its kind and its digits, whatever blanks stand between and behind them.
fn read_key(text: &str) -> Option<PublicKey> {
    let mut words = text.split_ascii_whitespace();
    format!("{} {}", words.next()?, words.next()?).parse().ok()
}

/// The key, if its signatures can be checked here.
fn supported(key: PublicKey, at: &str) -> Result<PublicKey, Fault<'_>> {
    /// Fewer bits are not taken for a signature any more.
    const RSA_BYTES: usize = 2048 / 8;
    let is_strong =
        |key: &RsaPublicKey| key.n.as_positive_bytes().map_or(0, <[u8]>::len) >= RSA_BYTES;
    let is_supported = match key.key_data() {
        KeyData::Ed25519(_) => true,
        KeyData::Rsa(key) => is_strong(key),
        KeyData::Ecdsa(key) => {
            matches!(key, EcdsaPublicKey::NistP256(_) | EcdsaPublicKey::NistP384(_))
        }
        _ => false,
    };
    if is_supported {
        Ok(key)
    } else {
        Err((at, "keys are ed25519, ecdsa with p256 or p384, or rsa of 2,048 bits or more"))
    }
}

/// Reads the rest of a line in which options stand before the key.
fn read_with_options<'t>(principals: &str, rest: &'t str) -> Result<AllowedSigner, Fault<'t>> {
    let (namespaces, valid_after, valid_before, rest) = {
        let (mut namespaces, mut valid_after, mut valid_before) = (None, None, None);
        let mut left = rest;
        loop {
            let (name, value, after) = option(left)?;
            match name.to_ascii_lowercase().as_str() {
                "cert-authority" => {
                    return Err((
                        left,
                        "cert-authority is not supported: list the keys themselves",
                    ));
                }
                "namespaces" => once(&mut namespaces, value.to_owned(), left)?,
                "valid-after" => once(&mut valid_after, time(value, left)?, left)?,
                "valid-before" => once(&mut valid_before, time(value, left)?, left)?,
                _ => return Err((left, "this is neither a key nor an option that ssh-keygen has")),
            }
            match after.strip_prefix(',') {
                Some(next) => left = next,
                None => {
                    break (
                        namespaces,
                        valid_after,
                        valid_before,
                        after.trim_start_matches(BLANKS),
                    );
                }
            }
        }
    };
    if valid_after.zip(valid_before).is_some_and(|(after, before)| before <= after) {
        return Err((
            rest,
            "the options before it are never valid: valid-before is not after valid-after",
        ));
    }
    let key = read_key(rest).ok_or((rest, "this is no public key in the form of OpenSSH"))?;
    let key = supported(key, rest)?;
    Ok(AllowedSigner {
        principals: principals.to_owned(),
        namespaces,
        valid_after,
        valid_before,
        key,
    })
}

fn once<'t, T>(slot: &mut Option<T>, value: T, at: &'t str) -> Result<(), Fault<'t>> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err((at, "this option stands twice")),
    }
}

/// The first field of a line, in quotes or up to a blank, and what follows the blanks behind it.
fn field(line: &str) -> Result<(&str, &str), Fault<'_>> {
    let (field, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or((line, "a quote is not closed"))?,
        None => line.split_at(line.find(BLANKS).unwrap_or(line.len())),
    };
    let rest = rest.trim_start_matches(BLANKS);
    if rest.is_empty() { Err((rest, "the key is missing")) } else { Ok((field, rest)) }
}

/// The first option of a list: its name, its value without quotes, and what follows.
fn option(text: &str) -> Result<(&str, &str, &str), Fault<'_>> {
    let end = text.find(['=', ',', ' ', '\t']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else { return Ok((name, "", rest)) };
    let quoted =
        value.strip_prefix('"').ok_or((value, "the value of an option stands in quotes"))?;
    let (value, rest) = quoted.split_once('"').ok_or((value, "a quote is not closed"))?;
    Ok((name, value, rest))
}

/// A time as `YYYYMMDDZ` or `YYYYMMDDHHMM[SS]Z`: without `Z` it would be another one on each machine.
fn time<'t>(value: &str, at: &'t str) -> Result<Timestamp, Fault<'t>> {
    let digits = value.strip_suffix('Z').ok_or((at, "a time has to end in Z, for UTC"))?;
    let format = match digits.len() {
        8 => "%Y%m%d",
        12 => "%Y%m%d%H%M",
        14 => "%Y%m%d%H%M%S",
        _ => return Err((at, "a time is YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ")),
    };
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let civil = if format == "%Y%m%d" {
        jiff::civil::Date::strptime(format, digits).map(|date| date.at(0, 0, 0, 0))
    } else {
        DateTime::strptime(format, digits)
    };
    civil
        .ok()
        .filter(|_| is_number)
        .and_then(|civil| civil.to_zoned(TimeZone::UTC).ok())
        .map(|zoned| zoned.timestamp())
        .filter(|time| *time >= Timestamp::UNIX_EPOCH)
        .ok_or((at, "this time does not exist"))
}

/// Whether one of the comma-separated patterns matches and none that begins with `!` does.
fn matches_list(patterns: &str, text: &str) -> bool {
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

/// Whether a pattern matches the whole text: `*` stands for any bytes, `?` for one, as in OpenSSH.
fn matches(pattern: &str, text: &str) -> bool {
    let text = text.as_bytes();
    // Which prefixes of the text the pattern matches as far as it is read.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for symbol in pattern.bytes() {
        let mut next = vec![false; text.len() + 1];
        let mut is_after_match = false;
        for (index, slot) in next.iter_mut().enumerate() {
            let before = index.checked_sub(1);
            let was_reached = |index: usize| reached.get(index).copied().unwrap_or_default();
            *slot = match symbol {
                b'*' => {
                    is_after_match |= was_reached(index);
                    is_after_match
                }
                _ => before.is_some_and(|before| {
                    was_reached(before) && (symbol == b'?' || text.get(before) == Some(&symbol))
                }),
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    fn fault(line: &str) -> (usize, &'static str) {
        let text = format!("# signers\n\n{line}\n");
        let Unreadable { line, column, problem } =
            AllowedSigners::parse(text.as_bytes()).unwrap_err();
        assert_eq!(line, 3);
        (column, problem)
    }

    #[test]
    fn every_line_that_cannot_be_read_is_an_error_with_its_place() {
        for (line, column, problem) in [
            ("ada@example.com".to_owned(), 16, "the key is missing"),
            (format!("\"ada@example.com {KEY}"), 1, "a quote is not closed"),
            (format!("ada cert-authority {KEY}"), 5, "cert-authority is not supported"),
            (format!("ada namespaces=git {KEY}"), 16, "stands in quotes"),
            (format!("ada valid-after=\"20260101\" {KEY}"), 5, "has to end in Z"),
            (format!("ada valid-after=\"2026Z\" {KEY}"), 5, "a time is YYYYMMDDZ"),
            (format!("ada valid-after=\"20260230Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"+0260203Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"19600101Z\" {KEY}"), 5, "does not exist"),
            (format!("ada namespaces=\"a\",namespaces=\"b\" {KEY}"), 20, "stands twice"),
            (format!("ada nonsense {KEY}"), 5, "neither a key nor an option"),
            (
                format!("ada valid-after=\"20260101Z\",valid-before=\"20260101Z\" {KEY}"),
                54,
                "never valid",
            ),
            ("ada ssh-ed25519 AAAA".to_owned(), 5, "neither a key nor an option"),
            ("告 namespaces=\"a\" ssh-ed25519 AAAA".to_owned(), 18, "no public key"),
        ] {
            let (at, found) = fault(&line);
            assert!(found.contains(problem), "{line}: {found}");
            assert_eq!(at, column, "{line}");
        }
    }

    #[test]
    fn a_key_signs_for_its_principals_in_its_namespaces_and_time() {
        let signers = format!(
            "*@example.com,!eve@example.com namespaces=\"owner-*\",valid-after=\"20260101Z\",valid-before=\"202601020304Z\" {KEY} a comment\r\n\
             \"Ada Owner\" {KEY}\n"
        );
        let signers = AllowedSigners::parse(signers.as_bytes()).unwrap();
        let key: PublicKey = KEY.parse().unwrap();
        let allow = |principal, namespace, time: &str| {
            signers.allow(&key, principal, namespace, time.parse().unwrap())
        };
        let noon = "2026-01-01T12:00:00Z";
        assert_eq!(allow("ada@example.com", "owner-response", noon), Ok(()));
        assert_eq!(allow("eve@example.com", "owner-response", noon), Err(NotAllowed::UnknownKey));
        assert_eq!(allow("ada@example.org", "owner-response", noon), Err(NotAllowed::UnknownKey));
        assert_eq!(allow("ada@example.com", "reviewer", noon), Err(NotAllowed::OtherNamespace));
        let at = |time| allow("ada@example.com", "owner-response", time);
        assert_eq!(at("2025-12-31T23:59:59Z"), Err(NotAllowed::NotYetValid));
        assert_eq!(at("2026-01-01T00:00:00Z"), Ok(()));
        assert_eq!(at("2026-01-02T03:04:00Z"), Ok(()));
        assert_eq!(at("2026-01-02T03:04:01Z"), Err(NotAllowed::Expired));
        assert_eq!(allow("Ada Owner", "anything", noon), Ok(()));
    }

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
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
        assert!(
            !matches_list("!a", "b") && matches_list("!a,*", "b") && !matches_list("*,!b", "b")
        );
    }
}
