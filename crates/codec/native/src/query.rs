//! Query strings: each parameter at most once, none unknown.

use std::fmt;

use crate::path::{decode_segment, encode_segment};
use crate::suggest::closest;

/// Parameters as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

/// A query that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadQuery(String);

impl fmt::Display for BadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadQuery {}

impl Query {
    /// Reads a query, without its question mark, that may hold these parameters.
    ///
    /// # Errors
    /// [`BadQuery`] when one is unknown, twice, or wrongly encoded.
    pub fn parse(raw: Option<&str>, known: &[&str]) -> Result<Self, BadQuery> {
        let mut read = Self::default();
        for pair in raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Ok(name), Ok(value)) = (decode_segment(name), decode_segment(&value.replace('+', "%20")))
            else {
                return Err(BadQuery("the query is not percent-encoded text".to_owned()));
            };
            if !known.contains(&name.as_str()) {
                return Err(BadQuery(unknown(&name, known)));
            }
            if read.get(&name).is_some() {
                return Err(BadQuery(format!("the parameter `{name}` stands twice")));
            }
            read.0.push((name, value));
        }
        Ok(read)
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    let short: String = name.chars().take(64).collect();
    match closest(name, known.iter().copied()) {
        Some(near) => format!("the parameter `{short}` is unknown; did you mean `{near}`?"),
        None if known.is_empty() => format!("the parameter `{short}` is unknown; this operation has none"),
        None => format!("the parameter `{short}` is unknown; known are `{}`", known.join("`, `")),
    }
}

/// Puts a query together.
#[derive(Clone, Debug, Default)]
pub struct QueryWriter(String);

impl QueryWriter {
    /// One more parameter, if it has a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.0.push(if self.0.is_empty() { '?' } else { '&' });
            self.0.push_str(&encode_segment(name));
            self.0.push('=');
            self.0.push_str(&encode_segment(value));
        }
        self
    }

    /// The query with its question mark, or nothing.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_and_stand_once() {
        let read = |raw| Query::parse(Some(raw), &["after", "limit"]);
        assert_eq!(read("limit=5&after=a%2Fb").unwrap().get("after"), Some("a/b"));
        assert_eq!(
            read("limt=5").unwrap_err().to_string(),
            "the parameter `limt` is unknown; did you mean `limit`?"
        );
        assert!(read("limit=5&limit=6").is_err());
        assert!(read("limit=%f").is_err());
        assert_eq!(Query::parse(None, &[]).unwrap(), Query::default());
    }

    #[test]
    fn what_is_written_is_read() {
        let written = QueryWriter::default().with("after", Some("a b&c+d")).with("limit", None).finish();
        let read = Query::parse(written.strip_prefix('?'), &["after"]).unwrap();
        assert_eq!(read.get("after"), Some("a b&c+d"));
    }
}
