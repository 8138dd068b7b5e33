//! Policies of an invented chess league, whose boards may be posted by the league alone.

/// Clauses of its rules.
pub const CLAUSES: &str = r#"[clause."rules#1"]
en = "Boards of the league are posted by the league alone."
ar = "رقع الدوري لا ينشرها إلا الدوري."
"#;

/// What its rules rest on.
pub const GROUNDS: &str = r#"[ground."league.charter"]
en = "The charter of the league."
ar = "ميثاق الدوري."
"#;

/// A policy that asks a person about copies of what people have confirmed. `remark` makes it another text.
pub fn queueing(remark: &str) -> String {
    text("chess.copy", "none", "", "[\"enqueue\"]", remark)
}

/// One that restricts exact copies by itself, once two people have approved it.
pub fn automatic(remark: &str) -> String {
    let restrict = "[[then]]\ndo = \"restrict\"\nhow = \"reach\"\nuntil = \"reviewed\"\n";
    let expect = "[\"restrict\", \"enqueue\", \"notify\"]";
    text("chess.automatic", "full", restrict, expect, remark)
}

fn text(id: &str, automation: &str, more: &str, expect: &str, remark: &str) -> String {
    format!(
        r#"# {remark}
schema = 1
id = "{id}"
title = {{ en = "Copies of boards", ar = "نسخ الرقع" }}
owner = "league"
clause = "rules#1"
legal = ["league.charter"]
on_unknown = "review"
automation = "{automation}"
review_by = 2030-01-01
when = 'matches.exists(m, m.exact)'

{more}[[then]]
do = "enqueue"
queue = "boards"

[limits]
per_hour = 1000
of_traffic = 1.0

[[test]]
name = "a confirmed copy"
given = {{ matches = [{{ exact = true, human_confirmed = true }}] }}
expect = {expect}

[[test]]
name = "nothing is known"
expect = []

[[test]]
name = "not all was looked at"
given = {{ matches = {{ unknown = "timeout" }} }}
expect = ["enqueue"]
"#
    )
}
