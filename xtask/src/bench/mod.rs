//! x
pub(crate) fn run(_rest: &[&str]) -> anyhow::Result<()> {
    anyhow::bail!("not yet")
}
