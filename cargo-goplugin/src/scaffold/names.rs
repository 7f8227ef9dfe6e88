//! Which names a new workspace may have: those that Go, Debian and the layout of the folders bear.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{AppName, Malformed, ModulePath, PluginName};

/// Words that no Go package can be called, or that Go does not take for a package's folder.
const NO_PACKAGE: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "init",
    "interface",
    "internal",
    "main",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "testdata",
    "type",
    "var",
    "vendor",
];

/// Names of devices on Windows; Go refuses them in module paths everywhere.
const DEVICES: &[&str] = &[
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1",
    "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// What the made sources call something else.
const USED_IN_SOURCES: &[&str] = &[
    "broken", "byte", "bytes", "err", "error", "errors", "fmt", "io", "len", "nil", "os", "out",
    "plugin", "plugins", "run", "say", "string", "t", "testing", "word",
];

/// The first elements of paths in Go's standard library. A path with a dot there is never one of it.
const STANDARD: &[&str] = &[
    "archive",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "std",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "weak",
];

/// The names of a new workspace, which fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The app, and its folder.
    pub app: AppName,
    /// The API's folder and package.
    pub api: String,
    /// The plugins, in the order in which they were named.
    pub plugins: Vec<PluginName>,
    /// The app's module; the others lie below it.
    pub module: ModulePath,
}

impl Names {
    /// Checks what was asked for. Fails with everything that is wrong.
    pub fn check(app: &str, api: &str, plugins: &[String], module: Option<&str>) -> Result<Self> {
        let (app, api) = (app_name(app, api), api_name(api));
        let plugins = plugin_names(plugins);
        let derived = || format!("example.com/{}", app.as_ref().map_or("app", AppName::as_str));
        let module = module_path(&module.map_or_else(derived, str::to_owned));
        match (app, api, plugins, module) {
            (Ok(app), Ok(api), Ok(plugins), Ok(module)) => Ok(Self { app, api, plugins, module }),
            (app, api, plugins, module) => {
                let wrong = [app.err(), api.err(), plugins.err(), module.err()];
                Err(Error::all(wrong.into_iter().flatten())
                    .unwrap_or_else(|| Error::new(ErrorId::BadName, "could not take the names")))
            }
        }
    }
}

/// The package that a plugin of that name has: Go's names have no `-`.
pub(super) fn package_of(plugin: &PluginName) -> String {
    plugin.as_str().replace('-', "")
}

/// The nearest name that an app could have: `image-server` for `Image_Server`.
#[must_use]
pub(super) fn app_name_from(text: &str) -> Option<AppName> {
    let lower = text.to_ascii_lowercase();
    let kept = lower.replace(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()), "-");
    kept.trim_matches('-').parse().ok()
}

fn app_name(text: &str, api: &str) -> Result<AppName> {
    let refused = |why: String| {
        Error::new(ErrorId::BadName, format!("`{}` cannot name an app", text.escape_debug()))
            .because(why)
    };
    let name: AppName = text.parse().map_err(|error: Malformed| {
        let near = app_name_from(text).map_or_else(
            || "give another name by `--name NAME`".to_owned(),
            |near| format!("`--name {near}` gives the app a name apart from its folder's"),
        );
        refused(format!("it {}", error.rule)).hint(near)
    })?;
    let why = if name.as_str() == api || matches!(name.as_str(), "plugins" | "target") {
        "that folder of the workspace is for something else"
    } else if DEVICES.contains(&name.as_str()) {
        "Go allows no module of that name: it is a device's on Windows"
    } else if matches!(name.as_str(), "internal" | "vendor" | "testdata") {
        "folders of that name mean something else to Go"
    } else if name.as_str().len() < 2 {
        "a Debian package's name has at least two characters"
    } else {
        return Ok(name);
    };
    Err(refused(why.to_owned()).hint("give another name by `--name NAME`"))
}

fn api_name(text: &str) -> Result<String> {
    let why = if USED_IN_SOURCES.contains(&text) {
        "the sources that are made call something else that"
    } else if text == "target" {
        "that folder of the workspace is for something else"
    } else {
        match package_name(text) {
            Ok(()) => return Ok(text.to_owned()),
            Err(why) => why,
        }
    };
    Err(Error::new(ErrorId::BadName, format!("`{}` cannot name an API", text.escape_debug()))
        .because(why)
        .hint("`api` is the usual name; `--api NAME` takes lower-case letters and digits"))
}

fn plugin_names(texts: &[String]) -> Result<Vec<PluginName>> {
    let mut packages = BTreeSet::new();
    let mut names = Vec::new();
    let mut wrong = Vec::new();
    for text in texts {
        let name = text.parse::<PluginName>().map_err(|error| format!("it {}", error.rule));
        let checked = name.and_then(|name| {
            let package = package_of(&name);
            package_name(&package)?;
            if packages.insert(package) { Ok(name) } else { Err("it is named twice".to_owned()) }
        });
        match checked {
            Ok(name) => names.push(name),
            Err(why) => wrong.push(
                Error::new(
                    ErrorId::BadName,
                    format!("`{}` cannot name a plugin", text.escape_debug()),
                )
                .because(why)
                .hint("`--plugin NAME` takes lower-case letters, digits and `-`, as in `count`"),
            ),
        }
    }
    Error::all(wrong).map_or(Ok(names), Err)
}

/// Whether Go takes a package of that name from a folder of that name.
fn package_name(text: &str) -> Result<(), &'static str> {
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("a Go package's name starts with a letter, and is written in lower case");
    }
    if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Err("a Go package's name holds only lower-case letters and digits");
    }
    if NO_PACKAGE.contains(&text) {
        return Err("Go has no packages of that name");
    }
    if DEVICES.contains(&text) {
        return Err("Go allows no module of that name: it is a device's on Windows");
    }
    Ok(())
}

fn module_path(text: &str) -> Result<ModulePath> {
    let refused = |why: &str| {
        Error::new(ErrorId::BadName, format!("`{}` is no module path", text.escape_debug()))
            .because(why)
            .hint("`--module` takes a path such as `example.com/image-server`")
    };
    let path: ModulePath =
        text.parse().map_err(|error: Malformed| refused(&format!("it {}", error.rule)))?;
    let elements: Vec<_> = text.split('/').collect();
    if elements.iter().any(|element| DEVICES.contains(&element.to_ascii_lowercase().as_str())) {
        return Err(refused("it has the name of a device on Windows in it"));
    }
    if STANDARD.contains(&elements[0]) {
        return Err(refused("such paths are those of Go's standard library"));
    }
    if elements[0] == "gopkg.in" || matches!(elements.last(), Some(&("v0" | "v1"))) {
        return Err(refused("Go allows no module below such a path"));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(app: &str, api: &str, plugins: &[&str], module: Option<&str>) -> Result<Names> {
        let plugins: Vec<_> = plugins.iter().map(|&name| name.to_owned()).collect();
        Names::check(app, api, &plugins, module)
    }

    #[test]
    fn good_names_are_taken_and_the_module_path_is_derived() {
        let names = check("image-server", "api", &["count", "image-size"], None).unwrap();
        assert_eq!(names.module.as_str(), "example.com/image-server");
        assert_eq!(package_of(&names.plugins[1]), "imagesize");
        let given = check("7up", "contract", &[], Some("corp.example.com/x/v2")).unwrap();
        assert_eq!(given.module.as_str(), "corp.example.com/x/v2");
        assert!(check("server", "api", &[], Some("server")).is_ok());
    }

    #[test]
    fn bad_names_are_refused() {
        for app in [
            "", "-x", "Server", "a b", "a/b", "..", "ä", "x", "con", "plugins", "target", "vendor",
            "contract",
        ] {
            let error = check(app, "contract", &["count"], None).unwrap_err();
            assert_eq!(error.id(), ErrorId::BadName, "{app}");
        }
        for api in ["", "Api", "my-api", "1api", "func", "io", "plugins", "internal", "nul"] {
            assert_eq!(
                check("server", api, &[], None).unwrap_err().id(),
                ErrorId::BadName,
                "{api}"
            );
        }
        for plugin in ["", "Count", "a_b", "7zip", "go", "main", "com1", "vendor", "se-lect"] {
            let error = check("server", "api", &[plugin], None).unwrap_err();
            assert_eq!(error.id(), ErrorId::BadName, "{plugin}");
            assert!(error.what().contains("plugin"), "{error}");
        }
        assert!(check("server", "api", &["a-b", "ab"], None).is_err());
        for module in ["", "/x", "a b", "fmt", "go/x", "example.com/con/x", "example.com/x/v1"] {
            let error = check("server", "api", &[], Some(module)).unwrap_err();
            assert_eq!(error.id(), ErrorId::BadName, "{module}");
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let error = check("A", "B", &["C", "D"], Some("fmt")).unwrap_err();
        let all = 1
            + error.beside().len()
            + error.beside().iter().map(|error| error.beside().len()).sum::<usize>();
        assert_eq!(all, 5);
    }

    #[test]
    fn a_near_name_is_offered() {
        for (text, near) in [
            ("Image_Server", Some("image-server")),
            ("my.app", Some("my-app")),
            ("Server2", Some("server2")),
            ("___", None),
        ] {
            assert_eq!(app_name_from(text).as_ref().map(AppName::as_str), near, "{text}");
        }
    }
}
