//! A small artifact to tell of.

use jiff::Timestamp;

use super::{
    About, Artifact, ArtifactForm, CSide, Facts, FileOwner, Need, OwnedFile, Sources, UsedBase,
    UsedCommit, UsedPackage, UsedTool,
};
use crate::inventory::{Inventory, LibraryInside, PluginInside, ReplacedBy, inventory};
use crate::repository::Package;
use crate::vocab::{CommitId, GoSum, ModulePath, ModuleVersion, Purl, Sha256};

/// What the facts of a test borrow from.
pub(super) struct Sample {
    pub(super) inventory: Inventory,
    authors: Vec<String>,
    packages: Vec<(Package, Vec<String>, Need)>,
    modules: Vec<(ModulePath, ModuleVersion, GoSum)>,
    commit: (ModulePath, ModuleVersion, CommitId),
}

fn package(name: &str, needed_by: &[&str], need: Need) -> (Package, Vec<String>, Need) {
    let package = Package {
        name: name.parse().unwrap(),
        version: "1:1.0+b1-1".to_owned(),
        architecture: "armhf".to_owned(),
        path: format!("pool/{name}.deb"),
        size: 1,
        sha256: Sha256::of(name),
    };
    (package, needed_by.iter().map(|&by| by.to_owned()).collect(), need)
}

impl Sample {
    pub(super) fn new() -> Self {
        let mut inventory = inventory(&[
            ("example.com/server", Some("1.0.0"), &[("LICENSE", "own")]),
            ("example.com/count", None, &[]),
            ("github.com/Acme/stamp", Some("v1.2.0"), &[("LICENSE-MIT", "mit")]),
            ("github.com/acme/dep", Some("v1.0.0"), &[]),
        ]);
        let sum = GoSum::from_digest(Sha256::of("stamp"));
        inventory.modules[1].replaced_by = Some(ReplacedBy::Place("../elsewhere".to_owned()));
        inventory.modules[2].sum = Some(sum.to_string());
        let fork = ReplacedBy::Module("github.com/acme/fork v1.0.1".to_owned());
        inventory.modules[3].replaced_by = Some(fork);
        let plugin = |name: &str, module: &str| PluginInside {
            name: name.to_owned(),
            module: module.to_owned(),
        };
        inventory.plugins =
            vec![plugin("count", "example.com/count"), plugin("stamp", "github.com/Acme/stamp")];
        let (module, version) = ("github.com/Acme/stamp", "v1.2.0");
        Self {
            inventory,
            authors: vec!["Ada <ada@example.org>".to_owned(), "Bo".to_owned()],
            packages: vec![
                package("libc6", &["libpaint1"], Need::Run),
                package("libpaint-dev", &["library `paint`"], Need::Other),
                package("libpaint1", &["libpaint-dev"], Need::Run),
            ],
            modules: vec![(module.parse().unwrap(), version.parse().unwrap(), sum)],
            commit: (
                "example.com/count".parse().unwrap(),
                "v0.3.0".parse().unwrap(),
                "0123456789012345678901234567890123456789".parse().unwrap(),
            ),
        }
    }

    /// The same with a C library of which no package is known.
    pub(super) fn by_the_machine() -> Self {
        let mut sample = Self::new();
        sample.packages.clear();
        sample.inventory.libraries = vec![LibraryInside {
            name: "paint".to_owned(),
            package: None,
            declared_by: vec!["server".to_owned()],
            asked_for: true,
        }];
        sample
    }

    /// The facts of an image on another one.
    pub(super) fn on_a_base(&self) -> Facts<'_> {
        let digest = Sha256::of("base");
        let purl = Purl::oci("registry.example.com", "team/Base", digest, Some("1"));
        let name = "registry.example.com/team/Base:1".to_owned();
        let layers = vec![Sha256::of("lower"), Sha256::of("upper")];
        Facts { base: Some(UsedBase { name, purl, digest, layers }), ..self.facts() }
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        let file = |path: &str, owner: FileOwner| OwnedFile {
            path: path.to_owned(),
            sha256: Sha256::of(path),
            owner,
        };
        let (module, version, commit) = &self.commit;
        let is_locked = self.inventory.libraries.is_empty();
        let tree = Sha256::of("go for one");
        Facts {
            artifact: Artifact {
                name: "server_1.0.0-1_armhf.deb",
                kind: "deb",
                form: ArtifactForm::File,
                sha256: Sha256::of("artifact"),
                date: Timestamp::from_second(1_767_225_600).unwrap(),
            },
            about: About {
                description: Some("serves"),
                licence: Some("MIT OR Apache-2.0"),
                homepage: Some("https://example.com/a server"),
                authors: &self.authors,
            },
            inventory: &self.inventory,
            programs: vec!["server"],
            profile: "release",
            files: vec![
                file("usr/bin/server", FileOwner::App),
                file("usr/lib/libpaint.so.1", FileOwner::Package("libpaint1".parse().unwrap())),
                file("etc/server.conf", FileOwner::App),
            ],
            packages: self
                .packages
                .iter()
                .map(|(package, needed_by, need)| UsedPackage {
                    package,
                    purl: Purl::new("deb", "debian", package.name.as_str(), Some(&package.version)),
                    needed_by,
                    need: *need,
                })
                .collect(),
            base: None,
            tools: vec![UsedTool {
                name: "go",
                version: "1.26.8".to_owned(),
                tree,
                trees: vec![("linux-amd64", tree), ("linux-arm64", Sha256::of("go for two"))],
            }],
            c_side: if is_locked { CSide::Locked } else { CSide::Machine },
            sources: Sources {
                tree: Sha256::of("tree"),
                lock: Sha256::of("lock"),
                modules: self.modules.iter().map(|(path, v, sum)| (path, v, sum)).collect(),
                commits: vec![UsedCommit { module, version, commit, tree: Sha256::of("commit") }],
                diffs: vec![(module, Sha256::of("diff"))],
            },
        }
    }
}
