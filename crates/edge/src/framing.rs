//! Watches how a client frames its HTTP/1 requests, byte by byte beside hyper, which settles a contradictory length
//! silently (RFC 9112 §6.3 lets it) and so hides what a request-smuggling attempt looks like. We refuse the shape.

/// Longest start of a header line that matters: `transfer-encoding:` and some digits.
const LINE_START: usize = 48;

/// Where in the stream of one connection we stand.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    line: LineStart,
    lengths: u32,
    encodings: u32,
    length: u64,
    contradictory: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Within a head; `begun` once a byte other than a line end was seen.
    Head { begun: bool },
    /// Within a body of so many more bytes.
    Body(u64),
    /// A chunked body: the connection ends with its response, so nothing after it counts.
    Last,
}

impl Framing {
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Head { begun: false },
            line: LineStart::new(),
            lengths: 0,
            encodings: 0,
            length: 0,
            contradictory: false,
        }
    }

    /// Takes the next bytes that came in.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Head { .. } => self.head(bytes),
                State::Body(left) => self.body(bytes, left),
                State::Last => return,
            };
        }
    }

    /// A head so far carried two lengths, two encodings, both kinds, or a length that is no plain number (RFC 9112 §6.1, §6.3; RFC 9110 §8.6).
    pub(crate) const fn contradictory(&self) -> bool {
        self.contradictory
    }

    /// Whether the client may still be sending a request that was begun.
    pub(crate) const fn amid_request(&self) -> bool {
        !matches!(self.state, State::Head { begun: false })
    }

    /// Takes up to one line of a head.
    fn head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = memchr::memchr(b'\n', bytes);
        let (line, rest) = match end {
            Some(end) => bytes.split_at_checked(end.saturating_add(1)).unwrap_or((bytes, &[])),
            None => (bytes, &[][..]),
        };
        self.line.push(line);
        if end.is_some() {
            self.end_line();
        }
        rest
    }

    fn end_line(&mut self) {
        let line = std::mem::replace(&mut self.line, LineStart::new());
        let State::Head { begun } = self.state else { return };
        if !line.is_blank() {
            self.state = State::Head { begun: true };
            self.header(line.bytes());
        } else if begun {
            self.end_head();
        }
    }

    fn header(&mut self, line: &[u8]) {
        if let Some(value) = value_of(line, b"content-length:") {
            self.lengths = self.lengths.saturating_add(1);
            match decimal(value) {
                Some(length) if line.len() < LINE_START => self.length = length,
                _ => self.contradictory = true,
            }
        } else if value_of(line, b"transfer-encoding:").is_some() {
            self.encodings = self.encodings.saturating_add(1);
        }
        self.contradictory |= self.lengths.saturating_add(self.encodings) > 1;
    }

    fn end_head(&mut self) {
        self.state = match (self.encodings, self.length) {
            (0, 0) => State::Head { begun: false },
            (0, length) => State::Body(length),
            _ => State::Last,
        };
        (self.lengths, self.encodings, self.length) = (0, 0, 0);
    }

    fn body<'a>(&mut self, bytes: &'a [u8], left: u64) -> &'a [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let still = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
        self.state = if still == 0 { State::Head { begun: false } } else { State::Body(still) };
        bytes.get(here..).unwrap_or(&[])
    }
}

/// The first bytes of a line that may come in pieces.
#[derive(Debug)]
struct LineStart {
    bytes: [u8; LINE_START],
    len: usize,
}

impl LineStart {
    const fn new() -> Self {
        Self { bytes: [0; LINE_START], len: 0 }
    }

    fn push(&mut self, more: &[u8]) {
        let room = self.bytes.get_mut(self.len..).unwrap_or(&mut []);
        let count = room.len().min(more.len());
        if let (Some(room), Some(more)) = (room.get_mut(..count), more.get(..count)) {
            room.copy_from_slice(more);
        }
        self.len = self.len.saturating_add(count);
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }

    fn is_blank(&self) -> bool {
        matches!(self.bytes(), b"\r\n" | b"\n")
    }
}

/// What follows `name` at the start of `line`, case ignored.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then_some(value)
}

/// A decimal number, blanks around it.
fn decimal(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stream: &str, contradictory: bool, amid: bool) {
        for step in [1, 3, 7, stream.len()] {
            let mut framing = Framing::new();
            stream.as_bytes().chunks(step).for_each(|piece| framing.feed(piece));
            assert_eq!(framing.contradictory(), contradictory, "{stream:?} by {step}");
            assert_eq!(framing.amid_request(), amid, "{stream:?} by {step}");
        }
    }

    #[test]
    fn honest_requests_pass_also_when_pipelined() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, false);
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n", false, false);
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel", false, true);
        check("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false, true);
        check("\r\n\r\nGET / HTTP/1.1\n\n", false, false);
        check("GET / HT", false, false);
        check("GET / HTTP/1.1\r\nHost", false, true);
    }

    #[test]
    fn bodies_are_not_read_as_heads() {
        let body = "Content-Length: 1\r\nContent-Length: 2\r\n\r\n";
        check(&format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()), false, false);
    }

    #[test]
    fn contradictions_are_seen_in_any_order_and_case() {
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\ncontent-length: 5\r\n", true, true);
        check("POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\nContent-Length: 5\r\n", true, true);
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", true, true);
        check("POST / HTTP/1.1\r\nContent-Length: 5x\r\n", true, true);
        check(&format!("POST / HTTP/1.1\r\nContent-Length:{}12\r\n", " ".repeat(32)), true, true);
        check("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", true, true);
        check(
            "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET / HTTP/1.1\nContent-Length:0\nContent-Length:0\n",
            true,
            true,
        );
    }

    proptest::proptest! {
        /// Whatever comes, in whatever pieces, the verdict is that of the whole.
        #[test]
        fn pieces_do_not_matter(
            lines in proptest::collection::vec(
                "(Content-Length: [0-9]{1,3}|Transfer-Encoding: chunked|GET / HTTP/1.1|[ -~]{0,60}|)\r?\n",
                0..20,
            ),
            cuts in proptest::collection::vec(1_usize..40, 1..20),
        ) {
            let stream = lines.concat();
            let (mut whole, mut pieces) = (Framing::new(), Framing::new());
            whole.feed(stream.as_bytes());
            let mut rest = stream.as_bytes();
            for cut in cuts.into_iter().cycle() {
                let (piece, next) = rest.split_at(cut.min(rest.len()));
                pieces.feed(piece);
                rest = next;
                if rest.is_empty() {
                    break;
                }
            }
            proptest::prop_assert_eq!(whole.contradictory(), pieces.contradictory());
            proptest::prop_assert_eq!(whole.state, pieces.state);
        }
    }
}
