//! PDFs for commands: where the machine cannot read one now, a command says so and tries again, as the service does.

use std::thread::sleep;
use std::time::Duration;

use super::terminal;
use crate::finding::Finding;
use crate::pdf::Reading;
use crate::reader::Reader;

const PAUSE: Duration = Duration::from_secs(1);

/// Reads a PDF, however long that takes; what is wrong with the file, if anything.
pub(super) fn read_pdf(reader: &Reader, bytes: &[u8]) -> Result<Reading, Finding> {
    loop {
        match reader.read(bytes) {
            Ok(read) => return read,
            Err(fault) => terminal::tell(format_args!("{fault}; trying again")),
        }
        sleep(PAUSE);
    }
}
