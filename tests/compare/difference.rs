//! Answers that differ, counted by what differs in them.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// Places of each kind that are shown.
const SAMPLES: usize = 3;

/// All differences so far.
pub(crate) struct Differences<'a> {
    except: &'a [String],
    compared: usize,
    differing: usize,
    kinds: BTreeMap<String, Kind>,
}

/// Answers that differ in the same member.
#[derive(Default)]
struct Kind {
    count: usize,
    samples: Vec<String>,
}

impl<'a> Differences<'a> {
    /// None yet; `except` are pointers below which nothing is compared.
    pub(crate) fn new(except: &'a [String]) -> Differences<'a> {
        Differences { except, compared: 0, differing: 0, kinds: BTreeMap::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.differing == 0
    }

    /// Compares two answers about one document.
    pub(crate) fn compare(&mut self, name: &str, base: &str, head: &str) {
        self.compared += 1;
        if base == head {
            return;
        }
        let [base, head] = [base, head].map(|answer| serde_json::from_str(answer).expect("an answer is JSON"));
        let mut found = Vec::new();
        collect(&mut String::new(), &base, &head, &mut found);
        found.retain(|(pointer, _)| !self.except.iter().any(|except| pointer.starts_with(except)));
        self.differing += usize::from(!found.is_empty());
        for (pointer, change) in found {
            let kind = self.kinds.entry(any_element(&pointer)).or_default();
            kind.count += 1;
            if kind.samples.len() < SAMPLES {
                kind.samples.push(format!("{name}\n      {change}"));
            }
        }
    }
}

/// Every innermost member that differs, and what it was and is.
fn collect(pointer: &mut String, base: &Value, head: &Value, found: &mut Vec<(String, String)>) {
    let mut within = |step: &str, base: &Value, head: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(step);
        collect(pointer, base, head, found);
        pointer.truncate(length);
    };
    match (base, head) {
        (Value::Object(base), Value::Object(head)) => {
            let added = head.keys().filter(|key| !base.contains_key(*key));
            for key in base.keys().chain(added) {
                let [base, head] = [base, head].map(|object| object.get(key).unwrap_or(&Value::Null));
                within(&key.replace('~', "~0").replace('/', "~1"), base, head);
            }
        }
        (Value::Array(base), Value::Array(head)) if base.len() == head.len() => {
            for (place, (base, head)) in base.iter().zip(head).enumerate() {
                within(&place.to_string(), base, head);
            }
        }
        _ if base == head => {}
        _ => found.push((pointer.clone(), format!("{base} -> {head}"))),
    }
}

/// `/findings/3/line` is of one kind with `/findings/0/line`.
fn any_element(pointer: &str) -> String {
    let step = |step: &str| if step.parse::<usize>().is_ok() { "*".to_owned() } else { step.to_owned() };
    pointer.split('/').map(step).collect::<Vec<_>>().join("/")
}

impl fmt::Display for Differences<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} documents, {} read differently", self.compared, self.differing)?;
        for (pointer, kind) in &self.kinds {
            writeln!(f, "\n{} times {pointer}", kind.count)?;
            kind.samples.iter().try_for_each(|sample| writeln!(f, "  {sample}"))?;
        }
        Ok(())
    }
}
