//! How a document is laid out: with tabs, with rows on lines, or with neither.

use super::candidate::{Candidate, Closes};
use crate::form::model::LABELS;

/// How the document is laid out, as far as choosing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Label, tab, value.
    Tabbed,
    /// Rows begin lines.
    Lines,
    /// Line ends mean nothing.
    Flow,
}

impl Layout {
    /// Told from where whole labels stand.
    pub(crate) fn of(candidates: &[Candidate]) -> Layout {
        let mut begins = [false; LABELS];
        let mut tabbed = [false; LABELS];
        let mut anywhere = [false; LABELS];
        for candidate in candidates.iter().filter(|candidate| candidate.exact) {
            let order = candidate.label.order();
            let mark = |marks: &mut [bool; LABELS], seen: bool| {
                if let Some(mark) = marks.get_mut(order) {
                    *mark |= seen;
                }
            };
            mark(&mut anywhere, true);
            mark(&mut begins, candidate.begins_line);
            mark(&mut tabbed, candidate.begins_line && candidate.closes == Closes::Tab);
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
}
