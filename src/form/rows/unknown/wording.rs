//! What makes a line a row: words that can be a label, and behind them a value and nothing else.

use crate::form::model::Grammar;
use crate::form::text::{is_blank, leads_chinese};
use crate::form::values::{fixed, measure};
use crate::letters::is_wide;

/// A text that is words and then a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split<'t> {
    /// The words; empty when all of the text is the value.
    pub(super) words: &'t str,
    /// What kind of value follows.
    pub(super) kind: Kind,
}

/// Kinds of values, as far as the wording of a label tells what is due behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Not applicable`, in the letters of the form: no sentence has a capital there.
    Absence,
    /// A date, a time, a period.
    Day,
    /// An amount, a price, a rate.
    Money,
    /// Yes or no; an absence in other letters.
    Word,
}

const MONEY: [Grammar; 3] = [Grammar::Amount, Grammar::Rate, Grammar::Price];

/// The value at a place of a text: its kind, and where it ends. Nearly always the first letters show that there is none.
pub(super) fn value_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    let rest = text.get(at..)?;
    match rest.chars().next()? {
        '0'..='9' => day_at(text, at).or_else(|| money_at(text, at)),
        '由' | '從' => day_at(text, at),
        'F' | 'f' if rest.get(1..4) == Some("rom") => day_at(text, at),
        '每' => money_at(text, at),
        'N' | 'T' | 'Y' | '不' | '有' | '是' | '否' | '\u{2200}'..='\u{27ff}' => {
            word_at(text, at).or_else(|| if begins_currency(rest) { money_at(text, at) } else { None })
        }
        'n' | 't' if rest.starts_with("not app") || rest.starts_with("to be ann") => word_at(text, at),
        'A'..='Z' if begins_currency(rest) || rest.starts_with("HK$") => money_at(text, at),
        _ => None,
    }
}

fn begins_currency(text: &str) -> bool {
    text.as_bytes().get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_uppercase))
}

fn day_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    let reach = |grammar: &Grammar| measure(*grammar, text, at);
    let date = if text.as_bytes().get(at).is_some_and(u8::is_ascii_digit) { reach(&Grammar::Date)? } else { at };
    let longer = [Grammar::Moment, Grammar::Period].iter().filter_map(reach).max();
    Some((Kind::Day, longer.unwrap_or(date))).filter(|(_, end)| *end > at)
}

fn word_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    let end = measure(Grammar::YesNo, text, at)?;
    let value = text.get(at..end)?;
    let is_absence = fixed::absence(value).is_some() && !value.starts_with(|c: char| c.is_ascii_lowercase());
    Some((if is_absence { Kind::Absence } else { Kind::Word }, end))
}

fn money_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    let end = MONEY.iter().filter_map(|grammar| measure(*grammar, text, at)).max()?;
    Some((Kind::Money, end))
}

/// The words and the value that a text is, the longest value that ends it.
pub(super) fn split(text: &str) -> Option<Split<'_>> {
    let starts = value_starts(text).take(40);
    let whole = |at: usize| value_at(text, at).filter(|(_, end)| text.get(*end..).is_some_and(all_blank));
    starts.into_iter().find_map(|at| {
        let (kind, _) = whole(at)?;
        Some(Split { words: text.get(..at)?.trim_matches(is_blank), kind })
    })
}

fn all_blank(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Places where a value may begin: after a blank, or, without one, after a Chinese character.
pub(super) fn value_starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before = None;
    text.char_indices().filter_map(move |(at, c)| {
        let opens = before.is_none_or(|before| is_blank(before) || is_wide(before) || matches!(before, ':'));
        before = Some(c);
        (opens && !is_blank(c)).then_some(at)
    })
}

/// Whether a line may end with a value, told by how it ends.
pub(super) fn may_end_with_value(line: &str) -> bool {
    let Some(last) = line.as_bytes().last() else { return false };
    match last {
        b'0'..=b'9' | b'A'..=b'Z' | b')' => true,
        b'e' => line.ends_with("pplicable") || line.ends_with("hare"),
        b'd' => line.ends_with("nnounced"),
        b's' => line.ends_with("hares") || line.ends_with("es"),
        b'o' => line.ends_with("No"),
        b'.' => line.ends_with("m."),
        _ if last.is_ascii() => false,
        _ => line.ends_with(['日', '用', '佈', '布', '是', '否']),
    }
}

/// Words after which a sentence goes on to a date or an amount, and no label ends.
const JOINTS: [&str; 41] = [
    "a",
    "about",
    "after",
    "an",
    "and",
    "are",
    "around",
    "as",
    "at",
    "be",
    "been",
    "before",
    "being",
    "between",
    "by",
    "dated",
    "ended",
    "ending",
    "for",
    "from",
    "held",
    "in",
    "is",
    "of",
    "on",
    "or",
    "since",
    "than",
    "that",
    "the",
    "through",
    "till",
    "to",
    "until",
    "was",
    "were",
    "which",
    "with",
    "approximately",
    "per",
    "equals",
];
const CHINESE_JOINTS: [&str; 26] = [
    "於", "在", "由", "自", "至", "到", "為", "为", "及", "和", "與", "或", "即", "之", "的", "止", "按", "以", "共",
    "約", "從", "計", "截", "每", "是", "達",
];
/// Words that open a sentence and no label.
const OPENERS: [&str; 24] = [
    "The",
    "This",
    "These",
    "That",
    "We",
    "Our",
    "It",
    "As",
    "In",
    "On",
    "At",
    "By",
    "If",
    "All",
    "Each",
    "Any",
    "Please",
    "See",
    "Such",
    "Subject",
    "Holders",
    "Shareholders",
    "There",
    "Under",
];
/// Characters that stand in sentences and in no label.
const CHINESE_VERBS: [char; 10] = ['將', '已', '應', '須', '被', '向', '並', '但', '若', '茲'];

/// Most characters of a label.
const LABEL_CHARS: usize = 140;

/// Whether words can be a label: a name for something, no sentence and no part of one.
pub(super) fn is_label_like(words: &str) -> bool {
    let words = words.trim_end_matches([':', '：']).trim_end_matches(is_blank);
    let Some(first) = words.chars().next() else { return false };
    let ends_sentence =
        |c: char| matches!(c, '.' | ';' | ',' | '?' | '!' | '"' | '。' | '；' | '，' | '、' | '？' | '！');
    if words.chars().count() > LABEL_CHARS
        || words.contains(ends_sentence)
        || words.ends_with(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    if words.bytes().any(leads_chinese) {
        let ends = CHINESE_JOINTS.iter().any(|joint| words.ends_with(joint));
        return words.chars().count() > 1 && !ends && !words.contains(CHINESE_VERBS);
    }
    let last = words.split(is_blank).next_back().unwrap_or_default();
    let opener = words.split(is_blank).next().unwrap_or_default();
    first.is_ascii_uppercase()
        && !OPENERS.contains(&opener)
        && !JOINTS.iter().any(|joint| last.eq_ignore_ascii_case(joint))
}

/// Whether a sentence may have a capital `Not applicable` behind these words: only another sentence, or a word that goes on to it.
pub(super) fn may_go_on_to_absence(words: &str) -> bool {
    let last = words.split(is_blank).next_back().unwrap_or_default();
    let joins = JOINTS.iter().any(|joint| last.eq_ignore_ascii_case(joint));
    joins || !words.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ')')
}

/// Whether the last words of a sentence are a label that begins with a capital: it runs on into a row.
pub(super) fn ends_with_label(words: &str, kind: Kind) -> bool {
    let mut starts = words.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, c)| at + c.len_utf8());
    starts.any(|at| {
        let (before, label) = words.split_at_checked(at).unwrap_or_default();
        let last = before.split(is_blank).rfind(|word| !word.is_empty()).unwrap_or_default();
        let joins = JOINTS.iter().chain(&["our", "this", "its"]).any(|joint| last.eq_ignore_ascii_case(joint));
        !joins && is_label_like(label) && names(label, kind)
    })
}

const OF_DAYS: [&str; 6] = ["date", "dates", "day", "period", "time", "deadline"];
const OF_MONEY: [&str; 10] =
    ["amount", "dividend", "distribution", "price", "rate", "currency", "declared", "paid", "payment", "fee"];

/// Whether the words say which kind of value follows, as those of a date or an amount do: in a text of sentences only such words are a label.
pub(super) fn names(words: &str, kind: Kind) -> bool {
    let words = words.trim_end_matches([':', '：']).trim_end_matches(is_blank);
    let (of, chinese): (&[&str], &[char]) = match kind {
        Kind::Absence | Kind::Word => return true,
        Kind::Day => (&OF_DAYS, &['日', '期', '限', '間', '末']),
        Kind::Money => (&OF_MONEY, &['額', '息', '價', '率', '幣', '派', '費', '格']),
    };
    let says = |word: Option<&str>| word.is_some_and(|word| of.iter().any(|of| word.eq_ignore_ascii_case(of)));
    says(words.split(is_blank).next_back()) || says(words.split(is_blank).next()) || words.ends_with(chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_words_and_a_value() {
        for (text, words, kind) in [
            ("Distribution date 27 June 2025", "Distribution date", Kind::Day),
            ("股息派付日 2025年6月27日", "股息派付日", Kind::Day),
            ("股息派付日2025年6月27日", "股息派付日", Kind::Day),
            ("Cut-off From 5 June 2025 to 6 June 2025", "Cut-off", Kind::Day),
            ("Severe weather arrangement Not applicable", "Severe weather arrangement", Kind::Absence),
            ("惡劣天氣安排 不適用", "惡劣天氣安排", Kind::Absence),
            ("Handling fee HKD 0.1 per share", "Handling fee", Kind::Money),
            ("Reference price: HKD 12.5", "Reference price:", Kind::Money),
            ("參考匯率 1 RMB : 1.1HKD", "參考匯率", Kind::Money),
            ("Partial election Yes", "Partial election", Kind::Word),
            ("27 June 2025", "", Kind::Day),
        ] {
            assert_eq!(split(text), Some(Split { words, kind }), "{text}");
            assert!(may_end_with_value(text), "{text}");
        }
        for text in ["17th Floor, Hopeful Centre", "灣仔皇后大道東183號", "183 Signal Street", "Figures are rounded"]
        {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn a_label_is_no_part_of_a_sentence() {
        for words in ["Distribution date", "股息派付日", "Date of distribution:", "Arrangement under severe weather"]
        {
            assert!(is_label_like(words), "{words}");
        }
        for words in [
            "",
            "The Board met on",
            "The general meeting date",
            "Shareholders on the register",
            "the record date",
            "Final dividend for the year ended",
            "Results for 2024. Payment date",
            "本公司將派付日",
            "截至",
            "本公司董事會宣佈，派付日",
        ] {
            assert!(!is_label_like(words), "{words}");
        }
    }

    #[test]
    fn words_name_the_value_behind_them() {
        for (words, kind) in [
            ("Distribution date", Kind::Day),
            ("Date of distribution", Kind::Day),
            ("派付日期", Kind::Day),
            ("Special amount", Kind::Money),
            ("特別金額", Kind::Money),
            ("Anything", Kind::Absence),
        ] {
            assert!(names(words, kind), "{words}");
        }
        assert!(!names("Figures rounded", Kind::Day) && !names("數字經四捨五入", Kind::Day));
    }
}
