//! What Arabic joins to a word: conjunctions, prepositions and the article before it, pronouns after it.

/// What stands before a word in the same run of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proclitics {
    /// Whether the article is among them.
    pub(super) article: bool,
}

/// The letters of the longest that is allowed: `وبال`, `اوال`.
pub(super) const LONGEST: usize = 4;

/// Reads proclitics under K2, and under K4, where ب is ٮ and ف is ڡ. None if the letters are part of the word.
pub(super) fn proclitics(letters: &str) -> Option<Proclitics> {
    let article = |article| Some(Proclitics { article });
    match letters {
        "" => return article(false),
        // "Or" with its article, written together by mistake often enough to count.
        "اوال" => return article(true),
        _ => {}
    }
    let rest = letters.strip_prefix(['و', 'ف', 'ڡ']).unwrap_or(letters);
    match rest {
        "" | "ب" | "ٮ" | "ك" | "ل" | "س" => article(false),
        "ال" | "بال" | "ٮال" | "كال" | "لل" => article(true),
        _ => None,
    }
}

/// Whether letters after a word are a joined pronoun, under K2.
pub(super) fn is_pronoun(letters: &str) -> bool {
    matches!(
        letters,
        "ه" | "ها" | "هم" | "هن" | "هما" | "ك" | "كم" | "كن" | "كما" | "ي" | "نا" | "ني"
            // And without dots.
            | "هٮ" | "كٮ" | "ٮ" | "ٮا" | "ٮٮ"
    )
}

/// Every way to read a word as something joined and a word, the whole first. The alef and lam at the beginning of a
/// word may belong to it (`البانيا`), so that the cut is never the only reading.
pub(super) fn readings(word: &str) -> impl Iterator<Item = &str> {
    std::iter::once(word).chain(
        word.char_indices()
            .skip(1)
            .take(LONGEST)
            .filter(|(at, _)| proclitics(&word[..*at]).is_some())
            .map(|(at, _)| &word[at..]),
    )
}

/// Words that may stand between the words of a name.
pub(super) fn is_function_word(word: &str) -> bool {
    word.len() <= 8 && FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// Words of grammar, under K2, in the order of their bytes.
pub(super) const FUNCTION_WORDS: [&str; 44] = [
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "that", "the",
    "to", "with", "التي", "الذي", "الي", "ان", "او", "بعد", "بين", "تلك", "ثم", "ذلك", "علي", "عن", "عند",
    "في", "قبل", "قد", "كل", "لا", "ما", "مع", "من", "هذا", "هذه", "هو", "هي", "و",
];

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_grammar_are_in_order() {
        assert!(super::FUNCTION_WORDS.is_sorted());
        assert!(
            super::FUNCTION_WORDS
                .iter()
                .all(|word| super::is_function_word(word))
        );
    }
}
