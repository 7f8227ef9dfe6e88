//! The workspace as this program understands it, for other programs.

use serde_json::{Value, json};

use super::session::{Session, Settings};
use crate::error::Result;
use crate::manifest::{
    App, Bin, GitSource, Member, Patch, PluginSource, RemoteApp, TakesPlugins, Workspace,
};
use crate::world::World;

/// Prints the workspace as one JSON object, in the first version of its format.
pub fn metadata(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    world.shell.document(describe(&session.workspace));
    Ok(())
}

fn describe(workspace: &Workspace) -> Value {
    let targets: serde_json::Map<String, Value> = workspace
        .targets
        .iter()
        .map(|(name, target)| {
            let value = json!({
                "base": target.base,
                "suite": target.suite,
                "artifacts": target.artifacts,
            });
            (name.to_string(), value)
        })
        .collect();
    json!({
        "version": 1,
        "workspace_root": workspace.root,
        "manifest": workspace.manifest,
        "target_directory": workspace.target_dir,
        "toolchain": {
            "go": workspace.toolchain.go.to_string(),
            "zig": workspace.toolchain.zig.to_string(),
        },
        "targets": targets,
        "apps": workspace.apps.iter().map(app).collect::<Vec<_>>(),
        "apis": workspace.apis.iter().map(member).collect::<Vec<_>>(),
        "plugins": workspace.plugins.iter().map(member).collect::<Vec<_>>(),
    })
}

fn app(app: &App) -> Value {
    let plugins: serde_json::Map<String, Value> = app
        .plugins
        .iter()
        .map(|(name, plugin)| {
            let source = match &plugin.source {
                PluginSource::Path { dir, module } => json!({ "path": dir, "module": module }),
                PluginSource::Module { module, version } => {
                    json!({ "module": module, "version": version })
                }
                PluginSource::Git(GitSource { url, reference, module, subdir }) => {
                    let reference = reference.to_string();
                    json!({ "git": url, "reference": reference, "module": module, "subdir": subdir })
                }
            };
            (
                name.to_string(),
                json!({ "source": source, "import": plugin.import, "optional": plugin.optional }),
            )
        })
        .collect();
    let patch = |patch: &Patch| match patch {
        Patch::Folder(dir) => json!({ "path": dir }),
        Patch::Fork { module, version } => json!({ "module": module, "version": version }),
        Patch::Diff(file) => json!({ "diff": file }),
    };
    let patches = app.patches.iter().map(|(module, with)| (module.to_string(), patch(with)));
    let patches: serde_json::Map<String, Value> = patches.collect();
    json!({
        "name": app.name,
        "version": app.about.version.to_string(),
        "module": app.remote.as_ref().map_or(&app.member.module, |remote| &remote.module),
        "remote": app.remote.as_ref().map(remote),
        "dir": app.member.dir,
        "main": app.bins.first().map(|bin| &bin.main),
        "bins": app.bins.iter().map(bin).collect::<Vec<_>>(),
        "tags": app.build.tags,
        "plugins": plugins,
        "sets": app.sets,
        "patches": patches,
        "artifacts": app.artifacts.keys().collect::<Vec<_>>(),
    })
}

fn bin(bin: &Bin) -> Value {
    json!({
        "name": bin.name,
        "main": bin.main,
        "plugins": bin.plugins == TakesPlugins::Yes,
    })
}

fn remote(app: &RemoteApp) -> Value {
    json!({ "module": app.module, "version": app.version, "import": app.import })
}

fn member(member: &Member) -> Value {
    json!({
        "name": member.name,
        "version": member.version.as_ref().map(ToString::to_string),
        "module": member.module,
        "dir": member.dir,
    })
}
