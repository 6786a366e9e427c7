//! Reads a segment forwards, line by line, without trusting any of it.

use std::io;

use crate::config::HEADER_MAX;
use crate::files::{LogFile, read_full};

const CHUNK: usize = 256 << 10;
/// No line of any configuration is longer.
const LINE_MAX: usize = (1 << 20) + 4096;
const _: () = assert!(HEADER_MAX < 1 << 20);

/// Walks over the lines of a file.
pub(crate) struct Lines<'a> {
    file: &'a dyn LogFile,
    /// File offset of the buffer's first byte.
    base: u64,
    buffer: Vec<u8>,
    /// How much of the buffer was given out.
    used: usize,
    ended: bool,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(file: &'a dyn LogFile) -> Self {
        Self { file, base: 0, buffer: Vec::new(), used: 0, ended: false }
    }

    /// File offset of the line that comes next.
    pub(crate) fn offset(&self) -> u64 {
        self.base + u64::try_from(self.used).unwrap_or(u64::MAX)
    }

    /// The next line without its newline; `None` where the data ends: at a zero byte, at the end of the file, or
    /// where no newline follows.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = 0;
        let length = loop {
            let unread = self.buffer.get(self.used..).unwrap_or_default();
            if unread.first() == Some(&0) || unread.len() > LINE_MAX {
                return Ok(None);
            }
            let fresh = unread.get(searched..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|b| *b == b'\n') {
                break searched + at;
            }
            searched = unread.len();
            if self.ended || !self.fill()? {
                return Ok(None);
            }
        };
        let start = self.used;
        self.used += length + 1;
        Ok(self.buffer.get(start..start + length))
    }

    /// Reads on; false at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        self.base = self.offset();
        self.buffer.drain(..self.used);
        self.used = 0;
        let have = self.buffer.len();
        self.buffer.resize(have + CHUNK, 0);
        let at = self.base + u64::try_from(have).unwrap_or(u64::MAX);
        let read = read_full(self.file, self.buffer.get_mut(have..).unwrap_or_default(), at)?;
        self.buffer.truncate(have + read);
        self.ended = read < CHUNK;
        Ok(read > 0)
    }
}

/// What follows the last whole line of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing but zeros.
    Zeros,
    /// A write that did not finish: bytes up to this offset, with zeros where data should stand.
    Torn(u64),
    /// Bytes that no unfinished write leaves behind.
    Damage,
}

/// Looks at everything from `offset` on. A segment is all zeros before it is written, so the first bad line of an
/// unfinished write holds a zero or has no end; an edited line has neither.
pub(crate) fn rest_of(file: &dyn LogFile, offset: u64) -> io::Result<Rest> {
    let (mut at, mut last, mut first_line) = (offset, None, None);
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = read_full(file, &mut buffer, at)?;
        let part = buffer.get(..read).unwrap_or_default();
        if first_line.is_none() {
            first_line = part.iter().find(|b| matches!(b, 0 | b'\n')).copied();
        }
        if let Some(i) = part.iter().rposition(|b| *b != 0) {
            last = Some(at + u64::try_from(i).unwrap_or(u64::MAX) + 1);
        }
        if read < CHUNK {
            break;
        }
        at += u64::try_from(read).unwrap_or(u64::MAX);
    }
    Ok(match (last, first_line) {
        (None, _) => Rest::Zeros,
        (Some(_), Some(b'\n')) => Rest::Damage,
        (Some(end), _) => Rest::Torn(end),
    })
}

/// Walks over the lines of a file from its last whole line to its first.
pub(crate) struct LinesBack<'a> {
    file: &'a dyn LogFile,
    /// File offset of the buffer's first byte.
    base: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<'a> LinesBack<'a> {
    pub(crate) fn new(file: &'a dyn LogFile) -> io::Result<Self> {
        let base = file.length()?;
        let mut lines = Self { file, base, buffer: Vec::new(), done: false };
        // Zeros that wait to be written, then a line that is being written.
        while lines.buffer.is_empty() && lines.fill()? {
            let data = lines.buffer.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
            lines.buffer.truncate(data);
        }
        if lines.buffer.last() != Some(&b'\n') {
            lines.previous()?;
        } else {
            lines.buffer.pop();
        }
        Ok(lines)
    }

    /// The line before, without its newline; `None` before the first.
    pub(crate) fn previous(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.done {
            return Ok(None);
        }
        let mut searched = 0;
        loop {
            let fresh = self.buffer.len() - searched;
            let newline = self.buffer.get(..fresh).and_then(|part| part.iter().rposition(|b| *b == b'\n'));
            if let Some(at) = newline {
                let line = self.buffer.split_off(at + 1);
                self.buffer.truncate(at);
                return Ok(Some(line));
            }
            searched = self.buffer.len();
            if searched > LINE_MAX || !self.fill()? {
                self.done = true;
                return Ok(Some(std::mem::take(&mut self.buffer)));
            }
        }
    }

    /// Reads what stands before; false at the beginning of the file.
    fn fill(&mut self) -> io::Result<bool> {
        let part = crate::util::size(self.base).min(CHUNK);
        let at = self.base - u64::try_from(part).unwrap_or(u64::MAX);
        let mut bytes = vec![0; part];
        read_full(self.file, &mut bytes, at)?;
        bytes.append(&mut self.buffer);
        self.buffer = bytes;
        self.base = at;
        Ok(part > 0)
    }
}
