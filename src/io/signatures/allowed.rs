//! Parses the allowed-signers file, with its error messages, as the manual of `ssh-keygen` describes it under ALLOWED SIGNERS.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use ssh_key::PublicKey;

use super::{Namespace, key, pattern};
use crate::signer::SignerRole;

/// A parsed allowed-signers file: whose keys may sign, what they may sign and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedSigners {
    lines: Vec<AllowedSigner>,
}

/// One line of the file: a key, and the principals that may use it.
#[derive(Clone, Debug)]
struct AllowedSigner {
    /// Comma-separated patterns.
    principals: String,
    /// Comma-separated patterns.
    namespaces: String,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
    key: PublicKey,
}

impl AllowedSigner {
    fn has_namespace(&self, namespace: Namespace) -> bool {
        pattern::matches_list(&self.namespaces, namespace.as_str())
    }
}

/// Why an allowed-signers file cannot be parsed, and where. Does not repeat text of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column in characters, from 1.
    pub(crate) column: usize,
    pub(crate) problem: &'static str,
}

impl Unreadable {
    /// The next step for the user, as an imperative.
    pub(crate) fn next_step(&self) -> &'static str {
        if self.problem == NO_NAMESPACES {
            "add the option namespaces= before the key: \"owner-response@acceptance-ledger\" for an owner, \
             \"reviewer-record@acceptance-ledger\" for a person who reviews, \
             \"reviewer-automation@acceptance-ledger\" for a program that reviews"
        } else {
            "fix the line, or remove it; see ALLOWED SIGNERS in `man ssh-keygen`"
        }
    }
}

/// Why a key may not sign for a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAllowed {
    #[error("the allowed-signers file does not list this key for this principal")]
    UnknownKey,
    #[error("the allowed-signers file does not allow the key to sign this kind of document")]
    OtherNamespace,
    #[error("the key was not yet valid when the document was recorded")]
    NotYetValid,
    #[error("the key was no longer valid when the document was recorded")]
    Expired,
}

impl AllowedSigners {
    /// Parses the file. Skips blank lines and lines that begin with `#`.
    ///
    /// # Errors
    ///
    /// If any other line is invalid, or if any line is not UTF-8 or has a control character other than a tab.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut lines = Vec::new();
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = |column, problem| Unreadable { line: index + 1, column, problem };
            let line = std::str::from_utf8(line).map_err(|_| place(1, "this line is not UTF-8"))?;
            let line = line.strip_suffix('\r').unwrap_or(line);
            // OpenSSH stops reading a line at a NUL. Other control characters may look like a line break in an editor.
            let control = line.chars().position(|c| c.is_control() && c != '\t');
            if let Some(before) = control {
                return Err(place(before + 1, "a control character is not allowed"));
            }
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

    /// Returns the role in which `key` signs for `principal` in `namespace` at the time `at`.
    ///
    /// # Errors
    ///
    /// If no line allows it. If several lines list the key for the principal, the error is about the last of them.
    pub(crate) fn allow(
        &self,
        key: &PublicKey,
        principal: &str,
        namespace: Namespace,
        at: Timestamp,
    ) -> Result<SignerRole, NotAllowed> {
        let mut why_not = NotAllowed::UnknownKey;
        for line in &self.lines {
            let is_theirs = line.key.key_data() == key.key_data()
                && is_principal(principal)
                && pattern::matches_list(&line.principals, principal);
            if !is_theirs {
                continue;
            }
            why_not = if !line.has_namespace(namespace) {
                NotAllowed::OtherNamespace
            } else if line.valid_after.is_some_and(|after| at < after) {
                NotAllowed::NotYetValid
            } else if line.valid_before.is_some_and(|before| at > before) {
                NotAllowed::Expired
            } else {
                return Ok(self.role(key, namespace));
            };
        }
        Err(why_not)
    }

    /// Returns the role in which `key` signs in `namespace`.
    ///
    /// If any line lets the key review as automation, the key never signs as a person. The line's principal and time do
    /// not matter: a program that has the key could sign in the namespace for persons, too.
    fn role(&self, key: &PublicKey, namespace: Namespace) -> SignerRole {
        let is_automation_key = self.lines.iter().any(|line| {
            line.key.key_data() == key.key_data()
                && line.has_namespace(Namespace::ReviewerAutomation)
        });
        match namespace {
            Namespace::OwnerResponse => SignerRole::Owner,
            Namespace::ReviewerRecord if !is_automation_key => SignerRole::Person,
            Namespace::ReviewerRecord | Namespace::ReviewerAutomation => SignerRole::Automation,
        }
    }
}

/// Whether a name can be a principal. `ssh-keygen` cannot check a signature for any other name.
fn is_principal(name: &str) -> bool {
    /// The length limit in bytes.
    const LONGEST: usize = 1_024;
    !name.is_empty() && name.len() <= LONGEST && !name.contains('\0')
}

const BLANKS: [char; 2] = [' ', '\t'];

/// An error in a line: the rest of the line from the error on, and the problem. The length of the rest gives the column.
type OptionFault<'t> = (&'t str, &'static str);

/// Parses a line: principals, options and a key.
fn read_line(line: &str) -> Result<AllowedSigner, OptionFault<'_>> {
    let (principals, after_principals) = field(line)?;
    if principals.is_empty() {
        return Err((line, "the principals are missing"));
    }
    // A key without options is allowed here, so that the error is about the missing namespaces.
    let (options, rest, key) = if let Some(key) = key::read(after_principals) {
        (Options::default(), after_principals, Some(key))
    } else {
        let (options, rest) = Options::read(after_principals)?;
        (options, rest, key::read(rest))
    };
    let key = key.ok_or((rest, "expected a public key in OpenSSH format"))?;
    let Options { namespaces, valid_after, valid_before } = options;
    Ok(AllowedSigner {
        principals: principals.to_owned(),
        key: key.map_err(|problem| (rest, problem))?,
        namespaces: namespaces.ok_or((after_principals, NO_NAMESPACES))?.to_owned(),
        valid_after,
        valid_before,
    })
}

/// OpenSSH lets such a key sign anything. This tool refuses it: nothing would say whether a person or a program has the
/// key.
const NO_NAMESPACES: &str = "this line has no namespaces=: it must say what the key may sign";

/// The options before a key.
#[derive(Default)]
struct Options<'t> {
    namespaces: Option<&'t str>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl<'t> Options<'t> {
    /// Parses the options at the start of a text, and returns the rest after the blanks that follow them.
    fn read(mut text: &'t str) -> Result<(Self, &'t str), OptionFault<'t>> {
        let mut options = Self::default();
        let rest = loop {
            let after = options.read_one(text)?;
            match after.strip_prefix(',') {
                Some(next) => text = next,
                None if after.is_empty() || after.starts_with(BLANKS) => {
                    break after.trim_start_matches(BLANKS);
                }
                None => return Err((after, "expected a comma or a blank after the option")),
            }
        };
        let pair = options.valid_after.zip(options.valid_before);
        if pair.is_some_and(|(after, before)| before <= after) {
            return Err((
                rest,
                "this key is never valid: valid-before must be later than valid-after",
            ));
        }
        Ok((options, rest))
    }

    /// Parses the option at the start of a text, and returns the rest.
    fn read_one(&mut self, text: &'t str) -> Result<&'t str, OptionFault<'t>> {
        let end = text.find(['=', ',', ' ', '\t']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        // OpenSSH ignores the case of a name, too.
        match name.to_ascii_lowercase().as_str() {
            "namespaces" => {
                let (list, rest) = value(text, rest)?;
                set_once(&mut self.namespaces, list, text)?;
                Ok(rest)
            }
            "valid-after" => {
                let (digits, rest) = value(text, rest)?;
                set_once(&mut self.valid_after, time(digits, text)?, text)?;
                Ok(rest)
            }
            "valid-before" => {
                let (digits, rest) = value(text, rest)?;
                set_once(&mut self.valid_before, time(digits, text)?, text)?;
                Ok(rest)
            }
            "cert-authority" => {
                Err((text, "cert-authority is not supported: list the keys themselves"))
            }
            _ => Err((text, "expected a key or a known option")),
        }
    }
}

/// Sets an option. An option that is set already is a duplicate.
fn set_once<'t, T>(slot: &mut Option<T>, value: T, at: &'t str) -> Result<(), OptionFault<'t>> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err((at, "duplicate option")),
    }
}

/// Returns the first field of a line, and the rest after the blanks that follow it. The field is in quotes, or ends at a
/// blank.
fn field(line: &str) -> Result<(&str, &str), OptionFault<'_>> {
    let (start, (field, rest)) = match line.strip_prefix('"') {
        Some(quoted) => (quoted, quoted.split_once('"').ok_or((line, UNCLOSED))?),
        None => (line, line.split_at(line.find(BLANKS).unwrap_or(line.len()))),
    };
    // OpenSSH would remove the quote, and read on to the next one.
    if let Some(at) = field.find('"') {
        return Err((start.split_at(at).1, "a quote is not allowed inside the principals"));
    }
    check_pattern_lengths(field, start)?;
    let rest = rest.trim_start_matches(BLANKS);
    if rest.is_empty() { Err((rest, "the key is missing")) } else { Ok((field, rest)) }
}

const UNCLOSED: &str = "the closing quote is missing";

/// Returns the value of an option without its quotes, and the rest after it.
fn value<'t>(option: &'t str, rest: &'t str) -> Result<(&'t str, &'t str), OptionFault<'t>> {
    let value = rest.strip_prefix('=').ok_or((option, "this option needs a value"))?;
    let quoted =
        value.strip_prefix('"').ok_or((value, "the value of an option must be in quotes"))?;
    let (inner, rest) = quoted.split_once('"').ok_or((value, UNCLOSED))?;
    // In OpenSSH, a backslash before the quote would continue the value.
    if inner.contains('\\') {
        return Err((value, "a value must not contain a backslash"));
    }
    check_pattern_lengths(inner, quoted)?;
    Ok((inner, rest))
}

/// Checks that OpenSSH can match every pattern of a list. `at` is the rest of the line from the list on.
fn check_pattern_lengths<'t>(list: &str, at: &'t str) -> Result<(), OptionFault<'t>> {
    match pattern::too_long(list) {
        None => Ok(()),
        Some(start) => {
            Err((at.get(start..).unwrap_or(at), "this pattern is longer than 1,022 bytes"))
        }
    }
}

/// Parses a time, `YYYYMMDDZ` or `YYYYMMDDHHMM[SS]Z`.
///
/// OpenSSH reads a time without `Z` in the local time zone. Then it would be a different moment on each machine.
fn time<'t>(value: &str, at: &'t str) -> Result<Timestamp, OptionFault<'t>> {
    let digits = value.strip_suffix('Z').ok_or((at, "a time must end in Z (UTC)"))?;
    let format = match digits.len() {
        8 => "%Y%m%d",
        12 => "%Y%m%d%H%M",
        14 => "%Y%m%d%H%M%S",
        _ => return Err((at, "expected a time as YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ")),
    };
    let civil = if format == "%Y%m%d" {
        Date::strptime(format, digits).map(|date| date.at(0, 0, 0, 0))
    } else {
        DateTime::strptime(format, digits)
    };
    // `strptime` also accepts signs, blanks and the second 60. Writing the time again shows the difference.
    let civil = civil.ok().filter(|civil| civil.strftime(format).to_string() == digits);
    let civil = civil.ok_or((at, "this time does not exist"))?;
    let time = civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).ok();
    // For OpenSSH, the time 0 means "no limit".
    time.filter(|time| *time > Timestamp::UNIX_EPOCH)
        .ok_or((at, "a time must be later than 19700101Z and not later than 99991230Z"))
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
            (format!("\"ada@example.com {KEY}"), 1, "the closing quote is missing"),
            (format!("ada cert-authority {KEY}"), 5, "cert-authority is not supported"),
            (format!("ada namespaces=git {KEY}"), 16, "must be in quotes"),
            (format!("ada valid-after=\"20260101\" {KEY}"), 5, "must end in Z"),
            (format!("ada valid-after=\"2026Z\" {KEY}"), 5, "a time as YYYYMMDDZ"),
            (format!("ada valid-after=\"20260230Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"+0260203Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\" 2026203Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"20161231235960Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"2026٠١٠Z\" {KEY}"), 5, "a time as YYYYMMDDZ"),
            (format!("ada valid-after=\"Z\" {KEY}"), 5, "a time as YYYYMMDDZ"),
            (format!("ada valid-after=\"\" {KEY}"), 5, "must end in Z"),
            (format!("ada valid-after=\"00000000Z\" {KEY}"), 5, "does not exist"),
            (format!("ada valid-after=\"00000101Z\" {KEY}"), 5, "later than 19700101Z"),
            (format!("ada valid-after=\"19600101Z\" {KEY}"), 5, "later than 19700101Z"),
            (format!("ada valid-after=\"19700101Z\" {KEY}"), 5, "later than 19700101Z"),
            (format!("ada valid-before=\"99991231Z\" {KEY}"), 5, "not later than 99991230Z"),
            (format!("ada valid-before=\"99991231235959Z\" {KEY}"), 5, "not later than 99991230Z"),
            (format!("ada namespaces {KEY}"), 5, "needs a value"),
            (format!("ada namespaces=\"a\"{KEY}"), 19, "a comma or a blank"),
            (format!("ada namespaces=\"a\", {KEY}"), 20, "a key or a known option"),
            (format!("ada namespaces=\"a\\\",b\" {KEY}"), 16, "contain a backslash"),
            (format!("ada namespaces=\"a\\\" {KEY}"), 16, "contain a backslash"),
            ("ada namespaces=\"a\"".to_owned(), 19, "expected a public key"),
            (format!("ada\"x {KEY}"), 4, "a quote is not allowed"),
            (format!("\"\" {KEY}"), 1, "principals are missing"),
            (format!("ada {KEY}\r\r"), 85, "control character"),
            (format!("ada\0,eve {KEY}"), 4, "control character"),
            (format!("# a comment\rada {KEY}"), 12, "control character"),
            (format!("ada {KEY} \u{9b}2K"), 86, "control character"),
            (format!("ada,!{} {KEY}", "x".repeat(1_023)), 5, "longer than 1,022 bytes"),
            (format!("\"告,{}\" {KEY}", "x".repeat(1_023)), 4, "longer than 1,022 bytes"),
            (
                format!("ada namespaces=\"a,{}\" {KEY}", "x".repeat(1_023)),
                19,
                "longer than 1,022 bytes",
            ),
            (format!("ada {}", KEY.replace("AAAAIOMq", "AAAAIeMq")), 5, "not in the encoding"),
            (format!("ada namespaces=\"a\",namespaces=\"b\" {KEY}"), 20, "duplicate option"),
            (format!("ada nonsense {KEY}"), 5, "a key or a known option"),
            (
                format!("ada valid-after=\"20260101Z\",valid-before=\"20260101Z\" {KEY}"),
                54,
                "never valid",
            ),
            (format!("ada {KEY}"), 5, "has no namespaces="),
            (format!("告 \t valid-after=\"20260101Z\" {KEY}"), 5, "has no namespaces="),
            ("ada ssh-ed25519 AAAA".to_owned(), 5, "a key or a known option"),
            ("告 namespaces=\"a\" ssh-ed25519 AAAA".to_owned(), 18, "expected a public key"),
        ] {
            let (at, found) = fault(&line);
            assert!(found.contains(problem), "{line}: {found}");
            assert_eq!(at, column, "{line}");
        }
    }

    #[test]
    fn a_line_that_says_nothing_of_namespaces_is_told_what_to_say() {
        let next_step =
            |line: &str| AllowedSigners::parse(line.as_bytes()).unwrap_err().next_step();
        let all =
            [Namespace::OwnerResponse, Namespace::ReviewerRecord, Namespace::ReviewerAutomation];
        for namespace in all {
            assert!(next_step(&format!("ada {KEY}")).contains(namespace.as_str()), "{namespace}");
            assert!(!next_step("ada nonsense").contains(namespace.as_str()), "{namespace}");
        }
    }

    #[test]
    fn a_key_signs_for_its_principals_in_its_namespaces_and_time() {
        let signers = format!(
            "*@example.com,!eve@example.com namespaces=\"owner-*\",valid-after=\"20260101Z\",valid-before=\"202601020304Z\" {KEY} a comment\r\n\
             \"Ada Owner\" namespaces=\"*\" {KEY}\n"
        );
        let signers = AllowedSigners::parse(signers.as_bytes()).unwrap();
        let key: PublicKey = KEY.parse().unwrap();
        let allow = |principal, namespace, time: &str| {
            signers.allow(&key, principal, namespace, time.parse().unwrap()).map(|_| ())
        };
        let (noon, response) = ("2026-01-01T12:00:00Z", Namespace::OwnerResponse);
        assert_eq!(allow("ada@example.com", response, noon), Ok(()));
        assert_eq!(allow("eve@example.com", response, noon), Err(NotAllowed::UnknownKey));
        assert_eq!(allow("ada@example.org", response, noon), Err(NotAllowed::UnknownKey));
        for other in [Namespace::ReviewerRecord, Namespace::ReviewerAutomation] {
            assert_eq!(allow("ada@example.com", other, noon), Err(NotAllowed::OtherNamespace));
            assert_eq!(allow("Ada Owner", other, noon), Ok(()));
        }
        let at = |time| allow("ada@example.com", response, time);
        assert_eq!(at("2025-12-31T23:59:59Z"), Err(NotAllowed::NotYetValid));
        assert_eq!(at("2026-01-01T00:00:00Z"), Ok(()));
        assert_eq!(at("2026-01-02T03:04:00Z"), Ok(()));
        assert_eq!(at("2026-01-02T03:04:01Z"), Err(NotAllowed::Expired));
        assert_eq!(allow("Ada Owner", response, noon), Ok(()));
    }

    /// One line is enough to make a key automation's: also an expired line, or a line for another principal.
    #[test]
    fn a_key_that_may_sign_as_automation_is_automations_on_every_line() {
        const OTHER: &str =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPPzlhuIGZVQd7k7H2cQG34/sxrVydet3cUCoSMfigm1";
        let noon = "2026-01-01T12:00:00Z".parse().unwrap();
        let key: PublicKey = KEY.parse().unwrap();
        let role = |namespaces: &str, line: &str, namespace| {
            let text = format!("rex namespaces=\"{namespaces}\" {KEY} of Rex\n{line}\n");
            AllowedSigners::parse(text.as_bytes()).unwrap().allow(&key, "rex", namespace, noon)
        };
        let persons = "owner-response@acceptance-ledger,reviewer-record@acceptance-ledger";
        for line in [
            String::new(),
            format!("# bot namespaces=\"reviewer-automation@acceptance-ledger\" {KEY}"),
            format!("bot namespaces=\"reviewer-automation@acceptance-ledger\" {OTHER}"),
            format!("bot namespaces=\"*,!reviewer-automation@*\" {KEY}"),
            format!("bot namespaces=\"reviewer-automation\" {KEY}"),
        ] {
            assert_eq!(
                role(persons, &line, Namespace::ReviewerRecord),
                Ok(SignerRole::Person),
                "{line}"
            );
            assert_eq!(
                role(persons, &line, Namespace::OwnerResponse),
                Ok(SignerRole::Owner),
                "{line}"
            );
            let automation = role(persons, &line, Namespace::ReviewerAutomation);
            assert_eq!(automation, Err(NotAllowed::OtherNamespace), "{line}");
        }
        for line in [
            format!("rex namespaces=\"reviewer-automation@acceptance-ledger\" {KEY}"),
            format!("bot namespaces=\"reviewer-automation@acceptance-ledger\" {KEY} a comment"),
            format!("bot namespaces=\"reviewer-*\" {KEY}"),
            format!("bot namespaces=\"*\" {KEY}"),
            format!("bot namespaces=\"*\",valid-before=\"20200101Z\" {KEY}"),
            format!("bot namespaces=\"*\",valid-after=\"20990101Z\" {KEY}"),
            format!("!* namespaces=\"*\" {KEY}"),
        ] {
            let automation = Ok(SignerRole::Automation);
            assert_eq!(role(persons, &line, Namespace::ReviewerRecord), automation, "{line}");
            assert_eq!(
                role(persons, &line, Namespace::OwnerResponse),
                Ok(SignerRole::Owner),
                "{line}"
            );
        }
        for namespace in [Namespace::ReviewerRecord, Namespace::ReviewerAutomation] {
            assert_eq!(role("*", "", namespace), Ok(SignerRole::Automation));
        }
    }

    #[test]
    fn every_line_has_to_be_text() {
        let line = [b"# \xff\n", KEY.as_bytes()].concat();
        let problem = "this line is not UTF-8";
        assert_eq!(
            AllowedSigners::parse(&line).unwrap_err(),
            Unreadable { line: 1, column: 1, problem }
        );
    }

    #[test]
    fn a_name_that_openssh_cannot_be_asked_about_is_no_principal() {
        let signers = format!("*,, namespaces=\"*\" {KEY}\n");
        let signers = AllowedSigners::parse(signers.as_bytes()).unwrap();
        let key: PublicKey = KEY.parse().unwrap();
        for (principal, is_one) in [
            ("a".to_owned(), true),
            ("a".repeat(1_024), true),
            ("a".repeat(1_025), false),
            ("告".repeat(342), false),
            (String::new(), false),
            ("ada\0".to_owned(), false),
        ] {
            let namespace = Namespace::OwnerResponse;
            let allowed = signers.allow(&key, &principal, namespace, Timestamp::UNIX_EPOCH);
            assert_eq!(allowed.is_ok(), is_one, "{principal}");
        }
    }
}
