//! 3. `Form` → [`DividendEvent`]: what it means. Pure.

pub mod schema;
pub mod time;

pub use schema::DividendEvent;

use crate::document::Document;
use crate::finding::Finding;
use crate::form::Form;
use crate::message::Rules;

/// Gives a form its meaning: the event with its warnings inside.
///
/// `reading` holds the findings of the earlier steps; those of severity warning become warnings of the event.
///
/// # Errors
///
/// All findings of the document when at least one of them is an error.
pub fn normalise(
    document: &Document,
    form: &Form,
    reading: Vec<Finding>,
    rules: &Rules,
) -> Result<(DividendEvent, Vec<Finding>), Vec<Finding>> {
    let _ = (document, form, rules);
    Err(reading)
}
