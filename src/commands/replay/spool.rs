//! Events that would be other ones, kept in a file without a name until what stands is read once more: memory holds their places alone.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;

use crate::replay::{Detail, Place};

/// What is kept: each behind the other, found by where the event stands that it would replace.
pub(super) struct Spool {
    file: BufWriter<File>,
    end: u64,
    index: Vec<Slot>,
}

/// Where one is kept: its detail, and the event's value behind it.
#[derive(Clone, Copy)]
struct Slot {
    stands: Place,
    start: u64,
    detail_bytes: u32,
    value_bytes: u32,
}

impl Spool {
    /// In the system's folder for such files (`TMPDIR`). It has no name there from the first moment on, so that nothing is left behind.
    pub(super) fn new() -> io::Result<Spool> {
        let path = std::env::temp_dir().join(format!("exdate-replay-{}", std::process::id()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Spool { file: BufWriter::new(file), end: 0, index: Vec::new() })
    }

    pub(super) fn add(&mut self, stands: Place, detail: &Detail, value: &[u8]) -> io::Result<()> {
        let detail = serde_json::to_vec(detail)?;
        self.file.write_all(&detail)?;
        self.file.write_all(value)?;
        let [detail_bytes, value_bytes] =
            [detail.len(), value.len()].map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX));
        self.index.push(Slot { stands, start: self.end, detail_bytes, value_bytes });
        self.end += u64::from(detail_bytes) + u64::from(value_bytes);
        Ok(())
    }

    /// Everything is there, and can be looked up.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.index.sort_by_key(|slot| (slot.stands, slot.start));
        Ok(())
    }

    /// Places of all events that would be replaced, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.index.iter().map(|slot| slot.stands)
    }

    /// What would replace the event at this place: as a rule one, more where a document came more than once.
    pub(super) fn at(&self, stands: Place) -> io::Result<Vec<(Detail, Vec<u8>)>> {
        let first = self.index.partition_point(|slot| slot.stands < stands);
        let here = self.index.iter().skip(first).take_while(|slot| slot.stands == stands);
        here.map(|slot| self.read(slot)).collect()
    }

    fn read(&self, slot: &Slot) -> io::Result<(Detail, Vec<u8>)> {
        let mut detail = vec![0; slot.detail_bytes as usize];
        let mut value = vec![0; slot.value_bytes as usize];
        self.file.get_ref().read_exact_at(&mut detail, slot.start)?;
        self.file.get_ref().read_exact_at(&mut value, slot.start + u64::from(slot.detail_bytes))?;
        Ok((serde_json::from_slice(&detail)?, value))
    }
}
