//! What the targets share: the promises of `process`, and a form around the value of one row.

#[path = "../../tests/suite/pipeline/promises.rs"]
mod promises;

/// Holds every promise for a record's value.
pub fn hold(bytes: &[u8], content_type: Option<&str>) {
    promises::hold(bytes, content_type);
}

/// Holds for the bytes of a PDF what can be told without its text: no panic, the same reading twice, a place for each line. Once as any file
/// is read, and once as one that holds too much.
pub fn hold_pdf(bytes: &[u8]) {
    let usual = exdate::pdf::Limits::default();
    for limits in [exdate::pdf::Limits { words: 0, ..usual.clone() }, usual] {
        let read = || exdate::pdf::read(bytes, &limits);
        let first = read();
        assert_eq!(first, read());
        if let Ok(reading) = first {
            assert_eq!(reading.text.lines().count(), reading.places.len());
        }
    }
}

/// A PDF of one page with this content: without a table of objects, which its readers then make.
pub fn page_that_draws(content: &[u8]) -> Vec<u8> {
    let fonts = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] /Resources << /Font {fonts} >> >>\nendobj\n\
         3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n\
         4 0 obj\n<< /Length {} >>\nstream\n",
        content.len()
    );
    [head.as_bytes(), content, b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"].concat()
}

/// Holds every promise for two forms, English and Chinese, whose row of this label has the text as its value, and where
/// the label stands alone and the value above it.
pub fn hold_for_row(english: &str, chinese: &str, value: &[u8]) {
    let Ok(value) = std::str::from_utf8(value) else { return };
    for (form, label) in [(ENGLISH, english), (CHINESE, chinese)] {
        let lines: Vec<&str> = form.lines().collect();
        let place = lines.iter().position(|line| line.starts_with(label)).expect("the row of a form");
        for row in [format!("{label} {value}"), format!("{label}\t{value}"), format!("{value}\n{label}")] {
            let mut lines: Vec<&str> = lines.clone();
            lines[place] = &row;
            promises::hold(lines.join("\n").as_bytes(), None);
        }
    }
}

const ENGLISH: &str = "\
EF001
Cash Dividend Announcement for Equity Issuer
Issuer name Lantau Kites Holdings Limited
Stock code 09999
Multi-counter stock code and currency 89999 RMB
Other related stock code(s) and name(s) Not applicable
Title of announcement Interim Dividend
Announcement date 20 August 2024
Status New announcement
Information relating to the dividend
Dividend type Interim (Semi-annual)
Dividend nature Ordinary
For the financial year end 31 December 2024
Reporting period end for the dividend declared 30 June 2024
Dividend declared RMB 0.25 per share
Date of shareholders' approval Not applicable
Information relating to Hong Kong share register
Default currency and amount in which the dividend will be paid HKD 0.273 per share
Exchange rate RMB 1 : HKD 1.092
Ex-dividend date 3 September 2024
Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the dividend 4 September 2024 16:30
Book close period From 05 September 2024 to 09 September 2024
Record date 09 September 2024
Payment date 20 September 2024
Share registrar and its address Harbour Registrars Limited
Information relating to withholding tax
Details of withholding tax applied to the dividend declared Not applicable
Information relating to listed warrants / convertible securities issued by the issuer
Details of listed warrants / convertible securities issued by the issuer Not applicable
Other information
Other information Not applicable
Directors of the issuer
Ms. Anna Example";

const CHINESE: &str = "\
EF003
股票發行人現金股息（可選擇以股份代替）公告
發行人名稱 大嶼紙鳶控股有限公司
股份代號 09999
多櫃檯股份代號及貨幣 89999 RMB
相關股份代號及名稱 不適用
公告標題 中期股息
公告日期 2024年8月20日
公告狀態 新公告
股息信息
股息類型 中期（半年期）
股息性質 普通股息
財政年末 2024年12月31日
宣派股息的報告期末 2024年6月30日
宣派股息 每 股 0.25RMB
股東批准日期 不適用
預設選項 現金
代息股份信息
現金股息轉換為代息股份的價格 HKD 155.6
寄發股票日期 2024年9月20日
代息股份之首個買賣日期 2024年9月20日
可以部分現金及部分新股方式收取股息 否
零碎股份處理方式 下調至最接近整數單位
香港過戶登記處相關信息
派息金額及公司預設派發貨幣 每 股 0.273HKD
匯率 1 RMB : 1.092HKD
選擇權截止時限 2024年9月12日 16:30
除淨日 2024年9月3日
為符合獲取股息分派而遞交股份過戶文件之最後時限 2024年9月4日 16:30
暫停辦理股份過戶登記手續之日期 由 2024年9月5日至 2024年9月9日
記錄日期 2024年9月9日
股息派發日 2024年9月20日
股份過戶登記處及其地址 海港證券登記有限公司
代扣所得稅信息
股息所涉及的代扣所得稅 不適用
發行人所發行上市權證/可轉換債券的相關信息
發行人所發行上市權證/可轉換債券 不適用
其他信息
其他信息 不適用
發行人董事
範例安娜女士";

#[cfg(test)]
mod tests {
    #[test]
    fn both_forms_are_in_order() {
        super::hold_for_row("Dividend declared", "宣派股息", "RMB 0.25 per share".as_bytes());
    }
}
