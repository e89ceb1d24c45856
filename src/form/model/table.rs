//! The two tables of the form, each fact said once: what rows there are, and of what grammars their values are.
//!
//! The rows stand in printed order. Each makes a [`Label`], and, where it holds a value, a field of [`Form`]. A new row is
//! a line here; the compiler and the tests then name the places that must know its value.

use super::grammar::{DATED, FIGURE, GREEDY, OPEN_ENDED, Shape};
use super::*;

/// Every template.
const ALL: &[Template] = &[Template::Ef001, Template::Ef002, Template::Ef003];
/// With a currency election.
const CURRENCY: &[Template] = &[Template::Ef002];
/// With a scrip election.
const SCRIP: &[Template] = &[Template::Ef003];
/// With either.
const ELECTION: &[Template] = &[Template::Ef002, Template::Ef003];

macro_rules! rows {
    ($( $section:expr => { $(
        $(#[doc = $doc:literal])+
        $name:ident: $grammar:ident, $need:ident, $templates:ident, $path:literal, [$($en:literal),*], [$($zh:literal),*]
        $(=> $field:ident: $value:ty)?;
    )+ } )+) => {
        /// A row or section title of the form, in printed order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Label { $( $( $(#[doc = $doc])+ $name, )+ )+ }

        impl Label {
            /// Every label, in printed order.
            pub const ALL: &'static [Label] = &[$( $( Label::$name, )+ )+];

            /// The section titles that rows stand below, with those of no section.
            pub(crate) const SECTIONS: &'static [Option<Label>] = &[$( $section, )+];

            /// What the row's value looks like.
            pub fn grammar(self) -> Grammar {
                match self { $( $( Label::$name => Grammar::$grammar, )+ )+ }
            }

            /// The section title below which the row, or a further title, is looked for. Rows without one may stand anywhere
            /// in printed order.
            pub fn section(self) -> Option<Label> {
                match self { $( $( Label::$name => $section, )+ )+ }
            }

            /// Who needs the row.
            pub fn need(self) -> Need {
                match self { $( $( Label::$name => Need::$need, )+ )+ }
            }

            /// The templates that have the row.
            pub fn templates(self) -> &'static [Template] {
                match self { $( $( Label::$name => $templates, )+ )+ }
            }

            /// Where the value stands in the event: a JSON pointer, its payment option perhaps to be filled in; empty for
            /// what no event holds.
            pub fn path(self) -> &'static str {
                match self { $( $( Label::$name => $path, )+ )+ }
            }

            /// The wordings as they are printed; none where no form in the language has shown one.
            pub fn wordings(self, language: Language) -> &'static [&'static str] {
                match (self, language) { $( $(
                    (Label::$name, Language::En) => &[$($en),*],
                    (Label::$name, Language::ZhHant | Language::ZhHans) => &[$($zh),*],
                )+ )+ }
            }
        }

        /// Everything that the form prints, row by row.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Form<'t> {
            /// From code and title, or from the title alone.
            pub template: Template,
            /// From the title.
            pub language: Language,
            /// The title, as printed.
            pub title: Text<'t>,
            /// Whether one row stands for both financial year and reporting period, as in the schema of 2021.
            pub one_period_row: bool,
            $( $( $( #[doc = concat!("[`Label::", stringify!($name), "`].")] pub $field: Printed<'t, $value>, )? )+ )+
        }

        impl<'t> Form<'t> {
            /// A form of which no row is there.
            pub fn blank(template: Template, language: Language, title: Text<'t>) -> Form<'t> {
                Form { template, language, title, one_period_row: false, $( $( $( $field: Printed::default(), )? )+ )+ }
            }

            /// A form whose rows are read one by one, in printed order.
            pub(crate) fn read(
                template: Template,
                language: Language,
                title: Text<'t>,
                reader: &mut (impl $( $( $( ReadRow<'t, $value> + )? )+ )+ Sized),
            ) -> Box<Form<'t>> {
                Box::new(Form { template, language, title, one_period_row: false, $( $( $( $field: reader.read(Label::$name), )? )+ )+ })
            }

            /// A row, whatever the type of its value; `None` for labels that hold none.
            pub fn row(&self, label: Label) -> Option<Row<'_>> {
                match label { $( $( Label::$name => rows!(@row self $($field)?), )+ )+ }
            }
        }
    };
    (@row $form:ident) => { None };
    (@row $form:ident $field:ident) => { Some($form.$field.row()) };
}

macro_rules! grammars {
    ($( $(#[doc = $doc:literal])+ $name:ident: $shape:ident, $marks:expr; )+) => {
        /// What a row's value looks like.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Grammar { $( $(#[doc = $doc])+ $name, )+ }

        impl Grammar {
            /// Every grammar.
            pub const ALL: &'static [Grammar] = &[$( Grammar::$name, )+];

            pub(super) fn shape(self) -> Shape {
                match self { $( Grammar::$name => Shape::$shape, )+ }
            }

            pub(super) fn marks(self) -> u8 {
                match self { $( Grammar::$name => $marks, )+ }
            }
        }
    };
}

// Grammar, need, templates, place in the event, wordings in English, in Chinese; field of the form.
rows! {
    None => {
        /// Printed on copies typed from the submission screen, before row 1.
        Instrument: Text, Seldom, ALL, "", ["Instrument"], [];
        /// Row 1.
        IssuerName: Text, Usual, ALL, "/issuer/name", ["Issuer name"], ["發行人名稱"] => issuer_name: Text<'t>;
        /// Row 2, five digits.
        StockCode: Code, Required, ALL, "/instrument/stock_code", ["Stock code"], ["股份代號"] => stock_code: String;
        /// Row 3.
        Counters: Counters, Usual, ALL, "/instrument/counters",
            ["Multi-counter stock code and currency"], ["多櫃檯股份代號及貨幣"] => counters: Vec<Counter>;
        /// Row 4, as printed; nobody has seen how several are separated.
        RelatedSecurities: Codes, Usual, ALL, "/instrument/related_securities",
            ["Other related stock code(s) and name(s)"], ["相關股份代號及名稱"] => related_securities: Text<'t>;
        /// Row 5.
        Title: Headline, Usual, ALL, "/narrative/title",
            ["Title of announcement"], ["公告標題"] => announcement_title: Text<'t>;
        /// Row 6.
        AnnouncementDate: Date, Required, ALL, "/dates/announcement_date",
            ["Announcement date"], ["公告日期"] => announcement_date: NaiveDate;
        /// Row 7.
        Status: Status, Required, ALL, "/lineage/announcement_status",
            ["Status"], ["公告狀態"] => status: AnnouncementStatus;
        /// Row 8; updates and withdrawals only.
        UpdateReason: Story, Later, ALL, "/lineage/update_reason",
            ["Reason for the update / change"], ["更新/撤回理由"] => update_reason: Text<'t>;
        /// Section S1.
        DividendSection: Section, Usual, ALL, "",
            ["Information relating to the dividend"], ["股息信息", "已撤回之股息信息"];
    }
    Some(Label::DividendSection) => {
        /// Row 9.
        DividendType: DividendType, Usual, ALL, "/dividend/type",
            ["Dividend type"], ["股息類型"] => dividend_type: TypeAndFrequency;
        /// Row 10.
        DividendNature: Nature, Usual, ALL, "/dividend/nature",
            ["Dividend nature"], ["股息性質"] => dividend_nature: Nature;
        /// Row 11, or the 2021 schema's `For the financial year / period end`.
        FinancialYearEnd: Date, Due, ALL, "/dividend/financial_year_end",
            ["For the financial year end", "For the financial year / period end"], ["財政年末"]
            => financial_year_end: NaiveDate;
        /// Row 12.
        ReportingPeriodEnd: Date, Due, ALL, "/dividend/reporting_period_end",
            ["Reporting period end for the dividend declared"], ["宣派股息的報告期末"] => reporting_period_end: NaiveDate;
        /// Row 13.
        Declared: Amount, EitherAmount, ALL, "/dividend/declared",
            ["Dividend declared"], ["宣派股息"] => declared: PerShare;
        /// Row 14.
        ApprovalDate: Date, Due, ALL, "/dates/shareholder_approval_date",
            ["Date of shareholders' approval"], ["股東批准日期"] => approval_date: NaiveDate;
        /// EF003, row C1.
        DefaultOption: DefaultOption, Due, SCRIP, "/election/default_option",
            [], ["預設選項"] => default_option: DefaultOption;
        /// EF003, a title within S1.
        ScripSection: Section, Usual, SCRIP, "", [], ["代息股份信息"];
        /// EF003, row C2.
        ScripPrice: Price, Due, SCRIP, "/payment_options/{shares}/scrip/price",
            [], ["現金股息轉換為代息股份的價格"] => scrip_price: Price;
        /// EF003, row C3.
        CertificateDate: Date, Due, SCRIP, "/payment_options/{shares}/scrip/certificate_date",
            [], ["寄發股票日期"] => certificate_date: NaiveDate;
        /// EF003, row C4.
        FirstDealingDate: Date, Due, SCRIP, "/payment_options/{shares}/scrip/first_dealing_date",
            [], ["代息股份之首個買賣日期"] => first_dealing_date: NaiveDate;
        /// EF003, row C5.
        PartialScrip: YesNo, Due, SCRIP, "/election/partial_allowed",
            [], ["可以部分現金及部分新股方式收取股息"] => partial_scrip_election: bool;
        /// EF003, row C6.
        Fractions: Text, Due, SCRIP, "/payment_options/{shares}/scrip/fraction_treatment",
            [], ["零碎股份處理方式"] => fraction_treatment: Text<'t>;
        /// Section S2.
        RegisterSection: Section, Usual, ALL, "",
            ["Information relating to Hong Kong share register"], ["香港過戶登記處相關信息"];
    }
    Some(Label::RegisterSection) => {
        /// Row 15.
        DefaultPayment: Amount, EitherAmount, ALL, "/payment_options/0",
            ["Default currency and amount in which the dividend will be paid"], ["派息金額及公司預設派發貨幣"]
            => default_payment: PerShare;
        /// Row 16.
        ExchangeRate: Rate, Due, ALL, "/payment_options/0/exchange_rate",
            ["Exchange rate"], ["匯率"] => exchange_rate: Rate;
        /// EF002, row E1.
        FirstOption: Amount, Due, CURRENCY, "/payment_options/{first}",
            [], ["第一項可選擇貨幣之派息金額"] => first_option: PerShare;
        /// EF002, row E2.
        FirstOptionRate: Rate, Due, CURRENCY, "/payment_options/{first}/exchange_rate",
            [], ["第一項可選擇貨幣之匯率"] => first_option_rate: Rate;
        /// EF002, row E3.
        SecondOption: Amount, Seldom, CURRENCY, "/payment_options/{second}",
            [], ["第二項可選擇貨幣之派息金額"] => second_option: PerShare;
        /// EF002, row E4.
        SecondOptionRate: Rate, Seldom, CURRENCY, "/payment_options/{second}/exchange_rate",
            [], ["第二項可選擇貨幣之匯率"] => second_option_rate: Rate;
        /// EF002, row E5.
        PartialCurrency: YesNo, Due, CURRENCY, "/election/partial_allowed",
            [], ["可就部分股息行使貨幣選擇權"] => partial_currency_election: bool;
        /// EF002, row E6; EF003, row C7.
        ElectionDeadline: Moment, Due, ELECTION, "/election/deadline",
            [], ["選擇權截止時限"] => election_deadline: NaiveDateTime;
        /// Row 17.
        ExDate: Date, Due, ALL, "/dates/ex_date", ["Ex-dividend date"], ["除淨日"] => ex_date: NaiveDate;
        /// Row 18.
        Lodgement: Moment, Due, ALL, "/dates/lodgement_deadline",
            ["Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the dividend"],
            ["為符合獲取股息分派而遞交股份過戶文件之最後時限"] => lodgement_deadline: NaiveDateTime;
        /// Row 19.
        BookClose: Period, Due, ALL, "/dates/book_close_period",
            ["Book close period"], ["暫停辦理股份過戶登記手續之日期"] => book_close: Period;
        /// Row 20.
        RecordDate: Date, Due, ALL, "/dates/record_date", ["Record date"], ["記錄日期"] => record_date: NaiveDate;
        /// Row 21.
        PaymentDate: Date, Due, ALL, "/dates/payment_date", ["Payment date"], ["股息派發日"] => payment_date: NaiveDate;
        /// Row 22.
        Registrar: Text, Usual, ALL, "/registrar",
            ["Share registrar and its address"], ["股份過戶登記處及其地址"] => registrar: Registrar;
    }
    None => {
        /// Section S3.
        TaxSection: Section, Usual, ALL, "", ["Information relating to withholding tax"], ["代扣所得稅信息"];
        /// Row 23 and the table.
        WithholdingTax: Table, Usual, ALL, "/withholding_tax",
            ["Details of withholding tax applied to the dividend declared"], ["股息所涉及的代扣所得稅"]
            => withholding_tax: Withholding;
        /// Section S4.
        ConvertiblesSection: Section, Usual, ALL, "",
            ["Information relating to listed warrants / convertible securities issued by the issuer"],
            ["發行人所發行上市權證/可轉換債券的相關信息"];
        /// Row 24.
        Convertibles: Text, Usual, ALL, "/listed_convertibles",
            ["Details of listed warrants / convertible securities issued by the issuer"], ["發行人所發行上市權證/可轉換債券"]
            => convertibles: Text<'t>;
        /// Section S5, and row 25, which prints the same words.
        OtherSection: OpenSection, Usual, ALL, "/narrative/other_information",
            ["Other information"], ["其他信息"] => other_information: Text<'t>;
        /// Section S6.
        DirectorsSection: OpenSection, Usual, ALL, "/narrative/directors",
            ["Directors of the issuer"], ["發行人董事"] => directors: Text<'t>;
    }
}

// Shape, and marks.
grammars! {
    /// A section title: no value.
    Section: Title, 0;
    /// A section title, and any text below it.
    OpenSection: Title, GREEDY;
    /// A few words or lines.
    Text: Free, 0;
    /// A few words or lines, those of each security beginning with its code.
    Codes: Free, 0;
    /// A few words or lines, the label beside the middle one.
    Headline: Free, 0;
    /// Any length of text, whatever words occur in it.
    Story: Free, GREEDY;
    /// Any length of text, and perhaps a table.
    Table: Free, GREEDY;
    /// A few words, perhaps followed by any text; may stand around the label.
    DividendType: Words, 0;
    /// Five digits.
    Code: Closed, 0;
    /// Five digits and a currency, perhaps several times.
    Counters: Closed, OPEN_ENDED;
    /// A day.
    Date: Closed, FIGURE | DATED;
    /// A day and a time.
    Moment: Closed, FIGURE | DATED;
    /// Two days.
    Period: Closed, FIGURE | DATED;
    /// Currency, amount, number of shares.
    Amount: Closed, FIGURE | OPEN_ENDED;
    /// Two amounts with currencies.
    Rate: Closed, FIGURE | OPEN_ENDED;
    /// Currency and amount.
    Price: Closed, OPEN_ENDED;
    /// New, update or withdrawal.
    Status: Closed, 0;
    /// Ordinary or special.
    Nature: Closed, 0;
    /// Yes or no.
    YesNo: Closed, 0;
    /// Cash or shares.
    DefaultOption: Closed, 0;
}
