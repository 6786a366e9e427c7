//! What may stand in a log, and how to name what may not.

use std::fmt;

/// Marks a type whose every value may stand in logs, metrics and error text.
///
/// Implement it for identifiers, states and counters; never for anything that can hold key material,
/// plaintext, a credential, or free text of a caller.
pub trait LogSafe: fmt::Display {}

impl LogSafe for bool {}
impl LogSafe for u8 {}
impl LogSafe for u16 {}
impl LogSafe for u32 {}
impl LogSafe for u64 {}
impl LogSafe for usize {}
impl LogSafe for i64 {}
impl<T: LogSafe + ?Sized> LogSafe for &T {}

/// Stands in for a value in text: both `Display` and `Debug` print `[redacted]`.
pub struct Redacted<T>(
    /// The value that is not shown.
    pub T,
);

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Redacted;

    #[test]
    fn a_redacted_value_never_prints_itself() {
        let shown = format!("{} {:?}", Redacted("hunter2"), Redacted("hunter2"));
        assert_eq!(shown, "[redacted] [redacted]");
    }
}
