//! Shows who needs what: plugins, Go modules, C libraries and packages.

mod graph;
mod render;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::describe;
use super::make::{as_asked, everything, planned};
use super::session::{Session, Settings};
use crate::error::{Error, Result};
use crate::manifest::{Member, PluginSource};
use crate::plan::{self, Plan, SetPlan, TargetPlan};
use crate::resolve::{self, Resolved};
use crate::world::World;
use crate::world::shell::{Chain, Event};
use graph::{Graph, Id, Kind, Node, Parts, Way};

/// How `tree` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For graphviz.
    Dot,
}

/// What `tree` is asked for.
#[derive(Debug, Clone)]
pub struct TreeSettings {
    /// Show what needs this, in place of what the app needs.
    pub invert: Option<String>,
    /// How to print.
    pub format: TreeFormat,
}

/// Prints what the app is made of, and which part needs which, for each set and target that is asked for.
pub fn tree(world: &World, settings: &Settings, tree: &TreeSettings) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let views = views(session, plan, settings)?;
        let chosen = views.iter().map(|view| view.choose(tree.invert.as_deref()));
        let chosen: Vec<Vec<Id>> = chosen.collect();
        if let Some(name) = &tree.invert
            && chosen.iter().all(Vec::is_empty)
        {
            return Err(unknown(plan, &views, name));
        }
        match tree.format {
            TreeFormat::Text => text(world, &views, &chosen, tree),
            TreeFormat::Json => {
                let trees = views.iter().zip(&chosen).map(|(view, roots)| view.json(roots, tree));
                let trees: Vec<_> = trees.collect();
                world.shell.document(json!({ "version": 1, "trees": trees }));
            }
            TreeFormat::Dot => {
                for (view, roots) in views.iter().zip(&chosen) {
                    let among = view.graph.reached(roots, tree.way());
                    let text = render::dot(&view.graph, &among, &view.title());
                    world.shell.document(text.trim_end());
                }
            }
        }
        Ok(())
    })
}

/// Prints why the app has something: the shortest chain from the app, and one through each plugin that
/// needs it. Without a set or target, for all of them; what is the same for several is told once.
pub fn why(world: &World, settings: &Settings, name: &str) -> Result<()> {
    planned(world, settings, everything, |session, plan| {
        let views = views(session, plan, settings)?;
        let mut told = Told::default();
        for view in &views {
            let found = view.graph.named(name);
            let chains: Vec<_> = found.iter().flat_map(|id| view.graph.chains(*id)).collect();
            for chain in &chains {
                world.shell.event(|| Event::Chain(view.chain(chain)));
            }
            told.add(view, &chains);
        }
        if told.chains.is_empty() {
            return Err(unknown(plan, &views, name));
        }
        world.shell.data(told.text().trim_end());
        Ok(())
    })
}

/// Chains as they are drawn, each with the views that have it.
#[derive(Default)]
struct Told {
    chains: Vec<(String, Vec<String>)>,
    /// The views that have any.
    views: usize,
}

impl Told {
    fn add(&mut self, view: &View<'_>, chains: &[Vec<Id>]) {
        self.views += usize::from(!chains.is_empty());
        for chain in chains {
            let text = render::chain(&view.graph, chain);
            match self.chains.iter_mut().find(|(known, _)| *known == text) {
                Some((_, titles)) => titles.push(view.title()),
                None => self.chains.push((text, vec![view.title()])),
            }
        }
    }

    /// Where a chain is not in all of them, it says in which it is.
    fn text(&self) -> String {
        let part = |(text, titles): &(String, Vec<String>)| {
            let is_everywhere = titles.len() == self.views;
            let title =
                if is_everywhere { String::new() } else { format!("{}:\n", titles.join(", ")) };
            title + text
        };
        self.chains.iter().map(part).collect::<Vec<_>>().join("\n")
    }
}

impl TreeSettings {
    fn way(&self) -> Way {
        if self.invert.is_some() { Way::NeededBy } else { Way::Needs }
    }
}

/// A set on a target.
struct View<'a> {
    app: &'a str,
    set: &'a str,
    target: &'a str,
    graph: Graph,
}

impl View<'_> {
    fn title(&self) -> String {
        format!("{} ({}) for {}", self.app, self.set, self.target)
    }

    /// The nodes that a tree begins with: the app, or those of a name.
    fn choose(&self, name: Option<&str>) -> Vec<Id> {
        name.map_or_else(|| vec![0], |name| self.graph.named(name))
    }

    fn json(&self, roots: &[Id], tree: &TreeSettings) -> serde_json::Value {
        let among = self.graph.reached(roots, tree.way());
        let mut value = render::json(&self.graph, &among);
        value["app"] = json!(self.app);
        value["set"] = json!(self.set);
        value["target"] = json!(self.target);
        value["roots"] = json!(roots);
        value
    }

    fn chain(&self, chain: &[Id]) -> Chain {
        Chain {
            app: self.app.to_owned(),
            set: self.set.to_owned(),
            target: self.target.to_owned(),
            chain: chain.iter().map(|id| render::label(&self.graph.nodes[*id])).collect(),
        }
    }
}

fn text(world: &World, views: &[View<'_>], chosen: &[Vec<Id>], tree: &TreeSettings) {
    let mut parts = Vec::new();
    for (view, roots) in views.iter().zip(chosen).filter(|(_, roots)| !roots.is_empty()) {
        let title = if views.len() > 1 { format!("{}:\n", view.title()) } else { String::new() };
        let trees = roots.iter().map(|root| render::tree(&view.graph, *root, tree.way()));
        parts.push(title + &trees.collect::<Vec<_>>().join("\n"));
    }
    world.shell.data(parts.join("\n").trim_end());
}

/// The graph of each set on each target.
fn views<'p>(
    session: &Session<'_>,
    plan: &'p Plan<'p>,
    settings: &Settings,
) -> Result<Vec<View<'p>>> {
    let resolved = resolve::resolve(session.context(), plan, settings.lock_mode)?;
    describe::resolved(session.world, &resolved);
    let mut views = Vec::new();
    for set in &plan.sets {
        let mut listed = BTreeMap::new();
        for target in &plan.targets {
            let packages = match listed.entry(target.platform) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let cx = session.context();
                    place.insert(resolve::packages(cx, &resolved, set, target.platform)?)
                }
            };
            let parts = parts(session, &resolved, set, target, packages);
            views.push(View {
                app: plan.app.name.as_str(),
                set: set.name.as_str(),
                target: target.name.as_str(),
                graph: Graph::new(parts),
            });
        }
    }
    Ok(views)
}

fn parts<'a>(
    session: &Session<'_>,
    resolved: &'a Resolved<'_>,
    set: &SetPlan<'_>,
    target: &TargetPlan<'_>,
    packages: &'a [crate::golang::ListedPackage],
) -> Parts<'a> {
    let (plan, workspace) = (resolved.plan, &session.workspace);
    let shown = |member: &Member| {
        let dir = member.dir.strip_prefix(&workspace.root).unwrap_or(&member.dir);
        if dir.as_str().is_empty() { ".".to_owned() } else { dir.to_string() }
    };
    let members = || workspace.apis.iter().chain(&workspace.plugins);
    let folders: BTreeMap<_, _> =
        members().map(|member| (member.module.to_string(), shown(member))).collect();
    let plugin = |(name, plugin): &(&crate::vocab::PluginName, &crate::manifest::Plugin)| {
        let module = plugin.source.module().to_string();
        let (version, from) = match &plugin.source {
            PluginSource::Path { .. } => (None, folders.get(&module).cloned()),
            PluginSource::Git(source) => {
                let locked = resolved.lock().git(&plan.app.name, source);
                (locked.map(|locked| locked.version.to_string()), Some(source.url.to_string()))
            }
            PluginSource::Module { module, version } => {
                let locked = resolved.set(set).selected(module).map(|locked| &locked.version);
                (Some(locked.unwrap_or(version).to_string()), Some(module.to_string()))
            }
        };
        (module, Node { kind: Kind::Plugin, name: name.to_string(), version, from })
    };
    let libraries = |member: &Member, module: &str| {
        let libraries = member.libraries.values();
        libraries.map(|library| (module.to_owned(), library.pkg_config.clone())).collect::<Vec<_>>()
    };
    let declared = members().flat_map(|member| libraries(member, member.module.as_str()));
    let elsewhere = resolved.set(set).declared.iter().flat_map(|plugin| {
        let libraries = plugin.libraries.values();
        libraries.map(|library| (plugin.module.to_string(), library.pkg_config.clone()))
    });
    let app = Node {
        kind: Kind::App,
        name: plan.app.name.to_string(),
        version: Some(plan.app.about.version.to_string()),
        from: Some(shown(&plan.app.member)),
    };
    Parts {
        app,
        plugins: set.plugins.iter().map(plugin).collect(),
        declared: declared.chain(libraries(&plan.app.member, "")).chain(elsewhere).collect(),
        folders,
        packages,
        closure: resolved.closure(target),
    }
}

fn unknown(plan: &Plan<'_>, views: &[View<'_>], name: &str) -> Error {
    let names: BTreeSet<&str> =
        views.iter().flat_map(|view| &view.graph.nodes).map(|node| node.name.as_str()).collect();
    let what = "plugin, Go module, C library or package";
    let error = plan::unknown(what, name, plan.app.name.as_str(), names.into_iter());
    error.hint("what is there for one target alone is found by `--target`")
}
