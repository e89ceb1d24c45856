//! Pages of cells, in the ways of several producers, with header and footer.

use exdate::event::schema::Language;

use super::document::{Page, document, wrap};
use super::face::{Face, Font};

/// How a producer draws tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// Each cell is a box of its own, as the exchange's forms have them.
    Boxes,
    /// Lines shared by the cells beside them.
    Shared,
    /// The same, each a thin filled box.
    Thin,
}

/// How a form is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) face: Face,
    pub(crate) lines: Lines,
    /// Where the values begin.
    pub(crate) middle: f64,
    /// Whether section titles are cells too.
    pub(crate) titles_boxed: bool,
    /// Whether header and footer are drawn first.
    pub(crate) furniture_first: bool,
    /// Where a page ends above the foot of the paper.
    pub(crate) foot: f64,
}

pub(crate) const LEFT: f64 = 28.0;
pub(crate) const RIGHT: f64 = 567.0;
const TOP: f64 = 800.0;
const SIZE: f64 = 9.0;
const LEADING: f64 = 11.0;
const INSET: f64 = 3.0;

/// The PDF of a text whose rows are label, tab, value: each a row of cells, a line alone a title.
pub(crate) fn draw_tabs(text: &str, template: u8, style: &Style) -> Vec<u8> {
    let font = Font::new(style.face);
    let mut sheet = Sheet::new(&font, style);
    for line in text.lines() {
        match line.split_once('\t') {
            Some((label, value)) if !value.is_empty() => {
                let cells =
                    [(LEFT, style.middle, vec![label.to_owned()]), (style.middle, RIGHT, vec![value.to_owned()])];
                sheet.row(&cells);
            }
            _ => sheet.loose(line.trim_end()),
        }
    }
    sheet.furnished(template, Language::En)
}

/// Header and footer, its version apart.
fn furnish(
    page: &mut Page,
    font: &Font,
    template: u8,
    (number, count): (usize, usize),
    language: Language,
    first: bool,
) {
    let mut furniture = Page::default();
    let foot = match language {
        Language::En => format!("Page {number} of {count}"),
        Language::ZhHant | Language::ZhHans => format!("第 {number} 頁 共 {count} 頁 "),
    };
    furniture.text(font, 540.0, 814.0, SIZE, &format!("EF00{template}"));
    furniture.text(font, 530.0, 28.0, SIZE, "v");
    furniture.text(font, 270.0, 28.0, SIZE, &foot);
    furniture.text(font, 538.0, 28.0, SIZE, "1.1.1");
    page.content = if first {
        format!("{}{}", furniture.content, page.content)
    } else {
        format!("{}{}", page.content, furniture.content)
    };
}

/// The pages of a form in the making.
pub(crate) struct Sheet<'s> {
    font: &'s Font,
    style: &'s Style,
    pages: Vec<Page>,
    y: f64,
}

impl<'s> Sheet<'s> {
    pub(crate) fn new(font: &'s Font, style: &'s Style) -> Sheet<'s> {
        Sheet { font, style, pages: vec![Page::default()], y: TOP }
    }

    /// The document, a header and a footer on each page.
    pub(crate) fn furnished(mut self, template: u8, language: Language) -> Vec<u8> {
        let count = self.pages.len();
        for (number, page) in (1..).zip(&mut self.pages) {
            furnish(page, self.font, template, (number, count), language, self.style.furniture_first);
        }
        document(&self.pages, self.font)
    }

    fn page(&mut self) -> &mut Page {
        self.pages.last_mut().expect("a page")
    }

    /// Makes room, on the next page if there is none on this one.
    fn room(&mut self, height: f64) {
        if self.y - height < self.style.foot {
            self.pages.push(Page::default());
            self.y = TOP;
        }
    }

    /// Text outside of cells.
    pub(crate) fn loose(&mut self, text: &str) {
        for line in wrap(text, RIGHT - LEFT, SIZE) {
            self.room(LEADING);
            let (font, y) = (self.font, self.y - LEADING + 2.0);
            self.page().text(font, LEFT + INSET, y, SIZE, &line);
            self.y -= LEADING;
        }
        self.y -= 6.0;
    }

    /// Cells side by side: from, to, and what is written in each.
    pub(crate) fn row(&mut self, cells: &[(f64, f64, Vec<String>)]) {
        let cells: Vec<(f64, f64, Vec<String>)> = cells
            .iter()
            .map(|(from, to, text)| {
                (*from, *to, text.iter().flat_map(|line| wrap(line, to - from - 2.0 * INSET, SIZE)).collect())
            })
            .collect();
        let lines = cells.iter().map(|(_, _, text)| text.len()).max().unwrap_or_default().max(1);
        let height = f64::from(u32::try_from(lines).expect("a few lines")) * LEADING + 2.0 * INSET;
        self.room(height);
        let (top, font, style) = (self.y, self.font, self.style);
        for (from, to, text) in cells {
            frame(self.page(), style.lines, (from, top - height), (to, top));
            for (place, line) in (1_u32..).zip(&text) {
                let y = top - INSET - f64::from(place) * LEADING + 2.5;
                self.page().text(font, from + INSET, y, SIZE, line);
            }
        }
        self.y -= height;
    }
}

fn frame(page: &mut Page, lines: Lines, (left, bottom): (f64, f64), (right, top): (f64, f64)) {
    let sides = [
        ((left, bottom), (right, bottom)),
        ((left, top), (right, top)),
        ((left, bottom), (left, top)),
        ((right, bottom), (right, top)),
    ];
    match lines {
        Lines::Boxes => page.boxed(left, bottom, right - left, top - bottom),
        Lines::Shared => sides.into_iter().for_each(|(from, to)| page.line(from, to)),
        Lines::Thin => sides.into_iter().for_each(|(from, to)| page.thin(from, to)),
    }
}
