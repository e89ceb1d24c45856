//! Where a label may begin, told at a glance: every character of a text is looked at in this way.

use crate::form::text::leads_chinese;

/// How the labels of a language begin.
#[derive(Debug)]
pub(crate) struct Prefilter {
    /// For each byte, in the low bits: after which kinds of byte a label may begin with it. In the high ones: its own kind.
    bytes: [u8; 256],
    /// Low bits of the first characters that are Chinese.
    chinese: [u64; 64],
}

/// Words begin after anything but a letter or digit. In one-line texts a label may be glued to what stands before it:
/// a capital after a small letter or a digit begins one too. Told by the byte before and the first one.
pub(crate) fn begins_word(before: u8, first: u8) -> bool {
    if first.is_ascii_alphabetic() {
        return !before.is_ascii_alphanumeric() || (first.is_ascii_uppercase() && !before.is_ascii_uppercase());
    }
    !first.is_ascii()
}

/// The kinds of byte that [`begins_word`] tells apart before a word, by an example of each.
const EXAMPLES: [u8; 3] = [b' ', b'a', b'A'];

/// Which of the [`EXAMPLES`] a byte is like.
fn kind(byte: u8) -> u8 {
    if byte.is_ascii_uppercase() { 2 } else { u8::from(byte.is_ascii_alphanumeric()) }
}

/// Where the kind stands in the table of bytes.
const KIND: u32 = 4;

impl Prefilter {
    /// For labels that begin with these symbols, in whatever case.
    pub(crate) fn new(firsts: impl Iterator<Item = char>) -> Prefilter {
        let mut bytes = [0; 256];
        for (mark, byte) in bytes.iter_mut().zip(0..=u8::MAX) {
            *mark = kind(byte) << KIND;
        }
        let mut chinese = [0; 64];
        for first in firsts {
            let mut utf8 = [0; 4];
            let lead = *first.encode_utf8(&mut utf8).as_bytes().first().unwrap_or(&0);
            for byte in [lead.to_ascii_uppercase(), lead.to_ascii_lowercase()] {
                let after = (0..).zip(EXAMPLES).map(|(kind, before)| u8::from(begins_word(before, byte)) << kind);
                if let Some(mark) = bytes.get_mut(usize::from(byte)) {
                    *mark |= after.sum::<u8>();
                }
            }
            if let Some(bits) = chinese.get_mut(first as usize / 64 % 64) {
                *bits |= 1 << (first as usize % 64);
            }
        }
        Prefilter { bytes, chinese }
    }

    /// The places in `text`, from `from` on, where a label may begin. What stands before `from` is no part of a word.
    pub(crate) fn all_in<'t>(&'t self, text: &'t str, from: usize) -> impl Iterator<Item = usize> + 't {
        let mut rest = text.as_bytes().get(from..).unwrap_or_default().iter();
        let mut before = 0;
        std::iter::from_fn(move || {
            loop {
                let first = *rest.next()?;
                let mark = self.bytes.get(usize::from(first)).copied().unwrap_or_default();
                let opens = mark >> before & 1 == 1;
                before = mark >> KIND;
                if opens {
                    let at = text.len() - rest.len() - 1;
                    if !leads_chinese(first) || self.may_be_chinese(*rest.next()?, *rest.next()?) {
                        return Some(at);
                    }
                }
            }
        })
    }

    /// Whether a label may begin with the Chinese character of which these are the second and third bytes.
    #[inline]
    fn may_be_chinese(&self, second: u8, third: u8) -> bool {
        let bits = self.chinese.get(usize::from(second & 0x3f));
        bits.is_some_and(|bits| bits >> (third & 0x3f) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(firsts: &str, text: &str) -> Vec<usize> {
        Prefilter::new(firsts.chars()).all_in(text, 0).collect()
    }

    #[test]
    fn a_label_begins_where_a_word_does() {
        assert_eq!(found("S", "Status, status; etc.Status 5Stock AStock nests"), [0, 8, 20, 28]);
        assert_eq!(found("S", "中status\u{3000}S"), [3, 12]);
        assert!(found("S", "").is_empty());
    }

    #[test]
    fn chinese_labels_begin_anywhere() {
        assert_eq!(found("股公", "宣派股息，公告a股公"), [6, 15, 22, 25]);
        // The neighbours have the same first bytes.
        assert_eq!(found("股", "肠股肢"), [3]);
    }

    #[test]
    fn every_byte_is_like_the_example_of_its_kind() {
        for byte in 0..=255 {
            let example = EXAMPLES.get(usize::from(kind(byte))).copied().unwrap_or_default();
            for first in 0..=255 {
                assert_eq!(begins_word(byte, first), begins_word(example, first), "{byte} {first}");
            }
        }
    }
}
