//! What characters are, where the standard library does not say.

/// Stretches what it is joined to.
pub(super) const TATWEEL: char = '\u{640}';

/// Characters that say nothing by themselves and are taken out before anything else: default-ignorable code points
/// (Unicode, *DerivedCoreProperties*), controls, marks of vowels and of recitation, marks without their letter.
pub(super) const fn is_dropped(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        '\u{A0}'..='\u{AC}' | ' '..='~' => false,
        _ => is_ignorable(c) || is_arabic_mark(c) || is_lone_mark(c),
    }
}

const fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Vowels, doubling and signs of recitation. The marks that make a hamza (U+0653 to U+0655) are not here: they are put
/// together with their letter first.
pub(crate) const fn is_arabic_mark(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{652}' | '\u{656}'..='\u{65F}' | '\u{670}'
        | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}'
        | '\u{897}'..='\u{89F}' | '\u{8CA}'..='\u{8E1}' | '\u{8E3}'..='\u{8FF}')
}

/// Presentation forms of marks: NFKC would make a space of them and split the word.
const fn is_lone_mark(c: char) -> bool {
    matches!(c, '\u{FC5E}'..='\u{FC63}' | '\u{FCF2}'..='\u{FCF4}' | '\u{FE70}'..='\u{FE7F}')
}

/// The marks that make a hamza or a madda of the letter before.
pub(super) const fn is_hamza_mark(c: char) -> bool {
    matches!(c, '\u{653}'..='\u{655}')
}

/// Accents and overlays of any letter.
pub(super) const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Whether a letter's script uses accents: Latin, Greek, Cyrillic. Elsewhere they are decoration.
pub(super) const fn takes_accents(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{52F}' | '\u{1E00}'..='\u{1FFF}'
        | '\u{2C60}'..='\u{2C7F}' | '\u{A640}'..='\u{A69F}' | '\u{A720}'..='\u{A7FF}')
}

/// Letters of Latin and Greek, whose accents are folded. Cyrillic's (й, ё) tell letters apart.
pub(super) const fn folds_accents(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}'
        | '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}')
}

/// Letters and numbers of the Arabic script, as keys have them: no presentation forms.
pub(crate) const fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{63F}' | '\u{641}'..='\u{64A}' | '\u{66E}' | '\u{66F}' | '\u{671}'..='\u{6D3}'
        | '\u{6D5}' | '\u{6EE}' | '\u{6EF}' | '\u{6FA}'..='\u{6FC}' | '\u{6FF}' | '\u{750}'..='\u{77F}'
        | '\u{870}'..='\u{887}' | '\u{889}'..='\u{88E}' | '\u{8A0}'..='\u{8C9}')
}

/// Whether a plain letter of Arabic (U+0621 to U+063A, U+0641 to U+064A) stands at a place, two bytes long. Nearly all of an
/// Arabic text is such letters, and to look at bytes is several times as fast as to ask what each character is.
#[inline]
pub(crate) const fn is_plain_arabic(bytes: &[u8], at: usize) -> bool {
    at + 1 < bytes.len()
        && matches!(
            (bytes[at], bytes[at + 1]),
            (0xD8, 0xA1..=0xBA) | (0xD9, 0x81..=0x8A)
        )
}

/// Whether a character is a letter. The standard library looks it up; nearly all that are asked for need no table.
#[inline]
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphabetic(),
        '\u{621}'..='\u{64A}' => true,
        _ if is_sign(c) => false,
        _ => c.is_alphabetic(),
    }
}

/// Signs that are in many texts: of Arabic, and dashes, quotes and invisible ones.
const fn is_sign(c: char) -> bool {
    matches!(c, '\u{60C}' | '\u{61B}' | '\u{61F}' | '\u{66A}'..='\u{66D}' | '\u{2000}'..='\u{206F}')
}

/// Whether a character is a letter or a digit.
#[inline]
pub(crate) fn is_of_word(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphanumeric(),
        '\u{621}'..='\u{64A}' => true,
        _ if is_sign(c) => false,
        _ => c.is_alphanumeric(),
    }
}

/// First digits of every block of decimal digits (general category Nd) that NFKC does not already make ASCII.
const ZEROS: [u32; 67] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730,
    0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1E140,
    0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The ASCII digit of the same value.
pub(super) fn ascii_digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return None;
    }
    let at = ZEROS.partition_point(|zero| *zero <= c as u32).checked_sub(1)?;
    char::from_digit((c as u32 - ZEROS[at]).min(10), 10)
}

/// The words that a ligature of words stands for. NFKC takes some of these apart and others not.
pub(super) const fn words_of(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{FDFA}' => "صلى الله عليه وسلم",
        '\u{FDFB}' => "جل جلاله",
        '\u{FDFC}' => "ريال",
        '\u{FDFD}' => "بسم الله الرحمن الرحيم",
        _ => return None,
    })
}

/// One character for all of a kind: quotes, spaces, ends of lines, signs of numbers.
pub(super) const fn plain(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | '❝' | '❞' | '〝' | '〞' | '〟' => {
            '"'
        }
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '‵' | '❛' | '❜' => '\'',
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '٪' => '%',
        '٫' => '.',
        other => other,
    }
}
