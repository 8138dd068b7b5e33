//! Whole words with what Arabic joins to them, against the gold segments of a treebank.

use std::collections::{BTreeMap, BTreeSet};

use basira_text::Reading;
use basira_text::terms::TermMatcher;
use serde_json::json;

use crate::{Failure, Options, folded, registry};

/// A noun seen so often is a term.
const SEEN: usize = 3;

/// A written word has a term if a gold segment of it is that noun.
pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let text = std::fs::read_to_string(options.path("--conllu")?)?;
    // Written words with the K2 of their segments; tokens without a space between are one word, as far as they are letters.
    let mut words: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut joined, mut before) = (false, String::new());
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() < 10 || !fields[1].chars().all(char::is_alphabetic) {
            joined = false;
            continue;
        }
        let form = folded(fields[1]);
        // After ل the article has lost its alef.
        let form = if joined && before == "ل" && form.starts_with('ل') && fields[5].contains("Definite=Def")
        {
            form['ل'.len_utf8()..].to_owned()
        } else {
            form.strip_prefix("ال").unwrap_or(&form).to_owned()
        };
        if !joined {
            words.push((String::new(), BTreeSet::new()));
        }
        if let Some((word, segments)) = words.last_mut() {
            word.push_str(fields[1]);
            segments.insert(form.clone());
        }
        if fields[3] == "NOUN" && form.chars().count() >= 3 {
            *counts.entry(form.clone()).or_default() += 1;
        }
        joined = fields[9].contains("SpaceAfter=No");
        before = form;
    }
    let several = words.iter().filter(|(_, segments)| segments.len() > 1).count();
    let counted = counts.into_iter().filter(|(_, count)| *count >= SEEN);
    let terms: Vec<String> = counted.map(|(form, _)| form).collect();
    for pronouns in [false, true] {
        let matcher = TermMatcher::new(&registry(terms.iter().cloned(), pronouns)?)?;
        let (mut right, mut wrong, mut missed) = (0, 0, 0);
        for (word, segments) in &words {
            let reading = Reading::of(word)?;
            let found: BTreeSet<usize> = matcher.find(&reading).into_iter().map(|hit| hit.term).collect();
            let gold: BTreeSet<usize> = segments
                .iter()
                .filter_map(|segment| terms.binary_search(segment).ok())
                .collect();
            right += found.intersection(&gold).count();
            wrong += found.difference(&gold).count();
            missed += gold.difference(&found).count();
        }
        println!(
            "{}",
            json!({"words": words.len(), "several": several, "terms": terms.len(), "pronouns": pronouns,
                "right": right, "wrong": wrong, "missed": missed})
        );
    }
    Ok(())
}
