//! STS, which stands beside KMS in one dialect: a signed form, answered to whoever is authenticated.

use dialect_aws::STS_OPERATIONS;
use http::Method;
use serde_json::Value;

use super::aws::{dialect, sign_for};
use super::props::Props;
use super::stage::{Row, Stage, Wire};
use crate::house::House;

pub(super) fn stage(house: &House) -> Stage {
    let rows = STS_OPERATIONS.iter().map(|row| Row {
        name: row.name,
        asks: row.asks.iter().map(|(action, on)| (*action, format!("{on:?}"))).collect(),
    });
    Stage {
        word: "sts",
        rows: rows.collect(),
        built: vec!["GetCallerIdentity"],
        build: |row: &Row, _: &Props| call(row.operation()),
        sign: |wire, player| sign_for(wire, player, "sts"),
        error: code,
        denied: (403, "AccessDenied"),
        unproven: (403, "MissingAuthenticationToken"),
        unrouted: call("NoSuchOperation"),
        dialect: dialect(house),
    }
}

fn call(operation: &str) -> Wire {
    let mut wire = Wire::new(Method::POST, "/".to_owned(), &Value::Null);
    wire.headers = vec![
        ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ("host", "sts.test".to_owned()),
    ];
    wire.body = format!("Action={operation}&Version=2011-06-15");
    wire
}

/// The code in an error of the query protocol, whose body is no JSON but a text.
fn code(body: &Value) -> String {
    let (_, rest) = body.as_str().unwrap().split_once("<Code>").unwrap();
    rest.split_once("</Code>").unwrap().0.to_owned()
}
