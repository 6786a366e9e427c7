//! `policy …`. A policy is printed as it was written, so that it can be edited and written back.

use client::calls;
use codec_native::{Document, ExplainRequest, Explanation, Policy, PutKeyPolicyRequest, WritePolicyRequest};

use crate::command::{PolicyCommand, WritePolicy};
use crate::failure::Stop;
use crate::session::Session;
use crate::show::{Rows, plain};
use crate::{Exit, Format, input};

const HEAD: &[&str] = &["NAME", "LANGUAGE", "WRITTEN", "ID"];

pub(super) async fn run(session: &mut Session<'_, '_>, command: PolicyCommand) -> Result<(), Stop> {
    let tenant = session.tenant.clone();
    match command {
        PolicyCommand::Write(args) => write(session, args).await,
        PolicyCommand::List => {
            let list = session.send(calls::list_policies()).await?;
            session.print(&list, |list| Rows::list(HEAD, list.policies.iter().map(row)))
        }
        PolicyCommand::Show { name } => show(session, &name).await,
        PolicyCommand::Explain(args) => {
            let (principal, action, key) = (args.principal, args.action, args.key);
            let request = ExplainRequest { tenant: Some(tenant), principal, action, key };
            let explanation = session.send(calls::explain(&request)?).await?;
            session.print(&explanation, explained)
        }
        PolicyCommand::KeyGet { key } => {
            let document = session.send(calls::get_key_policy(&tenant, &key)).await?;
            print_document(session, &document)
        }
        PolicyCommand::KeyPut { key, file, language, bypass_lockout_check } => {
            let policy = input::document(&file, language, session.streams.input)?;
            let request = PutKeyPolicyRequest { policy, bypass_lockout_check };
            session.send(calls::put_key_policy(&tenant, &key, &request)?).await?;
            session.done("written")
        }
    }
}

async fn write(session: &mut Session<'_, '_>, args: WritePolicy) -> Result<(), Stop> {
    let document = input::document(&args.file, args.language, session.streams.input)?;
    // None of both leaves its guards as they are; an empty list lets go of all of them.
    let guards = Some(args.guard).filter(|tenants| args.no_guard || !tenants.is_empty());
    let request = WritePolicyRequest { document, guards };
    let policy = session.send(calls::write_policy(&args.name, &request)?).await?;
    session.print(&policy, |policy| Rows::list(HEAD, [row(policy)]))
}

async fn show(session: &mut Session<'_, '_>, name: &str) -> Result<(), Stop> {
    let list = session.send(calls::list_policies()).await?;
    let text = format!("there is no policy `{name}`");
    let missing = || Stop::Failed { exit: Exit::NotFound, text };
    let policy = list.policies.into_iter().find(|policy| policy.name == name).ok_or_else(missing)?;
    print_document(session, &policy.document)
}

fn print_document(session: &mut Session<'_, '_>, document: &Document) -> Result<(), Stop> {
    if session.format != Format::Table {
        return session.print(document, |_| Rows::default());
    }
    for line in document.text.lines() {
        writeln!(session.streams.out, "{}", plain(&line.replace('\t', "    ")))?;
    }
    Ok(())
}

fn row(policy: &Policy) -> Vec<String> {
    let Policy { id, name, document, written_at } = policy.clone();
    vec![name, document.language, written_at, id]
}

fn explained(explanation: &Explanation) -> Rows {
    let verdict = if explanation.allowed { "allowed" } else { "denied" };
    let by = explanation.by.as_ref().map_or_else(
        || "no statement allows it".to_owned(),
        |by| format!("{} statement {}", by.document, by.statement),
    );
    let considered = explanation.considered.iter().map(|document| {
        let text = format!("{} ({}): {}", document.document, document.language, document.said);
        ("considered", text)
    });
    Rows::fields([("decision", verdict.to_owned()), ("by", by)].into_iter().chain(considered))
}
