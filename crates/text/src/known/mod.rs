//! Known texts: the same text, a similar text, and a text of which a part is known.
//!
//! - [`raw_text`]: the digest of a text's words under K2. Equal digests are the same text, however it is dressed up.
//! - [`Tlsh`]: the signal `text_tlsh` of python-threatexchange, for exchange with others.
//! - [`Passages`]: a banked statement is found within a longer text, and a quotation in an article.

mod chain;
mod index;
mod one_pass;
mod order;
mod passages;
mod print;
mod raw;
mod tlsh;
mod tlsh_tables;

pub use index::{PassageIndex, Searched};
pub use passages::{Passage, PassageMatch, Passages, PassagesError, Probe, SHORTEST};
pub use print::{Lead, MOST_LEADS, PrintError, TextPrint, signal_type};
pub use raw::{digest_of, raw_text};
pub use tlsh::{Tlsh, TlshError};
