//! The source text, held to the invariants that `src/lib.rs` states.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up: a module may use those before it, and itself.
const LAYERS: [&[&str]; 13] = [
    &["money", "finding", "message", "hash", "letters", "needle"],
    &["pdf"],
    &["document"],
    &["form"],
    &["event"],
    &["record"],
    &["processor"],
    &["pipeline"],
    &["replay"],
    &["config", "telemetry", "exit", "reader"],
    &["kafka"],
    &["service"],
    &["commands", "cli"],
];

/// The same within a folder: its rooms, each a file or folder of it, from the bottom up. Rooms of one layer do not use each other.
const ROOMS: &[(&str, &[&[&str]])] = &[
    ("form", &[&["model"], &["text"], &["values"], &["template"], &["labels"], &["rows"], &["build"]]),
    ("kafka", &[&["sabotage"], &["client"], &["worker", "standalone", "inspection"]]),
];

const PURE: [&str; 14] = [
    "pdf",
    "document",
    "form",
    "event",
    "record",
    "money",
    "finding",
    "message",
    "hash",
    "needle",
    "letters",
    "pipeline",
    "processor",
    "replay",
];

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
        assert_eq!(calls, usize::from(file == "kafka/client/flush.rs"), "src/{file}");
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
fn rooms_use_only_what_is_below_them() {
    for (folder, layers) in ROOMS {
        let layer = |room: &str| layers.iter().position(|rooms| rooms.contains(&room));
        for (_, file, code) in modules().iter().filter(|(top, file, _)| top == folder && file.contains('/')) {
            let module: Vec<&str> = file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
            let room = match module.get(1) {
                Some(&room) if room != "tests" => room,
                _ => continue,
            };
            let own = layer(room).unwrap_or_else(|| panic!("src/{file} stands in none of the rooms of {folder}"));
            for path in paths(code, &module).iter().filter(|path| path[0] == *folder) {
                let used = path.get(1).map_or("*", String::as_str);
                let allowed = used == room || layer(used).is_some_and(|other| other < own);
                assert!(allowed, "src/{file} uses {}, which is in no room below {room}", path.join("::"));
            }
        }
    }
}

/// Every path of a module's code that begins with `crate` or `super`, from the crate's root, as deep as it is written. Who may see an
/// item, `pub(in crate::kafka)`, is no use of anything.
fn paths(code: &str, module: &[&str]) -> Vec<Vec<String>> {
    let code = code.replace("pub(in crate::", "pub(in ");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(start) = ["crate::", "super::"].iter().filter_map(|root| rest.find(root)).min() {
        rest = rest.split_at(start).1;
        let mut base: Vec<String> = module.iter().map(|name| (*name).to_owned()).collect();
        while let Some(further) = rest.strip_prefix("super::") {
            base.pop();
            rest = further;
        }
        if let Some(further) = rest.strip_prefix("crate::") {
            base.clear();
            rest = further;
        }
        branches(base, rest, &mut found);
    }
    found
}

/// The paths that go on from `base`: `a::b`, or `{a::b, c}`.
fn branches(base: Vec<String>, rest: &str, found: &mut Vec<Vec<String>>) {
    if let Some(group) = rest.strip_prefix('{') {
        let mut depth = 0;
        let inside = group.split_once(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth < 0
        });
        let items = inside.map_or(group, |(inside, _)| inside);
        let mut depth = 0;
        let parted = items.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        parted.map(str::trim).filter(|item| !item.is_empty()).for_each(|item| branches(base.clone(), item, found));
        return;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, further) = rest.split_at(end);
    let path: Vec<String> = base.into_iter().chain((!name.is_empty()).then(|| name.to_owned())).collect();
    match further.strip_prefix("::") {
        Some(further) => branches(path, further, found),
        None => found.push(path),
    }
}

#[test]
fn paths_are_followed_through_groups_and_parents() {
    let code = "use super::{a, b::{c, d}};\nuse super::super::e::F;\nuse crate::form::g::*; crate::h(1)";
    let found: Vec<String> = paths(code, &["form", "labels", "select"]).iter().map(|path| path.join("::")).collect();
    let expected = ["form::labels::a", "form::labels::b::c", "form::labels::b::d", "form::e::F", "form::g", "h"];
    assert_eq!(found, expected);
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
