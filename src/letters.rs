//! What Chinese and Western letters have of their own: those that are only another way to set others (ligatures, and the
//! radicals and compatibility ideographs that extracted text is sprinkled with), and those between which no blank stands.

use std::borrow::Cow;

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// Whether a character is as wide as it is high, as Chinese and Japanese ones and their punctuation are: no blank stands
/// between two of them.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{2FFFF}')
}

/// The text with each ligature, radical and compatibility ideograph replaced by what it stands for: a label that has one
/// is the same label, a name the same name.
pub(crate) fn unified(text: Cow<'_, str>) -> Cow<'_, str> {
    if !may_hold_any(text.as_bytes()) {
        return text;
    }
    let mut unified = String::with_capacity(text.len());
    let mut changed = false;
    for c in text.chars() {
        let before = unified.len();
        push(&mut unified, c);
        changed |= !unified.get(before..).is_some_and(|pushed| pushed.starts_with(c));
    }
    if changed { Cow::Owned(unified) } else { text }
}

/// All of them begin with one of these bytes, followed by one of few others.
fn may_hold_any(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(0xE2, 0xEF, bytes).any(|at| match bytes.get(at..at + 2) {
        Some([0xE2, second]) => (0xBA..=0xBF).contains(second),
        Some([0xEF, second]) => (0xA4..=0xAC).contains(second),
        _ => false,
    })
}

fn push(text: &mut String, c: char) {
    match c {
        '\u{2E80}'..='\u{2EF2}' => text.push(radical(c).unwrap_or(c)),
        '\u{2F00}'..='\u{2FDF}' | '\u{FB00}'..='\u{FB04}' => decompose_compatible(c, |part| text.push(part)),
        '\u{F900}'..='\u{FAFF}' => decompose_canonical(c, |part| text.push(part)),
        c => text.push(c),
    }
}

/// The ideograph that a radical of the supplement stands for.
fn radical(c: char) -> Option<char> {
    let place = u32::from(c).checked_sub(0x2E80)?;
    RADICALS.chars().nth(usize::try_from(place).ok()?).filter(|c| *c != '\u{3000}')
}

/// Of U+2E80 to U+2EF2, by Unicode's EquivalentUnifiedIdeograph.txt; U+3000 where there is none.
const RADICALS: &str = "　厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵　旡日月歺　民氵氺灬爫爫丬\
     牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶\
     辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(unified(Cow::Borrowed(text)), expected, "{text}");
    }

    #[test]
    fn radicals_are_the_characters_they_look_like() {
        check("\u{2F47}期 \u{2EA0}幣 ⾦額 ⻑江 ⻚", "日期 民幣 金額 長江 页");
        assert_eq!(RADICALS.chars().count(), 0x2EF3 - 0x2E80);
        assert_eq!(radical('\u{2EF2}'), Some('亀'));
    }

    #[test]
    fn compatibility_ideographs_are_the_unified_ones() {
        check("\u{F90A}額 \u{F9E1} \u{FA08}政", "金額 李 行政");
        // Twelve of that block are characters of their own.
        check("\u{FA0E}\u{FA29}", "\u{FA0E}\u{FA29}");
    }

    #[test]
    fn ligatures_are_letters() {
        check("\u{FB01}nancial o\u{FB00}er su\u{FB03}x", "financial offer suffix");
    }

    #[test]
    fn everything_else_stays() {
        for text in ["粤 夏慤道 夏愨道 别", "，：（） ﹙ “quoted” ⽥"] {
            let unified = unified(Cow::Borrowed(text));
            assert_eq!(unified.chars().count(), text.chars().count());
        }
        assert!(matches!(unified(Cow::Borrowed("粤，夏慤道")), Cow::Borrowed(_)));
    }
}
