//! Characters as wide as they are high: Chinese and Japanese ones, and their punctuation. No blank stands between two of them.

/// Whether a character is one.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{2FFFF}')
}
