//! The AWS IAM statement language: its strict reader, its evaluator, its signing chain. One of the two places outside
//! dialects and codecs where wire names may stand (INV-7).

mod evaluate;
mod json;
mod pattern;
mod policy;
mod principal;
mod projection;
mod signature;
mod template;

pub(crate) use policy::{Policy, Shape};
pub(crate) use projection::Terms;
pub use projection::iam_names;
pub(crate) use signature::signing_key;
pub use template::delegating_key_policy;
