//! Messages (RFC 5322, MIME): subject and text, and everything that is attached.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use model::IncompleteReason;

use super::html;
use crate::opening::Opening;
use crate::refusal::malformed;

/// Reads a message.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| malformed("no message"))?;
    look(&message, opening);
    Ok(())
}

fn look(message: &Message<'_>, opening: &mut Opening<'_>) {
    if let Some(subject) = message.subject() {
        opening.text(subject);
    }
    for (number, part) in (1..).zip(&message.parts) {
        let nameless = format!("part {number}");
        let name = part.attachment_name().unwrap_or(&nameless);
        match &part.body {
            PartType::Text(text) => opening.text(text),
            PartType::Html(page) => html::read(page.as_bytes(), opening),
            PartType::Binary(content) | PartType::InlineBinary(content) => opening.member(name, &content[..]),
            // As a member, so that it counts as one step of depth.
            PartType::Message(inner) => opening.member(name, inner.raw_message()),
            PartType::Multipart(_) => {}
        }
    }
}
