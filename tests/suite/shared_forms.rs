//! Real forms, kept outside the repository, against what a person read off them.
//!
//! Their folder ([`shared_forms`]) has a README that explains the keys of `expected.json`. Without it the tests say NOT RUN.

use std::fs;
use std::path::Path;

use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, SkipReason, process};
use serde_json::{Value, json};

use crate::machine::shared_forms;

fn outcome(folder: &Path, file: &str) -> Outcome {
    let document = fs::read(folder.join(file)).expect("a real form");
    process(&Message { value: Some(&document), ..Message::default() }, &Rules::default())
}

/// The event of a real form, with the codes of its warnings.
fn event(folder: &Path, file: &str) -> (Value, Vec<&'static str>) {
    match outcome(folder, file) {
        Outcome::Publish(event, warnings) => {
            let event = serde_json::to_value(&*event).expect("an event is JSON");
            (event, warnings.iter().map(|warning| warning.code.as_str()).collect())
        }
        other => panic!("{file}: {other:?}"),
    }
}

#[test]
fn every_key_of_every_real_form_is_read() {
    let Some(folder) = shared_forms() else { return };
    let text = fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let forms: Vec<Value> = serde_json::from_str(&text).expect("a list of forms");
    let mut wrong = Vec::new();
    for form in &forms {
        let file = form["file"].as_str().expect("a file name");
        let (event, _) = event(&folder, file);
        for (key, observed) in in_words_of_the_list(&event) {
            let expected = normal(key, &form[key]);
            if expected != observed {
                wrong.push(format!("{file}: {key}: expected {expected}, observed {observed}"));
            }
        }
    }
    assert!(forms.len() >= 13, "only {} forms are listed", forms.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_documents_that_are_no_dividend_forms_are_skipped() {
    let Some(folder) = shared_forms() else { return };
    let mut skipped = 0;
    for entry in fs::read_dir(&folder).expect("the folder").flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with("neg_") {
            assert_eq!(outcome(&folder, &file), Outcome::Skip(SkipReason::NotADividendForm), "{file}");
            skipped += 1;
        }
    }
    assert!(skipped >= 2);
}

#[test]
fn real_forms_carry_no_warning() {
    let Some(folder) = shared_forms() else { return };
    for entry in fs::read_dir(&folder).expect("the folder").flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.ends_with(".txt") && !file.starts_with("neg_") {
            let expected: &[&str] = match file.as_str() {
                // Record date inside the closure; the dossier counts it as the one exception.
                "00878-special-2025-no-period.zh.txt" => &["record-date-off-book-close"],
                "00878-special-2025-withdrawal.zh.txt" => &["untied-update"],
                _ => &[],
            };
            assert_eq!(event(&folder, &file).1, expected, "{file}");
        }
    }
}

#[test]
fn withholding_tables_are_read_row_by_row() {
    let Some(folder) = shared_forms() else { return };
    for (file, rows) in [
        (
            "00728-final-2025-update.zh.txt",
            vec![
                ("非居民企業（非中國內地登記地址）", "10", "如H股股東為境外H股非居民企業", "所得稅。"),
                ("非個人居民（非中國內地登記地址）", "10", "如H股個人股東為香港或澳門居民", "繳個人所得稅。"),
                ("非個人居民（非中國內地登記地址）", "20", "如H股個人股東為與中國簽訂20%", "代繳個人所得稅。"),
                ("內地個人投資者通過港股通投資本公司H股股票", "20", "對內地個人投資者通過港股通投資", "所得稅。"),
            ],
        ),
        (
            "06049-final-2022-update.zh.txt",
            vec![
                (
                    "非居民企業（非中國內地登記地址）",
                    "10",
                    "本公司在向名列於本公司H股股東",
                    "稅收協定（安排）待遇的申請。",
                ),
                ("非個人居民（非中國內地登記地址）", "10", "持有境內非外商投資企業在香港發", "而可能有所不同。"),
                (
                    "個人居民（中國內地登記地址）",
                    "20",
                    "對內地個人投資者通過港股通投資",
                    "應納稅款由企業自行申報繳納。",
                ),
            ],
        ),
    ] {
        let (event, _) = event(&folder, file);
        let rates = event["withholding_tax"]["rates"].as_array().expect("a list of rates");
        assert_eq!(rates.len(), rows.len(), "{file}: {rates:?}");
        for (rate, (holder, percent, first, last)) in rates.iter().zip(rows) {
            assert_eq!((&rate["shareholder_type"], &rate["rate_percent"]), (&json!(holder), &json!(percent)), "{file}");
            let details = rate["details"].as_str().expect("further information");
            assert!(details.starts_with(first) && details.ends_with(last), "{file}: {details}");
        }
    }
    let (event, _) = event(&folder, "00728-final-2025-update.zh.txt");
    let summary = event["withholding_tax"]["summary"].as_str().expect("the text above the table");
    assert!(
        summary.starts_with("宣派之股息所適用之代扣所得稅") && summary.ends_with("亦不承擔任何責任。"),
        "{summary}"
    );
    assert!(summary.contains("請見公司於2026年4月27日發佈的2025年年報"), "the page break left a hole: {summary}");
    assert!(!summary.contains("股息所涉及的代扣所得稅"), "the label stands in its text: {summary}");
}

#[test]
fn registrars_are_read_whole_and_without_their_label() {
    let Some(folder) = shared_forms() else { return };
    for (file, name, address) in [
        ("00148-special-final-2025.zh.txt", "卓佳證券登記有限公司", "香港夏慤道16號 遠東金融中心17樓 香港"),
        ("00700-final-2025.zh.txt", "香港中央證券登記有限公司", "皇后大道東183號 合和中心 17樓1712-1716號舖 灣仔 香港"),
        (
            "00288-special-2025-ef003.zh.txt",
            "香港中央證券登記有限公司",
            "香港灣仔皇后大道東183號合和中心17樓1712–1716號 香港",
        ),
        (
            "01579-final-2021-update.zh.txt",
            "香港中央證券登記有限公司",
            "1712-1716號舖 17樓 合和中心 皇后大道東183號 灣仔 香港",
        ),
        (
            "03660-qifu-interim-2023.en.tsv.txt",
            "Computershare Hong Kong Investor Services Limited",
            "Shop 1712-1716 17th Floor Hopewell Centre 183 Queen's Road East Wan Chai Hong Kong",
        ),
    ] {
        assert_eq!(event(&folder, file).0["registrar"], json!({ "name": name, "address": address }), "{file}");
    }
}

#[test]
fn directors_and_other_information_are_read_to_their_ends() {
    let Some(folder) = shared_forms() else { return };
    for (file, other, first, last) in [
        ("00700-final-2025.zh.txt", None, "於本公告刊發日期，騰訊控股有限公司之董事為：", "柯楊和張秀蘭。"),
        (
            "00270-interim-2026-ef002.zh.txt",
            None,
            "本公司董事會由三名執行董事",
            "馮華健先生、鄭慕智博士和李民斌先生組成。",
        ),
        ("00878-special-2025-withdrawal.zh.txt", Some("由於該計劃於2025年5月23日"), "於本公佈日期，", "楊俊文。"),
        (
            "03660-qifu-interim-2023.en.tsv.txt",
            Some("Nasdaq ADSs symbol: QFIN"),
            "As at the date",
            "as Independent Directors.",
        ),
    ] {
        let narrative = event(&folder, file).0["narrative"].clone();
        let directors = narrative["directors"].as_str().expect("the directors");
        assert!(directors.starts_with(first) && directors.ends_with(last), "{file}: {directors}");
        let information = narrative["other_information"].as_str();
        assert_eq!(information.is_some(), other.is_some(), "{file}: {information:?}");
        assert!(information.unwrap_or_default().starts_with(other.unwrap_or_default()), "{file}: {information:?}");
    }
}

/// The event in the words of `expected.json`.
pub(crate) fn in_words_of_the_list(event: &Value) -> Vec<(&'static str, Value)> {
    let statuses = &event["field_status"];
    let absent = |pointer: &str| statuses[pointer].as_str().map(|status| json!(status.to_lowercase()));
    let or_status = |pointer: &str| match event.pointer(pointer) {
        Some(Value::Null) | None => absent(pointer).unwrap_or(Value::Null),
        Some(value) => value.clone(),
    };
    let options = &event["payment_options"];
    let scrip = options.as_array().into_iter().flatten().map(|option| &option["scrip"]).find(|scrip| scrip.is_object());
    let scrip = scrip.unwrap_or(&Value::Null);
    let counters = event["instrument"]["counters"].as_array().expect("a list");
    let price = scrip["price"]
        .is_object()
        .then(|| format!("{} {}", scrip["price"]["currency"], scrip["price"]["amount"]).replace('"', ""));
    vec![
        ("form", event["source"]["form_code"].clone()),
        ("issuer", event["issuer"]["name"].clone()),
        ("stock_code", event["instrument"]["stock_code"].clone()),
        (
            "multi_counter",
            json!(counters.first().map(|c| format!("{} {}", c["stock_code"], c["currency"]).replace('"', ""))),
        ),
        ("announcement_date", event["dates"]["announcement_date"].clone()),
        ("status", event["lineage"]["announcement_status"].clone()),
        ("reason", event["lineage"]["update_reason"].clone()),
        ("title", event["narrative"]["title"].clone()),
        ("dividend_type", event["dividend"]["type_text"].clone()),
        ("nature", event["dividend"]["nature"].clone()),
        ("fy_end", or_status("/dividend/financial_year_end")),
        ("period_end", or_status("/dividend/reporting_period_end")),
        ("declared", money(&event["dividend"]["declared"])),
        ("approval", or_status("/dates/shareholder_approval_date")),
        ("default_payment", money(&options[0])),
        ("rate", rate(&options[0]["exchange_rate"])),
        ("option1", if event["source"]["form_code"] == "EF002" { money(&options[1]) } else { Value::Null }),
        (
            "option1_rate",
            if event["source"]["form_code"] == "EF002" { rate(&options[1]["exchange_rate"]) } else { Value::Null },
        ),
        ("currency_partial", if scrip.is_null() { event["election"]["partial_allowed"].clone() } else { Value::Null }),
        ("election_deadline", event["election"]["deadline"].clone()),
        ("default_option", if scrip.is_null() { Value::Null } else { event["election"]["default_option"].clone() }),
        ("scrip_price", json!(price)),
        ("scrip_cert", scrip["certificate_date"].clone()),
        ("scrip_first_trade", scrip["first_dealing_date"].clone()),
        ("scrip_fraction", scrip["fraction_treatment"].clone()),
        ("ex", or_status("/dates/ex_date")),
        ("lodge", or_status("/dates/lodgement_deadline")),
        ("book_close", or_status("/dates/book_close_period")),
        ("record", or_status("/dates/record_date")),
        ("pay", or_status("/dates/payment_date")),
    ]
}

fn money(amount: &Value) -> Value {
    json!([amount["currency"], amount["amount"], amount["per_shares"]])
}

fn rate(rate: &Value) -> Value {
    json!([rate["base_currency"], rate["base_amount"], rate["quote_currency"], rate["quote_amount"]])
}

/// A value of `expected.json`, its printed words turned into the event's.
pub(crate) fn normal(key: &str, value: &Value) -> Value {
    let iso = |currency: &Value| if currency == "RMB" { json!("CNY") } else { currency.clone() };
    match (key, value) {
        ("declared" | "default_payment" | "option1", Value::Object(_)) => {
            json!([iso(&value["currency"]), value["amount"], value["per"]])
        }
        ("rate" | "option1_rate", Value::Object(_)) => {
            let one = if value["rate"].is_null() { Value::Null } else { json!("1") };
            json!([iso(&value["base"]), one, iso(&value["quote"]), value["rate"]])
        }
        ("book_close", Value::Array(days)) => json!({ "from": days[0], "to": days[1] }),
        (_, Value::String(text)) => json!(words(key, text)),
        _ => value.clone(),
    }
    .take_absent(key)
}

fn words(key: &str, text: &str) -> String {
    let known = match (key, text) {
        ("status", "新公告" | "New announcement") => "NEW",
        ("status", "更新公告" | "Update to previous announcement") => "UPDATE",
        ("status", "撤回股息公告") => "WITHDRAWN",
        ("nature", "普通股息" | "Ordinary") => "ORDINARY",
        ("nature", "特別股息" | "Special") => "SPECIAL",
        ("currency_partial", "否" | "No") => "",
        ("default_option", "現金" | "Cash") => "CASH",
        ("multi_counter", "不適用" | "Not applicable") => "",
        _ => text,
    };
    match key {
        "lodge" if known.contains(' ') => format!("{}:00+08:00", known.replace(' ', "T")),
        "election_deadline" => moment(known),
        "multi_counter" => known.replace("RMB", "CNY"),
        "dividend_type" | "reason" | "title" => known.replace('|', ""),
        _ => known.replace('|', ""),
    }
}

/// `2026年10月7日 16:30`, or `07 October 2026 16:30`, as RFC 3339.
fn moment(text: &str) -> String {
    let parse = |layout| chrono::NaiveDateTime::parse_from_str(text, layout);
    let parsed = parse("%Y年%m月%d日 %H:%M").or_else(|_| parse("%d %B %Y %H:%M")).expect("a date and a time");
    parsed.format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// What the event says with another type than text.
trait TakeAbsent {
    fn take_absent(self, key: &str) -> Value;
}

impl TakeAbsent for Value {
    fn take_absent(self, key: &str) -> Value {
        match (key, self.as_str()) {
            ("multi_counter", Some("")) => Value::Null,
            ("currency_partial", Some("")) => json!(false),
            _ => self,
        }
    }
}
