//! What checks on real parts stand on: the release build of the program, a store that lasts from run
//! to run, and a folder for copies.

use std::cell::OnceCell;

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;
use tempfile::TempDir;

use crate::campaign::Yard;
use crate::failure::{Failure, On, Result};
use crate::process::{self, cargo, command, read, show};

pub(crate) struct Ground {
    /// The repository's root.
    pub(crate) repository: Utf8PathBuf,
    /// The program, as `cargo build --release` makes it.
    pub(crate) program: Utf8PathBuf,
    /// The program's cache: given by `CARGO_GOPLUGIN_CACHE_DIR`, else the tests' own.
    pub(crate) cache: Utf8PathBuf,
    scratch: TempDir,
    package: OnceCell<Utf8PathBuf>,
    yard: OnceCell<Yard>,
}

/// The workspaces that come with the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Project {
    Caddy,
    Hello,
    ImageServer,
    Collector,
}

impl Project {
    fn folder(self) -> &'static str {
        match self {
            Self::Caddy => "test-projects/caddy",
            Self::Hello => "test-projects/hello",
            Self::ImageServer => "test-projects/image-server",
            Self::Collector => "test-projects/collector",
        }
    }

    fn manifest(self) -> &'static str {
        match self {
            Self::Caddy | Self::Hello | Self::Collector => "goplugin.toml",
            Self::ImageServer => "Cargo.toml",
        }
    }
}

/// A workspace, where it is built, and whose store it uses.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) folder: Utf8PathBuf,
    pub(crate) target_dir: Utf8PathBuf,
    manifest: &'static str,
    store: Option<Utf8PathBuf>,
}

impl Site {
    /// A workspace with that root manifest, built in its own target folder.
    pub(crate) fn new(folder: Utf8PathBuf, manifest: &'static str) -> Self {
        Self { target_dir: folder.join("target"), folder, manifest, store: None }
    }

    pub(crate) fn manifest(&self) -> Utf8PathBuf {
        self.folder.join(self.manifest)
    }

    /// The same workspace with a store of its own.
    pub(crate) fn with_store(self, store: Utf8PathBuf) -> Self {
        Self { store: Some(store), ..self }
    }

    /// The same workspace, built somewhere else.
    pub(crate) fn built_in(&self, target_dir: Utf8PathBuf) -> Self {
        Self { target_dir, ..self.clone() }
    }

    /// The main job's result.
    pub(crate) fn package(&self) -> Utf8PathBuf {
        self.target_dir.join("goplugin/package/rpi4/image-server_1.0.0-1_armhf.deb")
    }
}

/// The main job, but for its manifest path.
pub(crate) const MAIN_JOB: &[&str] = &["package", "--locked", "--target", "rpi4"];

impl Ground {
    pub(crate) fn prepare() -> Result<Self> {
        let repository = process::repository();
        show(
            &command(&cargo(), &["build", "--quiet", "--release", "-p", "cargo-goplugin"])
                .dir(&repository),
        )?;
        let target = target_dir(&repository)?;
        let cache = std::env::var("CARGO_GOPLUGIN_CACHE_DIR")
            .map_or_else(|_| target.join("xtask/cache"), Utf8PathBuf::from);
        Ok(Self {
            program: target.join("release/cargo-goplugin"),
            cache,
            scratch: TempDir::with_prefix("goplugin-xtask-").on("a folder for copies")?,
            package: OnceCell::new(),
            yard: OnceCell::new(),
            repository,
        })
    }

    /// The project where it stands in the repository.
    pub(crate) fn site(&self, project: Project) -> Site {
        Site::new(self.repository.join(project.folder()), project.manifest())
    }

    /// A copy of the project, with nothing built.
    pub(crate) fn copy(&self, project: Project, name: &str) -> Result<Site> {
        let to = self.scratch(name)?;
        let list = ["ls-files", "-z", "-co", "--exclude-standard", "--", project.folder()];
        let files = read(&command("git", &list).dir(&self.repository))?;
        for file in files.split('\0').filter(|file| !file.is_empty()) {
            let copy = to.join(file);
            std::fs::create_dir_all(copy.parent().unwrap_or(&to)).on(&copy)?;
            std::fs::copy(self.repository.join(file), &copy).on(file)?;
        }
        Ok(Site::new(to.join(project.folder()), project.manifest()))
    }

    /// A new folder, gone when the checks are done.
    pub(crate) fn scratch(&self, name: &str) -> Result<Utf8PathBuf> {
        let inside =
            self.scratch.path().to_str().ok_or_else(|| Failure::new("TMPDIR is not UTF-8"))?;
        let folder = tempfile::Builder::new().prefix(name).disable_cleanup(true).tempdir_in(inside);
        let folder = folder.on(name)?;
        Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|path| Failure::new(format!("{} is not UTF-8", path.display())))
    }

    /// The program at work on a site; `arguments` start with the subcommand.
    pub(crate) fn goplugin(&self, site: &Site, arguments: &[&str]) -> Expression {
        self.wrapped(&[], site, arguments)
    }

    /// The same, with a store of its own.
    pub(crate) fn with_store(
        &self,
        store: &Utf8Path,
        site: &Site,
        arguments: &[&str],
    ) -> Expression {
        // Of two settings of one variable, the inner one counts.
        let store = format!("CARGO_GOPLUGIN_CACHE_DIR={store}");
        self.wrapped(&["env", &store], site, arguments)
    }

    /// The same, started by another program such as `unshare -n`.
    pub(crate) fn wrapped(&self, by: &[&str], site: &Site, arguments: &[&str]) -> Expression {
        let (program, manifest, target) =
            (self.program.as_str(), site.manifest(), site.target_dir.clone());
        let (subcommand, rest) = arguments.split_first().unwrap_or((&"help", &[]));
        let places =
            [subcommand, "--manifest-path", manifest.as_str(), "--target-dir", target.as_str()];
        let words: Vec<_> = by.iter().chain([&program]).chain(&places).chain(rest).collect();
        command(words[0], &words[1..])
            .env("CARGO_GOPLUGIN_CACHE_DIR", site.store.as_ref().unwrap_or(&self.cache))
            .env("CARGO", cargo())
    }

    /// What campaigns work on, made once.
    pub(crate) fn yard(&self) -> Result<&Yard> {
        if let Some(yard) = self.yard.get() {
            return Ok(yard);
        }
        let yard = Yard::prepare(self)?;
        Ok(self.yard.get_or_init(|| yard))
    }

    /// The rpi4 package of the image server, made once.
    pub(crate) fn package(&self) -> Result<&Utf8Path> {
        if let Some(made) = self.package.get() {
            return Ok(made);
        }
        let site = self.site(Project::ImageServer);
        read(&self.goplugin(&site, MAIN_JOB))?;
        Ok(self.package.get_or_init(|| site.package()))
    }
}

fn target_dir(repository: &Utf8Path) -> Result<Utf8PathBuf> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1"];
    let metadata = read(&command(&cargo(), &arguments).dir(repository))?;
    let (_, rest) = metadata
        .split_once(r#""target_directory":""#)
        .ok_or_else(|| Failure::new("cargo metadata names no target folder"))?;
    Ok(rest.split('"').next().unwrap_or_default().into())
}
