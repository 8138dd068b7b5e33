//! Every setting of the service, in one table: what is read from the file, what overrides it, and what describes it.
//!
//! A setting is an option of `basira serve` that has a row here. Its help is its description, its default is the
//! default, and its parser says what is wrong; a test holds the options and the rows together.

use clap::builder::BoolishValueParser;
use clap::{Arg, Command};

/// What a value looks like in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Text,
    /// A text that names a file or a folder; a relative one begins at the folder of the file of settings.
    Path,
    /// A whole number.
    Number,
    /// A number.
    Fraction,
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    List,
}

impl Form {
    /// The form in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Text | Self::Path => "a text in quotes",
            Self::Number => "a whole number",
            Self::Fraction => "a number",
            Self::Flag => "true or false",
            Self::List => "a list of texts, as [\"…\", \"…\"]",
        }
    }
}

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name in the file, with its section: `limit.connections`. With `_` between its words it is the option's, and in
    /// capitals after `BASIRA_` the variable's.
    pub(super) key: &'static str,
    /// What its value looks like.
    pub(super) form: Form,
    /// A value as it may stand in the file, where there is no default to show.
    pub(super) example: &'static str,
    /// Whether it may hold an address with a password, which is never shown.
    pub(super) may_hold_password: bool,
}

const fn row(key: &'static str, form: Form, example: &'static str) -> Setting {
    Setting {
        key,
        form,
        example,
        may_hold_password: false,
    }
}

/// All settings, in the order of the file: first those without a section.
pub(super) const SETTINGS: &[Setting] = &[
    row("data", Form::Path, "\"/var/lib/basira\""),
    row("key", Form::Path, "\"/etc/basira/key\""),
    Setting {
        may_hold_password: true,
        ..row("postgres", Form::Text, "\"postgres://basira@127.0.0.1/basira\"")
    },
    row("listen", Form::Text, ""),
    row("hma", Form::Text, "\"127.0.0.1:5100\""),
    row("hma_trusted", Form::Flag, ""),
    row("trusted_proxies", Form::List, "[\"10.1.0.0/16\"]"),
    row("tier", Form::Text, ""),
    row("threads", Form::Number, "8"),
    row("exact", Form::Flag, ""),
    row("ocr", Form::Flag, ""),
    row("sandbox", Form::Text, ""),
    row("max.megapixels", Form::Number, ""),
    row("max.mebibytes", Form::Number, ""),
    row("max.seconds", Form::Number, ""),
    row("max.film_minutes", Form::Number, ""),
    row("max.pages", Form::Number, ""),
    row("keep.bytes", Form::Number, ""),
    row("keep.items", Form::Number, ""),
    row("keep.totals", Form::Number, ""),
    row("webhook.network", Form::List, "[\"10.2.0.0/16\"]"),
    row("review.undo", Form::Number, ""),
    row("review.forms", Form::Flag, ""),
    row(
        "review.child_duty",
        Form::Text,
        "\"Report it to the hotline, on 116 000.\"",
    ),
    row(
        "review.life_contacts",
        Form::Text,
        "\"Police: 112. Colleague on duty: by the phone at the door.\"",
    ),
    row("review.translator", Form::Path, "\"/usr/local/bin/translate\""),
    row("console.url", Form::Text, "\"https://basira.example\""),
    row("oidc.issuer", Form::Text, "\"https://id.example\""),
    row("oidc.client", Form::Text, "\"basira\""),
    row("oidc.secret", Form::Path, "\"/etc/basira/oidc-secret\""),
    row("oidc.name", Form::Text, ""),
    row("climb.misses", Form::Number, ""),
    row("climb.falls", Form::Number, ""),
    row("climb.hours", Form::Number, ""),
    row("tls.cert", Form::Path, "\"/etc/basira/tls/cert.pem\""),
    row("tls.key", Form::Path, "\"/etc/basira/tls/key.pem\""),
    row("log.level", Form::Text, ""),
    row("log.format", Form::Text, ""),
    Setting {
        may_hold_password: true,
        ..row("telemetry.endpoint", Form::Text, "\"http://127.0.0.1:4318\"")
    },
    row("telemetry.sample", Form::Fraction, ""),
    row("limit.connections", Form::Number, ""),
    row("limit.connections_per_address", Form::Number, ""),
    row("limit.handshake_seconds", Form::Number, ""),
    row("limit.header_seconds", Form::Number, ""),
    row("limit.header_kibibytes", Form::Number, ""),
    row("limit.scan_seconds", Form::Number, ""),
    row("limit.grace_seconds", Form::Number, ""),
];

/// Settings that say where the data is: every command that opens it takes them from the file.
const PLACE: [&str; 3] = ["data", "key", "postgres"];

impl Setting {
    /// The setting of this name.
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The name of its argument.
    pub(super) fn id(&self) -> String {
        self.key.replace('.', "_")
    }

    /// Its option.
    pub(super) fn option(&self) -> String {
        format!("--{}", self.id().replace('_', "-"))
    }

    /// The variable of the environment that overrides the file.
    pub(super) fn variable(&self) -> String {
        format!("BASIRA_{}", self.id().to_ascii_uppercase())
    }

    /// Whether it says where the data is.
    pub(super) fn is_of_place(&self) -> bool {
        PLACE.contains(&self.key)
    }

    /// Its argument, in the command line of the program.
    pub(super) fn argument<'a>(&self, program: &'a Command) -> Option<&'a Arg> {
        let owner = match self.is_of_place() {
            true => program,
            false => program.find_subcommand("serve")?,
        };
        owner
            .get_arguments()
            .find(|argument| argument.get_id().as_str() == self.id())
    }
}

/// A value with its password, if it has one, made unreadable: `postgres://me:***@host/`.
pub(super) fn without_password(value: &str) -> String {
    let (rest, query) = value
        .split_once('?')
        .map_or((value, None), |(rest, query)| (rest, Some(query)));
    let rest = match rest.split_once("://").and_then(|(scheme, after)| {
        let (user, host) = after.rsplit_once('@')?;
        let name = user.split_once(':')?.0;
        Some(format!("{scheme}://{name}:***@{host}"))
    }) {
        Some(hidden) => hidden,
        None => rest.to_owned(),
    };
    match query {
        // Tokens and passwords are also sent there.
        Some(_) => format!("{rest}?***"),
        None => rest,
    }
}

/// Gives every setting its variable, in the commands that have it.
pub(super) fn with_variables(program: Command) -> Command {
    change(program, SETTINGS.iter(), |setting, argument| {
        let argument = argument.env(setting.variable());
        match setting.form {
            // An option without a value has one in the environment: 1, yes, on, true.
            Form::Flag => argument.value_parser(BoolishValueParser::new()),
            _ => argument,
        }
    })
}

/// Puts the values of a file in the place of the defaults: options and variables override them.
pub(super) fn with_defaults(program: Command, given: &[(&'static Setting, Vec<String>)]) -> Command {
    let values = |setting: &Setting| {
        let mut found = given.iter().filter(|(other, _)| other.key == setting.key);
        found
            .next_back()
            .map(|(_, values)| values.clone())
            .unwrap_or_default()
    };
    change(
        program,
        given.iter().map(|(setting, _)| *setting),
        |setting, argument| argument.default_values(values(setting)),
    )
}

fn change<'a>(
    mut program: Command,
    settings: impl Iterator<Item = &'a Setting>,
    by: impl Fn(&Setting, Arg) -> Arg,
) -> Command {
    for setting in settings {
        if setting.is_of_place() {
            program = program.mut_arg(setting.id(), |argument| by(setting, argument));
            continue;
        }
        program = program
            .mut_subcommand("serve", |serve| {
                serve.mut_arg(setting.id(), |argument| by(setting, argument))
            })
            .mut_subcommand("config", |config| {
                config.mut_subcommand("show", |show| {
                    show.mut_arg(setting.id(), |argument| by(setting, argument))
                })
            });
    }
    program
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    #[test]
    fn every_option_of_serve_is_a_setting_and_every_setting_an_option() {
        let program = Arguments::command();
        let serve = program.find_subcommand("serve").unwrap();
        // The file of settings does not name itself.
        let options: BTreeSet<String> = serve
            .get_arguments()
            .chain(program.get_arguments())
            .map(|argument| argument.get_id().to_string())
            .filter(|id| !matches!(id.as_str(), "help" | "version" | "config"))
            .collect();
        let settings: BTreeSet<String> = SETTINGS.iter().map(Setting::id).collect();
        assert_eq!(options, settings);
        assert_eq!(settings.len(), SETTINGS.len(), "each once");
        for setting in SETTINGS {
            let argument = setting.argument(&program).unwrap();
            assert_eq!(
                argument.get_long().map(|long| format!("--{long}")),
                Some(setting.option())
            );
            if let Some(variable) = argument.get_env() {
                assert_eq!(variable, setting.variable().as_str());
            }
        }
    }

    #[test]
    fn settings_without_a_section_come_first_and_sections_once() {
        let sections: Vec<_> = SETTINGS
            .iter()
            .map(|setting| setting.key.split_once('.').map(|(section, _)| section))
            .collect();
        let mut seen = sections.clone();
        seen.dedup();
        let once: BTreeSet<_> = seen.iter().collect();
        assert_eq!(once.len(), seen.len());
        assert_eq!(seen[0], None);
    }

    #[test]
    fn passwords_are_not_shown() {
        for (value, shown) in [
            ("postgres://me:se:c@ret@host/db", "postgres://me:***@host/db"),
            ("postgres://me@host/db", "postgres://me@host/db"),
            (
                "https://host:4318/v1/traces?token=1",
                "https://host:4318/v1/traces?***",
            ),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(without_password(value), shown);
        }
    }
}
