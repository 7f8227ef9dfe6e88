//! The graph as text, as cargo draws its trees, as JSON, and for graphviz. Pure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::graph::{Graph, Id, Kind, Node, Way};

/// How a node is called where people read it.
pub(super) fn label(node: &Node) -> String {
    let version = node.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let from = match node.kind {
        Kind::Library => Some("pkg-config"),
        _ => node.from.as_deref(),
    };
    let from = from.map(|from| format!(" ({from})")).unwrap_or_default();
    format!("{}{version}{from}", node.name)
}

/// A tree of lines. What was drawn before with all below it is marked by `(*)`.
pub(super) fn tree(graph: &Graph, root: Id, way: Way) -> String {
    let mut drawing = Drawing { graph, way, drawn: BTreeSet::from([root]), text: String::new() };
    let _ = writeln!(drawing.text, "{}", label(&graph.nodes[root]));
    drawing.below(root, "");
    drawing.text
}

/// A chain of nodes, each below the one that needs it.
pub(super) fn chain(graph: &Graph, chain: &[Id]) -> String {
    let line = |(depth, id): (usize, &Id)| {
        let label = label(&graph.nodes[*id]);
        match depth {
            0 => format!("{label}\n"),
            depth => format!("{}└── {label}\n", "    ".repeat(depth - 1)),
        }
    };
    chain.iter().enumerate().map(line).collect()
}

struct Drawing<'a> {
    graph: &'a Graph,
    way: Way,
    drawn: BTreeSet<Id>,
    text: String,
}

impl Drawing<'_> {
    fn below(&mut self, id: Id, indent: &str) {
        let next = self.graph.next(id, self.way);
        let is_plugin = |id: &Id| self.graph.nodes[*id].kind == Kind::Plugin;
        let apart = self.way == Way::Needs && self.graph.nodes[id].kind == Kind::App;
        let (plugins, others): (Vec<Id>, Vec<Id>) =
            next.into_iter().partition(|id| apart && is_plugin(id));
        self.group(&others, indent);
        if !plugins.is_empty() {
            let _ = writeln!(self.text, "{indent}[plugins]");
            self.group(&plugins, indent);
        }
    }

    fn group(&mut self, ids: &[Id], indent: &str) {
        for (index, &id) in ids.iter().enumerate() {
            let is_last = index + 1 == ids.len();
            let branch = if is_last { "└──" } else { "├──" };
            let is_new = self.drawn.insert(id);
            let is_leaf = self.graph.next(id, self.way).is_empty();
            let star = if is_new || is_leaf { "" } else { " (*)" };
            let _ = writeln!(self.text, "{indent}{branch} {}{star}", label(&self.graph.nodes[id]));
            if is_new {
                self.below(id, &format!("{indent}{}   ", if is_last { " " } else { "│" }));
            }
        }
    }
}

/// The nodes by numbers, and the edges from what needs to what is needed.
pub(super) fn json(graph: &Graph, among: &BTreeSet<Id>) -> Value {
    let nodes: Vec<_> = among
        .iter()
        .map(|id| {
            let Node { kind, name, version, from } = &graph.nodes[*id];
            json!({ "id": id, "kind": kind.name(), "name": name, "version": version, "from": from })
        })
        .collect();
    json!({ "nodes": nodes, "edges": graph.edges(among) })
}

/// A graph in graphviz' language.
pub(super) fn dot(graph: &Graph, among: &BTreeSet<Id>, title: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = format!("digraph {} {{\n", quoted(title));
    for id in among {
        let shape = match graph.nodes[*id].kind {
            Kind::App | Kind::Plugin => "box",
            Kind::Module | Kind::Library | Kind::Package => "ellipse",
        };
        let label = quoted(&label(&graph.nodes[*id]));
        let _ = writeln!(text, "    {id} [label={label}, shape={shape}]");
    }
    for (from, to) in graph.edges(among) {
        let _ = writeln!(text, "    {from} -> {to}");
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::graph;
    use super::*;

    #[test]
    fn circles_end_and_leaves_are_not_marked() {
        let graph =
            graph(&[("a", "m"), ("m", "n"), ("n", "m"), ("n", "x"), ("a", "n"), ("a", "x")]);
        assert_eq!(
            tree(&graph, 0, Way::Needs),
            "a
├── m
│   └── n
│       ├── m (*)
│       └── x
├── n (*)
└── x
"
        );
    }

    #[test]
    fn quotes_do_not_end_a_name() {
        let graph = graph(&[("a", "m\"\\")]);
        let text = dot(&graph, &graph.reached(&[0], Way::Needs), "t\"");
        assert!(text.starts_with("digraph \"t\\\"\" {\n"), "{text}");
        assert!(text.contains("1 [label=\"m\\\"\\\\\", shape=ellipse]"), "{text}");
    }
}
