//! A distribution in specie: holders get an asset, mostly shares of another company, and no shares of the issuer.
//!
//! The form has no row for it. It is the scrip form, its type `其他` with the asset's name, perhaps a title that says so; nothing
//! else of a type's free text or of a title is relied on.

use crate::form::{DividendType, Form};

/// What words say that shares of someone else are meant, or assets.
const ASSETS: [&str; 14] = [
    "之股票",
    "之股份",
    "的股票",
    "的股份",
    "之基金單位",
    "的基金單位",
    "實物",
    "in specie",
    "shares of ",
    "shares in ",
    "stock of ",
    "stock in ",
    "units of ",
    "units in ",
];
/// What words say that the issuer's own are.
const OWN: [&str; 9] = ["本公司", "代息", "以股代息", "新股", "紅股", "scrip", "new shares", "bonus", "of the company"];
/// What a title says.
const TITLES: [&str; 3] = ["實物分派", "實物分配", "in specie"];

/// What is distributed, as printed; `None` where nobody says that it is another's.
pub(super) fn asset<'f>(form: &'f Form<'_>) -> Option<&'f str> {
    let _other = form.dividend_type.stated().filter(|kind| kind.dividend_type == DividendType::Other)?;
    let text = without_word(&form.dividend_type.text);
    let title = form.announcement_title.stated().map_or("", |title| title);
    let says = |text: &str, words: &[&str]| {
        let text = text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    match text {
        text if says(text, &OWN) => None,
        text if says(text, &ASSETS) => Some(text),
        text if says(title, &TITLES) => Some(if text.is_empty() { title } else { text }),
        _ => None,
    }
}

/// The free text of a type, without the word `Other`.
fn without_word(text: &str) -> &str {
    let words = ["其他", "Others", "Other"];
    let rest = words.iter().find_map(|word| text.strip_prefix(word));
    rest.unwrap_or(text).trim_start_matches([' ', ':', '：', '-', '–'])
}
