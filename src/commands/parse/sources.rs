//! Where documents come from: files, standard input, and the files below a folder, sorted by name.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A document to read, or a folder that could not be listed.
#[derive(Debug)]
pub(super) enum Source {
    StandardInput,
    File(PathBuf),
    Unreadable(PathBuf, io::Error),
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// All of it is in the buffer.
    Whole,
    /// It has this many bytes, which is more than the limit.
    TooLarge(u64),
}

impl Source {
    /// As it was typed, or as it was found below what was typed.
    pub(super) fn name(&self) -> String {
        match self {
            Source::StandardInput => "-".to_owned(),
            Source::File(path) | Source::Unreadable(path, _) => path.to_string_lossy().into_owned(),
        }
    }

    /// Reads a document into the buffer, never more than one byte beyond the limit.
    pub(super) fn read(self, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Content> {
        match self {
            Source::StandardInput => read_within(io::stdin().lock(), buffer, limit),
            Source::File(path) => read_within(File::open(path)?, buffer, limit),
            Source::Unreadable(_, error) => Err(error),
        }
    }
}

fn read_within(mut from: impl Read, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Content> {
    buffer.clear();
    let read = from.by_ref().take(limit as u64 + 1).read_to_end(buffer)?;
    if read <= limit {
        return Ok(Content::Whole);
    }
    // What is too large is counted, for the finding tells its size.
    Ok(Content::TooLarge(read as u64 + io::copy(&mut from, &mut io::sink())?))
}

/// Walks the arguments in their order, and each folder depth first in the order of names. Holds the names of the folders
/// that it is in, not of the whole tree.
///
/// In folders, names that begin with a dot, what is neither file nor folder, and links to folders (they may lead round
/// in a circle) are passed over; what is typed is always read.
pub(super) struct Sources {
    /// The next one last.
    pending: Vec<(PathBuf, Origin)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Typed,
    Found,
}

impl Sources {
    pub(super) fn new(arguments: &[PathBuf]) -> Sources {
        Sources { pending: arguments.iter().rev().map(|path| (path.clone(), Origin::Typed)).collect() }
    }

    fn enter(&mut self, folder: &Path) -> io::Result<()> {
        let mut below = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                below.push((entry.path(), Origin::Found));
            }
        }
        below.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        self.pending.append(&mut below);
        Ok(())
    }
}

impl Iterator for Sources {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        while let Some((path, origin)) = self.pending.pop() {
            if origin == Origin::Typed && path.as_os_str() == "-" {
                return Some(Source::StandardInput);
            }
            // A typed path may be anything; a missing one is found out when it is opened.
            let (followed, itself) = (fs::metadata(&path), fs::symlink_metadata(&path));
            let is_folder = followed.as_ref().is_ok_and(fs::Metadata::is_dir);
            let is_link = itself.is_ok_and(|metadata| metadata.is_symlink());
            let is_special = followed.is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
            if origin == Origin::Found && (is_special || is_folder && is_link) {
                continue;
            }
            if !is_folder {
                return Some(Source::File(path));
            }
            if let Err(error) = self.enter(&path) {
                return Some(Source::Unreadable(path, error));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn folders_are_walked_in_the_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/inner")).unwrap();
        for name in ["c.txt", "a.txt", "b/2", "b/10", "b/inner/x", ".hidden"] {
            fs::write(root.join(name), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(root, root.join("b/round")).unwrap();
        let walked = Sources::new(&["-".into(), root.to_owned(), root.join(".hidden"), root.join("missing")]);
        let names: Vec<String> =
            walked.map(|source| source.name().replace(&format!("{}/", root.display()), "")).collect();
        assert_eq!(names, ["-", "a.txt", "b/10", "b/2", "b/inner/x", "c.txt", ".hidden", "missing"]);
    }

    #[test]
    fn no_more_is_held_than_the_limit_allows() {
        let mut buffer = Vec::new();
        assert_eq!(read_within(&b"12345"[..], &mut buffer, 5).unwrap(), Content::Whole);
        assert_eq!(buffer, b"12345");
        assert_eq!(read_within(&b"1234567"[..], &mut buffer, 5).unwrap(), Content::TooLarge(7));
        assert_eq!(buffer.len(), 6);
    }
}
