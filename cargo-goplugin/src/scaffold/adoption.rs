//! The files that make a workspace of a folder, and what they leave to be done by hand. Pure.

use camino::{Utf8Path, Utf8PathBuf};

use super::home::HomeFile;
use super::proposal::Proposal;
use super::survey::Survey;
use super::template::{fill, toml_string, toml_strings};
use super::write::NewFile;
use crate::golang::ResultType;
use crate::manifest::{Registration, relative_path};

/// What is to be written, and what is not.
#[derive(Debug, Clone, Default)]
pub struct Adoption {
    /// New files, relative to the workspace.
    pub files: Vec<NewFile>,
    /// What to add to `members` of a root manifest that is there.
    pub members: Vec<String>,
    /// Sentences on what a person has to do.
    pub remaining: Vec<String>,
}

/// Works out the files. `home` is the root manifest that is to be changed; without it, one is made.
#[must_use]
pub fn adopt(
    proposal: &Proposal<'_>,
    survey: &Survey,
    home: Option<HomeFile>,
    author: &str,
) -> Adoption {
    let mut adoption = Adoption { members: proposal.members(survey), ..Adoption::default() };
    let members = format!("members = [{}]\n", toml_strings(&adoption.members).trim());
    let head = if adoption.members.is_empty() { String::new() } else { members };
    let head = format!("[workspace]\n{head}");
    let app = app_manifest(proposal, author);
    let at_root = proposal.app.dir.as_str().is_empty();
    let own = proposal.app.dir.join("goplugin.toml");
    match (home, at_root) {
        (None, true) => adoption.files.push(NewFile::new(own, format!("{head}\n{app}"))),
        (None, false) => {
            adoption.files.push(NewFile::new("goplugin.toml", head));
            adoption.app_manifest(proposal, own, app);
        }
        (Some(_), _) => adoption.app_manifest(proposal, own, app),
    }
    adoption.apis(proposal);
    adoption.variable(proposal);
    for (module, why) in &proposal.left_out {
        adoption.remaining.push(format!("the module `{module}` was left out: {why}"));
    }
    adoption
}

impl Adoption {
    fn app_manifest(&mut self, proposal: &Proposal<'_>, path: Utf8PathBuf, text: String) {
        if proposal.app.has_manifest {
            self.remaining.push(format!("`{path}` was there, and stays as it is"));
        } else {
            self.files.push(NewFile::new(path, text));
        }
    }

    /// An API that only a `go.work` makes known has to say what it is.
    fn apis(&mut self, proposal: &Proposal<'_>) {
        let users = || proposal.plugins.values().copied().chain([proposal.app]);
        for api in &proposal.apis {
            let required = users().any(|user| user.requires.contains(api.path.as_str()));
            if !required && !api.has_manifest {
                let text = "[package]\nkind = \"api\"\n";
                self.files.push(NewFile::new(api.dir.join("goplugin.toml"), text));
            }
        }
    }

    /// The variable that `plugins.go` appends to.
    fn variable(&mut self, proposal: &Proposal<'_>) {
        let main = proposal.main;
        let folder: Utf8PathBuf = proposal.app.dir.join(&main.folder).components().collect();
        if main.files.contains("plugins.go") {
            let path = folder.join("plugins.go");
            self.remaining.push(format!(
                "`{path}` has the name of the file that is generated: give it another"
            ));
        }
        if proposal.style == Registration::Init {
            return;
        }
        if proposal.plugins.is_empty() {
            self.remaining.push(
                "no plugin was found: one is a module whose package has a `func Plugin()`, listed \
                 under `[plugins]` of the app's `goplugin.toml`"
                    .to_owned(),
            );
        }
        if proposal.plugins.is_empty() || main.variables.contains("plugins") {
            return;
        }
        let path = folder.join("plugin_list.go");
        match common_type(proposal) {
            Some(result) if !main.files.contains("plugin_list.go") => {
                self.require(proposal, &result);
                self.files.push(NewFile::new(path, declaration(&result)));
                self.remaining.push(format!(
                    "nothing uses the variable `plugins` of `{}` yet: run through it in `main`",
                    shown(&folder)
                ));
            }
            _ => self.remaining.push(format!(
                "declare `var plugins []T` in `{}`, where `T` is what each `Plugin()` returns: it \
                 could not be told from the plugins",
                shown(&folder)
            )),
        }
    }

    /// Plain `go build` in the app's folder needs what the new import asks for.
    fn require(&mut self, proposal: &Proposal<'_>, result: &ResultType) {
        let app = proposal.app;
        for api in &proposal.apis {
            let imports = |(_, path): &(String, String)| api.path.contains(path);
            if result.imports.iter().any(imports) && !app.requires.contains(api.path.as_str()) {
                let (module, path) = (&api.path, relative_path(&app.dir, &api.dir));
                self.remaining.push(format!(
                    "for plain `go build`, run `go mod edit -require={module}@v0.0.0 \
                     -replace={module}=./{path}` in `{}`",
                    shown(&app.dir)
                ));
            }
        }
    }
}

fn app_manifest(proposal: &Proposal<'_>, author: &str) -> String {
    let mut parts = vec![format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nkind = \"app\"\nauthors = [{}]\n",
        proposal.name,
        toml_string(author)
    )];
    let main = proposal.main.folder.as_str();
    if !main.is_empty() {
        parts.push(format!("[build]\nmain = {}\n", toml_string(main)));
    }
    if !proposal.plugins.is_empty() {
        let plugins = proposal.plugins.iter().map(|(name, module)| {
            let path = relative_path(&proposal.app.dir, &module.dir);
            format!("{name} = {{ path = {} }}\n", toml_string(path.as_str()))
        });
        parts.push(format!("[plugins]\n{}", plugins.collect::<String>()));
    }
    let style = if proposal.style == Registration::Init { "init" } else { "append" };
    parts.push(format!("[registration]\nstyle = \"{style}\"\n"));
    parts.join("\n")
}

/// What the plugins' functions return, if that is one type.
fn common_type(proposal: &Proposal<'_>) -> Option<ResultType> {
    let mut results =
        proposal.plugins.values().map(|module| module.root_package()?.plugin_result.clone());
    let first = results.next()??;
    results.all(|result| result.as_ref() == Some(&first)).then_some(first)
}

fn declaration(result: &ResultType) -> String {
    let specs: Vec<_> = result
        .imports
        .iter()
        .map(|(name, path)| match path.rsplit('/').next() {
            Some(last) if last == name => format!("\"{path}\""),
            _ => format!("{name} \"{path}\""),
        })
        .collect();
    let imports = match specs.as_slice() {
        [] => String::new(),
        [one] => format!("\nimport {one}\n"),
        several => format!("\nimport (\n\t{}\n)\n", several.join("\n\t")),
    };
    let values = [("imports", imports.as_str()), ("type", &result.text)];
    fill(include_str!("templates/declare.go"), &values)
}

fn shown(dir: &Utf8Path) -> &Utf8Path {
    if dir.as_str().is_empty() { Utf8Path::new(".") } else { dir }
}
