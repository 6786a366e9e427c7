//! The Security Token Service beside KMS (AWS STS API Reference 2011-06-15): query protocol in, XML out, over the same
//! signatures and the same gate. So far it answers the one question that SDKs, Terraform and people ask first: who am I.

mod fault;
mod get_caller_identity;
mod query;
mod xml;

use edge::{Request, Response};

use crate::call::{Aws, bounded};
use crate::operations::{OperationRow, row};
use crate::wire::WireError;
use get_caller_identity::GetCallerIdentity;

pub(crate) use fault::of_kms;
pub(crate) use query::is_query;

/// The service name that scopes must carry.
const SERVICE: &str = "sts";
/// The version of the API.
const VERSION: &str = "2011-06-15";

/// Every operation that is answered. None asks for an action: whoever is authenticated may know who that is.
pub const STS_OPERATIONS: &[OperationRow] = &[row("GetCallerIdentity", &[])];

impl Aws {
    /// Answers a request of the query protocol.
    pub(crate) async fn handle_query(&self, request: &Request) -> Response {
        match self.answer_query(request).await {
            Ok((action, result)) => xml::ok(request.id, action, &result),
            Err(error) => xml::error(request.id, &of_kms(error)),
        }
    }

    async fn answer_query<'r>(&self, request: &'r Request) -> Result<(&'r str, Vec<u8>), WireError> {
        let asked = query::read(request);
        let name = asked.as_ref().map_or_else(|_| String::new(), |asked| bounded(asked.action));
        let signed = self.signed(request, SERVICE, &name).await?;
        let exchange = self.exchange(request, &name, signed);
        match asked {
            Err(error) => Err(exchange.refuse(error).await),
            Ok(asked) if asked.is("GetCallerIdentity") && request.path == "/" => {
                Ok((asked.action, exchange.run::<GetCallerIdentity>().await?))
            }
            Ok(asked) => Err(exchange.refuse(asked.unknown()).await),
        }
    }
}
