//! HTML, cut into text and tags. Linear: what was looked for once and not found is not looked for again.

use memchr::{memchr, memmem};

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Character data, its references not yet decoded.
    Text(&'a str),
    /// A start tag and its attributes.
    Open(Element, &'a str),
    /// An end tag.
    Close(Element),
}

/// What an element does to the lines of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Table,
    Row,
    Cell,
    Preformatted,
    /// Stands on lines of its own.
    Block,
    /// Its content is no text of the document.
    Hidden(&'static str),
    /// Leaves the line as it is.
    Inline,
}

impl Element {
    fn named(name: &str) -> Element {
        const BLOCKS: &str = "p div br body li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr center section article header footer main nav \
            aside address blockquote caption details summary fieldset figcaption figure form tbody thead tfoot head";
        const HIDDEN: [&str; 4] = ["script", "style", "title", "textarea"];
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        match () {
            () if is("td") || is("th") => Element::Cell,
            () if is("tr") => Element::Row,
            () if is("table") => Element::Table,
            () if is("pre") => Element::Preformatted,
            () if BLOCKS.split_ascii_whitespace().any(is) => Element::Block,
            () => HIDDEN.into_iter().find(|known| is(known)).map_or(Element::Inline, Element::Hidden),
        }
    }
}

/// Cuts HTML into tokens.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// Terminators that `rest` no longer holds.
    no_comment_end: bool,
    no_quote: [bool; 2],
    no_tag_end: bool,
    /// Quotes no longer shield `>`: they had shielded every one up to the end.
    quotes_lost: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Scanner<'a> {
        Scanner { rest: html, no_comment_end: false, no_quote: [false; 2], no_tag_end: false, quotes_lost: false }
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (before, after) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = after;
        before
    }

    /// Markup that is neither text nor tag: comments, declarations, processing instructions.
    fn skip_declaration(&mut self) -> bool {
        if self.rest.starts_with("<!--") && !self.no_comment_end {
            match memmem::find(self.rest.as_bytes(), b"-->") {
                Some(end) => {
                    self.advance(end + 3);
                    return true;
                }
                None => self.no_comment_end = true,
            }
        }
        let Some(end) =
            self.rest.strip_prefix("<").filter(|rest| rest.starts_with(['!', '?'])).and_then(|_| self.tag_end())
        else {
            return false;
        };
        self.advance(end + 1);
        true
    }

    fn tag_end(&mut self) -> Option<usize> {
        if self.no_tag_end {
            return None;
        }
        let end = memchr(b'>', self.rest.as_bytes());
        self.no_tag_end = end.is_none();
        end
    }

    /// The tag at the start of `rest`; `None` where `<` is only a character.
    fn tag(&mut self) -> Option<Token<'a>> {
        let after = self.rest.strip_prefix('<')?;
        let (closing, name_on) = after.strip_prefix('/').map_or((false, after), |name_on| (true, name_on));
        if !name_on.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = self.end_of_attributes()?;
        let inside = self.advance(end + 1);
        let inside = inside.trim_start_matches(['<', '/']).trim_end_matches('>');
        let name_ends = inside.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at_checked(name_ends)?;
        let element = Element::named(name);
        if let (Element::Hidden(name), false) = (element, closing) {
            self.skip_content(name);
        }
        Some(if closing { Token::Close(element) } else { Token::Open(element, attributes) })
    }

    /// The place of the `>` that ends the tag: not one inside quotes, unless the quotes are never closed.
    fn end_of_attributes(&mut self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        let first = self.tag_end()?;
        if self.quotes_lost {
            return Some(first);
        }
        let mut at = 0;
        while let Some(step) =
            bytes.get(at..).and_then(|tail| tail.iter().position(|b| matches!(b, b'>' | b'"' | b'\'')))
        {
            let place = at + step;
            let quote = bytes.get(place).copied().unwrap_or(b'>');
            if quote == b'>' {
                return Some(place);
            }
            // A quote opens a value only after `=`; elsewhere it is a stray.
            let opens = bytes.get(..place)?.trim_ascii_end().ends_with(b"=");
            let missing = &mut self.no_quote[usize::from(quote == b'"')];
            let closed = if opens && !*missing { memchr(quote, bytes.get(place + 1..)?) } else { None };
            *missing |= opens && closed.is_none();
            at = place + 1 + closed.map_or(0, |length| length + 1);
        }
        self.quotes_lost = true;
        Some(first)
    }

    /// Passes over the content of an element that is no text, its end tag left standing.
    fn skip_content(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let end = memmem::find_iter(bytes, b"</").find(|at| {
            let named = bytes.get(at + 2..at + 2 + name.len());
            named.is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()))
        });
        self.advance(end.unwrap_or(bytes.len()));
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self.rest.starts_with('<') {
            if let Some(tag) = self.tag() {
                return Some(tag);
            }
            if !self.skip_declaration() {
                break;
            }
        }
        let mut length = memchr(b'<', self.rest.as_bytes()).unwrap_or(self.rest.len());
        if length == 0 {
            // A `<` that opens nothing is text.
            length = memchr(b'<', self.rest.as_bytes().get(1..)?).map_or(self.rest.len(), |next| next + 1);
        }
        (!self.rest.is_empty()).then(|| Token::Text(self.advance(length)))
    }
}

/// The value of an attribute, without its quotes: `rowspan`, in `class="a" rowspan=2`.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let name_ends = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        let (found, after) = rest.split_at_checked(name_ends)?;
        let after = after.trim_ascii_start();
        let (value, after) = match after.strip_prefix('=') {
            Some(value) => attribute_value(value.trim_ascii_start()),
            None => ("", after),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        if after.len() == rest.len() || after.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// Splits a value off, quoted or not.
fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some((value, after)) = text.strip_prefix(quote).and_then(|inside| inside.split_once(quote)) {
            return (value, after);
        }
    }
    let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
