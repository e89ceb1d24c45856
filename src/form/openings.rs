//! Where a label may begin, told at a glance: every character of a text is looked at in this way.

use super::scan::leads_chinese;

/// How the labels of a language begin.
#[derive(Debug)]
pub struct Openings {
    /// For each first byte, after which of the [`KINDS`] of byte: a bit for each.
    bytes: [u8; 256],
    /// Low bits of the first characters that are Chinese.
    chinese: [u64; 64],
}

/// Words begin after anything but a letter or digit. In one-line texts a label may be glued to what stands before it:
/// a capital after a small letter or a digit begins one too. Told by the byte before and the first one.
pub const fn begins_word(before: u8, first: u8) -> bool {
    if first.is_ascii_alphabetic() {
        return !before.is_ascii_alphanumeric() || (first.is_ascii_uppercase() && !before.is_ascii_uppercase());
    }
    !first.is_ascii()
}

/// The kinds of byte that [`begins_word`] tells apart before a word, each with an example.
const EXAMPLES: [u8; 3] = [b' ', b'a', b'A'];

/// For each byte, which of the [`EXAMPLES`] it is like.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        let kind = if byte.is_ascii_uppercase() { 2 } else { byte.is_ascii_alphanumeric() as u8 };
        kinds[byte as usize] = kind;
        byte += 1;
    }
    kinds
};

impl Openings {
    /// For labels that begin with these symbols, in whatever case.
    pub fn new(firsts: impl Iterator<Item = char>) -> Openings {
        let mut openings = Openings { bytes: [0; 256], chinese: [0; 64] };
        for first in firsts {
            let mut utf8 = [0; 4];
            let lead = *first.encode_utf8(&mut utf8).as_bytes().first().unwrap_or(&0);
            for byte in [lead.to_ascii_uppercase(), lead.to_ascii_lowercase()] {
                if let Some(kinds) = openings.bytes.get_mut(usize::from(byte)) {
                    let bit = |(kind, before)| u8::from(begins_word(before, byte)) << kind;
                    *kinds = (0..).zip(EXAMPLES).map(bit).sum();
                }
            }
            if let Some(bits) = openings.chinese.get_mut(first as usize / 64 % 64) {
                *bits |= 1 << (first as usize % 64);
            }
        }
        openings
    }

    /// The places in `text`, from `from` on, where a label may begin. What stands before `from` is no part of a word.
    pub fn all_in<'t>(&'t self, text: &'t str, from: usize) -> impl Iterator<Item = usize> + 't {
        let bytes = text.as_bytes();
        let (mut before, mut next) = (b' ', from);
        std::iter::from_fn(move || {
            loop {
                let rest = bytes.get(next..)?;
                let (at, first) = (next, *rest.first()?);
                let likely = self.may_begin(before, first, rest);
                before = first;
                next += if leads_chinese(first) { 3 } else { 1 };
                if likely {
                    return Some(at);
                }
            }
        })
    }

    #[inline]
    fn may_begin(&self, before: u8, first: u8, rest: &[u8]) -> bool {
        let (kinds, kind) = (self.bytes.get(usize::from(first)), KINDS.get(usize::from(before)));
        kinds.zip(kind).is_some_and(|(kinds, kind)| kinds >> kind & 1 == 1)
            && match rest {
                [lead, second, third, ..] if leads_chinese(*lead) => {
                    let bits = self.chinese.get(usize::from(second & 0x3f));
                    bits.is_some_and(|bits| bits >> (third & 0x3f) & 1 == 1)
                }
                _ => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(firsts: &str, text: &str) -> Vec<usize> {
        Openings::new(firsts.chars()).all_in(text, 0).collect()
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
    fn every_kind_of_byte_is_like_its_example() {
        for (byte, kind) in (0..=255).zip(KINDS) {
            let example = EXAMPLES.get(usize::from(kind)).copied().unwrap_or_default();
            for first in 0..=255 {
                assert_eq!(begins_word(byte, first), begins_word(example, first), "{byte} {first}");
            }
        }
    }
}
