//! The rows that hold one of a few fixed wordings: absence, status, type, nature, yes or no, cash or shares.

use serde::Serialize;

use super::{Parse, Taken};
use crate::form::model::{AnnouncementStatus, DefaultOption, DividendType, Frequency, Nature, Shown, TypeAndFrequency};
use crate::form::text::Cursor;

/// A fixed wording, and whether a real form has shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed<T> {
    /// What it means.
    pub(crate) value: T,
    /// False for wordings that are accepted on trust.
    pub(crate) confirmed: bool,
}

/// Why a row has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// `Not applicable`, `不適用`.
    NotApplicable,
    /// `To be announced`, `有待公佈`.
    ToBeAnnounced,
}

/// Reads a whole text that says why there is no value.
pub(crate) fn absence(text: &str) -> Option<Absence> {
    // As printed, to the letter: nearly always.
    if text == "Not applicable" || text == "不適用" {
        return Some(Absence::NotApplicable);
    }
    let mut cursor = Cursor::new(text);
    take_absence(&mut cursor).filter(|_| cursor.is_done())
}

/// Takes `Not applicable` or `To be announced`, a tick box before it or not.
#[inline]
pub(crate) fn take_absence(cursor: &mut Cursor<'_>) -> Option<Absence> {
    let first = cursor.peek()?;
    // Most texts begin with none of the characters that these begin with.
    let likely = matches!(first, '不' | '有' | 'N' | 'n' | 'T' | 't' | '\u{2200}'..='\u{27ff}');
    if likely { take_likely_absence(cursor, first) } else { None }
}

fn take_likely_absence(cursor: &mut Cursor<'_>, mut first: char) -> Option<Absence> {
    let start = *cursor;
    if matches!(first, '\u{2200}'..='\u{27ff}') {
        while cursor.eat_any(&["☑", "☒", "☐", "✓", "✔", "√", "■", "□"]) {}
        first = cursor.peek()?;
    }
    let absence = match first {
        '不' => cursor.eat("不適用").then_some(Absence::NotApplicable),
        '有' => cursor.eat_any(&["有待公佈", "有待公布"]).then_some(Absence::ToBeAnnounced),
        'N' | 'n' => cursor.eat_any_word(&["Not applicable", "Nil"]).then_some(Absence::NotApplicable),
        'T' | 't' => cursor.eat_word("To be announced").then_some(Absence::ToBeAnnounced),
        _ => None,
    };
    if absence.is_none() {
        *cursor = start;
    }
    absence
}

/// Takes the first wording of a table that comes next.
fn take_of<T: Copy>(cursor: &mut Cursor<'_>, table: &[(&str, T, bool)]) -> Option<Fixed<T>> {
    let (_, value, confirmed) = table.iter().find(|(wording, ..)| cursor.eat_word(wording))?;
    Some(Fixed { value: *value, confirmed: *confirmed })
}

/// Takes the status of the announcement.
pub(crate) fn take_status(cursor: &mut Cursor<'_>) -> Option<Fixed<AnnouncementStatus>> {
    use AnnouncementStatus::{New, Update, Withdrawn};
    take_of(
        cursor,
        &[
            ("New announcement", New, true),
            ("Update to previous announcement", Update, true),
            ("新公告", New, true),
            ("更新公告", Update, true),
            ("撤回股息公告", Withdrawn, true),
            ("撤回公告", Withdrawn, false),
            ("Withdrawal of previous announcement", Withdrawn, false),
            ("Withdrawal of previous dividend announcement", Withdrawn, false),
            ("Withdrawal of dividend announcement", Withdrawn, false),
            ("Withdrawal of the dividend announcement", Withdrawn, false),
            ("Withdrawal of announcement", Withdrawn, false),
            ("Withdrawal of dividend", Withdrawn, false),
            ("Withdraw dividend announcement", Withdrawn, false),
            ("Withdrawn dividend announcement", Withdrawn, false),
            ("Withdrawn announcement", Withdrawn, false),
            ("Dividend announcement withdrawn", Withdrawn, false),
            ("Cancellation of previous announcement", Withdrawn, false),
            ("Cancellation of previous dividend announcement", Withdrawn, false),
            ("Cancellation of dividend announcement", Withdrawn, false),
            ("Cancellation of announcement", Withdrawn, false),
            ("Cancellation of dividend", Withdrawn, false),
            ("Cancelled announcement", Withdrawn, false),
            ("Withdrawal", Withdrawn, false),
            ("Withdrawn", Withdrawn, false),
            ("Cancellation", Withdrawn, false),
            ("Cancelled", Withdrawn, false),
        ],
    )
}

/// A whole status text of unknown wording: a withdrawal when it says so.
pub(crate) fn withdrawn_in_other_words(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let says = text.contains("withdr") || text.contains("cancel") || text.contains("撤回") || text.contains("取消");
    says && !text.contains("not ") && text.chars().count() <= 80
}

/// Takes the nature of the dividend.
pub(crate) fn take_nature(cursor: &mut Cursor<'_>) -> Option<Fixed<Nature>> {
    let found = take_of(
        cursor,
        &[
            ("普通股息", Nature::Ordinary, true),
            ("特別股息", Nature::Special, true),
            ("特别股息", Nature::Special, false),
            ("Ordinary", Nature::Ordinary, true),
            ("Special", Nature::Special, false),
            ("其他", Nature::Other, false),
            ("Other", Nature::Other, false),
        ],
    )?;
    let mut more = *cursor;
    // On a form without its periods the next row is `Dividend declared`.
    if found.value != Nature::Other && more.eat_word("dividend") && !Cursor::eat_word(&mut more.clone(), "declared") {
        *cursor = more;
        return Some(Fixed { confirmed: false, ..found });
    }
    Some(found)
}

/// Takes yes or no.
pub(crate) fn take_yes_no(cursor: &mut Cursor<'_>) -> Option<Fixed<bool>> {
    take_of(cursor, &[("是", true, true), ("否", false, true), ("Yes", true, false), ("No", false, false)])
}

/// Takes the default of a scrip election.
pub(crate) fn take_default_option(cursor: &mut Cursor<'_>) -> Option<Fixed<DefaultOption>> {
    use DefaultOption::{Cash, Shares};
    take_of(
        cursor,
        &[
            ("現金", Cash, true),
            ("代息股份", Shares, false),
            ("新股", Shares, false),
            ("股份", Shares, false),
            ("Cash", Cash, false),
            ("Scrip shares", Shares, false),
            ("Scrip", Shares, false),
            ("New shares", Shares, false),
            ("Shares", Shares, false),
        ],
    )
}

/// Takes the word for the type alone, without the free text that may follow `Other`.
pub(crate) fn take_type_word(cursor: &mut Cursor<'_>) -> bool {
    let start = *cursor;
    match take_dividend_type(cursor) {
        Some(fixed) if fixed.value.dividend_type == DividendType::Other => {
            *cursor = start;
            cursor.eat("其他") || cursor.eat_word("Others") || cursor.eat_word("Other")
        }
        found => found.is_some(),
    }
}

/// Takes the type of the dividend. `Other` and `其他` take all that is left: free text may stand around the label.
pub(crate) fn take_dividend_type(cursor: &mut Cursor<'_>) -> Option<Fixed<TypeAndFrequency>> {
    use DividendType::{Final, Interim, Other, Quarterly};
    let kind = |dividend_type, frequency| TypeAndFrequency { dividend_type, frequency };
    let found = take_of(
        cursor,
        &[
            ("Interim (Semi-annual)", kind(Interim, Some(Frequency::SemiAnnual)), true),
            ("中期(半年期)", kind(Interim, Some(Frequency::SemiAnnual)), true),
            ("Semi-annual", kind(Interim, Some(Frequency::SemiAnnual)), true),
            ("Final", kind(Final, None), true),
            ("末期", kind(Final, None), true),
            ("Interim (Quarterly)", kind(Quarterly, Some(Frequency::Quarterly)), false),
            ("中期(季度)", kind(Quarterly, Some(Frequency::Quarterly)), false),
            ("Quarterly", kind(Quarterly, Some(Frequency::Quarterly)), false),
            ("季度", kind(Quarterly, Some(Frequency::Quarterly)), false),
            ("Interim", kind(Interim, None), false),
            ("中期", kind(Interim, None), false),
        ],
    );
    if found.is_some() {
        // The names of 2021 end with a small `dividend`; a capital one begins the next row. The Chinese ones are likely to end with the same word.
        if cursor.rest().starts_with(" dividend") {
            let _taken = cursor.eat_word("dividend");
        } else if cursor.rest().starts_with("股息") && !cursor.rest().starts_with("股息性質") {
            let _taken = cursor.eat("股息");
        }
        return found;
    }
    let confirmed = cursor.peek() == Some('其');
    let mut section = *cursor;
    if section.eat("其他信息") || section.eat("Other information") {
        return None;
    }
    if cursor.eat("其他") || cursor.eat_word("Others") || cursor.eat_word("Other") {
        cursor.finish();
        return Some(Fixed { value: kind(Other, None), confirmed });
    }
    None
}

impl<T> From<Fixed<T>> for Taken<T> {
    fn from(fixed: Fixed<T>) -> Taken<T> {
        if fixed.confirmed { Taken::Known(fixed.value) } else { Taken::OnTrust(fixed.value) }
    }
}

impl Parse for AnnouncementStatus {
    const EXPECTED: &'static str =
        "`New announcement`, `Update to previous announcement` or a withdrawal; `新公告`, `更新公告`, `撤回股息公告`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_status(cursor).map(Taken::from)
    }

    /// A status of unknown wording is a withdrawal when it says so.
    fn in_other_words(text: &str) -> Option<Self> {
        withdrawn_in_other_words(text).then_some(AnnouncementStatus::Withdrawn)
    }
}

impl Parse for TypeAndFrequency {
    const EXPECTED: &'static str =
        "`Final`, `Interim (Semi-annual)`, `Other` and text; `末期`, `中期（半年期）`, `其他`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_dividend_type(cursor).map(Taken::from)
    }
}

impl Parse for Nature {
    const EXPECTED: &'static str = "`Ordinary` or `Special`; `普通股息` or `特別股息`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_nature(cursor).map(Taken::from)
    }
}

impl Parse for bool {
    const EXPECTED: &'static str = "`Yes` or `No`; `是` or `否`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_yes_no(cursor).map(Taken::from)
    }
}

impl Parse for DefaultOption {
    const EXPECTED: &'static str = "`Cash` or `Scrip`; `現金` or `代息股份`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_default_option(cursor).map(Taken::from)
    }
}

impl Shown for AnnouncementStatus {
    fn shown(&self) -> String {
        word(self)
    }
}

impl Shown for Nature {
    fn shown(&self) -> String {
        word(self)
    }
}

impl Shown for TypeAndFrequency {
    fn shown(&self) -> String {
        let frequency = self.frequency.as_ref().map(|frequency| format!(", {}", word(frequency)));
        format!("{}{}", word(&self.dividend_type), frequency.unwrap_or_default())
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        if *self { "yes" } else { "no" }.into()
    }
}

impl Shown for DefaultOption {
    fn shown(&self) -> String {
        match self {
            DefaultOption::Cash => "CASH".into(),
            DefaultOption::Shares => "SECU".into(),
        }
    }
}

/// A word of a closed vocabulary, as the event spells it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole<T>(text: &str, take: fn(&mut Cursor<'_>) -> Option<T>) -> Option<T> {
        let mut cursor = Cursor::new(text);
        take(&mut cursor).filter(|_| cursor.is_done())
    }

    #[test]
    fn absence_is_a_whole_value() {
        for text in ["Not applicable", "NOT APPLICABLE", "Nil", "不適用", "☑ Not applicable", "☑不適用"] {
            assert_eq!(absence(text), Some(Absence::NotApplicable), "{text}");
        }
        for text in ["To be announced", "有待公佈"] {
            assert_eq!(absence(text), Some(Absence::ToBeAnnounced), "{text}");
        }
        for text in ["Not applicable to holders of A shares", "不適用於A股", "n/a", "-", ""] {
            assert_eq!(absence(text), None, "{text}");
        }
    }

    #[test]
    fn statuses() {
        use AnnouncementStatus::{New, Update, Withdrawn};
        for (text, value, confirmed) in [
            ("New announcement", New, true),
            ("Update to previous announcement", Update, true),
            ("更新公告", Update, true),
            ("撤回股息公告", Withdrawn, true),
            ("撤回公告", Withdrawn, false),
            ("Withdrawal of dividend announcement", Withdrawn, false),
            ("Cancelled", Withdrawn, false),
        ] {
            assert_eq!(whole(text, take_status), Some(Fixed { value, confirmed }), "{text}");
        }
        assert_eq!(whole("Newly announced", take_status), None);
        assert!(withdrawn_in_other_words("The dividend has been cancelled"));
        assert!(!withdrawn_in_other_words("Corrected"));
    }

    #[test]
    fn kinds() {
        for (text, dividend_type, frequency) in [
            ("Interim (Semi-annual)", DividendType::Interim, Some(Frequency::SemiAnnual)),
            ("中期（半年期）", DividendType::Interim, Some(Frequency::SemiAnnual)),
            ("Semi-annual dividend", DividendType::Interim, Some(Frequency::SemiAnnual)),
            ("末期", DividendType::Final, None),
            ("Final dividend", DividendType::Final, None),
            ("其他特别", DividendType::Other, None),
            ("Other\nDistribution in specie", DividendType::Other, None),
            ("Quarterly", DividendType::Quarterly, Some(Frequency::Quarterly)),
        ] {
            assert_eq!(
                whole(text, take_dividend_type).map(|fixed| fixed.value),
                Some(TypeAndFrequency { dividend_type, frequency }),
                "{text}"
            );
        }
        for text in ["其他信息", "Finally", "末期及特別", "Special", "特別", "Otherwise", ""] {
            assert_eq!(whole(text, take_dividend_type), None, "{text}");
        }
    }

    #[test]
    fn natures_and_yes_and_no_and_defaults() {
        assert_eq!(whole("普通股息", take_nature), Some(Fixed { value: Nature::Ordinary, confirmed: true }));
        assert_eq!(whole("Special", take_nature), Some(Fixed { value: Nature::Special, confirmed: false }));
        assert_eq!(whole("否", take_yes_no), Some(Fixed { value: false, confirmed: true }));
        assert_eq!(whole("Yes", take_yes_no), Some(Fixed { value: true, confirmed: false }));
        assert_eq!(whole("Note", take_yes_no), None);
        assert_eq!(whole("現金", take_default_option), Some(Fixed { value: DefaultOption::Cash, confirmed: true }));
        assert_eq!(whole("Scrip", take_default_option), Some(Fixed { value: DefaultOption::Shares, confirmed: false }));
    }
}
