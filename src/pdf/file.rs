//! The file: its objects, what forbids reading them, and its pages in order.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::geometry::{Area, Matrix, Point};
use super::limits::{Budget, Limits, exceeded};
use super::load::{self, damaged};
use crate::finding::{Code, Finding};

/// A file whose objects can be looked at.
pub(super) struct File {
    document: Document,
    /// Whether its table of objects was broken and had to be made anew.
    pub(super) repaired: bool,
}

/// A page, its inherited properties with it.
pub(super) struct Page<'f> {
    pub(super) contents: Vec<&'f Object>,
    pub(super) resources: Option<&'f Dictionary>,
    /// What is shown of it, before it is turned.
    pub(super) shown: Area,
    /// From its own coordinates to those that a reader sees, y upwards.
    pub(super) upright: Matrix,
}

impl File {
    /// Reads a file's objects.
    pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<File, Finding> {
        let document = load::document(bytes, limits)?;
        // What opens without a password has been decrypted, and says so no longer.
        if document.trailer.has(b"Encrypt") {
            return Err(load::encrypted());
        }
        Ok(File { repaired: document.xref_recovery.is_some(), document })
    }

    /// Of objects that have been read already.
    pub(super) fn of(document: Document) -> File {
        File { document, repaired: false }
    }

    /// What a reference leads to, or the object itself.
    pub(super) fn resolve<'f>(&'f self, object: &'f Object) -> Option<&'f Object> {
        self.document.dereference(object).ok().map(|(_, object)| object)
    }

    pub(super) fn get<'f>(&'f self, dictionary: &'f Dictionary, key: &str) -> Option<&'f Object> {
        self.resolve(dictionary.get(key.as_bytes()).ok()?)
    }

    pub(super) fn dictionary<'f>(&'f self, dictionary: &'f Dictionary, key: &str) -> Option<&'f Dictionary> {
        match self.get(dictionary, key)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    pub(super) fn array<'f>(&'f self, dictionary: &'f Dictionary, key: &str) -> Option<&'f [Object]> {
        self.get(dictionary, key)?.as_array().ok().map(Vec::as_slice)
    }

    pub(super) fn name<'f>(&'f self, dictionary: &'f Dictionary, key: &str) -> Option<&'f [u8]> {
        self.get(dictionary, key)?.as_name().ok()
    }

    pub(super) fn number(&self, object: &Object) -> Option<f64> {
        match self.resolve(object)? {
            Object::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            Object::Real(number) => Some(f64::from(*number)).filter(|number| number.is_finite()),
            _ => None,
        }
    }

    /// `N` numbers of an array: a box, a matrix.
    pub(super) fn numbers<const N: usize>(&self, dictionary: &Dictionary, key: &str) -> Option<[f64; N]> {
        let mut numbers = [0.0; N];
        for (place, object) in numbers.iter_mut().zip(self.array(dictionary, key)?.get(..N)?) {
            *place = self.number(object)?;
        }
        Some(numbers)
    }

    /// The bytes of a stream, its filters undone.
    pub(super) fn unpacked(&self, object: &Object, budget: &mut Budget<'_>) -> Result<Vec<u8>, Finding> {
        let Some(Ok(stream)) = self.resolve(object).map(Object::as_stream) else { return Ok(Vec::new()) };
        let limit = budget.next_stream();
        let content = stream.get_plain_content_with_limit(limit).map_err(|error| match error {
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                exceeded("bytes in a packed stream", limit)
            }
            error => damaged(error),
        })?;
        budget.unpacked(content.len())?;
        Ok(content)
    }

    /// What of the catalog forbids reading: fields that were filled in but are not part of the pages.
    pub(super) fn refuse_fields(&self) -> Result<(), Finding> {
        let form = self.document.catalog().ok().and_then(|catalog| self.dictionary(catalog, "AcroForm"));
        let Some(form) = form else { return Ok(()) };
        let found = |code, found: &str| Err(Finding::new(code, "").found(found).expected("text on the pages"));
        if self.get(form, "XFA").is_some_and(|xfa| !matches!(xfa, Object::Null)) {
            return found(Code::XfaForm, "an XFA form");
        }
        match self.array(form, "Fields") {
            Some([_, ..]) => found(Code::UnflattenedFormFields, "form fields"),
            _ => Ok(()),
        }
    }

    /// The pages in order, at most one more than a form may have. What is no page, or was met before, is passed over.
    pub(super) fn pages(&self, limits: &Limits) -> Vec<Page<'_>> {
        let mut pages = Vec::new();
        let mut met: HashSet<ObjectId> = HashSet::new();
        let root = self.document.catalog().ok().and_then(|catalog| catalog.get(b"Pages").ok());
        let mut open: Vec<(&Object, Inherited<'_>)> =
            root.map(|root| (root, Inherited::default())).into_iter().collect();
        while let Some((object, inherited)) = open.pop() {
            if object.as_reference().is_ok_and(|id| !met.insert(id)) {
                continue;
            }
            let Some(Ok(node)) = self.resolve(object).map(Object::as_dict) else { continue };
            let inherited = inherited.and(self, node);
            match self.array(node, "Kids") {
                Some(kids) => open.extend(kids.iter().rev().map(|kid| (kid, inherited))),
                None => pages.push(self.page(node, &inherited)),
            }
            if pages.len() > limits.pages || met.len() > limits.nodes {
                break;
            }
        }
        pages
    }

    fn page<'f>(&'f self, node: &'f Dictionary, inherited: &Inherited<'f>) -> Page<'f> {
        let contents = match self.get(node, "Contents") {
            Some(Object::Array(parts)) => parts.iter().collect(),
            Some(content) => vec![content],
            None => Vec::new(),
        };
        let paper = inherited.media.unwrap_or(A4);
        let shown = inherited.crop.map_or(paper, |crop| crop.within(paper));
        Page { contents, resources: inherited.resources, shown, upright: Matrix::turned(inherited.rotate) }
    }
}

/// What a page takes over from the nodes above it.
#[derive(Clone, Copy, Default)]
struct Inherited<'f> {
    resources: Option<&'f Dictionary>,
    media: Option<Area>,
    crop: Option<Area>,
    rotate: i64,
}

const A4: Area = Area { left: 0.0, bottom: 0.0, right: 595.0, top: 842.0 };

impl<'f> Inherited<'f> {
    fn and(self, file: &'f File, node: &'f Dictionary) -> Inherited<'f> {
        let area = |key| {
            let [left, bottom, right, top] = file.numbers(node, key)?;
            Some(Area::between(Point { x: left, y: bottom }, Point { x: right, y: top }))
        };
        Inherited {
            resources: file.dictionary(node, "Resources").or(self.resources),
            media: area("MediaBox").or(self.media),
            crop: area("CropBox").or(self.crop),
            rotate: file.get(node, "Rotate").and_then(|turn| turn.as_i64().ok()).unwrap_or(self.rotate),
        }
    }
}
