//! The arguments, from which help is made too.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use decode::Decoder;
use decode::sandbox::{Protection, Sandbox, SandboxError, Settings, ToolSettings, lacking_for_ocr};
use model::{BankName, EntryId, HashMode, Label, Tlp, Trust};
use pipeline::report::Lang;
use pipeline::robust::Tier;

use crate::config::ConfigCommand;
use crate::import::ImportCommand;
use crate::keep;
use crate::policies::PolicyCommand;
use crate::read::ReadOptions;
use crate::serve::ServeOptions;

/// Finds known terrorist and violent-extremist content in files.
///
/// Exit status: 1 if anything matched, else 2 if anything was incomplete, failed or wrongly called, else 0.
#[derive(Debug, Parser)]
#[command(name = "basira", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where banks are kept.
#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// Data folder [default: the platform's folder for data]
    #[arg(long, global = true, env = "BASIRA_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Key file for stored thumbnails, outside of the data folder [default: in the platform's folder for configuration]
    #[arg(long, global = true, env = "BASIRA_KEY", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// File of settings; `basira config example` prints one [default: basira.toml in the data folder]
    #[arg(long, global = true, env = "BASIRA_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Keep the banks in PostgreSQL, as postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME; in the variable others on this
    /// machine do not see the password [default: SQLite, in the data folder]
    #[arg(
        long,
        global = true,
        env = "BASIRA_POSTGRES",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) postgres: Option<DatabaseArgument>,
}

/// The URL of a database as it was given. It may have a password: no message shows it.
#[derive(Clone)]
pub(crate) struct DatabaseArgument(pub(crate) String);

impl std::fmt::Debug for DatabaseArgument {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("DatabaseArgument(..)")
    }
}

impl From<String> for DatabaseArgument {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the signals of files
    Hash(HashOptions),
    /// Read texts, pages and documents: what they say of themselves, language, context, links and addresses
    Read(ReadOptions),
    /// Match files against the banks
    Match(MatchOptions),
    /// Match folders against the banks, with reports; an interrupted scan is resumed by the same command
    Scan(ScanOptions),
    /// Banks and their entries
    #[command(subcommand)]
    Bank(BankCommand),
    /// Bring over what another system has
    #[command(subcommand)]
    Import(ImportCommand),
    /// Say how well files are protected from here on this machine, and what could be better
    Doctor(DoctorOptions),
    /// Run the service: items in by HTTP, verdicts out
    Serve(Box<ServeOptions>),
    /// Policies: check, format, test, try, explain
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Settings of the service: show, check, print all of them
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check that the log and the kept files are what was written; names the first that is not
    Verify(keep::VerifyOptions),
    /// Copy the data folder while it is in use; the key is not in it, and belongs into another place
    Backup(keep::BackupOptions),
    /// Make a data folder from a backup
    Restore(keep::RestoreOptions),
    /// Where the key file is lost: delete what is encrypted with it, which nobody can read any more, and make a new key.
    ///
    /// Kept files, thumbnails and texts of entries, identities of reporters and credentials of exchanges go; banks, entries,
    /// signals, decisions and the log stay. Secrets of webhooks and second factors are to be made anew.
    GiveUpEncrypted,
    /// See it work: a small benign bank, a folder of edited copies, a scan and its report, the service and what to ask it
    Demo(DemoOptions),
}

#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HashOptions {
    /// Files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// How to get what `--ocr` needs.
pub(crate) const INSTALL_OCR: &str = "Install Tesseract with Arabic and English by the packages of your system; on \
     Debian: apt-get install tesseract-ocr tesseract-ocr-ara";

/// How files are decoded.
#[derive(Debug, Args)]
pub(crate) struct Decoding {
    /// Hash bit-equal to the PyPI package pdqhash on the same pixels, instead of the faster default
    #[arg(long)]
    pub(crate) exact: bool,
    /// Largest picture that is decoded, in millions of pixels
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) max_megapixels: u64,
    /// Largest media file that is decoded, in MiB
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) max_mebibytes: u64,
    /// CPU time that decoding one file may take, in seconds; the clock may show twice as much
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_seconds: u32,
    /// Minutes of a film or a recording that are looked at
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) max_film_minutes: u32,
    /// Look for Arabic and English text in pictures too, by Tesseract: a guess, which costs up to some seconds a picture
    #[arg(long)]
    pub(crate) ocr: bool,
    /// Pages of a document that are looked at
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) max_pages: u32,
    /// Weakest protection under which files are decoded: none, filter, kernel or full; `basira doctor` explains them
    #[arg(long, env = "BASIRA_SANDBOX", value_name = "LEVEL", default_value_t = Protection::Filter)]
    pub(crate) sandbox: Protection,
}

impl Decoding {
    pub(crate) fn request(&self) -> decode::Request {
        let mode = if self.exact {
            HashMode::Exact
        } else {
            HashMode::Fast
        };
        let mut request = decode::Request::new(mode);
        request.ocr = self.ocr;
        request.limits.max_pixels = self.max_megapixels.saturating_mul(1_000_000);
        request.limits.max_bytes = self.max_mebibytes.saturating_mul(1 << 20);
        request.limits.max_seconds = 60 * self.max_film_minutes;
        request.limits.max_pages = self.max_pages;
        request
    }

    /// Starts the sandbox in which so many files at once are decoded.
    pub(crate) fn decoder(&self, at_once: usize) -> anyhow::Result<Decoder> {
        let lacking = lacking_for_ocr();
        // Said now, and not of every picture of a long scan.
        anyhow::ensure!(
            !self.ocr || lacking.is_empty(),
            "--ocr needs what is not installed: {}. {INSTALL_OCR}",
            lacking.join(", ")
        );
        Ok(Decoder::start(self.settings(self.sandbox, at_once))?)
    }

    /// Starts whatever sandbox this machine gives.
    pub(crate) fn any_sandbox(&self, at_once: usize) -> Result<Sandbox, SandboxError> {
        Sandbox::start(self.settings(Protection::None, at_once))
    }

    fn settings(&self, required: Protection, at_once: usize) -> Settings {
        let limits = self.request().limits;
        // A picture of three channels is held about twice, and a file may be held beside it.
        let memory = (512 << 20) + limits.max_pixels.saturating_mul(8) + limits.max_bytes.saturating_mul(2);
        let cpu = Duration::from_secs(self.max_seconds.into());
        Settings {
            required,
            memory,
            cpu,
            wall: 2 * cpu,
            ready: at_once + 1,
            tool: ToolSettings::default(),
        }
    }
}

/// How much is done to find edited copies.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TierName {
    /// The whole picture, turned and mirrored; near misses are refined
    Plain,
    /// And without borders, panels, a few windows; near candidates are refined
    Standard,
    /// And all windows and small turns: slow, for files that deserve it
    Full,
}

impl TierName {
    pub(crate) const fn tier(self) -> Tier {
        match self {
            Self::Plain => Tier::Plain,
            Self::Standard => Tier::Standard,
            Self::Full => Tier::Full,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct MatchOptions {
    /// Files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// How much is done to find edited copies
    #[arg(long, value_enum, default_value = "standard")]
    pub(crate) tier: TierName,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScanOptions {
    /// Folders or files
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// How much is done to find edited copies
    #[arg(long, value_enum, default_value = "standard")]
    pub(crate) tier: TierName,
    /// Print one JSON object a line, for every file
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the same lines to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) ndjson: Option<PathBuf>,
    /// Write a table of all files and matches
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write a report that opens in a browser, without a network
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Language of the report
    #[arg(long, value_name = "en|ar", default_value = "en")]
    pub(crate) lang: Lang,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Begin again, even if an interrupted scan could be resumed
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Show no progress bar
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// Folder for everything that it makes
    #[arg(long, value_name = "FOLDER", default_value = "basira-demo")]
    pub(crate) into: PathBuf,
    /// Language of the report
    #[arg(long, value_name = "en|ar", default_value = "en")]
    pub(crate) lang: Lang,
    /// Minutes of a film or a recording that are looked at
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) max_film_minutes: u32,
    /// Weakest protection under which files are decoded: none, filter, kernel or full
    #[arg(long, env = "BASIRA_SANDBOX", value_name = "LEVEL", default_value_t = Protection::Filter)]
    pub(crate) sandbox: Protection,
    /// End when all is shown; else, on a terminal, the service runs until Ctrl-C
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BankCommand {
    /// Make a bank
    Create {
        /// Name: letters or digits of any script, '_', '-', '.'
        name: BankName,
        /// A bank of content that only looks like known content: it suppresses perceptual matches nearer to it
        #[arg(long)]
        allow: bool,
    },
    /// List the banks
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show the entries of a bank
    Show {
        /// Bank
        name: BankName,
        /// Begin after this entry
        #[arg(long, value_name = "ENTRY")]
        after: Option<EntryId>,
        /// At most so many entries [default: 50 in a table, all as JSON]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Add media files, or signals by hand
    Add(AddOptions),
    /// Add a list of signals: CSV with a header (type,value and optionally label,note,external_id,expires,quality) or
    /// NDJSON
    Import(ImportOptions),
    /// Add or take away labels of an entry
    Label {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
        /// Label to add
        #[arg(long, value_name = "LABEL")]
        add: Vec<Label>,
        /// Label to take away
        #[arg(long, value_name = "LABEL")]
        remove: Vec<Label>,
    },
    /// Say how far an entry is trusted: shadow, active, disputed
    Trust {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
        /// Trust
        trust: Trust,
    },
    /// Withdraw an entry for good: it is kept, and never matched again
    Revoke {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
    },
    /// Record that a person has looked at the content of an entry and confirmed it
    Confirm {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
        /// Take the confirmation back
        #[arg(long)]
        undo: bool,
    },
    /// Say when an entry stops to be matched
    Expire {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
        /// A time like 2027-01-31T00:00:00Z, or "never"
        when: String,
    },
    /// Match no entry of a bank, from now on
    Disable {
        /// Bank
        name: BankName,
    },
    /// Match the entries of a bank again
    Enable {
        /// Bank
        name: BankName,
    },
    /// Remove an entry with all that belongs to it
    Remove {
        /// Bank
        name: BankName,
        /// Entry
        entry: EntryId,
    },
    /// Print the signals of a bank as a list that import reads; revoked entries are left out
    Export {
        /// Bank
        name: BankName,
        /// Form of the list
        #[arg(long, value_enum, default_value = "csv")]
        form: ListForm,
    },
}

/// Form of a signal list.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ListForm {
    /// Comma-separated values with a header
    Csv,
    /// One JSON object a line
    Ndjson,
}

/// What is said of new entries.
#[derive(Debug, Args)]
pub(crate) struct Details {
    /// Label, may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<Label>,
    /// Remark for people
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Who adds it
    #[arg(long, value_name = "NAME", env = "USER", default_value = "unknown")]
    pub(crate) by: String,
    /// Traffic light: clear, green, amber, amber+strict, red
    #[arg(long, default_value = "amber")]
    pub(crate) tlp: Tlp,
    /// When it stops to be matched, a time like 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<jiff::Timestamp>,
    /// Keep nothing of the picture but its signals
    #[arg(long)]
    pub(crate) hash_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// Bank
    pub(crate) name: BankName,
    /// Media files, an entry each
    #[arg(value_name = "FILE", required_unless_present = "signal")]
    pub(crate) files: Vec<PathBuf>,
    /// Signals of one entry: pdq=HEX64, sha256=…, sha1=…, md5=…
    #[arg(long, value_name = "TYPE=VALUE", conflicts_with = "files")]
    pub(crate) signal: Vec<String>,
    #[command(flatten)]
    pub(crate) details: Details,
    /// How far the entry is trusted
    #[arg(long, default_value = "active")]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// Bank
    pub(crate) name: BankName,
    /// List; the form is told by the ending .csv or .ndjson
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) details: Details,
    /// How far the entries are trusted; others' lists are watched first
    #[arg(long, default_value = "shadow")]
    pub(crate) trust: Trust,
    /// Show no progress bar
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Print the totals and bad rows as JSON, one object a line
    #[arg(long)]
    pub(crate) json: bool,
}
