//! Tells what is inside each program, from the program itself.

use camino::Utf8PathBuf;
use serde_json::json;

use super::make::{as_asked, compile, planned, settle};
use super::session::Settings;
use crate::binary::{self, BuildInfo, BuiltModule};
use crate::build::{Built, Program};
use crate::error::Result;
use crate::fetch::Fetched;
use crate::golang::ModCache;
use crate::inventory::{
    Inventory, LicenceFile, ModuleInside, Origin, PluginInside, is_licence_file, modules,
};
use crate::manifest::{Member, TakesPlugins};
use crate::plan::Plan;
use crate::vocab::Sha256;
use crate::world::folders::{self, Kind};
use crate::world::{World, files};

/// How an inventory is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Compiles what is asked for, where it is not fresh, and prints what is inside each program.
pub fn inventory(world: &World, settings: &Settings, format: InventoryFormat) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let resolved = settle(session, plan, settings)?;
        let inventories: Vec<_> = compile(session.context(), &resolved, |fetched, built| {
            let built = built.complete()?;
            let each =
                built.iter().flat_map(|built| built.programs.iter().map(move |p| (built, p)));
            each.map(|(built, program)| of(plan, fetched, built, program)).collect()
        })?;
        match format {
            InventoryFormat::Json => {
                world.shell.document(json!({ "version": 1, "programs": inventories }));
            }
            InventoryFormat::Text => {
                for inventory in &inventories {
                    world.shell.data(inventory.text());
                }
            }
        }
        Ok(())
    })
}

fn of(
    plan: &Plan<'_>,
    fetched: &Fetched<'_>,
    built: &Built<'_>,
    program: &Program<'_>,
) -> Result<Inventory> {
    let info: BuildInfo = binary::read_build_info(&program.read()?)?;
    let plugins = match program.bin.plugins {
        TakesPlugins::Yes => built.set.plugins.as_slice(),
        TakesPlugins::No => &[],
    };
    let plugins = plugins.iter().map(|(name, plugin)| PluginInside {
        name: name.to_string(),
        module: plugin.source.module().to_string(),
    });
    let inside = modules(&info).map(|(module, origin)| inside(plan, fetched, module, origin));
    Ok(Inventory {
        app: plan.app.name.to_string(),
        program: program.bin.name.to_string(),
        version: plan.app.about.version.to_string(),
        set: built.set.name.to_string(),
        target: built.target.name.to_string(),
        platform: built.target.platform.to_string(),
        plugins: plugins.collect(),
        modules: inside.collect::<Result<_>>()?,
        go: info.go_version.clone(),
    })
}

fn inside(
    plan: &Plan<'_>,
    fetched: &Fetched<'_>,
    module: &BuiltModule,
    origin: Origin<'_>,
) -> Result<ModuleInside> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (version, sum, replaced_by, folder) = match origin {
        Origin::Folder(module) => {
            let member = member(plan, &module.path);
            let version = if module.path == plan.app.member.module.as_str() {
                Some(plan.app.about.version.to_string())
            } else {
                member.and_then(|member| member.version.as_ref()).map(ToString::to_string)
            };
            (version, None, None, member.map(|member| member.dir.clone()))
        }
        Origin::Proxy(source) => {
            let replaced = (source.path != module.path || source.version != module.version)
                .then(|| format!("{} {}", source.path, source.version));
            (text(&module.version), text(&source.sum), replaced, folder(fetched, source))
        }
    };
    let licences = folder.map_or(Ok(Vec::new()), |folder| licences(&folder))?;
    Ok(ModuleInside { path: module.path.clone(), version, sum, replaced_by, licences })
}

fn member<'a>(plan: &'a Plan<'_>, module: &str) -> Option<&'a Member> {
    let workspace = plan.workspace;
    let others = workspace.apis.iter().chain(&workspace.plugins);
    [&plan.app.member].into_iter().chain(others).find(|member| member.module.as_str() == module)
}

/// A module's folder in the module cache, which was verified before the program was compiled.
fn folder(fetched: &Fetched<'_>, module: &BuiltModule) -> Option<Utf8PathBuf> {
    let (path, version) = (module.path.parse().ok()?, module.version.parse().ok()?);
    Some(ModCache::new(&fetched.modules.root).module_dir(&path, &version))
}

fn licences(folder: &Utf8PathBuf) -> Result<Vec<LicenceFile>> {
    let entries = folders::list(folder)?.into_iter();
    let named = entries.filter(|entry| {
        matches!(entry.kind, Kind::File | Kind::Link) && is_licence_file(&entry.name)
    });
    let mut found = named
        .map(|entry| {
            let bytes = files::read(&folder.join(&entry.name))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(LicenceFile { name: entry.name, sha256: Sha256::of(&bytes), text })
        })
        .collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
