//! Text that is written, or compared with a file, while the next text is formed.

use crate::io::error::FileError;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// How many bytes go to the operating system at once.
const CHUNK: usize = 1 << 20;

/// How many bytes of a short text go to the operating system at once: memory that is used again needs
/// no new pages.
const PAGES: usize = 1 << 16;

/// How many chunks may wait to be written.
const CHUNKS: usize = 4;

/// After how many bytes the disk is asked to begin its work.
const SYNC_EVERY: usize = 64 << 20;

/// Text on its way to a file. What is more than one chunk is written by a thread of its own while
/// the next text is formed; less is not worth a thread.
#[derive(Debug)]
pub(crate) struct Sink {
    chunk: Vec<u8>,
    output: Output,
}

#[derive(Debug)]
enum Output {
    /// So many bytes are written, too few to be worth a thread.
    Short(File, usize),
    Writing {
        full: SyncSender<Vec<u8>>,
        empty: Receiver<Vec<u8>>,
        writer: JoinHandle<io::Result<File>>,
    },
    /// Between the two.
    Starting,
    Failed(io::Error),
}

impl Sink {
    /// Writes all of it to `output`, which it gives back.
    pub(super) fn fill<T>(
        output: File,
        write: impl FnOnce(&mut Self) -> Result<T, fmt::Error>,
    ) -> io::Result<(T, File)> {
        let mut sink = Self { chunk: Vec::new(), output: Output::Short(output, 0) };
        let written = write(&mut sink);
        let output = sink.finish()?;
        match written {
            Ok(written) => Ok((written, output)),
            Err(fmt::Error) => Err(io::Error::other("the text could not be formed")),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        self.chunk.extend_from_slice(bytes);
        match &mut self.output {
            Output::Short(file, written) if *written < CHUNK => {
                if self.chunk.len() >= PAGES {
                    *written += self.chunk.len();
                    if let Err(error) = file.write_all(&self.chunk) {
                        self.output = Output::Failed(error);
                        return Err(fmt::Error);
                    }
                    self.chunk.clear();
                }
                Ok(())
            }
            _ if self.chunk.len() < CHUNK => Ok(()),
            _ => self.pass_on(),
        }
    }

    /// Hands the chunk to the writer, and takes an empty one.
    fn pass_on(&mut self) -> fmt::Result {
        self.output = match std::mem::replace(&mut self.output, Output::Starting) {
            Output::Short(file, _) => {
                let (full, chunks) = sync_channel(CHUNKS);
                let (emptied, empty) = sync_channel(CHUNKS);
                let writer = thread::spawn(move || write_chunks(file, chunks, &emptied));
                Output::Writing { full, empty, writer }
            }
            started => started,
        };
        let Output::Writing { full, empty, .. } = &self.output else { return Err(fmt::Error) };
        let next = empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
        // A writer that no longer listens has failed, and says why when it is joined.
        full.send(std::mem::replace(&mut self.chunk, next)).map_err(|_| fmt::Error)
    }

    fn finish(mut self) -> io::Result<File> {
        if let Output::Writing { .. } = self.output {
            // What a failed writer does not take, it says why when it is joined.
            let _ = self.pass_on();
        }
        match self.output {
            Output::Short(mut file, _) => file.write_all(&self.chunk).map(|()| file),
            Output::Failed(error) => Err(error),
            Output::Writing { full, writer, .. } => {
                drop(full);
                // A panic of the writer is a panic of ours.
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Output::Starting => Err(io::Error::other("the writer did not start")),
        }
    }
}

/// Writes what comes, and gives the chunks back.
fn write_chunks(
    mut file: File,
    chunks: Receiver<Vec<u8>>,
    emptied: &SyncSender<Vec<u8>>,
) -> io::Result<File> {
    let mut unsynced = 0;
    for mut chunk in chunks {
        file.write_all(&chunk)?;
        unsynced += chunk.len();
        if unsynced >= SYNC_EVERY {
            unsynced = 0;
            // Most of the text is on the disk by the time that the last of it is written. A
            // failure shows again in the sync at the end; a pipe has none to wait for.
            if let Ok(file) = file.try_clone() {
                thread::spawn(move || file.sync_data());
            }
        }
        chunk.clear();
        // The last chunks find nobody who wants their memory back.
        let _ = emptied.try_send(chunk);
    }
    Ok(file)
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// The offset of the first byte in which a file differs from the text that `write` forms; `None` where it is that
/// text. The file is read while the text is formed.
pub(crate) fn first_difference(
    path: &Path,
    write: impl FnOnce(&mut Comparison) -> fmt::Result,
) -> Result<Option<usize>, FileError> {
    let error = || FileError::new("read", path);
    let file = File::open(path).map_err(error())?;
    let (full, chunks) = sync_channel(CHUNKS);
    let (emptied, empty) = sync_channel(CHUNKS);
    let comparing = thread::spawn(move || compare(file, chunks, &emptied));
    let mut comparison = Comparison { chunk: Vec::with_capacity(CHUNK), full, empty };
    // The text is not formed to its end once a difference is found.
    if write(&mut comparison).is_ok() {
        let _ = comparison.pass_on();
    }
    drop(comparison);
    // A panic of the reader is a panic of ours.
    comparing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).map_err(error())
}

/// Text on its way to be compared with a file.
#[derive(Debug)]
pub(crate) struct Comparison {
    chunk: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

impl Comparison {
    fn pass_on(&mut self) -> fmt::Result {
        let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
        self.full.send(std::mem::replace(&mut self.chunk, next)).map_err(|_| fmt::Error)
    }
}

impl fmt::Write for Comparison {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.chunk.extend_from_slice(text.as_bytes());
        if self.chunk.len() < CHUNK { Ok(()) } else { self.pass_on() }
    }
}

fn compare(
    mut file: File,
    chunks: Receiver<Vec<u8>>,
    emptied: &SyncSender<Vec<u8>>,
) -> io::Result<Option<usize>> {
    let mut offset = 0;
    let mut bytes = Vec::with_capacity(CHUNK);
    for mut chunk in chunks {
        bytes.clear();
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        (&mut file).take(length).read_to_end(&mut bytes)?;
        if bytes != chunk {
            let same = bytes.iter().zip(&chunk).take_while(|(one, other)| one == other).count();
            return Ok(Some(offset + same));
        }
        offset += chunk.len();
        chunk.clear();
        // The last chunks find nobody who wants their memory back.
        let _ = emptied.try_send(chunk);
    }
    let is_longer = file.read(&mut [0])? > 0;
    Ok(is_longer.then_some(offset))
}
