//! Entries laid out as the texts arrive: tab-separated, one row per line as PDFs wrap them, one line, HTML.

use exdate::event::schema::Language;
use proptest::collection::vec;
use proptest::prelude::*;

use super::facts::{Facts, TaxRow};
use super::sheet::{DETAILS, Entry, HOLDERS, TABLE_HEAD, entries, form_title};
use super::words::{Row, Section, choose};

/// How a form is laid out.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    /// Label, tab, value.
    Tabs { trailing: bool, crlf: bool },
    /// A table of two columns.
    Html,
    /// Text of the PDF.
    Lines(Wrapping),
    /// The same, its line ends lost.
    OneLine { wrapping: Wrapping, commas_deleted: bool, foreign_words: bool },
}

/// How the text of a PDF wraps.
#[derive(Clone, Debug)]
pub(crate) struct Wrapping {
    /// Characters on a line of free text.
    width: usize,
    /// Labels that are broken around their values: one bit for each of [`Row::halves`].
    split: [bool; 5],
    /// Whether title, reason and type stand around their labels.
    around: [bool; 3],
    /// Lines of the registrar above its label.
    registrar_above: usize,
    /// Where pages end, in thousandths of the lines.
    page_ends: Vec<usize>,
    /// Blanks between label and value.
    blanks: usize,
    /// Whether the header follows the footer without a blank.
    glued: bool,
    /// Rows that share a line with the row before them, in thousandths of the lines.
    joined: Vec<usize>,
}

/// Any layout.
pub(crate) fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        2 => (any::<bool>(), any::<bool>()).prop_map(|(trailing, crlf)| Layout::Tabs { trailing, crlf }),
        1 => Just(Layout::Html),
        4 => wrapping().prop_map(Layout::Lines),
        3 => (wrapping(), any::<bool>(), any::<bool>()).prop_map(|(wrapping, commas_deleted, foreign_words)| {
            Layout::OneLine { wrapping, commas_deleted, foreign_words }
        }),
    ]
}

fn wrapping() -> impl Strategy<Value = Wrapping> {
    let blanks = prop_oneof![4 => Just(1usize), 1 => 2usize..12];
    let page_ends = vec(0usize..1000, 0..3);
    let joined = prop_oneof![3 => Just(Vec::new()), 1 => vec(0usize..1000, 1..8)];
    let places = (any::<[bool; 5]>(), any::<[bool; 3]>(), 0usize..8);
    (30usize..120, places, page_ends, blanks, any::<bool>(), joined).prop_map(
        |(width, (split, around, registrar_above), page_ends, blanks, glued, joined)| Wrapping {
            width,
            split,
            around,
            registrar_above,
            page_ends,
            blanks,
            glued,
            joined,
        },
    )
}

/// The document: its text.
pub(crate) fn render(facts: &Facts, language: Language, layout: &Layout) -> String {
    let sheet = Sheet { entries: entries(facts, language), template: facts.template(), language };
    render_sheet(&sheet, &layout.decidable(facts))
}

/// What is printed, before it is laid out.
pub(crate) struct Sheet {
    pub(crate) entries: Vec<Entry>,
    pub(crate) template: u8,
    pub(crate) language: Language,
}

/// The text of what is printed.
pub(crate) fn render_sheet(sheet: &Sheet, layout: &Layout) -> String {
    match layout {
        Layout::Tabs { trailing, crlf } => tabs(sheet, *trailing, *crlf),
        Layout::Html => html(sheet),
        Layout::Lines(wrapping) => lines(sheet, wrapping).join("\n"),
        Layout::OneLine { wrapping, commas_deleted, foreign_words } => {
            let text = lines(sheet, wrapping).join(" ");
            let before = if *foreign_words { "Lantern Filings mirror, page 3. 21 Mar 2025 " } else { "" };
            let text = format!("{before}{}", text.split_whitespace().collect::<Vec<_>>().join(" "));
            if *commas_deleted { text.replace(',', "") } else { text }
        }
    }
}

const DISCLAIMER: (&str, &str) = (
    "Neither Hong Kong Exchanges and Clearing Limited nor The Stock Exchange of Hong Kong Limited answers for this announcement or for any loss howsoever arisen from it.",
    "香港交易及結算所有限公司及香港聯合交易所有限公司對本公告概不負責，亦不就任何損失承擔責任。",
);

pub(crate) fn disclaimer(language: Language) -> [&'static str; 2] {
    [choose(language, "Disclaimer", "免責聲明"), choose(language, DISCLAIMER.0, DISCLAIMER.1)]
}

fn tabs(sheet: &Sheet, trailing: bool, crlf: bool) -> String {
    let language = sheet.language;
    let tab = if trailing { "\t" } else { "" };
    let mut out = vec![String::new(), String::new()];
    out.extend(disclaimer(language).map(|text| format!("{text}{tab}")));
    out.push(format!("{}{tab}", form_title(sheet.template, language)));
    for entry in &sheet.entries {
        match entry {
            Entry::Title(title) => out.push(format!("{title}{tab}")),
            Entry::Labelled(row, value) => {
                let (first, more) = value.split_first().map_or(("", &[][..]), |(first, more)| (first.as_str(), more));
                out.push(format!("{}\t{first}", row.label(language)));
                out.extend(more.iter().map(|line| format!("\t{line}")));
            }
            Entry::Bare(text) => out.extend(text.iter().map(|line| format!("{line}{tab}"))),
            Entry::Table(rows) => out.extend(table_rows(rows, language).map(|cells| cells.join("\t"))),
        }
    }
    out.join(if crlf { "\r\n" } else { "\n" })
}

fn html(sheet: &Sheet) -> String {
    let language = sheet.language;
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;");
    let wide = |text: &str| format!("<tr><td colspan=\"2\">{}</td></tr>\n", escape(text));
    let mut out = String::from("<html><body><table>\n");
    disclaimer(language).iter().for_each(|text| out.push_str(&wide(text)));
    out.push_str(&wide(form_title(sheet.template, language)));
    for entry in &sheet.entries {
        match entry {
            Entry::Title(title) => out.push_str(&wide(title)),
            Entry::Labelled(row, value) => {
                let value: Vec<String> = value.iter().map(|line| escape(line)).collect();
                let label = escape(row.label(language));
                out.push_str(&format!("<tr><td>{label}</td><td>{}</td></tr>\n", value.join("<br>")));
            }
            Entry::Bare(text) => text.iter().for_each(|line| out.push_str(&wide(line))),
            Entry::Table(rows) => table_rows(rows, language).for_each(|cells| {
                out.push_str(&format!("<tr><td>{}</td></tr>\n", cells.map(|cell| escape(&cell)).join("</td><td>")));
            }),
        }
    }
    out + "</table></body></html>"
}

/// Head and rows of the withholding table, three cells each.
pub(crate) fn table_rows(rows: &[TaxRow], language: Language) -> impl Iterator<Item = [String; 3]> {
    let head = match language {
        Language::En => {
            ["Type of shareholders", "Tax rate", "Other relevant supplementary information (if applicable)"]
        }
        Language::ZhHant | Language::ZhHans => ["股東類型", "稅率", "有關代預扣所得稅之更多補充（如適用）"],
    };
    let body = rows.iter().map(move |row| {
        [
            holder(row, language).concat_pieces(language),
            format!("{}%", row.percent),
            details(row, language).concat_pieces(language),
        ]
    });
    std::iter::once(head.map(str::to_owned)).chain(body.collect::<Vec<_>>())
}

/// The pieces of a table row's first cell.
pub(crate) fn holder(row: &TaxRow, language: Language) -> Vec<&'static str> {
    HOLDERS[row.holder % HOLDERS.len()].iter().map(|(english, chinese)| choose(language, english, chinese)).collect()
}

/// The lines of a table row's last cell.
pub(crate) fn details(row: &TaxRow, language: Language) -> Vec<&'static str> {
    DETAILS[row.details % DETAILS.len()].iter().map(|(english, chinese)| choose(language, english, chinese)).collect()
}

/// Pieces of a cell, joined as the language joins them.
pub(crate) trait Pieces {
    fn concat_pieces(&self, language: Language) -> String;
}

impl Pieces for Vec<&'static str> {
    fn concat_pieces(&self, language: Language) -> String {
        self.join(choose(language, " ", ""))
    }
}

/// The lines of the PDF's text, with its page furniture.
fn lines(sheet: &Sheet, wrapping: &Wrapping) -> Vec<String> {
    let language = sheet.language;
    let mut out: Vec<String> = Vec::new();
    for entry in &sheet.entries {
        match entry {
            Entry::Title(title) => out.push((*title).to_owned()),
            Entry::Labelled(row, value) => out.extend(wrapping.row(*row, value, language)),
            Entry::Bare(text) => out.extend(text.iter().flat_map(|line| wrap(line, wrapping.width))),
            Entry::Table(rows) => {
                out.extend(TABLE_HEAD.map(|(english, chinese)| choose(language, english, chinese).to_owned()));
                out.extend(rows.iter().flat_map(|row| interleaved(row, language)));
            }
        }
    }
    wrapping.joined(wrapping.paged(out, sheet.template, language), language)
}

/// `holder` / first line of the details / `(address) 10%` / the rest.
fn interleaved(row: &TaxRow, language: Language) -> Vec<String> {
    let (cell, text) = (holder(row, language), details(row, language));
    let mut out = vec![cell[0].to_owned(), text[0].to_owned(), format!("{} {}%", cell[1], row.percent)];
    out.extend(text.iter().skip(1).map(|line| (*line).to_owned()));
    out
}

impl Wrapping {
    fn row(&self, row: Row, value: &[String], language: Language) -> Vec<String> {
        let label = row.label(language);
        let wrapped: Vec<String> = value.iter().flat_map(|line| wrap(line, self.width)).collect();
        let above = match row {
            Row::Registrar => self.registrar_above.min(value.len()),
            Row::Title if self.around[0] => wrapped.len().div_ceil(2),
            Row::Reason if self.around[1] => wrapped.len().div_ceil(2),
            Row::DividendType if self.around[2] && wrapped.len() > 1 => 1,
            _ => 0,
        };
        if above > 0 {
            let lines = if row == Row::Registrar { value.to_vec() } else { wrapped };
            let (before, after) = lines.split_at(above);
            return before.iter().cloned().chain([label.to_owned()]).chain(after.iter().cloned()).collect();
        }
        let halves = row.halves(language).filter(|_| self.splits(row) && wrapped.len() == 1);
        if let Some((first, second)) = halves {
            return vec![first.to_owned(), wrapped.concat(), second.to_owned()];
        }
        let blanks = " ".repeat(self.blanks);
        match wrapped.split_first() {
            Some((first, more)) => {
                std::iter::once(format!("{label}{blanks}{first}")).chain(more.iter().cloned()).collect()
            }
            None => vec![label.to_owned()],
        }
    }

    /// Nothing tells where the free text of the related codes ends and a title above its own label begins: no reader
    /// could, so beside related codes the title follows its label.
    fn decidable(&self, facts: &Facts) -> Wrapping {
        let title_around = self.around[0] && facts.related.is_none();
        Wrapping { around: [title_around, self.around[1], self.around[2]], ..self.clone() }
    }

    fn splits(&self, row: Row) -> bool {
        match row {
            Row::Lodgement => true,
            Row::RelatedCodes => self.split[0],
            Row::DefaultPayment => self.split[1],
            Row::Tax => self.split[2],
            Row::PartlyInShares => self.split[3],
            _ => false,
        }
    }

    /// Some line ends lost, before rows that begin with their label: free texts would run into each other. A title that
    /// is only guessed keeps its line, and so do the related codes, which are free text.
    fn joined(&self, lines: Vec<String>, language: Language) -> Vec<String> {
        let places: Vec<usize> = self.joined.iter().map(|place| place * lines.len() / 1000).collect();
        let begins_a_row = |line: &str| {
            let mut labels = Row::IN_PRINTED_ORDER.iter().map(|row| row.label(language));
            labels.any(|label| line.strip_prefix(label).is_some_and(|value| !value.is_empty()))
        };
        let guessed = Section::DividendWithdrawn.title(Language::En);
        let related = Row::RelatedCodes.label(language);
        let takes_another_row = |before: &str| before != guessed && !before.starts_with(related);
        let mut out: Vec<String> = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            match out.last_mut() {
                Some(before) if places.contains(&index) && begins_a_row(&line) && takes_another_row(before) => {
                    *before = format!("{before} {line}");
                }
                _ => out.push(line),
            }
        }
        out
    }

    /// Header, disclaimer and title before the lines; footers and headers where pages end.
    fn paged(&self, lines: Vec<String>, template: u8, language: Language) -> Vec<String> {
        let header = format!("EF00{template}");
        let pages = self.page_ends.len() + 1;
        let footer = |page: usize| match language {
            Language::En => format!("Page {page} of {pages} v 1.1.1"),
            Language::ZhHant | Language::ZhHans => format!("第 {page} 頁 共 {pages} 頁 v1.1.1"),
        };
        let mut ends: Vec<usize> = self.page_ends.iter().map(|end| end * lines.len() / 1000).collect();
        ends.sort_unstable();
        let mut out = vec![header.clone()];
        out.extend(disclaimer(language).iter().flat_map(|text| wrap(text, 110)));
        out.push(form_title(template, language).to_owned());
        let mut page = 1;
        for (index, line) in lines.into_iter().enumerate() {
            while ends.get(page - 1).is_some_and(|end| *end <= index) {
                let furniture = if self.glued {
                    vec![format!("{}{header}", footer(page))]
                } else {
                    vec![footer(page), header.clone()]
                };
                out.extend(furniture);
                page += 1;
            }
            out.push(line);
        }
        out.push(footer(pages));
        out
    }
}

/// Lines of at most `width` characters, broken at blanks, in Chinese anywhere.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if chinese {
        let letters: Vec<char> = text.chars().collect();
        return letters.chunks(width).map(|line| line.iter().collect::<String>().trim().to_owned()).collect();
    }
    let mut out = vec![String::new()];
    for word in text.split(' ') {
        let line = out.last_mut().expect("a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + word.chars().count() < width {
            line.push(' ');
            line.push_str(word);
        } else {
            out.push(word.to_owned());
        }
    }
    out
}

impl Layout {
    /// One of each kind, as plain as it comes.
    pub(crate) fn plain() -> [Layout; 4] {
        let wrapping = Wrapping {
            width: 90,
            split: [false; 5],
            around: [false; 3],
            registrar_above: 2,
            page_ends: vec![600],
            blanks: 1,
            glued: false,
            joined: Vec::new(),
        };
        [
            Layout::Tabs { trailing: true, crlf: false },
            Layout::Html,
            Layout::Lines(wrapping.clone()),
            Layout::OneLine { wrapping, commas_deleted: false, foreign_words: false },
        ]
    }

    /// Without what no reader could decide on these facts.
    pub(crate) fn decidable(&self, facts: &Facts) -> Layout {
        let mut layout = self.clone();
        if let Layout::Lines(wrapping) | Layout::OneLine { wrapping, .. } = &mut layout {
            *wrapping = wrapping.decidable(facts);
        }
        layout
    }

    /// Whether line ends are lost, so that neighbouring texts run into each other.
    pub(crate) fn is_one_line(&self) -> bool {
        matches!(self, Layout::OneLine { .. })
    }

    /// Whether every comma is deleted.
    pub(crate) fn loses_commas(&self) -> bool {
        matches!(self, Layout::OneLine { commas_deleted: true, .. })
    }
}
