//! The blocks of the lock file as TOML tables: flat, so that each reads and merges by itself.

use semver::VersionReq;
use serde::{Deserialize, Serialize};

use super::model::{
    LockedClosure, LockedPackage, LockedPatch, LockedPlugin, LockedSet, LockedVendor, LockedWith,
    Raised, Wish,
};
use crate::manifest::{Library, Packages};
use crate::nix::VendorHash;
use crate::repository::{Package, Snapshot};
use crate::vocab::{
    AppName, LibraryName, ModulePath, ModuleVersion, PackageName, SetName, Sha256, TargetName,
};

#[derive(Serialize)]
pub(super) struct OfSet<'a, T> {
    pub(super) app: &'a AppName,
    pub(super) set: &'a SetName,
    #[serde(flatten)]
    pub(super) rest: &'a T,
}

#[derive(Deserialize)]
pub(super) struct OwnedOfSet<T> {
    pub(super) app: AppName,
    pub(super) set: SetName,
    #[serde(flatten)]
    pub(super) rest: T,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SetBlock {
    app: AppName,
    name: SetName,
    plugins: Vec<String>,
    go: String,
    /// `module version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    raised: Vec<String>,
    /// `module version path`, `module version module FORK VERSION` or `module version diff SHA256`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patches: Vec<String>,
    inputs: Sha256,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor_hash: Option<VendorHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor_inputs: Option<Sha256>,
}

impl From<&LockedSet> for SetBlock {
    fn from(set: &LockedSet) -> Self {
        Self {
            app: set.app.clone(),
            name: set.set.clone(),
            plugins: set.plugins.clone(),
            go: set.go.clone(),
            raised: set.raised.iter().map(|r| format!("{} {}", r.path, r.version)).collect(),
            patches: set.patches.iter().map(patch_text).collect(),
            inputs: set.inputs,
            vendor_hash: set.vendor.map(|vendor| vendor.hash),
            vendor_inputs: set.vendor.map(|vendor| vendor.inputs),
        }
    }
}

impl TryFrom<SetBlock> for LockedSet {
    type Error = ();

    fn try_from(block: SetBlock) -> Result<Self, ()> {
        let raised = |text: &String| {
            let (path, version) = text.split_once(' ').ok_or(())?;
            Ok(Raised {
                path: path.parse().map_err(drop)?,
                version: version.parse().map_err(drop)?,
            })
        };
        let vendor = block.vendor_hash.zip(block.vendor_inputs);
        Ok(Self {
            app: block.app,
            set: block.name,
            inputs: block.inputs,
            go: block.go,
            plugins: block.plugins,
            raised: block.raised.iter().map(raised).collect::<Result<_, ()>>()?,
            declared: Vec::new(),
            patches: block.patches.iter().map(|text| patch(text)).collect::<Result<_, ()>>()?,
            units: Vec::new(),
            modules: Vec::new(),
            vendor: vendor.map(|(hash, inputs)| LockedVendor { hash, inputs }),
        })
    }
}

fn patch_text(LockedPatch { module, version, with }: &LockedPatch) -> String {
    let with = match with {
        LockedWith::Folder => "path".to_owned(),
        LockedWith::Fork { path, version } => format!("module {path} {version}"),
        LockedWith::Diff(sha256) => format!("diff {sha256}"),
    };
    format!("{module} {version} {with}")
}

fn patch(text: &str) -> Result<LockedPatch, ()> {
    let words: Vec<&str> = text.split(' ').collect();
    let (module, version, with) = match words.as_slice() {
        [module, version, "path"] => (module, version, LockedWith::Folder),
        [module, version, "module", path, fork] => {
            let (path, version_of_fork) =
                (path.parse().map_err(drop)?, fork.parse().map_err(drop)?);
            (module, version, LockedWith::Fork { path, version: version_of_fork })
        }
        [module, version, "diff", sha256] => {
            (module, version, LockedWith::Diff(sha256.parse().map_err(drop)?))
        }
        _ => return Err(()),
    };
    Ok(LockedPatch {
        module: module.parse().map_err(drop)?,
        version: version.parse().map_err(drop)?,
        with,
    })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PluginBlock {
    module: ModulePath,
    version: ModuleVersion,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api: Option<VersionReq>,
    /// `name = pkg-config module`, and a `repository:package` for each that is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    libraries: Vec<String>,
}

impl From<&LockedPlugin> for PluginBlock {
    fn from(plugin: &LockedPlugin) -> Self {
        let LockedPlugin { module, version, api, libraries } = plugin.clone();
        let text = |(name, library): (&LibraryName, &Library)| {
            let named = match &library.packages {
                Packages::Discover => String::new(),
                Packages::Named(named) => named.iter().map(|(r, p)| format!(" {r}:{p}")).collect(),
            };
            format!("{name} = {}{named}", library.pkg_config)
        };
        Self { module, version, api, libraries: libraries.iter().map(text).collect() }
    }
}

impl TryFrom<PluginBlock> for LockedPlugin {
    type Error = ();

    fn try_from(block: PluginBlock) -> Result<Self, ()> {
        let libraries = block.libraries.iter().map(|text| library(text).ok_or(()));
        let libraries = libraries.collect::<Result<_, ()>>()?;
        let PluginBlock { module, version, api, .. } = block;
        Ok(Self { module, version, api, libraries })
    }
}

fn library(text: &str) -> Option<(LibraryName, Library)> {
    let (name, rest) = text.split_once(" = ")?;
    let mut words = rest.split(' ');
    let pkg_config = words.next()?.parse::<LibraryName>().ok()?.to_string();
    let named = words.map(|word| {
        let (repository, package) = word.split_once(':')?;
        Some((repository.parse().ok()?, package.parse().ok()?))
    });
    let named = named.collect::<Option<std::collections::BTreeMap<_, _>>>()?;
    let packages = if named.is_empty() { Packages::Discover } else { Packages::Named(named) };
    Some((name.parse().ok()?, Library { pkg_config, packages }))
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ClosureBlock {
    app: AppName,
    target: TargetName,
    repository: String,
    origin: String,
    suite: String,
    components: Vec<String>,
    release_date: String,
    release_sha256: Sha256,
    signed_by: String,
    /// `pkg-config module = package`.
    libraries: Vec<String>,
    inputs: Sha256,
}

impl From<&LockedClosure> for ClosureBlock {
    fn from(closure: &LockedClosure) -> Self {
        let Snapshot { origin, suite, components, date, release, signed_by } =
            closure.snapshot.clone();
        let wish = |wish: &Wish| format!("{} = {}", wish.pkg_config, wish.package);
        Self {
            app: closure.app.clone(),
            target: closure.target.clone(),
            repository: closure.repository.clone(),
            origin,
            suite,
            components,
            release_date: date,
            release_sha256: release,
            signed_by,
            libraries: closure.wishes.iter().map(wish).collect(),
            inputs: closure.inputs,
        }
    }
}

impl TryFrom<ClosureBlock> for LockedClosure {
    type Error = ();

    fn try_from(block: ClosureBlock) -> Result<Self, ()> {
        let wish = |text: &String| {
            let (pkg_config, package) = text.split_once(" = ").ok_or(())?;
            let package = package.parse::<PackageName>().map_err(drop)?;
            Ok(Wish { pkg_config: pkg_config.to_owned(), package })
        };
        Ok(Self {
            app: block.app,
            target: block.target,
            inputs: block.inputs,
            repository: block.repository,
            snapshot: Snapshot {
                origin: block.origin,
                suite: block.suite,
                components: block.components,
                date: block.release_date,
                release: block.release_sha256,
                signed_by: block.signed_by,
            },
            wishes: block.libraries.iter().map(wish).collect::<Result<_, ()>>()?,
            packages: Vec::new(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PackageBlock {
    pub(super) app: AppName,
    pub(super) target: TargetName,
    pub(super) name: PackageName,
    pub(super) version: String,
    pub(super) architecture: String,
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) sha256: Sha256,
    pub(super) needed_by: Vec<String>,
}

impl PackageBlock {
    pub(super) fn of(
        closure: &LockedClosure,
        LockedPackage { package, needed_by }: &LockedPackage,
    ) -> Self {
        let Package { name, version, architecture, path, size, sha256 } = package.clone();
        Self {
            app: closure.app.clone(),
            target: closure.target.clone(),
            name,
            version,
            architecture,
            path,
            size,
            sha256,
            needed_by: needed_by.clone(),
        }
    }
}

impl From<PackageBlock> for LockedPackage {
    fn from(block: PackageBlock) -> Self {
        let PackageBlock { name, version, architecture, path, size, sha256, needed_by, .. } = block;
        Self { package: Package { name, version, architecture, path, size, sha256 }, needed_by }
    }
}
