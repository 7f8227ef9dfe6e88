//! The proof of what was built, from the program itself.

use crate::binary::{BuildInfo, BuiltModule, Needs};
use crate::compose::local_folder;
use crate::error::{Error, ErrorId, Result};
use crate::lock::{LockedPatch, LockedWith};
use crate::manifest::{Bin, PluginSource, RemoteApp};
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

/// The packages of a remote app must be of the version that its main package is of.
pub(super) fn app(info: &BuildInfo, app: Option<&RemoteApp>) -> Result<()> {
    let Some(RemoteApp { module, version, .. }) = app else { return Ok(()) };
    let built = info.modules.iter().find(|built| built.path == module.as_str());
    match built.filter(|built| built.version != version.as_str()) {
        None => Ok(()),
        Some(other) => {
            let what = format!("the program is not `{module}` {version}");
            Err(Error::new(ErrorId::WrongBinary, what)
                .because(format!("its build information lists `{module}` {}", other.version))
                .hint("run `cargo goplugin resolve --refresh`, and build again"))
        }
    }
}

/// Every plugin of the set must be in the program, and no other version of it than was chosen.
pub(super) fn plugins(info: &BuildInfo, set: &SetPlan<'_>, bin: &Bin) -> Result<()> {
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
        format!("the program `{}` lacks plugins of set `{}`", bin.name, set.name),
    )
    .because(format!("its build information does not list {}", missing.join(", ")))
    .hint("a build constraint may leave the plugin's package out for this target"))
}

/// In the place of every module that is patched, there must be what the lock says.
pub(super) fn patches(info: &BuildInfo, locked: &[LockedPatch]) -> Result<()> {
    let wrong = locked.iter().filter_map(|patch| {
        let built = info.modules.iter().find(|built| built.path == patch.module.as_str())?;
        let found = built.replaced_by.as_deref();
        (!found.is_some_and(|found| is_in_place(found, patch))).then_some((patch, found))
    });
    let wrong = wrong.map(|(LockedPatch { module, version, .. }, found)| {
        let found = found.map_or("nothing".to_owned(), |by| format!("{} {}", by.path, by.version));
        Error::new(
            ErrorId::WrongBinary,
            format!("the program does not hold the patched `{module}`"),
        )
        .because(format!("its build information has {found} in the place of {version}"))
        .hint("run `cargo goplugin clean`, and build again")
    });
    Error::all(wrong).map_or(Ok(()), Err)
}

fn is_in_place(found: &BuiltModule, LockedPatch { module, with, .. }: &LockedPatch) -> bool {
    match with {
        LockedWith::Fork { path, version } => {
            (found.path.as_str(), found.version.as_str()) == (path.as_str(), version.as_str())
        }
        LockedWith::Folder | LockedWith::Diff(_) => {
            found.path == format!("./{}", local_folder(module))
        }
    }
}

fn is_chosen(built: &BuiltModule, source: &PluginSource) -> bool {
    match source {
        PluginSource::Path { .. } | PluginSource::Git(_) => built.replaced_by.is_some(),
        // Minimal version selection may have raised it; the lock says to what.
        PluginSource::Module { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Plugin, TakesPlugins};
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

    fn info(modules: Vec<BuiltModule>) -> BuildInfo {
        BuildInfo {
            go_version: String::new(),
            path: String::new(),
            main: None,
            modules,
            settings: Vec::new(),
        }
    }

    #[test]
    fn a_remote_app_in_another_version_is_refused() {
        let app = RemoteApp {
            module: "example.com/server".parse().unwrap(),
            version: "v0.0.0".parse().unwrap(),
            import: "example.com/server/cmd/serve".parse().unwrap(),
        };
        let built = |version: &str| {
            let module = module("example.com/server", false);
            info(vec![BuiltModule { version: version.to_owned(), ..module }])
        };
        assert!(super::app(&built("v0.0.0"), Some(&app)).is_ok());
        assert!(super::app(&info(Vec::new()), Some(&app)).is_ok(), "nothing of it is imported");
        assert!(super::app(&built("v0.1.0"), None).is_ok());
        let error = super::app(&built("v0.1.0"), Some(&app)).unwrap_err();
        assert_eq!(error.id(), ErrorId::WrongBinary);
        assert!(error.causes()[0].contains("`example.com/server` v0.1.0"), "{error}");
    }

    #[test]
    fn what_was_to_be_patched_and_is_not_is_named() {
        let fork = || LockedWith::Fork {
            path: "example.com/fork".parse().unwrap(),
            version: "v1.0.1".parse().unwrap(),
        };
        let diff = || LockedWith::Diff(crate::vocab::Sha256::of(""));
        let by = |path: &str, version: &str| {
            let (path, version) = (path.to_owned(), version.to_owned());
            Some(Box::new(BuiltModule { path, version, ..BuiltModule::default() }))
        };
        let folder = || by("./vendor-nix/example.com/dep", "(devel)");
        for (with, replaced_by, is_fine) in [
            (LockedWith::Folder, folder(), true),
            (LockedWith::Folder, None, false),
            (LockedWith::Folder, by("./vendor-nix/example.com/other", "(devel)"), false),
            (diff(), folder(), true),
            (diff(), None, false),
            (fork(), by("example.com/fork", "v1.0.1"), true),
            (fork(), by("example.com/fork", "v1.0.2"), false),
            (fork(), folder(), false),
        ] {
            let locked = [LockedPatch {
                module: "example.com/dep".parse().unwrap(),
                version: "v0.0.0".parse().unwrap(),
                with: with.clone(),
            }];
            let built = BuiltModule { replaced_by, ..module("example.com/dep", false) };
            let case = format!("{with:?} {built:?}");
            match patches(&info(vec![built]), &locked) {
                Ok(()) => assert!(is_fine, "{case}"),
                Err(error) => {
                    assert!(!is_fine && error.id() == ErrorId::WrongBinary, "{case}");
                    assert!(error.what().contains("`example.com/dep`"), "{error}");
                }
            }
            assert!(patches(&info(Vec::new()), &locked).is_ok(), "nothing of it is imported");
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
        let bin =
            Bin { name: "server".parse().unwrap(), main: ".".into(), plugins: TakesPlugins::Yes };
        assert!(plugins(&info(vec![module("example.com/count", true)]), &set, &bin).is_ok());
        for modules in [
            vec![],
            vec![module("example.com/other", true)],
            vec![module("example.com/count", false)],
        ] {
            let error = plugins(&info(modules), &set, &bin).unwrap_err();
            assert_eq!(error.id(), ErrorId::WrongBinary);
            assert!(error.causes()[0].contains("`count` (example.com/count)"));
        }
    }
}
