//! Terms and names: a registry that people keep, and one automaton that finds all of its entries.
//!
//! A term ranks, it never decides: most texts that name an organisation report on it.
//!
//! ```
//! use basira_text::Reading;
//! use basira_text::terms::{Registry, TermMatcher};
//! let registry: Registry = r#"
//!     version = "1"
//!     [defaults]
//!     added = "2026-11-01"
//!     by = "example"
//!     review = "2027-11-01"
//!     [[term]]
//!     id = "rook-league"
//!     class = "organisation"
//!     languages = ["ar", "en"]
//!     forms = ["دوري القلعة", "Rook League"]
//! "#.parse()?;
//! let matcher = TermMatcher::new(&registry)?;
//! // With "and for the" joined to it, and with a dash.
//! let hits = matcher.find(&Reading::of("وللدوري القلعة فرع جديد، the rook-league says")?);
//! assert_eq!(hits.len(), 2);
//! assert_eq!(registry.terms()[hits[0].term].id, "rook-league");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod automaton;
mod clitics;
mod matcher;
mod registry;
mod trie;

#[cfg(test)]
mod tests;

pub use audit::Warning;
pub use automaton::{Automaton, TooManyWords};
pub use matcher::{TermHit, TermMatcher};
pub use registry::{Registry, RegistryError, Term, TermClass};
