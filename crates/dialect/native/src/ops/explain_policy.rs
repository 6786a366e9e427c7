//! `POST explain`: what the gate would decide, and by which statement; nothing is done.

use crate::exchange::DEFAULT_TENANT;
use crate::reference;
use crate::words::word;
use codec_native::{Considered, ExplainRequest, Explanation, Statement, closest};
use domain::{Action, Language};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ExplainPolicy;

impl WireOperation for ExplainPolicy {
    type Op = api::ops::ExplainPolicy;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let ExplainRequest { tenant: _, principal, action, key } = asked.body()?;
        let key = key.map(|text| reference::key(&text)).transpose()?;
        Ok(api::ops::ExplainPolicy { principal, action: action_of(&action)?, key })
    }

    fn write(output: api::ops::Explanation) -> Result<Answer, Refused> {
        let said = |(document, language, said): (String, Language, &str)| Considered {
            document,
            language: word(language),
            said: said.to_owned(),
        };
        let by = output.by.map(|by| Statement { document: by.document, statement: by.statement });
        let considered = output.considered.into_iter().map(said).collect();
        Answer::ok(&Explanation { allowed: output.allowed, by, considered })
    }
}

/// The tenant in whose place it is asked.
pub(super) fn tenant(asked: &Asked<'_>) -> Result<String, Refused> {
    let request: ExplainRequest = asked.body()?;
    Ok(request.tenant.unwrap_or_else(|| DEFAULT_TENANT.to_owned()))
}

fn action_of(text: &str) -> Result<Action, Refused> {
    let words = || Action::ALL.iter().map(|action| action.word());
    let found = Action::ALL.iter().copied().find(|action| action.word() == text);
    found.ok_or_else(|| match closest(text, words()) {
        Some(near) => Refused::malformed(format!("`action` is unknown; did you mean `{near}`?")),
        None => Refused::malformed("`action` is unknown; actions look like `key:encrypt`"),
    })
}
