//! The statement core, read strictly: what is not understood in full is refused, with the place (INV-13).

use std::sync::Arc;

use domain::{Action, StatementRef};

use super::json::Node;
use super::pattern::is_wild;
use super::principal::{self, Named};
use super::projection::{ActionSet, Projected, ResourcePattern};

/// A policy ready to be asked.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// Allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// One statement.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) name: Arc<StatementRef>,
    pub(super) effect: Effect,
    /// Empty in identity policies.
    pub(super) principals: Vec<Named>,
    actions: ActionSet,
    resources: Vec<ResourcePattern>,
}

impl Statement {
    /// Whether it speaks of the action on the resource, whoever asks.
    pub(super) fn covers(&self, action: Action, resource: &Projected) -> bool {
        self.actions.has(action)
            && self.resources.iter().any(|r| match self.effect {
                Effect::Allow => r.allows(resource),
                Effect::Deny => r.denies(resource),
            })
    }
}

/// Whether statements name principals (a resource's policy) or are attached to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `Principal` is required.
    OfResource,
    /// `Principal` is refused.
    OfPrincipal,
}

impl Policy {
    /// Reads a document; `name` is how decisions will call it.
    ///
    /// # Errors
    /// What is wrong and where.
    pub(crate) fn read(text: &str, name: &str, shape: Shape) -> Result<Self, String> {
        let Node::Object(members) = Node::read(text)? else {
            return Err("a policy must be an object".to_owned());
        };
        let mut statements = Vec::new();
        for (member, value) in &members {
            match member.as_str() {
                "Version" => version(value)?,
                "Id" => value.text().map(drop).ok_or("`Id` must be a text")?,
                "Statement" => statements = read_statements(value, name, shape)?,
                other => return Err(format!("element `{other}` is not known")),
            }
        }
        if statements.is_empty() {
            Err("`Statement` is missing or empty".to_owned())
        } else {
            Ok(Self { statements })
        }
    }
}

fn version(value: &Node) -> Result<(), String> {
    match value.text() {
        Some("2012-10-17" | "2008-10-17") => Ok(()),
        _ => Err("`Version` must be `2012-10-17` or `2008-10-17`".to_owned()),
    }
}

fn read_statements(value: &Node, name: &str, shape: Shape) -> Result<Vec<Statement>, String> {
    let list = match value {
        Node::List(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let read = |(i, node)| read_statement(node, i, name, shape).map_err(|e| format!("Statement[{i}]: {e}"));
    let statements: Vec<Statement> = list.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let repeated = statements
        .iter()
        .enumerate()
        .find(|(i, s)| statements.iter().take(*i).any(|earlier| earlier.name.statement == s.name.statement));
    match repeated {
        Some((i, s)) => Err(format!("Statement[{i}]: `Sid` `{}` stands twice", s.name.statement)),
        None => Ok(statements),
    }
}

#[derive(Default)]
struct Elements<'a> {
    sid: Option<&'a str>,
    effect: Option<Effect>,
    principals: Option<Vec<Named>>,
    actions: Option<Vec<String>>,
    resources: Option<Vec<ResourcePattern>>,
}

fn read_statement(node: &Node, position: usize, document: &str, shape: Shape) -> Result<Statement, String> {
    let Node::Object(members) = node else { return Err("a statement must be an object".to_owned()) };
    let mut found = Elements::default();
    for (member, value) in members {
        found.take(member, value)?;
    }
    let Elements { sid, effect, principals, actions, resources } = found;
    let effect = effect.ok_or("`Effect` is missing")?;
    let actions = actions.ok_or("`Action` is missing")?;
    let principals = match (shape, principals) {
        (Shape::OfResource, Some(named)) => named,
        (Shape::OfResource, None) => return Err("`Principal` is missing".to_owned()),
        (Shape::OfPrincipal, None) => Vec::new(),
        (Shape::OfPrincipal, Some(_)) => return Err("`Principal` stands only in a key policy".to_owned()),
    };
    let statement = sid.filter(|sid| !sid.is_empty()).map_or_else(|| position.to_string(), str::to_owned);
    Ok(Statement {
        name: Arc::new(StatementRef { document: document.to_owned(), statement }),
        effect,
        principals,
        actions: match effect {
            Effect::Allow => ActionSet::allowed_by(&actions),
            Effect::Deny => ActionSet::denied_by(&actions),
        },
        resources: resources.ok_or("`Resource` is missing")?,
    })
}

impl<'a> Elements<'a> {
    fn take(&mut self, member: &str, value: &'a Node) -> Result<(), String> {
        match member {
            "Sid" => self.sid = Some(value.text().ok_or("`Sid` must be a text")?),
            "Effect" => self.effect = Some(effect(value)?),
            "Principal" => {
                self.principals = Some(principal::read(value).map_err(|e| format!("`Principal`: {e}"))?);
            }
            "Action" => self.actions = Some(actions(value)?),
            "Resource" => self.resources = Some(resources(value)?),
            "Condition" | "NotPrincipal" | "NotAction" | "NotResource" => {
                return Err(format!("element `{member}` is not evaluated yet"));
            }
            other => return Err(format!("element `{other}` is not known")),
        }
        Ok(())
    }
}

fn effect(value: &Node) -> Result<Effect, String> {
    match value.text() {
        Some("Allow") => Ok(Effect::Allow),
        Some("Deny") => Ok(Effect::Deny),
        _ => Err("`Effect` must be `Allow` or `Deny`".to_owned()),
    }
}

fn actions(value: &Node) -> Result<Vec<String>, String> {
    let texts = value.texts().ok_or("`Action` must be a text or a list of texts")?;
    texts
        .into_iter()
        .map(|text| action(text).ok_or_else(|| format!("`Action`: `{text}` is no action pattern")))
        .collect()
}

/// `*`, or `service:name` with wildcards in either.
fn action(text: &str) -> Option<String> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"*?-:".contains(&b);
    let shaped = text == "*"
        || text.split_once(':').is_some_and(|(s, n)| !s.is_empty() && !n.is_empty() && !n.contains(':'));
    (shaped && text.len() <= 128 && text.bytes().all(known)).then(|| text.to_owned())
}

fn resources(value: &Node) -> Result<Vec<ResourcePattern>, String> {
    let texts = value.texts().ok_or("`Resource` must be a text or a list of texts")?;
    let read = |text: &str| {
        ResourcePattern::read(text).ok_or_else(|| {
            let hint = if is_wild(text) { " (a pattern has all six parts)" } else { "" };
            format!("`Resource`: `{}` is neither `*` nor an ARN{hint}", text.escape_default())
        })
    };
    texts.into_iter().map(read).collect()
}
