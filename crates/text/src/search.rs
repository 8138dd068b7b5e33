//! Words by which people search texts. Searching forgives what matching must not: it proposes, and a person looks.

use std::collections::BTreeSet;

use crate::keys::folded_text;
use crate::page::Page;
use crate::report::body_of;
use crate::words::words;

/// Words by which one item is found, of all of its texts.
pub const MOST_SEARCHED: usize = 400;

/// Bytes of a body that are read for its words.
const BEGINNING: usize = 256 << 10;
/// The longest word in characters; of longer ones the beginning counts.
const LONGEST: usize = 48;
/// Letters that stay when an article is taken away.
const STEM: usize = 3;
/// Articles with what is joined before them, the longest first. A word that begins so is also searched without.
const ARTICLES: [&str; 8] = ["وبال", "وال", "بال", "كال", "فال", "لل", "ال", "و"];

/// The words of a text under K2, each once, without articles; at most `most`, the first ones. Two spellings of a word that a
/// search engine takes for the same are the same here.
///
/// ```
/// let words = basira_text::search_words("الشَّطْرَنْج", 10);
/// assert_eq!(words, basira_text::search_words("شطرنج", 10));
/// ```
pub fn search_words(text: &str, most: usize) -> BTreeSet<String> {
    let folded = folded_text(text);
    let mut found = BTreeSet::new();
    for word in words(&folded).map(|span| &folded[span]) {
        if found.len() >= most {
            break;
        }
        found.insert(bare(word).chars().take(LONGEST).collect());
    }
    found
}

/// The words by which a page or a text is searched, as [`search_words`]: of its title and of the beginning of its body, without
/// the menus and notices that stand around it.
///
/// ```
/// use basira_text::{page, page_words};
/// let file = "<title>Open day</title><nav>Imprint</nav><p>Everybody is welcome to the chess club on the first day of the \
///             season, from morning to evening, and whoever likes may bring a board and a friend to play a game with us.</p>";
/// let words = page_words(&page::read(file.as_bytes()), 100);
/// assert!(words.contains("chess") && words.contains("open") && !words.contains("imprint"));
/// ```
pub fn page_words(page: &Page, most: usize) -> BTreeSet<String> {
    let title = page.title.as_ref().map_or("", |title| &title.text);
    let mut found = search_words(title, most);
    let body = body_of(page);
    let beginning = &body[..body.floor_char_boundary(BEGINNING)];
    found.extend(search_words(beginning, most - found.len()));
    found
}

/// Whether [`search_words`] could have given this word: what comes from a sandbox may be a lie.
pub fn is_search_word(word: &str) -> bool {
    !word.is_empty() && word.chars().count() <= LONGEST && !word.contains('\n')
}

/// A word without its article. A lone *and* is taken away only from what stays long enough to be told apart.
fn bare(word: &str) -> &str {
    let stems = ARTICLES.iter().filter_map(|article| {
        let rest = word.strip_prefix(article)?;
        let needed = if *article == "و" { STEM + 1 } else { STEM };
        (rest.chars().count() >= needed).then_some(rest)
    });
    stems.into_iter().next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(search_words(one, 9), search_words(other, 9), "{one} {other}");
    }

    #[test]
    fn spellings_of_one_word_are_one() {
        same("مدرسة", "مدرسه");
        same("أحمد", "احمد");
        same("مُبَارَاة", "مباراة");
        same("مبـــاراة", "مباراة");
        same("والشطرنج", "شطرنج");
        same("بالشطرنج", "الشطرنج");
        same("CHESS", "chess");
        same("café", "cafe");
        same("١٢٣", "123");
    }

    #[test]
    fn other_words_are_others_and_short_ones_stay_whole() {
        assert_ne!(search_words("ملك", 9), search_words("مالك", 9));
        assert_eq!(search_words("ولد", 9), BTreeSet::from(["ولد".to_owned()]));
        assert!(search_words("الم", 9).contains("الم"));
        assert!(search_words(" \u{202e} -- ", 9).is_empty());
    }

    #[test]
    fn there_are_never_more_than_asked_for() {
        let text: String = (0..500).map(|number| format!("w{number} ")).collect();
        assert_eq!(search_words(&text, 50).len(), 50);
        let long = "a".repeat(5_000);
        assert_eq!(search_words(&long, 9).iter().next().unwrap().len(), LONGEST);
    }
}
