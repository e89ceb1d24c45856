//! Which candidates are the form's own labels: the best sequence in printed order.
//!
//! Label words, whole section titles, even whole rows occur inside titles, reasons, tax texts and other information.
//! What tells the form's own labels from those is their place: they follow each other in printed order, and between
//! two of them stands nothing but a value. So each candidate earns points for what it looks like, each stretch of text
//! between two chosen ones costs points when no free text there could hold it, and the sequence with the most points
//! is the form. It is found by dynamic programming over the candidates in order of place, at most one per row.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::anchor::{self, Anchor};
use super::label::{LABELS, Label};
use super::layout::Layout;
use super::looks::{Points, points, striking};
use super::sheet::Sheet;

/// The form's own labels, in printed order, and the rows for which two places are equally good.
#[derive(Debug, Default)]
pub struct Placed {
    /// Indices of anchors.
    pub chosen: Vec<usize>,
    /// Pairs of anchors of one closed row: the chosen one, and another one that its place does not rule out.
    pub rivals: Vec<(usize, usize)>,
}

/// A label left over between two rows.
const SKIPPED: Points = 3_000;
/// A row whose section has no title above it, or a section without the one before it: a quotation, unless many rows
/// stand together.
const HOMELESS: Points = 25_000;
/// A candidate that costs less than this is not ruled out by its place.
const DOUBT: Points = 2_500;

/// What may stand between two labels that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// Only values.
    Values,
    /// A title or the like: label words may occur in it, but rarely.
    ShortText,
    /// Anything.
    AnyText,
}

const BETWEEN: [Between; 3] = [Between::Values, Between::ShortText, Between::AnyText];

impl Between {
    fn labels(before: Label, after: Option<Label>) -> Between {
        use Label::{Status, TaxSection, Title, UpdateReason, WithholdingTax};
        match (before, after) {
            (before, _) if before.takes_anything() => Between::AnyText,
            (Title, _) | (Status, Some(UpdateReason)) | (TaxSection, Some(WithholdingTax)) => Between::ShortText,
            _ => Between::Values,
        }
    }

    fn index(self) -> usize {
        self as usize
    }

    /// Cost of the text up to a place, so that the difference of two is the cost between them.
    fn cost(self, bytes: usize, labels: usize) -> Points {
        let (bytes, labels) =
            (Points::try_from(bytes).unwrap_or(Points::MAX / 4), Points::try_from(labels).unwrap_or(0));
        match self {
            Between::Values => bytes + labels * SKIPPED,
            Between::ShortText => bytes + labels * SKIPPED / 2,
            Between::AnyText => 0,
        }
    }
}

/// What it costs that one label follows another, or begins the form, though a section title is due between them.
fn homeless(before: Option<Label>, after: Label) -> Points {
    use Label::{DefaultPayment, DividendSection, DividendType, Fractions, RegisterSection, Registrar};
    let section = match after {
        label if (DividendType..=Fractions).contains(&label) || label == RegisterSection => DividendSection,
        label if (DefaultPayment..=Registrar).contains(&label) => RegisterSection,
        _ => return 0,
    };
    if before.is_some_and(|before| before >= section) { 0 } else { HOMELESS }
}

/// One candidate as the search sees it.
struct Candidate {
    anchor: usize,
    label: Label,
    start: usize,
    reach: usize,
    /// Striking labels that begin before `start` and before `reach`.
    labels_at_start: usize,
    labels_at_reach: usize,
    points: Points,
}

/// Chooses the form's own labels.
pub fn choose(sheet: &Sheet<'_>, anchors: &mut [Anchor], layout: Layout) -> Placed {
    if let Some(chosen) = in_order(sheet, anchors, layout) {
        return Placed { chosen, rivals: Vec::new() };
    }
    if layout == Layout::Tabbed {
        anchor::measure_all(sheet, anchors);
    }
    let labels = striking(anchors, layout);
    let candidates = candidates(sheet, anchors, layout, &labels);
    let end = (sheet.text.len(), labels.len());
    let forward = Forward::search(&candidates, end);
    let chosen = forward.best_path(&candidates);
    let rivals = rivals(sheet, anchors, &candidates, &chosen, &forward, end);
    Placed { chosen: chosen.iter().filter_map(|&c| candidates.get(c)).map(|c| c.anchor).collect(), rivals }
}

/// Most texts hold every label once, in printed order, under its section's title: then there is nothing to weigh.
fn in_order(sheet: &Sheet<'_>, anchors: &[Anchor], layout: Layout) -> Option<Vec<usize>> {
    let mut chosen = Vec::with_capacity(LABELS);
    let mut last: Option<&Anchor> = None;
    for (index, anchor) in anchors.iter().enumerate() {
        let Some(points) = points(sheet, anchor, anchors.get(index + 1), layout) else { continue };
        let before = last.map(|last| last.label);
        // The section on other information may print its title again as a label.
        if before == Some(Label::OtherSection) && anchor.label == Label::OtherSection {
            continue;
        }
        let follows = last.is_none_or(|last| last.label < anchor.label && last.reach() <= anchor.start);
        if !follows || points <= 0 || homeless(before, anchor.label) > 0 {
            return None;
        }
        chosen.push(index);
        last = Some(anchor);
    }
    Some(chosen)
}

fn candidates(sheet: &Sheet<'_>, anchors: &[Anchor], layout: Layout, labels: &[usize]) -> Vec<Candidate> {
    let begun = |at: usize| labels.partition_point(|&start| start < at);
    let candidate = |(index, anchor): (usize, &Anchor)| {
        let points = points(sheet, anchor, anchors.get(index + 1), layout)?;
        let (start, reach) = (anchor.start, anchor.reach());
        let (labels_at_start, labels_at_reach) = (begun(start), begun(reach));
        Some(Candidate { anchor: index, label: anchor.label, start, reach, labels_at_start, labels_at_reach, points })
    };
    anchors.iter().enumerate().filter_map(candidate).collect()
}

/// The search from the top of the text downwards.
struct Forward {
    /// Points of the best sequence that ends with each candidate.
    totals: Vec<Points>,
    parents: Vec<Option<usize>>,
    best: Option<usize>,
    best_points: Points,
}

/// The best sequences so far, by their last label and by what may follow it: points plus the cost up to their end.
type Frontier = [[Option<(Points, usize)>; BETWEEN.len()]; LABELS];

impl Forward {
    fn search(candidates: &[Candidate], end: (usize, usize)) -> Forward {
        let mut forward = Forward {
            totals: Vec::with_capacity(candidates.len()),
            parents: Vec::with_capacity(candidates.len()),
            best: None,
            best_points: 0,
        };
        let mut frontier: Frontier = [[None; BETWEEN.len()]; LABELS];
        let mut open: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            while let Some(&Reverse((reach, done))) = open.peek() {
                if reach > candidate.start {
                    break;
                }
                open.pop();
                forward.publish(&mut frontier, candidates, done);
            }
            let (gain, parent) = best_before(&frontier, candidate);
            let total = candidate.points + gain;
            forward.totals.push(total);
            forward.parents.push(parent);
            open.push(Reverse((candidate.reach, index)));
            let tail = tail_cost(candidate, end);
            // Of two equally good ends the later one: a section title may be quoted in the section before it.
            if forward.best.is_none() || total - tail >= forward.best_points {
                forward.best = Some(index);
                forward.best_points = total - tail;
            }
        }
        forward
    }

    fn publish(&self, frontier: &mut Frontier, candidates: &[Candidate], index: usize) {
        let (Some(candidate), Some(total)) = (candidates.get(index), self.totals.get(index)) else { return };
        let Some(slots) = frontier.get_mut(candidate.label.order()) else { return };
        for (slot, between) in slots.iter_mut().zip(BETWEEN) {
            let points = total + between.cost(candidate.reach, candidate.labels_at_reach);
            if slot.is_none_or(|(best, _)| points > best) {
                *slot = Some((points, index));
            }
        }
    }

    fn best_path(&self, candidates: &[Candidate]) -> Vec<usize> {
        let mut path = Vec::with_capacity(LABELS);
        let mut next = self.best;
        while let Some(index) = next.filter(|index| *index < candidates.len()) {
            path.push(index);
            next = self.parents.get(index).copied().flatten();
        }
        path.reverse();
        path
    }
}

/// The best sequence that a candidate can follow, and what it adds.
fn best_before(frontier: &Frontier, candidate: &Candidate) -> (Points, Option<usize>) {
    let alone = Between::Values.cost(candidate.start, candidate.labels_at_start) + homeless(None, candidate.label);
    let mut best = (-alone, None);
    for (label, slots) in Label::ALL.iter().zip(frontier).take(candidate.label.order()) {
        let between = Between::labels(*label, Some(candidate.label));
        if let Some(Some((points, index))) = slots.get(between.index()) {
            let cost =
                between.cost(candidate.start, candidate.labels_at_start) + homeless(Some(*label), candidate.label);
            let gain = points - cost;
            if gain > best.0 {
                best = (gain, Some(*index));
            }
        }
    }
    best
}

fn tail_cost(candidate: &Candidate, end: (usize, usize)) -> Points {
    let between = Between::labels(candidate.label, None);
    between.cost(end.0, end.1) - between.cost(candidate.reach, candidate.labels_at_reach)
}

/// Other places of chosen closed rows whose best sequence is almost as good, with another valid value.
fn rivals(
    sheet: &Sheet<'_>,
    anchors: &[Anchor],
    candidates: &[Candidate],
    chosen: &[usize],
    forward: &Forward,
    end: (usize, usize),
) -> Vec<(usize, usize)> {
    let mut own: [Option<usize>; LABELS] = [None; LABELS];
    for &index in chosen {
        if let Some(slot) = candidates.get(index).and_then(|c| own.get_mut(c.label.order())) {
            *slot = Some(index);
        }
    }
    let value = |candidate: &Candidate| anchors.get(candidate.anchor).and_then(|anchor| printed_value(sheet, anchor));
    let contested = |(index, candidate): (usize, &Candidate)| {
        let chosen = own.get(candidate.label.order()).copied().flatten().filter(|&chosen| chosen != index)?;
        let differs = value(candidate)? != value(candidates.get(chosen)?)?;
        differs.then_some((chosen, index))
    };
    let contested: Vec<(usize, usize)> = candidates.iter().enumerate().filter_map(contested).collect();
    if contested.is_empty() {
        return Vec::new();
    }
    let after = backward(candidates, end);
    let in_doubt = |&(_, other): &(usize, usize)| {
        let through = forward.totals.get(other).zip(after.get(other)).map(|(before, after)| before + after);
        through.is_some_and(|through| forward.best_points - through < DOUBT)
    };
    let anchor_of = |index: usize| candidates.get(index).map(|c| c.anchor);
    contested.iter().filter(|pair| in_doubt(pair)).filter_map(|&(a, b)| Some((anchor_of(a)?, anchor_of(b)?))).collect()
}

/// The valid value of a candidate of a closed row, blanks left out.
fn printed_value(sheet: &Sheet<'_>, anchor: &Anchor) -> Option<String> {
    let end = anchor.value_end?;
    let start = if anchor.has_inner_value() { anchor.gap.start } else { anchor.end };
    let closed = anchor.label.grammar().is_closed();
    closed.then(|| sheet.slice(start..end).chars().filter(|c| !super::scan::is_blank(*c)).collect())
}

/// What the best sequence adds after each candidate: the same search from the bottom of the text upwards.
fn backward(candidates: &[Candidate], end: (usize, usize)) -> Vec<Points> {
    let mut after: Vec<Points> = candidates.iter().map(|candidate| -tail_cost(candidate, end)).collect();
    let mut by_reach: Vec<usize> = (0..candidates.len()).collect();
    by_reach.sort_unstable_by_key(|&index| Reverse(candidates.get(index).map_or(0, |c| c.reach)));
    let mut frontier: [[Option<Points>; BETWEEN.len()]; LABELS] = [[None; BETWEEN.len()]; LABELS];
    let mut next = candidates.len();
    for index in by_reach {
        let Some(candidate) = candidates.get(index) else { continue };
        while let Some(later) =
            next.checked_sub(1).and_then(|i| candidates.get(i)).filter(|c| c.start >= candidate.reach)
        {
            next -= 1;
            let total = later.points + after.get(next).copied().unwrap_or_default();
            if let Some(slots) = frontier.get_mut(later.label.order()) {
                for (slot, between) in slots.iter_mut().zip(BETWEEN) {
                    let points = total - between.cost(later.start, later.labels_at_start);
                    *slot = Some(slot.map_or(points, |best| best.max(points)));
                }
            }
        }
        for (label, slots) in Label::ALL.iter().zip(&frontier).skip(candidate.label.order() + 1) {
            let between = Between::labels(candidate.label, Some(*label));
            if let (Some(Some(points)), Some(best)) = (slots.get(between.index()), after.get_mut(index)) {
                let cost = homeless(Some(candidate.label), *label);
                *best = (*best).max(points + between.cost(candidate.reach, candidate.labels_at_reach) - cost);
            }
        }
    }
    after
}
