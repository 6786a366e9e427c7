//! `GET auth/token/lookup-self`.

use api::ops::WhoAmI;
use serde_json::json;

use crate::call::Exchange;
use crate::envelope::{Answer, Errors};
use crate::fault;

pub(super) async fn run(exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let who = exchange.run(WhoAmI).await.map_err(|f| fault::word(&f.what))?;
    let roles: Vec<_> = who.principal.roles.iter().map(|role| role.word()).collect();
    // The token itself is never said back; its public id stands for it.
    Ok(Answer::Data(json!({
        "id": who.credential.to_string(),
        "accessor": who.credential.to_string(),
        "display_name": who.principal.name,
        "entity_id": who.principal.id.to_string(),
        "policies": roles,
        "path": "auth/token/create",
        "type": "service",
        "ttl": 0,
        "creation_ttl": 0,
        "explicit_max_ttl": 0,
        "num_uses": 0,
        "orphan": true,
        "renewable": false,
        "meta": null,
    })))
}
