//! What stands beside an artifact: its bill of materials and its provenance. Like the artifact, they are not
//! made again while all that they tell of is as it was and nobody touched them.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::{Job, image, payload};
use crate::artifact::oci::{BaseName, ImageSpec};
use crate::artifact::{Contents, Form, Node, Payload, Spec};
use crate::attest::{
    self, About, Artifact, ArtifactForm, CSide, Facts, FileOwner, Need, OwnedFile, Sources,
    UsedBase, UsedCommit, UsedPackage, UsedTool,
};
use crate::build::{Output, Stamp};
use crate::error::{Error, ErrorId, Result};
use crate::inventory::Inventory;
use crate::lock::{Linkage, LockedPackage, LockedWith};
use crate::manifest::PluginSource;
use crate::plan::LibrarySource;
use crate::registry::Tag;
use crate::repository::{self, Requirement};
use crate::toolchain::{Tool, Toolchain};
use crate::vocab::{Purl, Sha256};
use crate::world::{files, persist, stage_bytes};

/// The files beside an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The bill of materials.
    pub sbom: Utf8PathBuf,
    /// The provenance.
    pub provenance: Utf8PathBuf,
    /// The digests of the two.
    pub digests: [Sha256; 2],
}

impl Beside {
    /// The files, each with its media type.
    #[must_use]
    pub fn told(&self) -> [(&'static str, &Utf8Path); 2] {
        [
            ("application/vnd.cyclonedx+json", &self.sbom),
            ("application/vnd.in-toto+json", &self.provenance),
        ]
    }
}

/// One of the two, as it is made of the facts.
type Make = fn(&Facts<'_>) -> Vec<u8>;

/// What only the artifact itself tells.
pub(super) struct Told {
    /// The locked packages that the programs need.
    requirements: Vec<Requirement>,
    /// What is inside the programs.
    inventory: Inventory,
    /// The artifact's files.
    files: Vec<OwnedFile>,
}

impl Job<'_, '_> {
    /// Brings what stands beside the artifact at `path` up to date. `key` is the digest of what the artifact
    /// was made from, `told` what is known of it if it was made just now.
    pub(super) fn beside(
        &self,
        path: &Utf8Path,
        key: Sha256,
        output: &Output,
        told: Option<Told>,
    ) -> Result<Beside> {
        let lock = self.resolved.lock_digest();
        let key = self.told_of(key, output, lock);
        let named = |end: &str| Utf8PathBuf::from(format!("{path}.{end}"));
        let (sbom, provenance) = (named("cdx.json"), named("provenance.json"));
        let both: [(&Utf8Path, Make); 2] =
            [(&sbom, attest::sbom), (&provenance, attest::provenance)];
        let stamp = |path: &Utf8Path| self.built.stamp_of(path.file_name().unwrap_or_default());
        let known = |(path, _): &(&Utf8Path, Make)| {
            Ok(Stamp::check(&stamp(path), key, path)?.map(|output| output.sha256))
        };
        let known = both.iter().map(known).collect::<Result<Vec<_>>>()?;
        let digests = if let [Some(sbom), Some(provenance)] = known[..] {
            [sbom, provenance]
        } else {
            let told = told.map_or_else(|| self.told(), Ok)?;
            let facts = self.facts(path, output, lock, &told)?;
            let digest = |n: usize| match (both[n], known[n]) {
                (_, Some(known)) => Ok(known),
                ((path, make), None) => {
                    let bytes = make(&facts);
                    let digest = Sha256::of(&bytes);
                    files::remove_file(&stamp(path))?;
                    persist(stage_bytes(path, &bytes)?, path, 0o644)?;
                    Stamp::write(&stamp(path), key, path, digest).map(|_| digest)
                }
            };
            [digest(0)?, digest(1)?]
        };
        Ok(Beside { sbom, provenance, digests })
    }

    fn told(&self) -> Result<Told> {
        match &self.plan.form {
            Form::File(spec) => Ok(self.laid_out(spec.as_ref())?.1),
            Form::Image(spec) => self.told_by(spec, payload::facts(self)?),
        }
    }

    /// The contents of an artifact that is one file, and what they tell.
    pub(super) fn laid_out(&self, spec: &dyn Spec) -> Result<(Contents, Told)> {
        let payload = payload::payload(self)?;
        let contents = spec.contents(&payload)?;
        let files = app_files(&contents);
        let Payload { requirements, inventory, .. } = payload;
        Ok((contents, Told { requirements, inventory, files }))
    }

    /// What a finished image tells.
    pub(super) fn told_by(&self, spec: &ImageSpec, facts: payload::Facts) -> Result<Told> {
        let files = image::contained(self, spec)?.into_iter().map(|file| OwnedFile {
            path: file.path.into_string(),
            sha256: file.sha256,
            owner: file.package.map_or(FileOwner::App, FileOwner::Package),
        });
        let files = files.collect();
        let payload::Facts { requirements, inventory, .. } = facts;
        Ok(Told { requirements, inventory, files })
    }

    /// A digest of all that the facts are made of.
    fn told_of(&self, artifact: Sha256, output: &Output, lock: Sha256) -> Sha256 {
        let plan = self.resolved.plan;
        let plugins: Vec<_> = self.built.set.plugins.iter().map(|(name, _)| name).collect();
        let (set, profile) = (&self.built.set.name, plan.profile.name);
        let made = (artifact, output.sha256, lock, self.built.tree, self.cx.here);
        let said = (&plan.app.about, plan.date, &plan.libraries, plugins, set, profile);
        Sha256::of(format!("{:?}", (made, said)))
    }

    fn facts<'a>(
        &'a self,
        path: &'a Utf8Path,
        output: &Output,
        lock: Sha256,
        told: &'a Told,
    ) -> Result<Facts<'a>> {
        let plan = self.resolved.plan;
        let about = &plan.app.about;
        Ok(Facts {
            artifact: Artifact {
                name: path.file_name().unwrap_or_default(),
                kind: self.plan.kind,
                form: match self.plan.form {
                    Form::File(_) => ArtifactForm::File,
                    Form::Image(_) => ArtifactForm::Image,
                },
                sha256: output.sha256,
                date: date(plan.date)?,
            },
            about: About {
                description: about.description.as_deref(),
                licence: about.license.as_deref(),
                homepage: about.homepage.as_deref(),
                authors: &about.authors,
            },
            inventory: &told.inventory,
            programs: self.built.programs.iter().map(|p| p.bin.name.as_str()).collect(),
            profile: plan.profile.name.as_str(),
            packages: self.used_packages(&told.requirements, &told.files)?,
            files: told.files.clone(),
            base: self.base()?,
            tools: self.tools().map(|tool| self.tool(tool)).collect(),
            c_side: match (self.linkage(), &self.built.target.libraries) {
                (Linkage::Cgo, LibrarySource::Host) => CSide::Machine,
                (Linkage::Pure, _) | (_, LibrarySource::Repository { .. }) => CSide::Locked,
            },
            sources: self.sources(lock),
        })
    }

    /// The image that the artifact starts from.
    fn base(&self) -> Result<Option<UsedBase>> {
        let Some(name) = self.plan.form.base() else { return Ok(None) };
        let image = self.fetched.base(name, self.built.target.platform)?;
        let BaseName { reference, digest } = name;
        let (host, repository) = (&reference.host, reference.repository.as_str());
        let tag = reference.tag.as_ref().map(Tag::as_str);
        Ok(Some(UsedBase {
            name: name.without_digest(),
            purl: Purl::oci(host, repository, *digest, tag),
            digest: *digest,
            layers: image.layers.iter().map(|layer| layer.content.digest).collect(),
        }))
    }

    fn linkage(&self) -> Linkage {
        self.resolved.unit(self.built.set, self.built.target).linkage
    }

    /// The packages that C of the programs is compiled with. Of a program of Go alone, those that files of the
    /// artifact are from: the others are locked for the app's other sets.
    fn used_packages(
        &self,
        requirements: &[Requirement],
        files: &[OwnedFile],
    ) -> Result<Vec<UsedPackage<'_>>> {
        let Some(closure) = self.resolved.closure(self.built.target) else {
            return Ok(Vec::new());
        };
        let kind = repository::find(&closure.repository).ok_or_else(|| {
            let what = format!("no package repository is of the kind `{}`", closure.repository);
            Error::new(ErrorId::Unsupported, what)
        })?;
        let owners: BTreeSet<_> = files.iter().filter_map(|file| file.owner.package()).collect();
        let is_used = |locked: &&LockedPackage| match self.linkage() {
            Linkage::Cgo => true,
            Linkage::Pure => owners.contains(&locked.package.name),
        };
        let used = closure.packages.iter().filter(is_used).map(|locked| {
            let package = &locked.package;
            let is_named = requirements.iter().any(|one| one.package == package.name);
            UsedPackage {
                package,
                purl: kind.purl(package, &closure.snapshot),
                needed_by: &locked.needed_by,
                need: if is_named { Need::Run } else { Need::Other },
            }
        });
        Ok(used.collect())
    }

    /// The compilers that had a part in the programs.
    fn tools(&self) -> impl Iterator<Item = (Tool, &Toolchain)> {
        let by_zig = matches!(self.built.target.libraries, LibrarySource::Repository { .. })
            && self.linkage() == Linkage::Cgo;
        let zig = self.fetched.zig.as_ref().filter(|_| by_zig).map(|zig| (Tool::Zig, zig));
        [(Tool::Go, &self.fetched.go)].into_iter().chain(zig)
    }

    fn tool(&self, (tool, used): (Tool, &Toolchain)) -> UsedTool<'_> {
        let locked = self.resolved.lock().tools.iter().filter(|release| release.name == tool);
        let mut trees: Vec<_> =
            locked.map(|release| (release.host.as_str(), release.tree)).collect();
        trees.sort_unstable();
        let version = used.release.version.to_string();
        UsedTool { name: tool.name(), version, tree: used.release.tree, trees }
    }

    fn sources(&self, lock: Sha256) -> Sources<'_> {
        let (resolved, app) = (self.resolved, &self.resolved.plan.app.name);
        let set = resolved.set(self.built.set);
        let modules = set.modules.iter();
        let modules = modules
            .filter_map(|module| Some((&module.path, &module.version, module.sum.as_ref()?)));
        let plugins = self.built.set.plugins.iter();
        let mut commits: Vec<_> = plugins
            .filter_map(|(_, plugin)| match &plugin.source {
                PluginSource::Git(source) => resolved.lock().git(app, source),
                PluginSource::Path { .. } | PluginSource::Module { .. } => None,
            })
            .map(|git| UsedCommit {
                module: &git.module,
                version: &git.version,
                commit: &git.commit,
                tree: git.tree,
            })
            .collect();
        commits.sort_unstable_by_key(|used| used.module);
        commits.dedup_by_key(|used| used.module);
        let diffs = set.patches.iter().filter_map(|patch| match patch.with {
            LockedWith::Diff(digest) => Some((&patch.module, digest)),
            LockedWith::Folder | LockedWith::Fork { .. } => None,
        });
        Sources {
            tree: self.built.tree,
            lock,
            modules: modules.collect(),
            commits,
            diffs: diffs.collect(),
        }
    }
}

/// Files that are laid out for one artifact: all of them come from the app.
fn app_files(contents: &Contents) -> Vec<OwnedFile> {
    let files = contents.files.iter().filter_map(|entry| match &entry.node {
        Node::Folder | Node::Special { .. } | Node::Link(_) => None,
        Node::File { bytes, .. } => Some(OwnedFile {
            path: entry.path.to_string(),
            sha256: Sha256::of(bytes),
            owner: FileOwner::App,
        }),
    });
    files.collect()
}

fn date(seconds: u64) -> Result<Timestamp> {
    let date = i64::try_from(seconds).ok().and_then(|date| Timestamp::from_second(date).ok());
    date.ok_or_else(|| {
        Error::new(ErrorId::InvalidValue, "could not date what is told of an artifact")
            .because(format!("{seconds} seconds after 1970 is no date"))
            .hint("mend `SOURCE_DATE_EPOCH`, or `date` under `[package]`")
    })
}
