//! The proof of what was built, from the program itself.

use crate::binary::{BuildInfo, BuiltModule, Needs};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::PluginSource;
use crate::plan::{SetPlan, TargetPlan};

/// The program must be for the target's processor.
pub(super) fn machine(needs: &Needs, target: &TargetPlan<'_>) -> Result<()> {
    if needs.cpu == target.platform.cpu {
        return Ok(());
    }
    Err(Error::new(
        ErrorId::WrongBinary,
        format!("what was built for `{}` cannot be used", target.name),
    )
    .because(format!("it is for {:?}, not for {:?}", needs.cpu, target.platform.cpu))
    .hint("run `cargo goplugin clean`, and build again"))
}

/// Every plugin of the set must be in the program, and no other version of it than was chosen.
pub(super) fn plugins(info: &BuildInfo, set: &SetPlan<'_>) -> Result<()> {
    let missing = set.plugins.iter().filter(|(_, plugin)| {
        let module = plugin.source.module().as_str();
        !info.modules.iter().any(|built| built.path == module && is_chosen(built, &plugin.source))
    });
    let missing: Vec<_> =
        missing.map(|(name, plugin)| format!("`{name}` ({})", plugin.import)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorId::WrongBinary,
        format!("the program lacks plugins of set `{}`", set.name),
    )
    .because(format!("its build information does not list {}", missing.join(", ")))
    .hint("a build constraint may leave the plugin's package out for this target"))
}

fn is_chosen(built: &BuiltModule, source: &PluginSource) -> bool {
    match source {
        PluginSource::Path { .. } => built.replaced_by.is_some(),
        // Minimal version selection may have raised it; the lock says to what.
        PluginSource::Module { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Plugin;
    use crate::plan::SetOrigin;
    use crate::vocab::PluginName;

    fn module(path: &str, replaced: bool) -> BuiltModule {
        let by = BuiltModule {
            path: "./vendor-nix/x".to_owned(),
            version: String::new(),
            sum: String::new(),
            replaced_by: None,
        };
        BuiltModule {
            path: path.to_owned(),
            version: "v0.0.0".to_owned(),
            sum: String::new(),
            replaced_by: replaced.then(|| Box::new(by)),
        }
    }

    #[test]
    fn a_plugin_that_is_not_in_the_program_is_named() {
        let name: PluginName = "count".parse().unwrap();
        let source = PluginSource::Path {
            dir: "/w/count".into(),
            module: "example.com/count".parse().unwrap(),
        };
        let import = source.module().clone();
        let plugin = Plugin { source, import, optional: false };
        let set = SetPlan {
            name: "default".parse().unwrap(),
            origin: SetOrigin::Manifest,
            plugins: vec![(&name, &plugin)],
        };
        let info = |modules| BuildInfo {
            go_version: String::new(),
            path: String::new(),
            main: None,
            modules,
            settings: Vec::new(),
        };
        assert!(plugins(&info(vec![module("example.com/count", true)]), &set).is_ok());
        for modules in [
            vec![],
            vec![module("example.com/other", true)],
            vec![module("example.com/count", false)],
        ] {
            let error = plugins(&info(modules), &set).unwrap_err();
            assert_eq!(error.id(), ErrorId::WrongBinary);
            assert!(error.causes()[0].contains("`count` (example.com/count)"));
        }
    }
}
