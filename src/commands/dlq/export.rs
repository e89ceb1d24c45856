//! `exdate dlq export`: the original documents as files, byte for byte.

use std::fs;
use std::path::PathBuf;

use super::letters::{Letter, Reading};
use crate::cli::DlqExport;
use crate::commands::terminal::{print, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;

/// Writes each document to a file that is named by its place, `TOPIC-PARTITION-OFFSET`. No file that is there is written over.
pub(super) fn export(args: &DlqExport, config: &Config) -> Result<Exit, Trouble> {
    fs::create_dir_all(&args.to).map_err(Trouble::with(args.to.display()))?;
    let mut reading = Reading::of(&args.letters, config)?;
    let mut exported = 0;
    while let Some(Letter { place, letter }) = reading.next()? {
        if !letter.provenance.cut.is_empty() {
            tell(format_args!("{place}: {} cut short by the broker's limit", letter.provenance.cut.join(", ")));
        }
        let path: PathBuf = args.to.join(format!("{}-{}-{}", place.topic, place.partition, place.offset));
        let mut file = fs::File::create_new(&path).map_err(Trouble::with(path.display()))?;
        std::io::Write::write_all(&mut file, letter.value.as_deref().unwrap_or_default())
            .map_err(Trouble::with(path.display()))?;
        exported += 1;
    }
    print(&format!("{exported} documents in {}\n", args.to.display()));
    Ok(Exit::Success)
}
