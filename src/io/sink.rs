//! Writes text to a file, or compares it with a file, in parallel with the code that produces the text.

use crate::io::error::FileError;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// The size of a chunk, in bytes. The writer thread writes one chunk with one call.
const CHUNK: usize = 1 << 20;

/// The size of one write of a short text, in bytes. It is small so that the same memory is used again: a larger buffer
/// needs new pages from the operating system.
const PAGES: usize = 1 << 16;

/// How many chunks may wait for the writer. This bounds the memory if the disk is slower than the text.
const CHUNKS: usize = 4;

/// The number of bytes after which a sync starts in the background, so that the sync at the end has less to do.
const SYNC_EVERY: usize = 64 << 20;

/// A buffered writer of text to a file.
///
/// If the text is longer than one chunk, a thread writes it while the caller produces more. A shorter text is not
/// worth a thread.
#[derive(Debug)]
pub(crate) struct Sink {
    chunk: Vec<u8>,
    output: Output,
}

#[derive(Debug)]
enum Output {
    /// The caller's thread writes. The number counts the bytes written so far.
    Short(File, usize),
    /// A thread writes: it receives full chunks, and sends them back empty for reuse.
    Writing {
        full: SyncSender<Vec<u8>>,
        empty: Receiver<Vec<u8>>,
        writer: JoinHandle<io::Result<File>>,
    },
    /// A placeholder while `Short` becomes `Writing`.
    Starting,
    /// A write in the caller's thread failed.
    Failed(io::Error),
}

impl Sink {
    /// Runs `write`, writes all its text to `output`, and returns the result of `write` and the file.
    ///
    /// # Errors
    ///
    /// If a write to `output` fails, or if `write` returns an error.
    pub(super) fn fill<T>(
        output: File,
        write: impl FnOnce(&mut Self) -> Result<T, fmt::Error>,
    ) -> io::Result<(T, File)> {
        let mut sink = Self { chunk: Vec::new(), output: Output::Short(output, 0) };
        let written = write(&mut sink);
        let output = sink.finish()?;
        match written {
            Ok(written) => Ok((written, output)),
            Err(fmt::Error) => Err(io::Error::other("cannot format the text")),
        }
    }

    /// Adds bytes to the chunk, and writes or passes on the chunk if it is full.
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

    /// Sends the chunk to the writer thread, and continues with an empty one. The first call starts the thread.
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
        // If the writer no longer receives, it has failed. `finish` joins it and returns its error.
        full.send(std::mem::replace(&mut self.chunk, next)).map_err(|_| fmt::Error)
    }

    /// Writes the rest of the text, and waits for the writer thread.
    fn finish(mut self) -> io::Result<File> {
        if let Output::Writing { .. } = self.output {
            // An error is ignored here: it means that the writer failed, and the join below returns the reason.
            let _ = self.pass_on();
        }
        match self.output {
            Output::Short(mut file, _) => file.write_all(&self.chunk).map(|()| file),
            Output::Failed(error) => Err(error),
            Output::Writing { full, writer, .. } => {
                drop(full);
                // A panic in the writer thread continues here.
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Output::Starting => Err(io::Error::other("the writer did not start")),
        }
    }
}

/// Writes each chunk to the file, and sends it back for reuse.
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
            // Most of the text is on the disk before the last chunk is written. The result is ignored: the sync at
            // the end reports a failure again, and a pipe cannot be synced.
            if let Ok(file) = file.try_clone() {
                thread::spawn(move || file.sync_data());
            }
        }
        chunk.clear();
        // An error is ignored: after the last chunk, the sender no longer needs empty ones.
        let _ = emptied.try_send(chunk);
    }
    Ok(file)
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// Compares a file with the text that `write` produces. Returns the offset of the first byte that differs; `None` if
/// they are equal. A thread reads the file while `write` produces the text.
///
/// # Errors
///
/// If the file cannot be read.
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
    // After the first difference, `write` fails and stops early. Then there is no last chunk to compare.
    if write(&mut comparison).is_ok() {
        // An error is ignored: it means that the reader has found a difference or failed. The join returns which.
        let _ = comparison.pass_on();
    }
    drop(comparison);
    // A panic in the reader thread continues here.
    comparing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).map_err(error())
}

/// A writer whose text is compared with a file. A write fails after the first difference.
#[derive(Debug)]
pub(crate) struct Comparison {
    chunk: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

impl Comparison {
    /// Sends the chunk to the reader thread, and continues with an empty one. Fails if that thread has ended.
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

/// Compares the chunks with the file. Returns the offset of the first difference.
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
        // An error is ignored: after the last chunk, the sender no longer needs empty ones.
        let _ = emptied.try_send(chunk);
    }
    // All the text is in the file. The file differs if it has more bytes.
    let is_longer = file.read(&mut [0])? > 0;
    Ok(is_longer.then_some(offset))
}
