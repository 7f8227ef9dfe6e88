//! What the command line adds to an app for one run: plugins by `--with`, replaced modules by `--replace`.
//! They are read as if the app's manifest said so.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::gomod;
use super::member::{Module, default_name, not_a_module};
use super::model::{App, Once, Patch};
use super::patch;
use super::paths::resolve;
use super::plugin::{Entry, Source};
use super::table::RawTable;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Malformed, ModulePath, ModuleVersion, PluginName};

/// All that is added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOff {
    /// Plugins.
    pub with: Vec<With>,
    /// Replaced modules.
    pub replace: Vec<Replace>,
    /// The app that is meant.
    pub app: Meant,
}

/// Which app something is added to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Meant {
    /// The only one that there is.
    #[default]
    Only,
    /// The one of that name.
    Named(String),
    /// The one in that folder.
    In(Utf8PathBuf),
}

/// `--with MODULE@VERSION[=PATH]`, or `--with MODULE=PATH`, with a package below the module's root behind its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct With {
    text: String,
    /// Of one from the module proxy, it may be the path of a package until [`With::within`] knows better.
    module: ModulePath,
    /// The package's folder within the module, where that is not the module's own.
    package: Option<ModulePath>,
    version: Option<ModuleVersion>,
    folder: Option<Utf8PathBuf>,
}

/// `--replace MODULE=PATH`, or `--replace MODULE=FORK@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replace {
    text: String,
    module: ModulePath,
    patch: Patch,
}

impl With {
    /// Reads the flag's value; a path is relative to `current`.
    pub fn parse(text: &str, current: &Utf8Path) -> Result<Self> {
        let flag = Flag { name: "--with", form: "MODULE@VERSION[=PATH]", text };
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        let (module, version) = match name.split_once('@') {
            Some((module, version)) => (module, Some(version)),
            None => (name, None),
        };
        let module = flag.part("module path", module)?;
        let version = version.map(|version| flag.part("version", version)).transpose()?;
        let folder = path.map(|path| flag.folder(path, current)).transpose()?;
        if version.is_none() && folder.is_none() {
            return Err(flag.refuse("it has neither a version nor a folder"));
        }
        let with = Self { text: text.to_owned(), module, package: None, version, folder };
        match &with.folder {
            Some(dir) => {
                Ok(gomod::read(dir)?.map_or(with.clone(), |found| with.within(&found.path)))
            }
            None => Ok(with),
        }
    }

    /// What has to be found on the module proxy: a path that is a module's, or a package's below one.
    #[must_use]
    pub fn sought(&self) -> Option<(&ModulePath, &ModuleVersion)> {
        let version =
            self.version.as_ref().filter(|_| self.folder.is_none() && self.package.is_none());
        version.map(|version| (&self.module, version))
    }

    /// The same, now that the module is known; as it is where what it names is not below that.
    #[must_use]
    pub fn within(&self, module: &ModulePath) -> Self {
        match module.below(&self.module).map(str::parse) {
            Some(Ok(package)) => {
                Self { module: module.clone(), package: Some(package), ..self.clone() }
            }
            Some(Err(_)) | None => self.clone(),
        }
    }

    fn source(&self) -> Option<Source> {
        match (&self.folder, &self.version) {
            (Some(folder), _) => Some(Source::Path(folder.clone())),
            (None, Some(version)) => Some(Source::Module(self.module.clone(), version.clone())),
            (None, None) => None,
        }
    }

    fn plugin_name(&self) -> Result<PluginName> {
        let import = match &self.package {
            Some(package) => self.module.join(package),
            None => self.module.clone(),
        };
        let name = default_name(&import);
        // `gopkg.in/yaml.v3` says the major version in another way.
        let name = name.rsplit_once(".v").map_or(name, |(name, _)| name);
        name.to_lowercase().replace(['_', '.', '~'], "-").parse().map_err(|why: Malformed| {
            Error::new(ErrorId::BadName, format!("plugin name {why}"))
                .hint("write the plugin under `[plugins]`, by a name of your own")
        })
    }
}

impl Replace {
    /// Reads the flag's value; a path is relative to `current`.
    pub fn parse(text: &str, current: &Utf8Path) -> Result<Self> {
        let flag = Flag { name: "--replace", form: "MODULE=PATH or MODULE=FORK@VERSION", text };
        let Some((module, target)) = text.split_once('=') else {
            return Err(flag.refuse("it has no `=`"));
        };
        let module = flag.part("module path", module)?;
        // A folder with `@` in its name is written with `./` before it, as in go.mod.
        let is_path = target.starts_with(['.', '/']);
        let patch = match target.split_once('@').filter(|_| !is_path) {
            Some((fork, version)) => Patch::Fork {
                module: flag.part("module path", fork)?,
                version: flag.part("version", version)?,
            },
            None => Patch::Folder(flag.folder(target, current)?),
        };
        Ok(Self { text: text.to_owned(), module, patch })
    }
}

/// A flag with its value, for messages.
struct Flag<'a> {
    name: &'a str,
    form: &'a str,
    text: &'a str,
}

impl Flag<'_> {
    fn part<T: std::str::FromStr<Err = Malformed>>(&self, what: &str, text: &str) -> Result<T> {
        text.parse().map_err(|why: Malformed| self.refuse(&format!("its {what} {why}")))
    }

    /// A folder that has to hold a module.
    fn folder(&self, path: &str, current: &Utf8Path) -> Result<Utf8PathBuf> {
        if path.is_empty() || path.chars().any(char::is_control) {
            return Err(self.refuse("its path is empty, or holds control characters"));
        }
        let dir = resolve(current, Utf8Path::new(path));
        match gomod::read(&dir)? {
            Some(_) => Ok(dir),
            None => Err(not_a_module(&dir, Utf8Path::new(path))),
        }
    }

    fn refuse(&self, why: &str) -> Error {
        let Self { name, form, text } = self;
        Error::new(ErrorId::Usage, format!("could not read `{name} {}`", text.escape_debug()))
            .because(why.to_owned())
            .hint(format!("write `{name} {form}`, with the version as in `v1.2.3`"))
    }
}

impl OneOff {
    /// Whether nothing is added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.with.is_empty() && self.replace.is_empty()
    }

    /// Whether it is meant for an app, of `apps` in the workspace.
    pub(super) fn is_for(&self, app: &Module, apps: usize) -> bool {
        match &self.app {
            Meant::Only => apps == 1,
            Meant::Named(name) => *name == app.name(),
            Meant::In(dir) => *dir == app.dir,
        }
    }

    /// Adds it to an app's tables. `modules` knows the folders of the plugins that the manifest has. Gives
    /// the folders that plugins came from whose place is taken now.
    pub(super) fn add(
        &self,
        app: &mut Module,
        modules: &BTreeMap<Utf8PathBuf, ModulePath>,
    ) -> Result<Vec<Utf8PathBuf>> {
        let Some(tables) = &mut app.app else { return Ok(Vec::new()) };
        let mut once = Once::default();
        let mut left = Vec::new();
        let texts = self.with.iter().map(|with| &with.text);
        let texts = texts.chain(self.replace.iter().map(|replace| &replace.text));
        once.key = texts.map(|text| format!("{text}\n")).collect();
        for with in &self.with {
            let Some(source) = with.source() else { continue };
            if with.folder.is_some() {
                once.versions.extend(with.version.clone().map(|v| (with.module.clone(), v)));
            }
            let is_same = |entry: &Entry| match &entry.source {
                Source::Path(dir) => modules.get(dir) == Some(&with.module),
                Source::Module(module, _) => *module == with.module,
                Source::Git(git) => git.module == with.module,
            };
            let mut is_there = false;
            for entry in tables.plugins.iter_mut().filter(|entry| is_same(entry)) {
                if let Source::Path(dir) = &entry.source
                    && with.folder.as_ref() != Some(dir)
                {
                    left.push(dir.clone());
                }
                // A program holds a module once: all of its plugins come from there.
                entry.source = source.clone();
                if with.package.is_none() || with.package == entry.package {
                    once.plugins.push(entry.name.clone());
                    is_there = true;
                }
            }
            if !is_there {
                let name = with.plugin_name()?;
                if tables.plugins.iter().any(|entry| entry.name == name) {
                    return Err(taken(&name, with));
                }
                once.plugins.push(name.clone());
                let (package, table) = (with.package.clone(), RawTable::empty());
                tables.plugins.push(Entry { name, source, package, optional: true, table });
            }
        }
        for Replace { module, patch, .. } in &self.replace {
            tables.patches.retain(|entry| entry.module != *module);
            let (module, patch, table) = (module.clone(), patch.clone(), RawTable::empty());
            once.replaced.push(module.clone());
            tables.patches.push(patch::Entry { module, patch, table });
        }
        tables.once = Some(once);
        Ok(left)
    }

    /// Fails where a folder holds another module than it was named for.
    pub(super) fn check(&self, modules: &BTreeMap<Utf8PathBuf, ModulePath>) -> Result<()> {
        let wrong = self.with.iter().filter_map(|With { text, module, folder, .. }| {
            let found = modules.get(folder.as_ref()?).filter(|found| *found != module)?;
            let what = format!("could not take the plugin of `--with {text}`");
            Some(
                Error::new(ErrorId::Usage, what)
                    .because(format!("the folder holds the module `{found}`"))
                    .hint("name the module as its go.mod does; `--replace` takes a folder that holds another"),
            )
        });
        Error::all(wrong).map_or(Ok(()), Err)
    }
}

impl App {
    /// The version that the command line gives a module in a folder.
    #[must_use]
    pub fn known_as(&self, module: &ModulePath) -> Option<&ModuleVersion> {
        self.once.as_ref()?.versions.get(module)
    }
}

fn taken(name: &PluginName, with: &With) -> Error {
    let what = format!("could not take the plugin of `--with {}`", with.text);
    Error::new(ErrorId::Usage, what)
        .because(format!("the app has another plugin that is called `{name}`"))
        .hint("write it under `[plugins]`, by a name of your own")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current() -> (tempfile::TempDir, Utf8PathBuf) {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
        for folder in ["dep", "a@b"] {
            std::fs::create_dir(root.join(folder)).unwrap();
            std::fs::write(root.join(folder).join("go.mod"), "module example.org/x\n").unwrap();
        }
        (keep, root)
    }

    #[test]
    fn plugins_are_named_by_version_folder_or_both() {
        let (_keep, root) = current();
        let cases = [
            ("example.org/dep@v1.2.0", Some("v1.2.0"), None),
            ("example.org/dep=dep", None, Some("dep")),
            ("example.org/dep@v1.2.0-rc.1=./dep", Some("v1.2.0-rc.1"), Some("dep")),
            ("example.org/dep=a@b", None, Some("a@b")),
        ];
        for (text, version, folder) in cases {
            let with = With::parse(text, &root).unwrap();
            assert_eq!(with.module.as_str(), "example.org/dep", "{text}");
            assert_eq!(with.version.as_ref().map(ModuleVersion::as_str), version, "{text}");
            assert_eq!(with.folder, folder.map(|folder| root.join(folder)), "{text}");
        }
    }

    #[test]
    fn modules_are_replaced_by_folders_and_forks() {
        let (_keep, root) = current();
        let fork = Patch::Fork {
            module: "example.org/fork".parse().unwrap(),
            version: "v1.2.0-fork".parse().unwrap(),
        };
        for (text, patch) in [
            ("example.org/dep=dep", Patch::Folder(root.join("dep"))),
            ("example.org/dep=./a@b", Patch::Folder(root.join("a@b"))),
            ("example.org/dep=example.org/fork@v1.2.0-fork", fork),
        ] {
            assert_eq!(Replace::parse(text, &root).unwrap().patch, patch, "{text}");
        }
    }

    #[test]
    fn what_could_be_misread_is_refused_by_name() {
        let (_keep, root) = current();
        for bad in [
            "",
            "example.org/dep",
            "@v1.2.0",
            "-x@v1.2.0",
            "../x@v1.2.0",
            "a\"b@v1.2.0",
            "a*/b@v1.2.0",
            "a\nb@v1.2.0",
            "example.org/dep@latest",
            "example.org/dep@v1.2.0\nreplace x => y",
            "example.org/dep@",
            "example.org/dep=",
            "example.org/dep=d\nep",
            "example.org/dep@v1=dep",
        ] {
            let error = With::parse(bad, &root).unwrap_err();
            assert_eq!(error.id(), ErrorId::Usage, "{bad:?}");
            assert!(!error.to_string().contains('\n'), "{error}");
        }
        for bad in [
            "",
            "example.org/dep",
            "=dep",
            "-x=dep",
            "a b=dep",
            "example.org/dep=",
            "example.org/dep=example.org/fork@",
            "example.org/dep=-fork@v1.0.0",
            "example.org/dep=fo\"rk@v1.0.0",
            "example.org/dep=example.org/fork@v1.0.0 v2",
            "example.org/dep=example.org/fork@master",
            "example.org/dep=./\u{7}",
        ] {
            let error = Replace::parse(bad, &root).unwrap_err();
            assert_eq!(error.id(), ErrorId::Usage, "{bad:?}");
        }
        for nowhere in
            ["example.org/dep=nowhere", "example.org/dep=.", "example.org/dep=/etc/passwd"]
        {
            let error = Replace::parse(nowhere, &root).unwrap_err();
            assert_eq!(error.id(), ErrorId::NotAModule, "{nowhere:?}");
        }
    }
}
