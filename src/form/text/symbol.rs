//! Characters as matching sees them: which are blank, which are the same in another width.
//!
//! Matching folds what typesetting varies (full-width punctuation, curly quotes, kinds of blank); the text itself is
//! never changed.

/// A character as matching sees it; `None` for blanks and invisible ones.
///
/// `'：'` → `':'`, `'’'` → `'\''`, `'\u{3000}'` → `None`.
pub(crate) fn fold(c: char) -> Option<char> {
    match c {
        '\u{3400}'..='\u{9fff}' => Some(c),
        '\0'..=' ' | '\u{7f}' | '\u{85}' | '\u{a0}' | '\u{ad}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' => {
            None
        }
        '\u{205f}'..='\u{2064}' | '\u{3000}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => None,
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{60}' | '\u{b4}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2215}' | '\u{2044}' => Some('/'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        other => Some(other),
    }
}

/// Whether matching passes over this character.
#[inline]
pub(crate) fn is_blank(c: char) -> bool {
    if c.is_ascii() { c <= ' ' || c == '\u{7f}' } else { fold(c).is_none() }
}

/// Whether a character stands within words and figures without being seen, and parts none: a soft hyphen, a character of no
/// width, a byte order mark.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a text holds nothing blank but single spaces.
///
/// Every printed value is asked this. English is looked at eight bytes at a time.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(last), false) = (bytes.last_chunk(), bytes.first().is_some_and(|first| leads_chinese(*first))) else {
        return is_plain_by_symbols(text);
    };
    let mut seen = u64::from_le_bytes(*last);
    let mut loose = is_loose(seen);
    let mut rest = bytes;
    while let (Some(next), false) = (rest.first_chunk(), loose) {
        let word = u64::from_le_bytes(*next);
        loose = is_loose(word);
        seen |= word;
        // The next eight share a byte with these: so every pair of neighbours is in some of them.
        rest = rest.get(7..).unwrap_or_default();
    }
    !loose && (seen & HIGH == 0 || is_plain_by_symbols(text))
}

/// In masks and constants of eight bytes, one byte stands for one character.
const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;

/// Whether one of eight bytes is an ASCII blank, and no single space.
#[inline]
fn is_loose(word: u64) -> bool {
    let low = word & !HIGH;
    let control = !(low + 0x60 * EACH) | (low + EACH);
    let no_space = ((low ^ (0x20 * EACH)) + 0x7f * EACH) | word;
    ((control & !word) | !(no_space | (no_space << 8) | 0x80)) & HIGH != 0
}

/// As [`is_plain`], a character at a time.
fn is_plain_by_symbols(text: &str) -> bool {
    let (mut at, mut before) = (0, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        at += match byte {
            _ if leads_chinese(byte) => 3,
            b'!'..=b'~' => 1,
            b' ' if before != b' ' => 1,
            _ => match wide_symbol(text, at) {
                Some((Some(_), end)) => end - at,
                _ => return false,
            },
        };
        before = byte;
    }
    true
}

/// The next character that is not blank: folded, where it begins, where it ends.
#[inline]
pub(crate) fn next_symbol(text: &str, mut at: usize) -> Option<(char, usize, usize)> {
    loop {
        match *text.as_bytes().get(at)? {
            0..=b' ' | 0x7f => at += 1,
            b'`' => return Some(('\'', at, at + 1)),
            byte if byte.is_ascii() => return Some((char::from(byte), at, at + 1)),
            byte if leads_chinese(byte) => {
                return Some((chinese(text.as_bytes().get(at..)?.first_chunk()?)?, at, at + 3));
            }
            _ => match wide_symbol(text, at)? {
                (None, end) => at = end,
                (Some(folded), end) => return Some((folded, at, end)),
            },
        }
    }
}

/// Whether a byte begins a character of three bytes between U+4000 and U+9FFF: most are there, and folding leaves them alone.
#[inline]
pub(crate) fn leads_chinese(byte: u8) -> bool {
    matches!(byte, 0xe4..=0xe9)
}

/// The character of three bytes that such a one leads.
#[inline]
fn chinese([first, second, third]: &[u8; 3]) -> Option<char> {
    let bits = |byte: &u8, mask: u8, shift: u32| u32::from(byte & mask) << shift;
    char::from_u32(bits(first, 0x0f, 12) | bits(second, 0x3f, 6) | bits(third, 0x3f, 0))
}

/// The character at a place, not an ASCII one: folded, and where it ends.
fn wide_symbol(text: &str, at: usize) -> Option<(Option<char>, usize)> {
    let c = text.get(at..)?.chars().next()?;
    Some((fold(c), at + c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_holds_single_spaces_only() {
        for text in [
            "",
            "a b",
            "匯率 1，2。",
            "“quoted” – text",
            "1234567 8",
            "12345678 9",
            "1 2 3 4 5 6 7 8 9",
            "2024年8月 2 日",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "a  b",
            "1234567  8",
            "12345678  9",
            "a  ",
            "a\u{7f}",
            "a\tb",
            "\tabcdefgh",
            "匯  率",
            "2024年\u{3000}8月",
            "2024年8月  2日",
            "a\u{a0}b",
            "匯\u{3000}率",
            "a\u{2003}b",
            "\u{feff}a",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
