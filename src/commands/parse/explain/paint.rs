//! Text on a terminal: colours, columns, and no control characters of the document's own.

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Faint,
    Field,
    Value,
    Absent,
    Warning,
    Error,
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) colours: bool,
}

impl Paint {
    pub(super) fn style(self, style: Style, text: &str) -> String {
        let code = match style {
            _ if !self.colours || text.is_empty() => return text.to_owned(),
            Style::Plain => return text.to_owned(),
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Field => "36",
            Style::Value => "1;32",
            Style::Absent => "33",
            Style::Warning => "1;33",
            Style::Error => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The text with every character visible: a document may hold escape sequences, and must not speak to the terminal.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push('⇥'),
            '\0'..='\u{1F}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7F}' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9F}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(c.escape_unicode());
            }
            _ => shown.push(c),
        }
    }
    shown
}

/// How many columns of a terminal a text takes: two for each character of the East Asian scripts and full-width forms.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// Cuts a text into pieces of at most so many columns, after a space where one is near; at least one piece.
pub(super) fn wrapped(text: &str, columns_max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(end) = overflow(rest, columns_max) {
        let (head, _) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let space =
            head.rfind(' ').map(|at| at + 1).filter(|cut| columns(head) - columns_up_to(head, *cut) < columns_max / 4);
        let (piece, after) = rest.split_at_checked(space.unwrap_or(end)).unwrap_or((rest, ""));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Where a text passes its last column, if it does.
fn overflow(text: &str, columns_max: usize) -> Option<usize> {
    let mut columns = 0;
    text.char_indices().find_map(|(at, c)| {
        columns += width(c);
        (columns > columns_max && at > 0).then_some(at)
    })
}

fn columns_up_to(text: &str, end: usize) -> usize {
    text.get(..end).map_or(0, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_by_columns() {
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("abcdefghi", 4), ["abcd", "efgh", "i"]);
        assert_eq!(wrapped("股a息公告", 4), ["股a", "息公", "告"]);
        assert_eq!(wrapped("股息", 1), ["股", "息"]);
        assert_eq!(wrapped("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrapped("a very_long_word_here", 8), ["a very_l", "ong_word", "_here"]);
    }

    #[test]
    fn a_document_does_not_speak_to_the_terminal() {
        assert_eq!(visible("a\tb\x1b[31m\r\u{9b}\u{202e}\u{7f}"), "a⇥b␛[31m␍\\u{9b}\\u{202e}␡");
    }

    #[test]
    fn colours_are_used_or_not() {
        assert_eq!(Paint { colours: false }.style(Style::Error, "x"), "x");
        assert_eq!(Paint { colours: true }.style(Style::Error, "x"), "\x1b[1;31mx\x1b[0m");
    }
}
