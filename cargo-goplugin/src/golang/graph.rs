//! The module graph, as `go mod graph` prints it: who asks for which version of what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::vocab::{ModulePath, ModuleVersion};

/// A module of the graph; the main module has no version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GraphNode {
    /// Its path.
    pub path: ModulePath,
    /// Its version.
    pub version: Option<ModuleVersion>,
}

/// Which module asks for which, in which version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModGraph {
    edges: BTreeMap<GraphNode, BTreeSet<GraphNode>>,
}

impl ModGraph {
    /// Reads what `go mod graph` prints. Lines about Go itself (`go@1.26`, `toolchain@…`) are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut graph = Self::default();
        for line in text.lines() {
            let mut nodes = line.split_ascii_whitespace().map(node);
            if let (Some(Some(from)), Some(Some(to))) = (nodes.next(), nodes.next()) {
                graph.edges.entry(from).or_default().insert(to);
            }
        }
        graph
    }

    /// The shortest way from any version of `from` to just that version of `to`: the modules on it, both
    /// ends included. `None` where there is none.
    #[must_use]
    pub fn way(&self, from: &ModulePath, to: &GraphNode) -> Option<Vec<&GraphNode>> {
        let mut queue: VecDeque<&GraphNode> =
            self.edges.keys().filter(|node| node.path == *from).collect();
        let mut before: BTreeMap<&GraphNode, Option<&GraphNode>> =
            queue.iter().map(|node| (*node, None)).collect();
        while let Some(node) = queue.pop_front() {
            if node == to {
                let mut way: Vec<_> =
                    std::iter::successors(Some(node), |node| before.get(node).copied().flatten())
                        .collect();
                way.reverse();
                return Some(way);
            }
            for next in self.edges.get(node).into_iter().flatten() {
                before.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    Some(node)
                });
            }
        }
        None
    }
}

fn node(text: &str) -> Option<GraphNode> {
    let Some((path, version)) = text.split_once('@') else {
        return Some(GraphNode { path: text.parse().ok()?, version: None });
    };
    Some(GraphNode { path: path.parse().ok()?, version: Some(version.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "\
example.com/app example.org/base@v1.0.0
example.com/app example.com/old@v0.0.0
example.com/app go@1.26.0
example.com/old@v0.0.0 example.org/middle@v1.1.0
example.com/old@v0.0.0 example.org/far@v1.0.0
example.org/far@v1.0.0 example.org/middle@v1.0.0
example.org/middle@v1.0.0 example.org/base@v1.1.0
example.org/middle@v1.1.0 example.org/base@v1.2.0
example.org/base@v1.2.0 example.org/middle@v1.0.0
go@1.26.0 toolchain@go1.26.0
";

    #[test]
    fn the_shortest_way_to_a_version_is_found() {
        let graph = ModGraph::parse(GRAPH);
        let way = |from: &str, to: &str| {
            let way = graph.way(&from.parse().unwrap(), &node(to).unwrap())?;
            let names = way.iter().map(|node| match &node.version {
                Some(version) => format!("{}@{version}", node.path),
                None => node.path.to_string(),
            });
            Some(names.collect::<Vec<_>>().join(" "))
        };
        for (from, to, expected) in [
            (
                "example.com/old",
                "example.org/base@v1.2.0",
                Some("example.com/old@v0.0.0 example.org/middle@v1.1.0 example.org/base@v1.2.0"),
            ),
            (
                "example.com/app",
                "example.org/base@v1.0.0",
                Some("example.com/app example.org/base@v1.0.0"),
            ),
            ("example.org/middle", "example.org/middle@v1.1.0", Some("example.org/middle@v1.1.0")),
            ("example.com/old", "example.org/base@v1.0.0", None),
            ("example.com/none", "example.org/base@v1.0.0", None),
        ] {
            assert_eq!(way(from, to).as_deref(), expected, "{from} to {to}");
        }
    }

    #[test]
    fn what_is_no_graph_is_passed_over() {
        let text = "\n \nx\na b c\nexample.com/a@latest example.com/b@v1.0.0\n-x y@v1.0.0\n";
        let graph = ModGraph::parse(text);
        assert_eq!(graph.edges.len(), 1, "{graph:?}");
    }
}
