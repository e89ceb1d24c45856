//! What a candidate earns by its looks alone: whole, in the form's own letters, on a line of its own, before a value.

use super::candidate::{Candidate, Closes};
use super::layout::Layout;
use crate::form::model::Grammar;
use crate::form::text::{Cursor, SourceText};

/// What candidates earn, and what the text between them costs.
pub(super) type Points = i64;

/// A label in one piece: the unit of all the numbers here and in `select`, which says how they were tried.
const WHOLE: Points = 5_000;
/// A label in two pieces: a little less, so that of two rows for one label the whole one is taken. The difference is below
/// the doubt of `select`, so that both are told (`two-lodgement-rows-one-broken`).
const BROKEN: Points = 4_500;
/// Not in the form's own letters. Only far more than this would lose a form in capitals (`titles-in-capitals-en`).
const OTHER_CASE: Points = -2_000;
/// Not at the beginning of its line, where lines have rows. No form of the corpus hangs on it.
const MID_LINE: Points = -3_000;
/// In one-line texts, words that a sentence goes on from; on lines, a last section's title that one does. Without it `directors-quote-labels-en` on one line takes a quoted
/// title; with twice as much a title that is glued to what stands around it is lost (`one-line-glued-at-titles-zh`).
const IN_A_SENTENCE: Points = -3_000;
/// A valid value, and nothing else on its line: the surest sign there is. Without it `sections-swapped` loses its status.
const VALUE_FILLS_LINE: Points = 2_000;
/// A valid value, and more on its line: half as sure. No form of the corpus hangs on it.
const VALUE_BEGINS: Points = 1_000;

/// Places of labels that nobody would overlook: left over, they weigh against a sequence.
pub(super) fn striking(candidates: &[Candidate], layout: Layout) -> Vec<usize> {
    let strikes = |candidate: &&Candidate| {
        (candidate.is_whole() || candidate.has_inner_value())
            && candidate.exact
            && candidate.closes != Closes::Glued
            && match layout {
                Layout::Flow => candidate.value_end.is_some() || candidate.label.grammar().is_section(),
                Layout::Lines | Layout::Tabbed => {
                    candidate.begins_line
                        && (!candidate.label.grammar().is_section() || candidate.closes != Closes::Blank)
                }
            }
    };
    candidates.iter().filter(strikes).map(|candidate| candidate.start).collect()
}

/// What a candidate earns by its looks; `None` when it cannot be a label.
pub(super) fn points(
    source: &SourceText<'_>,
    candidate: &Candidate,
    next: Option<&Candidate>,
    layout: Layout,
) -> Option<Points> {
    // A section title may share its line with the first row of the section.
    let opens_rows = || {
        next.is_some_and(|next| {
            next.exact
                && next.label > candidate.label
                && source.is_blank(candidate.end..next.start.clamp(candidate.end, candidate.end + 40))
                && next.start < candidate.end + 40
        })
    };
    if !may_stand(candidate, layout, opens_rows)
        || (layout == Layout::Flow && is_in_a_sentence(source, candidate, next))
    {
        return None;
    }
    let mut points = if candidate.is_whole() { WHOLE } else { BROKEN };
    if !candidate.exact {
        points += OTHER_CASE;
    }
    if layout == Layout::Lines && !candidate.begins_line {
        points += MID_LINE;
    }
    let open = candidate.label.grammar() == Grammar::OpenSection && layout == Layout::Lines;
    if (layout == Layout::Flow || open) && candidate.value_end.is_none() && goes_on(source, candidate) {
        points += IN_A_SENTENCE;
    }
    match candidate.value_end {
        Some(end) if candidate.has_inner_value() || layout == Layout::Flow || source.ends_line(end) => {
            points += VALUE_FILLS_LINE
        }
        Some(_) => points += VALUE_BEGINS,
        None => {}
    }
    Some(points)
}

/// In one-line texts: a section title with a Chinese character right before it, as in `並更新股息信息`, or one that a
/// sentence goes on from, though its rows are due. Neither says so where a blank is missing between a value or a row and the title.
fn is_in_a_sentence(source: &SourceText<'_>, candidate: &Candidate, next: Option<&Candidate>) -> bool {
    if !candidate.label.grammar().is_section() {
        return false;
    }
    let before = source.slice(source.window_before(candidate.start, 16));
    let ideograph = before.chars().next_back().is_some_and(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    let day = before.strip_suffix('日').is_some_and(|date| date.ends_with(|c: char| c.is_ascii_digit()));
    let behind_value = day || before.ends_with("不適用") || before.ends_with("有待公佈");
    let at_row = next.is_some_and(|next| next.exact && next.start == candidate.end && next.label > candidate.label);
    let before_rows = candidate.label.grammar() == Grammar::Section
        && candidate.closes != Closes::Line
        && !at_row
        && goes_on(source, candidate);
    (ideograph && !behind_value) || before_rows
}

/// In one-line texts: small letters follow, or Chinese without a blank, so the words are part of a sentence.
pub(crate) fn goes_on(source: &SourceText<'_>, candidate: &Candidate) -> bool {
    let next = Cursor::at(&source.text, candidate.end).peek();
    let chinese = next.is_some_and(|c| !c.is_ascii()) && candidate.closes == Closes::Glued;
    chinese || next.is_some_and(|c| c.is_ascii_lowercase() || c == ',' || c == '.')
}

fn may_stand(candidate: &Candidate, layout: Layout, opens_rows: impl Fn() -> bool) -> bool {
    let section = candidate.label.grammar().is_section();
    let valued = candidate.value_end.is_some();
    match layout {
        Layout::Tabbed => candidate.begins_line && matches!(candidate.closes, Closes::Tab | Closes::Line),
        Layout::Flow => candidate.exact,
        Layout::Lines if section && candidate.exact && opens_rows() => true,
        Layout::Lines if section => {
            let open = candidate.label.grammar() == Grammar::OpenSection;
            candidate.begins_line
                && (matches!(candidate.closes, Closes::Line | Closes::Tab)
                    || (open && candidate.closes == Closes::Blank))
        }
        Layout::Lines if candidate.begins_line => valued || candidate.closes != Closes::Glued,
        Layout::Lines => candidate.exact && valued && candidate.label.grammar().is_closed(),
    }
}
