//! What is drawn on a page: the glyphs that can be seen, and the ruling lines. Nothing else is looked at.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId};

use super::file::{File, Page};
use super::font::Font;
use super::geometry::{Area, Matrix, Point};
use super::lexer::{Lexer, Operand, Operation};
use super::limits::{Budget, exceeded, within};
use super::path::{Path, Rule};
use crate::finding::Finding;

/// A character at its place; one code that stands for several is as many of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glyph {
    pub(super) c: char,
    pub(super) left: f64,
    pub(super) right: f64,
    /// The line that it stands on.
    pub(super) base: f64,
    pub(super) size: f64,
    /// Which showing of text it is of: one that draws the same again, to look bold, is another.
    pub(super) showing: usize,
}

impl Glyph {
    pub(super) fn middle(&self) -> Point {
        Point { x: f64::midpoint(self.left, self.right), y: self.base + self.size * 0.3 }
    }
}

/// All that is drawn.
#[derive(Default)]
pub(super) struct Drawing {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
    /// Characters that do not stand upright, in the order of drawing.
    pub(super) turned: String,
    /// Glyphs that say nothing: how many, and of which fonts.
    pub(super) unmapped: usize,
    pub(super) unmapped_fonts: Vec<String>,
    pub(super) pictures: usize,
    /// Whether some of the content was no content.
    pub(super) stumbled: bool,
}

/// Fonts that were read already, by their object.
pub(super) type Fonts = HashMap<ObjectId, Rc<Font>>;

/// Draws a page: what of it could be, and the limit that stopped it.
pub(super) fn draw(
    file: &File,
    page: &Page<'_>,
    fonts: &mut Fonts,
    budget: &mut Budget<'_>,
) -> (Drawing, Option<Finding>) {
    let mut pen = Pen {
        file,
        fonts,
        budget,
        shown: page.shown.transformed(&page.upright),
        drawing: Drawing::default(),
        path: Path::default(),
        state: State::new(page.upright),
        showings: 0,
    };
    let stopped = pen.draw(page).err();
    (pen.drawing, stopped)
}

struct Pen<'p, 'l> {
    file: &'p File,
    fonts: &'p mut Fonts,
    budget: &'p mut Budget<'l>,
    /// What of the page can be seen.
    shown: Area,
    drawing: Drawing,
    path: Path,
    state: State,
    showings: usize,
}

/// The graphics state, as far as it matters here.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<(Rc<Font>, Rc<str>)>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    invisible: bool,
    /// Where the next glyph goes, and where its line began.
    text: Matrix,
    line: Matrix,
}

impl State {
    fn new(matrix: Matrix) -> State {
        State {
            matrix,
            font: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(&self.line);
        self.text = self.line;
    }
}

impl Pen<'_, '_> {
    fn draw(&mut self, page: &Page<'_>) -> Result<(), Finding> {
        let mut content = Vec::new();
        for part in &page.contents {
            content.extend(self.file.unpacked(part, self.budget)?);
            content.push(b'\n');
        }
        self.follow(&content, page.resources, 0)
    }

    /// Follows a content stream: of a page, or of a form inside it.
    fn follow(&mut self, content: &[u8], resources: Option<&Dictionary>, depth: usize) -> Result<(), Finding> {
        let mut saved = Vec::new();
        let mut lexer = Lexer::new(content, self.budget.limits.nesting);
        for operation in lexer.by_ref() {
            self.budget.operator()?;
            match operation.operator {
                b"q" => {
                    within(saved.len(), "saved states", SAVED_STATES)?;
                    saved.push(self.state.clone());
                }
                b"Q" => self.state = saved.pop().unwrap_or_else(|| self.state.clone()),
                b"Do" => self.place(&operation, resources, depth)?,
                b"Tf" => self.set_font(&operation, resources)?,
                b"BI" => self.drawing.pictures += 1,
                _ => {
                    self.set_state(&operation);
                    self.show_text(&operation)?;
                    self.draw_path(&operation)?;
                }
            }
        }
        self.drawing.stumbled |= lexer.stumbled;
        Ok(())
    }

    fn set_state(&mut self, operation: &Operation<'_>) {
        let state = &mut self.state;
        let number = operation.numbers::<1>().map(|[number]| number);
        match (operation.operator, number) {
            (b"cm", _) => {
                if let Some(numbers) = operation.numbers() {
                    state.matrix = Matrix::new(numbers).then(&state.matrix);
                }
            }
            (b"BT", _) => (state.text, state.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            (b"Tc", Some(space)) => state.char_space = space,
            (b"Tw", Some(space)) => state.word_space = space,
            (b"Tz", Some(percent)) => state.stretch = percent / 100.0,
            (b"TL", Some(leading)) => state.leading = leading,
            (b"Ts", Some(rise)) => state.rise = rise,
            // Modes 3 and 7 draw nothing.
            (b"Tr", Some(mode)) => state.invisible = mode == 3.0 || mode == 7.0,
            (b"Td", _) => {
                if let Some([x, y]) = operation.numbers() {
                    state.next_line(x, y);
                }
            }
            (b"TD", _) => {
                if let Some([x, y]) = operation.numbers() {
                    state.leading = -y;
                    state.next_line(x, y);
                }
            }
            (b"Tm", _) => {
                if let Some(numbers) = operation.numbers() {
                    state.line = Matrix::new(numbers);
                    state.text = state.line;
                }
            }
            (b"T*" | b"'" | b"\"", _) => state.next_line(0.0, -state.leading),
            _ => {}
        }
    }

    fn set_font(&mut self, operation: &Operation<'_>, resources: Option<&Dictionary>) -> Result<(), Finding> {
        let (Some(name), Some(Operand::Number(size))) = (operation.name(), operation.operands.get(1)) else {
            return Ok(());
        };
        self.state.size = *size;
        let fonts = resources.and_then(|resources| self.file.dictionary(resources, "Font"));
        let entry = fonts.and_then(|fonts| fonts.get(name).ok());
        let shown_as: Rc<str> = String::from_utf8_lossy(name).into();
        self.state.font = match entry {
            Some(entry) => self.font(entry)?.map(|font| (font, shown_as)),
            None => None,
        };
        Ok(())
    }

    fn font(&mut self, entry: &Object) -> Result<Option<Rc<Font>>, Finding> {
        let id = entry.as_reference().ok();
        if let Some(font) = id.and_then(|id| self.fonts.get(&id)) {
            return Ok(Some(Rc::clone(font)));
        }
        let Some(Ok(dictionary)) = self.file.resolve(entry).map(Object::as_dict) else { return Ok(None) };
        let font = Rc::new(Font::read(self.file, dictionary, self.budget)?);
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        Ok(Some(font))
    }

    /// A form is drawn where it is placed; a picture only counted.
    fn place(
        &mut self,
        operation: &Operation<'_>,
        resources: Option<&Dictionary>,
        depth: usize,
    ) -> Result<(), Finding> {
        let objects = resources.and_then(|resources| self.file.dictionary(resources, "XObject"));
        let object = operation.name().and_then(|name| objects?.get(name).ok());
        let Some(Ok(stream)) = object.and_then(|object| self.file.resolve(object)).map(Object::as_stream) else {
            return Ok(());
        };
        if self.file.name(&stream.dict, "Subtype") != Some(b"Form") {
            self.drawing.pictures += 1;
            return Ok(());
        }
        let nesting = self.budget.limits.nesting;
        if depth >= nesting {
            return Err(exceeded("forms inside forms", nesting));
        }
        let before = self.state.clone();
        if let Some(numbers) = self.file.numbers(&stream.dict, "Matrix") {
            self.state.matrix = Matrix::new(numbers).then(&self.state.matrix);
        }
        let content = object.map(|object| self.file.unpacked(object, self.budget)).transpose()?.unwrap_or_default();
        let own = self.file.dictionary(&stream.dict, "Resources").or(resources);
        self.follow(&content, own, depth + 1)?;
        self.state = before;
        Ok(())
    }

    fn show_text(&mut self, operation: &Operation<'_>) -> Result<(), Finding> {
        if let (b"\"", Some([word_space, char_space])) = (operation.operator, operation.numbers()) {
            (self.state.word_space, self.state.char_space) = (word_space, char_space);
        }
        self.showings += 1;
        match (operation.operator, operation.operands.last()) {
            (b"Tj" | b"'" | b"\"", Some(Operand::Text(text))) => self.show(text),
            (b"TJ", Some(Operand::Array(parts))) => parts.iter().try_for_each(|part| match part {
                Operand::Text(text) => self.show(text),
                Operand::Number(back) => {
                    let x = -back / 1000.0 * self.state.size * self.state.stretch;
                    self.state.text = Matrix::shift(x, 0.0).then(&self.state.text);
                    Ok(())
                }
                _ => Ok(()),
            }),
            _ => Ok(()),
        }
    }

    fn show(&mut self, text: &[u8]) -> Result<(), Finding> {
        let Some((font, name)) = self.state.font.clone() else {
            self.drawing.unmapped += text.len();
            return Ok(());
        };
        for glyph in font.glyphs(text) {
            self.budget.glyph()?;
            let state = &mut self.state;
            let space = state.char_space + if glyph.word_space { state.word_space } else { 0.0 };
            let seen = Matrix::new([state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise])
                .then(&state.text)
                .then(&state.matrix);
            let invisible = state.invisible;
            let advance = (glyph.width * state.size + space) * state.stretch;
            state.text = Matrix::shift(advance, 0.0).then(&state.text);
            if !invisible {
                self.set_down(glyph.text.as_deref(), glyph.width, &seen, &name);
            }
        }
        Ok(())
    }

    /// A glyph at its place, if that can be seen.
    fn set_down(&mut self, text: Option<&str>, width: f64, seen: &Matrix, font: &str) {
        let (origin, end) = (seen.apply(0.0, 0.0), seen.apply(width, 0.0));
        if !self.shown.holds(f64::midpoint(origin.x, end.x), f64::midpoint(origin.y, end.y)) {
            return;
        }
        let drawing = &mut self.drawing;
        let Some(text) = text else {
            drawing.unmapped += 1;
            if !drawing.unmapped_fonts.iter().any(|known| known == font) && drawing.unmapped_fonts.len() < 5 {
                drawing.unmapped_fonts.push(font.to_owned());
            }
            return;
        };
        if seen.a <= 0.0 || seen.b.abs() > seen.a * 0.02 {
            drawing.turned.push_str(text);
            return;
        }
        let showing = self.showings;
        let step = (end.x - origin.x) / f64::from(u32::try_from(text.chars().count()).unwrap_or(1));
        let mut left = origin.x;
        for c in text.chars() {
            let right = left + step;
            drawing.glyphs.push(Glyph { c, left, right, base: origin.y, size: seen.d.abs(), showing });
            left = right;
        }
    }

    fn draw_path(&mut self, operation: &Operation<'_>) -> Result<(), Finding> {
        match operation.operator {
            b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" => self.drawing.rules.extend(self.path.stroked()),
            b"f" | b"F" | b"f*" => self.drawing.rules.extend(self.path.filled()),
            b"n" => self.path = Path::default(),
            _ => self.path.follow(operation, &self.state.matrix),
        }
        within(self.drawing.rules.len() + self.path.len(), "ruling lines on a page", self.budget.limits.rules)
    }
}

/// No producer saves more states inside each other.
const SAVED_STATES: usize = 200;
