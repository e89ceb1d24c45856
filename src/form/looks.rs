//! What a candidate earns by its looks alone: whole, in the form's own letters, on a line of its own, before a value.

use super::anchor::{Anchor, Closes};
use super::label::{Grammar, Label};
use super::layout::Layout;
use super::scan::Scan;
use super::sheet::Sheet;

/// What candidates earn, and what the text between them costs.
pub(super) type Points = i64;

const WHOLE: Points = 5_000;
const BROKEN: Points = 4_500;
const OTHER_CASE: Points = -2_000;
const MID_LINE: Points = -3_000;
const IN_A_SENTENCE: Points = -3_000;
const VALUE_FILLS_LINE: Points = 2_000;
const VALUE_BEGINS: Points = 1_000;

/// Places of labels that nobody would overlook: left over, they weigh against a sequence.
pub(super) fn striking(anchors: &[Anchor], layout: Layout) -> Vec<usize> {
    let strikes = |anchor: &&Anchor| {
        (anchor.is_whole() || anchor.has_inner_value())
            && anchor.exact
            && anchor.closes != Closes::Glued
            && match layout {
                Layout::Flow => anchor.value_end.is_some() || anchor.label.grammar() == Grammar::Section,
                Layout::Lines | Layout::Tabbed => {
                    anchor.begins_line && (anchor.label.grammar() != Grammar::Section || anchor.closes != Closes::Blank)
                }
            }
    };
    anchors.iter().filter(strikes).map(|anchor| anchor.start).collect()
}

/// What a candidate earns by its looks; `None` when it cannot be a label.
pub(super) fn points(sheet: &Sheet<'_>, anchor: &Anchor, next: Option<&Anchor>, layout: Layout) -> Option<Points> {
    // A section title may share its line with the first row of the section.
    let opens_rows = || {
        next.is_some_and(|next| {
            next.exact
                && next.label > anchor.label
                && sheet.is_blank(anchor.end..next.start.clamp(anchor.end, anchor.end + 40))
                && next.start < anchor.end + 40
        })
    };
    if !may_stand(anchor, layout, opens_rows) || (layout == Layout::Flow && is_in_a_sentence(sheet, anchor, next)) {
        return None;
    }
    let mut points = if anchor.is_whole() { WHOLE } else { BROKEN };
    if !anchor.exact {
        points += OTHER_CASE;
    }
    if layout == Layout::Lines && !anchor.begins_line {
        points += MID_LINE;
    }
    if layout == Layout::Flow && anchor.value_end.is_none() && goes_on(sheet, anchor) {
        points += IN_A_SENTENCE;
    }
    match anchor.value_end {
        Some(end) if anchor.has_inner_value() || layout == Layout::Flow || sheet.ends_line(end) => {
            points += VALUE_FILLS_LINE
        }
        Some(_) => points += VALUE_BEGINS,
        None => {}
    }
    Some(points)
}

/// In one-line texts: a section title with a Chinese character right before it, as in `並更新股息信息`, or one that a
/// sentence goes on from, though its rows are due. Neither says so where a blank is missing between a value or a row and the title.
fn is_in_a_sentence(sheet: &Sheet<'_>, anchor: &Anchor, next: Option<&Anchor>) -> bool {
    if anchor.label.grammar() != Grammar::Section {
        return false;
    }
    let before = sheet.slice(sheet.window_before(anchor.start, 16));
    let ideograph = before.chars().next_back().is_some_and(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    let day = before.strip_suffix('日').is_some_and(|date| date.ends_with(|c: char| c.is_ascii_digit()));
    let behind_value = day || before.ends_with("不適用") || before.ends_with("有待公佈");
    let at_row = next.is_some_and(|next| next.exact && next.start == anchor.end && next.label > anchor.label);
    let before_rows =
        anchor.label < Label::OtherSection && anchor.closes != Closes::Line && !at_row && goes_on(sheet, anchor);
    (ideograph && !behind_value) || before_rows
}

/// In one-line texts: small letters follow, or Chinese without a blank, so the words are part of a sentence.
pub(super) fn goes_on(sheet: &Sheet<'_>, anchor: &Anchor) -> bool {
    let next = Scan::at(&sheet.text, anchor.end).peek();
    let chinese = next.is_some_and(|c| !c.is_ascii()) && anchor.closes == Closes::Glued;
    chinese || next.is_some_and(|c| c.is_ascii_lowercase() || c == ',' || c == '.')
}

fn may_stand(anchor: &Anchor, layout: Layout, opens_rows: impl Fn() -> bool) -> bool {
    let section = anchor.label.grammar() == Grammar::Section;
    let valued = anchor.value_end.is_some();
    match layout {
        Layout::Tabbed => anchor.begins_line && matches!(anchor.closes, Closes::Tab | Closes::Line),
        Layout::Flow => anchor.exact,
        Layout::Lines if section && anchor.exact && opens_rows() => true,
        Layout::Lines if section => {
            let open = matches!(anchor.label, Label::OtherSection | Label::DirectorsSection);
            anchor.begins_line
                && (matches!(anchor.closes, Closes::Line | Closes::Tab) || (open && anchor.closes == Closes::Blank))
        }
        Layout::Lines if anchor.begins_line => valued || anchor.closes != Closes::Glued,
        Layout::Lines => anchor.exact && valued && anchor.label.grammar().is_closed(),
    }
}
