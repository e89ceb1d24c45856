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
use exdate::reader::{Bounds, Reader};

use crate::paper::hostile::hostile;
use crate::paper::{drawn_sample, specimens};

fn reader(bounds: Bounds) -> Reader {
    Reader::new(PathBuf::from(env!("CARGO_BIN_EXE_exdate")), bounds)
}

#[test]
fn another_process_reads_what_this_one_would() {
    let reader = reader(Bounds::default());
    for specimen in specimens() {
        assert_eq!(reader.read(specimen.bytes()), pdf::read_here(specimen.bytes()));
    }
    let document = drawn_sample();
    let message = Message { value: Some(&document), ..Message::default() };
    let rules = Rules::default();
    assert_eq!(process_with(&message, &rules, &|bytes| reader.read(bytes)), process(&message, &rules));
}

#[test]
fn it_is_started_again_when_it_was_killed() {
    let (reader, document) = (reader(Bounds::default()), drawn_sample());
    let expected = pdf::read_here(&document);
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
    let (_, large) = hostile().into_iter().find(|(name, _)| *name == "widths").expect("a file made to hurt");
    assert_eq!(reader.read(&large).expect_err("a finding").code, Code::PdfReaderDied);
    assert_eq!(reader.process_id(), None);
    let document = drawn_sample();
    assert_eq!(reader.read(&document), pdf::read_here(&document));
}

#[test]
fn a_reader_that_gives_no_answer_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let silent = folder.path().join("silent");
    fs::write(&silent, "#!/bin/sh\nexec sleep 1000\n").expect("a script");
    fs::set_permissions(&silent, Permissions::from_mode(0o755)).expect("a program");
    let found = |program: &Path| {
        let bounds = Bounds { time: Duration::from_millis(200), ..Bounds::default() };
        // More than a pipe holds: the program does not even take it.
        Reader::new(program.to_owned(), bounds).read(&[b'%'; 1 << 20]).expect_err("a finding").code
    };
    assert_eq!(found(&silent), Code::PdfReaderTimedOut);
    assert_eq!(found(Path::new("/bin/false")), Code::PdfReaderDied);
    assert_eq!(found(Path::new("/nowhere")), Code::PdfReaderDied);
}
