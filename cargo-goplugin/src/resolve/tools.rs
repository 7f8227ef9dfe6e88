//! The compilers' releases.

use super::Context;
use super::drift::Drift;
use crate::error::Result;
use crate::lock::Lock;
use crate::plan::Plan;
use crate::target::BUILDING_PLATFORMS;
use crate::toolchain::{self, Tool};

/// Makes the lock hold a release of `tool` that fits the manifest, for every machine that may build.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    tool: Tool,
    drift: &mut Drift,
) -> Result<()> {
    let requirement = match tool {
        Tool::Go => &plan.workspace.toolchain.go,
        Tool::Zig => &plan.workspace.toolchain.zig,
    };
    let here = cx.here.name();
    let locked = lock.tools.iter().find(|release| release.name == tool && release.host == here);
    let why = match locked {
        Some(release) if drift.refreshes() => {
            format!("{} {} is to be chosen anew", tool.name(), release.version)
        }
        Some(release) if requirement.matches(&release.version) => return Ok(()),
        Some(release) => {
            format!("it pins {} {}, and `{requirement}` is asked for", tool.name(), release.version)
        }
        None => format!("it pins no {} for {here}", tool.name()),
    };
    if drift.may_change(why) {
        let releases =
            toolchain::choose(cx.world, cx.store, tool, requirement, BUILDING_PLATFORMS)?;
        lock.tools.retain(|release| release.name != tool);
        lock.tools.extend(releases);
    }
    Ok(())
}
