//! How a document is laid out: with tabs, with rows on lines, or with neither.

use super::anchor::{Anchor, Closes};
use super::label::LABELS;

/// How the document is laid out, as far as choosing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Label, tab, value.
    Tabbed,
    /// Rows begin lines.
    Lines,
    /// Line ends mean nothing.
    Flow,
}

/// Tells the layout from where whole labels stand.
pub fn tell(anchors: &[Anchor]) -> Layout {
    let mut begins = [false; LABELS];
    let mut tabbed = [false; LABELS];
    let mut anywhere = [false; LABELS];
    for anchor in anchors.iter().filter(|anchor| anchor.exact) {
        let order = anchor.label.order();
        let mark = |marks: &mut [bool; LABELS], seen: bool| {
            if let Some(mark) = marks.get_mut(order) {
                *mark |= seen;
            }
        };
        mark(&mut anywhere, true);
        mark(&mut begins, anchor.begins_line);
        mark(&mut tabbed, anchor.begins_line && anchor.closes == Closes::Tab);
    }
    let count = |marks: &[bool; LABELS]| marks.iter().filter(|mark| **mark).count();
    let (begins, tabbed, anywhere) = (count(&begins), count(&tabbed), count(&anywhere));
    if tabbed >= 4 && tabbed * 2 > begins {
        Layout::Tabbed
    } else if begins * 2 >= anywhere {
        Layout::Lines
    } else {
        Layout::Flow
    }
}
