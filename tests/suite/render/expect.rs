//! What the event must hold, from the facts; and the comparison, blind to blanks in free text.

use chrono::{NaiveDate, NaiveTime};
use exdate::event::schema::{AnnouncementStatus, Language, Nature};
use serde_json::{Value, json};

use super::facts::{Facts, Kind, Money, Rate, Slot, Text};
use super::layout::{Layout, Pieces, details, holder};
use super::sheet::{ADDRESS, FRACTIONS, ISSUERS, REGISTRARS, RELATED, pick};
use super::words::choose;

/// The event, as far as facts and language determine it.
pub(crate) fn event(facts: &Facts, language: Language, layout: &Layout) -> Value {
    let withdrawn = facts.status == AnnouncementStatus::Withdrawn;
    let function = match facts.status {
        AnnouncementStatus::New => "NEWM",
        AnnouncementStatus::Update => "REPL",
        AnnouncementStatus::Withdrawn => "WITH",
    };
    let reason = (facts.status != AnnouncementStatus::New).then(|| text(&facts.reason, language));
    let related = facts.related.map(|index| json!({ "text": pick(&RELATED, index, language) }));
    let mut event = json!({
        "corporate_action_id": identity(facts),
        "issuer": { "name": pick(&ISSUERS, facts.issuer, language) },
        "instrument": {
            "stock_code": facts.code,
            "counters": facts.counters.iter().map(|(code, currency)| json!({ "stock_code": code, "currency": iso(currency) })).collect::<Vec<_>>(),
            "related_securities": related.into_iter().collect::<Vec<_>>(),
        },
        "dividend": dividend(facts, language),
        "payment_options": options(facts, language),
        "election": (facts.template() > 1).then(|| election(facts)),
        "dates": dates(facts),
        "withholding_tax": withholding(facts, language, layout),
        "registrar": registrar(facts, language),
        "listed_convertibles": null,
        "narrative": {
            "title": text(&facts.title, language),
            "other_information": facts.other.as_ref().map(|other| text(other, language)),
            "directors": text(&facts.directors, language),
        },
        "lineage": { "function": function, "update_reason": reason },
        "source": { "form_code": format!("EF00{}", facts.template()), "language": choose(language, "en", "zh-Hant") },
    });
    if !withdrawn {
        event["classification"] = json!({ "event_type": if facts.scrip.is_some() { "DVOP" } else { "DVCA" } });
    }
    event
}

fn identity(facts: &Facts) -> String {
    let event = if facts.scrip.is_some() { "DVOP" } else { "DVCA" };
    let period = facts.period_end.is().or(facts.year_end.is()).unwrap_or(&facts.announced);
    let kind = match facts.kind {
        Kind::Final => "FINL",
        Kind::Interim => "INTE",
        Kind::Other(_) => "OTHR",
    };
    let nature = if facts.nature == Nature::Special { "SPEC" } else { "ORDI" };
    format!("XHKG:{}:{event}:{period}:{kind}:{nature}", facts.code)
}

fn dividend(facts: &Facts, language: Language) -> Value {
    let (kind, wording) = match &facts.kind {
        Kind::Final => ("FINAL", choose(language, "Final", "末期").to_owned()),
        Kind::Interim => ("INTERIM", choose(language, "Interim (Semi-annual)", "中期（半年期）").to_owned()),
        Kind::Other(more) => ("OTHER", format!("{} {}", choose(language, "Other", "其他"), text(more, language))),
    };
    json!({
        "type": kind,
        "type_text": wording,
        "nature": if facts.nature == Nature::Special { "SPECIAL" } else { "ORDINARY" },
        "financial_year_end": date(&facts.year_end),
        "reporting_period_end": date(&facts.period_end),
        "declared": money(Some(&facts.declared)),
    })
}

fn options(facts: &Facts, language: Language) -> Value {
    let mut options = vec![cash(&facts.payment, &facts.rate)];
    options.extend(facts.options.iter().map(|(paid, exchange)| cash(paid, exchange)));
    options.extend(facts.scrip.as_ref().map(|scrip| {
        json!({
            "option_type": "SECU",
            "is_default": !scrip.cash_is_default,
            "currency": null,
            "amount": null,
            "scrip": {
                "price": scrip.price.is().map(|(currency, amount)| json!({ "currency": iso(currency), "amount": amount })),
                "certificate_date": date(&scrip.certificates),
                "first_dealing_date": date(&scrip.first_dealing),
                "fraction_treatment": pick(&FRACTIONS, scrip.fractions, language),
            },
        })
    }));
    Value::Array(options)
}

fn cash(paid: &Slot<Money>, exchange: &Slot<Rate>) -> Value {
    let mut option = money(paid.is());
    option["option_type"] = json!("CASH");
    option["exchange_rate"] = json!(exchange.is().map(|rate| {
        json!({
            "base_currency": iso(rate.base),
            "base_amount": "1",
            "quote_currency": iso(rate.quote),
            "quote_amount": rate.amount,
        })
    }));
    option
}

fn money(money: Option<&Money>) -> Value {
    json!({
        "currency": money.map(|money| iso(money.currency)),
        "amount": money.and_then(|money| money.amount.clone()),
        "per_shares": money.and_then(|money| money.amount.as_ref().map(|_| money.per)),
    })
}

fn election(facts: &Facts) -> Value {
    let scrip = facts.scrip.as_ref();
    let default = if scrip.is_none_or(|scrip| scrip.cash_is_default) { "CASH" } else { "SECU" };
    let partly = scrip.map_or(facts.part_of_dividend, |scrip| scrip.partly);
    json!({ "deadline": facts.deadline.is().map(moment), "default_option": default, "partial_allowed": partly })
}

fn dates(facts: &Facts) -> Value {
    json!({
        "announcement_date": facts.announced.to_string(),
        "shareholder_approval_date": date(&facts.approval),
        "ex_date": date(&facts.ex_date),
        "lodgement_deadline": facts.lodgement.is().map(moment),
        "book_close_period": facts.book_close.is().map(|(from, to)| json!({ "from": from.to_string(), "to": to.to_string() })),
        "record_date": date(&facts.record_date),
        "payment_date": date(&facts.payment_date),
    })
}

fn withholding(facts: &Facts, language: Language, layout: &Layout) -> Value {
    let Slot::Is(tax) = &facts.tax else { return json!({ "summary": null, "rates": [] }) };
    let rates = tax.rows.iter().map(|row| {
        // On one line nothing tells where one row's further information ends and the next row's holder begins.
        if layout.is_one_line() {
            return json!({ "rate_percent": row.percent });
        }
        json!({
            "shareholder_type": holder(row, language).concat_pieces(language),
            "rate_percent": row.percent,
            "details": details(row, language).concat_pieces(language),
        })
    });
    json!({ "summary": tax.text.as_ref().map(|summary| text(summary, language)), "rates": rates.collect::<Vec<_>>() })
}

fn registrar(facts: &Facts, language: Language) -> Value {
    let address: Vec<&str> = (0..facts.address_lines).map(|index| pick(&ADDRESS, index, language)).collect();
    json!({ "name": pick(&REGISTRARS, facts.registrar, language), "address": address.join(" ") })
}

fn text(text: &Text, language: Language) -> String {
    text.print(language).join(" ")
}

fn date(date: &Slot<NaiveDate>) -> Value {
    json!(date.is().map(NaiveDate::to_string))
}

fn moment((date, time): &(NaiveDate, NaiveTime)) -> String {
    format!("{date}T{time}+08:00")
}

fn iso(currency: &str) -> &str {
    if currency == "RMB" { "CNY" } else { currency }
}

/// Free texts, names and addresses without blanks, so that only their letters are compared; without commas where the
/// layout has deleted them.
pub(crate) fn letters_only(event: &mut Value, layout: &Layout) {
    let squash = |text: &str| -> String {
        text.chars().filter(|letter| !(letter.is_whitespace() || layout.loses_commas() && *letter == ',')).collect()
    };
    for pointer in ["/issuer", "/narrative", "/withholding_tax", "/registrar", "/instrument", "/dividend", "/lineage"] {
        if let Some(value) = event.pointer_mut(pointer) {
            for_each_text(value, &squash);
        }
    }
    for option in event["payment_options"].as_array_mut().into_iter().flatten() {
        for_each_text(&mut option["scrip"], &squash);
    }
}

fn for_each_text(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| for_each_text(field, change)),
        _ => {}
    }
}
