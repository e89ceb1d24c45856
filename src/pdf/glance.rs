//! The first page of a file that holds too much to be read whole: enough to see that it is no form.
//!
//! `lopdf` reads all objects of a file or none. So the file's objects are found here by their headers, or by the tables of packed ones, and
//! those alone are read that the first page is drawn with: some dozens, of hundreds of thousands in a report with bookmarks and tags.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, ObjectStream, Stream};
use memchr::memmem;

use super::limits::Limits;
use super::load::words;

/// More objects than any first page is drawn with.
const MOST_OBJECTS: usize = 2_000;
/// More words, numbers and names than one of them holds.
const MOST_WORDS: usize = 20_000;
/// Packed streams of objects, and tables of them, that are unpacked for it.
const MOST_UNPACKED: usize = 20;

/// A document of the first page alone; `None` when there is no way to it.
pub(super) fn first_page(bytes: &[u8], limits: &Limits) -> Option<Document> {
    let root = root(bytes)?;
    let mut objects = Objects::find(bytes, limits);
    let mut page = Document::new();
    page.trailer.set("Root", root);
    let mut wanted = vec![root];
    while let Some(id) = wanted.pop() {
        if page.objects.contains_key(&id) {
            continue;
        }
        if page.objects.len() == MOST_OBJECTS {
            return None;
        }
        let Some(object) = objects.read(id) else { continue };
        references(&object, &mut wanted);
        page.objects.insert(id, object);
    }
    Some(page)
}

/// What the trailer, or the table in its place, names as the catalog: the last one that does. Of an encrypted file nothing can be read here.
fn root(bytes: &[u8]) -> Option<ObjectId> {
    let named = |name: &[u8]| memmem::rfind(bytes, name).and_then(|at| bytes.get(at + name.len()..));
    let mut words = named(b"/Root")?.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let id = (number(words.next()?)?, u16::try_from(number(words.next()?)?).ok()?);
    (words.next()?.starts_with(b"R") && named(b"/Encrypt").is_none()).then_some(id)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Puts down what an object leads to, as far as the first page is drawn with it: of pages the first, of fonts no outlines, and nothing that
/// only describes.
fn references(object: &Object, wanted: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => wanted.push(*id),
        Object::Array(array) => array.iter().for_each(|object| references(object, wanted)),
        Object::Dictionary(dictionary) => references_of(dictionary, wanted),
        Object::Stream(stream) => references_of(&stream.dict, wanted),
        _ => {}
    }
}

fn references_of(dictionary: &Dictionary, wanted: &mut Vec<ObjectId>) {
    const NOT_DRAWN: [&[u8]; 16] = [
        b"Parent",
        b"Annots",
        b"StructTreeRoot",
        b"Outlines",
        b"Names",
        b"Dests",
        b"PageLabels",
        b"Metadata",
        b"Threads",
        b"B",
        b"PieceInfo",
        b"FontFile",
        b"FontFile2",
        b"FontFile3",
        b"OCProperties",
        b"SMask",
    ];
    for (key, value) in dictionary.iter().filter(|(key, _)| !NOT_DRAWN.contains(&key.as_slice())) {
        match value {
            Object::Array(kids) if key == b"Kids" => kids.iter().take(1).for_each(|kid| references(kid, wanted)),
            value => references(value, wanted),
        }
    }
}

/// Where a file has its objects.
struct Objects<'b> {
    bytes: &'b [u8],
    limits: &'b Limits,
    /// By number: from the header of an object to that of the next one in the file.
    plain: HashMap<u32, &'b [u8]>,
    /// By number: the packed stream that holds it.
    packed: HashMap<u32, u32>,
    unpacked: HashMap<u32, Option<ObjectStream>>,
}

impl<'b> Objects<'b> {
    fn find(bytes: &'b [u8], limits: &'b Limits) -> Objects<'b> {
        let mut objects =
            Objects { bytes, limits, plain: HashMap::new(), packed: HashMap::new(), unpacked: HashMap::new() };
        let headers: Vec<(usize, u32)> = memmem::find_iter(bytes, b"obj").filter_map(|at| header(bytes, at)).collect();
        let ends = headers.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]);
        for ((start, number), end) in headers.iter().zip(ends) {
            // A later one takes the place of an earlier one, as updates of a file do.
            objects.plain.insert(*number, bytes.get(*start..end).unwrap_or_default());
        }
        objects.read_tables();
        objects
    }

    /// Tables of packed objects, the latest last.
    fn read_tables(&mut self) {
        let tables: Vec<usize> = memmem::find_iter(self.bytes, b"/XRef").take(MOST_UNPACKED).collect();
        for at in tables {
            let before = self.bytes.get(..at).unwrap_or_default();
            let number =
                memmem::rfind(before, b" obj").and_then(|at| header(self.bytes, at + 1)).map(|(_, number)| number);
            if let Some(Object::Stream(table)) = number.and_then(|number| self.read_plain(number)) {
                self.packed.extend(packed_objects(&table, self.limits).unwrap_or_default());
            }
        }
    }

    fn read(&mut self, (number, _): ObjectId) -> Option<Object> {
        let Some(container) = self.packed.get(&number).copied() else { return self.read_plain(number) };
        if self.unpacked.len() == MOST_UNPACKED && !self.unpacked.contains_key(&container) {
            return None;
        }
        if !self.unpacked.contains_key(&container) {
            let object = self.read_plain(container);
            let stream = object.as_ref().and_then(|object| object.as_stream().ok());
            let unpacked = stream.and_then(|s| ObjectStream::new_with_limit(s, Some(self.limits.stream_bytes)).ok());
            self.unpacked.insert(container, unpacked);
        }
        self.unpacked.get(&container)?.as_ref()?.objects.get(&(number, 0)).cloned()
    }

    /// Reads one object as the only one of a file.
    fn read_plain(&self, number: u32) -> Option<Object> {
        const HEAD: &[u8] = b"%PDF-1.7\n";
        let object = self.plain.get(&number)?;
        let end = memmem::find(object, b"endobj").unwrap_or(object.len());
        if words(object.get(..end)?) > MOST_WORDS {
            return None;
        }
        let generation = object.split(u8::is_ascii_whitespace).filter_map(self::number).nth(1)?;
        let (start, table, size) = (HEAD.len(), HEAD.len() + object.len() + 1, u64::from(number) + 1);
        let table = format!(
            "\nxref\n0 1\n0000000000 65535 f \n{number} 1\n{start:010} {generation:05} n \ntrailer\n<< /Size {size} >>\nstartxref\n{table}\n%%EOF\n"
        );
        let file = [HEAD, object, table.as_bytes()].concat();
        let options = LoadOptions { max_decompressed_size: Some(self.limits.stream_bytes), ..LoadOptions::default() };
        let mut document = Document::load_mem_with_options(&file, options).ok()?;
        document.objects.remove(&(number, u16::try_from(generation).ok()?))
    }
}

/// Where the object begins and its number, given where its `obj` stands: `12 0 obj`.
fn header(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    let before = bytes.get(at.saturating_sub(24)..at)?;
    let generation = before.trim_ascii_end();
    let digits = |text: &[u8]| text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = generation.get(..generation.len() - digits(generation))?;
    let numbered = rest.trim_ascii_end();
    let count = digits(numbered);
    let apart = generation.len() < before.len() && rest.len() < generation.len() && numbered.len() < rest.len();
    let start = numbered.len() - count;
    let number = number(numbered.get(start..)?).filter(|_| apart)?;
    Some((at - before.len() + start, number))
}

/// The entries of a table that say in which packed stream an object is (PDF 32000, 7.5.8).
fn packed_objects(table: &Stream, limits: &Limits) -> Option<HashMap<u32, u32>> {
    let content = table.get_plain_content_with_limit(limits.stream_bytes * 4).ok()?;
    let numbers = |key: &[u8]| -> Option<Vec<usize>> {
        let array = table.dict.get(key).ok()?.as_array().ok()?;
        array.iter().map(|number| usize::try_from(number.as_i64().ok()?).ok()).collect()
    };
    let [kind, place, index] = numbers(b"W")?.try_into().ok()?;
    let width = [kind, place, index]
        .into_iter()
        .try_fold(0_usize, usize::checked_add)
        .filter(|width| (1..=24).contains(width))?;
    let size = table.dict.get(b"Size").ok()?.as_i64().ok().and_then(|size| usize::try_from(size).ok())?;
    let ranges = numbers(b"Index").unwrap_or_else(|| vec![0, size]);
    let ids = ranges.chunks_exact(2).flat_map(|range| range[0]..range[0].saturating_add(range[1]));
    let field = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let entries = ids.zip(content.chunks_exact(width)).filter_map(|(id, entry)| {
        let (first, rest) = entry.split_at(kind);
        let (second, _) = rest.split_at(place);
        let is_packed = kind > 0 && field(first) == 2;
        is_packed.then(|| Some((u32::try_from(id).ok()?, u32::try_from(field(second)).ok()?))).flatten()
    });
    Some(entries.collect())
}
