//! Texts that were guessed from pictures.

use super::{Because, Found, Report};
use crate::context::Label;
use crate::find::{Kind, Note};

impl Report {
    /// Reads a text that was guessed from a picture (OCR). It is only good for comparisons that forgive: whatever is found is
    /// marked as guessed, and keeps the keys by which banks are asked only where a checksum says that no letter of it is
    /// wrong. Cues are shown; whether it reports on something is not judged, since a cue against may have been misread.
    pub fn of_guess(text: &str) -> Self {
        let mut report = Self::of(text.as_bytes());
        for found in report.findings.iter_mut().filter(|found| !found.is_code()) {
            if !found.is_checked() {
                found.keys.clear();
            }
            found.notes.push(Note::Guessed);
            found.notes.sort_unstable();
        }
        let context = &mut report.context;
        if context.label != Label::Unclear {
            context.label = Label::Unclear;
            context.why = Because {
                ar: format!("غير واضح: النص مقروء تخمينا من صورة. {}", context.why.ar),
                en: format!("Unclear: the text was guessed from a picture. {}", context.why.en),
            };
        }
        report
    }
}

impl Found {
    /// Whether it has a checksum that is right, so that no letter of it is wrong.
    fn is_checked(&self) -> bool {
        match self.kind {
            Kind::PaymentAddress => !self.notes.contains(&Note::Unchecked),
            _ => false,
        }
    }
}
