//! What a step that generates files reads, and which packages of the workspace its tool is made of: when one of
//! them changes, it has to run again.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::member::{self, Limits, SourceFile};
use super::sources::{LocalModule, Locals, PathModule, Sources};
use super::tree::app_sources;
use crate::error::{Error, ErrorId, Result};
use crate::golang::scan;
use crate::manifest::{Step, StepProgram};
use crate::vocab::{Sha256, program_name};
use crate::world::files;

/// The import path of the package that a step's `go tool` runs, by the `tool` lines of the app's go.mod; `None` for
/// other steps, and for a name that no line has.
pub fn tool_package(sources: &Sources<'_>, step: &Step) -> Result<Option<String>> {
    let locals = Locals::of_workspace(sources)?;
    Ok(locals.app.go_mod.tools.iter().find(|tool| is_tool(step, tool)).cloned())
}

/// Whether a package that a go.mod declares as a tool is what a step's `go tool` names.
pub(super) fn is_tool(step: &Step, package: &str) -> bool {
    match &step.command.program {
        StepProgram::GoTool(name) => package == name || program_name(package) == name,
        StepProgram::GoRun(_) | StepProgram::Own(_) | StepProgram::Machine(_) => false,
    }
}

/// A digest over the files that a step reads, by what the manifest says, and over those of the workspace that its
/// tool is made of. `sources` has the files that earlier steps made; `packages` are those that its go command runs.
pub fn step_inputs(sources: &Sources<'_>, step: &Step, packages: &[String]) -> Result<Sha256> {
    let locals = Locals::of_workspace(sources)?;
    let limits = Limits::new(sources.root, &[sources.target_dir])?;
    let app = app_sources(sources, &locals.app, &limits)?;
    let mut lines = BTreeSet::new();
    for PathModule { module, pinned, .. } in &sources.path_modules {
        lines.extend(pinned.iter().map(|pinned| format!("pinned {module} {}\n", pinned.tree)));
    }
    for local in locals.all() {
        lines.insert(format!("module {} {}\n", local.module, Sha256::of(&local.go_mod_text)));
    }
    for inputs in &step.inputs {
        let found: Vec<_> = app.iter().filter(|file| inputs.cover(&file.path)).collect();
        if found.is_empty() {
            let command = &step.command;
            let what = format!("no file for the step `{command}` to read");
            return Err(Error::new(ErrorId::NoInput, what)
                .because(format!("nothing in `{}` matches `{}`", locals.app.dir, inputs.as_str()))
                .hint("mend `inputs` in `[[build.generate]]`; what a later step makes is not there yet"));
        }
        for file in found {
            lines.insert(format!("input {} {}\n", file.path, Sha256::of(files::read(&file.from)?)));
        }
    }
    let mut tool = Tool { locals: &locals, limits: &limits, app: &app, files: BTreeMap::new() };
    match &step.command.program {
        StepProgram::GoRun(_) | StepProgram::GoTool(_) => tool.packages(packages)?,
        StepProgram::Own(path) => {
            tool.add(&locals.app, app.iter().filter(|file| file.path == *path))?;
        }
        StepProgram::Machine(_) => {}
    }
    lines.extend(tool.files.iter().map(|(path, digest)| format!("tool {path} {digest}\n")));
    Ok(Sha256::of(lines.into_iter().collect::<String>()))
}

/// The part of a tool that stands in folders.
struct Tool<'a> {
    locals: &'a Locals,
    limits: &'a Limits,
    app: &'a [SourceFile],
    /// By module and path, which are the same on another machine.
    files: BTreeMap<Utf8PathBuf, Sha256>,
}

impl Tool<'_> {
    /// Takes note of packages, and of all in folders that they import.
    fn packages(&mut self, packages: &[String]) -> Result<()> {
        let app = self.locals.app.module.clone();
        let (mut open, mut seen) = (Vec::new(), BTreeSet::new());
        for package in packages {
            if Utf8Path::new(package).extension() == Some("go") {
                let path = Utf8Path::new(package);
                let path = path.strip_prefix(".").unwrap_or(path);
                let found = self.app.iter().filter(|file| file.path == path);
                open.extend(self.add(&self.locals.app, found)?);
            } else if let Some(below) = package.strip_prefix("./") {
                let path = Utf8Path::new(app.as_str()).join(below);
                open.push(path.as_str().trim_end_matches('/').to_owned());
            } else {
                open.push(package.clone());
            }
        }
        while let Some(import) = open.pop() {
            if seen.insert(import.clone()) {
                open.extend(self.package(&import)?);
            }
        }
        Ok(())
    }

    /// Takes note of a package, and gives what it imports; nothing of one that stands in no folder.
    fn package(&mut self, import: &str) -> Result<Vec<String>> {
        let Some(owner) = self.locals.owner(import) else { return Ok(Vec::new()) };
        let folder = import.strip_prefix(owner.module.as_str()).unwrap_or_default();
        let folder = Utf8Path::new(folder.trim_start_matches('/'));
        let found = self.files_of(owner)?;
        let is_test = |file: &SourceFile| file.path.as_str().ends_with("_test.go");
        let own = found.iter().filter(|file| file.folder() == folder && !is_test(file));
        let own: Vec<_> = own.collect();
        let embeds = |file: &&&SourceFile| -> Result<bool> {
            Ok(file.is_go() && !scan(&files::read_text(&file.from)?).embeds.is_empty())
        };
        let has_embeds = own.iter().map(|file| embeds(&file)).collect::<Result<Vec<_>>>()?;
        if has_embeds.contains(&true) {
            self.add(owner, found.iter().filter(|file| file.path.starts_with(folder)))?;
        }
        self.add(owner, own.into_iter())
    }

    fn files_of(&self, owner: &LocalModule) -> Result<Vec<SourceFile>> {
        if owner.module == self.locals.app.module {
            return Ok(self.app.to_vec());
        }
        member::files(&owner.dir, self.limits)
    }

    /// Takes note of files, and gives what the Go files among them import.
    fn add<'f>(
        &mut self,
        owner: &LocalModule,
        found: impl Iterator<Item = &'f SourceFile>,
    ) -> Result<Vec<String>> {
        let mut imports = Vec::new();
        for file in found {
            let bytes = files::read(&file.from)?;
            if file.is_go() {
                imports.extend(scan(&String::from_utf8_lossy(&bytes)).imports);
            }
            let path = Utf8Path::new(owner.module.as_str()).join(&file.path);
            self.files.insert(path, Sha256::of(&bytes));
        }
        Ok(imports)
    }
}
