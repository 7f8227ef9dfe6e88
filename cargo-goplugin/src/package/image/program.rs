//! The uppermost layer: the programs, and what has to be said of the modules in them.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::layer::{Kept, Recipe, Tar, Tee};
use super::{Job, payload};
use crate::artifact::pack::with_folders;
use crate::artifact::third_party::{self, notices};
use crate::artifact::{Entry, Node};
use crate::build::Program;
use crate::error::{Error, Result};
use crate::vocab::Sha256Writer;
use crate::world::files;

/// Where programs stand in an image.
const FOLDER: &str = "usr/bin";

/// The layer's recipe.
pub(super) fn recipe<'a>(job: &'a Job<'_, '_>, facts: &payload::Facts) -> Recipe<'a> {
    let inventory = &facts.inventory;
    let mut entries = vec![Entry { path: FOLDER.into(), node: Node::Folder }];
    entries.extend(notices(inventory).map(|bytes| Entry {
        path: format!("usr/share/doc/{}/{}", inventory.app, third_party::FILE).into(),
        node: Node::File { bytes, executable: false },
    }));
    let place =
        |program: &'a Program<'_>| (Utf8Path::new(FOLDER).join(program.bin.name.as_str()), program);
    let mut programs: Vec<(Utf8PathBuf, &Program<'_>)> =
        job.built.programs.iter().map(place).collect();
    programs.sort_by(|(a, _), (b, _)| a.cmp(b));
    let comment = match job.built.set.name.as_str() {
        "default" => format!("{} {}", inventory.app, inventory.version),
        set => format!("{} {} with set {set}", inventory.app, inventory.version),
    };
    Recipe {
        comment,
        kept: Kept::WithProgram,
        entries: with_folders(entries),
        packages: None,
        programs,
    }
}

/// Writes a program, as long as it is the one that was built.
pub(super) fn write(place: &Utf8Path, program: &Program<'_>, tar: &mut Tar) -> Result<()> {
    let failed = |error: io::Error| Error::io("pack", &program.path, &error);
    let mut file = files::open(&program.path)?;
    let mut hasher = Sha256Writer::new(io::sink());
    let mut body = Tee { from: &mut file, to: &mut hasher };
    tar.file(place.as_str(), true, program.output.size(), &mut body).map_err(failed)?;
    if hasher.finish().0 == program.output.sha256 { Ok(()) } else { Err(payload::changed(program)) }
}
