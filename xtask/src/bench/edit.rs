//! One line of the plugin changed: hardly slower than Go alone in the tree that was composed.

use camino::{Utf8Path, Utf8PathBuf};

use super::go_build::GoBuild;
use super::measure::{Figure, alternate, timed};
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::read;

const PLUGIN: &str = "vendor-nix/example.com/image-server/plugins/count/count.go";
const LINE: &str = "\"asked for once";

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let site = ground.copy(Project::ImageServer, "edit-")?;
    let go_build = GoBuild::of(ground, &site)?;
    let mut mine = Edited::new(site.folder.join("plugins/count/count.go"))?;
    let mut theirs = Edited::new(go_build.tree.join(PLUGIN))?;
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

/// A file with a line that is never twice the same, so that no cache has it.
struct Edited {
    path: Utf8PathBuf,
    original: String,
    edits: u32,
}

impl Edited {
    fn new(path: Utf8PathBuf) -> Result<Self> {
        let original = std::fs::read_to_string(&path).on(&path)?;
        ensure(original.contains(LINE), || format!("{path} lacks {LINE:?}"))?;
        Ok(Self { path, original, edits: 0 })
    }

    fn edit(&mut self, by: &str) -> Result {
        self.edits += 1;
        let line = format!("{LINE}, {by} {} of {}", self.edits, std::process::id());
        replace(&self.path, &self.original.replace(LINE, &line))
    }
}

/// Writes by rename: the file may be read-only, or linked to another.
fn replace(path: &Utf8Path, text: &str) -> Result {
    let new = path.with_extension("new");
    std::fs::write(&new, text).on(&new)?;
    std::fs::rename(&new, path).on(path)
}
