//! `key …`: making, reading, changing.

use std::collections::HashMap;

use client::calls;
use codec_native::{BindNameRequest, CreateKeyRequest, Key, ListedKey, ScheduleRequest};

use super::{or_dash, page, seconds, using};
use crate::command::{CreateKey, KeyCommand, NameCommand, PageArgs};
use crate::failure::Stop;
use crate::input;
use crate::session::Session;
use crate::show::Rows;
use crate::{Exit, Format};

pub(super) async fn run(session: &mut Session<'_, '_>, command: KeyCommand) -> Result<(), Stop> {
    let tenant = session.tenant.clone();
    let key = match command {
        KeyCommand::Create(args) => {
            let request = create(session, args)?;
            session.send(calls::create_key(&tenant, &request)?).await?
        }
        KeyCommand::Show { key } => session.send(calls::show_key(&tenant, &key)).await?,
        KeyCommand::Enable { key } => session.send(calls::enable_key(&tenant, &key)).await?,
        KeyCommand::Disable { key } => session.send(calls::disable_key(&tenant, &key)).await?,
        KeyCommand::Rotate { key } => session.send(calls::rotate_key(&tenant, &key)).await?,
        KeyCommand::Cancel { key } => session.send(calls::cancel_destruction(&tenant, &key)).await?,
        KeyCommand::Destroy { key, wait, confirm } => {
            session.confirm(confirm.yes, &format!("destroying key `{key}` in {wait} days"))?;
            let request = ScheduleRequest { wait: Some(seconds(wait)) };
            session.send(calls::schedule_destruction(&tenant, &key, request)?).await?
        }
        KeyCommand::List(args) => return list(session, args).await,
        KeyCommand::Encrypt { key, bound, input } => {
            return using::encrypt(session, &key, &bound, input.as_deref()).await;
        }
        KeyCommand::Decrypt { key, bound, input, out } => {
            return using::decrypt(session, &key, &bound, input.as_deref(), out.as_deref()).await;
        }
        KeyCommand::DataKey(args) => return using::data_key(session, args).await,
        KeyCommand::Name(command) => return names(session, command).await,
    };
    session.print(&key, rows)
}

/// The list itself holds ids alone; for people their names are looked up beside, where the caller may list names.
async fn list(session: &mut Session<'_, '_>, args: PageArgs) -> Result<(), Stop> {
    let list = session.send(calls::list_keys(&session.tenant, &page(args))).await?;
    let people = session.format == Format::Table && !list.keys.is_empty();
    let names = if people { names_by_key(session).await? } else { HashMap::new() };
    session.print(&list, |list| {
        let row = |key: &ListedKey| vec![key.id.clone(), or_dash(names.get(&key.id).cloned())];
        Rows::list(&["ID", "NAMES"], list.keys.iter().map(row)).more(list.next.as_deref())
    })
}

/// Native names, up to ten thousand of them.
async fn names_by_key(session: &mut Session<'_, '_>) -> Result<HashMap<String, String>, Stop> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut page = client::Page { after: None, limit: Some(1000) };
    for _ in 0..10 {
        let list = match session.send(calls::list_names(&session.tenant, "native", None, &page)).await {
            Err(Stop::Failed { exit: Exit::Denied, .. }) => return Ok(HashMap::new()),
            other => other?,
        };
        for bound in list.names {
            let all = names.entry(bound.key).or_default();
            *all = if all.is_empty() { bound.name } else { format!("{all}, {}", bound.name) };
        }
        page.after = list.next;
        if page.after.is_none() {
            break;
        }
    }
    Ok(names)
}

fn create(session: &mut Session<'_, '_>, args: CreateKey) -> Result<CreateKeyRequest, Stop> {
    let policy = args.policy_file.map(|file| input::document(&file, args.language, session.streams.input));
    Ok(CreateKeyRequest {
        spec: Some(args.spec),
        usage: Some(args.usage).filter(|usage| !usage.is_empty()),
        name: args.name,
        description: args.description,
        labels: input::pairs(&args.label)?,
        policy: policy.transpose()?,
        bypass_lockout_check: false,
        export: Some(args.export),
        destruction_wait: Some(seconds(args.least_wait)),
    })
}

async fn names(session: &mut Session<'_, '_>, command: NameCommand) -> Result<(), Stop> {
    let tenant = session.tenant.clone();
    match command {
        NameCommand::Bind { name, key } => {
            let text = format!("`{name}` leads to `{key}`");
            session.send(calls::bind_name(&tenant, &BindNameRequest { name, key })?).await?;
            session.done(&text)
        }
        NameCommand::List { space, key, page: args } => {
            let list = session.send(calls::list_names(&tenant, &space, key.as_deref(), &page(args))).await?;
            session.print(&list, |list| {
                let rows = list.names.iter().map(|bound| vec![bound.name.clone(), bound.key.clone()]);
                Rows::list(&["NAME", "KEY"], rows).more(list.next.as_deref())
            })
        }
    }
}

fn rows(key: &Key) -> Rows {
    let labels: Vec<_> = key.labels.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let days = key.ratchets.destruction_wait.div_ceil(86_400);
    let fields = [
        ("id", key.id.clone()),
        ("names", key.names.join(", ")),
        ("state", key.state.clone()),
        ("destruction", key.destruction.as_ref().map(|due| due.due_at.clone()).unwrap_or_default()),
        ("spec", key.spec.clone()),
        ("usage", key.usage.join(", ")),
        ("primary", or_dash(key.primary.map(|version| version.to_string()))),
        ("versions", key.versions.len().to_string()),
        ("export", key.ratchets.export.clone()),
        ("least wait", format!("{days} days")),
        ("labels", labels.join(", ")),
        ("description", key.description.clone()),
        ("born", format!("{} {}", key.born, key.created_at)),
    ];
    Rows::fields(fields.into_iter().filter(|(_, value)| !value.is_empty()))
}
