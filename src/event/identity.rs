//! Who an event is: the identity of the dividend, which all its versions share.

use super::schema::{Classification, DividendType4, EventType, Nature};
use super::time::Date;

/// `XHKG`, ISO 10383: the Stock Exchange of Hong Kong.
pub(super) const MIC: &str = "XHKG";

/// MIC : stock code : CAEV : period : type : nature.
///
/// The form prints no identifier of the dividend. The period is the reporting period end, else the financial year
/// end, else the announcement date, which ties later versions to nothing: see `untied-update`.
pub(super) fn corporate_action_id(
    stock_code: &str,
    classification: &Classification,
    period: Date,
    nature: Option<Nature>,
) -> String {
    let event_type = match classification.event_type {
        EventType::Dvca => "DVCA",
        EventType::Dvop => "DVOP",
    };
    let dividend_type = match classification.dividend_type {
        DividendType4::Inte => "INTE",
        DividendType4::Finl => "FINL",
        DividendType4::Quar => "QUAR",
        DividendType4::Othr => "OTHR",
    };
    let nature = match nature {
        Some(Nature::Ordinary) => "ORDI",
        Some(Nature::Special) => "SPEC",
        Some(Nature::Other) | None => "OTHR",
    };
    [MIC, stock_code, event_type, &period.text(), dividend_type, nature].join(":")
}
