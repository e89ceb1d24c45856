//! The rows and section titles of the form, in printed order: what their values look like, and where they go.

/// A row or section title of the form, in printed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Label {
    /// Printed on copies typed from the submission screen, before row 1.
    Instrument,
    /// Row 1.
    IssuerName,
    /// Row 2.
    StockCode,
    /// Row 3.
    Counters,
    /// Row 4.
    RelatedSecurities,
    /// Row 5.
    Title,
    /// Row 6.
    AnnouncementDate,
    /// Row 7.
    Status,
    /// Row 8; updates and withdrawals only.
    UpdateReason,
    /// Section S1.
    DividendSection,
    /// Row 9.
    DividendType,
    /// Row 10.
    DividendNature,
    /// Row 11, and the 2021 schema's row for year or period.
    FinancialYearEnd,
    /// Row 12.
    ReportingPeriodEnd,
    /// Row 13.
    Declared,
    /// Row 14.
    ApprovalDate,
    /// EF003, row C1.
    DefaultOption,
    /// EF003, a title within S1.
    ScripSection,
    /// EF003, row C2.
    ScripPrice,
    /// EF003, row C3.
    CertificateDate,
    /// EF003, row C4.
    FirstDealingDate,
    /// EF003, row C5.
    PartialScrip,
    /// EF003, row C6.
    Fractions,
    /// Section S2.
    RegisterSection,
    /// Row 15.
    DefaultPayment,
    /// Row 16.
    ExchangeRate,
    /// EF002, row E1.
    FirstOption,
    /// EF002, row E2.
    FirstOptionRate,
    /// EF002, row E3.
    SecondOption,
    /// EF002, row E4.
    SecondOptionRate,
    /// EF002, row E5.
    PartialCurrency,
    /// EF002, row E6; EF003, row C7.
    ElectionDeadline,
    /// Row 17.
    ExDate,
    /// Row 18.
    Lodgement,
    /// Row 19.
    BookClose,
    /// Row 20.
    RecordDate,
    /// Row 21.
    PaymentDate,
    /// Row 22.
    Registrar,
    /// Section S3.
    TaxSection,
    /// Row 23.
    WithholdingTax,
    /// Section S4.
    ConvertiblesSection,
    /// Row 24.
    Convertibles,
    /// Section S5, and row 25, which prints the same words.
    OtherSection,
    /// Section S6.
    DirectorsSection,
}

/// How many labels there are.
pub const LABELS: usize = Label::DirectorsSection as usize + 1;

/// What a row's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// A section title: no value.
    Section,
    /// Any text.
    Text,
    /// A few words, perhaps followed by any text; may stand around the label.
    DividendType,
    /// Five digits.
    Code,
    /// Five digits and a currency, perhaps several times.
    Counters,
    /// A day.
    Date,
    /// A day and a time.
    Moment,
    /// Two days.
    Period,
    /// Currency, amount, number of shares.
    Amount,
    /// Two amounts with currencies.
    Rate,
    /// Currency and amount.
    Price,
    /// New, update or withdrawal.
    Status,
    /// Ordinary or special.
    Nature,
    /// Yes or no.
    YesNo,
    /// Cash or shares.
    DefaultOption,
}

impl Grammar {
    /// Whether a value can be told from what follows it.
    pub fn is_closed(self) -> bool {
        !matches!(self, Grammar::Section | Grammar::Text | Grammar::DividendType)
    }
}

impl Label {
    /// Every label, in printed order.
    pub const ALL: [Label; LABELS] = {
        use Label::*;
        [
            Instrument,
            IssuerName,
            StockCode,
            Counters,
            RelatedSecurities,
            Title,
            AnnouncementDate,
            Status,
            UpdateReason,
            DividendSection,
            DividendType,
            DividendNature,
            FinancialYearEnd,
            ReportingPeriodEnd,
            Declared,
            ApprovalDate,
            DefaultOption,
            ScripSection,
            ScripPrice,
            CertificateDate,
            FirstDealingDate,
            PartialScrip,
            Fractions,
            RegisterSection,
            DefaultPayment,
            ExchangeRate,
            FirstOption,
            FirstOptionRate,
            SecondOption,
            SecondOptionRate,
            PartialCurrency,
            ElectionDeadline,
            ExDate,
            Lodgement,
            BookClose,
            RecordDate,
            PaymentDate,
            Registrar,
            TaxSection,
            WithholdingTax,
            ConvertiblesSection,
            Convertibles,
            OtherSection,
            DirectorsSection,
        ]
    };

    /// Place in printed order, from 0.
    pub fn order(self) -> usize {
        self as usize
    }

    /// What the row's value looks like.
    pub fn grammar(self) -> Grammar {
        use Label::*;
        match self {
            DividendSection | ScripSection | RegisterSection | TaxSection | ConvertiblesSection | OtherSection
            | DirectorsSection => Grammar::Section,
            Instrument | IssuerName | RelatedSecurities | Title | UpdateReason | Fractions | Registrar
            | WithholdingTax | Convertibles => Grammar::Text,
            DividendType => Grammar::DividendType,
            StockCode => Grammar::Code,
            Counters => Grammar::Counters,
            AnnouncementDate | FinancialYearEnd | ReportingPeriodEnd | ApprovalDate | CertificateDate
            | FirstDealingDate | ExDate | RecordDate | PaymentDate => Grammar::Date,
            ElectionDeadline | Lodgement => Grammar::Moment,
            BookClose => Grammar::Period,
            Declared | DefaultPayment | FirstOption | SecondOption => Grammar::Amount,
            ExchangeRate | FirstOptionRate | SecondOptionRate => Grammar::Rate,
            ScripPrice => Grammar::Price,
            Status => Grammar::Status,
            DividendNature => Grammar::Nature,
            PartialScrip | PartialCurrency => Grammar::YesNo,
            DefaultOption => Grammar::DefaultOption,
        }
    }

    /// Whether the row exists only where the holder may choose.
    pub fn is_election(self) -> bool {
        (Label::DefaultOption..=Label::Fractions).contains(&self)
            || (Label::FirstOption..=Label::ElectionDeadline).contains(&self)
    }

    /// Whether a long free text takes whatever stands between this label and the next.
    pub fn takes_anything(self) -> bool {
        matches!(self, Label::UpdateReason | Label::WithholdingTax | Label::OtherSection | Label::DirectorsSection)
    }

    /// Whether text before the label may belong to it.
    pub fn takes_before(self) -> bool {
        matches!(self.grammar(), Grammar::Text | Grammar::DividendType) && self != Label::Instrument
    }

    /// Where the row's value stands in the event, as a JSON pointer.
    pub fn field(self) -> &'static str {
        use Label::*;
        match self {
            Instrument | DividendSection | ScripSection | RegisterSection | TaxSection | ConvertiblesSection => "",
            IssuerName => "/issuer/name",
            StockCode => "/instrument/stock_code",
            Counters => "/instrument/counters",
            RelatedSecurities => "/instrument/related_securities",
            Title => "/narrative/title",
            AnnouncementDate => "/dates/announcement_date",
            Status => "/lineage/announcement_status",
            UpdateReason => "/lineage/update_reason",
            DividendType => "/dividend/type",
            DividendNature => "/dividend/nature",
            FinancialYearEnd => "/dividend/financial_year_end",
            ReportingPeriodEnd => "/dividend/reporting_period_end",
            Declared => "/dividend/declared",
            ApprovalDate => "/dates/shareholder_approval_date",
            DefaultOption => "/election/default_option",
            ScripPrice => "/payment_options/1/scrip/price",
            CertificateDate => "/payment_options/1/scrip/certificate_date",
            FirstDealingDate => "/payment_options/1/scrip/first_dealing_date",
            Fractions => "/payment_options/1/scrip/fraction_treatment",
            PartialScrip | PartialCurrency => "/election/partial_allowed",
            DefaultPayment => "/payment_options/0",
            ExchangeRate => "/payment_options/0/exchange_rate",
            FirstOption => "/payment_options/1",
            FirstOptionRate => "/payment_options/1/exchange_rate",
            SecondOption => "/payment_options/2",
            SecondOptionRate => "/payment_options/2/exchange_rate",
            ElectionDeadline => "/election/deadline",
            ExDate => "/dates/ex_date",
            Lodgement => "/dates/lodgement_deadline",
            BookClose => "/dates/book_close_period",
            RecordDate => "/dates/record_date",
            PaymentDate => "/dates/payment_date",
            Registrar => "/registrar",
            WithholdingTax => "/withholding_tax",
            Convertibles => "/listed_convertibles",
            OtherSection => "/narrative/other_information",
            DirectorsSection => "/narrative/directors",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_in_printed_order() {
        assert!(Label::ALL.iter().enumerate().all(|(index, label)| label.order() == index));
    }
}
