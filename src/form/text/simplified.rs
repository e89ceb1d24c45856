//! Simplified Chinese: each character of the form's vocabulary in its simplified form, and the traditional one that it stands for.
//!
//! The pairs are those of OpenCC's table `TSCharacters` (Apache 2.0) for the characters that labels, titles and fixed words are
//! written with; among these no simplified character stands for two. They serve for matching only, and never for what is published.

const SIMPLIFIED: &str = "业东个为买价债关内净别办卖发台号后国声处币录态户报择换时暂权柜标汇状现称税类续获补记设证财责货质转过适选递项预题额";
const TRADITIONAL: &str = "業東個為買價債關內淨別辦賣發檯號後國聲處幣錄態戶報擇換時暫權櫃標匯狀現稱稅類續獲補記設證財責貨質轉過適選遞項預題額";

/// The text with the traditional characters of the vocabulary: as long, so that no place in it moves.
pub(super) fn in_traditional(text: &str) -> String {
    let traditional = |c: char| {
        let mut pairs = SIMPLIFIED.chars().zip(TRADITIONAL.chars());
        pairs.find(|(simplified, _)| *simplified == c).map_or(c, |(_, traditional)| traditional)
    };
    text.chars().map(|c| if c.is_ascii() { c } else { traditional(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_one_partner_of_its_length() {
        assert_eq!(SIMPLIFIED.chars().count(), TRADITIONAL.chars().count());
        let all: std::collections::BTreeSet<char> = SIMPLIFIED.chars().chain(TRADITIONAL.chars()).collect();
        assert_eq!(all.len(), 2 * SIMPLIFIED.chars().count());
        assert!(all.iter().all(|c| c.len_utf8() == 3));
    }

    #[test]
    fn labels_become_those_of_the_vocabulary() {
        for (simplified, traditional) in [
            ("股票发行人现金股息公告", "股票發行人現金股息公告"),
            ("多柜台股份代号及货币", "多櫃檯股份代號及貨幣"),
            ("为符合获取股息分派而递交股份过户文件之最后时限", "為符合獲取股息分派而遞交股份過戶文件之最後時限"),
            ("发行人所发行上市权证/可转换债券", "發行人所發行上市權證/可轉換債券"),
            ("不适用 2025年6月4日", "不適用 2025年6月4日"),
        ] {
            assert_eq!(in_traditional(simplified), traditional);
        }
    }
}
