//! The promises of `process`, held against arbitrary bytes and against forms that were broken in every way we could think
//! of. What the promises are, [`promises`] says; the fuzz targets in `fuzz/` hold them too.

mod promises;

use std::path::Path;
use std::sync::LazyLock;

use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Every document of the corpus, as bytes.
static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms");
    let mut corpus = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus").flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(entry.path()).expect("a fixture").flatten() {
            if file.file_name().to_string_lossy().starts_with("source") {
                corpus.push(std::fs::read(file.path()).expect("a document"));
            }
        }
    }
    corpus
});

fn any_document() -> impl Strategy<Value = Vec<u8>> {
    any::<Index>().prop_map(|index| index.get(&CORPUS).clone())
}

/// Words that the reader looks for, and values that its grammars take.
const WORDS: [&str; 40] = [
    "Cash Dividend Announcement for Equity Issuer",
    "股票發行人現金股息公告",
    "股票發行人現金股息（可選擇貨幣）公告",
    "EF001",
    "EF003",
    "EF999",
    "Disclaimer",
    "Stock code",
    "股份代號",
    "Status",
    "公告狀態",
    "Update to previous announcement",
    "撤回股息公告",
    "Information relating to the dividend",
    "股息信息",
    "Dividend type",
    "Dividend declared",
    "宣派股息",
    "宣派股息的報告期末",
    "Default currency and amount in which the dividend will be paid",
    "派息金額及公司預設派發貨幣",
    "Exchange rate",
    "匯率",
    "Record date",
    "記錄日期",
    "文件之最後時限",
    "Other information",
    "其他信息",
    "發行人董事",
    "Page 1 of 2 v 1.1.1",
    "第 1 頁 共 2 頁 v1.1.1",
    "Not applicable",
    "有待公佈",
    "HKD 0.10 per share",
    "每 股 0.25RMB",
    "RMB 1 : HKD 1.092",
    "31 February 2024",
    "2024年9月4日 16:30",
    "10%",
    "\u{3000}\u{FFFD}\u{0}\u{1F600}",
];

/// One way of breaking a text.
#[derive(Clone, Debug)]
enum Damage {
    CutAfter(Index),
    CutBefore(Index),
    SwapLines(Index, Index),
    DropLine(Index),
    RepeatLine(Index, u8),
    JoinLines,
    BreakEvery(u8),
    Insert(Index, &'static str),
    InsertLine(Index, &'static str),
    ReplaceChar(Index, char),
    DoubleForm,
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Damage::CutAfter),
        at().prop_map(Damage::CutBefore),
        (at(), at()).prop_map(|(one, other)| Damage::SwapLines(one, other)),
        at().prop_map(Damage::DropLine),
        (at(), 1..4_u8).prop_map(|(line, times)| Damage::RepeatLine(line, times)),
        Just(Damage::JoinLines),
        (5..60_u8).prop_map(Damage::BreakEvery),
        (at(), select(&WORDS[..])).prop_map(|(at, word)| Damage::Insert(at, word)),
        (at(), select(&WORDS[..])).prop_map(|(at, word)| Damage::InsertLine(at, word)),
        (at(), prop_oneof![any::<char>(), select(&['0', '9', '年', ':', '.', '\t', '\n', ' '][..])])
            .prop_map(|(at, c)| Damage::ReplaceChar(at, c)),
        Just(Damage::DoubleForm),
    ]
}

impl Damage {
    fn apply(&self, text: &str) -> String {
        let chars = || text.chars().collect::<Vec<char>>();
        let lines = || text.split('\n').map(str::to_owned).collect::<Vec<String>>();
        match self {
            Damage::CutAfter(at) => chars().into_iter().take(at.index(text.len() + 1)).collect(),
            Damage::CutBefore(at) => chars().into_iter().skip(at.index(text.len() + 1)).collect(),
            Damage::SwapLines(one, other) => {
                let mut lines = lines();
                let count = lines.len();
                lines.swap(one.index(count), other.index(count));
                lines.join("\n")
            }
            Damage::DropLine(at) => {
                let mut lines = lines();
                lines.remove(at.index(lines.len()));
                lines.join("\n")
            }
            Damage::RepeatLine(at, times) => {
                let mut lines = lines();
                let at = at.index(lines.len());
                for _ in 0..*times {
                    lines.insert(at, lines[at].clone());
                }
                lines.join("\n")
            }
            Damage::JoinLines => lines().join(" "),
            Damage::BreakEvery(columns) => {
                let pieces = chars().chunks(usize::from(*columns)).map(String::from_iter).collect::<Vec<String>>();
                pieces.join("\n")
            }
            Damage::Insert(at, word) => {
                let mut chars = chars();
                let at = at.index(chars.len() + 1);
                chars.splice(at..at, word.chars());
                chars.into_iter().collect()
            }
            Damage::InsertLine(at, word) => {
                let mut lines = lines();
                lines.insert(at.index(lines.len() + 1), (*word).to_owned());
                lines.join("\n")
            }
            Damage::ReplaceChar(at, c) => {
                let mut chars = chars();
                if !chars.is_empty() {
                    let at = at.index(chars.len());
                    chars[at] = *c;
                }
                chars.into_iter().collect()
            }
            Damage::DoubleForm => format!("{text}\n{text}"),
        }
    }
}

/// A failure prints its input; it becomes a fixture, not a file of seeds.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn broken_forms_keep_every_promise(document in any_document(), damages in prop::collection::vec(damage(), 1..5)) {
        let mut text = String::from_utf8_lossy(&document).into_owned();
        for damage in &damages {
            text = damage.apply(&text);
        }
        promises::hold(text.as_bytes(), None);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn documents_cut_between_any_two_bytes_keep_every_promise(document in any_document(), at in any::<Index>()) {
        promises::hold(&document[..at.index(document.len() + 1)], None);
    }

    #[test]
    fn documents_with_broken_bytes_keep_every_promise(
        mut document in any_document(),
        bytes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        for (at, byte) in bytes {
            if !document.is_empty() {
                let at = at.index(document.len());
                document[at] = byte;
            }
        }
        promises::hold(&document, None);
    }

    #[test]
    fn arbitrary_bytes_of_any_type_keep_every_promise(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        content_type in select(&[None, Some("text/plain"), Some("text/html; charset=big5"), Some("application/json"),
            Some("text/plain; charset=gbk"), Some("text/plain; charset=utf-16"), Some("nonsense")][..]),
    ) {
        promises::hold(&bytes, content_type);
    }

    #[test]
    fn words_in_any_order_keep_every_promise(
        words in prop::collection::vec((select(&WORDS[..]), select(&["\n", "\t", " ", "", "\r\n"][..])), 0..60),
    ) {
        let text: String = words.iter().flat_map(|(word, between)| [*word, *between]).collect();
        promises::hold(text.as_bytes(), None);
    }
}

#[test]
fn the_corpus_itself_keeps_every_promise() {
    assert!(CORPUS.len() > 60);
    for document in CORPUS.iter() {
        promises::hold(document, None);
    }
}

#[test]
fn an_invented_value_would_be_noticed() {
    let text = include_str!("../../benches/forms/tabbed.en.txt");
    let message = Message { value: Some(text.as_bytes()), ..Message::default() };
    let Outcome::Publish(event, _) = process(&message, &Rules::default()) else { panic!("the form is published") };
    assert_eq!(promises::invented(&event, text), None);
    for (printed, other, what) in [
        ("3 September 2024", "13 September 2024", "ex_date \"2024-09-03\""),
        ("4 September 2024 16:30", "4 September 2024 12:00", "lodgement_deadline \"2024-09-04T16:30:00+08:00\""),
        ("HKD 0.273", "HKD 0.274", "amount \"0.273\""),
        ("1.092", "1.09", "quote_amount \"1.092\""),
        ("RMB", "USD", "currency \"CNY\""),
        ("89999", "88888", "stock_code \"89999\""),
    ] {
        assert_eq!(promises::invented(&event, &text.replace(printed, other)).as_deref(), Some(what));
    }
}

#[test]
fn a_page_may_end_inside_a_value() {
    let text = include_str!("../../benches/forms/one-line.en.txt");
    promises::hold(text.replace("3 September 2024", "3 September Page 1 of 2 v 1.1.1EF001 2024").as_bytes(), None);
}
