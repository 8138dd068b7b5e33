//! Forms, against the check that every policy passes.

use super::*;
use crate::{PolicySet, SourceFile};

fn checked(form: &Form) -> Result<PolicySet, String> {
    let text = form.text().map_err(|error| error.to_string())?;
    let mut files = PolicySet::shipped_files();
    files.retain(|file| ["clauses.toml", "grounds.toml"].contains(&&*file.name));
    files.push(SourceFile {
        name: "draft.toml".to_owned(),
        text: text.clone(),
    });
    PolicySet::check(&files).map_err(|found| format!("{}\n{text}", found[0]))
}

fn example() -> Form {
    Form::example("rules#tvec.known", "terms", "2027-05-27")
}

#[test]
fn what_a_form_begins_with_passes_the_check_and_its_tests_notice_every_change() {
    let set = checked(&example()).unwrap();
    let mutants = set.policies()[0].mutants();
    assert!(mutants.iter().all(|it| it.killed), "{mutants:?}");
}

/// Every signal, by every operator that it has, makes a policy whose three tests pass.
#[test]
fn every_signal_can_be_compared_by_every_operator_it_has() {
    let mut compared = 0;
    for what in Comparable::all() {
        // What a signal is when it says nothing, something else, and a value to compare with.
        let (value, other) = match what.ty {
            Type::Bool => ("true", ""),
            Type::Int(_) => ("5", "9"),
            Type::Number(_) => ("0.5", "0.75"),
            Type::Text | Type::Texts => ("it's \"a\\b", "none of it"),
            Type::Time => ("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            Type::Enum(words) => (*words.last().unwrap(), words[0]),
            Type::Records(_) => unreachable!("their fields are compared"),
        };
        for operator in Operator::of(what.ty) {
            use Operator::{AtMost, HasNot, IsNot, Less, More};
            let (yes, no) = match (operator, what.ty) {
                (Less, Type::Time) => (other, "2028-01-01T00:00:00Z"),
                (More, Type::Time) => ("2028-01-01T00:00:00Z", other),
                (Less, _) => (if value == "5" { "4" } else { "0.25" }, other),
                (More, _) => (other, value),
                (AtMost, _) => (value, other),
                (IsNot | HasNot, _) => (other, value),
                _ if matches!(what.ty, Type::Int(_)) => (value, "4"),
                _ if matches!(what.ty, Type::Number(_)) => (value, "0.25"),
                _ => (value, other),
            };
            let trial = |given: &str, says: Says| Trial {
                name: says.to_string(),
                given: vec![given.to_owned()],
                says,
            };
            let form = Form {
                rows: vec![Row {
                    what,
                    operator: *operator,
                    value: value.to_owned(),
                }],
                trials: vec![
                    trial(yes, Says::Match),
                    trial(no, Says::NoMatch),
                    trial(UNKNOWN, Says::Unknown),
                ],
                ..example()
            };
            if let Err(error) = checked(&form) {
                panic!("{} {operator}: {error}", what.name());
            }
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn fields_of_one_list_are_of_one_record_where_all_must_hold() {
    let row = |name: &str, operator, value: &str| Row {
        what: Comparable::find(name).unwrap(),
        operator,
        value: value.to_owned(),
    };
    let mut form = example();
    form.rows = vec![
        row("matches.type", Operator::Is, "pdq"),
        row("text.words", Operator::AtLeast, "3"),
        row("matches.distance", Operator::AtMost, "9"),
    ];
    assert_eq!(
        form.when().unwrap(),
        "matches.exists(m, m.type == 'pdq' && m.distance <= 9) && text.words >= 3"
    );
    form.join = Join::Any;
    assert_eq!(
        form.when().unwrap(),
        "matches.exists(m, m.type == 'pdq') || text.words >= 3 || matches.exists(m, m.distance <= 9)"
    );
}

#[test]
fn what_does_not_fit_says_what_does() {
    let mut form = example();
    form.rows[0].value = "near".to_owned();
    let said = form.text().unwrap_err().to_string();
    assert!(
        said.contains("matches.distance") && said.contains("whole number"),
        "{said}"
    );
    form.rows[0].operator = Operator::Contains;
    let said = form.text().unwrap_err().to_string();
    assert!(said.contains("at_least"), "{said}");
    form.rows.clear();
    assert_eq!(form.text(), Err(FormError::NoCondition));
}

#[test]
fn nothing_that_is_typed_leaves_its_place() {
    let mut form = example();
    form.title[0] = "a\"\nautomation = \"full\"\\".to_owned();
    form.review_by = "2027-05-27\nautomation = \"full\"".to_owned();
    let text = form.text().unwrap();
    assert_eq!(text.matches("\nautomation").count(), 1, "{text}");
}
