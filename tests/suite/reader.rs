//! PDFs read in another process: the same text, and what becomes of a file that this process dies of.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use exdate::finding::Code;
use exdate::message::{Message, Rules};
use exdate::pdf;
use exdate::pipeline::{process, process_with};
use exdate::reader::{Bounds, Fault, Reader};

use crate::paper::hostile::hostile;
use crate::paper::{drawn_sample, specimens};

fn reader(bounds: Bounds) -> Reader {
    Reader::new(PathBuf::from(env!("CARGO_BIN_EXE_exdate")), bounds)
}

#[test]
fn another_process_reads_what_this_one_would() {
    let reader = reader(Bounds::default());
    for specimen in specimens() {
        assert_eq!(reader.read(specimen.bytes()), Ok(pdf::read_here(specimen.bytes())));
    }
    let document = drawn_sample();
    let message = Message { value: Some(&document), ..Message::default() };
    let rules = Rules::default();
    assert_eq!(
        process_with(&message, &rules, &|bytes| reader.read(bytes).expect("an answer")),
        process(&message, &rules)
    );
}

#[test]
fn it_is_started_again_when_it_was_killed() {
    let (reader, document) = (reader(Bounds::default()), drawn_sample());
    let expected = Ok(pdf::read_here(&document));
    let mut before = None;
    for _ in 0..3 {
        assert_eq!(reader.read(&document), expected);
        let process = reader.process_id();
        assert!(process.is_some() && process != before, "{process:?} goes on");
        before = process;
        let killed = Command::new("kill").args(["-9", &process.unwrap_or_default().to_string()]).status();
        assert!(killed.expect("a signal").success());
    }
}

/// 400,000 widths take more than 32 MB, which is plenty for a form.
#[test]
fn a_file_that_takes_too_much_memory_is_told_and_the_next_one_read() {
    let reader = reader(Bounds { memory_bytes: 32 << 20, ..Bounds::default() });
    let (_, large) = hostile().iter().find(|(name, _)| *name == "widths").expect("a file made to hurt");
    assert_eq!(reader.read(large).map(|read| read.map_err(|finding| finding.code)), Ok(Err(Code::PdfReaderDied)));
    assert_eq!(reader.process_id(), None);
    let document = drawn_sample();
    assert_eq!(reader.read(&document), Ok(pdf::read_here(&document)));
}

/// What the kernel ends the process at, in seconds of a processor since its start.
fn cpu_limit(process: u32) -> u64 {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).expect("limits");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max cpu time")).expect("a limit");
    line.split_whitespace().next().and_then(|soft| soft.parse().ok()).expect("a number of seconds")
}

#[test]
fn each_file_has_its_own_time_of_a_processor() {
    let reader = reader(Bounds::default());
    let (_, slow) = hostile().iter().find(|(name, _)| *name == "widths").expect("a file made to hurt");
    let mut limits = Vec::new();
    // Until so much has been spent that the limit of the first file would be near.
    while limits.last().is_none_or(|limit| *limit < 4) {
        assert!(reader.read(slow).is_ok());
        limits.push(cpu_limit(reader.process_id().expect("the same process")));
    }
    assert_eq!(limits[0], 1 + Bounds::default().cpu_seconds);
    assert!(limits.windows(2).all(|pair| pair[0] <= pair[1]), "{limits:?}");
}

/// A program in place of the one that reads, of a script.
fn read_by(script: &str) -> Result<Result<pdf::Reading, Code>, Fault> {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("program");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a script");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a program");
    let bounds = Bounds { time: Duration::from_millis(200), ..Bounds::default() };
    // More than a pipe holds: the program may not even take it.
    let read = Reader::new(program, bounds).read(&[b'%'; 1 << 20]);
    read.map(|read| read.map_err(|finding| finding.code))
}

#[test]
fn what_keeps_this_machine_from_reading_is_no_finding_about_the_file() {
    assert_eq!(read_by("exec sleep 1000"), Err(Fault::TimedOut(Duration::from_millis(200))));
    assert_eq!(read_by("kill -KILL $$"), Err(Fault::Killed(9)));
    assert_eq!(read_by("kill -TERM $$"), Err(Fault::Killed(15)));
    let nowhere = Reader::new(Path::new("/nowhere").to_owned(), Bounds::default()).read(b"%PDF-");
    assert!(matches!(nowhere, Err(Fault::NotStarted(_))), "{nowhere:?}");
}

#[test]
fn a_file_that_its_reader_ends_of_each_time_is_told() {
    for end in ["exit 1", "exit 0", "kill -SEGV $$", "kill -ABRT $$", "kill -XCPU $$"] {
        assert_eq!(read_by(end), Ok(Err(Code::PdfReaderDied)), "{end}");
    }
}
