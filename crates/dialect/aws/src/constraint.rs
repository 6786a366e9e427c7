//! The model's constraints, checked all together and told as AWS tells them.

use std::fmt::{Display, Write as _};

use crate::wire::WireError;

/// Violations found so far.
#[derive(Default)]
pub(crate) struct Checks {
    found: Vec<String>,
}

impl Checks {
    /// A member that must be there.
    pub(crate) fn required<T>(&mut self, member: &str, value: Option<&T>) {
        if value.is_none() {
            self.found.push(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
    }

    /// A text's length in characters.
    pub(crate) fn text(&mut self, member: &str, value: Option<&str>, min: usize, max: usize) {
        let Some(value) = value else { return };
        let length = value.chars().count();
        self.bound(member, &format!("Value '{}'", shown(value)), length, min, max);
    }

    /// The length in characters of each text of a list.
    pub(crate) fn texts(&mut self, member: &str, values: Option<&[String]>, min: usize, max: usize) {
        let Some(values) = values else { return };
        if values.iter().any(|value| !(min..=max).contains(&value.chars().count())) {
            let rule = format!(
                "Member must satisfy constraint: [Member must have length less than or equal to {max}, Member must have length greater than or equal to {min}]"
            );
            self.fails(member, shown(&format!("[{}]", values.join(", "))), rule);
        }
    }

    /// A blob's length in bytes; its value is never shown.
    pub(crate) fn blob(&mut self, member: &str, length: Option<usize>, min: usize, max: usize) {
        if let Some(length) = length {
            self.bound(member, "Value", length, min, max);
        }
    }

    fn bound(&mut self, member: &str, shown: &str, length: usize, min: usize, max: usize) {
        if length > max {
            self.found.push(format!("{shown} at '{member}' failed to satisfy constraint: Member must have length less than or equal to {max}"));
        }
        if length < min {
            self.found.push(format!("{shown} at '{member}' failed to satisfy constraint: Member must have length greater than or equal to {min}"));
        }
    }

    /// A number's range.
    pub(crate) fn range(&mut self, member: &str, value: Option<i64>, min: i64, max: i64) {
        let Some(value) = value else { return };
        if value > max {
            self.fails(member, value, format!("Member must have value less than or equal to {max}"));
        }
        if value < min {
            self.fails(member, value, format!("Member must have value greater than or equal to {min}"));
        }
    }

    /// One of an enum's values.
    pub(crate) fn one_of(&mut self, member: &str, value: Option<&str>, set: &[&str]) {
        if let Some(value) = value.filter(|v| !set.contains(v)) {
            self.fails(
                member,
                shown(value),
                format!("Member must satisfy enum value set: [{}]", set.join(", ")),
            );
        }
    }

    /// One of a table's words.
    pub(crate) fn word<T>(&mut self, member: &str, value: Option<&str>, words: &[(&str, T)]) {
        if value.is_some_and(|v| words.iter().all(|(word, _)| *word != v)) {
            let set: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.one_of(member, value, &set);
        }
    }

    /// A pattern, checked by the caller.
    pub(crate) fn pattern(&mut self, member: &str, value: &str, pattern: &str, holds: bool) {
        if !holds {
            self.fails(
                member,
                shown(value),
                format!("Member must satisfy regular expression pattern: {pattern}"),
            );
        }
    }

    fn fails(&mut self, member: &str, value: impl Display, rule: String) {
        self.found.push(format!("Value '{value}' at '{member}' failed to satisfy constraint: {rule}"));
    }

    /// Every violation in one error.
    pub(crate) fn done(self) -> Result<(), WireError> {
        if self.found.is_empty() {
            return Ok(());
        }
        let count = self.found.len();
        let mut text = format!("{count} validation error{} detected: ", if count == 1 { "" } else { "s" });
        let _ = write!(text, "{}", self.found.join("; "));
        Err(WireError::validation(text))
    }
}

/// A value as far as an error repeats it.
fn shown(value: &str) -> &str {
    value.char_indices().nth(512).and_then(|(end, _)| value.get(..end)).unwrap_or(value)
}
