//! `app` in `[package]` of a plugin: the app that it is built into when it is built alone.

use camino::Utf8PathBuf;

use super::model::RemoteApp;
use super::reader::TableReader;
use super::remote;
use super::table::RawTable;
use crate::error::Result;

/// Where the app of a plugin is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Belongs {
    /// In a folder, relative to the plugin's manifest.
    Path(Utf8PathBuf),
    /// On the module proxy.
    Module(RemoteApp),
}

/// Reads the key of `[package]`; `None` where there is none, or where it will not do, which is noted in
/// `package`.
pub(super) fn read(package: &mut TableReader<'_>) -> Option<Belongs> {
    let table = package.table("app")?;
    package.check(read_table(&table)).flatten()
}

fn read_table(table: &RawTable) -> Result<Option<Belongs>> {
    let mut reader = TableReader::new(table);
    let path = reader.line("path");
    reader.later("git", "an app from a git repository");
    let is_elsewhere = ["module", "version", "package"].into_iter().find(|key| reader.has(key));
    let belongs = match (reader.has("path"), is_elsewhere) {
        (true, Some(key)) => {
            remote::know_keys(&mut reader);
            reader.invalid(key, "an app is either in a `path`, or a `module` in a `version`");
            None
        }
        (true, None) => path.map(|path| Belongs::Path(path.into())),
        (false, None) => {
            if !reader.has("git") {
                reader.missing("path", "an app is in a `path`, or a `module` in a `version`");
            }
            None
        }
        (false, Some(_)) => remote::read_keys(&mut reader).map(Belongs::Module),
    };
    reader.finish()?;
    Ok(belongs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::render;

    fn read_text(text: &str) -> Result<Option<Belongs>> {
        let file = RawTable::from_text("goplugin.toml", text)?;
        let package = file.table("package").unwrap();
        let mut reader = TableReader::new(&package);
        let belongs = read(&mut reader);
        reader.finish().map(|()| belongs)
    }

    #[test]
    fn an_app_is_in_a_folder_or_a_module() {
        let path = read_text("[package]\napp = { path = '../server' }\n").unwrap();
        assert_eq!(path, Some(Belongs::Path("../server".into())));
        let text =
            "[package.app]\nmodule = 'example.com/a/v2'\nversion = 'v2.1.0'\npackage = 'cmd/a'\n";
        let Some(Belongs::Module(remote)) = read_text(text).unwrap() else { panic!("no module") };
        assert_eq!(remote.import.as_str(), "example.com/a/v2/cmd/a");
        assert_eq!(
            read_text("[package]\nname = 'x'\n").unwrap_err().id().as_str(),
            "manifest::unknown-key"
        );
    }

    #[test]
    fn what_is_no_app_is_refused() {
        for (app, complaint) in [
            ("{}", "missing key `path` in `[package.app]`: an app is in a `path`, or"),
            ("'../server'", "`app` in `[package]`: expected a table, found a string"),
            ("{ path = 'a', module = 'b' }", "`module` in `[package.app]`: an app is either in"),
            ("{ path = 'a', version = 'v1.0.0' }", "`version` in `[package.app]`: an app is"),
            ("{ module = 'example.com/a' }", "missing key `version` in `[package.app]`"),
            ("{ version = 'v1.0.0' }", "missing key `module` in `[package.app]`"),
            ("{ git = 'https://example.com/a' }", "`git` in `[package.app]` comes with a later"),
            ("{ path = \"a\\nb\" }", "must be one line"),
            ("{ module = '../a', version = 'v1.0.0' }", "`module` in `[package.app]`: `../a` has"),
            ("{ module = 'a\"b', version = 'v1.0.0' }", "may hold only letters"),
            ("{ module = '-a', version = 'v1.0.0' }", "starts with `.` or `-`"),
            ("{ module = 'a.b/c', version = '1.0.0' }", "must start with `v`"),
            ("{ module = 'a.b/c', version = 'v1.0.0', package = '../x' }", "must be a package"),
            ("{ paht = 'a' }", "unknown key `paht` in `[package.app]`"),
        ] {
            let error = read_text(&format!("[package]\napp = {app}\n")).unwrap_err();
            let said = render(&error, false);
            assert!(said.contains(complaint), "{app}: {said}");
        }
    }
}
