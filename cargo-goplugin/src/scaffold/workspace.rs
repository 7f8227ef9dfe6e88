//! The files of a new workspace, from the templates. Pure.

use super::names::{Names, package_of};
use super::template::{fill, toml_string, toml_strings};
use super::write::NewFile;

/// A workspace to be made.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    /// What everything in it is called.
    pub names: Names,
    /// Who is named in the app's manifest, as `Name <mail>`.
    pub author: String,
    /// What the folder has beside its modules.
    pub root: Root,
}

/// What stands at the top of a new workspace's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// A `goplugin.toml`.
    Own,
    /// A `Cargo.toml`.
    Cargo,
    /// Nothing: a workspace further up lists the modules.
    Above,
}

/// The folders of the modules, as `members` lists them.
#[must_use]
pub fn members(names: &Names) -> Vec<String> {
    vec![names.app.to_string(), names.api.clone(), "plugins/*".to_owned()]
}

/// Every file but for version control's.
#[must_use]
pub fn files(new: &NewWorkspace) -> Vec<NewFile> {
    let names = &new.names;
    let members = toml_strings(&members(names));
    let author = toml_string(&new.author);
    let plugins: String = names
        .plugins
        .iter()
        .map(|name| format!("{name} = {{ path = \"../plugins/{name}\" }}\n"))
        .collect();
    let values = [
        ("name", names.app.as_str()),
        ("api", &names.api),
        ("module", names.module.as_str()),
        ("members", members.trim()),
        ("author", author.trim()),
        ("plugins", &plugins),
    ];
    let file = |path: String, template| NewFile::new(path, fill(template, &values));
    let mut files = Vec::new();
    match new.root {
        Root::Own => {
            files.push(file("goplugin.toml".to_owned(), include_str!("templates/workspace.toml")));
        }
        Root::Cargo => {
            files.push(file("Cargo.toml".to_owned(), include_str!("templates/cargo.toml")));
        }
        Root::Above => {}
    }
    let (app, api) = (&names.app, &names.api);
    files.extend([
        file(format!("{app}/goplugin.toml"), include_str!("templates/app.toml")),
        file(format!("{app}/go.mod"), include_str!("templates/app.mod")),
        file(format!("{app}/main.go"), include_str!("templates/main.go")),
        file(format!("{app}/main_test.go"), include_str!("templates/main_test.go")),
        file(format!("{api}/go.mod"), include_str!("templates/api.mod")),
        file(format!("{api}/{api}.go"), include_str!("templates/api.go")),
        file(format!("{api}/{api}_test.go"), include_str!("templates/api_test.go")),
    ]);
    for plugin in &names.plugins {
        let package = package_of(plugin);
        let mut values = values.to_vec();
        values.extend([("plugin", plugin.as_str()), ("package", &package)]);
        let folder = format!("plugins/{plugin}");
        let file = |name: String, template| {
            NewFile::new(format!("{folder}/{name}"), fill(template, &values))
        };
        files.extend([
            file("go.mod".to_owned(), include_str!("templates/plugin.mod")),
            file(format!("{package}.go"), include_str!("templates/plugin.go")),
            file(format!("{package}_test.go"), include_str!("templates/plugin_test.go")),
        ]);
    }
    files
}

/// The `.gitignore` of a folder that has the target folder in it.
#[must_use]
pub fn ignore_target() -> NewFile {
    NewFile::new(".gitignore", include_str!("templates/gitignore"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::{GoMod, scan};

    fn made(root: Root) -> Vec<NewFile> {
        let plugins = ["count".to_owned(), "image-size".to_owned()];
        let names = Names::check("server", "contract", &plugins, None).unwrap();
        files(&NewWorkspace { names, author: "A \"B\" <a@example.com>".to_owned(), root })
    }

    #[test]
    fn every_template_is_filled() {
        for root in [Root::Own, Root::Cargo, Root::Above] {
            for file in made(root) {
                assert!(!file.text.contains("{{"), "{}:\n{}", file.path, file.text);
                assert!(file.text.ends_with('\n') && !file.text.ends_with("\n\n"), "{}", file.path);
            }
        }
    }

    #[test]
    fn every_file_is_what_its_name_says() {
        for NewFile { path, text } in made(Root::Own) {
            match path.extension() {
                Some("toml") => drop(text.parse::<toml_edit::DocumentMut>().unwrap()),
                Some("mod") => {
                    // What is read and written again has lost its comments.
                    let bare: Vec<_> =
                        text.lines().filter(|line| !line.starts_with("//")).collect();
                    let rendered = GoMod::parse(&path, &text).unwrap().render();
                    assert_eq!(rendered.lines().collect::<Vec<_>>(), bare, "{path}");
                }
                _ => assert!(scan(&text).package.is_some(), "{path}"),
            }
        }
    }

    #[test]
    fn a_plugin_s_folder_has_its_name_and_its_package_has_none_of_its_hyphens() {
        let paths: Vec<_> = made(Root::Above).into_iter().map(|file| file.path).collect();
        assert!(paths.contains(&"plugins/image-size/imagesize.go".into()), "{paths:?}");
        assert!(paths.contains(&"contract/contract.go".into()), "{paths:?}");
        assert!(!paths.iter().any(|path| path.components().count() == 1), "{paths:?}");
    }
}
