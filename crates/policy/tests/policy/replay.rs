//! The same arguments give the same outcome, also after they were written down and read again.

use basira_policy::{Caps, Outcome, PolicySet, Snapshot, Stages, decide};

use super::support::{Dice, standing};

#[test]
fn what_was_written_down_is_decided_again_to_the_letter() {
    let set = PolicySet::shipped();
    let stages = set.stages(standing);
    let mut dice = Dice(7);
    for _ in 0..500 {
        let snapshot = super::invariants::snapshot(&mut dice);
        let caps = Caps {
            items: dice.below(3000) as u64,
            all: dice.below(1200) as u64,
            ..Caps::default()
        };
        let outcome = decide(&set, &stages, &snapshot, &caps);
        let text = serde_json::to_string(&(&stages, &snapshot, &caps, &outcome)).unwrap();
        let (stages, snapshot, caps, outcome): (Stages, Snapshot, Caps, Outcome) =
            serde_json::from_str(&text).unwrap();
        let again = decide(&set, &stages, &snapshot, &caps);
        assert_eq!(again, outcome);
        assert_eq!(
            serde_json::to_string(&(&stages, &snapshot, &caps, &again)).unwrap(),
            text
        );
    }
}

#[test]
fn the_order_of_files_makes_no_other_set() {
    let mut files = PolicySet::shipped_files();
    let set = PolicySet::check(&files).unwrap();
    files.reverse();
    assert_eq!(PolicySet::check(&files).unwrap().hash(), set.hash());
    files[0].text.push('\n');
    assert_ne!(PolicySet::check(&files).unwrap().hash(), set.hash());
}
