//! Facts in one language, in printed order: titles, rows and bare text, before any layout.

use chrono::{NaiveDate, NaiveTime};
use exdate::event::schema::{AnnouncementStatus, Language, Nature};

use super::facts::{Facts, Kind, Money, Rate, Slot, TaxRow, print_date};
use super::words::{Row, Section, choose};

/// A part of the form, ready to be laid out.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A title, on a line of its own.
    Title(&'static str),
    /// A label and the lines of its value.
    Labelled(Row, Vec<String>),
    /// Lines without a label.
    Bare(Vec<String>),
    /// The withholding table, under row "Details of withholding tax".
    Table(Vec<TaxRow>),
}

pub(crate) const ISSUERS: [(&str, &str); 3] = [
    ("Harbour Lantern Holdings Limited", "海港燈籠控股有限公司"),
    ("Plover Bay Digital, Inc.", "鴴灣數碼公司"),
    ("Final Frontier Dividend Trustees (Hong Kong) Limited", "末期資本（香港）有限公司"),
];
pub(crate) const RELATED: [(&str, &str); 2] =
    [("04455 HBL LANTERN N2911", "04455 海港燈籠 N2911"), ("the notes due 2031", "二零三一年到期之票據")];
pub(crate) const REGISTRARS: [(&str, &str); 2] = [
    ("Kestrel Share Registry Limited", "紅隼證券登記有限公司"),
    ("Heron Investor Services Limited", "蒼鷺投資者服務有限公司"),
];
pub(crate) const ADDRESS: [(&str, &str); 6] = [
    ("Rooms 801-806", "801-806室"),
    ("8th Floor", "8 樓"),
    ("Lighthouse Centre", "燈塔中心"),
    ("12 Signal Street", "信號街12號"),
    ("Quarry Bay", "鰂魚涌"),
    ("Hong Kong", "香港"),
];
pub(crate) const FRACTIONS: [(&str, &str); 2] =
    [("Rounded down to the nearest whole unit", "下調至最接近整數單位"), ("Paid in cash", "以現金支付")];
/// The two pieces of a type of shareholder.
pub(crate) const HOLDERS: [[(&str, &str); 2]; 3] = [
    [("Enterprise - non-resident", "非居民企業"), ("(registered address outside PRC)", "（非中國內地登記地址）")],
    [("Individual - non-resident", "非個人居民"), ("(registered address outside PRC)", "（非中國內地登記地址）")],
    [("Individual - resident", "個人居民"), ("(registered address within PRC)", "（中國內地登記地址）")],
];
/// The lines of the third column.
pub(crate) const DETAILS: [[(&str, &str); 3]; 2] = [
    [
        ("The Company withholds 10% enterprise", "本公司須就派付予名列股東名冊之"),
        ("income tax from the holders named on its", "非居民企業代扣10%企業所得稅，"),
        ("register.", "並代為繳納。"),
    ],
    [
        ("Applies where the treaty of the country", "股東所屬國家與中國訂有協定者適"),
        ("says so; in all other cases a rate of 20% is", "用；其他情況按20%之稅率代扣代"),
        ("withheld", "繳"),
    ],
];
/// The three column heads, broken as the PDF breaks them.
pub(crate) const TABLE_HEAD: [(&str, &str); 3] = [
    ("Other relevant supplementary information", "有關代預扣所得稅之更多補充"),
    ("Type of shareholders Tax rate", "股東類型 稅率"),
    ("(if applicable)", "（如適用）"),
];

/// One of the names or sentences above.
pub(crate) fn pick(table: &[(&'static str, &'static str)], index: usize, language: Language) -> &'static str {
    let (english, chinese) = table[index % table.len()];
    choose(language, english, chinese)
}

/// The form's own title.
pub(crate) fn form_title(template: u8, language: Language) -> &'static str {
    match template {
        1 => choose(language, "Cash Dividend Announcement for Equity Issuer", "股票發行人現金股息公告"),
        2 => choose(
            language,
            "Cash Dividend (Currency Option) Announcement for Equity Issuer",
            "股票發行人現金股息（可選擇貨幣）公告",
        ),
        _ => choose(
            language,
            "Cash Dividend (Scrip Option) Announcement for Equity Issuer",
            "股票發行人現金股息（可選擇以股份代替）公告",
        ),
    }
}

/// All entries from the issuer's name to the directors.
pub(crate) fn entries(facts: &Facts, language: Language) -> Vec<Entry> {
    let mut all = Vec::new();
    heading(facts, language, &mut all);
    dividend(facts, language, &mut all);
    share_register(facts, language, &mut all);
    rest(facts, language, &mut all);
    all
}

fn heading(facts: &Facts, language: Language, all: &mut Vec<Entry>) {
    let mut row = |row: Row, value: String| all.push(Entry::Labelled(row, vec![value]));
    row(Row::IssuerName, pick(&ISSUERS, facts.issuer, language).to_owned());
    row(Row::StockCode, facts.code.clone());
    let counters: Vec<String> = facts.counters.iter().map(|(code, currency)| format!("{code} {currency}")).collect();
    row(Row::Counters, if counters.is_empty() { not_applicable(language) } else { counters.join(" ") });
    let related = facts.related.map(|index| pick(&RELATED, index, language).to_owned());
    row(Row::RelatedCodes, related.unwrap_or_else(|| not_applicable(language)));
    all.push(Entry::Labelled(Row::Title, facts.title.print(language)));
    all.push(Entry::Labelled(Row::AnnouncementDate, vec![print_date(facts.announced, language)]));
    let status = match facts.status {
        AnnouncementStatus::New => choose(language, "New announcement", "新公告"),
        AnnouncementStatus::Update => choose(language, "Update to previous announcement", "更新公告"),
        AnnouncementStatus::Withdrawn => choose(language, "Withdrawal of dividend announcement", "撤回股息公告"),
    };
    all.push(Entry::Labelled(Row::Status, vec![status.to_owned()]));
    if facts.status != AnnouncementStatus::New {
        all.push(Entry::Labelled(Row::Reason, facts.reason.print(language)));
    }
}

fn dividend(facts: &Facts, language: Language, all: &mut Vec<Entry>) {
    let withdrawn = facts.status == AnnouncementStatus::Withdrawn;
    let section = if withdrawn { Section::DividendWithdrawn } else { Section::Dividend };
    all.push(Entry::Title(section.title(language)));
    let kind = match &facts.kind {
        Kind::Final => vec![choose(language, "Final", "末期").to_owned()],
        Kind::Interim => vec![choose(language, "Interim (Semi-annual)", "中期（半年期）").to_owned()],
        Kind::Other(text) => {
            std::iter::once(choose(language, "Other", "其他").to_owned()).chain(text.print(language)).collect()
        }
    };
    all.push(Entry::Labelled(Row::DividendType, kind));
    let mut row = |row: Row, value: String| all.push(Entry::Labelled(row, vec![value]));
    let nature = match facts.nature {
        Nature::Special => choose(language, "Special", "特別股息"),
        _ => choose(language, "Ordinary", "普通股息"),
    };
    row(Row::DividendNature, nature.to_owned());
    row(Row::YearEnd, slot(&facts.year_end, language, |date| print_date(*date, language)));
    row(Row::PeriodEnd, slot(&facts.period_end, language, |date| print_date(*date, language)));
    row(Row::Declared, money(&facts.declared, language));
    row(Row::Approval, slot(&facts.approval, language, |date| print_date(*date, language)));
    if let Some(scrip) = &facts.scrip {
        let default = if scrip.cash_is_default {
            choose(language, "Cash", "現金")
        } else {
            choose(language, "Scrip", "股份")
        };
        row(Row::DefaultOption, default.to_owned());
        all.push(Entry::Title(Section::ScripShares.title(language)));
        let mut row = |row: Row, value: String| all.push(Entry::Labelled(row, vec![value]));
        row(Row::ScripPrice, slot(&scrip.price, language, |(currency, amount)| format!("{currency} {amount}")));
        row(Row::CertificateDate, slot(&scrip.certificates, language, |date| print_date(*date, language)));
        row(Row::FirstDealing, slot(&scrip.first_dealing, language, |date| print_date(*date, language)));
        row(Row::PartlyInShares, yes_or_no(scrip.partly, language));
        row(Row::Fractions, pick(&FRACTIONS, scrip.fractions, language).to_owned());
    }
}

fn share_register(facts: &Facts, language: Language, all: &mut Vec<Entry>) {
    all.push(Entry::Title(Section::ShareRegister.title(language)));
    let mut row = |row: Row, value: String| all.push(Entry::Labelled(row, vec![value]));
    row(Row::DefaultPayment, slot(&facts.payment, language, |paid| money(paid, language)));
    row(Row::ExchangeRate, slot(&facts.rate, language, |amount| rate(amount, language)));
    let labels = [(Row::FirstOption, Row::FirstOptionRate), (Row::SecondOption, Row::SecondOptionRate)];
    for ((paid, exchange), (label, rate_label)) in facts.options.iter().zip(labels) {
        row(label, slot(paid, language, |paid| money(paid, language)));
        row(rate_label, slot(exchange, language, |amount| rate(amount, language)));
    }
    if !facts.options.is_empty() {
        row(Row::PartOfDividend, yes_or_no(facts.part_of_dividend, language));
    }
    let moment =
        |(date, time): &(NaiveDate, NaiveTime)| format!("{} {}", print_date(*date, language), time.format("%H:%M"));
    if facts.template() > 1 {
        row(Row::ElectionDeadline, slot(&facts.deadline, language, moment));
    }
    row(Row::ExDate, slot(&facts.ex_date, language, |date| print_date(*date, language)));
    row(Row::Lodgement, slot(&facts.lodgement, language, moment));
    row(Row::BookClose, slot(&facts.book_close, language, |(from, to)| period(*from, *to, language)));
    row(Row::RecordDate, slot(&facts.record_date, language, |date| print_date(*date, language)));
    row(Row::PaymentDate, slot(&facts.payment_date, language, |date| print_date(*date, language)));
    let mut registrar = vec![pick(&REGISTRARS, facts.registrar, language).to_owned()];
    registrar.extend((0..facts.address_lines).map(|index| pick(&ADDRESS, index, language).to_owned()));
    all.push(Entry::Labelled(Row::Registrar, registrar));
}

fn rest(facts: &Facts, language: Language, all: &mut Vec<Entry>) {
    all.push(Entry::Title(Section::WithholdingTax.title(language)));
    match &facts.tax {
        Slot::Is(tax) => {
            all.push(Entry::Labelled(Row::Tax, tax.text.as_ref().map(|text| text.print(language)).unwrap_or_default()));
            if !tax.rows.is_empty() {
                all.push(Entry::Table(tax.rows.clone()));
            }
        }
        absent => all.push(Entry::Labelled(Row::Tax, vec![slot(absent, language, |_| String::new())])),
    }
    all.push(Entry::Title(Section::Convertibles.title(language)));
    all.push(Entry::Labelled(Row::Convertibles, vec![not_applicable(language)]));
    all.push(Entry::Title(Section::OtherInformation.title(language)));
    match &facts.other {
        Some(text) => all.push(Entry::Bare(text.print(language))),
        None => all.push(Entry::Labelled(Row::OtherInformation, vec![not_applicable(language)])),
    }
    all.push(Entry::Title(Section::Directors.title(language)));
    all.push(Entry::Bare(facts.directors.print(language)));
}

fn not_applicable(language: Language) -> String {
    choose(language, "Not applicable", "不適用").to_owned()
}

fn slot<T>(value: &Slot<T>, language: Language, print: impl Fn(&T) -> String) -> String {
    match value {
        Slot::Is(value) => print(value),
        Slot::NotApplicable => not_applicable(language),
        Slot::Pending => choose(language, "To be announced", "有待公佈").to_owned(),
    }
}

fn yes_or_no(yes: bool, language: Language) -> String {
    if yes { choose(language, "Yes", "是") } else { choose(language, "No", "否") }.to_owned()
}

fn money(money: &Money, language: Language) -> String {
    let Money { currency, amount, per } = money;
    match (amount, language) {
        (None, Language::En) => format!("{currency} amount to be announced"),
        (None, Language::ZhHant | Language::ZhHans) => format!("{currency}， 金額有待公佈"),
        (Some(amount), Language::En) if *per == 1 => format!("{currency} {amount} per share"),
        (Some(amount), Language::En) => format!("{currency} {amount} per {per} share"),
        (Some(amount), Language::ZhHant | Language::ZhHans) if *per == 1 => format!("每 股 {amount}{currency}"),
        (Some(amount), Language::ZhHant | Language::ZhHans) => format!("每 {per} 股 {amount}{currency}"),
    }
}

fn rate(rate: &Rate, language: Language) -> String {
    let Rate { base, quote, amount } = rate;
    match language {
        Language::En => format!("{base} 1 : {quote} {amount}"),
        Language::ZhHant | Language::ZhHans => format!("1 {base} : {amount}{quote}"),
    }
}

fn period(from: NaiveDate, to: NaiveDate, language: Language) -> String {
    let (from, to) = (print_date(from, language), print_date(to, language));
    match language {
        Language::En => format!("From {from} to {to}"),
        Language::ZhHant | Language::ZhHans => format!("由 {from}至 {to}"),
    }
}
