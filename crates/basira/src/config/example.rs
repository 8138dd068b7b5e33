//! The whole file of settings with its descriptions, made from the table that it is read by.

use std::fmt::Write;

use clap::{Arg, Command};

use super::table::{Form, SETTINGS, Setting};

const WIDTH: usize = 100;

const HEAD: &str = "\
# Every setting of `basira serve`. A line that begins with `#` and a name shows the default, or an example where there is
# none; take the `#` away to change it. An option overrides the environment, the environment this file. Relative paths
# begin at the folder of this file. `basira config check` says what is wrong, `basira config show` what is in force.
";

/// The file; it sets nothing, for all its settings are comments.
pub(super) fn example(program: &Command) -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for setting in SETTINGS {
        let (own, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if own != section {
            section = own;
            push(&mut text, &format!("\n[{section}]\n"));
        }
        // Every setting is an option: a test holds the two together.
        let Some(argument) = setting.argument(program) else {
            continue;
        };
        push(&mut text, "\n");
        for line in wrapped(&help(argument)) {
            push(&mut text, &format!("# {line}\n"));
        }
        let (value, remark) = match default(setting, argument) {
            Some(value) => (value, ""),
            None => (setting.example.to_owned(), "; not set by default"),
        };
        push(
            &mut text,
            &format!("# {}, {}{remark}\n", setting.option(), setting.variable()),
        );
        push(&mut text, &format!("#{name} = {value}\n"));
    }
    text
}

fn push(text: &mut String, more: &str) {
    // Writing to a string does not fail.
    let _ = text.write_str(more);
}

/// What the option says of itself, and its possible values.
fn help(argument: &Arg) -> String {
    let mut said = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let possible = argument.get_possible_values();
    if argument.get_action().takes_values() && !possible.is_empty() {
        said.push(':');
        for value in &possible {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            let mut rest = about.chars();
            let first = rest.next().map(|first| first.to_ascii_lowercase());
            said.push_str(&format!(
                " {} ({}{}),",
                value.get_name(),
                first.unwrap_or_default(),
                rest.as_str()
            ));
        }
        said.pop();
    }
    said
}

/// The default as it stands in the file.
fn default(setting: &Setting, argument: &Arg) -> Option<String> {
    let value = argument
        .get_default_values()
        .first()
        .and_then(|value| value.to_str());
    match (setting.form, value) {
        (Form::Flag, None) => Some("false".to_owned()),
        (_, None) => None,
        (Form::Number | Form::Fraction | Form::Flag, Some(value)) => Some(value.to_owned()),
        (_, Some(value)) => Some(format!("{value:?}")),
    }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        // There is always a last line.
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + word.chars().count() < WIDTH {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use clap::CommandFactory;

    use super::super::file::File;
    use super::*;
    use crate::args::Arguments;

    fn read(text: &str) -> File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("basira.toml");
        fs::write(&path, text).unwrap();
        File::read(&path, &Arguments::command()).unwrap()
    }

    #[test]
    fn the_example_sets_nothing_and_every_line_of_it_can_be_used() {
        let text = example(&Arguments::command());
        let file = read(&text);
        assert!(file.given.is_empty() && file.faults.is_empty(), "{file:?}");
        let used: String = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let file = read(&used);
        assert_eq!(file.faults, []);
        let given: BTreeSet<_> = file.given.iter().map(|given| given.key).collect();
        assert_eq!(given, SETTINGS.iter().map(|setting| setting.key).collect());
    }

    #[test]
    fn the_page_of_settings_is_the_example() {
        let page =
            fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/basira.toml")).unwrap();
        assert!(
            page == example(&Arguments::command()),
            "the settings have changed; write the page again: cargo run -- config example > docs/basira.toml"
        );
    }
}
