//! Pages with text and lines on them, and the document that they make.

use super::face::{Font, advance};
use super::file::File;

/// What is drawn on one page.
#[derive(Clone, Default)]
pub(crate) struct Page {
    pub(crate) content: String,
    /// Further entries of its dictionary: `/Rotate 90`.
    pub(crate) entries: String,
}

impl Page {
    pub(crate) fn text(&mut self, font: &Font, x: f64, y: f64, size: f64, text: &str) {
        let codes = font.codes(text);
        self.content.push_str(&format!("BT /F {size} Tf 1 0 0 1 {x:.3} {y:.3} Tm <{codes}> Tj ET\n"));
    }

    pub(crate) fn boxed(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.content.push_str(&format!("0.5 w {x:.3} {y:.3} {width:.3} {height:.3} re S\n"));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.content.push_str(&format!("{:.3} {:.3} m {:.3} {:.3} l S\n", from.0, from.1, to.0, to.1));
    }

    /// A line as some producers draw it: a box so thin that it is one.
    pub(crate) fn thin(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        self.content.push_str(&format!(
            "{:.3} {:.3} {:.3} {:.3} re f\n",
            from.0,
            from.1,
            width.max(0.6),
            height.max(0.6)
        ));
    }
}

/// The whole document.
pub(crate) fn document(pages: &[Page], font: &Font) -> Vec<u8> {
    document_with(pages, font, "", "")
}

/// The whole document, with further entries in its catalog and its trailer.
pub(crate) fn document_with(pages: &[Page], font: &Font, catalog: &str, trailer: &str) -> Vec<u8> {
    let mut file = File::default();
    let (root, tree) = (file.reserve(), file.reserve());
    let font = font.write(&mut file);
    let kids: Vec<String> = pages
        .iter()
        .map(|page| {
            let content = file.packed("", page.content.as_bytes());
            let entries = &page.entries;
            let number = file.add(&format!("<< /Type /Page /Parent {tree} 0 R /Contents {content} 0 R {entries} >>"));
            format!("{number} 0 R")
        })
        .collect();
    let resources = format!("<< /Font << /F {font} 0 R >> >>");
    file.set(
        tree,
        &format!(
            "<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 595 842] /Resources {resources} >>",
            kids.join(" "),
            kids.len()
        ),
    );
    file.set(root, &format!("<< /Type /Catalog /Pages {tree} 0 R {catalog} >>"));
    file.finish(root, trailer)
}

/// Lines no wider than `width` points: broken at blanks, between Chinese characters anywhere.
pub(crate) fn wrap(text: &str, width: f64, size: f64) -> Vec<String> {
    let wide = |text: &str| text.chars().map(advance).sum::<f64>() * size;
    let mut lines = vec![String::new()];
    for word in words(text) {
        let line = lines.last_mut().expect("a line");
        if line.is_empty() || wide(&format!("{line}{}", word.trim_end())) <= width {
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Words with the blank behind them; each Chinese character is one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let wide = advance(c) == 1.0;
        match words.last_mut() {
            Some(word) if c == ' ' || (open && !wide) => word.push(c),
            _ => words.push(c.to_string()),
        }
        open = c != ' ' && !wide;
    }
    words
}
