//! The fences of the house (ARCHITECTURE.md): what may depend on what, and what the core may not do.

mod arrows;
mod sources;

use anyhow::{Result, bail};

/// A crate of the workspace and what it may do.
struct Room {
    /// The package.
    name: &'static str,
    /// Its folder.
    folder: &'static str,
    /// The rooms it may use.
    uses: &'static [&'static str],
    /// For the core: every other crate it may use. None of them does input or output, or reads a clock unasked.
    core: Option<&'static [&'static str]>,
    /// The one module, a file or a folder in `src`, that may contain `unsafe`.
    unsafe_module: Option<&'static str>,
}

/// The map of the house. A new room, or a new arrow, is a change of the design: it belongs in ARCHITECTURE.md too.
const ROOMS: [Room; 12] = [
    Room {
        name: "basira-model",
        folder: "crates/model",
        uses: &[],
        core: Some(&["jiff", "serde", "thiserror"]),
        unsafe_module: None,
    },
    Room {
        name: "basira-fingerprint",
        folder: "crates/fingerprint",
        uses: &["basira-model"],
        core: Some(&["md-5", "serde_json", "sha1", "sha2", "thiserror"]),
        unsafe_module: Some("simd"),
    },
    Room {
        name: "basira-index",
        folder: "crates/index",
        uses: &["basira-model"],
        core: Some(&["crc32fast", "thiserror"]),
        unsafe_module: Some("simd"),
    },
    Room {
        name: "basira-text",
        folder: "crates/text",
        uses: &["basira-model"],
        core: Some(&[
            "daachorse",
            "encoding_rs",
            "html5ever",
            "idna",
            "jiff",
            "psl",
            "serde",
            "sha2",
            "sha3",
            "thiserror",
            "toml",
            "unicode-normalization",
            "unicode-security",
            "whatlang",
        ]),
        unsafe_module: None,
    },
    Room {
        name: "basira-policy",
        folder: "crates/policy",
        uses: &["basira-model"],
        core: Some(&[
            "cel",
            "jiff",
            "regex",
            "serde",
            "sha2",
            "strsim",
            "thiserror",
            "toml",
            "toml_edit",
        ]),
        unsafe_module: None,
    },
    Room {
        name: "basira-decode",
        folder: "crates/decode",
        // Strangers' texts are read where strangers' pictures are hashed: inside the sandbox.
        uses: &["basira-model", "basira-fingerprint", "basira-text"],
        core: None,
        unsafe_module: Some("sandbox"),
    },
    Room {
        name: "basira-store",
        folder: "crates/store",
        uses: &["basira-model"],
        core: None,
        unsafe_module: Some("mapped"),
    },
    Room {
        name: "basira-pipeline",
        folder: "crates/pipeline",
        uses: &[
            "basira-model",
            "basira-fingerprint",
            "basira-index",
            "basira-text",
            "basira-policy",
            "basira-decode",
            "basira-store",
        ],
        core: None,
        unsafe_module: None,
    },
    Room {
        name: "basira-web",
        folder: "crates/web",
        uses: &[
            "basira-model",
            "basira-fingerprint",
            "basira-policy",
            "basira-decode",
            "basira-store",
            "basira-pipeline",
        ],
        core: None,
        unsafe_module: None,
    },
    Room {
        name: "basira",
        folder: "crates/basira",
        uses: &[
            "basira-model",
            "basira-fingerprint",
            "basira-index",
            "basira-decode",
            "basira-store",
            "basira-pipeline",
            "basira-web",
            "basira-policy",
            // The one use outside tests: `basira demo` generates its own benign bank and pictures.
            TESTKIT,
        ],
        core: None,
        unsafe_module: None,
    },
    Room {
        name: TESTKIT,
        folder: "crates/testkit",
        uses: &["basira-model", "basira-fingerprint"],
        core: None,
        unsafe_module: None,
    },
    Room {
        name: "xtask",
        folder: "xtask",
        uses: &[],
        core: None,
        unsafe_module: None,
    },
];

/// The fuzz targets are no room: they are a workspace of their own, and ship nothing. Their sources are held to the same.
const FUZZ: Room = Room {
    name: "basira-fuzz",
    folder: "fuzz",
    uses: &[],
    core: None,
    unsafe_module: None,
};

/// For tests; every room may have it as a development dependency.
const TESTKIT: &str = "basira-testkit";

/// Checks all fences and lists every breach.
pub(crate) fn run() -> Result<()> {
    let packages = arrows::workspace()?;
    let mut breaches = arrows::breaches(&ROOMS, &packages);
    let mut files = 0;
    for rooms in [&ROOMS[..], &[FUZZ]] {
        let (count, found) = sources::breaches(rooms, &crate::shell::root())?;
        files += count;
        breaches.extend(found);
    }
    println!(
        "{} crates, {} arrows, {files} source files",
        packages.len(),
        arrows::count(&packages)
    );
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("the fences are broken:\n  {}", breaches.join("\n  "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_in_order() {
        super::run().unwrap();
    }
}
