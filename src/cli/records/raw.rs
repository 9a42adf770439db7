//! The raw bytes of each row: for line numbers, and for bad quotes that a lenient reader accepts silently.

use std::io::{self, Read};

/// A longer row, in bytes, means that a quote was opened and never closed.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// Passes a file through and keeps the bytes that are not yet part of a finished row.
pub(super) struct RawRows<R> {
    input: R,
    kept: Vec<u8>,
    /// Bytes of `kept` that belong to finished rows.
    rows: usize,
    /// Offset in the file of the first kept byte.
    begun: u64,
    /// Line ends before the next row.
    ends: u64,
}

/// The first and last line of a row, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowLines {
    pub(super) first: u64,
    pub(super) last: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("a row is longer than {} MB: is there a quote that is never closed?", LONGEST / 1024 / 1024)]
struct TooLong;

impl<R> RawRows<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, kept: Vec::new(), rows: 0, begun: 0, ends: 0 }
    }

    /// The line after the last row.
    pub(super) fn line(&self) -> u64 {
        self.ends + 1
    }

    /// The row that ends before this byte of the file, without line ends.
    pub(super) fn row(&mut self, end: u64) -> (RowLines, &[u8]) {
        let end =
            usize::try_from(end.saturating_sub(self.begun)).unwrap_or(usize::MAX).clamp(self.rows, self.kept.len());
        let all = &self.kept[self.rows..end];
        self.rows = end;
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let count = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
        let start = all.iter().position(|byte| !is_end(byte)).unwrap_or(all.len());
        let stop = all.iter().rposition(|byte| !is_end(byte)).map_or(start, |last| last + 1);
        let first = self.ends + count(&all[..start]) + 1;
        let row = &all[start..stop];
        self.ends += count(all);
        (RowLines { first, last: first + count(row) }, row)
    }
}

impl<R: Read> Read for RawRows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.kept.len() - self.rows > LONGEST {
            return Err(io::Error::other(TooLong));
        }
        self.kept.drain(..self.rows);
        self.begun += self.rows as u64;
        self.rows = 0;
        let count = self.input.read(buffer)?;
        self.kept.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// Whether a quote is in a wrong place: a closing quote is followed by something other than the next cell.
///
/// This reveals a quote that was opened and not closed: the next one, which should open a cell, closes one.
pub(super) fn has_stray_quote(row: &[u8], delimiter: u8) -> bool {
    let mut rest = row;
    loop {
        let Some(inside) = rest.strip_prefix(b"\"") else {
            // A quote in the middle of a plain cell is part of the text.
            match memchr::memchr(delimiter, rest) {
                Some(at) => rest = &rest[at + 1..],
                None => return false,
            }
            continue;
        };
        let mut inside = inside;
        loop {
            let Some(at) = memchr::memchr(b'"', inside) else { return true };
            inside = &inside[at + 1..];
            match inside.first() {
                None => return false,
                Some(b'"') => inside = &inside[1..],
                Some(&byte) if byte == delimiter => break,
                Some(_) => return true,
            }
        }
        rest = &inside[1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_lines_whatever_ends_them() {
        for (text, expected) in [
            ("id,x\n1,a\n\n\n2,\"b\nc\"\n3,d", vec![(1, 1), (2, 2), (5, 6), (7, 7)]),
            ("id,x\r\n1,a\r\n\r\n2,\"b\r\nc\"\r\n3,d\r\n", vec![(1, 1), (2, 2), (4, 5), (6, 6)]),
        ] {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(RawRows::new(text.as_bytes()));
            let (mut row, mut places) = (csv::ByteRecord::new(), Vec::new());
            while reader.read_byte_record(&mut row).expect("memory is read") {
                let end = reader.position().byte();
                let (place, _) = reader.get_mut().row(end);
                places.push((place.first, place.last));
            }
            assert_eq!(places, expected, "{text:?}");
        }
    }

    #[test]
    fn a_quote_is_stray_where_a_closed_cell_goes_on() {
        for (row, stray) in [
            ("1,plain,5\" nail", false),
            ("1,\"a \"\"b\"\" c\",\"\"", false),
            ("1,\"a,b\",", false),
            ("1,\"6\" pipe\",x", true),
            ("1,\"Bob\n2,\"Ann\",x", true),
            ("1,\"open", true),
        ] {
            assert_eq!(has_stray_quote(row.as_bytes(), b','), stray, "{row}");
        }
    }
}
