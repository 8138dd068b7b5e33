//! Hostile conditions and files: refused with a diagnostic, or evaluated within the budget; never a panic, never an abort.

use basira_policy::{Condition, Facts, PolicySet, SourceFile, format, lint};

use super::oracle::expression;
use super::support::{BASE, Dice, check, files, quiet, with_condition};

/// Whatever comes, it is refused with a place and a remedy, or it holds its budget.
fn endure(source: &str, facts: &Facts) -> bool {
    match Condition::check(source) {
        Ok(condition) => {
            let (_, steps) = condition.truth_in_steps(facts);
            assert!(
                steps <= condition.most_steps() && condition.most_steps() <= 32_768,
                "{}",
                cut(source)
            );
            true
        }
        Err(found) => {
            assert!(
                !found.message.is_empty() && !found.help.is_empty(),
                "{}",
                cut(source)
            );
            let shown = found.to_string();
            assert!(shown.len() < 4000, "{} bytes for {}", shown.len(), cut(source));
            false
        }
    }
}

fn cut(source: &str) -> String {
    source.chars().take(300).collect()
}

/// As many matches as a list may have, so that every loop is as long as it can be.
fn full() -> Facts {
    let mut snapshot = quiet();
    let by = snapshot.producer("dice", "1", false);
    let one =
        serde_json::from_str(r#"{ "bank": "b", "distance": 3, "labels": ["a"], "human_confirmed": false }"#)
            .unwrap();
    let list = basira_policy::Value::List(vec![one; 256]);
    snapshot.set("matches", list, by).unwrap();
    Facts::of(&snapshot)
}

#[test]
fn bombs_are_refused_or_bounded() {
    let facts = full();
    let repeat = |text: &str, times: usize| text.repeat(times);
    let mut bombs: Vec<String> = Vec::new();
    for times in [1, 2, 8, 31, 32, 33, 64, 100, 500, 2000, 8000, 100_000] {
        for (open, inner, close) in [
            ("(", "true", ")"),
            ("[", "1", "]"),
            ("!", "true", ""),
            ("-", "1", ""),
            ("!(", "true", ")"),
            ("size(", "matches", ")"),
            ("has(", "matches", ")"),
            ("true ? (", "true", ") : false"),
            ("true ? true : ", "false", ""),
            ("true && (", "true", ")"),
            ("true || (true && ", "true", ")"),
            ("matches.exists(m, ", "m.exact", ")"),
            ("matches.all(m, m.exact || ", "m.exact", ")"),
            ("(", "", ""),
            ("", "", ")"),
            ("[", "", ""),
            ("{", "", "}"),
            ("'", "", ""),
            ("\"\"\"", "", ""),
            ("\\", "", ""),
        ] {
            bombs.push(format!("{}{inner}{}", repeat(open, times), repeat(close, times)));
        }
        for (unit, end) in [
            ("true || ", "true"),
            ("true && ", "true"),
            ("text.words > 1 || ", "true"),
            ("text.words == ", "1"),
            ("1 < ", "2"),
            ("1 + ", "2"),
            ("a.", "b"),
            ("text.words.", "words"),
            ("a.b().", "c()"),
            ("a[0]", " == 1"),
            ("true ? false : ", "true"),
            ("'a' in ['a'] == ", "true"),
            ("1, ", "1"),
            ("//x\n", "true"),
            (" ", "true"),
            ("-", "1 < 2"),
            ("ش", " == 1"),
            ("9", " < text.words"),
            ("0.", "1 < text.quoted"),
        ] {
            bombs.push(format!("{}{end}", repeat(unit, times)));
        }
        let list = vec!["'chess'"; times.min(2000)].join(", ");
        bombs.push(format!("item.language in [{list}]"));
        bombs.push(format!("matches.exists(m, m.bank in [{list}])"));
        bombs.push(format!("item.source.matches('{}')", repeat("(a+)+", times)));
        bombs.push(format!("item.source.matches('{}')", repeat("(", times)));
        bombs.push(format!("item.source.matches('(a{{{times}}}){{{times}}}')"));
        bombs.push(format!("item.source.matches('\\\\pL{{{times}}}')"));
        bombs.push(format!(
            "olderThan(item.received_at, duration('{}h'))",
            repeat("9", times)
        ));
        bombs.push(format!("item.received_at > timestamp('{}')", repeat("9", times)));
        let clauses = vec!["m.bank.matches('x[0-9]+')"; times.min(200)].join(" || ");
        bombs.push(format!("matches.exists(m, {clauses})"));
    }
    let taken = bombs.iter().filter(|bomb| endure(bomb, &facts)).count();
    assert!(
        bombs.len() > 450 && taken > 20 && taken < bombs.len() / 2,
        "{taken} of {} were taken",
        bombs.len()
    );
}

/// Tokens in no order, and right expressions with a wound.
#[test]
fn ten_thousand_broken_conditions_are_endured() {
    const TOKENS: [&str; 48] = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "?",
        ":",
        "!",
        "&&",
        "||",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        " in ",
        "-",
        "+",
        "*",
        "/",
        "%",
        "'a'",
        "\"b\"",
        "'شطرنج'",
        "1",
        "0.5",
        "true",
        "false",
        "null",
        "text",
        "text.words",
        "matches",
        "m",
        "m.exact",
        "exists",
        ".exists(m, ",
        "all",
        "has(",
        "size(",
        "duration('1h')",
        "r'x'",
        "b'x'",
        "//",
        "\u{202e}",
    ];
    let facts = full();
    let mut dice = Dice(66);
    for _ in 0..6_000 {
        let source: String = (0..1 + dice.below(24)).map(|_| dice.one(&TOKENS)).collect();
        endure(&source, &facts);
    }
    let mut taken = 0;
    for _ in 0..6_000 {
        let mut source: Vec<char> = expression(&mut dice, 3, None).chars().collect();
        for _ in 0..1 + dice.below(3) {
            let at = dice.below(source.len());
            match dice.below(4) {
                0 => drop(source.remove(at)),
                1 => source.insert(
                    at,
                    dice.one(&["(", ")", "'", "!", ".", "ش", "\u{0}", "\\", "9"])
                        .chars()
                        .next()
                        .unwrap(),
                ),
                2 => source.truncate(at),
                _ => {
                    let other = dice.below(source.len());
                    source.swap(at, other);
                }
            }
            if source.is_empty() {
                break;
            }
        }
        let source: String = source.into_iter().collect();
        taken += usize::from(endure(&source, &facts));
    }
    assert!(taken > 200, "{taken}");
}

/// Files with wounds: bytes that go, come and change places. What is taken is a whole set.
#[test]
fn mutated_files_are_endured() {
    let shipped = PolicySet::shipped_files();
    let catalogs: Vec<SourceFile> = shipped
        .iter()
        .filter(|file| !file.name.contains('/'))
        .cloned()
        .collect();
    let policies: Vec<&SourceFile> = shipped.iter().filter(|file| file.name.contains('/')).collect();
    let mut dice = Dice(666);
    let today = "2026-12-01".parse().unwrap();
    let mut taken = 0;
    for _ in 0..1_500 {
        let mut file = policies[dice.below(policies.len())].clone();
        for _ in 0..1 + dice.below(4) {
            wound(&mut file.text, &mut dice);
        }
        let mut set = catalogs.clone();
        set.push(file.clone());
        // What is written out again is still TOML.
        if let Ok(text) = format(&file) {
            let again = SourceFile { text, ..file.clone() };
            assert!(format(&again).is_ok(), "{}", cut(&file.text));
        }
        match PolicySet::check(&set) {
            Ok(checked) => {
                taken += 1;
                lint(&checked, &set, today);
            }
            Err(found) => {
                assert!(!found.is_empty());
                for found in found {
                    assert!(!found.help.is_empty() && found.to_string().len() < 6000);
                }
            }
        }
    }
    assert!(taken > 50, "{taken}");
}

fn wound(text: &mut String, dice: &mut Dice) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = places[dice.below(places.len())];
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    match dice.below(6) {
        0 => text.replace_range(at..end, ""),
        1 => text.insert_str(
            at,
            dice.one(&[
                "[", "]", "\"", "'''", "=", ".", "\n", "{", "}", "#", "ش", "\u{0}", "\u{202e}",
            ]),
        ),
        2 => text.truncate(at.max(1)),
        3 => {
            let from = places[dice.below(places.len())];
            let piece: String = text[from..].chars().take(dice.below(60)).collect();
            text.insert_str(at, &piece);
        }
        4 => text.replace_range(at..end, dice.one(&["0", "9", "-", "x", " "])),
        _ => {
            let line = text[at..].find('\n').map_or(text.len(), |n| at + n);
            text.replace_range(at..line, "");
        }
    }
}

#[test]
fn bombs_of_toml_are_refused() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{BASE}\nx = {}1{}", open.repeat(times), close.repeat(times))
    };
    for times in [10, 100, 1_000, 20_000] {
        assert!(check(&deep("[", "]", times)).is_err());
        assert!(check(&deep("{a=", "}", times)).is_err());
        assert!(check(&format!("{}x = 1", "a.".repeat(times))).is_err());
        assert!(check(&format!("[{}x]", "a.".repeat(times))).is_err());
        assert!(check(&format!("{BASE}\n{}", "[[test]]\n".repeat(times))).is_err());
    }
    // Long chains of named conditions.
    let lets: String = (0..32).map(|n| format!("let.n{n} = \"n{}\"\n", n + 1)).collect();
    let chain = format!("{lets}let.n32 = \"true\"\n{BASE}");
    assert!(check(&chain).is_err(), "33 named conditions");
    let chain = format!(
        "{}let.n31 = \"security.threat\"\n{}",
        lets.lines()
            .take(31)
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
        with_condition("n0")
    );
    let found = PolicySet::check_draft(&files(&chain));
    assert!(
        found.is_ok(),
        "{:?}",
        found.err().map(|found| found[0].to_string())
    );
}
