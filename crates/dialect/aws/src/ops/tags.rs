//! Tags as CreateKey and TagResource take them (AWS KMS API Reference, Tag): their number and lengths are constraints
//! of the model, the rest is a `TagException`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::constraint::Checks;
use crate::wire::WireError;

/// Most tags of one key, and so of one request.
const MOST: usize = 50;

#[derive(Deserialize)]
pub(super) struct Tag {
    #[serde(rename = "TagKey")]
    key: Option<String>,
    #[serde(rename = "TagValue")]
    value: Option<String>,
}

/// Tags by key. Their number comes first, so that no error repeats more than fifty of them.
pub(super) fn labels(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, WireError> {
    if tags.len() > MOST {
        return Err(WireError::client("TagException", "Too many tags"));
    }
    check(&tags)?;
    let mut labels = BTreeMap::new();
    for Tag { key, value } in tags {
        let key = key.unwrap_or_default();
        if is_reserved(&key) {
            return Err(WireError::client("TagException", "Tags beginning with aws: are reserved"));
        }
        if labels.insert(key, value.unwrap_or_default()).is_some() {
            return Err(WireError::client("TagException", "Duplicate tag keys"));
        }
    }
    Ok(labels)
}

fn check(tags: &[Tag]) -> Result<(), WireError> {
    let mut checks = Checks::default();
    for (tag, n) in tags.iter().zip(1..) {
        let (key, value) = (format!("tags.{n}.member.tagKey"), format!("tags.{n}.member.tagValue"));
        checks.required(&key, tag.key.as_ref());
        checks.text(&key, tag.key.as_deref(), 1, 128);
        checks.required(&value, tag.value.as_ref());
        checks.text(&value, tag.value.as_deref(), 0, 256);
    }
    checks.done()
}

/// In whatever case.
fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}
