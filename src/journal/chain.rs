//! The chain of a journal: each line names the digest of the line before it. Reports broken chains, torn lines and wrong
//! line breaks.

use crate::digest::Digest;
use crate::words::VerifyCode;

use super::event::Event;
use super::fault::JournalFault;

/// An event and the digest of its line.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) event: Event,
    pub(super) digest: Digest,
}

/// The events of a file, up to the first line that breaks the chain.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) links: Vec<Link>,
    /// The digest that the next event must have as `previous`.
    pub(super) tip: Digest,
    /// How many bytes of the file the links take up.
    pub(super) whole_bytes: usize,
    /// Whether the line break after the last event is missing.
    pub(super) lacks_line_break: bool,
    /// Whether a torn line follows the links. That line may have been any event.
    pub(super) is_torn: bool,
    /// Whether every line belongs to the chain, except for a torn last line.
    pub(super) is_whole: bool,
    pub(super) fault: Option<JournalFault>,
}

impl Chain {
    /// Reads the events of a candidate. The first event must have the digest of the candidate's id as `previous`.
    pub(super) fn read(candidate_id: &str, bytes: &[u8]) -> Self {
        Self::from_tip(Digest::of(candidate_id.as_bytes()), bytes)
    }

    /// Reads the events of a candidate whose id is not known. The first line counts as the candidate's first event.
    #[cfg(feature = "cli")]
    pub(super) fn of_any_candidate(bytes: &[u8]) -> Self {
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let event = std::str::from_utf8(first).ok().and_then(|text| Event::read_line(text).ok());
        Self::from_tip(event.map_or(Digest::of(b""), |event| event.previous), bytes)
    }

    fn from_tip(tip: Digest, bytes: &[u8]) -> Self {
        let mut chain = Self {
            links: Vec::new(),
            tip,
            whole_bytes: 0,
            lacks_line_break: false,
            is_torn: false,
            is_whole: true,
            fault: None,
        };
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let text = line.strip_suffix(b"\n");
            let sequence = chain.links.len() + 1;
            let is_last = lines.peek().is_none();
            match chain.next(text.unwrap_or(line)) {
                Ok(link) => {
                    chain.tip = link.digest;
                    chain.links.push(link);
                    chain.whole_bytes += line.len();
                    if text.is_none() {
                        chain.lacks_line_break = true;
                        let message =
                            "the line break at the end is missing; the next event adds it";
                        chain.fault =
                            Some(JournalFault::at(VerifyCode::TornEvent, sequence, message));
                    }
                }
                Err(_) if is_last && is_torn(line) => {
                    // The event can be whole: after a power cut, zeros can be in the place of its line break.
                    let event = line.split(|byte| *byte == 0).next().unwrap_or_default();
                    if let Some(link) = chain.next(event).ok().filter(|_| event.len() < line.len())
                    {
                        chain.tip = link.digest;
                        chain.links.push(link);
                        chain.whole_bytes += event.len();
                        chain.lacks_line_break = true;
                    }
                    chain.is_torn = true;
                    let message = "the line is cut off; the next event removes the incomplete part";
                    chain.fault = Some(JournalFault::at(VerifyCode::TornEvent, sequence, message));
                }
                Err(message) => {
                    let without_crlf = line.strip_suffix(b"\r\n").map(|line| chain.next(line));
                    let message = match without_crlf {
                        Some(Ok(_)) => "only the line break differs: a tool changed LF to CR LF",
                        _ => message,
                    };
                    chain.is_whole = false;
                    chain.fault =
                        Some(JournalFault::at(VerifyCode::ChainBroken, sequence, message));
                    break;
                }
            }
        }
        chain
    }

    /// Reads the line that follows the links.
    ///
    /// # Errors
    ///
    /// If the line is not an event, or does not continue the chain. The message says why.
    fn next(&self, line: &[u8]) -> Result<Link, &'static str> {
        let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
        let event = Event::read_line(text)?;
        if event.sequence != self.links.len() + 1 {
            return Err("the sequence number is not the line number");
        }
        if event.previous != self.tip {
            return Err("the value of previous is not the digest of the line before");
        }
        Ok(Link { event, digest: Digest::of(line) })
    }
}

/// Whether the last line, which is not an event, was never written to its end. Then it has no line break, or it has
/// zeros, which a power cut leaves in the place of the bytes. An event never has a zero byte.
fn is_torn(line: &[u8]) -> bool {
    !line.ends_with(b"\n") || line.contains(&0)
}
