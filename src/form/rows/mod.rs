//! Who gets the text between the labels: where each stretch of it is cut, which row takes which piece, what nobody took.

mod assign;
mod column_block;
mod cuts;
mod fit;
mod split;
mod tail;
mod turned;
mod unassigned;
mod unknown;

pub(crate) use assign::{AssignedRows, Slot, assign};
pub(crate) use split::zones;
pub(crate) use turned::turned;
pub(crate) use unassigned::{findings, two_forms, unconfirmed};
pub(crate) use unknown::find as unknown_rows;
