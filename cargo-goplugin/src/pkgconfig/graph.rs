//! The modules that a request reaches, and the flags gathered on the way through them.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use super::dependency::Dependency;
use super::file::Module;
use super::fragment::{self, Fragment, Fragments, Visibility};
use super::request::{Ask, Compare, Request, Switch};
use super::{Files, variables, version};

/// Modules visited for one answer. A module is visited once per way that leads to it, as pkgconf does
/// (the order of flags comes from it); files made for it could give any number of ways.
const VISIT_LIMIT: usize = 500_000;

/// What requires the modules of the command line.
const WORLD: &str = "virtual:world";

/// The modules read so far.
pub(super) struct Graph<'g> {
    request: &'g Request,
    files: &'g dyn Files,
    read: BTreeMap<String, Option<Rc<Module<'g>>>>,
}

/// One way through the modules.
struct Walk<'w> {
    /// Whether modules that are only needed for static linking are visited.
    private: Private,
    /// How the flags of the module being visited count. Not restored after a nested list, as in pkgconf.
    visibility: Visibility,
    skip_internal: bool,
    /// The modules from the command line to the one being visited.
    path: Vec<String>,
    visits: usize,
    complaints: String,
    visit: &'w mut dyn FnMut(&Module<'_>, Visibility),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Private {
    Visited,
    Skipped,
}

impl<'g> Graph<'g> {
    pub(super) fn new(request: &'g Request, files: &'g dyn Files) -> Self {
        Self { request, files, read: BTreeMap::new() }
    }

    /// Whether every module that is asked for is there, with all it requires.
    pub(super) fn verify(&mut self) -> Result<(), String> {
        self.walk(self.linking(), false, &mut |_, _| {})
    }

    /// Whether one of the modules has a fitting version; any module that is missing ends the search.
    pub(super) fn any_version(&mut self, compare: Compare, bound: &str) -> Result<(), String> {
        let fits = |version: &str| match (compare, version::compare(version, bound)) {
            (Compare::AtLeast | Compare::ToolAtLeast, order) => order != Ordering::Less,
            (Compare::Exact, order) => order == Ordering::Equal,
            (Compare::AtMost, order) => order != Ordering::Greater,
        };
        if compare == Compare::ToolAtLeast {
            return if fits(super::COMPATIBLE_WITH) { Ok(()) } else { Err(String::new()) };
        }
        for dependency in &self.request.modules {
            let name = &dependency.module;
            let module =
                self.find(name).ok_or_else(|| format!("Package '{name}' was not found\n"))?;
            if fits(&module.version) {
                return Ok(());
            }
        }
        Err(String::new())
    }

    /// The answer to a question about the modules themselves. They are verified before.
    pub(super) fn fact(&mut self, ask: &Ask) -> Result<String, String> {
        if *ask == Ask::RequiresPrivate {
            self.walk(Private::Visited, false, &mut |_, _| {})?;
        }
        let names = self.request.modules.iter().map(|dependency| &dependency.module);
        let modules: Vec<_> = names.filter_map(|name| self.find(name)).collect();
        if let Ask::Variable(name) = ask {
            let values =
                modules.iter().map(|module| module.variables.get(name).unwrap_or_default());
            return Ok(values.collect::<Vec<_>>().join(" ") + "\n");
        }
        let lines = modules.iter().map(|module| {
            if *ask == Ask::Requires {
                requirements(&module.requires)
            } else if *ask == Ask::RequiresPrivate {
                requirements(&module.requires_private)
            } else {
                format!("{}\n", module.version)
            }
        });
        Ok(lines.collect())
    }

    /// The flags asked for: the compiler's, then the linker's.
    pub(super) fn flags(&mut self) -> Result<String, String> {
        let mut text = String::new();
        if self.request.asks(&[Ask::CflagsI, Ask::CflagsOther]) {
            text.push_str(&self.cflags()?);
        }
        if self.request.asks(&[Ask::LibsFolder, Ask::LibsName, Ask::LibsOther]) {
            text.push_str(&self.libs()?);
        }
        Ok(text)
    }

    /// Headers include the headers of what is required privately, so those flags always count.
    fn cflags(&mut self) -> Result<String, String> {
        let mut list = Fragments::new();
        let skip_internal = !self.request.has(Switch::InternalCflags);
        self.walk(Private::Visited, skip_internal, &mut |module, _| {
            module
                .cflags
                .iter()
                .for_each(|flag| fragment::copy(&mut list, flag, Visibility::Public));
        })?;
        if self.merges_private() {
            self.walk(Private::Visited, skip_internal, &mut |module, _| {
                list.extend_from_slice(&module.cflags_private);
            })?;
        }
        let system: &[String] = if self.request.has(Switch::KeepSystemCflags) {
            &[]
        } else {
            &self.request.settings.system_include
        };
        let ask = |flag: &Fragment| match flag.letter {
            Some('I') => Ask::CflagsI,
            _ => Ask::CflagsOther,
        };
        Ok(self.render(&list, 'I', system, ask))
    }

    fn libs(&mut self) -> Result<String, String> {
        let mut list = Fragments::new();
        let merge = self.merges_private();
        self.walk(self.linking(), false, &mut |module, visibility| {
            module.libs.iter().for_each(|flag| fragment::copy(&mut list, flag, visibility));
            if merge {
                list.extend_from_slice(&module.libs_private);
            }
        })?;
        let system: &[String] = if self.request.has(Switch::KeepSystemLibs) {
            &[]
        } else {
            &self.request.settings.system_lib
        };
        let ask = |flag: &Fragment| match flag.letter {
            Some('L') => Ask::LibsFolder,
            Some('l') => Ask::LibsName,
            _ => Ask::LibsOther,
        };
        Ok(self.render(&list, 'L', system, ask))
    }

    fn render(
        &self,
        list: &Fragments,
        folder: char,
        system: &[String],
        ask: impl Fn(&Fragment) -> Ask,
    ) -> String {
        let is_system = |flag: &Fragment| {
            let path = variables::collapse_slashes(&flag.text);
            flag.letter == Some(folder)
                && system.iter().any(|system| variables::collapse_slashes(system) == path)
        };
        let wanted = |flag: &&Fragment| !is_system(flag) && self.request.asks(&[ask(flag)]);
        fragment::render(list.iter().filter(wanted))
    }

    /// Debian's pkgconf checks the whole graph for `--exists`, too.
    fn linking(&self) -> Private {
        let deep = self.request.has(Switch::Static) || self.request.asks(&[Ask::Exists]);
        if deep && !self.request.has(Switch::Shared) { Private::Visited } else { Private::Skipped }
    }

    fn merges_private(&self) -> bool {
        let off = self.request.has(Switch::Shared) || self.request.has(Switch::Pure);
        self.request.has(Switch::Static) && !off
    }

    fn find(&mut self, name: &str) -> Option<Rc<Module<'g>>> {
        if let Some(known) = self.read.get(name) {
            return known.clone();
        }
        let module = self.load(name).map(Rc::new);
        self.read.insert(name.to_owned(), module.clone());
        module
    }

    fn load(&self, name: &str) -> Option<Module<'g>> {
        let settings = &self.request.settings;
        let read = |path: &str| {
            let text = self.files.read(path)?;
            Module::read(path, &text, &self.request.globals, settings.sysroot.as_deref())
        };
        // A name may be a file's.
        if let Some(module) = name.strip_suffix(".pc").and_then(|_| read(name)) {
            return Some(module);
        }
        if matches!(name, "pkg-config" | "pkgconf") {
            return Some(Module::built_in(&self.request.globals));
        }
        // A name is no path: it must not lead out of the folder.
        if name.contains("..") {
            return None;
        }
        settings.libdir.iter().find_map(|folder| read(&format!("{folder}/{name}.pc")))
    }

    fn walk(
        &mut self,
        private: Private,
        skip_internal: bool,
        visit: &mut dyn FnMut(&Module<'_>, Visibility),
    ) -> Result<(), String> {
        let mut walk = Walk {
            private,
            visibility: Visibility::Public,
            skip_internal,
            path: Vec::new(),
            visits: 0,
            complaints: String::new(),
            visit,
        };
        if self.walk_list(&self.request.modules, &mut walk) { Ok(()) } else { Err(walk.complaints) }
    }

    /// Visits a list of modules and all below them; says whether all are there.
    fn walk_list(&mut self, list: &[Dependency], walk: &mut Walk<'_>) -> bool {
        let mut complete = true;
        for dependency in list {
            let Some(module) = self.required(dependency, walk) else {
                complete = false;
                continue;
            };
            let skipped = walk.skip_internal && dependency.internal;
            if skipped || walk.path.contains(&dependency.module) {
                continue;
            }
            walk.visits += 1;
            if walk.visits > VISIT_LIMIT {
                if walk.visits == VISIT_LIMIT + 1 {
                    walk.complaints.push_str("The modules require each other in too many ways\n");
                }
                return false;
            }
            walk.path.push(dependency.module.clone());
            complete &= self.walk_module(&module, walk);
            walk.path.pop();
        }
        complete
    }

    fn walk_module(&mut self, module: &Module<'g>, walk: &mut Walk<'_>) -> bool {
        (walk.visit)(module, walk.visibility);
        if !self.request.has(Switch::IgnoreConflicts) && !self.agrees(module, walk) {
            return false;
        }
        if !self.walk_list(&module.requires, walk) {
            return false;
        }
        if walk.private == Private::Skipped {
            return true;
        }
        walk.visibility = Visibility::Private;
        let complete = self.walk_list(&module.requires_private, walk);
        walk.visibility = Visibility::Public;
        complete
    }

    /// The module that a dependency means, or a complaint.
    fn required(&mut self, dependency: &Dependency, walk: &mut Walk<'_>) -> Option<Rc<Module<'g>>> {
        let name = &dependency.module;
        let Some(module) = self.find(name) else {
            if walk.complaints.is_empty() && !self.request.has(Switch::ShortErrors) {
                let _ = write!(
                    walk.complaints,
                    "Package {name} was not found in the pkg-config search path.\n\
                     Perhaps you should add the directory containing `{name}.pc'\n\
                     to the PKG_CONFIG_PATH environment variable\n"
                );
            }
            let parent = walk.path.last().map_or(WORLD, String::as_str);
            let _ =
                writeln!(walk.complaints, "Package '{name}', required by '{parent}', not found");
            return None;
        };
        match &dependency.bound {
            Some(bound) if !bound.holds(&module.version) => {
                let _ = write!(
                    walk.complaints,
                    "Package dependency requirement '{name} {bound}' could not be satisfied.\n\
                     Package '{name}' has version '{}', required version is '{bound}'\n",
                    module.version
                );
                None
            }
            _ => Some(module),
        }
    }

    /// Whether nothing that a module requires conflicts with it.
    fn agrees(&mut self, module: &Module<'g>, walk: &mut Walk<'_>) -> bool {
        for conflict in &module.conflicts {
            if !module.requires.iter().any(|required| required.module == conflict.module) {
                continue;
            }
            let Some(other) = self.find(&conflict.module) else { continue };
            if conflict.bound.as_ref().is_none_or(|bound| bound.holds(&other.version)) {
                let rule = requirements(std::slice::from_ref(conflict));
                let _ = writeln!(
                    walk.complaints,
                    "Version '{}' of '{}' conflicts with '{}' due to satisfying conflict rule '{}'.",
                    other.version,
                    other.name,
                    module.name,
                    rule.trim_end()
                );
                return false;
            }
        }
        true
    }
}

fn requirements(list: &[Dependency]) -> String {
    let line = |dependency: &Dependency| match &dependency.bound {
        Some(bound) => format!("{} {bound}\n", dependency.module),
        None => format!("{}\n", dependency.module),
    };
    list.iter().map(line).collect()
}
