//! A small writer of PDF files: objects, streams, a table of objects.

/// A file that is being written.
#[derive(Default)]
pub(crate) struct File {
    objects: Vec<Vec<u8>>,
}

impl File {
    /// Takes a number for an object that is written later.
    pub(crate) fn reserve(&mut self) -> usize {
        self.objects.push(Vec::new());
        self.objects.len()
    }

    pub(crate) fn set(&mut self, number: usize, body: &str) {
        self.objects[number - 1] = body.as_bytes().to_vec();
    }

    pub(crate) fn add(&mut self, body: &str) -> usize {
        let number = self.reserve();
        self.set(number, body);
        number
    }

    /// A stream with further entries in its dictionary.
    pub(crate) fn stream(&mut self, entries: &str, content: &[u8]) -> usize {
        let number = self.reserve();
        let head = format!("<< {entries} /Length {} >>\nstream\n", content.len());
        self.objects[number - 1] = [head.as_bytes(), content, b"\nendstream"].concat();
        number
    }

    /// The same, packed as most producers do.
    pub(crate) fn packed(&mut self, entries: &str, content: &[u8]) -> usize {
        let mut stream = lopdf::Stream::new(lopdf::Dictionary::new(), content.to_vec());
        stream.compress().expect("a stream that can be packed");
        let filter = if stream.is_compressed() { "/Filter /FlateDecode" } else { "" };
        self.stream(&format!("{entries} {filter}"), &stream.content)
    }

    /// The file's bytes, its catalog being object `root`, with further entries in its trailer.
    pub(crate) fn finish(self, root: usize, further: &str) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (index, body) in self.objects.iter().enumerate() {
            table.push_str(&format!("{:010} 00000 n \n", out.len()));
            out.extend(format!("{} 0 obj\n", index + 1).as_bytes());
            out.extend(body);
            out.extend(b"\nendobj\n");
        }
        let start = out.len();
        let size = self.objects.len() + 1;
        let trailer = format!("trailer\n<< /Root {root} 0 R /Size {size} {further} >>\nstartxref\n{start}\n%%EOF\n");
        out.extend(table.as_bytes());
        out.extend(trailer.as_bytes());
        out
    }
}
