//! The codes of all diagnostics. `docs/policies.md` has a paragraph on each; a test says so.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal $severity:ident,)+) => {
        /// What kind of thing is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub enum Code { $($(#[doc = $doc])* #[serde(rename = $code)] $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
            /// The code on every screen.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
            /// Whether it refuses the set.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
            /// What it says, in a line.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// The file is no TOML.
    Toml = "P001" Error,
    /// The file has a key that is not known.
    UnknownKey = "P002" Error,
    /// A key is missing.
    MissingKey = "P003" Error,
    /// A value is of the wrong type.
    WrongValue = "P004" Error,
    /// A text is no name.
    BadName = "P005" Error,
    /// Two policies have one id.
    DuplicateId = "P006" Error,
    /// The clause is not in `clauses.toml`.
    UnknownClause = "P007" Error,
    /// The legal ground is not in `grounds.toml`.
    UnknownGround = "P008" Error,
    /// A word is not one of those that may stand here.
    UnknownWord = "P009" Error,
    /// A number or a date is out of its range.
    OutOfRange = "P010" Error,
    /// The file is written for another version of the format.
    FormatVersion = "P011" Error,
    /// The file is too large, or the set has too many.
    TooLarge = "P012" Error,
    /// The file holds characters that hide or reorder text.
    HiddenCharacter = "P013" Error,
    /// The set holds no policy.
    NoPolicy = "P014" Error,

    /// The condition is no CEL.
    Syntax = "P101" Error,
    /// The schema has no such signal or field.
    UnknownSignal = "P102" Error,
    /// The types do not go together.
    TypeMismatch = "P103" Error,
    /// CEL has this, and conditions do not.
    NotInSubset = "P104" Error,
    /// There is no such function.
    UnknownFunction = "P105" Error,
    /// A function has the wrong number of arguments.
    ArgumentCount = "P106" Error,
    /// A pattern, a duration or a list must be written out.
    NotLiteral = "P107" Error,
    /// A pattern is wrong or too large.
    BadPattern = "P108" Error,
    /// The condition is too long.
    TooLong = "P109" Error,
    /// The condition is nested too deeply.
    TooDeep = "P110" Error,
    /// The condition has too many parts.
    TooManyNodes = "P111" Error,
    /// The condition could take too many steps.
    TooManySteps = "P112" Error,
    /// `exists` or `all` within `exists` or `all`.
    NestedLoop = "P113" Error,
    /// A word that this signal never has.
    UnknownEnumWord = "P114" Error,
    /// A number that this signal never has.
    NumberRange = "P115" Error,
    /// Numbers of different units.
    UnitMismatch = "P116" Error,
    /// A condition must be true or false.
    NotBoolean = "P117" Error,
    /// Named conditions that need each other.
    LetCycle = "P118" Error,
    /// A named condition has the name of a signal, or of nothing that may be a name.
    LetName = "P119" Error,
    /// A duration or a time cannot be read.
    BadLiteral = "P120" Error,
    /// Conditions know no attribute of a person.
    PersonAttribute = "P121" Error,
    /// Conditions know no engagement.
    Engagement = "P122" Error,
    /// Conditions never see the text of an item.
    ContentText = "P123" Error,

    /// A policy cannot suspend anybody.
    Suspend = "P201" Error,
    /// A label belongs to the item.
    LabelOnPerson = "P202" Error,
    /// What is removed must be preserved.
    RemoveUnpreserved = "P203" Error,
    /// Unknown is never a match.
    UnknownIsNoMatch = "P204" Error,
    /// Two actions of one policy say the same.
    DuplicateAction = "P205" Error,
    /// A policy that acts by itself must rest on exact matches.
    AutomationNotExact = "P206" Error,
    /// A policy without an action.
    NoAction = "P207" Error,
    /// What acts on content must not rest on counts alone.
    CountsAlone = "P208" Error,

    /// No test in which the policy matches.
    NoMatchTest = "P301" Error,
    /// No test in which it does not match.
    NoNonMatchTest = "P302" Error,
    /// No test in which something is unknown.
    NoUnknownTest = "P303" Error,
    /// A test has another outcome than it expects.
    TestFailed = "P304" Error,
    /// A test gives what the schema does not have.
    BadGiven = "P305" Error,
    /// Two tests have one name.
    DuplicateTest = "P306" Error,

    /// Somebody should have looked at the policy again.
    ReviewOverdue = "P401" Warning,
    /// The next look is more than a year away.
    ReviewFar = "P402" Warning,
    /// A named condition is not used.
    UnusedLet = "P403" Warning,
    /// A part of the condition is always the same.
    Constant = "P404" Warning,
    /// Twice not.
    DoubleNot = "P405" Warning,
    /// The same clause stands twice.
    DuplicateClause = "P406" Warning,
    /// The pattern begins or ends with what matches anything.
    LoosePattern = "P407" Warning,
    /// It asks for an action that it will never do by itself.
    NeverByItself = "P408" Warning,
    /// A clause or a ground that no policy names.
    UnusedClause = "P409" Warning,
    /// The file is not formatted.
    NotFormatted = "P410" Warning,
    /// The policy leaves what is unknown alone.
    UnknownSkipped = "P411" Warning,
    /// A list names the same text twice, or one that folds to it.
    DuplicateText = "P412" Warning,
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.pad(self.name())
    }
}
