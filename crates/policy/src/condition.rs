//! A condition by itself: for a search, for trying one out.

use crate::diagnostic::Diagnostic;
use crate::expr::{Checked, Run, Scope, check};
use crate::outcome::Truth;
use crate::snapshot::Facts;

/// A checked condition without a policy.
///
/// ```
/// use basira_policy::{Condition, Facts, Snapshot, Subject, Truth};
/// let condition = Condition::check("text.words > 100 && text.context == 'reporting'").map_err(|wrong| wrong.to_string())?;
/// let subject = Subject { item: "r-1".into(), sha256: model::Sha256::new([7; 32]) };
/// let mut snapshot = Snapshot::quiet(subject, "2027-01-01T00:00:00Z".parse()?);
/// assert_eq!(condition.truth(&Facts::of(&snapshot)), Truth::False);
/// let by = snapshot.producer("text", "3", false);
/// snapshot.set("text.words", 120, by)?;
/// snapshot.set_unknown("text.context", basira_policy::UnknownReason::Timeout, by)?;
/// assert_eq!(condition.truth(&Facts::of(&snapshot)), Truth::Unknown);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Condition(Checked);

impl Condition {
    /// Checks a condition: the same subset, the same signals, the same limits as in a policy; no named conditions.
    ///
    /// # Errors
    /// The first [`Diagnostic`], in a file named `condition`.
    pub fn check(source: &str) -> Result<Self, Diagnostic> {
        check(source, Scope::default()).map(Self).map_err(|wrong| {
            Diagnostic::new(
                wrong.code,
                "condition",
                source,
                wrong.at,
                wrong.message,
                wrong.help,
            )
        })
    }

    /// Whether it holds.
    pub fn truth(&self, facts: &Facts) -> Truth {
        Run::new(facts, &[], 0).truth(&self.0.root)
    }

    /// Whether it holds, and how many steps it took to tell.
    pub fn truth_in_steps(&self, facts: &Facts) -> (Truth, u32) {
        let mut run = Run::new(facts, &[], 0);
        let truth = run.truth(&self.0.root);
        (truth, run.steps)
    }

    /// The steps that it takes at most, on any snapshot.
    pub fn most_steps(&self) -> u32 {
        self.0.steps
    }
}
