//! Refs: pointers to evidence, and what each kind looks like, for example a ticket of GitHub or GitLab.

use std::fmt;
use std::str::FromStr;

use crate::words::ReferenceKind;

use super::is_placeholder;

/// A ref: a pointer to evidence. It never contains the evidence itself.
///
/// ```
/// use acceptance_ledger::EvidenceRef;
///
/// let reference: EvidenceRef = "ticket:OPS-12".parse().unwrap();
/// assert_eq!(reference.to_string(), "ticket:OPS-12");
/// assert!("we looked at it".parse::<EvidenceRef>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceRef {
    kind: ReferenceKind,
    text: String,
}

/// The error for a text that is not a pointer to evidence. It does not repeat the text, which may be a secret.
///
/// ```
/// use acceptance_ledger::EvidenceRef;
///
/// let error = "hunter2".parse::<EvidenceRef>().unwrap_err();
/// assert!(!error.to_string().contains("hunter2"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a sha256:, sha512:, commit:, ticket:, artifact:, message-id: or https:// pointer"
)]
pub struct NotARef;

impl EvidenceRef {
    /// Returns the kind, which is the part before the first colon.
    #[must_use]
    pub const fn kind(&self) -> ReferenceKind {
        self.kind
    }

    /// Returns the part after the first colon.
    #[must_use]
    pub fn target(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, target)| target)
    }
}

impl FromStr for EvidenceRef {
    type Err = NotARef;

    fn from_str(text: &str) -> Result<Self, NotARef> {
        let text = text.trim();
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (scheme, rest) = text.split_once(':').ok_or(NotARef)?;
        let kind: ReferenceKind = scheme.parse().map_err(|_| NotARef)?;
        let points = match kind {
            ReferenceKind::Sha256 => rest.len() == 64 && is_hex(rest),
            ReferenceKind::Sha512 => rest.len() == 128 && is_hex(rest),
            // From the short form of git to a whole SHA-256.
            ReferenceKind::Commit => (7..=64).contains(&rest.len()) && is_hex(rest),
            ReferenceKind::Ticket => is_ticket(rest),
            // These two kinds take any word, so a placeholder such as `artifact:TBD` would pass without this line.
            ReferenceKind::Artifact | ReferenceKind::MessageId if is_placeholder(rest) => false,
            ReferenceKind::Artifact | ReferenceKind::MessageId => {
                !rest.is_empty() && !rest.contains(char::is_whitespace)
            }
            ReferenceKind::Https => rest.strip_prefix("//").is_some_and(is_host_and_path),
        };
        if points { Ok(Self { kind, text: text.to_owned() }) } else { Err(NotARef) }
    }
}

impl fmt::Display for EvidenceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a text names a ticket: `KEY-1` or `org/repo#1`.
fn is_ticket(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    let is_key = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let by_key =
        text.rsplit_once('-').is_some_and(|(key, number)| is_key(key) && is_number(number));
    let by_repository = text.split_once('#').is_some_and(|(repository, number)| {
        let parts = repository.split_once('/');
        is_number(number) && parts.is_some_and(|(owner, name)| is_name(owner) && is_name(name))
    });
    by_key || by_repository
}

/// Whether a text is a host, an optional port, and a path. A user and password before the host is refused, and so is
/// a host alone, which points to nothing.
fn is_host_and_path(text: &str) -> bool {
    let (host, path) = text.split_once('/').unwrap_or_default();
    let is_host = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
            && !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_host(host) && !path.is_empty() && !path.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_point_and_nothing_else_does() {
        let (hex64, hex128) = ("0aF9".repeat(16), "b1".repeat(64));
        for text in [
            &*format!("sha256:{hex64}"),
            &format!("sha512:{hex128}"),
            "commit:0aF9c1d",
            &format!("commit:{hex64}"),
            "ticket:OPS-1",
            "ticket:org/repo.name#12",
            "artifact:run-12/receipt.json",
            "message-id:<1@mail.local>",
            "https://wiki.local:8443/runbook?x=1",
            " ticket:OPS-1\n",
        ] {
            assert!(text.parse::<EvidenceRef>().is_ok(), "{text}");
        }
        for text in [
            "",
            "sha256:",
            "sha256:00",
            &format!("sha256:{hex64}0"),
            &format!("sha512:{hex64}"),
            "commit:0aF9c1",
            "commit:xyzxyzx",
            "ticket:OPS",
            "ticket:-1",
            "ticket:OPS-",
            "ticket:1-1",
            "ticket:org/repo",
            "ticket:/repo#1",
            "artifact:",
            "artifact:TBD",
            "artifact:pending_owner_response",
            "message-id:-",
            "artifact:two words",
            "message-id:a b",
            "http://wiki.local/a",
            "https://wiki.local",
            "https://wiki.local/",
            "https://user@wiki.local/a",
            "https://user:pass@wiki.local/a",
            "https:///a",
            "https://wiki.local/a b",
            "OPS-1",
        ] {
            assert_eq!(text.parse::<EvidenceRef>(), Err(NotARef), "{text}");
        }
    }
}
