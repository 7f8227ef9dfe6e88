//! Who needs what, as a graph: the app, its plugins, Go modules, C libraries and packages. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::golang::ListedPackage;
use crate::lock::LockedClosure;

/// What a node is; the order is that in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    App,
    Module,
    Library,
    Package,
    Plugin,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Plugin => "plugin",
            Self::Module => "module",
            Self::Library => "library",
            Self::Package => "package",
        }
    }
}

/// Something that is needed, or needs something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// A plugin's is that of the manifest, a module's its path, a library's that of its pkg-config module.
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// Where it is from, in a word: a folder, a plugin's module, a repository.
    pub(super) from: Option<String>,
}

/// A node by its number.
pub(super) type Id = usize;

/// The graph. Node 0 is the app.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    needs: Vec<BTreeSet<Id>>,
}

/// Which way edges are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To what a node needs.
    Needs,
    /// To what needs it.
    NeededBy,
}

/// What a graph is made from.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// The app.
    pub(super) app: Node,
    /// The plugins of the set by their module paths.
    pub(super) plugins: BTreeMap<String, Node>,
    /// The folders of modules that are in one, by their paths.
    pub(super) folders: BTreeMap<String, String>,
    /// C libraries that members declare, by the members' module paths; the app's is empty.
    pub(super) declared: Vec<(String, String)>,
    /// All that is compiled.
    pub(super) packages: &'a [ListedPackage],
    /// The C packages, where the target has some.
    pub(super) closure: Option<&'a LockedClosure>,
}

impl Graph {
    pub(super) fn new(parts: Parts<'_>) -> Self {
        let mut builder = Builder { parts, graph: Self::default(), modules: BTreeMap::new() };
        builder.build();
        builder.graph
    }

    /// The nodes next to one, in the order in which they are listed.
    pub(super) fn next(&self, id: Id, way: Way) -> Vec<Id> {
        let mut next: Vec<Id> = match way {
            Way::Needs => self.needs[id].iter().copied().collect(),
            Way::NeededBy => {
                (0..self.nodes.len()).filter(|n| self.needs[*n].contains(&id)).collect()
            }
        };
        next.sort_by_key(|id| &self.nodes[*id]);
        next
    }

    /// The nodes of that name, or whose module has that path.
    pub(super) fn named(&self, name: &str) -> Vec<Id> {
        let is = |node: &Node| {
            let by_module = node.kind == Kind::Plugin && node.from.as_deref() == Some(name);
            node.name == name || by_module
        };
        (0..self.nodes.len()).filter(|id| is(&self.nodes[*id])).collect()
    }

    /// All that can be reached from some nodes, themselves included.
    pub(super) fn reached(&self, from: &[Id], way: Way) -> BTreeSet<Id> {
        let mut reached: BTreeSet<Id> = from.iter().copied().collect();
        let mut open = from.to_vec();
        while let Some(id) = open.pop() {
            open.extend(self.next(id, way).into_iter().filter(|next| reached.insert(*next)));
        }
        reached
    }

    /// The edges between these nodes.
    pub(super) fn edges(&self, among: &BTreeSet<Id>) -> Vec<(Id, Id)> {
        let of = |id: Id| self.needs[id].iter().map(move |to| (id, *to));
        among.iter().copied().flat_map(of).filter(|(_, to)| among.contains(to)).collect()
    }

    /// A shortest way from one node to another, both included, that passes through none of `around`.
    fn way(&self, from: Id, to: Id, around: &BTreeSet<Id>) -> Option<Vec<Id>> {
        let mut came_from: BTreeMap<Id, Id> = BTreeMap::new();
        let mut open = VecDeque::from([from]);
        while let Some(id) = open.pop_front() {
            if id == to {
                let mut way = vec![id];
                while let Some(before) = way.last().filter(|id| **id != from) {
                    way.push(came_from[before]);
                }
                way.reverse();
                return Some(way);
            }
            for next in self.next(id, Way::Needs) {
                if next != from && !around.contains(&next) && !came_from.contains_key(&next) {
                    came_from.insert(next, id);
                    open.push_back(next);
                }
            }
        }
        None
    }

    /// Why the app has a node: the shortest way that passes through no plugin, and one for each plugin.
    pub(super) fn chains(&self, to: Id) -> Vec<Vec<Id>> {
        let is_plugin = |id: &Id| self.nodes[*id].kind == Kind::Plugin;
        let plugins: BTreeSet<Id> = (0..self.nodes.len()).filter(is_plugin).collect();
        let own = self.way(0, to, &plugins);
        let own_plugins = self.next(0, Way::Needs).into_iter().filter(is_plugin);
        let by_plugin = own_plugins.filter_map(|plugin| {
            let others = plugins.iter().copied().filter(|other| *other != to);
            let way = self.way(plugin, to, &others.chain([0]).collect())?;
            Some(std::iter::once(0).chain(way).collect())
        });
        own.into_iter().chain(by_plugin).collect()
    }
}

struct Builder<'a> {
    parts: Parts<'a>,
    graph: Graph,
    /// Go modules by their paths.
    modules: BTreeMap<String, Id>,
}

impl Builder<'_> {
    fn build(&mut self) {
        let app = self.node(self.parts.app.clone());
        // A plugin belongs to the app whether a package of the app imports it or not.
        for (module, plugin) in self.parts.plugins.clone() {
            let plugin = self.node(plugin);
            self.modules.insert(module, plugin);
            self.edge(app, plugin);
        }
        self.go_packages();
        for (module, library) in std::mem::take(&mut self.parts.declared) {
            let by = if module.is_empty() { Some(app) } else { self.modules.get(&module).copied() };
            if let Some(by) = by {
                let library = self.library(&library);
                self.edge(by, library);
            }
        }
        if let Some(closure) = self.parts.closure {
            self.c_packages(closure, app);
        }
    }

    fn go_packages(&mut self) {
        let packages = self.parts.packages.iter().filter(|package| !package.standard);
        let mut owners = BTreeMap::new();
        for package in packages.clone() {
            owners.insert(package.import_path.as_str(), self.module_of(package));
        }
        for package in packages {
            let by = owners[package.import_path.as_str()];
            for import in &package.imports {
                if let Some(&module) = owners.get(import.as_str()) {
                    self.edge(by, module);
                }
            }
            for word in package.cgo_pkg_config.iter().filter(|word| !word.starts_with('-')) {
                let library = self.library(word);
                self.edge(by, library);
            }
        }
    }

    fn module_of(&mut self, package: &ListedPackage) -> Id {
        let Some(module) = package.module.as_ref().filter(|module| !module.main) else { return 0 };
        if let Some(id) = self.modules.get(&module.path) {
            return *id;
        }
        let replaced = module.replace.as_ref().map(|with| with.version.clone());
        let from = self.parts.folders.get(&module.path).cloned();
        let version = match (&from, replaced) {
            (Some(_), _) => String::new(),
            (None, with) => with.filter(|with| !with.is_empty()).unwrap_or(module.version.clone()),
        };
        let version = Some(version).filter(|version| !version.is_empty());
        let id = self.node(Node { kind: Kind::Module, name: module.path.clone(), version, from });
        self.modules.insert(module.path.clone(), id);
        id
    }

    fn c_packages(&mut self, closure: &LockedClosure, app: Id) {
        let mut packages = BTreeMap::new();
        for locked in &closure.packages {
            let name = locked.package.name.to_string();
            let id = self.node(Node {
                kind: Kind::Package,
                name: name.clone(),
                version: Some(locked.package.version.clone()),
                from: Some(closure.repository.clone()),
            });
            packages.insert(name, id);
        }
        let mut wished = BTreeSet::new();
        for wish in &closure.wishes {
            let library = self.library(&wish.pkg_config);
            // A plugin that this set has not may declare it: the packages are the same for all sets.
            if self.graph.next(library, Way::NeededBy).is_empty() {
                self.edge(app, library);
            }
            if let Some(&package) = packages.get(wish.package.as_str()) {
                self.edge(library, package);
                wished.insert(package);
            }
        }
        for locked in &closure.packages {
            let id = packages[locked.package.name.as_str()];
            for by in &locked.needed_by {
                match packages.get(by) {
                    Some(&by) => self.edge(by, id),
                    // The C library, which all that is compiled needs.
                    None if !wished.contains(&id) => self.edge(app, id),
                    None => {}
                }
            }
        }
    }

    fn library(&mut self, name: &str) -> Id {
        self.node(Node { kind: Kind::Library, name: name.to_owned(), version: None, from: None })
    }

    fn node(&mut self, node: Node) -> Id {
        if let Some(id) = self.graph.nodes.iter().position(|known| *known == node) {
            return id;
        }
        self.graph.nodes.push(node);
        self.graph.needs.push(BTreeSet::new());
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: Id, to: Id) {
        if from != to {
            self.graph.needs[from].insert(to);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The app `a`, and modules that need what is said; those with a `p` are plugins.
    pub(in crate::ops::tree) fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut builder = Builder {
            parts: Parts {
                app: node("a"),
                plugins: BTreeMap::new(),
                folders: BTreeMap::new(),
                declared: Vec::new(),
                packages: &[],
                closure: None,
            },
            graph: Graph::default(),
            modules: BTreeMap::new(),
        };
        builder.node(node("a"));
        for (from, to) in edges {
            let (from, to) = (builder.node(node(from)), builder.node(node(to)));
            builder.edge(from, to);
        }
        builder.graph
    }

    fn node(name: &str) -> Node {
        let kind = match name.chars().next() {
            Some('a') => Kind::App,
            Some('p') => Kind::Plugin,
            _ => Kind::Module,
        };
        Node { kind, name: name.to_owned(), version: None, from: None }
    }

    fn chains(edges: &[(&str, &str)], to: &str) -> Vec<String> {
        let graph = graph(edges);
        let chains = graph.chains(graph.named(to)[0]).into_iter();
        let names =
            |chain: Vec<Id>| chain.iter().map(|id| graph.nodes[*id].name.as_str()).collect();
        chains.map(names).collect::<Vec<Vec<&str>>>().iter().map(|chain| chain.join(" ")).collect()
    }

    #[test]
    fn chains_are_the_shortest_and_one_for_each_plugin() {
        let edges = [
            ("a", "m"),
            ("m", "n"),
            ("n", "x"),
            ("m", "x"),
            ("a", "p1"),
            ("p1", "x"),
            ("a", "p2"),
            ("p2", "n"),
            ("n", "m"),
            ("a", "p3"),
        ];
        assert_eq!(chains(&edges, "x"), ["a m x", "a p1 x", "a p2 n x"]);
        assert_eq!(chains(&edges, "p3"), ["a p3"]);
        assert_eq!(chains(&edges, "a"), ["a"]);
        assert_eq!(chains(&[("a", "p1"), ("p1", "p2"), ("a", "p2")], "p2"), ["a p1 p2", "a p2"]);
    }
}
