//! Unknown rows of a text that has lines: words and a value on one line, or the value on a line of its own below its words.

use std::ops::Range;

use super::wording::{Kind, Split, is_label_like, may_end_with_value, split};
use super::{Ground, Place, UnknownRow};
use crate::form::model::Label;

pub(super) fn find(place: &Place<'_, '_>) -> Vec<UnknownRow> {
    let Place { source, zone, .. } = place;
    if !source.lines(zone.clone()).any(|line| may_end_with_value(source.slice(line))) {
        return Vec::new();
    }
    let lines: Vec<Range<usize>> =
        source.lines(zone.clone()).filter(|line| source.begins_line(line.start) && !place.is_own(line)).collect();
    let ground = place.ground();
    let mut rows: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let above = index.checked_sub(1).and_then(|index| lines.get(index));
        let above = above.filter(|above| rows.last().is_none_or(|row| row.end < above.end));
        rows.extend(place.row(ground, above, line, lines.get(index + 1)));
    }
    if place.right.is_some_and(|right| right.label == Label::Registrar) && ground == Ground::Names {
        rows = place.all_above(rows, &lines);
    }
    rows.into_iter().map(UnknownRow::at).collect()
}

impl Place<'_, '_> {
    /// Whether a line is the value of the label above, which stands alone on its line, or its label has no other.
    fn is_own(&self, line: &Range<usize>) -> bool {
        self.left.is_some_and(|left| left.value_end.is_some_and(|end| end > line.start))
    }

    /// The row that a line ends, with the line that begins it, and the one that ends its label.
    fn row(
        &self,
        ground: Ground,
        above: Option<&Range<usize>>,
        line: &Range<usize>,
        below: Option<&Range<usize>>,
    ) -> Option<Range<usize>> {
        let text = self.source.slice(line.clone());
        if !may_end_with_value(text) {
            return None;
        }
        let Split { words, kind } = split(text)?;
        if words.is_empty() {
            return self.row_around(kind, above?, line, below);
        }
        if ground != Ground::Names && self.is_quoted(line, line.start + words.len()) {
            return None;
        }
        // The line below a label that has no value is that label's, if it can be.
        let strict = self.is_below_bare_label(line);
        let in_sentences = ground == Ground::Text && !self.is_below_title();
        let is_label = |words: &str| match in_sentences {
            true => kind != Kind::Word && is_label_like(words),
            false => self.is_label(ground, words, kind) && (!strict || self.is_label(Ground::Text, words, kind)),
        };
        let goes_on = words.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some(above) = above.filter(|_| goes_on) {
            let row = above.start..line.end;
            let joined = format!("{} {words}", self.source.slice(above.clone()));
            if is_label(&joined) {
                return (!self.is_quoted(&row, line.start + words.len())).then_some(row);
            }
        }
        is_label(words).then(|| line.clone())
    }

    /// A row of which the value has a line of its own, below the words or between two halves of them.
    fn row_around(
        &self,
        kind: Kind,
        above: &Range<usize>,
        line: &Range<usize>,
        below: Option<&Range<usize>>,
    ) -> Option<Range<usize>> {
        let words = self.source.slice(above.clone());
        let is_value = may_end_with_value(words) && split(words).is_some();
        if is_value || !self.is_label(Ground::Text, words, kind) || self.is_quoted(&(above.start..line.end), line.start)
        {
            return None;
        }
        let ends_label =
            |below: &&Range<usize>| self.source.slice((*below).clone()).starts_with(|c: char| c.is_ascii_lowercase());
        Some(above.start..below.filter(ends_label).map_or(line.end, |below| below.end))
    }

    /// A title may be any words, and end with a date: there only words that name a date are a label.
    fn is_below_title(&self) -> bool {
        let titles = [Label::RelatedSecurities, Label::Title];
        self.left.is_some_and(|left| titles.contains(&left.label))
    }

    fn is_below_bare_label(&self, line: &Range<usize>) -> bool {
        let bare =
            |left: &&crate::form::labels::Candidate| left.label.grammar().is_closed() && left.value_end.is_none();
        self.left.filter(bare).is_some_and(|left| self.source.is_blank(left.end..line.start))
    }

    /// Above a registrar stands nothing but rows: what is above an unknown one begins it.
    fn all_above(&self, rows: Vec<Range<usize>>, lines: &[Range<usize>]) -> Vec<Range<usize>> {
        let (Some(first), Some(last)) = (lines.first(), rows.last()) else { return rows };
        if rows.len() == 1 && rows.first().is_some_and(|row| row.start == first.start) {
            return rows;
        }
        let begins: Vec<usize> = rows.iter().map(|row| row.start).filter(|start| *start > first.start).collect();
        let starts = std::iter::once(first.start).chain(begins.iter().copied());
        let ends = begins.iter().copied().chain([last.end]);
        starts.zip(ends).map(|(start, end)| self.source.trim(start..end)).collect()
    }
}
