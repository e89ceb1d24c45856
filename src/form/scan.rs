//! Walking over printed text: blanks and widths that do not matter, words, digits, currencies.
//!
//! Matching folds what typesetting varies (full-width punctuation, curly quotes, kinds of blank); the text itself
//! is never changed. Every small grammar of the form is written on top of [`Scan`].

use crate::money::{Amount, Currency};

/// A character as matching sees it; `None` for blanks and invisible ones.
///
/// `'：'` → `':'`, `'’'` → `'\''`, `'\u{3000}'` → `None`.
pub fn fold(c: char) -> Option<char> {
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
pub fn is_blank(c: char) -> bool {
    if c.is_ascii() { c <= ' ' || c == '\u{7f}' } else { fold(c).is_none() }
}

/// Whether a text holds nothing blank but single spaces.
///
/// Every printed value is asked this. English is looked at eight bytes at a time.
pub fn is_plain(text: &str) -> bool {
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
pub fn next_symbol(text: &str, mut at: usize) -> Option<(char, usize, usize)> {
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
pub fn leads_chinese(byte: u8) -> bool {
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

/// Whether a text certainly begins with another character than a word does: most words that are tried.
#[inline]
fn begins_otherwise(text: &[u8], word: &[u8]) -> bool {
    match (text.first(), word.first()) {
        (Some(printed @ (b'!'..=b'_' | b'a'..=b'~')), Some(expected)) => !printed.eq_ignore_ascii_case(expected),
        (Some(printed), Some(_)) if leads_chinese(*printed) => text.get(..3) != word.get(..3),
        _ => false,
    }
}

/// A position in printed text.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Scan { text, at: 0 }
    }

    /// Starts inside `text`; at its end when `at` is not a character's first byte.
    pub fn at(text: &'a str, at: usize) -> Self {
        Scan { text, at: if text.is_char_boundary(at) { at } else { text.len() } }
    }

    /// Where the scan stands, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes all that is left.
    pub fn finish(&mut self) {
        self.at = self.text.len();
    }

    /// Whether only blanks are left.
    pub fn is_done(&self) -> bool {
        next_symbol(self.text, self.at).is_none()
    }

    /// The next character that is not blank, folded, without taking it.
    pub fn peek(&self) -> Option<char> {
        next_symbol(self.text, self.at).map(|(symbol, ..)| symbol)
    }

    /// Takes `word` when it comes next; blanks inside and before it, case and width do not matter.
    #[inline]
    pub fn eat(&mut self, word: &str) -> bool {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if begins_otherwise(rest, word.as_bytes()) {
            return false;
        }
        // As printed, to the letter: nearly always.
        if rest.starts_with(word.as_bytes()) {
            self.at = at + word.len();
            return true;
        }
        // Whatever the letters, none is shorter than the word's own.
        let enough = rest.len() >= word.len() || rest.len() >= word.bytes().filter(|byte| *byte != b' ').count();
        enough && self.eat_in_other_letters(at, word)
    }

    fn eat_in_other_letters(&mut self, mut at: usize, word: &str) -> bool {
        for expected in word.chars().filter(|c| *c != ' ') {
            match next_symbol(self.text, at) {
                Some((symbol, _, end)) if symbol.eq_ignore_ascii_case(&expected) => at = end,
                _ => return false,
            }
        }
        self.at = at;
        true
    }

    /// As [`Scan::eat`], for a single character.
    #[inline]
    pub fn eat_symbol(&mut self, symbol: char) -> bool {
        match next_symbol(self.text, self.at) {
            Some((found, _, end)) if found == symbol => {
                self.at = end;
                true
            }
            _ => false,
        }
    }

    /// Takes the first of `words` that comes next.
    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// As [`Scan::eat`], for words of letters: the word must end there.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let before = *self;
        if self.eat(word) {
            let goes_on = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            if !self.text.as_bytes().get(self.at).is_some_and(goes_on) {
                return true;
            }
        }
        *self = before;
        false
    }

    /// Takes a run of ASCII digits, `least..=most` of them and no more than are there.
    pub fn digits(&mut self, least: usize, most: usize) -> Option<&'a str> {
        let mut scan = *self;
        let (_, length) = scan.figure()?;
        let digits = self.text.get(scan.at - length..scan.at)?;
        (least..=most).contains(&length).then(|| {
            *self = scan;
            digits
        })
    }

    /// Takes a small whole number.
    pub fn number(&mut self, most_digits: usize) -> Option<u32> {
        let mut scan = *self;
        let (number, _) = scan.figure().filter(|(_, digits)| *digits <= most_digits)?;
        *self = scan;
        Some(number)
    }

    /// Takes all the digits that come next: their value, and how many they are. Nine digits at most have a value.
    pub fn figure(&mut self) -> Option<(u32, usize)> {
        let start = self.next_at();
        let bytes = self.text.as_bytes();
        let (mut value, mut end) = (0_u32, start);
        while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
            end += 1;
        }
        self.at = end;
        (end > start).then_some((value, end - start))
    }

    /// Where the next character begins that is not blank; nearly always here, or a space further on.
    #[inline]
    fn next_at(&self) -> usize {
        let bytes = self.text.as_bytes();
        let at = self.at + usize::from(bytes.get(self.at) == Some(&b' '));
        match bytes.get(at) {
            Some(b'!'..=b'~') => at,
            _ => next_symbol(self.text, at).map_or(self.text.len(), |(_, start, _)| start),
        }
    }

    /// Takes `0.29`: plain digits with at most one decimal point. `1,000` is none, and `1.2.3` is none.
    pub fn amount(&mut self) -> Option<Amount> {
        let start = self.next_at();
        let rest = self.text.as_bytes().get(start..)?;
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        if let Some([b',', b'0'..=b'9', ..]) = rest.get(length..) {
            return None;
        }
        let amount = Amount::from_printed(self.text.get(start..start + length)?)?;
        self.at = start + length;
        Some(amount)
    }

    /// Takes `HKD`: exactly three capital letters.
    pub fn currency(&mut self) -> Option<Currency> {
        let (_, start, _) = next_symbol(self.text, self.at)?;
        let rest = self.text.get(start..)?;
        let code = rest.get(..3)?;
        // A label may be glued to the code (`0.5HKDExchange`): its first capital is followed by a small letter.
        let mut after = rest.get(3..)?.bytes();
        let glued = after.next().is_some_and(|b| b.is_ascii_uppercase());
        if glued && !after.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'-') {
            return None;
        }
        if !glued && rest.as_bytes().get(3).is_some_and(u8::is_ascii_lowercase) {
            return None;
        }
        let currency = Currency::from_printed(code)?;
        self.at = start + 3;
        Some(currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_whatever_the_width_and_the_blanks() {
        for text in ["有待公佈", " 有 待\u{3000}公\n佈", "\u{a0}有待公佈 and more"] {
            assert!(Scan::new(text).eat("有待公佈"), "{text}");
        }
        assert!(Scan::new("shareholders’ approval").eat("shareholders' approval"));
        assert!(Scan::new("（如適用）").eat("(如適用)"));
        assert!(!Scan::new("有待公").eat("有待公佈"));
    }

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

    #[test]
    fn a_word_ends_where_it_ends() {
        assert!(Scan::new("share").eat_word("share"));
        assert!(Scan::new("shareExchange rate").eat_word("share"));
        assert!(!Scan::new("shareholder").eat_word("share"));
    }

    #[test]
    fn amounts_and_currencies_are_taken_whole_or_not_at_all() {
        for (text, taken) in
            [("0.29 per", Some("0.29")), ("5HKD", Some("5")), ("1,000", None), ("1.2.3", None), ("", None)]
        {
            assert_eq!(Scan::new(text).amount().map(|a| a.to_string()).as_deref(), taken, "{text}");
        }
        for (text, taken) in [
            ("HKD", Some("HKD")),
            (" RMB 1", Some("CNY")),
            ("HKDExchange", Some("HKD")),
            ("HKDX", None),
            ("HK$", None),
            ("Hkd", None),
        ] {
            assert_eq!(Scan::new(text).currency().map(|c| c.to_string()).as_deref(), taken, "{text}");
        }
    }
}
