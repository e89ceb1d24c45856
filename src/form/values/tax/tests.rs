//! The tax section in its shapes: absent table, cells interleaved, columns side by side, one line, tabs.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use super::*;

/// Type, the figure or else the printed words of the rate, information.
fn rows(tax: &Withholding) -> Vec<(&str, String, Option<&str>)> {
    let rate = |row: &WithholdingRow| match (&row.rate_percent, &row.rate_text) {
        (Some(percent), None) => percent.to_string(),
        (None, words) => format!("`{}`", words.as_deref().unwrap_or_default()),
        both => format!("{both:?}"),
    };
    tax.rates.iter().map(|row| (row.shareholder_type.as_str(), rate(row), row.details.as_deref())).collect()
}

const HEAD: [&str; 3] = ["有關代預扣所得稅之更多補充", "股東類型 稅率", "（如適用）"];

fn table(body: &[&'static str]) -> Vec<&'static str> {
    HEAD.into_iter().chain(body.iter().copied()).collect()
}

const INTERLEAVED: [&str; 10] = [
    "非居民企業",
    "海外企業股東由本公司按照10%",
    "（非中國內地登記地址） 10%",
    "的稅率代扣稅款。",
    "非個人居民",
    "個人股東如與中國簽訂20%",
    "（非中國內地登記地址） 20%",
    "的協定，按20%代扣。",
    "內地投資者通過港股通投 內地投資者持有本公司股",
    "20%",
];

#[test]
fn text_without_a_table_is_the_summary_whatever_percentages_it_holds() {
    let lines = ["本公司將按10%的稅率代扣", "代繳企業所得稅，餘額按 20%", "計算。"];
    let tax = read(&lines, Language::ZhHant, true).expect("text");
    assert_eq!(tax.summary.as_deref(), Some("本公司將按10%的稅率代扣代繳企業所得稅，餘額按 20%計算。"));
    assert_eq!(tax.rates, vec![]);
}

#[test]
fn interleaved_cells_are_told_apart() {
    let mut lines = vec!["宣派之股息載列於下表。"];
    lines.extend(table(&INTERLEAVED));
    lines.extend(["資本公司H股 份取得的股息，本公司", "代扣個人所得稅。"]);
    let tax = read(&lines, Language::ZhHant, true).expect("a table");
    assert_eq!(tax.summary.as_deref(), Some("宣派之股息載列於下表。"));
    assert_eq!(
        rows(&tax),
        [
            ("非居民企業（非中國內地登記地址）", "10".into(), Some("海外企業股東由本公司按照10%的稅率代扣稅款。")),
            ("非個人居民（非中國內地登記地址）", "20".into(), Some("個人股東如與中國簽訂20%的協定，按20%代扣。")),
            (
                "內地投資者通過港股通投資本公司H股",
                "20".into(),
                Some("內地投資者持有本公司股份取得的股息，本公司代扣個人所得稅。")
            ),
        ]
    );
}

#[test]
fn the_same_table_on_one_line() {
    let mut lines = table(&INTERLEAVED);
    lines.extend(["資本公司H股 份取得的股息，本公司", "代扣個人所得稅。"]);
    let wrapped = read(&lines, Language::ZhHant, true).expect("a table");
    let one_line = lines.join(" ");
    assert_eq!(read(&[&one_line], Language::ZhHant, false).expect("a table"), wrapped);
}

#[test]
fn types_without_information_follow_each_other() {
    let lines = table(&["非居民企業", "（非中國內地登記地址） 10%", "個人居民", "（中國內地登記地址） 20%"]);
    let tax = read(&lines, Language::ZhHant, true).expect("a table");
    assert_eq!(
        rows(&tax),
        [("非居民企業（非中國內地登記地址）", "10".into(), None), ("個人居民（中國內地登記地址）", "20".into(), None)]
    );
}

#[test]
fn english_tables() {
    let lines = [
        "Dividends are taxed as follows.",
        "Further information on withholding tax",
        "Type of shareholder Tax rate",
        "(if applicable)",
        "Non-resident enterprise",
        "The Company will withhold tax at 10%",
        "(registered address outside China) 10%",
        "for such holders.",
        "Resident individual 20%",
        "See the circular.",
    ];
    let tax = read(&lines, Language::En, true).expect("a table");
    assert_eq!(tax.summary.as_deref(), Some("Dividends are taxed as follows."));
    assert_eq!(
        rows(&tax),
        [
            (
                "Non-resident enterprise (registered address outside China)",
                "10".into(),
                Some("The Company will withhold tax at 10% for such holders.")
            ),
            ("Resident individual", "20".into(), Some("See the circular.")),
        ]
    );
    assert_eq!(
        read(&[&lines.join(" ")], Language::En, false),
        None,
        "interleaved cells on one line cannot be told apart"
    );
}

#[test]
fn english_types_that_the_form_is_likely_to_offer() {
    let lines = [
        "Other relevant information (if any)",
        "Type of shareholders Tax rate",
        "Enterprise - non-resident",
        "The Company withholds 10%",
        "i.e. registered address",
        "enterprise income tax as",
        "outside PRC 10%",
        "agent, and",
        "Individual - resident i.e. registered address within PRC",
        "20%",
    ];
    let tax = read(&lines, Language::En, true).expect("a table");
    let expected = [
        (
            "Enterprise - non-resident i.e. registered address outside PRC",
            "10".into(),
            Some("The Company withholds 10% enterprise income tax as agent, and"),
        ),
        ("Individual - resident i.e. registered address within PRC", "20".into(), None),
    ];
    assert_eq!(rows(&tax), expected);
    let one_line = "Type of shareholders Tax rate Other relevant information (if any) Enterprise - non-resident i.e. registered \
                    address outside PRC 10% The Company withholds 10% on payment Individual - resident 20%";
    let tax = read(&[one_line], Language::En, false).expect("a table");
    let expected = [
        (
            "Enterprise - non-resident i.e. registered address outside PRC",
            "10".into(),
            Some("The Company withholds 10% on payment"),
        ),
        ("Individual - resident", "20".into(), None),
    ];
    assert_eq!(rows(&tax), expected);
}

#[test]
fn a_row_of_a_known_type_may_stand_on_one_line() {
    let lines = table(&["非居民企業（非中國內地登記地址） 10% 代扣", "個人居民（中國內地登記地址）\u{3000}20%"]);
    let tax = read(&lines, Language::ZhHant, true).expect("a table");
    let expected = [
        ("非居民企業（非中國內地登記地址）", "10".into(), Some("代扣")),
        ("個人居民（中國內地登記地址）", "20".into(), None),
    ];
    assert_eq!(rows(&tax), expected);
    let lines = [
        "Type of shareholders Tax rate",
        "Individual - resident 20% Through Stock Connect",
        "Type of shareholders Tax rate",
        "Enterprise - non-resident 10%",
    ];
    let tax = read(&lines, Language::En, true).expect("a table");
    let expected = [
        ("Individual - resident", "20".into(), Some("Through Stock Connect")),
        ("Enterprise - non-resident", "10".into(), None),
    ];
    assert_eq!(rows(&tax), expected, "the head is printed again at the top of a page");
}

#[test]
fn a_rate_in_a_sentence_is_no_row() {
    let lines = table(&["非居民企業", "（非中國內地登記地址） 10%", "須代扣代繳，稅率為 10%"]);
    let tax = read(&lines, Language::ZhHant, true).expect("a table");
    assert_eq!(rows(&tax), [("非居民企業（非中國內地登記地址）", "10".into(), Some("須代扣代繳，稅率為 10%"))]);
}

/// A rate under the wrong shareholder would be worse than none.
#[test]
fn types_whose_ends_cannot_be_seen_are_not_read() {
    for body in [
        // The rest of the type, or the information.
        &["內地個人投資者通過港", "20%", "股通投資"][..],
        // Two blanks: where do the columns part?
        &["內地投資者 對內地 H 股投資者", "20%", "通過港股通 所得股息代扣"],
        &["內地投資者 對內地投資者", "20%", "通過港股通 投資 H 股所得股息代扣"],
        // A further row whose type nobody knows.
        &["非居民企業", "（非中國內地登記地址） 10%", "港股通投資者 20% 不適用"],
    ] {
        assert_eq!(read(&table(body), Language::ZhHant, true), None, "{body:?}");
    }
    for body in [
        &["Mainland investors through For dividends derived by", "20%", "Stock Connect such investors."][..],
        &["Enterprise - non-resident 10%", "Mainland individual investors For dividends", "via Connect 20%"],
    ] {
        let lines: Vec<&str> = std::iter::once("Type of shareholders Tax rate").chain(body.iter().copied()).collect();
        assert_eq!(read(&lines, Language::En, true), None, "{body:?}");
    }
}

#[test]
fn tabbed_tables() {
    let lines =
        ["股東類型\t稅率\t有關代預扣所得稅之更多補充（如適用）", "非居民企業\t10%\t代扣", "\t\t代繳", "個人居民\t20%"];
    let tax = read(&lines, Language::ZhHant, true).expect("a table");
    assert_eq!(rows(&tax), [("非居民企業", "10".into(), Some("代扣代繳")), ("個人居民", "20".into(), None)]);
}

#[test]
fn a_table_that_cannot_be_told_apart_is_not_read() {
    for body in [&["甲", "乙", "丙", "（丁） 10%"][..], &["10%", "甲"], &["甲乙丙丁"]] {
        assert_eq!(read(&table(body), Language::ZhHant, true), None, "{body:?}");
    }
}

#[test]
fn a_rate_that_is_not_one_figure_stays_with_its_own_type() {
    for (rate, printed) in
        [("10%或20%", "`10%或20%`"), ("5% 至 15%", "`5% 至 15%`"), ("最高10%", "`最高10%`"), ("10%*", "`10%*`")]
    {
        let second = format!("（非中國內地登記地址） {rate}");
        let body = ["非居民企業", "（非中國內地登記地址） 10%", "非個人居民", &second, "滬港通股東 20%"];
        let lines: Vec<&str> = HEAD.into_iter().chain(body).collect();
        let expected = [
            ("非居民企業（非中國內地登記地址）", "10".to_owned(), None),
            ("非個人居民（非中國內地登記地址）", printed.to_owned(), None),
            ("滬港通股東", "20".to_owned(), None),
        ];
        assert_eq!(rows(&read(&lines, Language::ZhHant, true).expect("a table")), expected, "{rate}");
        let one_line = read(&[&lines.join(" ")], Language::ZhHant, false).expect("a table");
        assert_eq!(rows(&one_line), expected, "{rate} on one line");
    }
    for rate in ["10% or 20%", "5% to 15%", "10%/20%", "up to 10%", "10%¹"] {
        let row = format!("Individual - non-resident {rate}");
        let lines = ["Type of shareholders Tax rate", "Enterprise - non-resident 10%", &row, "Southbound investor 20%"];
        let expected = [
            ("Enterprise - non-resident", "10".to_owned(), None),
            ("Individual - non-resident", format!("`{rate}`"), None),
            ("Southbound investor", "20".to_owned(), None),
        ];
        assert_eq!(rows(&read(&lines, Language::En, true).expect("a table")), expected, "{rate}");
        let one_line = read(&[&lines.join(" ")], Language::En, false).expect("a table");
        assert_eq!(rows(&one_line), expected, "{rate} on one line");
    }
}

#[test]
fn words_where_a_rate_is_due_stay_with_their_type() {
    let lines = ["股東類型 稅率", "非居民企業 10%", "居民企業 不適用", "滬港通股東 20%"];
    let expected =
        [("非居民企業", "10".into(), None), ("居民企業", "`不適用`".into(), None), ("滬港通股東", "20".into(), None)];
    assert_eq!(rows(&read(&lines, Language::ZhHant, true).expect("a table")), expected);
    let lines =
        ["Type of shareholders", "Tax rate", "Enterprise - non-resident", "10%", "Resident fund", "Not applicable"];
    let expected =
        [("Enterprise - non-resident", "10".into(), None), ("Resident fund", "`Not applicable`".into(), None)];
    assert_eq!(rows(&read(&lines, Language::En, true).expect("a table")), expected);
}

#[test]
fn a_type_without_any_rate_takes_none_from_its_neighbours() {
    for body in [&["非居民企業 10%", "居民企業", "滬港通股東 20%"][..], &["非居民企業 10%", "居民企業"]]
    {
        let lines: Vec<&str> = std::iter::once("股東類型 稅率").chain(body.iter().copied()).collect();
        let tax = read(&lines, Language::ZhHant, true);
        assert!(tax.is_none_or(|tax| tax.rates.iter().all(|row| row.details.is_none())), "{body:?}");
    }
}

#[test]
fn of_two_types_that_fit_the_longer_is_meant() {
    let lines = [
        "Type of shareholders",
        "Tax rate",
        "Other relevant information (if any)",
        "Enterprise - non-resident",
        "i.e. registered address outside PRC",
        "10%",
        "The Company withholds enterprise income tax.",
    ];
    let expected = [(
        "Enterprise - non-resident i.e. registered address outside PRC",
        "10".into(),
        Some("The Company withholds enterprise income tax."),
    )];
    assert_eq!(rows(&read(&lines, Language::En, true).expect("a table")), expected);
}

#[test]
fn rows_that_stand_whole_on_one_line_are_read_in_any_words() {
    let lines = [
        "Type of shareholders Tax rate Remarks",
        "Enterprise - non-resident 10%",
        "Stock Connect investors 20% Individuals only",
        "Holders of H shares in Macao 5% to 10% By treaty",
    ];
    let expected = [
        ("Enterprise - non-resident", "10".into(), None),
        ("Stock Connect investors", "20".into(), Some("Individuals only")),
        ("Holders of H shares in Macao", "`5% to 10%`".into(), Some("By treaty")),
    ];
    assert_eq!(rows(&read(&lines, Language::En, true).expect("a table")), expected);
    let lines = ["股東類型 稅率 備註", "港股通投資者 20% 僅限個人", "非居民企業 10%"];
    let expected = [("港股通投資者", "20".into(), Some("僅限個人")), ("非居民企業", "10".into(), None)];
    assert_eq!(rows(&read(&lines, Language::ZhHant, true).expect("a table")), expected);
}

#[test]
fn cells_decide_whatever_their_words() {
    let lines = [
        "股東類型\t稅率\t備註",
        "\t境外基金\t10%\t見通函",
        "\t非個人居民\t10%或20%\t視乎協定",
        "\t居民企業\t不適用\t自行申報",
        "\t滬港通股東\t\t待定",
        "\t\t\t另行公佈",
    ];
    let expected = [
        ("境外基金", "10".into(), Some("見通函")),
        ("非個人居民", "`10%或20%`".into(), Some("視乎協定")),
        ("居民企業", "`不適用`".into(), Some("自行申報")),
        ("滬港通股東", "``".into(), Some("待定另行公佈")),
    ];
    assert_eq!(rows(&read(&lines, Language::ZhHant, true).expect("a table")), expected);
    let lines = ["Category of holder\tRate of tax", "\tFunds\tas the treaty says", "\tTrusts", "\tOthers\t20%"];
    let expected =
        [("Funds", "`as the treaty says`".into(), None), ("Trusts", "``".into(), None), ("Others", "20".into(), None)];
    assert_eq!(rows(&read(&lines, Language::En, true).expect("a table")), expected);
    let unknown = ["Type of shareholder\tTax rate\tRemarks", "\tFunds\t10%\tNone", "\tTrusts", "\tOthers\t20%"];
    assert_eq!(read(&unknown, Language::En, true), None, "a type, or more of the remarks");
}

#[test]
fn rows_without_a_head_that_is_known_are_no_text() {
    let lines = ["Holders", "Funds 10%", "Trusts 20%"];
    assert_eq!(read(&lines, Language::En, true), None);
}
