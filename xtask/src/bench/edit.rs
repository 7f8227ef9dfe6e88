//! One line of the plugin changed: hardly slower than Go alone in the tree that was composed.

use super::edited::Edited;
use super::go_build::GoBuild;
use super::measure::{Figure, alternate, timed};
use crate::failure::Result;
use crate::ground::{Ground, Project};
use crate::process::read;

const PLUGIN: &str = "vendor-nix/example.com/image-server/plugins/count/count.go";
const TEXT: &str = "\"asked for once";

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let site = ground.copy(Project::ImageServer, "edit-")?;
    let go_build = GoBuild::of(ground, &site, "rpi4")?;
    let mut mine = Edited::new(site.folder.join("plugins/count/count.go"), TEXT)?;
    let mut theirs = Edited::new(go_build.tree.join(PLUGIN), TEXT)?;
    let build = ["build", "--locked", "--target", "rpi4"];
    let (ours, theirs) = alternate(
        runs,
        || {
            mine.edit("ours")?;
            timed(|| read(&ground.goplugin(&site, &build)).map(drop))
        },
        || {
            theirs.edit("theirs")?;
            timed(|| go_build.run())
        },
    )?;
    Ok(Figure { name: "build, one line changed / bare go build", bound: 1.05, ours, theirs })
}
