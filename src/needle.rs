//! A word that every text is searched for: the search is prepared once.

use std::sync::OnceLock;

use memchr::memmem::Finder;

/// A word to search for, and the prepared search.
#[derive(Debug)]
pub(crate) struct Needle {
    word: &'static str,
    finder: OnceLock<Finder<'static>>,
}

impl Needle {
    /// For a `static`.
    pub(crate) const fn new(word: &'static str) -> Needle {
        Needle { word, finder: OnceLock::new() }
    }

    /// Where the word stands, in bytes, from the top; no place twice.
    pub(crate) fn all_in<'a>(&'static self, text: &'a str) -> impl Iterator<Item = usize> + use<'a> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + self.first_in(text.get(from..)?)?;
            from = at + self.word.len();
            Some(at)
        })
    }

    /// Where the word stands first, in bytes.
    pub(crate) fn first_in(&self, text: &str) -> Option<usize> {
        self.finder().find(text.as_bytes())
    }

    /// Whether the word stands anywhere.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.first_in(text).is_some()
    }

    fn finder(&self) -> &Finder<'static> {
        self.finder.get_or_init(|| Finder::new(self.word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        static PAGE: Needle = Needle::new("頁");
        assert_eq!(PAGE.all_in("第 1 頁 共 2 頁").collect::<Vec<_>>(), [6, 16]);
        assert_eq!(PAGE.first_in("第 1 頁 共 2 頁"), Some(6));
        assert!(PAGE.is_in("頁") && !PAGE.is_in("Page") && !PAGE.is_in(""));
        static TWICE: Needle = Needle::new("EE");
        assert_eq!(TWICE.all_in("EEE, EEEE").collect::<Vec<_>>(), [0, 5, 7]);
    }
}
