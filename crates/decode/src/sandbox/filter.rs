//! A list of allowed system calls as a short BPF program.
//!
//! Every worker loads the program afresh, and the kernel then goes through it once for each of its some five hundred
//! system calls to remember which need no look at all. A list that is compared one by one, as `seccompiler` writes it,
//! costs more there than a fork; so the number is looked for by halving. What a call's arguments must be is still
//! written by `seccompiler`, and each path ends with a comparison for equality: a mistake in the halving can only deny.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{BpfProgram, SeccompRule, sock_filter};

/// What must hold of each call's arguments: one of the rules, or nothing where there is none.
pub(super) type Rules = BTreeMap<i64, Vec<SeccompRule>>;

// Fields of `struct seccomp_data`, by offset.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const IS: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const IS_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const END: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

const ALLOW: sock_filter = step(END, libc::SECCOMP_RET_ALLOW);
const KILL: sock_filter = step(END, libc::SECCOMP_RET_KILL_PROCESS);

/// As `AUDIT_ARCH_…` of linux/audit.h has it: the machine's number in ELF, 64 bits, little-endian.
const HERE: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xc000_003e)
} else if cfg!(target_arch = "aarch64") {
    Some(0xc000_00b7)
} else if cfg!(target_arch = "riscv64") {
    Some(0xc000_00f3)
} else {
    None
};

/// The program: everything that no rule allows ends the process.
///
/// # Errors
/// An architecture that is not known here.
pub(super) fn program(rules: &Rules) -> io::Result<BpfProgram> {
    let architecture = HERE.ok_or(io::ErrorKind::Unsupported)?;
    let calls = rules
        .iter()
        .map(|(number, rules)| Ok((u32::try_from(*number).map_err(io::Error::other)?, &rules[..])))
        .collect::<io::Result<Vec<_>>>()?;
    let mut program = vec![
        step(LOAD, ARCHITECTURE),
        jump(IS, architecture, 1, 0),
        KILL,
        step(LOAD, NUMBER),
    ];
    program.extend(search(&calls)?);
    Ok(program)
}

/// The part that finds the loaded number among some of the calls.
fn search(calls: &[(u32, &[SeccompRule])]) -> io::Result<BpfProgram> {
    let (lower, upper) = calls.split_at(calls.len() / 2);
    match (lower, upper) {
        ([], [(number, rules)]) => {
            let mut found = vec![jump(IS, *number, 1, 0), KILL];
            found.extend(arguments(rules));
            Ok(found)
        }
        ([_, ..], [(first, _), ..]) => {
            let lower = search(lower)?;
            // Jumps go by at most 255 steps.
            let over = u8::try_from(lower.len()).map_err(io::Error::other)?;
            let mut found = vec![jump(IS_AT_LEAST, *first, over, 0)];
            found.extend(lower);
            found.extend(search(upper)?);
            Ok(found)
        }
        _ => Ok(vec![KILL]),
    }
}

/// The part that looks at the arguments of a call that was found.
fn arguments(rules: &[SeccompRule]) -> BpfProgram {
    if rules.is_empty() {
        return vec![ALLOW];
    }
    // A rule that does not hold goes on behind the step that follows it.
    let mut found: BpfProgram = rules
        .iter()
        .flat_map(|rule| {
            let mut conditions = BpfProgram::from(rule.clone());
            conditions.push(ALLOW);
            conditions
        })
        .collect();
    found.push(KILL);
    found
}

const fn step(code: u16, k: u32) -> sock_filter {
    jump(code, k, 0, 0)
}

/// Goes on so many steps further: `yes` where the comparison holds, else `no`.
const fn jump(code: u16, k: u32, yes: u8, no: u8) -> sock_filter {
    sock_filter {
        code,
        jt: yes,
        jf: no,
        k,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use seccompiler::{
        SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    };

    use super::*;
    use crate::sandbox::lockdown;

    thread_local! {
        static STEPS: Cell<u32> = const { Cell::new(0) };
    }

    /// What a program answers to a call, as the kernel would run it.
    fn run(program: &[sock_filter], architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let mut data = [0; 64];
        data[..4].copy_from_slice(&number.to_le_bytes());
        data[4..8].copy_from_slice(&architecture.to_le_bytes());
        for (place, value) in data[16..].chunks_mut(8).zip(arguments) {
            place.copy_from_slice(&value.to_le_bytes());
        }
        let (mut at, mut loaded) = (0, 0);
        loop {
            STEPS.set(STEPS.get() + 1);
            let sock_filter { code, jt, jf, k } = program[at];
            at += 1;
            let goes = match u32::from(code) {
                0x20 => {
                    loaded = u32::from_le_bytes(data[k as usize..][..4].try_into().unwrap());
                    continue;
                }
                0x54 => {
                    loaded &= k;
                    continue;
                }
                0x05 => {
                    at += k as usize;
                    continue;
                }
                0x06 => return k,
                0x15 => loaded == k,
                0x25 => loaded > k,
                0x35 => loaded >= k,
                0x45 => loaded & k != 0,
                other => panic!("no such step: {other:#x}"),
            };
            at += usize::from(if goes { jt } else { jf });
        }
    }

    /// The same list as `seccompiler` writes it.
    fn oracle(rules: &Rules) -> BpfProgram {
        let architecture = std::env::consts::ARCH.try_into().unwrap();
        let filter = SeccompFilter::new(
            rules.clone(),
            SeccompAction::KillProcess,
            SeccompAction::Allow,
            architecture,
        );
        filter.unwrap().try_into().unwrap()
    }

    const HIGH: u64 = 0xffff_ffff_0000_0000;

    #[test]
    fn the_list_of_workers_is_as_seccompiler_has_it() {
        for own in [1, 4711] {
            let rules = lockdown::rules(own).unwrap();
            let (ours, theirs) = (program(&rules).unwrap(), oracle(&rules));
            let here = HERE.unwrap();
            let values = [0, 1, 2, 3, 4, 7, own.into(), HIGH, HIGH | 1, u64::MAX];
            let mut allowed = 0;
            // The other numbers are those of the second interface of x86-64, and none.
            let numbers = (0..1024).chain(0x4000_0000..0x4000_0400).chain([u32::MAX]);
            for number in numbers {
                for first in values {
                    for second in values {
                        for third in [0, 1, 2, 4, 7, HIGH | 4] {
                            for fourth in [0, 1, 2, 0x22] {
                                let arguments = [first, second, third, fourth, 0, 0];
                                let got = run(&ours, here, number, arguments);
                                assert_eq!(
                                    got,
                                    run(&theirs, here, number, arguments),
                                    "{number} {arguments:?}"
                                );
                                allowed += u32::from(got == libc::SECCOMP_RET_ALLOW);
                            }
                        }
                        if !rules.contains_key(&number.into()) {
                            break;
                        }
                    }
                }
                let other = run(&ours, here ^ 1, number, [0; 6]);
                assert_eq!(other, libc::SECCOMP_RET_KILL_PROCESS);
            }
            assert!(allowed > 10_000);
        }
    }

    /// What it is for: the kernel's way through it for all numbers.
    #[test]
    fn it_is_short_to_go_through() {
        let rules = lockdown::rules(1).unwrap();
        let steps = |program: &[sock_filter]| {
            STEPS.set(0);
            for number in 0..470 {
                run(program, HERE.unwrap(), number, [0; 6]);
            }
            STEPS.get()
        };
        let (ours, theirs) = (steps(&program(&rules).unwrap()), steps(&oracle(&rules)));
        assert!(4 * ours < theirs, "{ours} {theirs}");
    }

    fn any_rule() -> impl Strategy<Value = SeccompRule> {
        let op = prop_oneof![
            Just(Op::Eq),
            Just(Op::Ne),
            Just(Op::Ge),
            Just(Op::Lt),
            (0u64..8).prop_map(Op::MaskedEq),
        ];
        let length = prop_oneof![Just(Len::Dword), Just(Len::Qword)];
        let condition = (0u8..6, length, op, 0u64..8).prop_map(|(argument, length, op, value)| {
            SeccompCondition::new(argument, length, op, value).unwrap()
        });
        prop::collection::vec(condition, 1..4).prop_map(|conditions| SeccompRule::new(conditions).unwrap())
    }

    proptest! {
        #[test]
        fn any_list_is_as_seccompiler_has_it(
            rules in prop::collection::btree_map(0i64..40, prop::collection::vec(any_rule(), 0..3), 0..10),
            calls in prop::collection::vec((0u32..48, prop::array::uniform6(0u64..8)), 200),
        ) {
            let (ours, theirs) = (program(&rules).unwrap(), oracle(&rules));
            for (number, arguments) in calls {
                prop_assert_eq!(
                    run(&ours, HERE.unwrap(), number, arguments),
                    run(&theirs, HERE.unwrap(), number, arguments)
                );
            }
        }
    }

    #[test]
    fn what_is_too_long_for_jumps_is_refused() {
        let equal = |value| SeccompCondition::new(0, Len::Qword, Op::Eq, value).unwrap();
        let rule = SeccompRule::new((0..30).map(equal).collect()).unwrap();
        let rules: Rules = (0..16).map(|number| (number, vec![rule.clone()])).collect();
        assert!(program(&rules).is_err());
    }
}
