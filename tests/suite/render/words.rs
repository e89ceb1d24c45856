//! The printed vocabulary, as the renderer needs it: independent of the parser's own table, so that a slip in one shows.

use exdate::event::schema::Language;

/// The rows of the form that a text may quote, in printed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    IssuerName,
    StockCode,
    Counters,
    RelatedCodes,
    Title,
    AnnouncementDate,
    Status,
    Reason,
    DividendType,
    DividendNature,
    YearEnd,
    PeriodEnd,
    Declared,
    Approval,
    DefaultOption,
    ScripPrice,
    CertificateDate,
    FirstDealing,
    PartlyInShares,
    Fractions,
    DefaultPayment,
    ExchangeRate,
    FirstOption,
    FirstOptionRate,
    SecondOption,
    SecondOptionRate,
    PartOfDividend,
    ElectionDeadline,
    ExDate,
    Lodgement,
    BookClose,
    RecordDate,
    PaymentDate,
    Registrar,
    Tax,
    Convertibles,
    OtherInformation,
}

impl Row {
    /// Rows whose label a free text may name. Not those of the free texts themselves: where a title quotes the row of the
    /// title, no reader could tell which of the two labels is the form's.
    pub(crate) const QUOTED: [Row; 20] = [
        Row::ExchangeRate,
        Row::RecordDate,
        Row::PaymentDate,
        Row::ExDate,
        Row::DefaultPayment,
        Row::Declared,
        Row::BookClose,
        Row::Approval,
        Row::YearEnd,
        Row::PeriodEnd,
        Row::AnnouncementDate,
        Row::Lodgement,
        Row::DividendType,
        Row::StockCode,
        Row::IssuerName,
        Row::Counters,
        Row::Status,
        Row::DividendNature,
        Row::Registrar,
        Row::Convertibles,
    ];

    /// The rows that a longer quotation holds.
    pub(crate) const IN_PRINTED_ORDER: [Row; 11] = [
        Row::StockCode,
        Row::DividendType,
        Row::YearEnd,
        Row::PeriodEnd,
        Row::Declared,
        Row::DefaultPayment,
        Row::ExchangeRate,
        Row::ExDate,
        Row::BookClose,
        Row::RecordDate,
        Row::PaymentDate,
    ];

    /// The label, letter for letter. English rows of EF002 and EF003 are guesses that hold the expected words.
    pub(crate) fn label(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Row::IssuerName => ("Issuer name", "發行人名稱"),
            Row::StockCode => ("Stock code", "股份代號"),
            Row::Counters => ("Multi-counter stock code and currency", "多櫃檯股份代號及貨幣"),
            Row::RelatedCodes => ("Other related stock code(s) and name(s)", "相關股份代號及名稱"),
            Row::Title => ("Title of announcement", "公告標題"),
            Row::AnnouncementDate => ("Announcement date", "公告日期"),
            Row::Status => ("Status", "公告狀態"),
            Row::Reason => ("Reason for the update / change", "更新/撤回理由"),
            Row::DividendType => ("Dividend type", "股息類型"),
            Row::DividendNature => ("Dividend nature", "股息性質"),
            Row::YearEnd => ("For the financial year end", "財政年末"),
            Row::PeriodEnd => ("Reporting period end for the dividend declared", "宣派股息的報告期末"),
            Row::Declared => ("Dividend declared", "宣派股息"),
            Row::Approval => ("Date of shareholders' approval", "股東批准日期"),
            Row::DefaultOption => ("Default option in the election", "預設選項"),
            Row::ScripPrice => ("Price at which cash converts into scrip shares", "現金股息轉換為代息股份的價格"),
            Row::CertificateDate => ("Despatch date of share certificates", "寄發股票日期"),
            Row::FirstDealing => ("First dealing date of the scrip shares", "代息股份之首個買賣日期"),
            Row::PartlyInShares => {
                ("Dividend may be taken partly in cash and partly in scrip", "可以部分現金及部分新股方式收取股息")
            }
            Row::Fractions => ("Treatment of fractional shares", "零碎股份處理方式"),
            Row::DefaultPayment => {
                ("Default currency and amount in which the dividend will be paid", "派息金額及公司預設派發貨幣")
            }
            Row::ExchangeRate => ("Exchange rate", "匯率"),
            Row::FirstOption => ("First optional currency and amount", "第一項可選擇貨幣之派息金額"),
            Row::FirstOptionRate => ("First optional currency exchange rate", "第一項可選擇貨幣之匯率"),
            Row::SecondOption => ("Second optional currency and amount", "第二項可選擇貨幣之派息金額"),
            Row::SecondOptionRate => ("Second optional currency exchange rate", "第二項可選擇貨幣之匯率"),
            Row::PartOfDividend => ("Option to elect currency for part of the dividend", "可就部分股息行使貨幣選擇權"),
            Row::ElectionDeadline => ("Latest time for election", "選擇權截止時限"),
            Row::ExDate => ("Ex-dividend date", "除淨日"),
            Row::Lodgement => (
                "Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the dividend",
                "為符合獲取股息分派而遞交股份過戶文件之最後時限",
            ),
            Row::BookClose => ("Book close period", "暫停辦理股份過戶登記手續之日期"),
            Row::RecordDate => ("Record date", "記錄日期"),
            Row::PaymentDate => ("Payment date", "股息派發日"),
            Row::Registrar => ("Share registrar and its address", "股份過戶登記處及其地址"),
            Row::Tax => ("Details of withholding tax applied to the dividend declared", "股息所涉及的代扣所得稅"),
            Row::Convertibles => (
                "Details of listed warrants / convertible securities issued by the issuer",
                "發行人所發行上市權證/可轉換債券",
            ),
            Row::OtherInformation => ("Other information", "其他信息"),
        };
        choose(language, english, chinese)
    }

    /// The two halves of a label that the PDF wraps around its value.
    pub(crate) fn halves(self, language: Language) -> Option<(&'static str, &'static str)> {
        match (self, language) {
            (Row::Lodgement, Language::En) => Some((
                "Latest time to lodge transfer documents for registration with share registrar for",
                "determining entitlement to the dividend",
            )),
            (Row::Lodgement, Language::ZhHant | Language::ZhHans) => {
                Some(("為符合獲取股息分派而遞交股份過戶", "文件之最後時限"))
            }
            (Row::RelatedCodes, Language::En) => Some(("Other related stock code(s) and", "name(s)")),
            (Row::DefaultPayment, Language::En) => {
                Some(("Default currency and amount in which the dividend", "will be paid"))
            }
            (Row::Tax, Language::En) => Some(("Details of withholding tax applied to the dividend", "declared")),
            (Row::PartlyInShares, Language::ZhHant | Language::ZhHans) => {
                Some(("可以部分現金及部分新股方式收取股", "息"))
            }
            _ => None,
        }
    }
}

/// The section titles S1 to S6, and that of the scrip rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Dividend,
    DividendWithdrawn,
    ScripShares,
    ShareRegister,
    WithholdingTax,
    Convertibles,
    OtherInformation,
    Directors,
}

impl Section {
    /// Titles that a free text is likely to name.
    pub(crate) const QUOTED: [Section; 5] = [
        Section::Dividend,
        Section::ShareRegister,
        Section::WithholdingTax,
        Section::OtherInformation,
        Section::Directors,
    ];

    /// The title, letter for letter. English titles of withdrawals and scrip shares are guesses.
    pub(crate) fn title(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Section::Dividend => ("Information relating to the dividend", "股息信息"),
            Section::DividendWithdrawn => ("Information relating to the dividend withdrawn", "已撤回之股息信息"),
            Section::ScripShares => ("Information relating to the scrip shares", "代息股份信息"),
            Section::ShareRegister => ("Information relating to Hong Kong share register", "香港過戶登記處相關信息"),
            Section::WithholdingTax => ("Information relating to withholding tax", "代扣所得稅信息"),
            Section::Convertibles => (
                "Information relating to listed warrants / convertible securities issued by the issuer",
                "發行人所發行上市權證/可轉換債券的相關信息",
            ),
            Section::OtherInformation => ("Other information", "其他信息"),
            Section::Directors => ("Directors of the issuer", "發行人董事"),
        };
        choose(language, english, chinese)
    }
}

/// The English or the Chinese wording.
pub(crate) fn choose(language: Language, english: &'static str, chinese: &'static str) -> &'static str {
    match language {
        Language::En => english,
        Language::ZhHant | Language::ZhHans => chinese,
    }
}
