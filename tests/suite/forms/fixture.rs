//! One folder of the corpus: the document, how it arrives, and what is expected of it.

use std::fs;
use std::path::{Path, PathBuf};

use exdate::finding::Finding;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use serde_json::{Value, json};

/// A document of the corpus with its expectation.
pub(crate) struct Fixture {
    /// Name of the folder: says what is odd about the document.
    pub(crate) slug: String,
    /// The same in a sentence.
    pub(crate) about: String,
    /// Fixtures of one family print the same facts.
    pub(crate) twin: Option<String>,
    /// The expected outcome, in the shape of [`Fixture::observed`].
    pub(crate) expected: Value,
    headers: Vec<(String, String)>,
    rules: Rules,
    document: Vec<u8>,
}

/// Every fixture, by name.
pub(crate) fn corpus() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).expect("tests/forms").flatten().map(|entry| entry.path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders.iter().map(|folder| Fixture::load(folder)).collect()
}

impl Fixture {
    fn load(folder: &Path) -> Fixture {
        let slug = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let text =
            fs::read_to_string(folder.join("expected.json")).unwrap_or_else(|e| panic!("{slug}: expected.json: {e}"));
        let mut expected: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{slug}: expected.json: {e}"));
        let mut take = |key: &str| expected.as_object_mut().expect("an object").remove(key);
        let about = take("about").and_then(|about| about.as_str().map(str::to_owned)).unwrap_or_default();
        let twin = take("twin").and_then(|twin| twin.as_str().map(str::to_owned));
        let headers = take("headers").unwrap_or_default();
        let rules = take("rules").unwrap_or_default();
        Fixture {
            about,
            twin,
            headers: texts(&headers),
            rules: read_rules(&rules),
            document: source(folder),
            expected,
            slug,
        }
    }

    /// What the library makes of the document.
    pub(crate) fn outcome(&self) -> Outcome {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_bytes()))).collect();
        let message = Message { topic: "raw", value: Some(&self.document), headers, ..Message::default() };
        process(&message, &self.rules)
    }

    /// The outcome as JSON: `outcome`, then `event` and `findings`, or `stage` and `findings`, or `reason`.
    pub(crate) fn observed(&self) -> Value {
        match self.outcome() {
            Outcome::Publish(event, warnings) => {
                json!({ "outcome": "publish", "event": *event, "findings": findings(warnings) })
            }
            Outcome::DeadLetter(stage, all, _) => {
                json!({ "outcome": "dead-letter", "stage": stage.as_str(), "findings": findings(all) })
            }
            Outcome::Skip(reason) => json!({ "outcome": "skip", "reason": reason.as_str() }),
        }
    }
}

/// The one file of the folder that is called `source`, whatever its ending.
fn source(folder: &Path) -> Vec<u8> {
    let mut files = fs::read_dir(folder).expect("a fixture's folder").flatten().map(|entry| entry.path());
    let path = files.find(|path| path.file_stem().is_some_and(|stem| stem == "source"));
    fs::read(path.unwrap_or_else(|| panic!("{} holds no source", folder.display()))).expect("a readable source")
}

fn texts(headers: &Value) -> Vec<(String, String)> {
    let pairs = headers.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), value.as_str().expect("a header's text").to_owned())).collect()
}

fn read_rules(rules: &Value) -> Rules {
    let mut read = Rules::default();
    if let Some(bytes) = rules["max_document_bytes"].as_u64() {
        read.max_document_bytes = usize::try_from(bytes).expect("a size");
    }
    if let Some(bytes) = rules["max_pdf_bytes"].as_u64() {
        read.max_pdf_bytes = usize::try_from(bytes).expect("a size");
    }
    if let Some(day) = rules["t_plus_1_from"].as_str() {
        read.t_plus_1_from = Some(day.parse().expect("a date"));
    }
    read
}

/// In the order of their lines, so that an expectation reads like the document.
fn findings(mut findings: Vec<Finding>) -> Value {
    findings.sort_by_key(|finding| (finding.line, finding.code.as_str(), finding.field.clone()));
    let all = findings.into_iter().map(|finding| {
        json!({ "code": finding.code, "field": finding.field, "line": finding.line, "found": finding.found, "expected": finding.expected })
    });
    Value::Array(all.collect())
}
