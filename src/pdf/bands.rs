//! Rows that are underlined, not boxed, as the head of a form may be: the lines around them that were not drawn.

use super::page::Glyph;
use super::path::Rule;

/// Ends of lines nearer than this are at the same place.
const NEAR: f64 = 3.0;
/// Underlines farther apart do not belong to one block.
const TALLEST_ROW: f64 = 90.0;

/// An underline.
#[derive(Clone, Copy)]
struct Under {
    y: f64,
    left: f64,
    right: f64,
}

/// The missing lines of all blocks of underlined rows.
pub(super) fn missing(rules: &[Rule], glyphs: &[Glyph]) -> Vec<Rule> {
    let mut free: Vec<Under> = rules.iter().filter_map(|rule| underline(rule, rules)).collect();
    free.sort_by(|one, other| one.left.total_cmp(&other.left).then(other.y.total_cmp(&one.y)));
    free.chunk_by(in_one_block).flat_map(|block| frame(block, glyphs)).collect()
}

/// A line across that no line down touches.
fn underline(rule: &Rule, rules: &[Rule]) -> Option<Under> {
    let Rule::Across { y, left, right } = *rule else { return None };
    let touched = rules.iter().any(|other| match *other {
        Rule::Down { x, bottom, top } => left - NEAR < x && x < right + NEAR && bottom - NEAR < y && y < top + NEAR,
        Rule::Across { .. } => false,
    });
    (!touched).then_some(Under { y, left, right })
}

fn in_one_block(above: &Under, below: &Under) -> bool {
    (above.left - below.left).abs() < NEAR
        && (above.right - below.right).abs() < NEAR
        && above.y - below.y < TALLEST_ROW
}

/// The frame of a block, with a column for the labels beside its underlines. Its first row is as high as its lowest one.
fn frame(block: &[Under], glyphs: &[Glyph]) -> Vec<Rule> {
    let ([first, .., last], pitch) = (block, pitch(block)) else { return Vec::new() };
    let Under { left, right, .. } = *first;
    let (top, bottom) = (first.y + pitch, last.y);
    let beside = glyphs.iter().filter(|glyph| bottom < glyph.base && glyph.base < top && glyph.right < left);
    let labels = beside.map(|glyph| glyph.left - NEAR).reduce(f64::min);
    let outer = labels.unwrap_or(left);
    let across = block.iter().map(|under| under.y).chain([top]).map(|y| Rule::Across { y, left: outer, right });
    let down = [outer, left, right].map(|x| Rule::Down { x, bottom, top });
    across.chain(down).collect()
}

fn pitch(block: &[Under]) -> f64 {
    let gaps = block.iter().zip(block.iter().skip(1)).map(|(above, below)| above.y - below.y);
    gaps.fold(TALLEST_ROW, f64::min)
}
