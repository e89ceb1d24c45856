//! Where documents come from: files, standard input, and the files below a folder, sorted by name.

use std::fs::{self, File};
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

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

/// Documents of the arguments, in their order; those of a folder depth first in the order of names. Memory holds the names
/// of the folders that the walk is in, not of the whole tree.
///
/// In folders, names that begin with a dot, what is neither file nor folder, and links to folders (they may lead round
/// in a circle) are passed over; what is typed is always read.
pub(super) fn sources(arguments: &[PathBuf]) -> impl Iterator<Item = Source> {
    arguments.iter().flat_map(|path| -> Box<dyn Iterator<Item = Source>> {
        if path.as_os_str() == "-" { Box::new(iter::once(Source::StandardInput)) } else { Box::new(walk(path)) }
    })
}

fn walk(root: &Path) -> impl Iterator<Item = Source> + use<> {
    let is_typed_or_shown =
        |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(is_typed_or_shown);
    entries.filter_map(|entry| match entry {
        Ok(entry) => is_document(&entry).then(|| Source::File(entry.into_path())),
        Err(error) => {
            let path = error.path().map(Path::to_owned).unwrap_or_default();
            Some(Source::Unreadable(path, error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into())))
        }
    })
}

/// A link that leads nowhere counts: that it cannot be read is then told.
fn is_document(entry: &DirEntry) -> bool {
    let leads_to_a_file = || fs::metadata(entry.path()).map_or(true, |target| target.is_file());
    match entry.file_type() {
        _ if entry.depth() == 0 => !entry.path().is_dir(),
        kind => kind.is_file() || kind.is_symlink() && leads_to_a_file(),
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
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.join("nowhere"), root.join("b/lost")).unwrap();
        let arguments = ["-".into(), root.to_owned(), root.join(".hidden"), root.join("missing")];
        let names: Vec<String> =
            sources(&arguments).map(|source| source.name().replace(&format!("{}/", root.display()), "")).collect();
        assert_eq!(names, ["-", "a.txt", "b/10", "b/2", "b/inner/x", "b/lost", "c.txt", ".hidden", "missing"]);
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
