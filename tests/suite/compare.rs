//! Expected against observed: an expectation names the fields that matter, and only those are compared.

use serde_json::Value;

/// Notes each place where `observed` is not what `expected` names. Objects may hold more than is expected; lists may not.
pub(crate) fn differences(place: &str, expected: &Value, observed: &Value, found: &mut Vec<String>) {
    match (expected, observed) {
        (Value::Object(fields), Value::Object(others)) => {
            for (name, value) in fields {
                differences(&format!("{place}/{name}"), value, others.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                differences(&format!("{place}/{index}"), item, other, found);
            }
        }
        _ if expected == observed => {}
        _ => found.push(format!("{place}: expected {expected}, observed {observed}")),
    }
}
