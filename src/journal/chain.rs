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
    /// Whether the chain holds to its end, but for a torn line.
    pub(super) is_whole: bool,
    pub(super) fault: Option<JournalFault>,
}

impl Chain {
    /// Reads the events of a candidate.
    pub(super) fn read(candidate_id: &str, bytes: &[u8]) -> Self {
        let mut chain = Self {
            links: Vec::new(),
            tip: Digest::of(candidate_id.as_bytes()),
            whole_bytes: 0,
            lacks_line_break: false,
            is_whole: true,
            fault: None,
        };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = line.strip_suffix(b"\n");
            let sequence = chain.links.len() + 1;
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
                Err(_) if text.is_none() => {
                    let message = "it is cut off; the next event removes what is left of it";
                    chain.fault = Some(JournalFault::at(VerifyCode::TornEvent, sequence, message));
                }
                Err(message) => {
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
        let text = std::str::from_utf8(line).map_err(|_| "it is no UTF-8")?;
        let event = Event::read_line(text)?;
        if event.sequence != self.links.len() + 1 {
            return Err("its sequence is not its place");
        }
        if event.previous != self.tip {
            return Err("the digest of the line before it is another");
        }
        Ok(Link { event, digest: Digest::of(line) })
    }
}
