//! The compilers' releases.

use semver::{Comparator, Op, Version, VersionReq};

use super::Context;
use super::drift::Drift;
use crate::error::Result;
use crate::lock::Lock;
use crate::plan::Plan;
use crate::target::BUILDING_PLATFORMS;
use crate::toolchain::{self, Tool};

/// A compiler that is chosen anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTool {
    /// Which one.
    pub tool: Tool,
    /// The release that it is to have; without one, what would be chosen if none were locked.
    pub precise: Option<Version>,
}

/// Makes the lock hold a release of a tool that fits the manifest, for every machine that may build. Those `anew` are
/// chosen whether the one that is locked fits or not.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    (tool, anew): (Tool, &[NewTool]),
    drift: &mut Drift,
) -> Result<()> {
    let requirement = requirement(plan, tool);
    let anew = anew.iter().find(|new| new.tool == tool);
    let here = cx.here.name();
    let locked = lock.tools.iter().find(|release| release.name == tool && release.host == here);
    let why = match locked {
        Some(release) if drift.refreshes() || anew.is_some() => {
            format!("{} {} is to be chosen anew", tool.name(), release.version)
        }
        Some(release) if requirement.matches(&release.version) => return Ok(()),
        Some(release) => {
            format!("it pins {} {}, and `{requirement}` is asked for", tool.name(), release.version)
        }
        None => format!("it pins no {} for {here}", tool.name()),
    };
    if drift.may_change(why) {
        let exactly = anew.and_then(|new| new.precise.as_ref()).map(exactly);
        let requirement = exactly.as_ref().unwrap_or(requirement);
        let releases =
            toolchain::choose(cx.world, cx.store, tool, requirement, BUILDING_PLATFORMS)?;
        lock.tools.retain(|release| release.name != tool);
        lock.tools.extend(releases);
    }
    Ok(())
}

/// What the manifest asks of a compiler's version.
#[must_use]
pub fn requirement<'p>(plan: &'p Plan<'_>, tool: Tool) -> &'p VersionReq {
    match tool {
        Tool::Go => &plan.workspace.toolchain.go,
        Tool::Zig => &plan.workspace.toolchain.zig,
    }
}

/// Just that version.
fn exactly(version: &Version) -> VersionReq {
    let Version { major, minor, patch, pre, .. } = version.clone();
    let comparator =
        Comparator { op: Op::Exact, major, minor: Some(minor), patch: Some(patch), pre };
    VersionReq { comparators: vec![comparator] }
}
