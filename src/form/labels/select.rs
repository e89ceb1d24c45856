//! Which candidates are the form's own labels: the best sequence in printed order.
//!
//! Label words, whole section titles, even whole rows occur inside titles, reasons, tax texts and other information.
//! What tells the form's own labels from those is their place: they follow each other in printed order, and between
//! two of them stands nothing but a value. So each candidate earns points for what it looks like, each stretch of text
//! between two chosen ones costs points when no free text there could hold it, and the sequence with the most points
//! is the form. It is found by dynamic programming over the candidates in order of place, at most one per row.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::candidate::{self, Candidate};
use super::layout::Layout;
use super::score::{Points, points, striking};
use crate::form::model::{Grammar, LABELS, Label};
use crate::form::text::{SourceText, is_blank};

/// The form's own labels, in printed order, and the rows for which two places are equally good.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// Indices of candidates.
    pub(crate) chosen: Vec<usize>,
    /// Pairs of candidates of one closed row: the chosen one, and another one that its place does not rule out.
    pub(crate) rivals: Vec<(usize, usize)>,
}

// The numbers are weighed against what a label earns by its looks (`score`: 5,000 to 7,000 where nothing is odd) and a
// point for each byte of text that no value accounts for. They were set by hand. Each was halved, doubled, set to 0 and to
// ten times itself over the corpus; the fixtures named are those that then came out otherwise.

/// A label left over between two rows. Less than a label earns: with twice as much, `sections-swapped` loses its status. At
/// 0, `reason-quotes-a-whole-section` is no longer published.
const SKIPPED: Points = 3_000;
/// A row whose section has no title above it, or a section without the one before it: a quotation, unless many rows
/// stand together. As much as four labels earn: with half of it, `sections-swapped` names the other section as the misplaced
/// one; with ten times as much, `titles-in-capitals-en` on one line loses rows of its head.
const HOMELESS: Points = 25_000;
/// A candidate that costs less than this is not ruled out by its place. At 0, `two-declared-amounts` is not told; at ten
/// times as much, far more than a label earns, quoted rows compete too (`reason-quotes-a-whole-section`).
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
        // What a long text takes may begin above its label.
        let above = after.filter(|after| after.order() == before.order() + 1 && after.takes_before());
        match before.grammar() {
            grammar if grammar.takes_anything() => Between::AnyText,
            Grammar::Headline => Between::ShortText,
            _ if above.is_some_and(|above| above.grammar().takes_anything()) => Between::ShortText,
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
    match after.section() {
        Some(section) if before.is_none_or(|before| before < section) => HOMELESS,
        _ => 0,
    }
}

/// A candidate as the search sees it.
struct Node {
    candidate: usize,
    label: Label,
    start: usize,
    reach: usize,
    /// Striking labels that begin before `start` and before `reach`.
    labels_at_start: usize,
    labels_at_reach: usize,
    points: Points,
}

/// Chooses the form's own labels.
pub(crate) fn select(source: &SourceText<'_>, candidates: &mut [Candidate], layout: Layout) -> Selection {
    if let Some(chosen) = in_order(source, candidates, layout) {
        return Selection { chosen, rivals: Vec::new() };
    }
    if layout == Layout::Tabbed {
        candidate::measure_all(source, candidates);
    }
    let labels = striking(candidates, layout);
    let nodes = nodes(source, candidates, layout, &labels);
    let end = (source.text.len(), labels.len());
    let forward = Forward::search(&nodes, end);
    let chosen = forward.best_path(&nodes);
    let rivals = rivals(source, candidates, &nodes, &chosen, &forward, end);
    Selection { chosen: chosen.iter().filter_map(|&c| nodes.get(c)).map(|c| c.candidate).collect(), rivals }
}

/// Most texts hold every label once, in printed order, under its section's title: then there is nothing to weigh.
fn in_order(source: &SourceText<'_>, candidates: &[Candidate], layout: Layout) -> Option<Vec<usize>> {
    let mut chosen = Vec::with_capacity(LABELS);
    let mut last: Option<&Candidate> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(points) = points(source, candidate, candidates.get(index + 1), layout) else { continue };
        let before = last.map(|last| last.label);
        // The section on other information may print its title again as a label.
        if before == Some(Label::OtherSection) && candidate.label == Label::OtherSection {
            continue;
        }
        let follows = last.is_none_or(|last| last.label < candidate.label && last.reach() <= candidate.start);
        if !follows || points <= 0 || homeless(before, candidate.label) > 0 {
            return None;
        }
        chosen.push(index);
        last = Some(candidate);
    }
    Some(chosen)
}

/// So many rows one after the other, none of them the form's own, are those of another form and no quotation.
const ANOTHER_FORM: usize = 9;

/// Where another form begins of which nothing else tells: more rows than a text quotes, in their printed order.
pub(crate) fn another_form(candidates: &[Candidate], selection: &Selection) -> Option<usize> {
    if candidates.len() < selection.chosen.len() + ANOTHER_FORM {
        return None;
    }
    let (mut run, mut begins, mut last) = (0, 0, None);
    for (index, candidate) in candidates.iter().enumerate() {
        let stands = candidate.value_end.is_some() && candidate.label.grammar().is_closed();
        if selection.chosen.binary_search(&index).is_ok() || last.is_some_and(|last| stands && candidate.label <= last)
        {
            (run, last) = (0, None);
        }
        if stands && selection.chosen.binary_search(&index).is_err() {
            begins = if run == 0 { candidate.start } else { begins };
            (run, last) = (run + 1, Some(candidate.label));
        }
        if run == ANOTHER_FORM {
            return Some(begins);
        }
    }
    None
}

fn nodes(source: &SourceText<'_>, candidates: &[Candidate], layout: Layout, labels: &[usize]) -> Vec<Node> {
    let begun = |at: usize| labels.partition_point(|&start| start < at);
    let node = |(index, candidate): (usize, &Candidate)| {
        let points = points(source, candidate, candidates.get(index + 1), layout)?;
        let (start, reach) = (candidate.start, candidate.reach());
        let (labels_at_start, labels_at_reach) = (begun(start), begun(reach));
        Some(Node { candidate: index, label: candidate.label, start, reach, labels_at_start, labels_at_reach, points })
    };
    candidates.iter().enumerate().filter_map(node).collect()
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
    fn search(nodes: &[Node], end: (usize, usize)) -> Forward {
        let mut forward = Forward {
            totals: Vec::with_capacity(nodes.len()),
            parents: Vec::with_capacity(nodes.len()),
            best: None,
            best_points: 0,
        };
        let mut frontier: Frontier = [[None; BETWEEN.len()]; LABELS];
        let mut open: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
        for (index, node) in nodes.iter().enumerate() {
            while let Some(&Reverse((reach, done))) = open.peek() {
                if reach > node.start {
                    break;
                }
                open.pop();
                forward.publish(&mut frontier, nodes, done);
            }
            let (gain, parent) = best_before(&frontier, node);
            let total = node.points + gain;
            forward.totals.push(total);
            forward.parents.push(parent);
            open.push(Reverse((node.reach, index)));
            let tail = tail_cost(node, end);
            // Of two equally good ends the later one: a section title may be quoted in the section before it.
            if forward.best.is_none() || total - tail >= forward.best_points {
                forward.best = Some(index);
                forward.best_points = total - tail;
            }
        }
        forward
    }

    fn publish(&self, frontier: &mut Frontier, nodes: &[Node], index: usize) {
        let (Some(node), Some(total)) = (nodes.get(index), self.totals.get(index)) else { return };
        let Some(slots) = frontier.get_mut(node.label.order()) else { return };
        for (slot, between) in slots.iter_mut().zip(BETWEEN) {
            let points = total + between.cost(node.reach, node.labels_at_reach);
            if slot.is_none_or(|(best, _)| points > best) {
                *slot = Some((points, index));
            }
        }
    }

    fn best_path(&self, nodes: &[Node]) -> Vec<usize> {
        let mut path = Vec::with_capacity(LABELS);
        let mut next = self.best;
        while let Some(index) = next.filter(|index| *index < nodes.len()) {
            path.push(index);
            next = self.parents.get(index).copied().flatten();
        }
        path.reverse();
        path
    }
}

/// The best sequence that a candidate can follow, and what it adds.
fn best_before(frontier: &Frontier, node: &Node) -> (Points, Option<usize>) {
    let alone = Between::Values.cost(node.start, node.labels_at_start) + homeless(None, node.label);
    let mut best = (-alone, None);
    for (label, slots) in Label::ALL.iter().zip(frontier).take(node.label.order()) {
        let between = Between::labels(*label, Some(node.label));
        if let Some(Some((points, index))) = slots.get(between.index()) {
            let cost = between.cost(node.start, node.labels_at_start) + homeless(Some(*label), node.label);
            let gain = points - cost;
            if gain > best.0 {
                best = (gain, Some(*index));
            }
        }
    }
    best
}

fn tail_cost(node: &Node, end: (usize, usize)) -> Points {
    let between = Between::labels(node.label, None);
    between.cost(end.0, end.1) - between.cost(node.reach, node.labels_at_reach)
}

/// Other places of chosen closed rows whose best sequence is almost as good, with another valid value.
fn rivals(
    source: &SourceText<'_>,
    candidates: &[Candidate],
    nodes: &[Node],
    chosen: &[usize],
    forward: &Forward,
    end: (usize, usize),
) -> Vec<(usize, usize)> {
    let mut own: [Option<usize>; LABELS] = [None; LABELS];
    for &index in chosen {
        if let Some(slot) = nodes.get(index).and_then(|c| own.get_mut(c.label.order())) {
            *slot = Some(index);
        }
    }
    let value = |node: &Node| candidates.get(node.candidate).and_then(|candidate| printed_value(source, candidate));
    let contested = |(index, node): (usize, &Node)| {
        let chosen = own.get(node.label.order()).copied().flatten().filter(|&chosen| chosen != index)?;
        let differs = value(node)? != value(nodes.get(chosen)?)?;
        differs.then_some((chosen, index))
    };
    let contested: Vec<(usize, usize)> = nodes.iter().enumerate().filter_map(contested).collect();
    if contested.is_empty() {
        return Vec::new();
    }
    let after = backward(nodes, end);
    let in_doubt = |&(_, other): &(usize, usize)| {
        let through = forward.totals.get(other).zip(after.get(other)).map(|(before, after)| before + after);
        through.is_some_and(|through| forward.best_points - through < DOUBT)
    };
    let anchor_of = |index: usize| nodes.get(index).map(|c| c.candidate);
    contested.iter().filter(|pair| in_doubt(pair)).filter_map(|&(a, b)| Some((anchor_of(a)?, anchor_of(b)?))).collect()
}

/// The valid value of a candidate of a closed row, blanks left out.
fn printed_value(source: &SourceText<'_>, candidate: &Candidate) -> Option<String> {
    let end = candidate.value_end?;
    let start = if candidate.has_inner_value() { candidate.gap.start } else { candidate.end };
    let closed = candidate.label.grammar().is_closed();
    closed.then(|| source.slice(start..end).chars().filter(|c| !is_blank(*c)).collect())
}

/// What the best sequence adds after each candidate: the same search from the bottom of the text upwards.
fn backward(nodes: &[Node], end: (usize, usize)) -> Vec<Points> {
    let mut after: Vec<Points> = nodes.iter().map(|node| -tail_cost(node, end)).collect();
    let mut by_reach: Vec<usize> = (0..nodes.len()).collect();
    by_reach.sort_unstable_by_key(|&index| Reverse(nodes.get(index).map_or(0, |c| c.reach)));
    let mut frontier: [[Option<Points>; BETWEEN.len()]; LABELS] = [[None; BETWEEN.len()]; LABELS];
    let mut next = nodes.len();
    for index in by_reach {
        let Some(node) = nodes.get(index) else { continue };
        while let Some(later) = next.checked_sub(1).and_then(|i| nodes.get(i)).filter(|c| c.start >= node.reach) {
            next -= 1;
            let total = later.points + after.get(next).copied().unwrap_or_default();
            if let Some(slots) = frontier.get_mut(later.label.order()) {
                for (slot, between) in slots.iter_mut().zip(BETWEEN) {
                    let points = total - between.cost(later.start, later.labels_at_start);
                    *slot = Some(slot.map_or(points, |best| best.max(points)));
                }
            }
        }
        for (label, slots) in Label::ALL.iter().zip(&frontier).skip(node.label.order() + 1) {
            let between = Between::labels(node.label, Some(*label));
            if let (Some(Some(points)), Some(best)) = (slots.get(between.index()), after.get_mut(index)) {
                let cost = homeless(Some(node.label), *label);
                *best = (*best).max(points + between.cost(node.reach, node.labels_at_reach) - cost);
            }
        }
    }
    after
}
