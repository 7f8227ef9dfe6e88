//! What `go list`, `go mod download` and `go env` print under `-json`: a stream of objects, one after the
//! other, never an array. Fields that nothing asks for are left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::GoVersion;
use crate::error::{Error, ErrorId, Result};

/// A package as `go list -json` prints it. What Go prints as missing is empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListedPackage {
    /// Its import path.
    pub import_path: String,
    /// Its name.
    pub name: String,
    /// Its folder, absolute.
    pub dir: String,
    /// Belongs to the standard library; such a package has no module.
    pub standard: bool,
    /// Is there only because another one imports it.
    pub dep_only: bool,
    /// The module it belongs to.
    pub module: Option<ListedModule>,
    /// Go files without cgo, for the platform asked for.
    pub go_files: Vec<String>,
    /// Go files that import `C`.
    pub cgo_files: Vec<String>,
    /// C files that cgo compiles.
    pub c_files: Vec<String>,
    /// C++ files that cgo compiles.
    #[serde(rename = "CXXFiles")]
    pub cxx_files: Vec<String>,
    /// What `#cgo pkg-config:` lines ask for, options such as `--static` among the names.
    pub cgo_pkg_config: Vec<String>,
    /// What `#cgo LDFLAGS:` lines ask for.
    #[serde(rename = "CgoLDFLAGS")]
    pub cgo_ldflags: Vec<String>,
    /// What its files import.
    pub imports: Vec<String>,
    /// Something is wrong with it or with what it imports.
    pub incomplete: bool,
    /// What is wrong with it.
    pub error: Option<PackageError>,
    /// What is wrong with packages that it imports.
    pub deps_errors: Vec<PackageError>,
}

/// A module as `go list -m -json` prints it, or as part of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListedModule {
    /// Its path.
    pub path: String,
    /// Its version; empty for the main module.
    pub version: String,
    /// What replaces it: a folder, then without a version, or a module.
    pub replace: Option<Box<ListedModule>>,
    /// Is the main module.
    pub main: bool,
    /// No package of it is imported by the main module.
    pub indirect: bool,
    /// Where its files are.
    pub dir: String,
    /// Its go.mod.
    pub go_mod: String,
    /// The language version its go.mod asks for.
    pub go_version: Option<GoVersion>,
    /// The sum of its files, in Go's newer releases.
    pub sum: String,
    /// The sum of its go.mod, in Go's newer releases.
    pub go_mod_sum: String,
    /// What is wrong with it.
    pub error: Option<ModuleError>,
}

/// What is wrong with a module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ModuleError {
    /// Go's own words.
    pub err: String,
}

/// What is wrong with a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PackageError {
    /// The way from a package that was asked for to this one.
    pub import_stack: Vec<String>,
    /// The place in the source, if Go knows it: `file:line:column`.
    pub pos: String,
    /// Go's own words.
    pub err: String,
}

/// A module as `go mod download -json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DownloadedModule {
    /// Its path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// The `.info` file in the module cache.
    pub info: String,
    /// The `.mod` file in the module cache.
    pub go_mod: String,
    /// The zip in the module cache.
    pub zip: String,
    /// The unpacked module.
    pub dir: String,
    /// The sum of its files.
    pub sum: String,
    /// The sum of its go.mod.
    pub go_mod_sum: String,
    /// Why it could not be had, in Go's own words.
    pub error: Option<String>,
}

/// Reads a stream of objects; `command` is what errors call the program.
pub fn read_stream<T: DeserializeOwned>(command: &str, text: &[u8]) -> Result<Vec<T>> {
    serde_json::Deserializer::from_slice(text)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(command, &error))
}

/// Reads one object of texts, as `go env -json` prints it.
pub fn read_env(command: &str, text: &[u8]) -> Result<BTreeMap<String, String>> {
    serde_json::from_slice(text).map_err(|error| unreadable(command, &error))
}

fn unreadable(command: &str, error: &serde_json::Error) -> Error {
    Error::new(ErrorId::Process, format!("could not read what `{command}` printed"))
        .because(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand, in the form that `go help list` documents.
    const LIST: &str = r#"{
	"ImportPath": "unsafe",
	"Standard": true,
	"GoFiles": ["unsafe.go"]
}
{
	"Dir": "/cache/github.com/ungerik/go-cairo@v0.0.0-20210317133935-984b32e6bac6",
	"ImportPath": "github.com/ungerik/go-cairo",
	"DepOnly": true,
	"Module": {
		"Path": "github.com/ungerik/go-cairo",
		"Version": "v0.0.0-20210317133935-984b32e6bac6",
		"Time": "2021-03-17T13:39:35Z",
		"Dir": "/cache/github.com/ungerik/go-cairo@v0.0.0-20210317133935-984b32e6bac6",
		"GoMod": "/cache/cache/download/github.com/ungerik/go-cairo/@v/v0.0.0-20210317133935-984b32e6bac6.mod",
		"GoVersion": "1.16"
	},
	"CgoFiles": ["cairo.go", "util.go"],
	"CgoPkgConfig": ["cairo"]
}
{
	"ImportPath": "example.com/api",
	"Module": {"Path": "example.com/api", "Version": "v0.0.0", "Replace": {"Path": "./vendor-nix/example.com/api", "Dir": "/t/vendor-nix/example.com/api"}}
}
{
	"ImportPath": "example.com/c",
	"Module": {"Path": "example.com/c", "Main": true, "GoVersion": "1.24"},
	"Incomplete": true,
	"DepsErrors": [
		{"ImportStack": ["example.com/c"], "Pos": "main.go:3:8", "Err": "no required module provides package x"}
	]
}
"#;

    #[test]
    fn a_list_of_packages_is_a_stream() {
        let packages: Vec<ListedPackage> = read_stream("go list", LIST.as_bytes()).unwrap();
        let [unsafe_, cairo, api, main] = packages.as_slice() else { panic!("{}", packages.len()) };
        assert!(unsafe_.standard && unsafe_.module.is_none());
        assert_eq!(
            (cairo.cgo_pkg_config.as_slice(), cairo.cgo_files.len()),
            (&["cairo".to_owned()][..], 2)
        );
        assert_eq!(cairo.module.as_ref().unwrap().go_version, Some("1.16".parse().unwrap()));
        let replace = api.module.as_ref().unwrap().replace.as_ref().unwrap();
        assert_eq!(
            (replace.path.as_str(), replace.version.as_str()),
            ("./vendor-nix/example.com/api", "")
        );
        assert!(main.incomplete && main.module.as_ref().unwrap().main);
        assert_eq!(main.deps_errors[0].pos, "main.go:3:8");
    }

    #[test]
    fn failed_downloads_carry_go_s_words() {
        let text = br#"{"Path":"a.example.com/b","Version":"v1.0.0","Error":"not found"}
            {"Path":"a.example.com/c","Version":"v1.0.0","Zip":"/c.zip","Sum":"h1:x","GoModSum":"h1:y","Reuse":true}"#;
        let modules: Vec<DownloadedModule> = read_stream("go mod download", text).unwrap();
        assert_eq!(modules[0].error.as_deref(), Some("not found"));
        assert_eq!((modules[1].sum.as_str(), modules[1].go_mod_sum.as_str()), ("h1:x", "h1:y"));
    }

    #[test]
    fn anything_else_names_the_command() {
        let error =
            read_stream::<ListedPackage>("go list", b"{\"ImportPath\": \"a\"} oops").unwrap_err();
        assert!(error.to_string().contains("`go list`"), "{error}");
        assert!(read_env("go env", b"[]").is_err());
        assert_eq!(read_env("go env", br#"{"GOOS":"linux"}"#).unwrap()["GOOS"], "linux");
        assert_eq!(read_stream::<ListedPackage>("go list", b"").unwrap(), []);
    }
}
