//! A dialect as the table sees it: its rows, a well-formed request for each, how a caller signs, how it refuses.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Action, RequestId};
use edge::{HttpDialect, Request, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::cast::Player;
use super::props::{Props, State};
use super::{aws, native, sts, vault};
use crate::house::House;

/// A row of a dialect's OPERATIONS.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) asks: Vec<(Action, String)>,
}

/// A request before somebody signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// What of an answer stands in the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) word: String,
}

/// One dialect.
pub(super) struct Stage {
    pub(super) word: &'static str,
    pub(super) rows: Vec<Row>,
    /// The operations that there is a request for.
    pub(super) built: Vec<&'static str>,
    pub(super) build: fn(&Row, &Props) -> Wire,
    pub(super) sign: fn(&mut Wire, Player),
    /// The error word of an answer's body; one that is no JSON comes as a text.
    pub(super) error: fn(&serde_json::Value) -> String,
    /// How it refuses by policy, and whom it does not know.
    pub(super) denied: (u16, &'static str),
    pub(super) unproven: (u16, &'static str),
    /// A request for no operation.
    pub(super) unrouted: Wire,
    pub(super) dialect: Box<dyn HttpDialect>,
}

/// Every dialect that the server has, over one gate.
pub(super) fn all(house: &House) -> Vec<Stage> {
    vec![aws::stage(house), sts::stage(house), vault::stage(house), native::stage(house)]
}

impl Row {
    /// As the audit log names it: what stands behind a comma tells rows of one operation apart.
    pub(super) fn operation(&self) -> &'static str {
        self.name.split(", ").next().unwrap()
    }

    /// Whether the row is about a key in this state; a row without a condition takes what its siblings leave.
    pub(super) fn covers(&self, state: State, all: &[Self]) -> bool {
        match self.name.split_once(", ").map(|(_, when)| when) {
            Some("the key absent") => state == State::Absent,
            Some("the key present") => state != State::Absent,
            Some(when) => panic!("{}: `{when}` is no condition that this test knows", self.name),
            None => {
                let sibling = |o: &&Self| o.name != self.name && o.operation() == self.operation();
                !all.iter().filter(sibling).any(|other| other.covers(state, all))
            }
        }
    }

    pub(super) fn asks(&self, action: Action) -> bool {
        self.asks.iter().any(|(asked, _)| *asked == action)
    }
}

impl Wire {
    pub(super) fn new(method: Method, path: String, body: &serde_json::Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { method, path, headers: Vec::new(), body }
    }

    /// Whether it says this text anywhere.
    pub(super) fn names(&self, text: &str) -> bool {
        self.path.contains(text) || self.body.contains(text)
    }

    fn request(self, house: &House, id: RequestId, peer: Option<std::net::IpAddr>) -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
        }
        Request {
            id,
            received_at: house.now(),
            method: self.method,
            path: self.path,
            query: None,
            headers,
            body: Bytes::from(self.body),
            peer,
        }
    }
}

impl Stage {
    /// Sends a request as somebody, or as nobody; its id is that of its record.
    pub(super) async fn send(
        &self,
        house: &House,
        mut wire: Wire,
        player: Option<Player>,
        peer: Option<std::net::IpAddr>,
    ) -> (RequestId, Response) {
        if let Some(player) = player {
            (self.sign)(&mut wire, player);
        }
        let id = house.context::<Self>().id;
        (id, self.dialect.handle(wire.request(house, id, peer)).await)
    }

    pub(super) fn said(&self, response: &Response) -> Said {
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Said { status, word: String::new() };
        }
        let body = serde_json::from_slice(response.body());
        let body = body.unwrap_or_else(|_| String::from_utf8(response.body().to_vec()).unwrap().into());
        Said { status, word: (self.error)(&body) }
    }

    pub(super) fn is_denied(&self, said: &Said) -> bool {
        (said.status, said.word.as_str()) == self.denied
    }

    pub(super) fn is_unproven(&self, said: &Said) -> bool {
        (said.status, said.word.as_str()) == self.unproven
    }
}

/// Every row has a request, and every request a row.
pub(super) fn assert_complete(stages: &[Stage]) {
    for stage in stages {
        for row in &stage.rows {
            let built = stage.built.contains(&row.operation());
            assert!(built, "{}: `{}` has no request in this test; give it one", stage.word, row.name);
        }
        for name in &stage.built {
            let listed = stage.rows.iter().any(|row| row.operation() == *name);
            assert!(listed, "{}: the request for `{name}` has no row in OPERATIONS", stage.word);
        }
    }
}

/// The gate, as a dialect takes it.
pub(super) fn gate(house: &House) -> Arc<dyn api::Kms> {
    house.engine.clone()
}
