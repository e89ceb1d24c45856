//! What is known of a value before it is read, by its grammar: what the marks in the table mean.

use super::Grammar;

/// How much of a text a value may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing, or what follows a section title.
    Title,
    /// Any text.
    Free,
    /// Fixed words that any text may follow.
    Words,
    /// What can be told from the text that follows it.
    Closed,
}

/// A date or a figure, which no free text begins with.
pub(super) const FIGURE: u8 = 1;
/// Names a day.
pub(super) const DATED: u8 = 2;
/// Without an end mark of its own: the end of a text may have cut it short.
pub(super) const OPEN_ENDED: u8 = 4;
/// Takes whatever stands up to the next label.
pub(super) const GREEDY: u8 = 8;

impl Grammar {
    /// Whether a value can be told from what follows it.
    pub fn is_closed(self) -> bool {
        self.shape() == Shape::Closed
    }

    /// Whether it is that of a section title, with or without a text below it.
    pub fn is_section(self) -> bool {
        self.shape() == Shape::Title
    }

    /// Whether it is free text in a row of its own.
    pub fn is_text(self) -> bool {
        self.shape() == Shape::Free
    }

    /// Whether it is a date or a figure, which no free text begins with.
    pub fn is_figure(self) -> bool {
        self.marks() & FIGURE != 0
    }

    /// Whether the value names a day.
    pub fn is_dated(self) -> bool {
        self.marks() & DATED != 0
    }

    /// Whether the end of a text may have cut the value short, and it would not show: `HKD 1.0` may have been `HKD 1.083`.
    pub fn is_open_ended(self) -> bool {
        self.marks() & OPEN_ENDED != 0
    }

    /// Whether a long free text takes whatever stands between this label and the next.
    pub fn takes_anything(self) -> bool {
        self.marks() & GREEDY != 0
    }
}
