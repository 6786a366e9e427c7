//! JSON as a policy may be written: every member once, nothing that the statement language has no use for.
//!
//! `serde_json::Value` keeps the last of two members with one name, so two readers could see two policies. Here a
//! repeated member is an error. Depth is bounded by `serde_json` (128), length by the caller.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value reduced to what statements are made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A number, boolean or null.
    Other,
}

impl Node {
    /// Reads text.
    ///
    /// # Errors
    /// The parser's words, with line and column.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    /// The values of a member that may be one text or a list of texts; `None` if it is anything else or empty.
    pub(super) fn texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Text(one) => Some(vec![one]),
            Self::List(many) if !many.is_empty() => many.iter().map(Self::text).collect(),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy")
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Node>()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format_args!("member `{name}` stands twice")));
            }
            members.push((name, value));
            if members.len() > MOST_MEMBERS {
                return Err(A::Error::custom("an object has too many members"));
            }
        }
        Ok(Node::Object(members))
    }
}

/// No object of the language has more; keeps the search for repeated members cheap.
const MOST_MEMBERS: usize = 32;

#[cfg(test)]
mod tests {
    use super::{MOST_MEMBERS, Node};

    fn object(members: usize) -> String {
        let members: Vec<_> = (0..members).map(|i| format!("\"k{i}\":1")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn inv_12_an_object_has_its_bound_of_members() {
        assert!(Node::read(&object(MOST_MEMBERS)).is_ok());
        assert!(Node::read(&object(MOST_MEMBERS + 1)).unwrap_err().contains("too many members"));
    }

    #[test]
    fn everything_that_is_json_reads() {
        let read = |text| Node::read(text).unwrap();
        for other in ["1", "-1", "1.5", "true", "null"] {
            assert_eq!(read(other), Node::Other);
        }
        assert_eq!(read("\"a\""), Node::Text("a".to_owned()));
        let list = read(r#"["a",1]"#);
        assert_eq!(list, Node::List(vec![Node::Text("a".to_owned()), Node::Other]));
        assert_eq!((list.texts(), list.text()), (None, None));
        assert_eq!(read(r#"["a","b"]"#).texts(), Some(vec!["a", "b"]));
        assert_eq!(read("[]").texts(), None);
        assert_eq!(read(r#""a""#).texts(), Some(vec!["a"]));
        assert_eq!(read("{}").texts(), None);
        assert_eq!(read(r#"{"a":1}"#), Node::Object(vec![("a".to_owned(), Node::Other)]));
    }
}
