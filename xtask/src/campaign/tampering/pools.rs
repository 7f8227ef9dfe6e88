//! What can be changed, by what it is part of.

use camino::Utf8PathBuf;

use super::change::Change;
use crate::campaign::lane::Lane;
use crate::campaign::random::Random;
use crate::failure::{Result, ensure};
use crate::lock;
use crate::tamper::{files, has_extension, is_blob};

/// A part of what a build stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Unpacked modules.
    Module,
    /// What stands beside them in the module cache for Go.
    ModuleNote,
    /// Stored packages.
    Package,
    /// Unpacked packages.
    Sysroot,
    /// zig, as far as it is read.
    Zig,
    /// The installed Go, as far as it is read.
    Go,
    /// The lock.
    Lock,
}

pub(super) struct Pool {
    pub(super) part: Part,
    pub(super) paths: Vec<Utf8PathBuf>,
    /// How many of a hundred rounds are about it.
    share: usize,
}

impl Part {
    /// What is done to it. What is beside notes, packages and the lock is theirs who put it there.
    pub(super) fn changes(self) -> &'static [Change] {
        use Change::{Added, Byte, Link, Mode, Removed, Rename};
        match self {
            Self::Module | Self::Sysroot => &[Byte, Rename, Added, Mode, Link, Removed],
            Self::Zig | Self::Go => &[Byte, Rename, Added, Link, Removed],
            Self::ModuleNote | Self::Package | Self::Lock => &[Byte, Rename, Mode, Link, Removed],
        }
    }

    /// Whether a change may have no consequence: what is gone is made again, or not needed where what was
    /// made of it is there; what is never run has a mode that nobody asks for; and the lock is the user's file,
    /// which may be a link.
    pub(super) fn admits(self, change: Change) -> bool {
        match self {
            Self::Module | Self::Sysroot | Self::Zig | Self::Go => false,
            Self::ModuleNote | Self::Package => {
                matches!(change, Change::Rename | Change::Removed | Change::Mode)
            }
            Self::Lock => matches!(change, Change::Mode | Change::Link),
        }
    }
}

/// A pool, each with the chance that it has.
pub(super) fn choose<'a>(pools: &'a [Pool], random: &mut Random) -> &'a Pool {
    let mut chosen = random.below(pools.iter().map(|pool| pool.share).sum());
    for pool in pools {
        if chosen < pool.share {
            return pool;
        }
        chosen -= pool.share;
    }
    &pools[0]
}

/// The pools of a lane in which everything was made. Files without bytes are left out.
pub(super) fn of(lane: &Lane) -> Result<Vec<Pool>> {
    let lock = lane.folder.join("workspace/goplugin.lock");
    let packages: Vec<_> =
        lock::packages(&lock)?.into_values().map(|package| package.sha256).collect();
    let store = |wanted: &dyn Fn(&str) -> bool| files(&lane.store, wanted);
    let is_note = |path: &str| ["info", "mod", "ziphash"].iter().any(|e| has_extension(path, e));
    let in_cache = |path: &str| path.starts_with("go/mod/cache/");
    let pools = [
        (Part::Module, 22, store(&|path| path.starts_with("go/mod/") && !in_cache(path))),
        (Part::ModuleNote, 12, store(&|path| in_cache(path) && is_note(path))),
        (Part::Package, 16, store(&|path| packages.iter().any(|sha256| is_blob(path, sha256)))),
        (Part::Sysroot, 22, store(&is_of_sysroot)),
        (Part::Zig, 12, store(&is_of_zig)),
        (Part::Go, 3, files(&lane.folder.join("go"), is_of_go)),
        (Part::Lock, 13, vec![lock]),
    ];
    let pools = pools.map(|(part, share, mut paths)| {
        paths.retain(|path| std::fs::metadata(path).is_ok_and(|found| found.len() > 0));
        Pool { part, paths, share }
    });
    for pool in &pools {
        ensure(!pool.paths.is_empty(), || format!("there is nothing of {:?}", pool.part))?;
    }
    Ok(pools.into())
}

/// The program itself, and headers and sources for the fixture's target.
fn is_of_zig(path: &str) -> bool {
    let Some((_, below)) =
        path.strip_prefix("toolchains/zig-").and_then(|path| path.split_once('/'))
    else {
        return false;
    };
    ["lib/compiler_rt/", "lib/include/", "lib/libc/include/arm-linux-gnu", "lib/std/zig/"]
        .iter()
        .any(|folder| below.starts_with(folder))
        || below == "zig"
}

/// Not the records beside the trees.
fn is_of_sysroot(path: &str) -> bool {
    path.starts_with("sysroots/link-") && path.split('/').count() > 3
}

/// The compilers, and packages that every program is made of. Without its `go` or `VERSION` it would be no
/// installed Go at all.
fn is_of_go(path: &str) -> bool {
    let is_source = ["src/errors/", "src/sync/", "src/io/"].iter().any(|f| path.starts_with(f));
    let is_of_tests = path.contains("_test.go") || path.contains("/testdata/");
    path.starts_with("pkg/tool/") || (is_source && !is_of_tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pool_is_chosen_as_often_as_it_should_be() {
        let pool = |part, share| Pool { part, share, paths: vec!["x".into()] };
        let pools = [pool(Part::Lock, 1), pool(Part::Go, 3)];
        let mut random = Random::new(7);
        let count = (0..4000).filter(|_| choose(&pools, &mut random).part == Part::Lock).count();
        assert!((900..1100).contains(&count), "{count}");
    }

    #[test]
    fn parts_are_known_by_their_places() {
        for (path, expected) in [
            ("toolchains/zig-0.17.1-linux-amd64-c2/zig", true),
            ("toolchains/zig-0.17.1-linux-amd64-c2/lib/std/zig/Ast.zig", true),
            ("toolchains/zig-0.17.1-linux-amd64-c2/lib/libc/musl/x.c", false),
            ("toolchains/zig-0.17.1-linux-amd64-c2.tree", false),
        ] {
            assert_eq!(is_of_zig(path), expected, "{path}");
        }
        assert!(is_of_go("src/io/io.go") && !is_of_go("src/io/io_test.go"));
        assert!(!is_of_go("src/io/ioutil/testdata/hello"));
    }
}
