//! The layout of a module cache, filled by us and read by `go build` with `GOPROXY=off`. Go believes what
//! lies in it: a module may only be put there once its sum has been compared.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::vocab::{GoSum, ModulePath, ModuleVersion};
use crate::world::files;

/// A module cache: a folder to be given to Go as `GOMODCACHE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModCache {
    root: Utf8PathBuf,
}

impl ModCache {
    /// The cache in that folder, which need not be there yet.
    #[must_use]
    pub fn new(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Where a module's files are.
    #[must_use]
    pub fn module_dir(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        self.root.join(format!("{}@{}", module.escaped(), version.escaped()))
    }

    /// The `.info` file of a version.
    #[must_use]
    pub fn info(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        self.download(module, version, "info")
    }

    /// The `.mod` file of a version.
    #[must_use]
    pub fn go_mod(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        self.download(module, version, "mod")
    }

    /// The zip of a version.
    #[must_use]
    pub fn zip(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        self.download(module, version, "zip")
    }

    /// The file that holds the sum of a version's zip.
    #[must_use]
    pub fn zip_hash(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        self.download(module, version, "ziphash")
    }

    /// What the `.info` file of a version holds.
    #[must_use]
    pub fn info_text(version: &ModuleVersion) -> String {
        // Versions are known to hold nothing that JSON would escape.
        format!("{{\"Version\":\"{version}\"}}")
    }

    fn download(&self, module: &ModulePath, version: &ModuleVersion, kind: &str) -> Utf8PathBuf {
        let file = format!("cache/download/{}/@v/{}.{kind}", module.escaped(), version.escaped());
        self.root.join(file)
    }

    /// Writes what Go must know of a module whose go.mod takes part in choosing versions: for a module
    /// that no package is imported from, that is all.
    pub fn lay_out_go_mod(
        &self,
        module: &ModulePath,
        version: &ModuleVersion,
        go_mod: &[u8],
    ) -> Result<()> {
        let info = Self::info_text(version);
        files::write_if_changed(&self.info(module, version), info.as_bytes())?;
        files::write_if_changed(&self.go_mod(module, version), go_mod)?;
        Ok(())
    }

    /// Writes what Go must know beside an unpacked module, which itself has to stand at [`Self::module_dir`]: the
    /// verified sum of its zip. Go compares that with go.sum and asks for no zip. Some modules are only looked into
    /// for packages that another one has: Go never reads a go.mod of those.
    pub fn lay_out_sum(
        &self,
        module: &ModulePath,
        version: &ModuleVersion,
        sum: &GoSum,
    ) -> Result<()> {
        files::write_if_changed(&self.zip_hash(module, version), sum.as_str().as_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::go_mod_sum;

    #[test]
    fn the_layout_is_go_s() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let cache = ModCache::new(root);
        let (module, version) =
            ("github.com/BurntSushi/toml".parse().unwrap(), "v1.0.0-RC1".parse().unwrap());
        let sum = go_mod_sum(b"");
        cache.lay_out_go_mod(&module, &version, b"module m\n").unwrap();
        cache.lay_out_sum(&module, &version, &sum).unwrap();
        let at =
            |rest: &str| root.join("cache/download/github.com/!burnt!sushi/toml/@v").join(rest);
        let text = |rest: &str| files::read_text(&at(rest)).unwrap();
        assert_eq!(text("v1.0.0-!r!c1.info"), "{\"Version\":\"v1.0.0-RC1\"}");
        assert_eq!(text("v1.0.0-!r!c1.mod"), "module m\n");
        assert_eq!(text("v1.0.0-!r!c1.ziphash"), sum.as_str());
        assert_eq!(cache.zip(&module, &version), at("v1.0.0-!r!c1.zip"));
        assert_eq!(
            cache.module_dir(&module, &version),
            root.join("github.com/!burnt!sushi/toml@v1.0.0-!r!c1")
        );
    }
}
