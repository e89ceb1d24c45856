//! What has to wait, kept in a file without a name: memory holds a key and a place in the file of each.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::commands::trouble::Trouble;

/// Values by their keys; several may have the same.
pub(in crate::commands) struct Spool<K> {
    file: BufWriter<File>,
    end: u64,
    index: Vec<(K, u64, u32)>,
}

impl<K: Ord + Copy> Spool<K> {
    /// In the system's folder for such files (`TMPDIR`). It has no name there from the first moment on, so that nothing is left behind.
    pub(in crate::commands) fn new() -> Result<Spool<K>, Trouble> {
        let path = std::env::temp_dir().join(format!("exdate-replay-{}", std::process::id()));
        let open = || {
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        };
        let file = open().map_err(Trouble::with(path.display()))?;
        Ok(Spool { file: BufWriter::new(file), end: 0, index: Vec::new() })
    }

    pub(in crate::commands) fn add(&mut self, key: K, value: &impl Serialize) -> Result<(), Trouble> {
        let json = serde_json::to_vec(value).map_err(|error| trouble(error.into()))?;
        self.file.write_all(&json).map_err(trouble)?;
        let bytes = u32::try_from(json.len()).map_err(|error| trouble(io::Error::other(error)))?;
        self.index.push((key, self.end, bytes));
        self.end += u64::from(bytes);
        Ok(())
    }

    /// Everything is there, and can be read in the order of the keys.
    pub(in crate::commands) fn close(&mut self) -> Result<(), Trouble> {
        self.file.flush().map_err(trouble)?;
        self.index.sort_unstable_by_key(|(key, start, _)| (*key, *start));
        Ok(())
    }

    pub(in crate::commands) fn keys(&self) -> impl Iterator<Item = K> {
        self.index.iter().map(|(key, ..)| *key)
    }

    /// All values, in the order of their keys.
    pub(in crate::commands) fn values<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, Trouble>> {
        self.index.iter().map(|(_, start, bytes)| self.read(*start, *bytes))
    }

    /// The values of one key.
    pub(in crate::commands) fn at<T: DeserializeOwned>(&self, key: K) -> Result<Vec<T>, Trouble> {
        let first = self.index.partition_point(|(found, ..)| *found < key);
        let here = self.index.iter().skip(first).take_while(|(found, ..)| *found == key);
        here.map(|(_, start, bytes)| self.read(*start, *bytes)).collect()
    }

    fn read<T: DeserializeOwned>(&self, start: u64, bytes: u32) -> Result<T, Trouble> {
        let mut json = vec![0; bytes as usize];
        self.file.get_ref().read_exact_at(&mut json, start).map_err(trouble)?;
        serde_json::from_slice(&json).map_err(|error| trouble(error.into()))
    }
}

fn trouble(error: io::Error) -> Trouble {
    Trouble::with("the file for what has to wait, in TMPDIR")(error)
}
