//! Never silently wrong: each value of an event is the printed one, or something is found at its field, or there is no event.

mod siblings;
