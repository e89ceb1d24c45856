//! `make compare`: what two builds make of the same documents, byte for byte. Every change to the reader wants it.
//!
//! Each document below the folders, and damaged variants of it, goes through `exdate parse` of both builds. Answers that
//! differ are counted by what differs in them, with the first few places of each. The exit code is 1 when any does.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a tool for people at a terminal")]

mod damage;
mod difference;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, thread};

use clap::Parser;
use difference::Differences;

/// What two builds make of the same documents.
#[derive(Parser)]
struct Arguments {
    /// The program to compare with.
    #[arg(long, value_name = "PROGRAM")]
    base: PathBuf,
    /// The program as it is now; the one beside this tool when left out.
    #[arg(long, value_name = "PROGRAM", default_value = env!("CARGO_BIN_EXE_exdate"))]
    head: PathBuf,
    /// Damaged variants of each document of text.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    variants: usize,
    /// Members of an answer that may differ, as JSON pointers: `/event/content_sha256`.
    #[arg(long, value_name = "POINTER")]
    except: Vec<String>,
    /// Folders of documents; of a test's folder the source, not what is expected of it.
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let names = lay_out(&arguments, folder.path());
    let answers = [&arguments.base, &arguments.head].map(|program| parse(program, folder.path()));
    let [base, head] = answers.map(|answers| answers.join().expect("the thread that reads the answers"));
    for (program, answers) in [(&arguments.base, &base), (&arguments.head, &head)] {
        assert_eq!(answers.len(), names.len(), "{} answers each document", program.display());
    }
    let mut differences = Differences::new(&arguments.except);
    for (name, (base, head)) in names.iter().zip(base.iter().zip(&head)) {
        differences.compare(name, base, head);
    }
    print!("{differences}");
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes all documents into one folder, named by their number, and says where each came from.
fn lay_out(arguments: &Arguments, into: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: String, document: &[u8]| {
        fs::write(into.join(format!("{:08}", names.len())), document).expect("room for a document");
        names.push(name);
    };
    for path in arguments.folders.iter().flat_map(|folder| documents(folder)) {
        let document = fs::read(&path).expect("a document that can be read");
        let name = path.display().to_string();
        let text = String::from_utf8(document.clone()).unwrap_or_default();
        add(name.clone(), &document);
        for number in 0..arguments.variants {
            if let Some((damage, damaged)) = damage::damaged(&text, number) {
                add(format!("{name}, {damage}"), damaged.as_bytes());
            }
        }
    }
    names
}

/// The documents below a folder, in the order of their names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of documents").flatten() {
        let path = entry.path();
        let about_documents = path.extension().is_some_and(|ending| ending == "md") || path.ends_with("expected.json");
        match path.is_dir() {
            true => found.extend(documents(&path)),
            false if about_documents => {}
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The answers of one program, read while it works.
fn parse(program: &Path, folder: &Path) -> thread::JoinHandle<Vec<String>> {
    let mut command = Command::new(program);
    command.arg("parse").arg(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let output = child.stdout.take().expect("its standard output");
    thread::spawn(move || {
        let answers = BufReader::new(output).lines().collect::<Result<_, _>>().expect("lines of UTF-8");
        // 1 says that documents were dead-lettered, which is no failure here.
        let ended = child.wait().expect("the program ends");
        assert!(matches!(ended.code(), Some(0 | 1)), "the program ends with {ended}");
        answers
    })
}
