//! The text of a document: its characters, its lines, its page furniture, and a cursor to read it with.

mod cursor;
mod furniture;
mod line_index;
mod markup;
mod simplified;
mod source;
mod symbol;

pub(crate) use cursor::Cursor;
pub use source::SourceText;
pub(crate) use source::{join_lines, push_line};
pub(crate) use symbol::{fold, is_blank, is_plain, leads_chinese, next_symbol};
