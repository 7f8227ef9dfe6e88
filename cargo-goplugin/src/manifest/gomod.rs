//! The little of a go.mod that says which module a folder is, and what it asks for.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::ModulePath;
use crate::world::files;

/// A Go module by its go.mod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoModule {
    /// Its path.
    pub path: ModulePath,
    /// The paths of the modules it requires.
    pub requires: BTreeSet<String>,
}

/// Reads the go.mod of a folder; `None` when there is none.
pub fn read(dir: &Utf8Path) -> Result<Option<GoModule>> {
    let path = dir.join("go.mod");
    if !files::is_file(&path)? {
        return Ok(None);
    }
    let text = files::read_text(&path)?;
    parse(&text).map(Some).map_err(|why| {
        Error::new(ErrorId::NotAModule, format!("could not read `{path}`"))
            .because(why)
            .hint(format!("`go mod edit -json` in `{dir}` shows what Go makes of it"))
    })
}

fn parse(text: &str) -> Result<GoModule, String> {
    let go_mod: gomod_parser::GoMod = text.parse()?;
    if go_mod.module.is_empty() {
        return Err("it has no `module` line".to_owned());
    }
    let path = unquoted(&go_mod.module).parse().map_err(|error| format!("module path {error}"))?;
    let required = go_mod.require.iter().map(|dependency| &dependency.module.module_path);
    Ok(GoModule { path, requires: required.map(|path| unquoted(path).to_owned()).collect() })
}

fn unquoted(path: &str) -> &str {
    path.trim_matches(['"', '`'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_and_what_it_requires_are_read() {
        let text = "// The server.\nmodule example.com/app // here\n\ngo 1.26\n\n\
                    require example.com/api v0.0.0\n\nrequire (\n\texample.com/b v1.2.0 // indirect\n)\n\n\
                    replace example.com/api => ../api\n";
        let module = parse(text).unwrap();
        assert_eq!(module.path.as_str(), "example.com/app");
        assert_eq!(
            module.requires.iter().collect::<Vec<_>>(),
            ["example.com/api", "example.com/b"]
        );
        assert_eq!(parse("module \"example.com/q\"\n").unwrap().path.as_str(), "example.com/q");
    }

    #[test]
    fn what_is_no_go_mod_is_refused() {
        for bad in ["", "go 1.26\n", "module ../x\n", "module a b\nfrobnicate\n", "\0"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
