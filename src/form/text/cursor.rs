//! Walking over printed text: blanks and widths that do not matter, words, digits, currencies.
//!
//! Matching folds what typesetting varies (full-width punctuation, curly quotes, kinds of blank); the text itself
//! is never changed. Every small grammar of the form is written on top of [`Cursor`].

use super::symbol::{fold, is_unseen, leads_chinese, next_symbol};
use crate::money::{Amount, Currency};

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
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    /// Starts inside `text`; at its end when `at` is not a character's first byte.
    pub(crate) fn at(text: &'a str, at: usize) -> Self {
        Cursor { text, at: if text.is_char_boundary(at) { at } else { text.len() } }
    }

    /// Where the cursor stands, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes all that is left.
    pub(crate) fn finish(&mut self) {
        self.at = self.text.len();
    }

    /// Whether only blanks are left.
    pub(crate) fn is_done(&self) -> bool {
        next_symbol(self.text, self.at).is_none()
    }

    /// The next character that is not blank, folded, without taking it.
    pub(crate) fn peek(&self) -> Option<char> {
        next_symbol(self.text, self.at).map(|(symbol, ..)| symbol)
    }

    /// Takes `word` when it comes next; blanks inside and before it, case and width do not matter.
    #[inline]
    pub(crate) fn eat(&mut self, word: &str) -> bool {
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

    /// As [`Cursor::eat`], for a single character.
    #[inline]
    pub(crate) fn eat_symbol(&mut self, symbol: char) -> bool {
        match next_symbol(self.text, self.at) {
            Some((found, _, end)) if found == symbol => {
                self.at = end;
                true
            }
            _ => false,
        }
    }

    /// Takes the first of `words` that comes next.
    pub(crate) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// As [`Cursor::eat`], for words of letters: the word must end there.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
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

    /// Takes the first of `words` that comes next and ends there.
    pub(crate) fn eat_any_word(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat_word(word))
    }

    /// Takes a run of `count` digits: no fewer, and no more are there. What is no digit in it is not seen: a soft hyphen.
    pub(crate) fn digits(&mut self, count: usize) -> Option<String> {
        let mut cursor = *self;
        cursor.figure().filter(|(_, length)| *length == count)?;
        let taken = self.text.get(self.next_at()..cursor.at)?;
        *self = cursor;
        Some(taken.chars().filter_map(fold).collect())
    }

    /// Takes a small whole number.
    pub(crate) fn number(&mut self, most_digits: usize) -> Option<u32> {
        let mut cursor = *self;
        let (number, _) = cursor.figure().filter(|(_, digits)| *digits <= most_digits)?;
        *self = cursor;
        Some(number)
    }

    /// Takes all the digits that come next: their value, and how many they are. Nine digits at most have a value.
    pub(crate) fn figure(&mut self) -> Option<(u32, usize)> {
        let start = self.next_at();
        let bytes = self.text.as_bytes();
        let (mut value, mut end) = (0_u32, start);
        while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
            end += 1;
        }
        if matches!(bytes.get(end), Some(0xC2 | 0xE2 | 0xEF)) {
            return self.figure_otherwise_set(start);
        }
        self.at = end;
        (end > start).then_some((value, end - start))
    }

    /// Digits in full width, or with characters among them that are not seen.
    fn figure_otherwise_set(&mut self, start: usize) -> Option<(u32, usize)> {
        let (mut value, mut length, mut end) = (0_u32, 0, start);
        while let Some((digit, after)) = self.digit(end) {
            value = value.wrapping_mul(10).wrapping_add(digit);
            length += 1;
            end = after;
        }
        self.at = end;
        (length > 0).then_some((value, length))
    }

    /// The digit at a place, and where it ends; a full-width one too, and one behind characters that are not seen.
    fn digit(&self, at: usize) -> Option<(u32, usize)> {
        let byte = *self.text.as_bytes().get(at)?;
        match byte.wrapping_sub(b'0') {
            digit @ 0..10 => Some((u32::from(digit), at + 1)),
            _ => self.wide_symbol(at).and_then(|(symbol, end)| Some((symbol.to_digit(10)?, end))),
        }
    }

    /// A character of ASCII in full width, or behind characters that are not seen and no blanks.
    fn wide_symbol(&self, mut at: usize) -> Option<(char, usize)> {
        // Full width, soft hyphen, zero width, byte order mark: all begin with one of these bytes.
        self.text.as_bytes().get(at).filter(|byte| matches!(byte, 0xC2 | 0xE2 | 0xEF))?;
        while self.text.get(at..)?.starts_with(is_unseen) {
            at += self.text.get(at..)?.chars().next()?.len_utf8();
        }
        let c = self.text.get(at..)?.chars().next()?;
        let folded = fold(c).filter(char::is_ascii)?;
        Some((folded, at + c.len_utf8()))
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

    /// Takes `0.29`: digits with at most one decimal point, perhaps `1,000.29`. `0,10` is none, and `1.2.3` is none.
    pub(crate) fn amount(&mut self) -> Option<Amount> {
        let start = self.next_at();
        let rest = self.text.as_bytes().get(start..)?;
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        if matches!(rest.get(length..), Some([b',', b'0'..=b'9', ..] | [0xC2 | 0xE2 | 0xEF, ..])) {
            return self.amount_otherwise_set(start);
        }
        let amount = Amount::from_printed(self.text.get(start..start + length)?)?;
        self.at = start + length;
        Some(amount)
    }

    /// Takes an amount with separators of thousands, in full width, or with characters in it that are not seen.
    fn amount_otherwise_set(&mut self, start: usize) -> Option<Amount> {
        let (mut figure, mut at) = (String::new(), start);
        while let Some((symbol, end)) = self.ascii(at).or_else(|| self.wide_symbol(at)) {
            let goes_on = symbol.is_ascii_digit() || symbol == '.' || (symbol == ',' && self.digit(end).is_some());
            if !goes_on {
                break;
            }
            figure.push(symbol);
            at = end;
        }
        let amount = Amount::from_printed(&without_separators(&figure)?)?;
        self.at = at;
        Some(amount)
    }

    fn ascii(&self, at: usize) -> Option<(char, usize)> {
        let byte = self.text.as_bytes().get(at).filter(|byte| byte.is_ascii())?;
        Some((char::from(*byte), at + 1))
    }

    /// Takes `HKD`: exactly three capital letters; or `HK$`, `US$`.
    pub(crate) fn currency(&mut self) -> Option<Currency> {
        let (_, start, _) = next_symbol(self.text, self.at)?;
        let rest = self.text.get(start..)?;
        let Some(code) = rest.get(..3).filter(|code| code.as_bytes().last() != Some(&b'$') && code.is_ascii()) else {
            return self.currency_otherwise_set();
        };
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

    /// Takes `HK$`, `US$`, or letters in full width.
    fn currency_otherwise_set(&mut self) -> Option<Currency> {
        const DOLLARS: [(&str, &str); 2] = [("HK$", "HKD"), ("US$", "USD")];
        if let Some((_, code)) = DOLLARS.iter().find(|(sign, _)| self.eat(sign)) {
            return Currency::from_printed(code);
        }
        let (mut at, mut code) = (self.next_at(), String::new());
        while let Some((symbol, end)) = self.wide_symbol(at).filter(|(symbol, _)| symbol.is_ascii_alphabetic()) {
            code.push(symbol);
            at = end;
        }
        let currency = Currency::from_printed(&code)?;
        self.at = at;
        Some(currency)
    }
}

/// `1,234,567.8` without its commas, which part groups of three; `None` where they part others.
fn without_separators(figure: &str) -> Option<String> {
    let (whole, fraction) = figure.split_at_checked(figure.find('.').unwrap_or(figure.len()))?;
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| groups.clone().next().is_none() || (1..=3).contains(&first.len()));
    let leads = first.is_some_and(|first| !first.starts_with('0') || !whole.contains(','));
    (leads && groups.all(|group| group.len() == 3)).then(|| [whole.replace(',', "").as_str(), fraction].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_whatever_the_width_and_the_blanks() {
        for text in ["有待公佈", " 有 待\u{3000}公\n佈", "\u{a0}有待公佈 and more"] {
            assert!(Cursor::new(text).eat("有待公佈"), "{text}");
        }
        assert!(Cursor::new("shareholders’ approval").eat("shareholders' approval"));
        assert!(Cursor::new("（如適用）").eat("(如適用)"));
        assert!(!Cursor::new("有待公").eat("有待公佈"));
    }

    #[test]
    fn a_word_ends_where_it_ends() {
        assert!(Cursor::new("share").eat_word("share"));
        assert!(Cursor::new("shareExchange rate").eat_word("share"));
        assert!(!Cursor::new("shareholder").eat_word("share"));
    }

    #[test]
    fn amounts_and_currencies_are_taken_whole_or_not_at_all() {
        for (text, taken) in [
            ("0.29 per", Some("0.29")),
            ("5HKD", Some("5")),
            ("1,000", Some("1000")),
            ("12,345,678.90 per", Some("12345678.90")),
            ("0.35, and", Some("0.35")),
            ("０．３５", Some("0.35")),
            ("0.3\u{ad}5", Some("0.35")),
            ("0\u{200b}.35\u{200b}", Some("0.35")),
            ("1,00", None),
            ("0,100", None),
            ("1000,000", None),
            ("1,000,00", None),
            ("0,10", None),
            ("1.2.3", None),
            ("", None),
        ] {
            assert_eq!(Cursor::new(text).amount().map(|a| a.to_string()).as_deref(), taken, "{text}");
        }
        for (text, taken) in [
            ("HKD", Some("HKD")),
            (" RMB 1", Some("CNY")),
            ("HKDExchange", Some("HKD")),
            ("HKDX", None),
            ("HK$", Some("HKD")),
            ("US$0.29", Some("USD")),
            ("ＨＫＤ", Some("HKD")),
            ("H$", None),
            ("S$1", None),
            ("Hkd", None),
        ] {
            assert_eq!(Cursor::new(text).currency().map(|c| c.to_string()).as_deref(), taken, "{text}");
        }
    }
}
