//! Why no set of packages does: the part of the search that failed, as a tree that starts at the
//! user's own reasons.

use std::collections::BTreeSet;

use resolvo::Interner;
use resolvo::conflict::{ConflictCause, ConflictEdge, ConflictGraph, ConflictNode};

use super::provider::Provider;

/// Draws the conflict. Every line but the first level says what its parent needs or excludes.
pub(super) fn draw(graph: &ConflictGraph, provider: &Provider<'_>) -> String {
    let nodes = graph.graph.node_indices().filter_map(|i| graph.graph.node_weight(i).copied());
    let mut edges = vec![Vec::new(); graph.graph.node_count()];
    for edge in graph.graph.edge_indices() {
        let ends = graph.graph.edge_endpoints(edge);
        if let (Some((from, to)), Some(weight)) = (ends, graph.graph.edge_weight(edge)) {
            edges[from.index()].push((to.index(), *weight));
        }
    }
    let mut drawing = Drawing {
        provider,
        nodes: nodes.collect(),
        edges,
        seen: BTreeSet::new(),
        lines: Vec::new(),
    };
    for (reason, _) in drawing.edges[graph.root_node.index()].clone() {
        drawing.node(reason, "", "");
    }
    drawing.lines.join("\n")
}

struct Drawing<'a, 'p> {
    provider: &'a Provider<'p>,
    nodes: Vec<ConflictNode>,
    /// Where each node leads.
    edges: Vec<Vec<(usize, ConflictEdge)>>,
    seen: BTreeSet<usize>,
    lines: Vec<String>,
}

/// What a node leads to, put together.
enum Branch {
    /// A dependency and the nodes that would satisfy it.
    Needs(String, Vec<usize>),
    /// Anything else, which leads no further.
    Leaf(String),
}

impl Drawing<'_, '_> {
    /// Draws a node and what lies below it; `branch` stands before its own line, `indent` before
    /// those below.
    fn node(&mut self, node: usize, branch: &str, indent: &str) {
        let text = self.name(node);
        if !self.seen.insert(node) {
            if !self.edges[node].is_empty() {
                self.lines.push(format!("{branch}{text} (as above)"));
            }
            return;
        }
        self.lines.push(format!("{branch}{text}"));
        let branches = self.branches(node);
        let last = branches.len().saturating_sub(1);
        for (i, below) in branches.into_iter().enumerate() {
            let (branch, deeper) = shapes(indent, i == last);
            match below {
                Branch::Leaf(text) => self.lines.push(format!("{branch}{text}")),
                Branch::Needs(text, candidates) => {
                    self.lines.push(format!("{branch}needs {text}"));
                    let last = candidates.len().saturating_sub(1);
                    for (i, candidate) in candidates.into_iter().enumerate() {
                        let (branch, indent) = shapes(&deeper, i == last);
                        self.node(candidate, &branch, &indent);
                    }
                }
            }
        }
    }

    fn branches(&self, node: usize) -> Vec<Branch> {
        let mut branches: Vec<Branch> = Vec::new();
        for (to, edge) in &self.edges[node] {
            match edge {
                ConflictEdge::Requires(requirement) => {
                    let text = self.provider.written(*requirement);
                    if self.nodes[*to] == ConflictNode::UnresolvedDependency {
                        branches.push(Branch::Leaf(format!(
                            "needs {text}, which no package satisfies"
                        )));
                        continue;
                    }
                    let same = branches.iter_mut().find_map(|branch| match branch {
                        Branch::Needs(other, candidates) if *other == text => Some(candidates),
                        Branch::Needs(..) | Branch::Leaf(_) => None,
                    });
                    match same {
                        Some(candidates) => candidates.push(*to),
                        None => branches.push(Branch::Needs(text, vec![*to])),
                    }
                }
                ConflictEdge::Conflict(cause) => {
                    branches.push(Branch::Leaf(self.conflict(*cause, *to)));
                }
            }
        }
        branches
    }

    fn conflict(&self, cause: ConflictCause, to: usize) -> String {
        let other = self.name(to);
        match cause {
            ConflictCause::Constrains(_) => format!("excludes {other}"),
            ConflictCause::ForbidMultipleInstances => format!("excludes its other version {other}"),
            ConflictCause::Excluded | ConflictCause::Locked(_) => other,
        }
    }

    fn name(&self, node: usize) -> String {
        match self.nodes[node] {
            ConflictNode::Solvable(id) => self.provider.display_solvable(id).to_string(),
            ConflictNode::Excluded(reason) => self.provider.display_string(reason).to_string(),
            // Neither has a line of its own.
            ConflictNode::Root | ConflictNode::UnresolvedDependency => String::new(),
        }
    }
}

/// What stands before a child's line, and before the lines below that.
fn shapes(indent: &str, last: bool) -> (String, String) {
    let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
    (format!("{indent}{branch}"), format!("{indent}{below}"))
}
