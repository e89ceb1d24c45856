//! The fields in which two events differ: JSON pointers, from what to what.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// A field that is another one now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// JSON pointer.
    pub path: String,
    /// What stands; null where there is nothing.
    pub from: Value,
    /// What would.
    pub to: Value,
}

/// What follows from the other fields, and need not be told beside them.
const DERIVED: &str = "/content_sha256";

/// The smallest parts that differ, in the order of their paths.
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), old, new, &mut found);
    let is_derived = |change: &Change| change.path == DERIVED;
    if !found.iter().all(is_derived) {
        found.retain(|change| !is_derived(change));
    }
    found
}

fn compare(path: String, old: &Value, new: &Value, found: &mut Vec<Change>) {
    match (old, new) {
        (Value::Object(from), Value::Object(to)) => {
            for key in from.keys().chain(to.keys()).collect::<BTreeSet<_>>() {
                let [from, to] = [from, to].map(|object| object.get(key).unwrap_or(&Value::Null));
                compare(format!("{path}/{}", escaped(key)), from, to, found);
            }
        }
        (Value::Array(from), Value::Array(to)) if from.len() == to.len() => {
            for (index, (from, to)) in from.iter().zip(to).enumerate() {
                compare(format!("{path}/{index}"), from, to, found);
            }
        }
        (from, to) if from == to => {}
        (from, to) => found.push(Change { path, from: from.clone(), to: to.clone() }),
    }
}

/// RFC 6901: a key of `field_status` is itself a pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_parts_that_differ_are_told() {
        let old = json!({"a": 1, "b": {"c": "x", "d": [1, 2]}, "e": [1], "content_sha256": "0"});
        let new = json!({"a": 1, "b": {"c": "y", "d": [1, 3]}, "e": [], "f/g": null, "h": 2, "content_sha256": "1"});
        let told: Vec<String> =
            changes(&old, &new).iter().map(|change| format!("{} {} {}", change.path, change.from, change.to)).collect();
        assert_eq!(told, ["/b/c \"x\" \"y\"", "/b/d/1 2 3", "/e [1] []", "/h null 2"]);
    }

    #[test]
    fn a_hash_alone_is_told_when_nothing_else_is_to_be() {
        let told = changes(&json!({"a": 1, "content_sha256": "0"}), &json!({"a": 1, "content_sha256": "1"}));
        assert_eq!(told.len(), 1);
        assert_eq!(changes(&json!({"a": [{}]}), &json!({"a": [{}]})), []);
    }
}
