//! What the page of a case is made of, as it is read from the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::http::StatusCode;
use model::{BankId, BankKind, CaseId, DecisionId, DecisionState, ItemId, PurgeBlock, Right};
use pipeline::policies::{Clause, clauses};
use store::{Case, CaseDecision, Member, Person, Ruled, StoreError, Told};

use super::copies::{Arranged, arrange};
use super::page::Seen;
use super::told::{ByItem, by_item};
use super::{reports, trace};
use crate::app::App;
use crate::problem::Problem;

/// Groups that a page knows; the others come when these are decided.
const GROUPS: u32 = 500;
/// Members of a group that a page lists.
const MEMBERS: u32 = 200;
/// Deliveries of a decision that a page shows beside its items.
const DELIVERIES: u32 = 1_000;

/// All that a page is made of.
pub(super) struct Loaded {
    pub(super) case: Case,
    pub(super) arranged: Arranged,
    /// The first members of all groups that are shown or listed, and further ones of those that are shown in full.
    pub(super) members: HashMap<ItemId, Vec<Member>>,
    pub(super) decisions: Vec<CaseDecision>,
    pub(super) told: HashMap<DecisionId, (Vec<Told>, u64)>,
    pub(super) deliveries: ByItem,
    /// Entries that decisions have made, and whether somebody has confirmed them.
    pub(super) confirmed: HashMap<DecisionId, bool>,
    pub(super) traces: HashMap<ItemId, Vec<Vec<String>>>,
    pub(super) ruled: HashMap<ItemId, Ruled>,
    pub(super) hidden: HashSet<ItemId>,
    pub(super) clauses: Vec<Clause>,
    pub(super) banks: Vec<(BankId, String)>,
    pub(super) others: Vec<Case>,
    pub(super) reports: reports::Loaded,
    pub(super) people: Vec<Person>,
    pub(super) purge_block: Option<PurgeBlock>,
    pub(super) more_groups: bool,
}

/// A case, if the reader has the right on it. That it is there for others is not said.
pub(super) async fn find(app: &Arc<App>, seen: &Seen, id: i64, right: Right) -> Result<Case, Problem> {
    let missing = || Problem::not_found("there is no such case");
    let case = app
        .apart(move |app| app.intake.store().case(CaseId(id)))
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::NOT_FOUND => missing(),
            _ => problem,
        })?;
    // Who may see it and not do this is told so.
    if !seen.may_on(Right::SeeCases, &case) {
        return Err(missing());
    }
    if !seen.may_on(right, &case) {
        return Err(Problem::forbidden(format!(
            "on this case this needs the right {right}; ask an administrator for a role that has it"
        )));
    }
    Ok(case)
}

/// Whether a decision seals a case: nobody looks at anything of it any more.
pub(super) fn is_sealed(decisions: &[CaseDecision]) -> bool {
    let mut standing = decisions
        .iter()
        .filter(|it| matches!(it.state, DecisionState::Draft | DecisionState::Effective));
    standing.any(|it| it.ruling.outcome().seals())
}

/// Reads all of it.
pub(super) fn load(app: &App, case: Case, wanted: Option<ItemId>, seen: &Seen) -> Result<Loaded, StoreError> {
    let store = app.intake.store();
    let mut found = store.groups(case.id, GROUPS + 1)?;
    let more_groups = found.len() > GROUPS as usize;
    found.truncate(GROUPS as usize);
    let by_bytes: HashMap<_, _> = found.iter().map(|group| (group.sha256, group.first)).collect();
    let decisions = store.decisions(case.id)?;
    let arranged = arrange(found, &decisions, wanted);
    let full: HashSet<ItemId> = arranged.full.iter().map(|group| group.first).collect();
    let mut members: HashMap<ItemId, Vec<Member>> = HashMap::new();
    for member in store.members(case.id, ItemId(0), MEMBERS)? {
        let first = by_bytes
            .get(&member.item.sha256)
            .filter(|first| full.contains(*first));
        if let Some(first) = first {
            members.entry(*first).or_default().push(member);
        }
    }
    let listed = arranged.kinds.iter().flat_map(|kind| &kind.open);
    let firsts = arranged.full.iter().chain(listed).map(|group| group.first);
    let missing: Vec<ItemId> = firsts.filter(|first| !members.contains_key(first)).collect();
    // Items that were forgotten leave no group.
    for member in store.members_that_are(case.id, &missing)? {
        members.insert(member.item.id, vec![member]);
    }
    let (mut told, mut deliveries, mut confirmed) = (HashMap::new(), Vec::new(), HashMap::new());
    let shown: HashSet<DecisionId> = arranged.full.iter().filter_map(|group| group.decision).collect();
    for decision in &decisions {
        told.insert(
            decision.id,
            (store.told_of(decision.id)?, store.untold(decision.id)?),
        );
        if shown.contains(&decision.id) {
            deliveries.extend(store.deliveries_of(decision.id, 0, DELIVERIES)?);
        }
        if let Some(entry) = decision
            .entry
            .map(|entry| store.entry(entry))
            .transpose()?
            .flatten()
        {
            confirmed.insert(decision.id, entry.human_confirmed);
        }
    }
    let (mut traces, mut ruled, mut hidden) = (HashMap::new(), HashMap::new(), HashSet::new());
    for group in &arranged.full {
        if store.is_shown_to_nobody(&group.sha256)? {
            hidden.insert(group.first);
        }
        if group.ruled.is_some() {
            ruled.extend(store.ruled(&group.sha256)?.map(|it| (group.first, it)));
        }
        let explained = trace::explained(app, group.first, seen.lang)?;
        traces.insert(group.first, explained);
    }
    let others = match case.entry {
        Some(entry) => store.cases_of_entry(entry, case.id)?,
        None => Vec::new(),
    };
    let banks = match seen.may_on(Right::Curate, &case) {
        true => store.banks()?,
        false => Vec::new(),
    };
    let known = banks.into_iter().map(|summary| summary.bank);
    let known = known.filter(|bank| bank.kind == BankKind::Known && bank.enabled);
    Ok(Loaded {
        arranged,
        members,
        decisions,
        told,
        deliveries: by_item(deliveries),
        confirmed,
        traces,
        ruled,
        hidden,
        clauses: clauses(store)?,
        banks: known.map(|bank| (bank.id, bank.name.to_string())).collect(),
        others,
        reports: reports::load(store, case.id)?,
        people: store.people()?,
        purge_block: match seen.may_on(Right::Purge, &case) {
            true => store.purge_block(case.id, None, seen.now)?,
            false => None,
        },
        more_groups,
        case,
    })
}
