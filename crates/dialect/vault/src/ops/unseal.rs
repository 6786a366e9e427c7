//! `PUT sys/unseal`: one custodian's share, or `reset` to begin again; `bao operator unseal`. No token can be asked
//! for while the tokens are sealed: the share is the proof.

use api::{Ceremony, NotUnsealed, RequestContext, ShareRefusal};
use edge::Request;
use secret::SecretBytes;
use serde::Deserialize;

use crate::envelope::{Answer, Errors};
use crate::fault;
use crate::member::Text;
use crate::sys;

/// Longest share that is looked at; ours have under 250 characters.
const MAX_SHARE: usize = 4096;
const UNREADABLE: &str = "failed to parse JSON input";

#[derive(Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(default)]
    reset: bool,
}

pub(crate) async fn unseal(
    ceremony: &dyn Ceremony,
    context: RequestContext,
    request: &Request,
) -> Result<Answer, Errors> {
    let asked: Asked<'_> =
        serde_json::from_slice(&request.body).map_err(|_| Errors::bad_request(UNREADABLE))?;
    if asked.reset {
        if !ceremony.status().sealed {
            return Err(Errors::bad_request("vault is unsealed"));
        }
        let after = ceremony.reset(context).await.map_err(|fault| fault::word(&fault.what))?;
        return Ok(sys::seal_status(after));
    }
    match ceremony.unseal(context, share(asked.key.as_deref().unwrap_or_default())?).await {
        Ok(after) => Ok(sys::seal_status(after)),
        Err(NotUnsealed::Share(why)) => Err(Errors::bad_request(worded(why))),
        Err(NotUnsealed::Fault(fault)) => Err(fault::word(&fault.what)),
    }
}

fn share(text: &str) -> Result<SecretBytes, Errors> {
    match text.len() {
        0 => Err(Errors::bad_request(
            "'key' must be specified in request body as JSON, or 'reset' set to true",
        )),
        len if len > MAX_SHARE => Err(Errors::bad_request(worded(ShareRefusal::NotAShare))),
        len => SecretBytes::try_build(len, |to| to.copy_from_slice(text.as_bytes()))
            .map(|(share, ())| share)
            .map_err(|_| fault::word(&api::FaultWhat::Internal)),
    }
}

/// The original finds out at the last share that one of them was wrong; here each is known by itself.
fn worded(why: ShareRefusal) -> String {
    match why {
        ShareRefusal::NotAShare => "'key' must be a share that begins with kss1-".to_owned(),
        ShareRefusal::Mistyped => "'key' has missing or wrong characters, copy the whole line".to_owned(),
        ShareRefusal::Foreign { index } => {
            format!("share {index} belongs to another system, or was replaced")
        }
        ShareRefusal::Altered { index } => format!("share {index} was altered, use another copy of it"),
        ShareRefusal::Duplicate { index } => format!("share {index} was given already, give another"),
        ShareRefusal::NoCustodians => {
            "this server is not unsealed by shares, restart it to unseal it".to_owned()
        }
        ShareRefusal::WrongRoot => "unseal failed, the shares did not seal what is stored".to_owned(),
    }
}
