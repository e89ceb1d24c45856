//! What a form says, free of language and layout; random ones come from `arbitrary`.

use chrono::{NaiveDate, NaiveTime};
use exdate::event::schema::{AnnouncementStatus, Language, Nature};

use super::words::{Row, Section, choose};

/// A row's value, or one of the two words that stand for its absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot<T> {
    Is(T),
    NotApplicable,
    Pending,
}

impl<T> Slot<T> {
    pub(crate) fn is(&self) -> Option<&T> {
        match self {
            Slot::Is(value) => Some(value),
            _ => None,
        }
    }
}

/// An amount per number of shares; `amount` is absent while only the currency is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) currency: &'static str,
    pub(crate) amount: Option<String>,
    pub(crate) per: u32,
}

/// `amount` of `quote` for one of `base`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) base: &'static str,
    pub(crate) quote: &'static str,
    pub(crate) amount: String,
}

/// Row "Dividend type".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Final,
    Interim,
    Other(Text),
}

/// Free text, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Vec<Phrase>);

/// One line of a free text: harmless, or shaped to be taken for a part of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phrase {
    /// An innocent sentence.
    Plain(usize),
    /// A sentence that names a label.
    Mentions(Row),
    /// A label with a valid value, on a line of its own.
    Quotes(Row, NaiveDate, String),
    /// A section title, on a line of its own.
    Titles(Section),
    /// A sentence that ends with the first words of a section title.
    EndsLike(Section),
    /// A date alone.
    Value(NaiveDate),
}

const PLAIN: [(&str, &str); 6] = [
    ("The board met in the morning.", "董事會於早上舉行會議。"),
    ("Figures are rounded", "數字經四捨五入"),
    ("Please read this together with the annual report of 2.5 hundred pages;", "請與二百五十頁之年報一併閱讀；"),
    ("See www.example.com/ir (in English) for more", "詳情見 www.example.com/ir 網站"),
    ("1. Correction of a clerical error", "1. 更正文書錯誤"),
    ("Approximately 10% of holders, and 20% of the others, are affected.", "約10%之持有人及20%之其他人士受影響。"),
];

impl Phrase {
    /// The line as it is printed.
    pub(crate) fn print(&self, language: Language) -> String {
        match self {
            Phrase::Plain(index) => {
                let (english, chinese) = PLAIN[index % PLAIN.len()];
                choose(language, english, chinese).to_owned()
            }
            Phrase::Mentions(row) => match language {
                Language::En => format!("We have updated the {} and nothing else.", row.label(language)),
                Language::ZhHant | Language::ZhHans => format!("本公司更新{}，其他維持不變。", row.label(language)),
            },
            Phrase::Quotes(row, date, amount) => {
                format!("{} {}", row.label(language), quoted_value(*row, *date, amount, language))
            }
            Phrase::Titles(section) => section.title(language).to_owned(),
            Phrase::EndsLike(section) => {
                let title: Vec<char> = section.title(language).chars().collect();
                let half: String = title.iter().take(title.len() / 2).collect();
                format!("{}{}", choose(language, "This replaces the wrong ", "茲更正錯誤之"), half.trim_end())
            }
            Phrase::Value(date) => print_date(*date, language),
        }
    }
}

impl Text {
    /// The lines as they are printed.
    pub(crate) fn print(&self, language: Language) -> Vec<String> {
        self.0.iter().map(|phrase| phrase.print(language)).collect()
    }

    /// Whether a line of it could be taken for a row or a title of the form.
    pub(crate) fn could_be_taken_for_the_form(&self) -> bool {
        !self.0.iter().all(|phrase| matches!(phrase, Phrase::Plain(_)))
    }
}

fn quoted_value(row: Row, date: NaiveDate, amount: &str, language: Language) -> String {
    let day = print_date(date, language);
    match row {
        Row::Declared | Row::DefaultPayment => match language {
            Language::En => format!("HKD {amount} per share"),
            Language::ZhHant | Language::ZhHans => format!("每 股 {amount}HKD"),
        },
        Row::ExchangeRate => match language {
            Language::En => format!("RMB 1 : HKD {amount}"),
            Language::ZhHant | Language::ZhHans => format!("1 RMB : {amount}HKD"),
        },
        Row::BookClose => match language {
            Language::En => format!("From {day} to {day}"),
            Language::ZhHant | Language::ZhHans => format!("由 {day}至 {day}"),
        },
        Row::Lodgement => format!("{day} 16:30"),
        Row::DividendType => choose(language, "Final", "末期").to_owned(),
        Row::StockCode => "00001".to_owned(),
        Row::IssuerName => choose(language, "Another Company Limited", "另一公司有限公司").to_owned(),
        Row::Counters => "80001 RMB".to_owned(),
        Row::Status => choose(language, "New announcement", "新公告").to_owned(),
        Row::DividendNature => choose(language, "Special", "特別股息").to_owned(),
        Row::Registrar => choose(language, "Egret Transfer Agents Inc.", "白鷺過戶代理公司").to_owned(),
        Row::Convertibles => choose(language, "Not applicable", "不適用").to_owned(),
        _ => day,
    }
}

/// `05 June 2024`, `2024年6月5日`.
pub(crate) fn print_date(date: NaiveDate, language: Language) -> String {
    let format = choose(language, "%d %B %Y", "%Y年%-m月%-d日");
    date.format(format).to_string()
}

/// One row of the withholding table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaxRow {
    pub(crate) holder: usize,
    pub(crate) percent: String,
    pub(crate) details: usize,
}

/// Section "withholding tax": text, a table, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tax {
    pub(crate) text: Option<Text>,
    pub(crate) rows: Vec<TaxRow>,
}

/// Rows C1 to C6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scrip {
    pub(crate) cash_is_default: bool,
    pub(crate) price: Slot<(&'static str, String)>,
    pub(crate) certificates: Slot<NaiveDate>,
    pub(crate) first_dealing: Slot<NaiveDate>,
    pub(crate) partly: bool,
    pub(crate) fractions: usize,
}

/// Everything that a form says.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) issuer: usize,
    pub(crate) code: String,
    pub(crate) counters: Vec<(String, &'static str)>,
    pub(crate) related: Option<usize>,
    pub(crate) title: Text,
    pub(crate) announced: NaiveDate,
    pub(crate) status: AnnouncementStatus,
    /// Printed on updates and withdrawals only.
    pub(crate) reason: Text,
    pub(crate) kind: Kind,
    pub(crate) nature: Nature,
    pub(crate) year_end: Slot<NaiveDate>,
    pub(crate) period_end: Slot<NaiveDate>,
    pub(crate) declared: Money,
    pub(crate) approval: Slot<NaiveDate>,
    pub(crate) payment: Slot<Money>,
    pub(crate) rate: Slot<Rate>,
    /// One or two: EF002.
    pub(crate) options: Vec<(Slot<Money>, Slot<Rate>)>,
    pub(crate) part_of_dividend: bool,
    pub(crate) deadline: Slot<(NaiveDate, NaiveTime)>,
    /// EF003.
    pub(crate) scrip: Option<Scrip>,
    pub(crate) ex_date: Slot<NaiveDate>,
    pub(crate) lodgement: Slot<(NaiveDate, NaiveTime)>,
    pub(crate) book_close: Slot<(NaiveDate, NaiveDate)>,
    pub(crate) record_date: Slot<NaiveDate>,
    pub(crate) payment_date: Slot<NaiveDate>,
    pub(crate) registrar: usize,
    pub(crate) address_lines: usize,
    pub(crate) tax: Slot<Tax>,
    pub(crate) other: Option<Text>,
    pub(crate) directors: Text,
}

impl Facts {
    /// 1, 2 or 3: which of the templates the facts need.
    pub(crate) fn template(&self) -> u8 {
        match (&self.scrip, self.options.is_empty()) {
            (Some(_), _) => 3,
            (None, false) => 2,
            (None, true) => 1,
        }
    }

    /// Whether any free text could be taken for a part of the form.
    pub(crate) fn has_adversarial_text(&self) -> bool {
        let tax = self.tax.is().and_then(|tax| tax.text.as_ref());
        let kind = match &self.kind {
            Kind::Other(text) => Some(text),
            _ => None,
        };
        let texts = [Some(&self.title), Some(&self.reason), kind, tax, self.other.as_ref(), Some(&self.directors)];
        texts.into_iter().flatten().any(Text::could_be_taken_for_the_form)
    }
}
