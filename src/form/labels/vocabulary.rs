//! The vocabulary: the wordings of every label and section title, in both languages, prepared for matching.

use std::sync::LazyLock;

use super::prefilter::Prefilter;
use super::prefix_index::PrefixIndex;
use crate::form::model::{Label, Language};
use crate::form::text::{fold, is_blank, next_symbol};

/// One printed wording of a label, prepared for matching.
#[derive(Debug)]
pub(crate) struct Wording {
    /// The label that it prints.
    pub(crate) label: Label,
    printed: &'static str,
    symbols: Box<[char]>,
    /// Numbers of symbols after which a line may break.
    breaks: Box<[usize]>,
    /// Indices of longer wordings that begin with this one: `宣派股息的報告期末` for `宣派股息`.
    longer: Box<[u8]>,
}

/// How far a text agrees with a wording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// How many symbols of the wording are read, up to a place where a line may break.
    pub(crate) symbols: usize,
    /// Where the agreement ends in the text.
    pub(crate) end: usize,
    /// Whether the case agrees too.
    pub(crate) exact: bool,
}

impl Wording {
    fn new(label: Label, language: Language, printed: &'static str) -> Wording {
        let mut symbols = Vec::new();
        let mut breaks = Vec::new();
        for c in printed.chars() {
            if is_blank(c) || (language == Language::ZhHant && !symbols.is_empty()) {
                breaks.push(symbols.len());
            }
            symbols.extend(fold(c));
        }
        breaks.push(symbols.len());
        Wording { label, printed, symbols: symbols.into(), breaks: breaks.into(), longer: Box::default() }
    }

    /// Number of symbols, blanks not counted; never 0.
    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// The symbol with this number, from 0.
    pub(crate) fn symbol(&self, number: usize) -> Option<char> {
        self.symbols.get(number).copied()
    }

    /// The symbols after which a line may break, before the last.
    pub(crate) fn inner_breaks(&self) -> &[usize] {
        self.breaks.split_last().map_or(&[], |(_, inner)| inner)
    }

    /// The whole wording, when it stands in `text` at `at` as printed, to the letter.
    pub(crate) fn as_printed(&self, text: &str, at: usize) -> Option<Run> {
        let rest = text.get(at..)?;
        let end = at + self.printed.len();
        let cut = || self.is_latin() && text.as_bytes().get(end).is_some_and(u8::is_ascii_lowercase);
        (rest.starts_with(self.printed) && !cut()).then_some(Run { symbols: self.len(), end, exact: true })
    }

    /// Whether this wording is the beginning of another one.
    fn begins(&self, other: &Wording) -> bool {
        other.len() > self.len() && other.printed.starts_with(self.printed)
    }

    /// Reads the wording in `text` at `at`, beginning with its symbol number `from`.
    pub(crate) fn run(&self, text: &str, from: usize, at: usize) -> Run {
        let mut run = Run { symbols: from, end: at, exact: true };
        let mut last = run;
        let mut last_exact = run;
        let mut next_break = self.breaks.partition_point(|&b| b <= from);
        for &expected in self.symbols.iter().skip(from) {
            let Some((symbol, _, end)) = next_symbol(text, run.end) else { break };
            if symbol != expected {
                if !symbol.eq_ignore_ascii_case(&expected) {
                    break;
                }
                run.exact = false;
            }
            run.symbols += 1;
            run.end = end;
            if self.breaks.get(next_break) == Some(&run.symbols) {
                next_break += 1;
                last = run;
                if run.exact {
                    last_exact = run;
                }
            }
        }
        // A value may begin with the label's next word in other letters: `applied / To be announced / to the dividend`.
        if last.symbols < self.len() && !last.exact && last.symbols > last_exact.symbols && last_exact.symbols > from {
            last = last_exact;
        }
        // A piece ends where a word ends: `Record dates` is no `Record date`.
        let cut = text.get(last.end..).and_then(|rest| rest.chars().next());
        if last.symbols > from && self.is_latin() && cut.is_some_and(|c| c.is_ascii_lowercase()) {
            return Run { symbols: from, end: at, exact: last.exact };
        }
        last
    }

    /// Whether it is made of words and not of Chinese characters.
    pub(crate) fn is_latin(&self) -> bool {
        self.symbols.first().is_some_and(char::is_ascii)
    }
}

/// All wordings of one language, found by their first symbols.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    wordings: Box<[Wording]>,
    /// By their first symbols, the longest wording first.
    prefixes: PrefixIndex,
    prefilter: Prefilter,
    /// By the length of `printed`, those that no longer wording begins with.
    by_length: Box<[Vec<u8>]>,
}

impl Vocabulary {
    fn new(language: Language) -> Vocabulary {
        let of_label = |label: &Label| {
            let label = *label;
            label.wordings(language).iter().map(move |printed| Wording::new(label, language, printed))
        };
        let mut wordings: Box<[Wording]> = Label::ALL.iter().flat_map(of_label).collect();
        let begun_by = |short: &Wording| {
            (0u8..).zip(&wordings).filter(|(_, long)| short.begins(long)).map(|(index, _)| index).collect()
        };
        let longer: Vec<Box<[u8]>> = wordings.iter().map(begun_by).collect();
        for (wording, longer) in wordings.iter_mut().zip(longer) {
            wording.longer = longer;
        }
        let longest = wordings.iter().map(|wording| wording.printed.len()).max().unwrap_or_default();
        let mut by_length = vec![Vec::new(); longest + 1];
        for (index, wording) in (0u8..).zip(&wordings).filter(|(_, wording)| wording.longer.is_empty()) {
            if let Some(list) = by_length.get_mut(wording.printed.len()) {
                list.push(index);
            }
        }
        let prefixes = PrefixIndex::new(wordings.iter().map(|wording| &*wording.symbols));
        let prefilter = Prefilter::new(wordings.iter().filter_map(|wording| wording.symbol(0)));
        Vocabulary { wordings, prefixes, prefilter, by_length: by_length.into() }
    }

    /// The vocabulary of a language.
    pub(crate) fn of(language: Language) -> &'static Vocabulary {
        static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(Language::En));
        static CHINESE: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(Language::ZhHant));
        match language {
            Language::En => &ENGLISH,
            Language::ZhHant | Language::ZhHans => &CHINESE,
        }
    }

    /// Places where a wording may begin, from `from` on.
    pub(crate) fn prefilter<'t>(&'t self, text: &'t str, from: usize) -> impl Iterator<Item = usize> + 't {
        self.prefilter.all_in(text, from)
    }

    /// The wordings whose first symbols stand in `text` at `at`, in whatever case, the longest first. Mostly there are none.
    #[inline]
    pub(crate) fn beginning(&self, text: &str, at: usize) -> Option<impl Iterator<Item = &Wording> + Clone> {
        let likely = self.prefixes.fitting(text, at)?;
        Some(likely.filter_map(|index| self.wordings.get(usize::from(index))))
    }

    /// The wording that stands in `text` at `at` to the letter, a tab right after it, unless it begins a longer one; and where it ends.
    pub(crate) fn before_tab(&self, text: &str, at: usize) -> Option<(&Wording, usize)> {
        let rest = text.as_bytes().get(at..)?;
        let length = memchr::memchr(b'\t', rest.get(..self.by_length.len()).unwrap_or(rest))?;
        let mut likely = self.by_length.get(length)?.iter().filter_map(|&index| self.wordings.get(usize::from(index)));
        let wording = likely.find(|wording| rest.starts_with(wording.printed.as_bytes()))?;
        Some((wording, at + length))
    }

    /// Longer wordings that begin with a whole one.
    pub(crate) fn longer_than(&self, wording: &Wording) -> impl Iterator<Item = &Wording> {
        wording.longer.iter().filter_map(|&index| self.wordings.get(usize::from(index)))
    }

    /// Every wording of a label.
    pub(crate) fn wordings_of(&self, label: Label) -> impl Iterator<Item = &Wording> {
        self.wordings.iter().filter(move |wording| wording.label == label)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_label_before_a_tab_is_found_by_its_length() {
        let before_tab = |language, text: &str, at: usize| {
            Vocabulary::of(language).before_tab(text, at).map(|(wording, end)| (wording.label, end))
        };
        assert_eq!(before_tab(Language::En, "Record date\t5 June", 0), Some((Label::RecordDate, 11)));
        assert_eq!(before_tab(Language::En, "\nStock code\t00001", 1), Some((Label::StockCode, 11)));
        for text in ["Record date 5 June\t", "record date\t", "Record dates\t", "Record date", "\t", ""] {
            assert_eq!(before_tab(Language::En, text, 0), None, "{text:?}");
        }
        assert_eq!(before_tab(Language::ZhHant, "除淨日\t2024年6月5日", 0), Some((Label::ExDate, 9)));
        assert_eq!(before_tab(Language::ZhHant, "宣派股息\t不適用", 0), None, "a longer label begins so too");
    }

    #[test]
    fn a_wording_runs_over_line_ends_and_stops_at_words() {
        let vocabulary = Vocabulary::of(Language::En);
        let run = |label, text: &str| vocabulary.wordings_of(label).map(|w| (w.run(text, 0, 0), w.len())).next();
        let (whole, length) = run(Label::RecordDate, "Record\n date 5 June").expect("a wording");
        assert_eq!((whole.symbols, whole.end, whole.exact), (length, 12, true));
        let (case, _) = run(Label::RecordDate, "RECORD DATE").expect("a wording");
        assert!(!case.exact);
        let (longer, _) = run(Label::RecordDate, "Record dates").expect("a wording");
        assert_eq!(longer.symbols, 0);
        let (head, _) =
            run(Label::RelatedSecurities, "Other related stock code(s) and 00001 name(s)").expect("a wording");
        assert_eq!((head.symbols, head.end), (27, 31));
    }
}
