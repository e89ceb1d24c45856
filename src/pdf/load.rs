//! Bytes → the objects of a file, as `lopdf` reads them: all at once, and so within bounds of our own.
//!
//! `lopdf` bounds how deep objects nest and what one packed stream becomes, but not how many objects there are, nor how
//! often its table leads to the same one. So the words of a file are counted before, and its objects while it is read.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lopdf::{Document, LoadOptions, Object, ObjectId};

use super::limits::{Limits, exceeded, within};
use crate::finding::{Code, Finding};

/// Reads the objects of a file; one whose page tree cannot be found is searched for it.
pub(super) fn document(bytes: &[u8], limits: &Limits) -> Result<Document, Finding> {
    within(words(bytes), "words outside of streams", limits.words)?;
    let document = within_budget(limits, || load(bytes, limits, false));
    match document {
        Ok(document) if !document.trailer.has(b"Encrypt") && !has_pages(&document) => {
            within_budget(limits, || load(bytes, limits, true))
        }
        document => document,
    }
}

fn has_pages(document: &Document) -> bool {
    document.catalog().and_then(|catalog| catalog.get_deref(b"Pages", document)).and_then(Object::as_dict).is_ok()
}

fn load(bytes: &[u8], limits: &Limits, search: bool) -> Result<Document, Finding> {
    let options = LoadOptions {
        max_decompressed_size: Some(limits.stream_bytes),
        filter: Some(counted),
        force_reconstruct: search,
        ..LoadOptions::default()
    };
    Document::load_mem_with_options(bytes, options).map_err(|error| match error {
        lopdf::Error::Decompress(_) => exceeded("bytes in a packed stream of objects", limits.stream_bytes),
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword => encrypted(),
        error => damaged(error),
    })
}

thread_local! {
    /// How many values may still be read: `lopdf` calls [`counted`] with nothing but an object.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// What ends the reading of a file that holds too many values.
struct TooMany;

/// Reads a file with as many values as the limits allow. `lopdf` has no way to stop; unwinding is one.
fn within_budget(limits: &Limits, read: impl FnOnce() -> Result<Document, Finding>) -> Result<Document, Finding> {
    LEFT.set(limits.values);
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(document) => document,
        Err(stopped) if stopped.is::<TooMany>() => Err(exceeded("values in its objects", limits.values)),
        Err(panic) => resume_unwind(panic),
    }
}

fn counted(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    match LEFT.get().checked_sub(values(object)) {
        Some(left) => LEFT.set(left),
        None => resume_unwind(Box::new(TooMany)),
    }
    // Of an object in a packed stream the answer is kept, and none of those is a stream; of others it is only looked at.
    let kept = if object.as_stream().is_ok() { Object::Null } else { object.clone() };
    Some((id, kept))
}

/// An object and all that it holds. Nesting is bounded by the reader.
fn values(object: &Object) -> usize {
    1 + match object {
        Object::Array(array) => array.iter().map(values).sum(),
        Object::Dictionary(dictionary) => dictionary.iter().map(|(_, value)| 1 + values(value)).sum(),
        Object::Stream(stream) => stream.dict.iter().map(|(_, value)| 1 + values(value)).sum(),
        _ => 0,
    }
}

/// How many words, numbers and names a file holds where it is text for long: packed streams seldom are for a line.
pub(super) fn words(bytes: &[u8]) -> usize {
    const LINE: usize = 64;
    let texts = bytes.split(|byte| !byte.is_ascii()).filter(|text| text.len() >= LINE);
    texts.map(|text| text.windows(2).filter(|pair| begins_word(pair)).count()).sum()
}

fn begins_word(pair: &[u8]) -> bool {
    let [before, byte] = pair else { return false };
    let opens = matches!(byte, b'/' | b'(' | b'[' | b'<');
    opens || (before.is_ascii_whitespace() && !byte.is_ascii_whitespace())
}

/// The finding about a file that asks for its password.
pub(super) fn encrypted() -> Finding {
    Finding::new(Code::EncryptedPdf, "").found("a password").expected("a document that opens without one")
}

/// The finding about bytes that no reader of PDF makes sense of.
pub(super) fn damaged(why: impl std::fmt::Display) -> Finding {
    Finding::new(Code::DamagedPdf, "").found(why).expected("a PDF document as published")
}
