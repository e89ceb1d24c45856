//! The source text, held to the invariants that `src/lib.rs` states.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up: a module may use those before it, and itself.
const LAYERS: [&[&str]; 10] = [
    &["money", "finding", "message", "hash", "needle"],
    &["document"],
    &["form"],
    &["event"],
    &["record"],
    &["pipeline"],
    &["config", "telemetry", "exit"],
    &["kafka"],
    &["service"],
    &["commands", "cli"],
];

const PURE: [&str; 10] =
    ["document", "form", "event", "record", "money", "finding", "message", "hash", "needle", "pipeline"];

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the source tree") {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            found.extend(source_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// Each source file: top-level module, path below `src/`, text without comments and unit tests.
fn modules() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = Vec::new();
    for path in source_files(&root) {
        let below = path.strip_prefix(&root).expect("a file below src").display().to_string();
        let top = below.split('/').next().expect("a first component").trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        modules.push((top, below, code_only(&text)));
    }
    assert!(modules.len() > 15, "the walk found only {} files", modules.len());
    modules
}

fn code_only(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The compiler lets a file lift the lint; one does.
#[test]
fn one_call_is_unsafe() {
    for (_, file, code) in modules() {
        let calls = code.matches("unsafe {").count();
        assert_eq!(calls, usize::from(file == "kafka/flush.rs"), "src/{file}");
        assert!(!code.contains("unsafe fn") && !code.contains("unsafe impl"), "src/{file}");
    }
}

#[test]
fn rdkafka_is_named_in_the_kafka_folder_only() {
    for (top, file, code) in modules() {
        assert!(top == "kafka" || !code.contains("rdkafka"), "src/{file} names rdkafka");
    }
}

#[test]
fn the_pure_half_knows_no_world() {
    let worlds = [
        "tokio::",
        "tracing::",
        "prometheus::",
        "std::fs",
        "std::env",
        "std::net",
        "SystemTime",
        "Instant::",
        "Utc::now",
    ];
    for (top, file, code) in modules() {
        if PURE.contains(&top.as_str()) {
            for world in worlds {
                assert!(!code.contains(world), "src/{file} uses {world}");
            }
        }
    }
}

#[test]
fn modules_use_only_what_is_below_them() {
    let layer = |name: &str| LAYERS.iter().position(|modules| modules.contains(&name));
    for (top, file, code) in modules() {
        let Some(own) = layer(&top) else { continue };
        for path in code.split("crate::").skip(1) {
            let used = path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            if used == top {
                continue;
            }
            if let Some(other) = layer(used) {
                assert!(other <= own, "src/{file} uses crate::{used}, which is above it");
            }
        }
    }
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches"].map(|folder| root.join(folder));
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for path in source_files(folder) {
            let text = fs::read_to_string(&path).expect("a source file");
            assert!(text.starts_with("//! "), "{} opens without a doc comment", path.display());
        }
    }
}

#[test]
fn nothing_is_left_open() {
    for (_, file, code) in modules() {
        for mark in ["todo!(", "unimplemented!(", "#[allow(", "TODO", "FIXME"] {
            assert!(!code.contains(mark), "src/{file} holds {mark}");
        }
    }
}
