//! The dialects that a listener serves, each over the same slot.

use std::sync::Arc;

use edge::HttpDialect;

use crate::system::System;

/// Every dialect that is built.
pub(crate) fn all(_system: &Arc<System>) -> Vec<Arc<dyn HttpDialect>> {
    Vec::new()
}
