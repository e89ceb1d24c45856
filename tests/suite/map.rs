//! The map in `src/lib.rs`, held to the tree: the files of the program's walk are there, and few.

use std::fs;
use std::path::Path;

const FILES_MAX: usize = 9;
const LINES_MAX: usize = 2_000;

/// The first column of the table of the program's walk.
fn walk(map: &str) -> Vec<&str> {
    let (_, table) = map.split_once("//! | file | what happens there |\n").expect("the table of the walk");
    let rows = table.lines().skip(1).map_while(|line| line.strip_prefix("//! | `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0)).collect()
}

#[test]
fn the_programs_walk_is_short_and_names_files_that_are_there() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(src.join("lib.rs")).expect("the map");
    let files = walk(&map);
    let lines = |file: &&str| fs::read_to_string(src.join(file)).map(|text| text.lines().count());
    let lines: usize = files.iter().map(|file| lines(file).unwrap_or_else(|error| panic!("src/{file}: {error}"))).sum();
    assert!((5..=FILES_MAX).contains(&files.len()), "{files:?}");
    assert!(lines <= LINES_MAX, "{lines} lines in {files:?}");
}
