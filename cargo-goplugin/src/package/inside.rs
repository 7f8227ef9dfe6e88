//! What is inside a program, from the program itself and from what it was compiled from: the verified module
//! cache, and the composed tree.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::binary::{self, BuildInfo, BuiltModule};
use crate::build::{Built, Program};
use crate::compose::LocalLicence;
use crate::error::{Error, ErrorId, Result};
use crate::fetch::Fetched;
use crate::golang::ModCache;
use crate::inventory::{
    Inventory, LibraryInside, LicenceFile, ModuleInside, Origin, PluginInside, ReplacedBy,
    is_licence_file, modules,
};
use crate::lock::Linkage;
use crate::manifest::{Bin, Library, TakesPlugins, relative_path};
use crate::plan::Plan;
use crate::resolve::Resolved;
use crate::toolchain::Toolchain;
use crate::vocab::{LibraryName, ModulePath, Sha256};
use crate::world::files;
use crate::world::folders::{self, Kind};

/// What is inside a program.
pub fn inside(
    resolved: &Resolved<'_>,
    fetched: &Fetched<'_>,
    built: &Built<'_>,
    program: &Program<'_>,
) -> Result<Inventory> {
    of_program(resolved, fetched, built, program.bin, &program.read()?)
}

/// The same of a program whose bytes are in memory.
pub(super) fn of_program(
    resolved: &Resolved<'_>,
    fetched: &Fetched<'_>,
    built: &Built<'_>,
    bin: &Bin,
    program: &[u8],
) -> Result<Inventory> {
    let plan = resolved.plan;
    let info: BuildInfo = binary::read_build_info(program)?;
    let plugins = match bin.plugins {
        TakesPlugins::Yes => built.set.plugins.as_slice(),
        TakesPlugins::No => &[],
    };
    let plugins = plugins.iter().map(|(name, plugin)| PluginInside {
        name: name.to_string(),
        module: plugin.source.module().to_string(),
    });
    let inside = modules(&info).map(|(module, origin)| match origin {
        Origin::Folder(_) => of_folder(plan, built, module),
        Origin::Proxy(source) => of_proxy(fetched, module, source),
    });
    Ok(Inventory {
        app: plan.app.name.to_string(),
        program: bin.name.to_string(),
        version: plan.app.about.version.to_string(),
        set: built.set.name.to_string(),
        target: built.target.name.to_string(),
        platform: built.target.platform.to_string(),
        plugins: plugins.collect(),
        modules: inside.collect::<Result<_>>()?,
        standard: ModuleInside::standard(&info.go_version, standard(&fetched.go)?),
        libraries: libraries(resolved, built),
        go: info.go_version.clone(),
    })
}

/// The C libraries of a program, each with those of its set that want it.
fn libraries(resolved: &Resolved<'_>, built: &Built<'_>) -> Vec<LibraryInside> {
    let (plan, unit) = (resolved.plan, resolved.unit(built.set, built.target));
    if unit.linkage == Linkage::Pure {
        return Vec::new();
    }
    let in_set = |module: &ModulePath| {
        let plugin = built.set.plugins.iter().find(|(_, p)| p.source.module() == module);
        plugin.map(|(name, _)| name.to_string())
    };
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut note = |by: String, libraries: &BTreeMap<LibraryName, Library>| {
        for library in libraries.values() {
            wanted.entry(library.pkg_config.clone()).or_default().insert(by.clone());
        }
    };
    note(plan.app.name.to_string(), &plan.app.member.libraries);
    for api in &plan.workspace.apis {
        note(api.name.clone(), &api.libraries);
    }
    let members = plan.workspace.plugins.iter().map(|member| (&member.module, &member.libraries));
    let elsewhere = resolved.set(built.set).declared.iter();
    let elsewhere = elsewhere.map(|plugin| (&plugin.module, &plugin.libraries));
    for (module, libraries) in members.chain(elsewhere) {
        if let Some(plugin) = in_set(module) {
            note(plugin, libraries);
        }
    }
    for module in &unit.pkg_config {
        wanted.entry(module.clone()).or_default();
    }
    let wishes = resolved.closure(built.target).map_or(&[][..], |closure| &closure.wishes);
    let inside = wanted.into_iter().map(|(name, declared_by)| LibraryInside {
        package: wishes.iter().find(|w| w.pkg_config == name).map(|w| w.package.to_string()),
        declared_by: declared_by.into_iter().collect(),
        asked_for: unit.pkg_config.contains(&name),
        name,
    });
    inside.collect()
}

/// All that decides on what is said of a program's modules, apart from the program: their versions and sums
/// stand in that.
pub(super) fn fingerprint(plan: &Plan<'_>, built: &Built<'_>) -> String {
    let members = plan.workspace.apis.iter().chain(&plan.workspace.plugins);
    let versions: Vec<_> = members.map(|member| (&member.module, &member.version)).collect();
    let licences: Vec<_> =
        built.licences.iter().map(|file| (&file.module, name(file), file.sha256)).collect();
    format!("{:?}", (&plan.app.about.version, versions, licences))
}

fn of_folder(plan: &Plan<'_>, built: &Built<'_>, module: &BuiltModule) -> Result<ModuleInside> {
    let path = module.path.as_str();
    let mut members = plan.workspace.apis.iter().chain(&plan.workspace.plugins);
    let version = if path == plan.app.member.module.as_str() {
        Some(plan.app.about.version.to_string())
    } else if let Some(member) = members.find(|member| member.module.as_str() == path) {
        member.version.as_ref().map(ToString::to_string)
    } else {
        // A commit has the version that Go would give it.
        Some(module.version.clone()).filter(|version| version.starts_with('v'))
    };
    let own = built.licences.iter().filter(|file| file.module.as_str() == path);
    let licences = own.map(composed).collect::<Result<_>>()?;
    let instead = plan.app.patches.iter().find(|(module, _)| module.as_str() == path);
    let replaced_by = instead.map(|(_, instead)| {
        // As the workspace names it, wherever that stands.
        let shown = |path: &Utf8Path| relative_path(&plan.workspace.root, path).into_string();
        ReplacedBy::Place(instead.shown(shown))
    });
    Ok(ModuleInside { path: path.to_owned(), version, sum: None, replaced_by, licences })
}

fn of_proxy(
    fetched: &Fetched<'_>,
    module: &BuiltModule,
    source: &BuiltModule,
) -> Result<ModuleInside> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let is_replaced = source.path != module.path || source.version != module.version;
    let licences = match (source.path.parse(), source.version.parse()) {
        (Ok(path), Ok(version)) => {
            licences(&ModCache::new(&fetched.modules.root).module_dir(&path, &version))?
        }
        _ => Vec::new(),
    };
    Ok(ModuleInside {
        path: module.path.clone(),
        version: text(&module.version),
        sum: text(&source.sum),
        replaced_by: is_replaced
            .then(|| ReplacedBy::Module(format!("{} {}", source.path, source.version))),
        licences,
    })
}

fn name(file: &LocalLicence) -> &str {
    file.path.file_name().unwrap_or_default()
}

/// A licence file of the tree, as it was when the tree was composed.
fn composed(file: &LocalLicence) -> Result<LicenceFile> {
    let bytes = files::read(&file.path)?;
    if Sha256::of(&bytes) != file.sha256 {
        return Err(Error::new(ErrorId::Corrupt, format!("could not use `{}`", file.path))
            .because("it changed after the tree was composed")
            .hint("run the command again"));
    }
    Ok(LicenceFile { name: name(file).to_owned(), sha256: file.sha256, bytes })
}

/// The licence files of what Go brings, each text once. Those of its own packages stand beside the packages that it
/// took in from elsewhere, which are compiled in as well: of the file at its root, nothing is locked.
fn standard(go: &Toolchain) -> Result<Vec<LicenceFile>> {
    let vendored = go.root.join("src/vendor");
    if folders::kind(&vendored)?.is_none() {
        return Ok(Vec::new());
    }
    let mut found: Vec<LicenceFile> = Vec::new();
    for path in folders::walk(&vendored)? {
        let Some(name) = path.file_name().filter(|name| is_licence_file(name)) else { continue };
        let bytes = files::read(&vendored.join(&path))?;
        let sha256 = Sha256::of(&bytes);
        if found.iter().all(|known| known.sha256 != sha256) {
            found.push(LicenceFile { name: name.to_owned(), sha256, bytes });
        }
    }
    Ok(found)
}

/// The licence files of a module in the cache, which was verified before the program was compiled.
fn licences(folder: &Utf8Path) -> Result<Vec<LicenceFile>> {
    let entries = folders::list(folder)?.into_iter();
    let named = entries.filter(|entry| entry.kind == Kind::File && is_licence_file(&entry.name));
    let mut found = named
        .map(|entry| {
            let bytes = files::read(&folder.join(&entry.name))?;
            Ok(LicenceFile { name: entry.name, sha256: Sha256::of(&bytes), bytes })
        })
        .collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
