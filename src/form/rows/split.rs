//! Where each stretch of text between two labels is cut: what stands before the cut belongs to the label above it, what
//! stands after it to the label below.
//!
//! In layouts made from pages a value stands after its label, above it, between its halves, or on both sides of it.
//! Which it is cannot be seen at one label alone: `5 June / Record date / 7 June / Payment date` may be read in two
//! ways until the neighbours are known. So the cuts are chosen together, such that as many rows as possible hold a
//! valid value and as little text as possible is left over.

use std::ops::Range;

use super::cuts::{Cuts, Stretch};
use super::fit::{Fit, fit};
use crate::form::labels::{Candidate, Layout};
use crate::form::model::Grammar;
use crate::form::text::SourceText;

/// The stretches of text before the first label, between labels, and after the last.
pub(crate) fn zones(source: &SourceText<'_>, labels: &[Candidate], from: usize) -> Vec<Range<usize>> {
    let mut zones = Vec::with_capacity(labels.len() + 1);
    let mut start = from;
    for candidate in labels {
        zones.push(source.trim(start..candidate.start.max(start)));
        start = candidate.end;
    }
    zones.push(source.trim(start..source.text.len().max(start)));
    zones
}

/// A place for each zone to be cut at.
pub(crate) fn cut(source: &SourceText<'_>, labels: &[Candidate], layout: Layout, zones: &[Range<usize>]) -> Vec<usize> {
    let stretch = |(index, zone): (usize, &Range<usize>)| {
        let left = index.checked_sub(1).and_then(|i| labels.get(i));
        let goes_on = zones.get(index + 1).is_some_and(|next| next.start < next.end);
        Stretch { source, layout, left, right: labels.get(index), zone: zone.clone(), goes_on }
    };
    let price = |index: usize, before: usize, after: usize| {
        let (candidate, above, below) = (labels.get(index)?, zones.get(index)?, zones.get(index + 1)?);
        let ((_, before), (after, _)) = (parted(source, above, before), parted(source, below, after));
        Some(cost_of(source, layout, candidate, &before, &after))
    };
    // Most often the first fixed fits every row: nothing can be better.
    let first: Vec<usize> = zones.iter().enumerate().map(|zone| stretch(zone).first_cut()).collect();
    let mut sides = first.iter().zip(first.iter().skip(1)).enumerate();
    if sides.all(|(index, (&before, &after))| price(index, before, after) == Some(0)) {
        return first;
    }
    let options: Vec<Cuts> = zones.iter().enumerate().map(|zone| stretch(zone).cuts()).collect();
    cheapest(&options, price)
}

/// The two parts of a zone that is cut, without the blanks around them.
pub(crate) fn parted(source: &SourceText<'_>, zone: &Range<usize>, cut: usize) -> (Range<usize>, Range<usize>) {
    // Nearly always one part is the whole zone, which has no blanks around it.
    if cut == zone.end {
        (zone.clone(), cut..cut)
    } else if cut == zone.start {
        (cut..cut, zone.clone())
    } else {
        (source.trim(zone.start..cut), source.trim(cut..zone.end))
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

// What a row costs whose text does not fit it, set by hand. Each was tried alone at 0, half, double and ten times itself
// over the corpus; the fixtures named are those that then came out otherwise.

/// No text where a value is due. Dear: at 0, text is left over beside rows that have none (`amount-in-cents-en` on one line).
const NO_VALUE: u32 = 50;
/// Text outside the grammar: hardly cheaper than none, so that it is published as unread and not lost. With twice as much
/// it is left over in the same fixture.
const OUTSIDE: u32 = 48;
/// A value, and text that no row takes. At 0, rows give up text that is theirs: an `其他` its further words (00288, a real
/// form).
const LEFT_OVER: u32 = 45;
/// No text where there need not be any. No form of the corpus hangs on it.
const NO_TEXT: u32 = 20;

fn cost_of(
    source: &SourceText<'_>,
    layout: Layout,
    candidate: &Candidate,
    before: &Range<usize>,
    after: &Range<usize>,
) -> u32 {
    match fit(source, layout, candidate, before, after) {
        Fit::Whole => unevenness(source, candidate, before, after),
        Fit::Empty if candidate.label.grammar().is_section() => 0,
        Fit::Empty if candidate.label.grammar().is_text() => NO_TEXT,
        Fit::Empty => NO_VALUE,
        Fit::Behind(_) | Fit::InFront | Fit::Title => LEFT_OVER,
        Fit::Outside => OUTSIDE,
    }
}

/// A label stands in the middle of a text of several lines: as many lines above it as below.
fn unevenness(source: &SourceText<'_>, candidate: &Candidate, before: &Range<usize>, after: &Range<usize>) -> u32 {
    if candidate.label.grammar() != Grammar::Headline {
        return 0;
    }
    let below =
        source.line_end(candidate.end).max(after.start)..after.end.max(source.line_end(candidate.end).max(after.start));
    let count = |range: Range<usize>| u32::try_from(source.lines(range).take(20).count()).unwrap_or_default();
    count(before.clone()).abs_diff(count(below))
}
