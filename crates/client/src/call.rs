//! One request before it is sent.

use std::marker::PhantomData;

use codec_native::{QueryWriter, ROOT, encode_segment};
use http::Method;
use secret::{Exposure, SecretBytes};
use serde::Serialize;

use crate::ClientError;

/// A request whose answer is a `T`; `()` is an answer without a body.
#[derive(Debug)]
pub struct Call<T> {
    pub(crate) method: Method,
    pub(crate) target: String,
    /// In the arena, because it may hold a plaintext.
    pub(crate) body: Option<SecretBytes>,
    answer: PhantomData<fn() -> T>,
}

/// Which page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Where the page before said the next begins.
    pub after: Option<String>,
    /// At most so many items.
    pub limit: Option<u16>,
}

/// Fields that are secrets, wherever they stand.
const HIDDEN: [&str; 2] = ["plaintext", "share"];

impl<T> Call<T> {
    pub(crate) fn new(method: Method, segments: &[&str]) -> Self {
        let path: Vec<_> = segments.iter().map(|segment| encode_segment(segment)).collect();
        Self { method, target: format!("{ROOT}{}", path.join("/")), body: None, answer: PhantomData }
    }

    /// A verb of what the path names.
    pub(crate) fn verb(mut self, verb: &str) -> Self {
        self.target.push(':');
        self.target.push_str(verb);
        self
    }

    pub(crate) fn query(mut self, query: QueryWriter) -> Self {
        self.target.push_str(&query.finish());
        self
    }

    pub(crate) fn page(self, page: &Page) -> Self {
        self.query(with_page(QueryWriter::default(), page))
    }

    /// A body whose secrets have at most `secret_len` bytes in all.
    pub(crate) fn body<B: Serialize>(mut self, body: &B, secret_len: usize) -> Result<Self, ClientError> {
        let mut text = Vec::with_capacity(secret_len.saturating_mul(2).saturating_add(4096));
        let written = serde_json::to_writer(&mut text, body);
        let text = SecretBytes::try_take_vec(text).map_err(|_| ClientError::Memory)?;
        written.map_err(|_| ClientError::Memory)?;
        self.body = Some(text);
        Ok(self)
    }

    /// The request as text without its secrets: method, path, and the body in lines.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = format!("{} {}", self.method, self.target);
        if let Some(body) = &self.body {
            let value: Option<serde_json::Value> =
                serde_json::from_slice(body.expose(Exposure::HandToProvider)).ok();
            text.push('\n');
            text.push_str(&value.map_or_else(String::new, |value| format!("{:#}", hidden(value))));
        }
        text
    }
}

pub(crate) fn with_page(query: QueryWriter, page: &Page) -> QueryWriter {
    let limit = page.limit.map(|limit| limit.to_string());
    query.with("after", page.after.as_deref()).with("limit", limit.as_deref())
}

/// Without secrets, and by name, so that the order does not hang on how the json library was built.
fn hidden(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let Value::Object(map) = value else { return value };
    let fields = map.into_iter().map(|(name, value)| {
        let hide = HIDDEN.contains(&name.as_str());
        (name, if hide { Value::from("(hidden)") } else { hidden(value) })
    });
    fields.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
}
