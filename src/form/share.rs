//! Where each stretch of text between two labels is cut: what stands before the cut belongs to the label above it, what
//! stands after it to the label below.
//!
//! In layouts made from pages a value stands after its label, above it, between its halves, or on both sides of it.
//! Which it is cannot be seen at one label alone: `5 June / Record date / 7 June / Payment date` may be read in two
//! ways until the neighbours are known. So the cuts are chosen together, such that as many rows as possible hold a
//! valid value and as little text as possible is left over.

use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use super::anchor::{Anchor, measure};
use super::label::{Grammar, Label};
use super::layout::Layout;
use super::scan::{Scan, is_blank};
use super::sheet::Sheet;
use super::{choice, date};

/// How the text around a label fits its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// No text.
    Empty,
    /// All of it is the value, or the row takes any text.
    Whole,
    /// The value stands in or after the label and ends here; the rest is left over.
    Behind(usize),
    /// The value stands before the label; what follows is left over.
    InFront,
    /// A title, which has no value: all is left over.
    Title,
    /// Text outside the grammar.
    Outside,
}

/// The stretches of text before the first label, between labels, and after the last.
pub fn zones(sheet: &Sheet<'_>, labels: &[Anchor], from: usize) -> Vec<Range<usize>> {
    let mut zones = Vec::with_capacity(labels.len() + 1);
    let mut start = from;
    for anchor in labels {
        zones.push(sheet.trim(start..anchor.start.max(start)));
        start = anchor.end;
    }
    zones.push(sheet.trim(start..sheet.text.len().max(start)));
    zones
}

/// A place for each zone to be cut at.
pub fn cut(sheet: &Sheet<'_>, labels: &[Anchor], layout: Layout, zones: &[Range<usize>]) -> Vec<usize> {
    let stretch = |(index, zone): (usize, &Range<usize>)| {
        let left = index.checked_sub(1).and_then(|i| labels.get(i));
        Stretch { sheet, layout, left, right: labels.get(index), zone: zone.clone() }
    };
    let price = |index: usize, before: usize, after: usize| {
        let (anchor, above, below) = (labels.get(index)?, zones.get(index)?, zones.get(index + 1)?);
        let ((_, before), (after, _)) = (parted(sheet, above, before), parted(sheet, below, after));
        Some(cost_of(sheet, layout, anchor, &before, &after))
    };
    // Most often the first choice fits every row: nothing can be better.
    let first: Vec<usize> = zones.iter().enumerate().map(|zone| stretch(zone).first_cut()).collect();
    let mut sides = first.iter().zip(first.iter().skip(1)).enumerate();
    if sides.all(|(index, (&before, &after))| price(index, before, after) == Some(0)) {
        return first;
    }
    let options: Vec<Cuts> = zones.iter().enumerate().map(|zone| stretch(zone).cuts()).collect();
    cheapest(&options, price)
}

/// The two parts of a zone that is cut, without the blanks around them.
pub fn parted(sheet: &Sheet<'_>, zone: &Range<usize>, cut: usize) -> (Range<usize>, Range<usize>) {
    // Nearly always one part is the whole zone, which has no blanks around it.
    if cut == zone.end {
        (zone.clone(), cut..cut)
    } else if cut == zone.start {
        (cut..cut, zone.clone())
    } else {
        (sheet.trim(zone.start..cut), sheet.trim(cut..zone.end))
    }
}

/// The cuts with the lowest sum of prices; of equally good ones the first choices.
fn cheapest(options: &[Cuts], price: impl Fn(usize, usize, usize) -> Option<u32>) -> Vec<usize> {
    // Costs of the best cuts so far for each option of the zone at hand, and which option of the zone before they use.
    let mut costs: Cuts<u32> = options.first().map_or(Cuts::new(), |options| options.iter().map(|_| 0).collect());
    let mut parents: Vec<Cuts> = Vec::with_capacity(options.len());
    for (index, (before, after)) in options.iter().zip(options.iter().skip(1)).enumerate() {
        if let ([_], [_]) = (before.as_slice(), after.as_slice()) {
            parents.push(Cuts::new());
            continue;
        }
        let best = after.iter().map(|&after| {
            let price = |(option, (&cut, &cost)): (usize, (&usize, &u32))| {
                (cost + price(index, cut, after).unwrap_or_default(), option)
            };
            before.iter().zip(&costs).enumerate().map(price).min().unwrap_or_default()
        });
        let (next_costs, next_parents) = best.unzip();
        costs = next_costs;
        parents.push(next_parents);
    }
    let mut option = costs.iter().enumerate().min_by_key(|(_, cost)| **cost).map_or(0, |(option, _)| option);
    let mut cuts = vec![0; options.len()];
    for (index, (cut, options)) in cuts.iter_mut().zip(options).enumerate().rev() {
        *cut = options.get(option).copied().unwrap_or_default();
        option = index.checked_sub(1).and_then(|i| parents.get(i)?.get(option)).copied().unwrap_or_default();
    }
    cuts
}

/// A few values on the stack.
type Cuts<T = usize> = SmallVec<[T; 8]>;

fn cost_of(sheet: &Sheet<'_>, layout: Layout, anchor: &Anchor, before: &Range<usize>, after: &Range<usize>) -> u32 {
    match fit(sheet, layout, anchor, before, after) {
        Fit::Whole => unevenness(sheet, anchor, before, after),
        Fit::Empty if anchor.label.grammar() == Grammar::Section => 0,
        Fit::Empty if anchor.label.grammar() == Grammar::Text => 20,
        Fit::Empty => 50,
        Fit::Behind(_) | Fit::InFront | Fit::Title => 45,
        Fit::Outside => 48,
    }
}

/// A label stands in the middle of a text of several lines: as many lines above it as below.
fn unevenness(sheet: &Sheet<'_>, anchor: &Anchor, before: &Range<usize>, after: &Range<usize>) -> u32 {
    if anchor.label != Label::Title {
        return 0;
    }
    let below = sheet.line_end(anchor.end).max(after.start)..after.end.max(sheet.line_end(anchor.end).max(after.start));
    let count = |range: Range<usize>| u32::try_from(sheet.lines(range).take(20).count()).unwrap_or_default();
    count(before.clone()).abs_diff(count(below))
}

/// How the text before and after a label fits its row.
pub fn fit(sheet: &Sheet<'_>, layout: Layout, anchor: &Anchor, before: &Range<usize>, after: &Range<usize>) -> Fit {
    let grammar = anchor.label.grammar();
    let nothing = before.is_empty() && after.is_empty();
    match grammar {
        Grammar::Section if nothing => Fit::Empty,
        Grammar::Section if before.is_empty() && anchor.label.takes_anything() => Fit::Whole,
        Grammar::Section => Fit::Title,
        Grammar::Text if nothing && anchor.is_whole() => Fit::Empty,
        Grammar::Text
            if anchor.label == Label::RelatedSecurities && is_value(sheet, grammar, before) && !after.is_empty() =>
        {
            Fit::Outside
        }
        Grammar::Text if before.is_empty() || anchor.label.takes_before() => Fit::Whole,
        Grammar::Text => Fit::Behind(after.end),
        _ if nothing && anchor.is_whole() => Fit::Empty,
        _ => fit_closed(sheet, layout, anchor, before, after),
    }
}

fn fit_closed(sheet: &Sheet<'_>, layout: Layout, anchor: &Anchor, before: &Range<usize>, after: &Range<usize>) -> Fit {
    let grammar = anchor.label.grammar();
    // As the candidate was found: the value right after the label, or in it, and nothing else.
    let nothing_else = if anchor.is_whole() {
        !after.is_empty() && anchor.value_end == Some(after.end)
    } else {
        anchor.has_inner_value() && after.is_empty()
    };
    if before.is_empty() && nothing_else {
        return Fit::Whole;
    }
    // A type right after its label is the type; `其他` above the label takes whatever follows it, be it a type too.
    if grammar == Grammar::Kind
        && !matches!(sheet.slice(before.clone()), "" | "其他" | "Other")
        && measure(grammar, sheet.slice(after.clone()), 0) == Some(after.len())
        && !after.is_empty()
    {
        return Fit::Behind(after.end);
    }
    let inside = sheet.trim(anchor.gap.clone());
    let pieces: Vec<&Range<usize>> = [before, &inside, after].into_iter().filter(|piece| !piece.is_empty()).collect();
    let whole = match pieces.as_slice() {
        [piece] => is_value(sheet, grammar, piece),
        pieces => is_text_value(
            grammar,
            &pieces.iter().map(|piece| sheet.slice((*piece).clone())).collect::<Vec<_>>().join(" "),
        ),
    };
    if whole {
        return Fit::Whole;
    }
    if anchor.has_inner_value() {
        return Fit::Behind(after.start);
    }
    if !after.is_empty() && inside.is_empty() {
        let end = anchor.value_end.filter(|end| *end <= after.end && is_clean_end(sheet, layout, *end, after.end));
        if let Some(end) = end {
            return Fit::Behind(end);
        }
    }
    // Where lines mean nothing, text after the label is the label's before anything in front of it is.
    let label_line_is_free = layout == Layout::Lines && sheet.ends_line(anchor.end);
    if inside.is_empty() && label_line_is_free && is_value(sheet, grammar, before) {
        return Fit::InFront;
    }
    Fit::Outside
}

/// Whether a range is a valid value and nothing else.
pub fn is_value(sheet: &Sheet<'_>, grammar: Grammar, range: &Range<usize>) -> bool {
    is_text_value(grammar, sheet.slice(range.clone()))
}

fn is_text_value(grammar: Grammar, text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    if grammar == Grammar::Kind {
        let mut scan = Scan::new(text);
        return measure(grammar, text, 0) == Some(text.len())
            || (choice::take_kind(&mut scan).is_some() && scan.is_done());
    }
    measure(grammar, text, 0) == Some(text.len())
}

/// Whether a value that ends at `end` is all that its line holds; in one-line texts, whether what follows is another
/// matter, and not the same sentence going on.
fn is_clean_end(sheet: &Sheet<'_>, layout: Layout, end: usize, zone_end: usize) -> bool {
    let rest = sheet.slice(end..zone_end);
    let Some(next) = rest.chars().next() else { return true };
    if layout == Layout::Lines {
        return sheet.is_blank(end..sheet.line_end(end).min(zone_end));
    }
    let begins = Scan::new(rest).peek();
    let goes_on = begins.is_none_or(|c| c.is_ascii_lowercase() || c.is_ascii_punctuation());
    !goes_on && (is_blank(next) || next.is_ascii_uppercase())
}

/// Whether a value on a line of its own stands between two labels that both could have it.
pub fn may_be_either_ones(sheet: &Sheet<'_>, anchor: &Anchor, next: &Anchor, after: &Range<usize>) -> bool {
    let (own, other) = (anchor.label.grammar(), next.label.grammar());
    own.is_closed()
        && other.is_closed()
        && sheet.ends_line(anchor.end)
        && sheet.ends_line(next.end)
        && is_value(sheet, other, after)
        && is_value(sheet, own, after)
}

/// Text between two labels, and where it may be cut.
struct Stretch<'s, 't> {
    sheet: &'s Sheet<'t>,
    layout: Layout,
    left: Option<&'s Anchor>,
    right: Option<&'s Anchor>,
    zone: Range<usize>,
}

impl Stretch<'_, '_> {
    /// The first of the [`Stretch::cuts`]. Nearly always a value stands right after its label, and nothing behind it.
    fn first_cut(&self) -> usize {
        let end = self.zone.end;
        if self.left.is_some_and(|left| self.zone.is_empty() || left.value_end == Some(end)) {
            return end;
        }
        self.cuts().first().copied().unwrap_or_default()
    }

    fn cuts(&self) -> Cuts {
        let end = self.zone.end;
        let Some(left) = self.left else {
            let takes = self.right.is_some_and(|right| right.label.takes_before());
            return smallvec![if takes { self.after_unknown_rows() } else { end }];
        };
        let (Some(right), false) = (self.right, self.zone.is_empty()) else { return smallvec![end] };
        match left.label.grammar() {
            Grammar::Section if left.label.takes_anything() => smallvec![end],
            Grammar::Section => smallvec![self.after_unknown_rows()],
            Grammar::Text => self.cuts_after_text(left, right),
            _ => self.cuts_after_closed(left, right),
        }
    }

    /// What stands on a label's own line is that label's.
    fn least(&self, left: &Anchor) -> usize {
        match self.layout {
            Layout::Lines if !self.sheet.ends_line(left.end) => self.sheet.line_end(left.end).min(self.zone.end),
            _ => self.zone.start,
        }
    }

    fn cuts_after_text(&self, left: &Anchor, right: &Anchor) -> Cuts {
        let least = self.least(left);
        if right.label == Label::Title {
            if left.has_inner_value() {
                return smallvec![self.zone.start];
            }
            if !left.is_whole() {
                return smallvec![self.after_codes(least)];
            }
            let clean = left.value_end.filter(|end| *end <= self.zone.end);
            if let Some(end) = clean
                .filter(|end| self.layout == Layout::Flow || is_clean_end(self.sheet, self.layout, *end, self.zone.end))
            {
                return smallvec![end];
            }
            if self.layout == Layout::Flow {
                return smallvec![self.zone.end, self.zone.start];
            }
            // Beside the label of row 4 stands its text; a title whose label is alone stands above it.
            if least > self.zone.start && self.sheet.ends_line(right.end) {
                return smallvec![least];
            }
            let lines = self.sheet.lines(self.zone.clone()).take(12).map(|line| line.end);
            let ends = std::iter::once(self.zone.start).chain(lines);
            let ends = ends.filter(|end| *end >= least && *end < self.zone.end);
            return std::iter::once(self.zone.end).chain(ends).collect();
        }
        let mut cuts = smallvec![self.zone.end];
        cuts.extend(self.value_of_right(right).filter(|cut| *cut >= least));
        cuts
    }

    /// Further lines of row 4 begin with the code of a share, which has five digits; a title may begin with a year.
    fn after_codes(&self, from: usize) -> usize {
        let begins_with_code = |line: &Range<usize>| {
            let (code, _) = self.sheet.slice(line.clone()).split_once(is_blank).unwrap_or_default();
            code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        let lines = self.sheet.lines(from..self.zone.end).take_while(begins_with_code);
        if self.layout == Layout::Lines { lines.last().map_or(from, |line| line.end) } else { from }
    }

    fn cuts_after_closed(&self, left: &Anchor, right: &Anchor) -> Cuts {
        let Range { start, end } = self.zone;
        let least = self.least(left);
        if left.has_inner_value() {
            return smallvec![self.before_right(right, start)];
        }
        let mut cuts = Cuts::new();
        match left.value_end.filter(|value_end| *value_end <= end) {
            Some(value_end) if value_end == end || is_clean_end(self.sheet, self.layout, value_end, end) => {
                cuts.push(if right.label.takes_before() { self.after_unknown_rows_from(value_end) } else { end });
                cuts.push(value_end);
            }
            Some(value_end)
                if self.layout == Layout::Flow && right.label.takes_before() && self.begins_text(value_end, right) =>
            {
                cuts.push(value_end);
            }
            Some(value_end) if self.layout == Layout::Lines && self.shares_line(value_end, right) => {
                cuts.push(value_end)
            }
            Some(value_end) if self.layout == Layout::Lines => {
                // The first line of a reason may share the line of the status.
                let reason = right.label == Label::UpdateReason && self.begins_text(value_end, right);
                cuts.extend(reason.then_some(value_end));
                cuts.push(self.sheet.line_end(value_end).min(end));
            }
            _ if self.layout == Layout::Flow => {
                cuts.push(end);
                if right.label.takes_before() && !self.speaks_of_the_date(left) {
                    cuts.push(start);
                }
            }
            _ if least > start => cuts.push(least),
            _ => {
                cuts.push(self.before_right(right, start));
                if !right.label.takes_before() || self.speaks_of_the_date(left) {
                    cuts.extend(self.sheet.lines(self.zone.clone()).next().map(|line| line.end));
                }
            }
        }
        if !right.label.takes_before() {
            cuts.push(end);
            if left.value_end != Some(end) {
                cuts.extend(self.value_of_right(right));
            }
            cuts.push(start);
        }
        let mut seen = Cuts::new();
        cuts.retain(|cut| {
            let fresh = !seen.contains(cut);
            seen.push(*cut);
            fresh && (*cut >= least || left.value_end == Some(*cut))
        });
        if cuts.is_empty() {
            cuts.push(least);
        }
        cuts
    }

    /// Whether a date is due, and the text speaks of one in whatever words.
    fn speaks_of_the_date(&self, left: &Anchor) -> bool {
        let due = matches!(left.label.grammar(), Grammar::Date | Grammar::Moment | Grammar::Period);
        due && speaks_of_a_date(self.sheet.slice(self.zone.clone()))
    }

    /// In one-line texts a reason may open with a bracket or in small letters (the status before it is one of three), an address does not.
    fn begins_text(&self, at: usize, right: &Anchor) -> bool {
        let reason = right.label == Label::UpdateReason;
        let first = Scan::at(&self.sheet.text, at).peek();
        !first.is_some_and(|c| matches!(c, ',' | '.' | ';') || (!reason && (c == '(' || c.is_ascii_lowercase())))
    }

    /// The label to the right stands on the same line: what is between is the beginning of its text.
    fn shares_line(&self, value_end: usize, right: &Anchor) -> bool {
        self.sheet.line_end(value_end) > self.zone.end && right.label.takes_before()
    }

    fn before_right(&self, right: &Anchor, from: usize) -> usize {
        if right.label.takes_before() { self.after_unknown_rows_from(from) } else { from }
    }

    /// Where a value of the right label begins that ends at it, or the first half of one.
    fn value_of_right(&self, right: &Anchor) -> impl Iterator<Item = usize> {
        let grammar = right.label.grammar();
        let wanted = grammar.is_closed() && !right.has_inner_value();
        let last_line = self.sheet.lines(self.sheet.window_within(&self.zone, 200)).last().map(|line| line.start);
        let last_line = last_line.filter(|_| self.layout == Layout::Lines && wanted && right.value_end.is_none());
        let last_value = || {
            let window = self.sheet.window_within(&self.zone, 80);
            let text = self.sheet.slice(window.clone());
            let begins = text.char_indices().map(|(at, _)| window.start + at);
            begins.into_iter().find(|at| {
                let tail = self.sheet.slice(*at..self.zone.end);
                !tail.starts_with(is_blank) && measure(grammar, tail, 0) == Some(tail.len())
            })
        };
        let value = if wanted && self.layout == Layout::Flow { last_value() } else { None };
        last_line.into_iter().chain(value)
    }

    /// Lines that look like rows of their own, a wording and a value, stand before the text of a free row: where they end.
    fn after_unknown_rows(&self) -> usize {
        self.after_unknown_rows_from(self.zone.start)
    }

    fn after_unknown_rows_from(&self, from: usize) -> usize {
        let hides = [Label::Registrar, Label::Convertibles, Label::DividendType, Label::IssuerName];
        let mut end = from;
        if self.layout == Layout::Lines && self.right.is_some_and(|right| hides.contains(&right.label)) {
            for line in self.sheet.lines(from..self.zone.end) {
                if !looks_like_row(self.sheet.slice(line.clone())) {
                    break;
                }
                end = line.end;
            }
        }
        end
    }
}

fn speaks_of_a_date(text: &str) -> bool {
    let year = text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4);
    year && (text.contains(['年', '月']) || date::MONTHS.iter().any(|month| text.contains(month)))
}

/// Whether a line is some words and then a value of one of the closed grammars.
pub fn looks_like_row(line: &str) -> bool {
    const GRAMMARS: [Grammar; 6] =
        [Grammar::Date, Grammar::Moment, Grammar::Period, Grammar::Amount, Grammar::Rate, Grammar::YesNo];
    let mut blanks = line.char_indices().filter(|(_, c)| is_blank(*c)).take(40);
    line.len() < 200
        && blanks.any(|(at, _)| GRAMMARS.iter().any(|grammar| measure(*grammar, line, at) == Some(line.len())))
}
