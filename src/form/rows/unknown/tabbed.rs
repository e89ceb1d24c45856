//! Unknown rows of a tab-separated text: the tab shows where a label ends.

use super::wording::split;
use super::{Place, UnknownRow};
use crate::form::labels::Closes;
use crate::form::model::{Grammar, Label};

pub(super) fn find(place: &Place<'_, '_>) -> Vec<UnknownRow> {
    let mut found: Vec<UnknownRow> = Vec::new();
    let Place { source, zone, .. } = place;
    // Nearly always the value is the rest of the label's line.
    if place.left.is_some_and(|left| source.line_end(left.end) >= zone.end) {
        return found;
    }
    let mut open = false;
    for line in source.lines(zone.clone()) {
        let start = source.line_start(line.start);
        let goes_on = source.is_tabbed(line.start);
        let own = place.left.is_some_and(|left| start <= left.end);
        if goes_on && open && !own {
            if let Some(row) = found.last_mut() {
                row.range.end = line.end;
            }
            continue;
        }
        open = !own && !goes_on && place.is_tabbed_row(source.slice(line.clone())) && !place.is_form_row(line.start);
        if open {
            found.push(UnknownRow::at(line));
        }
    }
    found
}

impl Place<'_, '_> {
    /// Whether a line is a label and its value. A table has rows of its own, and so may the last sections: there only a
    /// value of the form's kinds makes one.
    fn is_tabbed_row(&self, line: &str) -> bool {
        let Some((label, value)) = line.split_once('\t') else { return false };
        let grammar = self.left.map(|left| left.label.grammar());
        let any = match grammar {
            Some(Grammar::Table) => false,
            Some(Grammar::OpenSection) => self.left.is_some_and(|left| left.label == Label::OtherSection),
            _ => return true,
        };
        let two = !value.contains('\t') && !label.trim().is_empty();
        two && (any || split(value.trim()).is_some_and(|split| split.words.is_empty()))
    }

    /// Whether a label of the form is all that stands before the tab.
    fn is_form_row(&self, at: usize) -> bool {
        let from = self.candidates.partition_point(|candidate| candidate.start < at);
        let mut here = self.candidates.iter().skip(from).take_while(|candidate| candidate.start == at);
        here.any(|candidate| candidate.closes == Closes::Tab)
    }
}
