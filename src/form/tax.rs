//! Section "withholding tax": free text, then perhaps a table of shareholder type, rate and further information.

use super::Withholding;
use super::sheet::push_line;
use super::words::Language;

/// In words, for findings.
pub const EXPECTED: &str = "free text, or a table of shareholder type, tax rate and further information";

/// Reads the printed lines, label removed. `None` when there is a table that cannot be told apart.
pub fn read(lines: &[&str], language: Language) -> Option<Withholding> {
    let mut summary = String::new();
    for line in lines {
        push_line(&mut summary, line, language);
    }
    Some(Withholding { summary: (!summary.is_empty()).then_some(summary), rates: Vec::new() })
}
