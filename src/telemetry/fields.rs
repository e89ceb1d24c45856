//! The event's nullable fields as a closed set of label values, read from the event's own schema.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use schemars::Schema;
use serde_json::Value;

use crate::event::DividendEvent;

/// What a pointer outside the schema is counted under.
pub(super) const OTHER: &str = "other";

/// Every pointer that `field_status` may hold, sorted; elements of lists as `*` (`/payment_options/*/amount`).
pub(super) fn all() -> &'static [String] {
    static FIELDS: OnceLock<Vec<String>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut found = BTreeSet::from([OTHER.to_owned()]);
        let schema = schemars::schema_for!(DividendEvent);
        collect(&schema, schema.as_value(), "", &mut found);
        found.into_iter().collect()
    })
}

/// The label of a pointer as an event holds it: `/payment_options/0/amount` is `/payment_options/*/amount`.
pub(super) fn label(pointer: &str) -> &'static str {
    let wanted =
        if pointer.bytes().any(|b| b.is_ascii_digit()) { with_stars(pointer).into() } else { Cow::Borrowed(pointer) };
    match all().binary_search_by(|field| field.as_str().cmp(&wanted)) {
        Ok(place) => all().get(place).map_or(OTHER, String::as_str),
        Err(_) => OTHER,
    }
}

fn with_stars(pointer: &str) -> String {
    let star = |part| if is_index(part) { "*" } else { part };
    pointer.split('/').map(star).collect::<Vec<_>>().join("/")
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

/// Parts of the event that are computed, or tell about the document or other fields: never absent from the form.
const NOT_PRINTED: [&str; 4] = ["/classification", "/field_status", "/source", "/warnings"];

/// Walks the schema's properties. What may be absent: a null, a list, or all that an object holds.
fn collect(schema: &Schema, node: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    let node = resolve(schema, node);
    if let Some(choices) = node.get("anyOf").and_then(Value::as_array) {
        choices.iter().for_each(|choice| collect(schema, choice, pointer, found));
    }
    if let Some(items) = node.get("items") {
        collect(schema, items, &format!("{pointer}/*"), found);
    }
    let properties = node.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let below = format!("{pointer}/{name}");
        if NOT_PRINTED.contains(&below.as_str()) {
            continue;
        }
        collect(schema, property, &below, found);
        if !is_required_scalar(resolve(schema, property)) {
            found.insert(below);
        }
    }
}

/// A value that is always there: neither nullable (`"type": [.., "null"]`, `anyOf`), nor a list, nor an object.
fn is_required_scalar(node: &Value) -> bool {
    node.get("anyOf").is_none()
        && node.get("type").and_then(Value::as_str).is_none_or(|kind| !matches!(kind, "array" | "object"))
        && !node.get("type").is_some_and(Value::is_array)
}

/// Follows `{"$ref": "#/$defs/Name"}`.
fn resolve<'a>(schema: &'a Schema, node: &'a Value) -> &'a Value {
    let target = node.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| schema.pointer(target)).unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_timetable_and_each_kind_of_list_is_a_field() {
        for field in
            ["/dates/ex_date", "/dates/book_close_period", "/withholding_tax", "/payment_options/*/scrip/price"]
        {
            assert!(all().iter().any(|known| known == field), "{field} is missing from {:#?}", all());
        }
        for field in ["/instrument/stock_code", "/source/url", "/corporate_action_id"] {
            assert!(!all().iter().any(|known| known == field), "{field} can not be absent from a form");
        }
    }

    #[test]
    fn a_place_in_a_list_is_no_label() {
        assert_eq!(label("/payment_options/0/amount"), "/payment_options/*/amount");
        assert_eq!(label("/payment_options/12/amount"), "/payment_options/*/amount");
        assert_eq!(label("/dates/ex_date"), "/dates/ex_date");
        assert_eq!(label("/dates/wedding_date"), OTHER);
    }
}
