//! Who gets the text between the labels.
//!
//! Between two labels stands what follows the first and, in layouts made from pages, what precedes the second. A
//! closed grammar takes its match and leaves the rest to a neighbouring free text; what nobody takes is left over.

use std::ops::Range;

use super::anchor::{Anchor, measure};
use super::label::{Grammar, LABELS, Label};
use super::place::Layout;
use super::scan::Scan;
use super::sheet::Sheet;

/// Where a row's label and the pieces of its value stand. Empty ranges are pieces that are not there.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// First byte of the label; `None` when the row is not on the form.
    pub label_at: Option<usize>,
    /// Text before the label.
    pub before: Range<usize>,
    /// Text between the two halves of the label.
    pub inside: Range<usize>,
    /// Text after the label.
    pub after: Range<usize>,
    /// A neighbour took text that may belong here: the row cannot be trusted.
    pub doubtful: bool,
}

impl Slot {
    /// The pieces in printed order.
    pub fn pieces(&self) -> [Range<usize>; 3] {
        [self.before.clone(), self.inside.clone(), self.after.clone()]
    }
}

/// All rows, and what no row took.
#[derive(Debug)]
pub struct Rows {
    slots: Vec<Slot>,
    /// Stretches of text, in printed order; the label before each, and the label after it.
    pub leftovers: Vec<Leftover>,
}

/// Text that no row took.
#[derive(Clone, Debug)]
pub struct Leftover {
    /// Where.
    pub range: Range<usize>,
    /// The row or title before it.
    pub after: Option<Label>,
    /// The row or title after it.
    pub before: Option<Label>,
}

impl Rows {
    /// The places of a row.
    pub fn slot(&self, label: Label) -> Slot {
        self.slots.get(label.order()).cloned().unwrap_or_default()
    }

    /// The places of a row, to add to them.
    pub fn slot_mut(&mut self, label: Label) -> Option<&mut Slot> {
        self.slots.get_mut(label.order())
    }

    /// Whether the row is on the form.
    pub fn has(&self, label: Label) -> bool {
        self.slots.get(label.order()).is_some_and(|slot| slot.label_at.is_some())
    }
}

/// What a stretch of text between two labels is given to.
#[derive(Default)]
struct Shares {
    after: Range<usize>,
    before: Range<usize>,
    left_over: Range<usize>,
    doubtful: bool,
}

/// Gives out the text from `from` on.
pub fn give_out(sheet: &Sheet<'_>, chosen: &[&Anchor], layout: Layout, from: usize) -> Rows {
    let mut rows = Rows { slots: vec![Slot::default(); LABELS], leftovers: Vec::new() };
    for index in 0..=chosen.len() {
        let left = index.checked_sub(1).and_then(|i| chosen.get(i)).copied();
        let right = chosen.get(index).copied();
        let zone = sheet.trim(left.map_or(from, |a| a.end)..right.map_or(sheet.text.len(), |a| a.start));
        let before_left = left.map(|a| rows.slot(a.label).before).unwrap_or_default();
        let shares = match (layout, left) {
            _ if zone.is_empty() => Shares::default(),
            (Layout::Tabbed, Some(left)) => share_tabbed(sheet, left, zone),
            (Layout::Tabbed, None) => Shares { left_over: zone, ..Shares::default() },
            _ => Stretch { sheet, layout, left, right, before_left, zone }.share(),
        };
        rows.assign(left, right, &shares);
        if let Some(right) = right
            && let Some(slot) = rows.slot_mut(right.label)
        {
            slot.label_at = Some(right.start);
            slot.inside = right.gap.clone();
        }
    }
    rows
}

impl Rows {
    fn assign(&mut self, left: Option<&Anchor>, right: Option<&Anchor>, shares: &Shares) {
        if let Some(slot) = left.and_then(|a| self.slot_mut(a.label)) {
            slot.after = shares.after.clone();
        }
        if let Some(slot) = right.and_then(|a| self.slot_mut(a.label)) {
            slot.before = shares.before.clone();
            slot.doubtful = shares.doubtful;
        }
        if !shares.left_over.is_empty() {
            let (after, before) = (left.map(|a| a.label), right.map(|a| a.label));
            self.leftovers.push(Leftover { range: shares.left_over.clone(), after, before });
        }
    }
}

/// Label, tab, value: the value is in the label's line and in the lines below that have no label of their own.
fn share_tabbed(sheet: &Sheet<'_>, left: &Anchor, zone: Range<usize>) -> Shares {
    let mut end = zone.start;
    for line in sheet.lines(zone.clone()) {
        let whole = sheet.line_start(line.start)..line.end;
        let text = sheet.slice(whole.clone());
        let own_line = whole.start <= left.end;
        let continues = text.starts_with('\t') && left.label.grammar() != Grammar::Section;
        let bare =
            !sheet.slice(whole.start..sheet.line_end(line.end)).contains('\t') && left.label.grammar() == Grammar::Text;
        let row_of_its_own = !own_line && !continues && sheet.slice(line.clone()).contains('\t');
        let any = left.label.takes_anything() && !(row_of_its_own && left.label == Label::UpdateReason);
        if !(own_line || continues || bare || any) {
            break;
        }
        end = line.end;
    }
    Shares { after: zone.start..end, left_over: sheet.trim(end..zone.end), ..Shares::default() }
}

/// Text between two labels of a layout made from pages.
struct Stretch<'s, 't> {
    sheet: &'s Sheet<'t>,
    layout: Layout,
    left: Option<&'s Anchor>,
    right: Option<&'s Anchor>,
    before_left: Range<usize>,
    zone: Range<usize>,
}

impl Stretch<'_, '_> {
    fn share(&self) -> Shares {
        let Some(left) = self.left else { return self.share_rest(0..0, self.zone.clone()) };
        match left.label.grammar() {
            Grammar::Section if left.label.takes_anything() => self.all_after(),
            Grammar::Section => self.share_rest(0..0, self.zone.clone()),
            Grammar::Text | Grammar::Kind => self.share_after_text(left),
            _ => self.share_after_closed(left),
        }
    }

    fn all_after(&self) -> Shares {
        Shares { after: self.zone.clone(), ..Shares::default() }
    }

    fn right_takes_before(&self) -> bool {
        self.right.is_some_and(|right| right.label.takes_before())
    }

    /// Whether the label to the right has no valid value in it or after it.
    fn right_lacks_value(&self) -> bool {
        self.right.is_some_and(|right| right.value_end.is_none() && right.label.grammar().is_closed())
    }

    fn share_after_closed(&self, left: &Anchor) -> Shares {
        let zone = &self.zone;
        if left.has_inner_value() || self.is_value(left.label.grammar(), self.before_left.clone()) {
            return self.share_rest(zone.start..zone.start, zone.clone());
        }
        let line_end = self.sheet.line_end(left.end).min(zone.end);
        let own_line = left.end..line_end.max(left.end);
        match left.value_end.filter(|end| *end <= zone.end) {
            Some(end) if self.is_clean_end(end) => self.share_rest(zone.start..end, end..zone.end),
            Some(_) if self.layout == Layout::Flow => self.all_after(),
            Some(end) => {
                let line_end = self.sheet.line_end(end).min(zone.end);
                self.share_rest(zone.start..line_end, line_end..zone.end)
            }
            None if self.layout == Layout::Flow => Shares { doubtful: self.right_takes_before(), ..self.all_after() },
            None if !self.sheet.is_blank(own_line.clone()) => self.share_rest(zone.start..line_end, line_end..zone.end),
            None => self.share_after_empty(left),
        }
    }

    /// Whether a value that ends here is all that its place holds.
    fn is_clean_end(&self, end: usize) -> bool {
        let rest = self.sheet.slice(end..self.zone.end);
        let Some(next) = rest.chars().next() else { return true };
        let line_left = end..self.sheet.line_end(end).min(self.zone.end);
        if self.layout == Layout::Lines {
            let joins_right = self.sheet.line_end(end) > self.zone.end && self.right_takes_before();
            return self.sheet.is_blank(line_left) || joins_right;
        }
        // In one-line texts the rest is the neighbour's, or a row of unknown wording, unless it goes on in the same breath.
        let begins = Scan::new(rest).peek();
        let goes_on = begins.is_none_or(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c.is_ascii_punctuation());
        self.right_takes_before() || (!goes_on && (super::scan::is_blank(next) || next.is_ascii_uppercase()))
    }

    /// A label alone on its line, its value neither before nor after it in its grammar.
    fn share_after_empty(&self, left: &Anchor) -> Shares {
        let Some(first) = self.sheet.lines(self.zone.clone()).next() else { return Shares::default() };
        let around = !self.before_left.is_empty() || !left.is_whole();
        let speaks_of_years =
            self.sheet.slice(first.clone()).split(|c: char| !c.is_ascii_digit()).any(|n| n.len() == 4);
        if around || (speaks_of_years && left.label.grammar() != Grammar::Code) {
            return self.share_rest(self.zone.start..first.end, first.end..self.zone.end);
        }
        self.share_rest(self.zone.start..self.zone.start, self.zone.clone())
    }

    /// Free text takes everything, but for a value above the label to the right.
    fn share_after_text(&self, left: &Anchor) -> Shares {
        if self.right.is_some_and(|right| right.label == Label::Title) {
            return self.share_before_title(left);
        }
        if self.layout == Layout::Lines
            && self.right_lacks_value()
            && let Some(last) = self.sheet.lines(self.zone.clone()).last()
        {
            let after = self.sheet.trim(self.zone.start..last.start);
            let kept = !after.is_empty() || !self.before_left.is_empty() || !left.is_whole();
            if kept && self.is_before_value(last.clone()) {
                return Shares { after, before: last, ..Shares::default() };
            }
        }
        self.all_after()
    }

    /// Between the related securities and the title: both are free text, and the title may begin above its label.
    fn share_before_title(&self, left: &Anchor) -> Shares {
        let zone = &self.zone;
        if !left.is_whole() {
            return Shares { before: zone.clone(), ..Shares::default() };
        }
        if let Some(end) = left.value_end.filter(|end| *end <= zone.end) {
            let line_left = end..self.sheet.line_end(end).min(zone.end);
            if self.layout == Layout::Flow || self.sheet.is_blank(line_left) {
                return Shares { after: zone.start..end, before: self.sheet.trim(end..zone.end), ..Shares::default() };
            }
        }
        if self.layout == Layout::Flow {
            return self.all_after();
        }
        // A title that goes on below its label has as many lines above it.
        let below = self.lines_below_title();
        let lines: Vec<_> = self.sheet.lines(zone.clone()).skip(1).collect();
        match lines.len().checked_sub(below).filter(|_| below > 0).and_then(|first| lines.get(first)) {
            Some(first) => Shares {
                after: self.sheet.trim(zone.start..first.start),
                before: first.start..zone.end,
                ..Shares::default()
            },
            None => self.all_after(),
        }
    }

    fn lines_below_title(&self) -> usize {
        let Some(title) = self.right else { return 0 };
        let window = self.sheet.window(self.sheet.line_end(title.end), 600);
        let is_row = |line: &Range<usize>| {
            let text = self.sheet.slice(line.clone());
            text.starts_with("Announcement date") || text.starts_with("公告日期")
        };
        self.sheet.lines(window).take(6).position(|line| is_row(&line)).unwrap_or(0)
    }

    /// Gives what the left row did not take to the right one, or to nobody.
    fn share_rest(&self, after: Range<usize>, rest: Range<usize>) -> Shares {
        let rest = self.sheet.trim(rest);
        if rest.is_empty() {
            return Shares { after, ..Shares::default() };
        }
        if self.right_takes_before() {
            let rows = self.unknown_rows(rest.clone());
            let (left_over, before) = (rest.start..rows, self.sheet.trim(rows..rest.end));
            return Shares { after, before, left_over, doubtful: false };
        }
        if self.right_lacks_value()
            && let Some(last) = self.sheet.lines(rest.clone()).last().filter(|last| self.is_before_value(last.clone()))
        {
            return Shares { after, left_over: self.sheet.trim(rest.start..last.start), before: last, doubtful: false };
        }
        Shares { after, left_over: rest, ..Shares::default() }
    }

    /// Whether a line is the value of the label below it, or the first half of it.
    fn is_before_value(&self, line: Range<usize>) -> bool {
        let Some(right) = self.right else { return false };
        let grammar = right.label.grammar();
        if self.is_value(grammar, line.clone()) {
            return true;
        }
        let below = self.sheet.lines(self.sheet.window(right.end, 200)).next();
        below.is_some_and(|below| {
            let joined = format!("{} {}", self.sheet.slice(line), self.sheet.slice(below));
            measure(grammar, &joined, 0) == Some(joined.len())
        })
    }

    fn is_value(&self, grammar: Grammar, range: Range<usize>) -> bool {
        let text = self.sheet.slice(self.sheet.trim(range));
        !text.is_empty() && measure(grammar, text, 0) == Some(text.len())
    }

    /// Lines that look like rows of their own, a wording and a value, stand before the text of a free row: where they end.
    fn unknown_rows(&self, rest: Range<usize>) -> usize {
        let may_hide_rows = self.layout == Layout::Lines
            && self.right.is_some_and(|r| {
                matches!(r.label, Label::Registrar | Label::Convertibles | Label::DividendType | Label::IssuerName)
            });
        let mut end = rest.start;
        if may_hide_rows {
            for line in self.sheet.lines(rest) {
                if !looks_like_row(self.sheet.slice(line.clone())) {
                    break;
                }
                end = line.end;
            }
        }
        end
    }
}

/// Whether a line is some words and then a value of one of the closed grammars.
pub fn looks_like_row(line: &str) -> bool {
    const GRAMMARS: [Grammar; 6] =
        [Grammar::Date, Grammar::Moment, Grammar::Period, Grammar::Amount, Grammar::Rate, Grammar::YesNo];
    let words = line.char_indices().filter(|(_, c)| super::scan::is_blank(*c)).take(40);
    line.len() < 200
        && words
            .into_iter()
            .any(|(at, _)| GRAMMARS.iter().any(|grammar| measure(*grammar, line, at) == Some(line.len())))
}
