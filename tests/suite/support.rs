//! Values that several subjects of the suite need.

use exdate::event::DividendEvent;

/// An event of the published shape: an issuer of our own, most fields absent.
pub(crate) fn event() -> DividendEvent {
    serde_json::from_str(EVENT).expect("an event")
}

const EVENT: &str = r#"{"schema_version":"1.0.0","corporate_action_id":"XHKG:09999:DVCA:2024-06-30:INTE:ORDI",
 "classification":{"event_type":"DVCA","mandatory_voluntary":"MAND","dividend_type":"INTE","event_stage":null,"completeness":"COMP","confirmation":"CONF"},
 "issuer":{"name":"Lantau Kites Limited"},
 "instrument":{"mic":"XHKG","stock_code":"09999","counters":[],"related_securities":[]},
 "dividend":{"type":"INTERIM","type_text":"Interim (Semi-annual)","frequency":"SEMI_ANNUAL","nature":"ORDINARY","financial_year_end":"2024-12-31","reporting_period_end":"2024-06-30",
  "declared":{"currency":"HKD","amount":"0.10","per_shares":1,"amount_per_share":"0.10"}},
 "payment_options":[{"option_number":"001","option_type":"CASH","is_default":true,"currency":"HKD","amount":"0.10","per_shares":1,"amount_per_share":"0.10",
  "exchange_rate":{"base_currency":"HKD","base_amount":"1","quote_currency":"HKD","quote_amount":"1"},"scrip":null}],
 "election":null,
 "dates":{"announcement_date":"2024-08-20","shareholder_approval_date":null,"ex_date":"2024-09-03","lodgement_deadline":"2024-09-04T16:30:00+08:00",
  "book_close_period":null,"record_date":"2024-09-04","payment_date":"2024-09-20","time_zone":"Asia/Hong_Kong"},
 "withholding_tax":{"summary":null,"rates":[]},
 "registrar":{"name":"Harbour Registrars Limited","address":"1 Example Road"},
 "listed_convertibles":null,
 "narrative":{"title":"Interim dividend","other_information":null,"directors":null},
 "field_status":{"/dates/book_close_period":"NOT_APPLICABLE","/dates/shareholder_approval_date":"NOT_APPLICABLE","/instrument/counters":"NOT_APPLICABLE",
  "/instrument/related_securities":"NOT_APPLICABLE","/listed_convertibles":"NOT_APPLICABLE","/narrative/directors":"NOT_STATED",
  "/narrative/other_information":"NOT_APPLICABLE","/withholding_tax":"NOT_APPLICABLE"},
 "warnings":[],
 "lineage":{"function":"NEWM","announcement_status":"NEW","revision":null,"supersedes":null,"update_reason":null},
 "source":{"form_code":"EF001","form_title":"Cash Dividend Announcement for Equity Issuer","filing_id":null,"url":null,"published_at":null,"language":"en",
  "media_type":"text/plain","charset":"utf-8","document_sha256":"15cca2a1fea580266bd7104258e139eae157b50879026451731ff3c99157e96b"},
 "content_sha256":"15cca2a1fea580266bd7104258e139eae157b50879026451731ff3c99157e96b"}"#;
