//! One item being opened: what it is, what lies in it, what may still be spent on it, and what was found.

use std::collections::HashSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fingerprint::digest::Digests;
use model::{Incomplete, IncompleteReason, Leaf, PartName, Place};
use text::known::{MOST_LEADS, TextPrint};
use text::page::{self, Page};
use text::report::{Gap, MOST_FINDINGS, Report, gaps};
use text::{MOST_SEARCHED, page_words};

use crate::reading::Reading;
use crate::refusal::{malformed, unsupported};
use crate::request::{
    Contents, MOST_MEDIA, MOST_PRINTED, MOST_REPORTED, MemberPart, PrintPart, ReportPart, Request, TextPart,
    TextSource,
};
use crate::sandbox::{Handed, Tools};
use crate::{Document, FileKind, archive, bmp, document, gif, jpeg, legible, png, reading, svg, tiff, webp};

/// Members after which there is a sign of life.
const SELDOM: u32 = 100;

/// Bytes of a file that is no text which are read for text.
const BINARY: usize = 1 << 20;
/// Bytes at the beginning of a file that tell whether it is a text.
const SAMPLE: usize = 8 << 10;

/// Whether a file is no text: it has a byte 0, and is not in UTF-16.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    sample.contains(&0) && !text::page::is_utf_16(sample)
}

/// The state of one item's decoding. What a decoder finds is told here at once, so that nothing found is lost when it
/// fails later.
pub(crate) struct Opening<'a> {
    request: &'a Request,
    tools: &'a mut Tools<'a>,
    place: Place,
    unpacked: u64,
    /// Members that were begun, whether they could be read or not.
    members: u32,
    /// Members that were shown to the tools.
    media: u32,
    /// Pages that were begun, and the work that they were.
    pages: u32,
    page_work: u64,
    text: u64,
    /// Pictures in which text is looked for.
    legible: u32,
    /// Bytes that were read as pages and texts, and bytes of reports and prints of them.
    read: u64,
    reported: usize,
    printed: usize,
    /// Words by which texts are searched.
    searched: usize,
    found: Contents,
}

impl<'a> Opening<'a> {
    /// Opens an item of `size` bytes, all of which are there unless that is more than [`crate::Limits::max_bytes`].
    pub(crate) fn open(bytes: &[u8], size: u64, request: &'a Request, tools: &'a mut Tools<'a>) -> Contents {
        let mut opening = Self::new(FileKind::of(bytes), request, tools);
        opening.look(bytes, size);
        opening.read_documents();
        opening.found
    }

    /// An item of that kind of which nothing was read yet.
    pub(crate) fn new(kind: FileKind, request: &'a Request, tools: &'a mut Tools<'a>) -> Self {
        Self {
            request,
            tools,
            place: Place::item(),
            unpacked: 0,
            members: 0,
            media: 0,
            pages: 0,
            page_work: 0,
            text: 0,
            legible: 0,
            read: 0,
            reported: 0,
            printed: 0,
            searched: 0,
            found: Contents::nothing(kind),
        }
    }

    /// What was asked for.
    pub(crate) const fn request(&self) -> &'a Request {
        self.request
    }

    /// Says that something in the present place was not looked at.
    pub(crate) fn gap(&mut self, reason: IncompleteReason) {
        self.gap_in(self.place.part(Leaf::File), reason);
    }

    fn gap_in(&mut self, part: PartName, reason: IncompleteReason) {
        let gap = Incomplete { part, reason };
        // Thousands of members can fail alike; each is said once.
        if self.found.incomplete.len() < crate::request::MOST_GAPS && !self.found.incomplete.contains(&gap) {
            self.found.incomplete.push(gap);
        }
    }

    /// Says that a member of the present place was not looked at.
    pub(crate) fn member_gap(&mut self, name: &str, reason: IncompleteReason) {
        let Some(place) = self.place.member(name) else {
            return self.gap(reason);
        };
        let outer = std::mem::replace(&mut self.place, place);
        self.gap(reason);
        self.place = outer;
    }

    /// Says that the item turned out to be of a more special kind than its first bytes tell.
    pub(crate) fn is_a(&mut self, kind: FileKind) {
        match self.place.depth() {
            0 => self.found.kind = kind,
            // The member that is being opened was listed last, before what lies in it.
            _ => {
                let name = self.place.part(Leaf::File);
                if let Some(member) = self
                    .found
                    .members
                    .iter_mut()
                    .rev()
                    .find(|member| member.name == name)
                {
                    member.kind = kind;
                }
            }
        }
    }

    /// Hashes a picture of the present place.
    pub(crate) fn picture(&mut self, reading: &Reading) {
        let limit = self.request.limits.max_pictures;
        if self.found.pictures.len() >= limit as usize {
            return self.gap(IncompleteReason::Pictures { limit });
        }
        let name = self.place.part(reading.leaf);
        self.found
            .pictures
            .push(reading::part(reading, name, self.request));
        if self.request.ocr {
            self.hand_on(reading);
        }
    }

    /// Has text looked for in the last picture.
    fn hand_on(&mut self, reading: &Reading) {
        let Some(grey) = legible::grey(reading) else {
            return;
        };
        let limit = self.request.limits.max_ocr;
        if self.legible >= limit {
            // Said once, and not of each picture that follows.
            let everywhere = Place::item().part(Leaf::Text);
            return self.gap_in(everywhere, IncompleteReason::Pictures { limit });
        }
        self.legible += 1;
        // There are at most `max_pictures`.
        let number = self.found.pictures.len() as u32 - 1;
        (self.tools)(Handed::Picture { number, grey: &grey });
    }

    /// Hashes a picture that lies in the present place under that name, and is no file.
    pub(crate) fn embedded(&mut self, name: &str, reading: &Reading) {
        let Some(place) = self.place.member(name) else {
            return self.gap(IncompleteReason::Depth {
                limit: self.request.limits.max_depth,
            });
        };
        let outer = std::mem::replace(&mut self.place, place);
        self.picture(reading);
        self.place = outer;
    }

    /// Begins a page of the present place, unless there were too many, which is said.
    pub(crate) fn begin_page(&mut self) -> bool {
        let limit = self.request.limits.max_pages;
        if self.pages >= limit {
            self.gap(IncompleteReason::Pages { limit });
            return false;
        }
        self.pages += 1;
        true
    }

    /// Says that a page of the present place was not looked at as a whole.
    pub(crate) fn page_gap(&mut self, number: u32, reason: IncompleteReason) {
        self.gap_in(self.place.part(Leaf::Page(number)), reason);
    }

    /// The work that the pages of the item were so far.
    pub(crate) const fn page_work(&self) -> u64 {
        self.page_work
    }

    /// Adds to [`Self::page_work`].
    pub(crate) fn add_page_work(&mut self, work: u64) {
        self.page_work = self.page_work.saturating_add(work);
    }

    /// Bytes that may still come out of the item, and out of one member of it at most.
    pub(crate) fn most_unpacked(&self) -> u64 {
        let limits = &self.request.limits;
        limits
            .max_member
            .min(limits.max_unpacked.saturating_sub(self.unpacked))
    }

    /// The limit that [`Self::most_unpacked`] comes from.
    pub(crate) fn unpacked_limit(&self) -> u64 {
        let limits = &self.request.limits;
        if self.most_unpacked() < limits.max_member {
            limits.max_unpacked
        } else {
            limits.max_member
        }
    }

    /// Counts bytes that came out of the item otherwise than as a member.
    pub(crate) fn add_unpacked(&mut self, bytes: u64) {
        self.unpacked = self.unpacked.saturating_add(bytes);
    }

    /// Takes text of the present place. Each call is a paragraph or more.
    pub(crate) fn text(&mut self, text: &str) {
        let limit = self.request.limits.max_text;
        let mut text = text.trim();
        let room = usize::try_from(limit.saturating_sub(self.text)).unwrap_or(usize::MAX);
        if text.len() > room {
            self.gap(IncompleteReason::Text { limit });
            text = &text[..text.floor_char_boundary(room)];
        }
        if text.is_empty() {
            return;
        }
        // The break between two paragraphs counts too.
        self.text += text.len() as u64 + 1;
        let name = self.place.part(Leaf::Text);
        // Mostly the last one; what was opened in between has texts of its own, and a place has one.
        let mut texts = self.found.texts.iter_mut().rev();
        match texts.find(|part| part.name == name) {
            Some(part) => {
                part.text.push('\n');
                part.text.push_str(text);
            }
            None => self.found.texts.push(TextPart {
                name,
                text: text.to_owned(),
                source: TextSource::Document,
            }),
        }
    }

    /// Reads a page or a text, as far as it may be read.
    fn read_text(&mut self, name: PartName, bytes: &[u8]) {
        let limit = self.request.limits.max_text;
        let room = usize::try_from(limit.saturating_sub(self.read)).unwrap_or(usize::MAX);
        let mut end = bytes.len();
        if end > room {
            self.gap_in(name.clone(), IncompleteReason::Text { limit });
            end = room;
            // Not within a letter, where it is UTF-8.
            while end > 0 && room - end < 3 && bytes[end] & 0xc0 == 0x80 {
                end -= 1;
            }
        }
        if end == 0 {
            return;
        }
        self.read += end as u64;
        let page = page::read(&bytes[..end]);
        let found = page.mentions();
        let mut incomplete = gaps(&page);
        if self.request.compare {
            let words = self.words(&page, &bytes[..end]);
            self.print(&name, TextPrint::of(&page, &found), words);
            // A bank may keep it for people to see; that of other files is there already.
            if self.request.banked && !page.html && name.split().1 == Leaf::File {
                self.text(page.text());
            }
        }
        if self.request.read {
            let report = Report::of_page(&page, found);
            incomplete.clone_from(&report.incomplete);
            self.report(&name, report);
        }
        for gap in &incomplete {
            let reason = match gap {
                Gap::Findings => IncompleteReason::Findings {
                    limit: MOST_FINDINGS as u32,
                },
                Gap::Page(why) => malformed(why),
            };
            self.gap_in(name.clone(), reason);
        }
    }

    fn report(&mut self, name: &PartName, report: Report) {
        // Less than its JSON, whose size is known when it leaves.
        self.reported = self.reported.saturating_add(report.weight());
        if self.reported > MOST_REPORTED {
            let limit = MOST_FINDINGS as u32;
            return self.gap_in(name.clone(), IncompleteReason::Findings { limit });
        }
        let name = name.clone();
        self.found.reports.push(ReportPart { name, report });
    }

    /// The words by which a text is searched. In what is no text, words are chance; what a bank knows is not searched so.
    fn words(&mut self, page: &Page, bytes: &[u8]) -> Vec<String> {
        if self.request.banked || is_binary(bytes) {
            return Vec::new();
        }
        let words = page_words(page, MOST_SEARCHED - self.searched);
        self.searched += words.len();
        words.into_iter().collect()
    }

    fn print(&mut self, name: &PartName, mut print: TextPrint, words: Vec<String>) {
        if !self.request.banked {
            print.body = None;
        }
        if print.more_leads {
            let limit = MOST_LEADS as u32;
            self.gap_in(name.clone(), IncompleteReason::Findings { limit });
        }
        let size = print.size();
        if self.printed.saturating_add(size) > MOST_PRINTED {
            let limit = self.request.limits.max_text;
            return self.gap_in(name.clone(), IncompleteReason::Text { limit });
        }
        self.printed += size;
        let name = name.clone();
        self.found.prints.push(PrintPart { name, print, words });
    }

    /// Reads the beginning of a file that is no text, for whatever text may be in it. It is no gap that it is none.
    fn read_binary(&mut self, bytes: &[u8]) {
        let (told, read) = (self.found.incomplete.len(), self.read);
        self.read_text(self.place.part(Leaf::File), &bytes[..bytes.len().min(BINARY)]);
        self.found.incomplete.truncate(told);
        self.read = read;
    }

    /// Whether texts are read at all.
    const fn reads_texts(&self) -> bool {
        self.request.read || self.request.compare
    }

    /// Reads the texts of documents; those of pages were read as pages.
    fn read_documents(&mut self) {
        if !self.reads_texts() {
            return;
        }
        let reports = self.found.reports.iter().map(|part| part.name.clone());
        let prints = self.found.prints.iter().map(|part| part.name.clone());
        let pages: HashSet<PartName> = reports.chain(prints).collect();
        let texts = std::mem::take(&mut self.found.texts);
        for text in &texts {
            let (place, _) = text.name.split();
            if pages.contains(&place.part(Leaf::File)) {
                continue;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                self.read_text(text.name.clone(), text.text.as_bytes());
            }));
            if outcome.is_err() {
                self.gap_in(text.name.clone(), IncompleteReason::Crashed);
            }
        }
        self.found.texts = texts;
    }

    /// Opens a member of the present place, by reading it as far as it may be read. A member too large is listed as
    /// incomplete, and the next can be opened.
    pub(crate) fn member(&mut self, name: &str, content: impl Read) {
        let limits = &self.request.limits;
        if self.members >= limits.max_members {
            let limit = limits.max_members;
            return self.gap(IncompleteReason::Members { limit });
        }
        self.members += 1;
        if self.members.is_multiple_of(SELDOM) {
            (self.tools)(Handed::Members(self.members));
        }
        let Some(place) = self
            .place
            .member(name)
            .filter(|place| place.depth() <= limits.max_depth as usize)
        else {
            let limit = limits.max_depth;
            return self.gap(IncompleteReason::Depth { limit });
        };
        let outer = std::mem::replace(&mut self.place, place);
        self.read_member(content);
        self.place = outer;
    }

    fn read_member(&mut self, content: impl Read) {
        let (limit, named) = (self.most_unpacked(), self.unpacked_limit());
        let mut bytes = Vec::new();
        let outcome = content.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        self.unpacked = self.unpacked.saturating_add(bytes.len() as u64);
        if bytes.len() as u64 > limit {
            return self.gap(IncompleteReason::Unpacked { limit: named });
        }
        if let Err(error) = outcome {
            self.gap(match error.kind() {
                std::io::ErrorKind::UnexpectedEof => IncompleteReason::Truncated,
                _ => malformed(error),
            });
            // What came before is looked at all the same.
            if bytes.is_empty() {
                return;
            }
        }
        self.found.members.push(MemberPart {
            name: self.place.part(Leaf::File),
            kind: FileKind::of(&bytes),
            bytes: bytes.len() as u64,
            digests: Digests::of(&bytes),
        });
        if !bytes.is_empty() {
            self.look(&bytes, bytes.len() as u64);
        }
    }

    /// Looks into the bytes of the present place, in each way in which they can be read.
    fn look(&mut self, bytes: &[u8], size: u64) {
        if size == 0 {
            return self.gap(IncompleteReason::Empty);
        }
        for kind in FileKind::readings(bytes) {
            let limit = self.request.limits.max_bytes;
            // A film is not held in memory.
            let whole = match kind {
                FileKind::Media(_) => false,
                FileKind::Plain => self.request.read || self.request.compare && !is_binary(bytes),
                _ => true,
            };
            if size > limit && whole {
                return self.gap(IncompleteReason::Bytes { found: size, limit });
            }
            let place = self.place.clone();
            let outcome = catch_unwind(AssertUnwindSafe(|| self.read(kind, bytes)));
            // A decoder that failed may have been deeper within.
            self.place = place;
            if let Err(reason) = outcome.unwrap_or(Err(IncompleteReason::Crashed)) {
                self.gap(reason);
            }
        }
    }

    fn read(&mut self, kind: FileKind, bytes: &[u8]) -> Result<(), IncompleteReason> {
        let request = self.request;
        if self.reads_texts() && matches!(kind, FileKind::Plain | FileKind::Document(Document::Html)) {
            if kind == FileKind::Plain && !request.read && is_binary(bytes) {
                self.read_binary(bytes);
            } else {
                self.read_text(self.place.part(Leaf::File), bytes);
            }
        }
        match kind {
            FileKind::Jpeg => jpeg::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::Png => png::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::WebP => webp::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::Gif => gif::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::Bmp => bmp::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::Tiff => tiff::read(bytes, request, &mut |reading| self.picture(&reading)),
            FileKind::Svg => svg::read(bytes, self),
            FileKind::Archive(kind) => archive::read(kind, bytes, self),
            FileKind::Document(kind) => document::read(kind, bytes, self),
            FileKind::Media(_) if self.media >= MOST_MEDIA => {
                Err(IncompleteReason::Members { limit: MOST_MEDIA })
            }
            FileKind::Media(kind) => {
                self.media += 1;
                (self.tools)(Handed::Media {
                    place: &self.place,
                    kind,
                    bytes,
                });
                Ok(())
            }
            FileKind::Undecoded(kind) => Err(unsupported(kind)),
            FileKind::Plain => Ok(()),
        }
    }
}
