//! The form's closed vocabularies: what its few fixed words mean, in both languages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Language of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    En,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    ZhHant,
    /// Simplified Chinese: read as traditional, printed as given.
    #[serde(rename = "zh-Hans")]
    ZhHans,
}

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhHant => "zh-Hant",
            Language::ZhHans => "zh-Hans",
        }
    }
}

/// Row "Status".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnnouncementStatus {
    /// `New announcement`, `新公告`.
    New,
    /// `Update to previous announcement`, `更新公告`.
    Update,
    /// `撤回股息公告`.
    Withdrawn,
}

/// Plain word for the dividend type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DividendType {
    /// `Interim (Semi-annual)`, `中期（半年期）`.
    Interim,
    /// `Final`, `末期`.
    Final,
    /// Quarterly.
    Quarterly,
    /// `Other`, `其他`, whatever text follows.
    Other,
}

/// How often such a dividend is paid, where the type text says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Frequency {
    /// Twice a year.
    SemiAnnual,
    /// Four times a year.
    Quarterly,
    /// Twelve times a year.
    Monthly,
}

/// Ordinary or special.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Nature {
    /// `Ordinary`, `普通股息`.
    Ordinary,
    /// `Special`, `特別股息`.
    Special,
    /// Any other wording.
    Other,
}
