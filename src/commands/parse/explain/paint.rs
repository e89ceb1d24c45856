//! Text on a terminal: colours, and no control characters of the document's own.

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Faint,
    Field,
    Value,
    Absent,
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

#[cfg(test)]
mod tests {
    use super::*;

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
