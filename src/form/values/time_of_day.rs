//! Times of day: `16:30` as the form prints them, and those of twelve hours, `4:30 p.m.`, `下午4時30分`, `12:00 noon`.

use crate::form::text::Cursor;

/// `16:30`, `4:30 p.m.`, `下午4時30分`, `12:00 noon`: the hour of 24, and the minute.
pub(super) fn take(cursor: &mut Cursor<'_>) -> Option<(u32, u32)> {
    let before = take_half(cursor, &[("上午", Half::Morning), ("下午", Half::Afternoon), ("中午", Half::Noon)]);
    let hour = cursor.number(2)?;
    let minute = if cursor.eat_symbol(':') {
        cursor.figure().filter(|(_, digits)| *digits == 2)?.0
    } else if cursor.eat_symbol('時') {
        take_minute(cursor)?
    } else {
        return None;
    };
    let behind = take_half(
        cursor,
        &[
            ("a.m.", Half::Morning),
            ("am", Half::Morning),
            ("p.m.", Half::Afternoon),
            ("pm", Half::Afternoon),
            ("noon", Half::Noon),
        ],
    );
    let hour = match (before.or(behind), hour) {
        (None, 0..24) => hour,
        (Some(Half::Morning), 1..=12) => hour % 12,
        (Some(Half::Afternoon), 1..=12) => hour % 12 + 12,
        (Some(Half::Noon), 12) => 12,
        _ => return None,
    };
    (minute < 60 && !(before.is_some() && behind.is_some())).then_some((hour, minute))
}

/// `30分`, `正`, or nothing, after the hour.
fn take_minute(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut minute = *cursor;
    match minute.number(2) {
        Some(number) if minute.eat_symbol('分') => {
            *cursor = minute;
            Some(number)
        }
        Some(_) => None,
        None => {
            let _sharp = cursor.eat_symbol('正');
            Some(0)
        }
    }
}

/// Which half of the day an hour of twelve is in.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Noon,
    Afternoon,
}

fn take_half(cursor: &mut Cursor<'_>, words: &[(&str, Half)]) -> Option<Half> {
    let likely = matches!(cursor.peek()?, 'a' | 'A' | 'p' | 'P' | 'n' | 'N' | '上' | '下' | '中');
    let mut eats = |word: &str| if word.is_ascii() { cursor.eat_word(word) } else { cursor.eat(word) };
    let found = words.iter().find(|(word, _)| likely && eats(word));
    found.map(|(_, half)| *half)
}
