//! Maps of text to text in which no key stands twice: what one reader takes first and another last is refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Most pairs.
const MAX: usize = 256;

/// Labels, or an encryption context; ordered by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pairs(pub BTreeMap<String, String>);

impl Pairs {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of text values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if pairs.contains_key(&key) {
                let key: String = key.chars().filter(|c| !c.is_control()).take(64).collect();
                return Err(A::Error::custom(format_args!("the key `{key}` stands twice")));
            }
            if pairs.len() == MAX {
                return Err(A::Error::custom(format_args!("more than {MAX} pairs")));
            }
            pairs.insert(key, map.next_value()?);
        }
        Ok(Pairs(pairs))
    }
}
