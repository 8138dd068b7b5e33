//! Reports of content, and appeals against decisions.
//!
//! A report says that content should be looked at: it may be about an item that is held, or about something that is not.
//! It ranks and decides nothing. An appeal says that a decision was wrong: somebody else looks again.

use thiserror::Error;

use crate::Severity;
use crate::word::words;

/// Identity of a report in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportId(pub i64);

/// Identity of an appeal in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppealId(pub i64);

words! {
    /// What somebody says that content is, when they report it.
    ReportCategory {
        /// It calls for violence, praises it, or recruits for a group that commits it.
        Terrorism = "terrorism",
        /// Somebody's life may be in danger.
        ThreatToLife = "threat_to_life",
        /// It shows violence.
        GraphicViolence = "graphic_violence",
        /// It stirs up hatred against people for what they are.
        Hatred = "hatred",
        /// Something else.
        Other = "other",
    } known "terrorism, threat_to_life, graphic_violence, hatred, other"
}

words! {
    /// How a report or an appeal came in.
    Channel {
        /// By the API, with the key of an institution or a platform.
        Api = "api",
        /// By the form that needs no account.
        Form = "form",
    } known "api, form"
}

impl ReportCategory {
    /// How soon what is reported should be looked at. What anybody may send ranks no higher than *medium*, so that nobody
    /// comes first by what they choose.
    ///
    /// ```
    /// use basira_model::{Channel, ReportCategory, Severity};
    /// assert_eq!(ReportCategory::ThreatToLife.severity(Channel::Api), Severity::High);
    /// assert_eq!(ReportCategory::ThreatToLife.severity(Channel::Form), Severity::Medium);
    /// ```
    pub const fn severity(self, channel: Channel) -> Severity {
        match (self, channel) {
            (Self::ThreatToLife, Channel::Api) => Severity::High,
            (Self::ThreatToLife, Channel::Form) | (Self::Terrorism, _) => Severity::Medium,
            (Self::GraphicViolence | Self::Hatred | Self::Other, _) => Severity::Low,
        }
    }
}

words! {
    /// What has become of a report, as whoever sent it is told. Whether something is held is not said.
    ReportStatus {
        /// It has arrived; nobody has decided yet.
        Received = "received",
        /// People have decided that it breaks the rules.
        Violating = "violating",
        /// People have decided that it does not, or that its purpose exempts it.
        NotViolating = "not_violating",
    } known "received, violating, not_violating"
}

words! {
    /// How far an appeal has come.
    AppealState {
        /// Nobody has decided it.
        Open = "open",
        /// The decision stands.
        Upheld = "upheld",
        /// The decision was taken back.
        Overturned = "overturned",
    } known "open, upheld, overturned"
}

words! {
    /// What becomes of the decision that an appeal is about.
    AppealRuling {
        /// It stands.
        Uphold = "uphold",
        /// It is taken back.
        Overturn = "overturn",
    } known "uphold, overturn"
}

/// An appeal that was decided already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the appeal was {state} already, and is decided once; open it to see by whom")]
pub struct AppealStepError {
    /// What had become of it.
    pub state: AppealState,
}

impl AppealState {
    /// The state after somebody has decided.
    ///
    /// # Errors
    /// [`AppealStepError`] when it was decided before.
    ///
    /// ```
    /// use basira_model::{AppealRuling, AppealState};
    /// let decided = AppealState::Open.after(AppealRuling::Overturn)?;
    /// assert_eq!(decided, AppealState::Overturned);
    /// assert!(decided.after(AppealRuling::Uphold).is_err());
    /// # Ok::<(), basira_model::AppealStepError>(())
    /// ```
    pub const fn after(self, ruling: AppealRuling) -> Result<Self, AppealStepError> {
        match (self, ruling) {
            (Self::Open, AppealRuling::Uphold) => Ok(Self::Upheld),
            (Self::Open, AppealRuling::Overturn) => Ok(Self::Overturned),
            (state, _) => Err(AppealStepError { state }),
        }
    }
}

/// An address in the form in which two spellings of it are one: without blanks around it and what follows `#`, scheme and
/// host in small letters, no slash at its end.
///
/// ```
/// use basira_model::address_key;
/// assert_eq!(address_key(" HTTPS://Chess.Example/Post/7/#top "), "https://chess.example/Post/7");
/// ```
pub fn address_key(address: &str) -> String {
    let address = address.trim();
    let address = address.split_once('#').map_or(address, |(before, _)| before);
    let address = address.trim_end_matches('/');
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appeal_is_decided_once() {
        for state in AppealState::ALL {
            for ruling in AppealRuling::ALL {
                assert_eq!(
                    state.after(*ruling).is_ok(),
                    *state == AppealState::Open,
                    "{state} {ruling}"
                );
            }
        }
    }

    #[test]
    fn what_anybody_may_send_ranks_no_higher_than_medium_and_never_above_a_key() {
        for category in ReportCategory::ALL {
            let of_form = category.severity(Channel::Form);
            assert!(of_form <= Severity::Medium && of_form <= category.severity(Channel::Api));
        }
    }

    #[test]
    fn addresses_that_differ_in_what_does_not_count_are_one() {
        for address in [
            "https://chess.example/a",
            "https://CHESS.example/a/",
            " https://chess.example/a#b",
        ] {
            assert_eq!(address_key(address), "https://chess.example/a");
        }
        assert_ne!(
            address_key("https://chess.example/A"),
            address_key("https://chess.example/a")
        );
        assert_eq!(address_key("HTTPS://Chess.Example"), "https://chess.example");
        assert_eq!(address_key("post/7"), "post/7");
        assert_eq!(address_key(""), "");
    }
}
