//! A module that Go has unpacked beside its zip, given a second name: its files are not written once more, but read
//! and summed, as those are that come out of a zip.

use camino::{Utf8Path, Utf8PathBuf};

use super::{ModuleFile, UnpackedModule};
use crate::error::Result;
use crate::golang::hash1;
use crate::vocab::{ModulePath, ModuleVersion, Sha256};
use crate::world::files;
use crate::world::folders::{self, Kind, Scanned};

/// Lays out the module in `dest`, a fresh folder that is thrown away on failure, of the files that stand in `from`.
/// `None` where that cannot be: nothing is there, it holds something that no module's zip does, a file may be run,
/// or the file system gives no second names. The sum is not yet compared with anything.
pub fn link_module(
    from: &Utf8Path,
    module: &ModulePath,
    version: &ModuleVersion,
    dest: &Utf8Path,
) -> Result<Option<UnpackedModule>> {
    let Some(mut files) = link_all(from, dest)? else { return Ok(None) };
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let names: Vec<_> =
        files.iter().map(|file| format!("{module}@{version}/{}", file.path)).collect();
    let sum = hash1(names.iter().map(String::as_str).zip(files.iter().map(|file| file.digest)))?;
    Ok(Some(UnpackedModule { sum, files }))
}

fn link_all(from: &Utf8Path, dest: &Utf8Path) -> Result<Option<Vec<ModuleFile>>> {
    if folders::kind(from)? != Some(Kind::Folder) {
        return Ok(None);
    }
    let mut linked = Vec::new();
    let mut open = vec![Utf8PathBuf::new()];
    while let Some(below) = open.pop() {
        for Scanned { name, kind, executable, .. } in folders::scan(&from.join(&below), |_| true)? {
            let path = below.join(name);
            match kind {
                Kind::Folder => {
                    files::create_dir(&dest.join(&path))?;
                    open.push(path);
                }
                Kind::File if !executable => {
                    let target = dest.join(&path);
                    if !files::link(&from.join(&path), &target) {
                        return Ok(None);
                    }
                    // Under the name that it will be used by.
                    let bytes = files::read(&target)?;
                    let size = bytes.len() as u64;
                    linked.push(ModuleFile { path, digest: Sha256::of(bytes), size });
                }
                Kind::File | Kind::Link | Kind::Special => return Ok(None),
            }
        }
    }
    Ok(Some(linked))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::super::tests::{MODULE, VERSION, unpack_bytes, zip_of};
    use super::*;

    fn linked(from: &Utf8Path) -> (tempfile::TempDir, Option<UnpackedModule>) {
        let dest = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dest.path()).unwrap();
        let (module, version) = (MODULE.parse().unwrap(), VERSION.parse().unwrap());
        let result = link_module(from, &module, &version, path).unwrap();
        (dest, result)
    }

    #[test]
    fn what_go_unpacked_has_the_sum_of_its_zip() {
        let (dir, unpacked) = unpack_bytes(zip_of(&[
            ("example.com/Mod@v1.2.3/sub/b.go", b"package sub\n"),
            ("example.com/Mod@v1.2.3/go.mod", b"module example.com/Mod\n"),
        ]));
        let from = Utf8Path::from_path(dir.path()).unwrap();
        let (dest, found) = linked(from);
        assert_eq!(found, Some(unpacked.unwrap()));
        let inode = |root: &std::path::Path| root.join("sub/b.go").metadata().unwrap().ino();
        assert_eq!(inode(dest.path()), inode(dir.path()));
    }

    #[test]
    fn every_change_shows_in_the_sum_or_is_left_to_the_zip() {
        let zip = || zip_of(&[("example.com/Mod@v1.2.3/a.go", b"package a\n")]);
        let sum = unpack_bytes(zip()).1.unwrap().sum;
        let changed = |change: fn(&std::path::Path)| {
            let (dir, _unpacked) = unpack_bytes(zip());
            change(dir.path());
            linked(Utf8Path::from_path(dir.path()).unwrap()).1
        };
        let other = changed(|dir| std::fs::write(dir.join("b.go"), "").unwrap()).unwrap();
        assert_ne!(other.sum, sum);
        let other = changed(|dir| std::fs::rename(dir.join("a.go"), dir.join("c.go")).unwrap());
        assert_ne!(other.unwrap().sum, sum);
        let mode = |dir: &std::path::Path| {
            let mode = std::fs::Permissions::from_mode(0o555);
            std::fs::set_permissions(dir.join("a.go"), mode).unwrap();
        };
        assert_eq!(changed(mode), None);
        assert_eq!(changed(|dir| std::os::unix::fs::symlink("a.go", dir.join("l")).unwrap()), None);
        assert_eq!(linked(Utf8Path::new("/nowhere")).1, None);
    }
}
