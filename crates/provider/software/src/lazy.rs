//! Half of a key that not every key is asked for.

use std::sync::OnceLock;

use spi::ProviderError;

/// What stands in the cell, made if nothing does. Two threads may both make it; the first stays.
pub(crate) fn filled<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, ProviderError>,
) -> Result<&T, ProviderError> {
    match cell.get() {
        Some(value) => Ok(value),
        None => {
            let value = make()?;
            Ok(cell.get_or_init(|| value))
        }
    }
}
