//! The chain of a journal: each line names the digest of the line before it.

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

/// A file of events, as far as its chain holds.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) links: Vec<Link>,
    /// The digest that the next event has to name.
    pub(super) tip: Digest,
    /// How many bytes hold the links.
    pub(super) whole_bytes: usize,
    /// Whether the last event lacks its line break.
    pub(super) lacks_line_break: bool,
    /// Whether a torn line stands behind the links: it may have been any event.
    pub(super) is_torn: bool,
    /// Whether the chain holds to its end, but for a torn line.
    pub(super) is_whole: bool,
    pub(super) fault: Option<JournalFault>,
}

impl Chain {
    /// Reads the events of a candidate.
    pub(super) fn read(candidate_id: &str, bytes: &[u8]) -> Self {
        Self::from_tip(Digest::of(candidate_id.as_bytes()), bytes)
    }

    /// Reads the events of a candidate whose id is not known: the first line is believed to be its first.
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
                        let message = "it lacks its line break; the next event adds it";
                        chain.fault =
                            Some(JournalFault::at(VerifyCode::TornEvent, sequence, message));
                    }
                }
                Err(_) if is_last && is_torn(line) => {
                    // Zeros can stand in the place of the line break of an event that is whole.
                    let event = line.split(|byte| *byte == 0).next().unwrap_or_default();
                    if let Some(link) = chain.next(event).ok().filter(|_| event.len() < line.len())
                    {
                        chain.tip = link.digest;
                        chain.links.push(link);
                        chain.whole_bytes += event.len();
                        chain.lacks_line_break = true;
                    }
                    chain.is_torn = true;
                    let message = "it is cut off; the next event removes what is left of it";
                    chain.fault = Some(JournalFault::at(VerifyCode::TornEvent, sequence, message));
                }
                Err(message) => {
                    let is_converted = line.strip_suffix(b"\r\n").map(|line| chain.next(line));
                    let message = match is_converted {
                        Some(Ok(_)) => "only its line break differs: something wrote CR LF for LF",
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

    fn next(&self, line: &[u8]) -> Result<Link, &'static str> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
        let event = Event::read_line(text)?;
        if event.sequence != self.links.len() + 1 {
            return Err("its sequence number is not its line number");
        }
        if event.previous != self.tip {
            return Err("its previous is not the digest of the line before it");
        }
        Ok(Link { event, digest: Digest::of(line) })
    }
}

/// Whether a last line that is no event was never written to its end: it has no line break, or a power cut left zeros
/// where its bytes should be. No event has a zero byte.
fn is_torn(line: &[u8]) -> bool {
    !line.ends_with(b"\n") || line.contains(&0)
}
