//! A default container, as far as it matters to the sandbox.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Forbids what the seccomp profile of a default container forbids, as far as it matters here: new namespaces, mounts,
/// and clone3 altogether.
pub(crate) fn enter() {
    let namespaces = flags_of_namespaces();
    let one_of = |flag: u64| {
        SeccompRule::new(vec![
            SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(flag), flag).unwrap(),
        ])
        .unwrap()
    };
    let flags = (0..64).map(|bit| 1 << bit).filter(|flag| namespaces & flag != 0);
    refuse(vec![(libc::SYS_clone3, Vec::new())], libc::ENOSYS);
    refuse(
        vec![
            (libc::SYS_unshare, Vec::new()),
            (libc::SYS_setns, Vec::new()),
            (libc::SYS_mount, Vec::new()),
            (libc::SYS_clone, flags.map(one_of).collect()),
        ],
        libc::EPERM,
    );
}

fn flags_of_namespaces() -> u64 {
    (libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS) as u64
}

/// Has system calls fail with an error.
pub(crate) fn refuse(rules: Vec<(i64, Vec<SeccompRule>)>, error: i32) {
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(error as u32),
        std::env::consts::ARCH.try_into().unwrap(),
    );
    seccompiler::apply_filter(&BpfProgram::try_from(filter.unwrap()).unwrap()).unwrap();
}
