//! Table rows from lines: the cells of a row are cut into lines, and the lines of its cells are interleaved.
//!
//! ```text
//! 非居民企業                        first line of the type
//! 如H股股東為境外H股非居民企業     first line of the information
//! （非中國內地登記地址） 10%       second line of the type, and the rate
//! 股東將按10%的稅率代扣            further lines of the information
//! ```
//!
//! Or two columns on one line, with the rate alone between the first two lines.

use super::line::{self, Line};
use super::rate::Rate;
use super::{known, row};
use crate::form::model::{Language, WithholdingRow};

/// Of two columns alone, the lines up to each rate are the type that it belongs to; with anything behind the last rate this
/// is not such a table.
pub(super) fn rows_of_two(lines: &[Line<'_>], language: Language) -> Option<Vec<WithholdingRow>> {
    let mut rows = Vec::new();
    let mut kind: Vec<&str> = Vec::new();
    for line in lines {
        let alone = Rate::whole(line.text).filter(|_| !kind.is_empty()).map(|rate| ("", rate));
        match alone.or(line.rate) {
            Some((before, rate)) => {
                kind.extend(Some(before).filter(|before| !before.is_empty()));
                let row = row(&kind, rate, &[], language)?;
                rows.push(Some(row).filter(|row| is_one_type(&kind, &row.shareholder_type))?);
                kind.clear();
            }
            None if line.speaks() || line.holds_a_rate() => return None,
            None => kind.push(line.text),
        }
    }
    (kind.is_empty() && !rows.is_empty()).then_some(rows)
}

/// Whether pieces are one type: a known one, or on one line, or with its place in brackets below it. Of others it cannot be
/// seen that no second column stands beside them.
fn is_one_type(pieces: &[&str], joined: &str) -> bool {
    let together = match pieces {
        [_] => true,
        [_, place] => place.starts_with(['（', '(']),
        _ => false,
    };
    known::is_name(joined) || (together && known::count(joined) == 0)
}

/// Rows that stand whole on one line each: type, rate, and the information behind it, in whatever words.
pub(super) fn rows_on_lines(lines: &[Line<'_>], language: Language) -> Option<Vec<WithholdingRow>> {
    let row = |line: &Line<'_>| {
        let (kind, rate, rest) = line.whole_row()?;
        let alone = !Line::read(rest).holds_a_rate() && line::ending_rate(rest).is_none();
        row(&[kind], rate, &[rest], language).filter(|_| alone && !kind.starts_with(['（', '(']))
    };
    lines.iter().map(row).collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty())
}

/// Where the pieces of one row stand.
struct Place<'a> {
    /// Index of the first line that belongs to the row.
    first: usize,
    kind: Vec<&'a str>,
    rate: Rate<'a>,
    /// Pieces of the information up to `next`.
    details: Vec<&'a str>,
    /// Index of the first line after those.
    next: usize,
}

/// Cells cut into lines and interleaved; where line ends mean nothing (`wrapped` is false), into pieces between blanks.
pub(super) fn interleaved(lines: &[Line<'_>], language: Language, wrapped: bool) -> Option<Vec<WithholdingRow>> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let whole = line.whole_row().filter(|(kind, _, rest)| !rest.is_empty() && known::is_name(kind));
        if let Some((kind, rate, details)) = whole {
            index += 1;
            places.push(Place { first: index - 1, kind: vec![kind], rate, details: vec![details], next: index });
            continue;
        }
        match line.rate {
            Some((before, rate)) => {
                let taken = places.last().map_or(0, |place| place.next);
                let place = place(lines, index, taken, (before, rate), language, wrapped)?;
                index = place.next;
                places.push(place);
            }
            None if line.holds_a_rate() => return None,
            None => index += 1,
        }
    }
    let ends = places.iter().skip(1).map(|place| place.first).chain([lines.len()]);
    let rows: Option<Vec<_>> = places
        .iter()
        .zip(ends)
        .map(|(place, end)| {
            let further = lines.get(place.next..end)?.iter().map(|line| line.text);
            let details: Vec<&str> = place.details.iter().copied().chain(further).collect();
            if details.iter().any(|piece| names_a_type(piece)) {
                return None;
            }
            row(&place.kind, place.rate, &details, language)
        })
        .collect();
    // A line above the first row belongs to nobody: then this is not the table that it seems to be.
    rows.filter(|rows| !rows.is_empty() && places.first().is_some_and(|place| place.first == 0))
}

/// Whether a piece of information, by itself, names a type: perhaps that of a row without a rate.
fn names_a_type(piece: &str) -> bool {
    const ENDS: [&str; 6] = ["股東", "投資者", "企業", "居民", "人士", "基金"];
    const LONGEST: usize = 8;
    known::is_name(piece) || (piece.chars().count() <= LONGEST && ENDS.iter().any(|end| piece.ends_with(end)))
}

/// The row around the rate on line `index`; lines before `taken` belong to the row above.
fn place<'a>(
    lines: &[Line<'a>],
    index: usize,
    taken: usize,
    (before, rate): (&'a str, Rate<'a>),
    language: Language,
    wrapped: bool,
) -> Option<Place<'a>> {
    let line = lines.get(index)?;
    let above = |distance: usize| index.checked_sub(distance).filter(|at| *at >= taken).and_then(|at| lines.get(at));
    if let Some(known) = known::ending_with(lines.get(taken..index)?, before, language) {
        return Some(Place {
            first: taken + known.first,
            kind: known.kind,
            rate,
            details: known.details,
            next: index + 1,
        });
    }
    // Of English types only the form's own are known; where another one begins and ends cannot be seen.
    if language == Language::En {
        return None;
    }
    if line.is_rate_alone() {
        return beside(lines, index, taken, rate, wrapped);
    }
    // Free-typed types: the sentence above the row has ended before it.
    let begins_row = |distance: usize| {
        let at = index.checked_sub(distance).filter(|at| *at >= taken)?;
        let ended = at == 0 || (at > taken && lines.get(at - 1).is_some_and(Line::ends_sentence));
        ended.then_some(())
    };
    let next = index + 1;
    if line.opens_bracket() {
        let (head, information) = (above(2), above(1)?);
        if let Some(head) = head.filter(|_| begins_row(2).is_some()) {
            let (kind, details) = (vec![head.text, before], vec![information.text]);
            return Some(Place { first: index - 2, kind, rate, details, next });
        }
        begins_row(1)?;
        return Some(Place { first: index - 1, kind: vec![information.text, before], rate, details: vec![], next });
    }
    Some(Place { first: index, kind: vec![before], rate, details: vec![], next })
}

/// A rate alone on its line: the type stands above it, perhaps beside the information, perhaps going on below.
fn beside<'a>(lines: &[Line<'a>], index: usize, taken: usize, rate: Rate<'a>, wrapped: bool) -> Option<Place<'a>> {
    let above = index.checked_sub(1).filter(|at| *at >= taken).and_then(|at| lines.get(at))?;
    let below = lines.get(index + 1);
    if let Some((kind, information)) = above.columns() {
        let (mut kinds, mut details, mut next) = (vec![kind], vec![information], index + 1);
        if let Some((kind, information)) = below.and_then(Line::columns) {
            kinds.push(kind);
            details.push(information);
            next += 1;
        } else if below.is_some_and(Line::has_blank) {
            return None;
        }
        return Some(Place { first: index - 1, kind: kinds, rate, details, next });
    }
    // Without line ends the two columns are two pieces, above and below.
    let opening = lines.get(taken..index)?;
    let since = opening.iter().rposition(Line::ends_sentence).map_or(taken, |at| taken + at + 1);
    let opening = lines.get(since..index)?;
    // A blank within a line may part two columns, or be one that somebody typed.
    if opening.iter().any(Line::has_blank) {
        return None;
    }
    let pieces: Vec<&str> = opening.iter().map(|line| line.text).collect();
    match pieces.as_slice() {
        // What follows may be the rest of the type as well as the information.
        [kind] => below.is_none_or(|below| below.rate.is_some()).then(|| Place {
            first: since,
            kind: vec![kind],
            rate,
            details: vec![],
            next: index + 1,
        }),
        [head, tail] if tail.starts_with(['（', '(']) => {
            Some(Place { first: since, kind: vec![head, tail], rate, details: vec![], next: index + 1 })
        }
        [head, information, tail] if tail.starts_with(['（', '(']) => {
            Some(Place { first: since, kind: vec![head, tail], rate, details: vec![information], next: index + 1 })
        }
        [kind, information] if !wrapped => {
            let (second, further) = (lines.get(index + 1)?, lines.get(index + 2)?);
            let (kind, details) = (vec![kind, second.text], vec![*information, further.text]);
            Some(Place { first: since, kind, rate, details, next: index + 3 })
        }
        _ => None,
    }
}
