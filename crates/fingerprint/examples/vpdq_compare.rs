//! Compares pairs of vPDQ signals: a line of standard input is a JSON list of two, a line of output the two percentages of
//! [`vpdq::compare`], or `null`.
#![expect(clippy::disallowed_methods, reason = "it is a filter: lines in, lines out")]

use basira_fingerprint::film::vpdq;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in std::io::stdin().lines() {
        let (query, bank): (String, String) = serde_json::from_str(&line?)?;
        let percents = vpdq::compare(&vpdq::read(&query)?, &vpdq::read(&bank)?);
        println!("{}", serde_json::to_string(&percents)?);
    }
    Ok(())
}
