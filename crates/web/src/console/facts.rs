//! What is said of something, a name and a value each.

use model::Context;
use pipeline::report::Html;
use store::Item;

use super::page::Seen;

/// Something that is said.
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: Html,
}

/// Those that have a value.
pub(super) fn said(facts: impl IntoIterator<Item = (String, Option<Html>)>) -> Vec<Fact> {
    let facts = facts.into_iter();
    facts
        .filter_map(|(name, value)| Some(Fact { name, value: value? }))
        .collect()
}

/// What the platform has said of an item.
pub(super) fn of_context(seen: &Seen, item: &Item) -> [(String, Option<Html>); 7] {
    let Context {
        author,
        url,
        language,
        visibility,
        thread,
        jurisdictions,
    } = &item.context;
    let countries = (!jurisdictions.is_empty()).then(|| jurisdictions.join(" "));
    [
        (seen.say("fact-external"), item.external_id.as_deref()),
        (seen.say("fact-url"), url.as_deref()),
        (seen.say("fact-author"), author.as_deref()),
        (seen.say("fact-thread"), thread.as_deref()),
        (seen.say("fact-language"), language.as_deref()),
        (seen.say("fact-visibility"), visibility.map(|it| it.name())),
        (seen.say("fact-countries"), countries.as_deref()),
    ]
    .map(|(name, value)| (name, value.map(Html::foreign)))
}
