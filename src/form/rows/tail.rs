//! What stands behind a form's end: a signature, another announcement, what a site prints below. It is no part of the last section.

use std::ops::Range;

use crate::form::labels::Candidate;
use crate::form::model::Label;
use crate::form::text::{Cursor, SourceText};
use crate::form::values::date;

/// How signatures and other announcements begin.
const OPENINGS: [&str; 14] = [
    "By order of the Board",
    "By Order of the Board",
    "BY ORDER OF THE BOARD",
    "On behalf of the Board",
    "For and on behalf of",
    "Yours faithfully",
    "Disclaimer",
    "Hong Kong Exchanges and Clearing Limited and The Stock Exchange",
    "This announcement appears for information purposes only",
    "承董事會命",
    "承董事局命",
    "免責聲明",
    "香港交易及結算所有限公司及香港聯合交易所有限公司",
    "本公告僅供參考",
];

/// Cuts off the last zone what stands behind the form's end, and gives it.
pub(super) fn cut(source: &SourceText<'_>, labels: &[Candidate], zones: &mut [Range<usize>]) -> Option<Range<usize>> {
    let zone = zones.last_mut()?;
    if labels.last()?.label != Label::DirectorsSection || zone.start >= zone.end {
        return None;
    }
    let opening = opening(source, zone);
    let end = [source.last_page_end().filter(|end| zone.contains(end)), opening].into_iter().flatten().min()?;
    let (own, tail) = (source.trim(zone.start..end), source.trim(end..zone.end));
    // A section that only begins with such words has them for its text.
    if own.is_empty() || tail.is_empty() {
        return None;
    }
    *zone = own;
    Some(tail)
}

/// Where a signature or another announcement begins: its own words below a line or behind a sentence, or a place and a date on a line of their own.
fn opening(source: &SourceText<'_>, zone: &Range<usize>) -> Option<usize> {
    let text = source.slice(zone.clone());
    let ends = memchr::memchr3_iter(b'.', b';', b':', text.as_bytes()).map(|at| at + 1);
    let wide = (!source.ascii).then(|| text.match_indices(['。', '；', '：'])).into_iter().flatten();
    let ends =
        ends.chain(wide.map(|(at, mark)| at + mark.len())).map(|end| source.trim(zone.start + end..zone.end).start);
    let opens = |at: &usize| OPENINGS.iter().any(|words| source.slice(*at..zone.end).starts_with(words));
    let lines = source.lines(zone.clone()).filter(|line| line.start > zone.start);
    let below = lines.filter(|line| opens(&line.start) || is_place_and_date(source.slice(line.clone())));
    ends.filter(opens).chain(below.map(|line| line.start)).min()
}

/// `Hong Kong, 20 March 2025`, `香港，2025年3月20日`.
fn is_place_and_date(line: &str) -> bool {
    let short = Some(line).filter(|line| line.len() < 80);
    let Some((place, day)) = short.and_then(|line| line.split_once([',', '，'])) else { return false };
    let mut cursor = Cursor::new(day);
    place.chars().count() <= 20
        && place.chars().all(|c| c.is_alphabetic() || c == ' ')
        && date::take(&mut cursor).is_some()
        && cursor.is_done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_a_date_are_a_signature() {
        for line in ["Hong Kong, 20 March 2025", "香港，2025年3月20日"] {
            assert!(is_place_and_date(line), "{line}");
        }
        for line in ["Mr. A, 20 March 2025", "Hong Kong, 20 March 2025 and", "20 March 2025", "Hong Kong"] {
            assert!(!is_place_and_date(line), "{line}");
        }
    }
}
