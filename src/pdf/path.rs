//! Paths → ruling lines: what is stroked or filled and looks like a straight line along an axis.

use super::geometry::{Area, Matrix, Point};
use super::lexer::{Operand, Operation};

/// A straight line along an axis: of a table, or under a heading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    Across { y: f64, left: f64, right: f64 },
    Down { x: f64, bottom: f64, top: f64 },
}

/// Lines and boxes that are neither stroked nor filled yet.
#[derive(Default)]
pub(super) struct Path {
    start: Point,
    at: Point,
    lines: Vec<Rule>,
    boxes: Vec<Area>,
}

impl Path {
    /// Adds what an operator draws.
    pub(super) fn follow(&mut self, operation: &Operation<'_>, matrix: &Matrix) {
        match operation.operator {
            b"m" => {
                if let Some([x, y]) = operation.numbers() {
                    self.start = matrix.apply(x, y);
                    self.at = self.start;
                }
            }
            b"l" => {
                if let Some([x, y]) = operation.numbers() {
                    self.line_to(matrix.apply(x, y));
                }
            }
            b"h" => self.line_to(self.start),
            // A curve is no ruling line, but the next line begins where it ends.
            b"c" | b"v" | b"y" => {
                if let [.., Operand::Number(x), Operand::Number(y)] = operation.operands.as_slice() {
                    self.at = matrix.apply(*x, *y);
                }
            }
            b"re" => {
                if let Some([x, y, width, height]) = operation.numbers() {
                    self.boxes.push(Area::between(matrix.apply(x, y), matrix.apply(x + width, y + height)));
                }
            }
            _ => {}
        }
    }

    fn line_to(&mut self, to: Point) {
        let area = Area::between(self.at, to);
        self.at = to;
        self.lines.extend(thin(area));
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len() + self.boxes.len()
    }

    /// Ends the path: its lines, and the sides of its boxes.
    pub(super) fn stroked(&mut self) -> Vec<Rule> {
        let path = std::mem::take(self);
        path.lines.into_iter().chain(path.boxes.into_iter().flat_map(edges)).collect()
    }

    /// Ends the path: its boxes so thin that they are seen as lines.
    pub(super) fn filled(&mut self) -> Vec<Rule> {
        std::mem::take(self).boxes.into_iter().filter_map(thin).collect()
    }
}

/// Wider than this, a filled box is no line.
const THICKEST: f64 = 2.5;

/// A box without breadth, as a line; a short one is a dot or a dash.
fn thin(area: Area) -> Option<Rule> {
    let (width, height) = (area.width(), area.height());
    if height <= THICKEST && width > 2.0 * THICKEST {
        let y = f64::midpoint(area.bottom, area.top);
        return Some(Rule::Across { y, left: area.left, right: area.right });
    }
    let x = f64::midpoint(area.left, area.right);
    (width <= THICKEST && height > 2.0 * THICKEST).then_some(Rule::Down { x, bottom: area.bottom, top: area.top })
}

fn edges(area: Area) -> Vec<Rule> {
    if let Some(line) = thin(area) {
        return vec![line];
    }
    let Area { left, bottom, right, top } = area;
    vec![
        Rule::Across { y: bottom, left, right },
        Rule::Across { y: top, left, right },
        Rule::Down { x: left, bottom, top },
        Rule::Down { x: right, bottom, top },
    ]
}
