//! HTML → the tags and texts that lines are made of, as browsers cut it: the tokenizer is html5gum's, which follows the
//! WHATWG's standard, its 2,231 named character references included.
//!
//! What a browser would lose with a quote or a comment that is never closed is read all the same: such a tag ends at its
//! first `>`. A form must not lose its second half over a stray quote.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, State, Tokenizer};

use super::Writer;

/// What an element does to the lines of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Element {
    Table,
    Row,
    Cell,
    Preformatted,
    /// Stands on lines of its own.
    Block,
    /// Stands above or below the line, like the mark of a footnote: a word, and never the next digit of a figure.
    Apart,
    /// Its content is no text of the document, and is read in a state of its own.
    Hidden(State),
    /// Leaves the line as it is.
    #[default]
    Inline,
}

impl Element {
    fn named(name: &[u8]) -> Element {
        match name {
            b"td" | b"th" => Element::Cell,
            b"tr" => Element::Row,
            b"table" => Element::Table,
            b"pre" => Element::Preformatted,
            b"script" => Element::Hidden(State::ScriptData),
            b"style" => Element::Hidden(State::RawText),
            b"sup" | b"sub" => Element::Apart,
            b"title" | b"textarea" => Element::Hidden(State::RcData),
            b"p" | b"div" | b"br" | b"body" | b"li" | b"ul" | b"ol" | b"dl" | b"dt" | b"dd" | b"h1" | b"h2" | b"h3"
            | b"h4" | b"h5" | b"h6" | b"hr" | b"center" | b"section" | b"article" | b"header" | b"footer" | b"main"
            | b"nav" | b"aside" | b"address" | b"blockquote" | b"caption" | b"details" | b"summary" | b"fieldset"
            | b"figcaption" | b"figure" | b"form" | b"tbody" | b"thead" | b"tfoot" | b"head" => Element::Block,
            _ => Element::Inline,
        }
    }
}

/// How often a document is read on behind what is never closed: once for each quote and once for comments. Each time costs
/// a walk to its end.
const READ_ON: usize = 3;

/// Reads a document into the writer.
pub(super) fn read(html: &str, writer: &mut Writer) {
    let html = with_closed_end(html);
    let mut rest = &*html;
    for _ in 0..=READ_ON {
        let (unclosed, element) = read_up_to_unclosed(rest, writer);
        let Some((_, behind)) = unclosed.split_once('>') else { return };
        writer.open(element, None);
        rest = behind;
    }
}

/// A `<` behind the last `>` opens nothing: it is text.
fn with_closed_end(html: &str) -> Cow<'_, str> {
    let (markup, end) = html.rfind('>').and_then(|at| html.split_at_checked(at)).unwrap_or(("", html));
    if end.contains('<') { [markup, &end.replace('<', "&lt;")].concat().into() } else { html.into() }
}

/// Reads as far as tags and comments are closed. The rest, from the one that is not, and what element that is; an empty
/// rest when all was read.
fn read_up_to_unclosed<'h>(html: &'h str, writer: &mut Writer) -> (&'h str, Element) {
    let mut reader = Reader { html, writer, tag: Tag::default(), hidden: None, apart: 0, end: 0 };
    let Ok(()) = Tokenizer::new_with_emitter(html, Quiet(CallbackEmitter::new(&mut reader))).finish();
    let rest = html.get(reader.end..).filter(|rest| rest.starts_with('<'));
    (rest.unwrap_or_default(), reader.tag.element)
}

struct Reader<'h, 'w> {
    html: &'h str,
    writer: &'w mut Writer,
    tag: Tag,
    /// The state in which the content of a hidden element is read, while inside of one.
    hidden: Option<State>,
    /// Open elements that their style sets above or below the line.
    apart: usize,
    /// Where the last thing ends that was whole.
    end: usize,
}

/// The start tag that is being read.
#[derive(Default)]
struct Tag {
    element: Element,
    rowspan: Option<u32>,
    attribute: Attribute,
}

/// The attribute whose value comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Attribute {
    Rowspan,
    Style,
    #[default]
    Other,
}

impl Attribute {
    fn named(name: &[u8]) -> Attribute {
        match name {
            b"rowspan" => Attribute::Rowspan,
            b"style" => Attribute::Style,
            _ => Attribute::Other,
        }
    }
}

/// Whether a style sets its text above or below the line.
fn is_apart(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let (_, place) = style.split_once("vertical-align:").unwrap_or_default();
    place.starts_with("sup") || place.starts_with("sub") || place.starts_with(|c: char| c.is_ascii_digit())
}

impl Callback<Infallible, usize> for &mut Reader<'_, '_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, span: Span<usize>) -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag.element = Element::named(name),
            CallbackEvent::AttributeName { name } => self.tag.attribute = Attribute::named(name),
            CallbackEvent::AttributeValue { value } => self.attribute(text(value)),
            CallbackEvent::CloseStartTag { .. } => self.open(span.end),
            CallbackEvent::EndTag { name } => self.close(name, span.end),
            CallbackEvent::String { value } => {
                if self.hidden.is_none() {
                    self.writer.text(text(value));
                }
                self.end = span.end;
            }
            CallbackEvent::Comment { .. } if self.is_closed(span) => self.end = span.end,
            CallbackEvent::Doctype { .. } => self.end = span.end,
            _ => {}
        }
        None
    }
}

impl Reader<'_, '_> {
    fn attribute(&mut self, value: &str) {
        match self.tag.attribute {
            Attribute::Rowspan => self.tag.rowspan = self.tag.rowspan.or(value.trim().parse().ok()),
            Attribute::Style if self.tag.element == Element::Inline && is_apart(value) => {
                self.tag.element = Element::Apart;
                self.apart += 1;
            }
            Attribute::Style | Attribute::Other => {}
        }
    }

    fn open(&mut self, end: usize) {
        let Tag { element, rowspan, .. } = std::mem::take(&mut self.tag);
        if let Element::Hidden(state) = element {
            self.hidden = Some(state);
        }
        self.writer.open(element, rowspan);
        self.end = end;
    }

    fn close(&mut self, name: &[u8], end: usize) {
        self.hidden = None;
        let mut element = Element::named(name);
        // Which of the open elements it closes is not known; one that a style has set apart may be the one.
        if element == Element::Inline && self.apart > 0 {
            self.apart -= 1;
            element = Element::Apart;
        }
        self.writer.close(element);
        self.end = end;
    }

    /// The tokenizer also tells a comment that only the end of the document ends.
    fn is_closed(&self, comment: Span<usize>) -> bool {
        comment.end < self.html.len() || self.html.ends_with("-->")
    }
}

/// What is made from UTF-8 is UTF-8.
fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or_default()
}

/// Hears nothing of errors, since a reader that listens for them takes a third longer, and says in which state the content
/// of a hidden element is read.
struct Quiet<'r, 'h, 'w>(CallbackEmitter<&'r mut Reader<'h, 'w>, Infallible, usize>);

impl ForwardingEmitter for Quiet<'_, '_, '_> {
    type Token = Infallible;

    fn inner(&mut self) -> &mut impl Emitter<Token = Infallible> {
        &mut self.0
    }

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        Emitter::emit_current_tag(&mut self.0).or(self.0.callback_mut().hidden)
    }
}
