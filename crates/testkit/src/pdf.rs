//! PDF files (ISO 32000), written object by object, so that any of them can be wrong.

use std::fmt::Write;

/// A file that is being written.
///
/// ```
/// use basira_testkit::{encode, pdf::Pdf, photo};
/// let mut file = Pdf::new();
/// let picture = file.jpeg(&encode::jpeg(&photo(1, 90, 60), 80), 90, 60);
/// file.picture_page(picture, 300, 200);
/// assert!(file.finish().starts_with(b"%PDF-1.7"));
/// ```
#[derive(Debug, Clone)]
pub struct Pdf {
    objects: Vec<Vec<u8>>,
    pages: Vec<u32>,
    catalog: String,
    trailer: String,
}

/// The number of the page tree; the catalogue is before it.
const TREE: u32 = 2;

impl Default for Pdf {
    fn default() -> Self {
        Self::new()
    }
}

impl Pdf {
    /// A file without pages.
    pub fn new() -> Self {
        Self {
            objects: vec![Vec::new(), Vec::new()],
            pages: Vec::new(),
            catalog: String::new(),
            trailer: String::new(),
        }
    }

    /// The number that the next object gets.
    pub fn next(&self) -> u32 {
        self.objects.len() as u32 + 1
    }

    /// Adds an object; its number.
    pub fn object(&mut self, body: impl Into<Vec<u8>>) -> u32 {
        self.objects.push(body.into());
        self.objects.len() as u32
    }

    /// Adds a stream with these entries beside its length; its number.
    pub fn stream(&mut self, entries: &str, content: &[u8]) -> u32 {
        let mut body = format!("<< {entries} /Length {} >>\nstream\n", content.len()).into_bytes();
        body.extend(content);
        body.extend(b"\nendstream");
        self.object(body)
    }

    /// Adds a picture that is a JPEG file; its number.
    pub fn jpeg(&mut self, file: &[u8], width: usize, height: usize) -> u32 {
        self.picture(
            file,
            width,
            height,
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        )
    }

    /// Adds a picture, with what there is to say about its content; its number.
    pub fn picture(&mut self, content: &[u8], width: usize, height: usize, entries: &str) -> u32 {
        let entries = format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {entries}");
        self.stream(&entries, content)
    }

    /// Adds a page on which is drawn what `contents` says; its number.
    pub fn page(&mut self, width: u32, height: u32, resources: &str, contents: &str) -> u32 {
        let contents = self.stream("", contents.as_bytes());
        let page = self.object(format!(
            "<< /Type /Page /Parent {TREE} 0 R /MediaBox [0 0 {width} {height}] /Resources << {resources} >> \
             /Contents {contents} 0 R >>"
        ));
        self.pages.push(page);
        page
    }

    /// Adds a page that is a picture; its number.
    pub fn picture_page(&mut self, picture: u32, width: u32, height: u32) -> u32 {
        self.page(
            width,
            height,
            &format!("/XObject << /P {picture} 0 R >>"),
            &format!("q {width} 0 0 {height} 0 0 cm /P Do Q"),
        )
    }

    /// Adds an attachment, with what there is to say about its content; its number is that of its file specification.
    pub fn attachment(&mut self, name: &str, entries: &str, content: &[u8]) -> u32 {
        let content = self.stream(&format!("/Type /EmbeddedFile {entries}"), content);
        self.object(format!(
            "<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F {content} 0 R >> >>"
        ))
    }

    /// Puts another page tree in the place of the one that lists the pages.
    pub fn page_tree(&mut self, tree: &str) {
        self.objects[1] = tree.as_bytes().to_vec();
    }

    /// Adds entries to the catalogue.
    pub fn catalog(&mut self, entries: &str) {
        self.catalog += entries;
    }

    /// Adds entries to the trailer.
    pub fn trailer(&mut self, entries: &str) {
        self.trailer += entries;
    }

    /// Replaces the content of every stream and string by what `change` makes of it and the number of its object.
    pub fn change_streams(&mut self, change: impl Fn(u32, &[u8]) -> Vec<u8>) {
        const BEGIN: &[u8] = b">>\nstream\n";
        const END: &[u8] = b"\nendstream";
        for (number, object) in (1..).zip(&mut self.objects) {
            let begin = object.windows(BEGIN.len()).position(|window| window == BEGIN);
            if let Some(begin) = begin.filter(|_| object.ends_with(END)) {
                let content = begin + BEGIN.len()..object.len() - END.len();
                let changed = change(number, &object[content.clone()]);
                object.splice(content, changed);
            }
        }
    }

    /// The bytes of the file.
    pub fn finish(mut self) -> Vec<u8> {
        self.objects[0] = format!("<< /Type /Catalog /Pages {TREE} 0 R {} >>", self.catalog).into_bytes();
        let kids: Vec<String> = self.pages.iter().map(|page| format!("{page} 0 R")).collect();
        if self.objects[1].is_empty() {
            self.objects[1] = format!(
                "<< /Type /Pages /Count {} /Kids [{}] >>",
                kids.len(),
                kids.join(" ")
            )
            .into_bytes();
        }
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (number, object) in (1..).zip(&self.objects) {
            // Writing to a string does not fail.
            let _ = writeln!(table, "{:010} 00000 n ", out.len());
            out.extend(format!("{number} 0 obj\n").into_bytes());
            out.extend(object);
            out.extend(b"\nendobj\n");
        }
        let start = out.len();
        let size = self.objects.len() + 1;
        out.extend(table.into_bytes());
        out.extend(
            format!(
                "trailer\n<< /Size {size} /Root 1 0 R {} >>\nstartxref\n{start}\n%%EOF\n",
                self.trailer
            )
            .into_bytes(),
        );
        out
    }
}
