//! The words of the console, in Fluent: its plural forms are those of the language, and what is put into a sentence is
//! isolated from its direction.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use pipeline::report::Lang;
use unic_langid::LanguageIdentifier;

/// The sources, in the order of [`Lang::ALL`].
const SOURCES: [&str; 2] = [
    include_str!("../../../../locales/console.en.ftl"),
    include_str!("../../../../locales/console.ar.ftl"),
];

static BUNDLES: LazyLock<Vec<FluentBundle<FluentResource>>> = LazyLock::new(|| {
    Lang::ALL
        .iter()
        .zip(SOURCES)
        .map(|(lang, source)| {
            let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            // What does not parse is left out of it; a test reads both and finds nothing left out.
            let resource =
                FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
            bundle
        })
        .collect()
});

/// A message in a language. One that is not there is its own name, which a test finds.
pub(super) fn say(lang: Lang, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    let bundle = &BUNDLES[usize::from(lang == Lang::Ar)];
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return id.to_owned();
    };
    let args: FluentArgs<'_> = values
        .iter()
        .map(|(name, value)| (*name, value.clone()))
        .collect();
    bundle
        .format_pattern(pattern, Some(&args), &mut Vec::new())
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Messages with the variables that each has.
    fn messages(source: &str) -> BTreeSet<(String, BTreeSet<String>)> {
        assert!(
            FluentResource::try_new(source.to_owned()).is_ok(),
            "every line parses"
        );
        let mut found: Vec<(String, String)> = Vec::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                Some((id, text)) => found.push((id.to_owned(), text.to_owned())),
                None => {
                    if let Some((id, text)) = line.strip_suffix(" =").map(|id| (id.to_owned(), String::new()))
                    {
                        found.push((id, text));
                    } else if let Some(last) = found.last_mut() {
                        last.1.push_str(line);
                    }
                }
            }
        }
        let variables = |text: &str| {
            let pieces = text.split('$').skip(1);
            pieces
                .map(|piece| piece.chars().take_while(|c| c.is_ascii_alphanumeric()).collect())
                .collect()
        };
        found
            .iter()
            .map(|(id, text)| (id.clone(), variables(text)))
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_values() {
        let [english, arabic] = SOURCES.map(messages);
        assert_eq!(english, arabic);
        assert!(english.len() > 100);
    }

    /// Every message that a page asks for by its name is there, and none is there that no page asks for.
    #[test]
    fn every_message_that_is_asked_for_is_there_and_no_other() {
        let known: BTreeSet<String> = messages(SOURCES[0]).into_iter().map(|(id, _)| id).collect();
        let mut asked = BTreeSet::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut texts = String::new();
        for folder in ["src/console", "src/console/table", "templates/console"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = file.unwrap().path();
                if path.is_file() {
                    texts.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for call in [
            ".say(\"",
            ".count(\"",
            ".fill(\"",
            ".word(\"",
            ".count_word(\"",
            "title: \"",
            "choice(\"",
            "figure(\"",
        ] {
            for piece in texts.split(call).skip(1) {
                asked.insert(piece.split('"').next().unwrap().to_owned());
            }
        }
        // `word` puts a word of an enum after a dash.
        let families: Vec<String> = asked.iter().filter(|id| id.ends_with('-')).cloned().collect();
        let missing: Vec<_> = asked
            .iter()
            .filter(|id| !id.ends_with('-') && !id.is_empty() && !known.contains(*id))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        let idle: Vec<_> = known
            .iter()
            .filter(|id| !asked.contains(*id) && !families.iter().any(|family| id.starts_with(family)))
            .collect();
        assert!(idle.is_empty(), "nothing asks for {idle:?}");
    }

    #[test]
    fn every_word_of_an_enum_has_a_message() {
        let known: BTreeSet<String> = messages(SOURCES[0]).into_iter().map(|(id, _)| id).collect();
        let words = [
            (
                "queue-",
                model::Queue::ALL.iter().map(|it| it.name()).collect::<Vec<_>>(),
            ),
            (
                "severity-",
                model::Severity::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "reason-",
                model::CaseReason::ALL.iter().map(|it| it.name()).collect(),
            ),
            ("joined-", model::Joined::ALL.iter().map(|it| it.name()).collect()),
            (
                "case-state-",
                model::CaseState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "outcome-",
                model::DecisionOutcome::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "exemption-",
                model::Exemption::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "decision-state-",
                model::DecisionState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "likeness-",
                model::Likeness::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "about-",
                model::DecisionOutcome::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "delivery-",
                model::DeliveryState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "told-",
                model::DeliveryState::ALL.iter().map(|it| it.name()).collect(),
            ),
            ("action-", crate::console::action::WORDS.to_vec()),
            ("role-", model::Role::ALL.iter().map(|it| it.name()).collect()),
            (
                "category-",
                model::ReportCategory::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "report-status-",
                model::ReportStatus::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "appeal-state-",
                model::AppealState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "hosted-appeal-",
                model::AppealState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "appeal-ruling-",
                model::AppealRuling::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "appeal-about-",
                model::AppealRuling::ALL.iter().map(|it| it.name()).collect(),
            ),
            ("trust-", model::Trust::ALL.iter().map(|it| it.name()).collect()),
            ("stage-", model::Stage::ALL.iter().map(|it| it.name()).collect()),
            (
                "item-state-",
                model::ItemState::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "action-",
                store::ACTION_TIMES.iter().map(|(name, _)| *name).collect(),
            ),
            ("verdict-", vec!["match", "no_match", "incomplete"]),
            (
                "purge-block-",
                model::PurgeBlock::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "rule-about-",
                vec![
                    "day_reveals",
                    "day_minutes",
                    "break_after",
                    "break_minutes",
                    "sample",
                ],
            ),
            (
                "operator-",
                policy::form::Operator::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "join-",
                policy::form::Join::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "trial-",
                policy::form::Says::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "priority-",
                policy::Priority::ALL.iter().map(|it| it.name()).collect(),
            ),
            ("says-", vec!["true", "false", "unknown"]),
            ("scope-", model::Scope::ALL.iter().map(|it| it.name()).collect()),
            (
                "key-trust-",
                model::KeyTrust::ALL.iter().map(|it| it.name()).collect(),
            ),
            (
                "key-",
                super::super::choices::KEYS
                    .iter()
                    .map(|(_, word)| *word)
                    .collect(),
            ),
        ];
        for (family, words) in words {
            for word in words {
                let id = format!("{family}{word}");
                assert!(known.contains(&id), "{id}");
            }
        }
    }

    #[test]
    fn arabic_counts_in_its_six_forms() {
        let texts: BTreeSet<String> = [0, 1, 2, 3, 11, 100]
            .into_iter()
            .map(|number| say(Lang::Ar, "members", &[("n", number.into())]))
            .map(|text| text.chars().filter(|c| c.is_alphabetic()).collect())
            .collect();
        // 3 and 11 differ in their noun, 100 has that of 1.
        assert!(texts.len() >= 4, "{texts:?}");
    }
}
