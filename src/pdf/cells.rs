//! Ruling lines → cells: a page, cut along its lines, falls into patches; patches without a line between them are one cell.
//!
//! So the innermost box takes what stands in it, a cell over several rows is one cell, and the space between a frame and
//! the table inside it is a cell of its own, without text. What no line encloses is no cell.

use super::geometry::{Area, Point};
use super::limits::{Limits, within};
use super::path::Rule;
use crate::finding::Finding;

/// Lines nearer to each other are one: boxes side by side have an edge each.
const SAME: f64 = 2.0;

/// A part of the page with lines all around.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) area: Area,
    /// Whether it has no line at its top, or none at its bottom, as where a page ends inside a row.
    pub(super) open: bool,
}

/// The cells of a page.
#[derive(Default)]
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// For each patch, row by row from below, its cell.
    cell_of: Vec<Option<usize>>,
}

impl Cells {
    /// Cuts a page along its lines.
    pub(super) fn new(rules: &[Rule], limits: &Limits) -> Result<Cells, Finding> {
        let xs = distinct(rules.iter().flat_map(|rule| match rule {
            Rule::Across { left, right, .. } => [*left, *right],
            Rule::Down { x, .. } => [*x, *x],
        }));
        let ys = distinct(rules.iter().flat_map(|rule| match rule {
            Rule::Across { y, .. } => [*y, *y],
            Rule::Down { bottom, top, .. } => [*bottom, *top],
        }));
        within(xs.len() * ys.len(), "patches between ruling lines", limits.patches)?;
        if xs.len() < 2 || ys.len() < 2 {
            return Ok(Cells::default());
        }
        let mut walls = Walls::new(xs.len(), ys.len());
        for rule in rules {
            walls.build(rule, &xs, &ys);
        }
        let lids = walls.close_open_ends();
        let cells = walls.cells(xs, ys, &lids);
        within(cells.cells.len(), "cells on a page", limits.cells)?;
        Ok(cells)
    }

    /// The cell that a point is in.
    pub(super) fn at(&self, point: Point) -> Option<usize> {
        let column = self.xs.partition_point(|x| *x <= point.x).checked_sub(1)?;
        let row = self.ys.partition_point(|y| *y <= point.y).checked_sub(1)?;
        if column + 1 >= self.xs.len() || row + 1 >= self.ys.len() {
            return None;
        }
        *self.cell_of.get(row * (self.xs.len() - 1) + column)?
    }
}

/// Coordinates in order, those that are the same but for [`SAME`] once.
fn distinct(coordinates: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = coordinates.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|next, kept| *next - *kept < SAME);
    sorted
}

/// The index of the coordinate that one was taken for.
fn index(coordinates: &[f64], wanted: f64) -> usize {
    coordinates.partition_point(|known| *known <= wanted).saturating_sub(1)
}

/// Between which patches there is a line.
struct Walls {
    columns: usize,
    rows: usize,
    /// `across[y * columns + x]`: from node (x, y) to the right.
    across: Vec<bool>,
    /// `down[y * columns + x]`: from node (x, y) upwards.
    down: Vec<bool>,
}

impl Walls {
    fn new(columns: usize, rows: usize) -> Walls {
        Walls { columns, rows, across: vec![false; columns * rows], down: vec![false; columns * rows] }
    }

    fn build(&mut self, rule: &Rule, xs: &[f64], ys: &[f64]) {
        match rule {
            Rule::Across { y, left, right } => {
                let row = index(ys, *y);
                self.build_across(row, index(xs, *left), index(xs, *right));
            }
            Rule::Down { x, bottom, top } => {
                let column = index(xs, *x);
                for row in index(ys, *bottom)..index(ys, *top) {
                    set(&mut self.down, row * self.columns + column);
                }
            }
        }
    }

    fn build_across(&mut self, row: usize, from: usize, to: usize) {
        for column in from..to {
            set(&mut self.across, row * self.columns + column);
        }
    }

    fn has_across(&self, column: usize, row: usize) -> bool {
        self.across.get(row * self.columns + column).copied().unwrap_or_default()
    }

    fn has_down(&self, column: usize, row: usize) -> bool {
        self.down.get(row * self.columns + column).copied().unwrap_or_default()
    }

    /// Lines that end at the same height with nothing across there: a table cut by the end of its page. They are joined,
    /// and the heights returned.
    fn close_open_ends(&mut self) -> Vec<usize> {
        let mut closed = Vec::new();
        for row in 0..self.rows {
            let ends: Vec<usize> = (0..self.columns).filter(|column| self.ends_freely(*column, row)).collect();
            if let ([first, .., last], true) = (ends.as_slice(), ends.len() > 1) {
                self.build_across(row, *first, *last);
                closed.push(row);
            }
        }
        closed
    }

    fn ends_freely(&self, column: usize, row: usize) -> bool {
        let above = self.has_down(column, row);
        let below = row.checked_sub(1).is_some_and(|below| self.has_down(column, below));
        let left = column.checked_sub(1).is_some_and(|left| self.has_across(left, row));
        above != below && !left && !self.has_across(column, row)
    }

    /// Joins patches to cells; those that reach the outside are none.
    fn cells(&self, xs: Vec<f64>, ys: Vec<f64>, lids: &[usize]) -> Cells {
        let (wide, high) = (self.columns - 1, self.rows - 1);
        let mut cell_of = vec![None; wide * high];
        let mut met = vec![false; wide * high];
        let mut cells = Vec::new();
        for start in 0..wide * high {
            if met.get(start).copied().unwrap_or(true) {
                continue;
            }
            let (patches, enclosed) = self.flood(start, &mut met);
            if !enclosed {
                continue;
            }
            for patch in &patches {
                if let Some(place) = cell_of.get_mut(*patch) {
                    *place = Some(cells.len());
                }
            }
            let rows = || patches.iter().map(|patch| patch / wide);
            let (low, top) = (rows().min().unwrap_or_default(), rows().max().unwrap_or_default() + 1);
            let area = patches.iter().filter_map(|patch| patch_area(*patch % wide, *patch / wide, &xs, &ys));
            let Some(area) = area.reduce(Area::around) else { continue };
            cells.push(Cell { area, open: lids.contains(&low) || lids.contains(&top) });
        }
        Cells { cells, xs, ys, cell_of }
    }

    /// The patches that can be reached from one without crossing a line, and whether the outside cannot.
    fn flood(&self, start: usize, met: &mut [bool]) -> (Vec<usize>, bool) {
        let (wide, high) = (self.columns - 1, self.rows - 1);
        let mut patches = vec![start];
        let mut enclosed = true;
        set(met, start);
        let mut next = 0;
        while let Some(patch) = patches.get(next).copied() {
            next += 1;
            let (x, y) = (patch % wide, patch / wide);
            let neighbours = [
                (self.has_down(x, y), x.checked_sub(1).map(|x| (x, y))),
                (self.has_down(x + 1, y), Some((x + 1, y)).filter(|(x, _)| *x < wide)),
                (self.has_across(x, y), y.checked_sub(1).map(|y| (x, y))),
                (self.has_across(x, y + 1), Some((x, y + 1)).filter(|(_, y)| *y < high)),
            ];
            for (wall, neighbour) in neighbours {
                match neighbour.map(|(x, y)| y * wide + x) {
                    _ if wall => {}
                    None => enclosed = false,
                    Some(neighbour) if met.get(neighbour).copied().unwrap_or(true) => {}
                    Some(neighbour) => {
                        set(met, neighbour);
                        patches.push(neighbour);
                    }
                }
            }
        }
        (patches, enclosed)
    }
}

fn set(walls: &mut [bool], place: usize) {
    if let Some(wall) = walls.get_mut(place) {
        *wall = true;
    }
}

fn patch_area(x: usize, y: usize, xs: &[f64], ys: &[f64]) -> Option<Area> {
    Some(Area { left: *xs.get(x)?, bottom: *ys.get(y)?, right: *xs.get(x + 1)?, top: *ys.get(y + 1)? })
}
